// Encodes single messages and the UDP header. The floor is straight-line code that assumes valid values.

#include <cstring>

#include "bench.hpp"

namespace bench {
namespace {

using socks::buffer;
using socks::bytes;

template <class Value, auto Encode>
outcome encode(const sample& s) {
    return {Encode(*static_cast<const Value*>(s.with), socks::buffer{s.out, 1024}).size(), 0};
}

template <class Value, auto Write>
outcome write_unchecked(const sample& s) {
    return {static_cast<size_t>(Write(*static_cast<const Value*>(s.with), s.out) - s.out), 0};
}

struct plain_endpoint {
    char type;
    uint16_t port;
    size_t size;
    const char* bytes;
};

char* write_endpoint(const plain_endpoint& e, char* to) {
    *to++ = e.type;
    if (e.type == 1) {
        std::memcpy(to, e.bytes, 4);
        to += 4;
    } else if (e.type == 4) {
        std::memcpy(to, e.bytes, 16);
        to += 16;
    } else {
        *to++ = static_cast<char>(e.size);
        std::memcpy(to, e.bytes, e.size);
        to += e.size;
    }
    to[0] = static_cast<char>(e.port >> 8);
    to[1] = static_cast<char>(e.port);
    return to + 2;
}

template <char First, char Second>
char* write_frame(const plain_endpoint& e, char* to) {
    const char head[] = {First, Second, 0};
    std::memcpy(to, head, sizeof head);
    return write_endpoint(e, to + 3);
}

// One or two texts that a message consists of, their lengths known.
struct plain_text {
    const char* first;
    size_t size;
    const char* second;
    size_t second_size;
};

char* write_greeting(const plain_text& methods, char* to) {
    to[0] = 5;
    to[1] = static_cast<char>(methods.size);
    std::memcpy(to + 2, methods.first, methods.size);
    return to + 2 + methods.size;
}

char* write_login(const plain_text& who, char* to) {
    to[0] = 1;
    to[1] = static_cast<char>(who.size);
    std::memcpy(to + 2, who.first, who.size);
    to += 2 + who.size;
    to[0] = static_cast<char>(who.second_size);
    std::memcpy(to + 1, who.second, who.second_size);
    return to + 1 + who.second_size;
}

char* write_request4a(const plain_text& who, char* to) {
    std::memcpy(to, "\x04\x01\x01\xbb\x00\x00\x00\x01", 8);
    std::memcpy(to + 8, who.first, who.size);
    to += 8 + who.size;
    *to++ = 0;
    std::memcpy(to, who.second, who.second_size);
    to += who.second_size;
    *to++ = 0;
    return to;
}

char* write_reply4(const plain_endpoint& e, char* to) {
    to[0] = 0;
    to[1] = 90;
    to[2] = static_cast<char>(e.port >> 8);
    to[3] = static_cast<char>(e.port);
    std::memcpy(to + 4, e.bytes, 4);
    return to + 8;
}

char* write_token(const plain_text& token, char* to) {
    to[0] = 1;
    to[1] = 3;
    to[2] = static_cast<char>(token.size >> 8);
    to[3] = static_cast<char>(token.size);
    std::memcpy(to + 4, token.first, token.size);
    return to + 4 + token.size;
}

template <char Head>
char* write_pair(const char& byte, char* to) {
    to[0] = Head;
    to[1] = byte;
    return to + 2;
}

// Headroom that just suffices, so that the header begins where the room does.
struct in_place {
    socks::endpoint at;
    size_t headroom;
};

outcome encode_header(const sample& s) {
    const auto& p = *static_cast<const in_place*>(s.with);
    return {encode_datagram_in_place(p.at, {s.out, p.headroom}, p.headroom).size(), 0};
}

}  // namespace

void add_encoders(std::vector<row>& rows) {
    using namespace socks;
    const auto add = [&](const char* name, operation ours, const auto& value, operation floor,
                         const auto& plain, const char* spelled) {
        const std::string out = unhex(spelled);
        rows.push_back({name, "ours, complete", ours, {}, 0, keep(value), out, 0});
        add_floor(rows, name, floor, {}, keep(plain), out, 0);
    };

    constexpr bytes two("\0\2", 2);
    add("greeting, encode",
        encode<bytes, [](bytes methods, buffer out) INLINED { return encode_greeting({methods}, out); }>, two,
        write_unchecked<plain_text, write_greeting>, plain_text{"\0\2", 2, "", 0}, "05020002");
    add("method selection, encode",
        encode<method, [](method m, buffer out) INLINED { return encode_method_selection(m, out); }>,
        method::username_password, write_unchecked<char, write_pair<5>>, '\2', "0502");
    const plain_text john{"john", 4, "foo", 3};
    add("credentials, encode",
        encode<credentials,
               [](const credentials& l, buffer out) INLINED { return encode_credentials(l, out); }>,
        credentials{"john", "foo"}, write_unchecked<plain_text, write_login>, john, "0104'john'03'foo'");
    add("auth status, encode",
        encode<uint8_t, [](uint8_t v, buffer out) INLINED { return encode_auth_status(v, out); }>, uint8_t{7},
        write_unchecked<char, write_pair<1>>, '\7', "0107");

    const plain_endpoint four{1, 4242, 4, "\xc0\xa8\x00\x07"};
    const plain_endpoint six{4, 4242, 16, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x05"};
    const plain_endpoint name{3, 443, 17, "files.example.com"};
    const endpoint of_four{ipv4{192, 168, 0, 7}, 4242};
    const endpoint of_six{ipv6{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5}}, 4242};
    const endpoint of_name{"files.example.com", 443};

    constexpr auto request = encode<endpoint, [](const endpoint& e, buffer out) INLINED {
        return encode_request5({command::connect, e}, out);
    }>;
    constexpr auto plain_request = write_unchecked<plain_endpoint, write_frame<5, 1>>;
    add("request5, encode, IPv4", request, of_four, plain_request, four, "050100 01 c0a80007 1092");
    add("request5, encode, IPv6", request, of_six, plain_request, six,
        "050100 04 20010db8000000000000000000000005 1092");
    add("request5, encode, name", request, of_name, plain_request, name,
        "050100 03 11'files.example.com' 01bb");

    constexpr auto reply = encode<endpoint, [](const endpoint& e, buffer out) INLINED {
        return encode_reply5({code5::succeeded, e}, out);
    }>;
    constexpr auto plain_reply = write_unchecked<plain_endpoint, write_frame<5, 0>>;
    add("reply5, encode, IPv4", reply, of_four, plain_reply, four, "050000 01 c0a80007 1092");
    add("reply5, encode, IPv6", reply, of_six, plain_reply, six,
        "050000 04 20010db8000000000000000000000005 1092");
    add("reply5, encode, name", reply, of_name, plain_reply, name, "050000 03 11'files.example.com' 01bb");

    add("request4, encode, 4a",
        encode<request4, [](const request4& r, buffer out) INLINED { return encode_request4(r, out); }>,
        request4{command::connect, of_name, "john"}, write_unchecked<plain_text, write_request4a>,
        plain_text{"john", 4, "files.example.com", 17}, "040101bb 00000001 'john' 00 'files.example.com' 00");
    add("reply4, encode",
        encode<endpoint,
               [](const endpoint& e, buffer out) INLINED {
                   return encode_reply4({code4::granted, e}, out);
               }>,
        of_four, write_unchecked<plain_endpoint, write_reply4>, four, "005a1092c0a80007");

    add("GSSAPI message, encode",
        encode<gssapi_message,
               [](const gssapi_message& m, buffer out) INLINED { return encode_gssapi(m, out); }>,
        gssapi_message{gssapi_type::user_data, "protected"}, write_unchecked<plain_text, write_token>,
        plain_text{"protected", 9, "", 0}, "01030009 'protected'");

    constexpr auto plain_header = write_unchecked<plain_endpoint, write_frame<0, 0>>;
    add("UDP header, encode, IPv4", encode_header, in_place{of_four, 10}, plain_header, four,
        "000000 01 c0a80007 1092");
    add("UDP header, encode, IPv6", encode_header, in_place{of_six, 22}, plain_header, six,
        "000000 04 20010db8000000000000000000000005 1092");
    add("UDP header, encode, name", encode_header, in_place{of_name, 24}, plain_header, name,
        "000000 03 11'files.example.com' 01bb");
}

}  // namespace bench
