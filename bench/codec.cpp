// Single messages: each codec, the UDP header and the mappings, beside straight-line code that takes every message for
// valid and whole. Fed octet by octet, a decoder is asked again at every octet.

#include <socks/policy/transfer_cft.hpp>

#include <cstring>

#include "bench.hpp"

namespace bench {
namespace {

using socks::bytes;

template <auto Decode, auto Digest>
outcome decode_whole(const sample& s) {
    const auto d = Decode(bytes{s.in, s.size});
    return d ? outcome{0, Digest(*d)} : outcome{};
}

template <auto Decode, auto Digest>
outcome decode_chunks(const sample& s) {
    for (size_t visible = s.chunk;; visible += s.chunk) {
        const auto d = Decode(bytes{s.in, visible < s.size ? visible : s.size});
        if (d) return {0, Digest(*d)};
        if (visible >= s.size) return {};
    }
}

struct decoding {
    operation whole;
    operation chunks;
};

template <auto Decode, auto Digest>
constexpr decoding decode{decode_whole<Decode, Digest>, decode_chunks<Decode, Digest>};

template <class Value, auto Encode>
outcome encode(const sample& s) {
    return {Encode(*static_cast<const Value*>(s.with), socks::buffer{s.out, 1024}).made(), 0};
}

template <auto Read>
outcome read_unchecked(const sample& s) {
    return {0, Read(s.in)};
}

template <class Value, auto Write>
outcome write_unchecked(const sample& s) {
    return {static_cast<size_t>(Write(*static_cast<const Value*>(s.with), s.out) - s.out), 0};
}

size_t u8(const char* p) { return static_cast<unsigned char>(*p); }
size_t u16(const char* p) { return u8(p) << 8 | u8(p + 1); }

// What is used of an endpoint: all that tells one from another, in a few instructions.
[[gnu::always_inline]] inline size_t digest(const socks::endpoint& e) {
    using kind = socks::host::kind;
    switch (e.host.is()) {
        case kind::ipv4: return mix(e.host.v4().octets[3], e.port);
        case kind::ipv6: return mix(e.host.v6().octets[15], e.port);
        case kind::name: return mix(e.host.name().size(), e.port);
        case kind::none:
        case kind::bad: break;
    }
    return e.port;
}

// The same of the octets, from the address type on.
size_t read_endpoint(const char* p) {
    switch (*p) {
        case 1: return mix(u8(p + 4), u16(p + 5));
        case 4: return mix(u8(p + 16), u16(p + 17));
        default: return mix(u8(p + 1), u16(p + 2 + u8(p + 1)));
    }
}

struct plain_endpoint {
    char type;
    uint16_t port;
    size_t size;
    const char* octets;
};

char* write_endpoint(const plain_endpoint& e, char* to) {
    *to++ = e.type;
    if (e.type == 1) {
        std::memcpy(to, e.octets, 4);
        to += 4;
    } else if (e.type == 4) {
        std::memcpy(to, e.octets, 16);
        to += 16;
    } else {
        *to++ = static_cast<char>(e.size);
        std::memcpy(to, e.octets, e.size);
        to += e.size;
    }
    to[0] = static_cast<char>(e.port >> 8);
    to[1] = static_cast<char>(e.port);
    return to + 2;
}

char* write_frame(const plain_endpoint& e, char* to) {
    std::memcpy(to, "\x05\x00\x00", 3);
    return write_endpoint(e, to + 3);
}

char* write_datagram_header(const plain_endpoint& e, char* to) {
    std::memcpy(to, "\x00\x00\x00", 3);
    return write_endpoint(e, to + 3);
}

// Headroom that just suffices, so that the header begins where the room does.
struct in_place {
    socks::endpoint at;
    size_t headroom;
};

outcome encode_header(const sample& s) {
    const auto& p = *static_cast<const in_place*>(s.with);
    return {encode_datagram_in_place(p.at, {s.out, p.headroom}, p.headroom).made(), 0};
}

class table {
  public:
    explicit table(std::vector<row>& rows) : rows_(rows) {}

    void decoder(const char* name, decoding ours, operation floor, const char* in, size_t digest) {
        const std::string message = octets(in);
        const size_t third = (message.size() + 2) / 3;
        rows_.push_back({name, "ours, whole", ours.whole, message, 0, nullptr, {}, digest});
        rows_.push_back({name, "ours, three chunks", ours.chunks, message, third, nullptr, {}, digest});
        rows_.push_back({name, "ours, octet by octet", ours.chunks, message, 1, nullptr, {}, digest});
        rest(name, floor, message, nullptr, {}, digest);
    }

    // One that cannot wait for more.
    void whole(const char* name, decoding ours, operation floor, const char* in, size_t digest) {
        const std::string message = octets(in);
        rows_.push_back({name, "ours, whole", ours.whole, message, 0, nullptr, {}, digest});
        rest(name, floor, message, nullptr, {}, digest);
    }

    template <class Value, class Plain>
    void encoder(const char* name, operation ours, const Value& v, operation floor, const Plain& p,
                 const char* out) {
        rows_.push_back({name, "ours, whole", ours, {}, 0, keep(v), octets(out), 0});
        rest(name, floor, {}, keep(p), octets(out), 0);
    }

    void mapping(const char* name, operation ours, const std::string& in, size_t digest,
                 const void* with = nullptr) {
        rows_.push_back({name, "ours, whole", ours, in, 0, with, {}, digest});
    }

  private:
    void rest(const char* name, operation floor, const std::string& in, const void* with,
              const std::string& out, size_t digest) {
        const auto* const made = keep(out);
        rows_.push_back({name, "floor", floor, in, 0, with, out, digest});
        rows_.push_back(
            {name, "memcpy", copy, in, 0, keep(moved{made->data(), made->size(), digest}), out, digest});
    }

    std::vector<row>& rows_;
};

outcome nothing(const sample&) { return {}; }

outcome translate(const sample& s) {
    const auto raw = static_cast<uint8_t>(s.in[0]);
    return {0, translated(socks::reply_code{socks::version::v5, raw}, socks::version::v4).octet};
}

outcome refusal(const sample& s) {
    return {0, static_cast<size_t>(code_for(static_cast<socks::dial_error>(s.in[0])))};
}

outcome dispose(const sample& s) {
    const socks::outcome o(socks::reply_code{socks::version::v5, static_cast<uint8_t>(s.in[0])});
    return {0, static_cast<size_t>(decide(o))};
}

outcome parse_uri(const sample& s) {
    const auto uri = socks::parse_proxy_uri(bytes{s.in, s.size}, {s.out, 1024});
    if (!uri) return {};
    return {0, mix(uri->proxy.host.name().size(), uri->proxy.port)};
}

outcome parse_cftutil(const sample& s) {
    using next = socks::cft::parser::next;
    socks::cft::parser in(bytes{s.in, s.size});
    size_t events = 0;
    size_t size = 0;
    for (;;) {
        const auto e = in.step();
        switch (e.next) {
            case next::command:
            case next::parameter:
            case next::value:
                ++events;
                size += e.text.size();
                break;
            case next::end: return {0, mix(events, size)};
            case next::fail: return {};
        }
    }
}

}  // namespace

void add_codecs(std::vector<row>& rows) {
    using namespace socks;
    table t(rows);
    rows.push_back({"the call of an empty row", "ours, whole", nothing, {}, 0, nullptr, {}, 0});

    t.decoder("greeting, decode",
              decode<[](bytes in) INLINED { return decode_greeting(in); },
                     [](const greeting& g) INLINED { return g.methods.size() + g.methods[1]; }>,
              read_unchecked<[](const char* p) { return u8(p + 1) + u8(p + 3); }>, "05020002", 4);
    t.decoder("choice, decode",
              decode<[](bytes in) INLINED { return decode_choice(in); },
                     [](method m) INLINED { return static_cast<size_t>(m); }>,
              read_unchecked<[](const char* p) { return u8(p + 1); }>, "0502", 2);
    t.decoder("login, decode",
              decode<[](bytes in) INLINED { return decode_login(in); },
                     [](const login& l) INLINED { return mix(l.user.size(), l.password[0]); }>,
              read_unchecked<[](const char* p) { return mix(u8(p + 1), u8(p + 3 + u8(p + 1))); }>,
              "0104'john'03'foo'", mix(4, 'f'));
    t.decoder("status, decode",
              decode<[](bytes in) INLINED { return decode_status(in); },
                     [](uint8_t v) INLINED { return size_t{v} + 7; }>,
              read_unchecked<[](const char* p) { return u8(p + 1) + 7; }>, "0100", 7);

    constexpr auto request = decode<[](bytes in) INLINED { return decode_request5(in); },
                                    [](const request5& r) INLINED { return digest(r.to); }>;
    constexpr auto reply = decode<[](bytes in) INLINED { return decode_reply5(in); },
                                  [](const reply5& r) INLINED { return digest(r.bound); }>;
    constexpr auto frame = read_unchecked<[](const char* p) { return read_endpoint(p + 3); }>;
    t.decoder("request5, decode, IPv4", request, frame, "05010001 c6336409 01bb", mix(9, 443));
    t.decoder("request5, decode, IPv6", request, frame, "05010004 20010db8000000000000000000000005 01bb",
              mix(5, 443));
    t.decoder("request5, decode, name", request, frame, "05010003 11'files.example.com' 01bb", mix(17, 443));
    t.decoder("reply5, decode, IPv4", reply, frame, "05000001 c0a80007 1092", mix(7, 4242));
    t.decoder("reply5, decode, IPv6", reply, frame, "05000004 20010db8000000000000000000000005 1092",
              mix(5, 4242));

    t.decoder("request4, decode, 4a",
              decode<[](bytes in) INLINED { return decode_request4(in); },
                     [](const request4& r) INLINED { return mix(r.to.host.name().size(), r.to.port); }>,
              read_unchecked<[](const char* p) {
                  return mix(std::strlen(p + 9 + std::strlen(p + 8)), u16(p + 2));
              }>,
              "040101bb 00000001 'john' 00 'files.example.com' 00", mix(17, 443));
    t.decoder("reply4, decode",
              decode<[](bytes in) INLINED { return decode_reply4(in); },
                     [](const reply4& r) INLINED { return mix(r.bound.host.v4().octets[3], r.bound.port); }>,
              read_unchecked<[](const char* p) { return mix(u8(p + 7), u16(p + 2)); }>, "005a1092c0a80007",
              mix(7, 4242));

    const plain_endpoint four{1, 4242, 4, "\xc0\xa8\x00\x07"};
    const plain_endpoint six{4, 4242, 16, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x05"};
    const plain_endpoint name{3, 443, 17, "files.example.com"};
    const endpoint of_four{ipv4{192, 168, 0, 7}, 4242};
    const endpoint of_six{ipv6{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5}}, 4242};
    const endpoint of_name{"files.example.com", 443};
    constexpr auto encode_reply = encode<endpoint, [](const endpoint& e, buffer out) {
        return encode_reply5({code5::succeeded, e}, out);
    }>;
    t.encoder("reply5, encode, IPv4", encode_reply, of_four, write_unchecked<plain_endpoint, write_frame>,
              four, "05000001 c0a80007 1092");
    t.encoder("reply5, encode, IPv6", encode_reply, of_six, write_unchecked<plain_endpoint, write_frame>, six,
              "05000004 20010db8000000000000000000000005 1092");
    t.encoder("reply5, encode, name", encode_reply, of_name, write_unchecked<plain_endpoint, write_frame>,
              name, "05000003 11'files.example.com' 01bb");

    constexpr auto datagrams =
        decode<[](bytes in) INLINED { return decode_datagram(in); },
               [](const datagram& d) INLINED { return digest(d.at()) + d.data().size(); }>;
    constexpr auto packet = read_unchecked<[](const char* p) { return read_endpoint(p + 3) + 4; }>;
    t.whole("UDP header, decode, IPv4", datagrams, packet, "00000001 c0a80007 1092 'data'", mix(7, 4242) + 4);
    t.whole("UDP header, decode, IPv6", datagrams, packet,
            "00000004 20010db8000000000000000000000005 1092 'data'", mix(5, 4242) + 4);
    t.whole("UDP header, decode, name", datagrams, packet, "00000003 11'files.example.com' 01bb 'data'",
            mix(17, 443) + 4);
    t.encoder("UDP header, encode, IPv4", encode_header, in_place{of_four, 10},
              write_unchecked<plain_endpoint, write_datagram_header>, four, "00000001 c0a80007 1092");
    t.encoder("UDP header, encode, IPv6", encode_header, in_place{of_six, 22},
              write_unchecked<plain_endpoint, write_datagram_header>, six,
              "00000004 20010db8000000000000000000000005 1092");
    t.encoder("UDP header, encode, name", encode_header, in_place{of_name, 24},
              write_unchecked<plain_endpoint, write_datagram_header>, name,
              "00000003 11'files.example.com' 01bb");

    t.mapping("reply code, SOCKS5 to SOCKS4", translate, "\x05", 91);
    t.mapping("reply code of a failed dial", refusal, "\x03",
              static_cast<size_t>(code_for(static_cast<dial_error>(3))));
    t.mapping("disposition of a reply code", dispose, "\x05",
              static_cast<size_t>(decide(code5::connection_refused)));
    t.mapping("URI of a proxy, 42 octets", parse_uri, "socks5h://john:foo@files.example.com:1080/",
              mix(17, 1080));
    t.mapping(
        "CFTUTIL, 98 octets", parse_cftutil,
        "CFTNET ID = 'NET0', CALL = OUT, HOST = 'proxy.example.com', PROTOCOL = SOCKS, /* x */ MODE=REPLACE",
        mix(11, 64));
}

}  // namespace bench
