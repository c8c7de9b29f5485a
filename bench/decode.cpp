// Decodes single messages and the UDP header. The floor is straight-line code that assumes valid and complete
// messages. In the rows byte by byte the decoder is called again for each byte.

#include <cstring>

#include "bench.hpp"

namespace bench {
namespace {

using socks::bytes;

template <auto Decode, auto Digest>
outcome decode_complete(const sample& s) {
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
    operation complete;
    operation chunks;
};

template <auto Decode, auto Digest>
constexpr decoding decode{decode_complete<Decode, Digest>, decode_chunks<Decode, Digest>};

template <auto Read>
outcome read_unchecked(const sample& s) {
    return {0, Read(s.in)};
}

size_t u8(const char* p) { return static_cast<unsigned char>(*p); }
size_t u16(const char* p) { return u8(p) << 8 | u8(p + 1); }

// What is used of an endpoint: all that tells one from another, in a few instructions.
[[gnu::always_inline]] inline size_t digest(const socks::endpoint& e) {
    switch (e.host.kind()) {
        case socks::host_kind::ipv4: return mix(e.host.v4().bytes[3], e.port);
        case socks::host_kind::ipv6: return mix(e.host.v6().bytes[15], e.port);
        case socks::host_kind::name: return mix(e.host.name().size(), e.port);
        case socks::host_kind::none:
        case socks::host_kind::bad: break;
    }
    return e.port;
}

// The same of the bytes, from the address type on.
size_t read_endpoint(const char* p) {
    switch (*p) {
        case 1: return mix(u8(p + 4), u16(p + 5));
        case 4: return mix(u8(p + 16), u16(p + 17));
        default: return mix(u8(p + 1), u16(p + 2 + u8(p + 1)));
    }
}

class table {
  public:
    explicit table(std::vector<row>& rows) : rows_(rows) {}

    void decoder(const char* name, decoding ours, operation floor, const char* in, size_t digest) {
        const std::string message = unhex(in);
        const size_t third = (message.size() + 2) / 3;
        rows_.push_back({name, "ours, complete", ours.complete, message, 0, nullptr, {}, digest});
        rows_.push_back({name, "ours, three chunks", ours.chunks, message, third, nullptr, {}, digest});
        rows_.push_back({name, "ours, byte by byte", ours.chunks, message, 1, nullptr, {}, digest});
        add_floor(rows_, name, floor, message, nullptr, {}, digest);
    }

    // One that cannot wait for more.
    void complete(const char* name, decoding ours, operation floor, const char* in, size_t digest) {
        const std::string message = unhex(in);
        rows_.push_back({name, "ours, complete", ours.complete, message, 0, nullptr, {}, digest});
        add_floor(rows_, name, floor, message, nullptr, {}, digest);
    }

  private:
    std::vector<row>& rows_;
};

outcome nothing(const sample&) { return {}; }

}  // namespace

void add_decoders(std::vector<row>& rows) {
    using namespace socks;
    table t(rows);
    rows.push_back({"the call of an empty row", "ours, complete", nothing, {}, 0, nullptr, {}, 0});

    t.decoder("greeting, decode",
              decode<[](bytes in) INLINED { return decode_greeting(in); },
                     [](const greeting& g) INLINED { return g.methods.size() + g.methods[1]; }>,
              read_unchecked<[](const char* p) { return u8(p + 1) + u8(p + 3); }>, "05020002", 4);
    t.decoder("method selection, decode",
              decode<[](bytes in) INLINED { return decode_method_selection(in); },
                     [](method m) INLINED { return static_cast<size_t>(m); }>,
              read_unchecked<[](const char* p) { return u8(p + 1); }>, "0502", 2);
    t.decoder("credentials, decode",
              decode<[](bytes in) INLINED { return decode_credentials(in); },
                     [](const credentials& l) INLINED { return mix(l.user.size(), l.password[0]); }>,
              read_unchecked<[](const char* p) { return mix(u8(p + 1), u8(p + 3 + u8(p + 1))); }>,
              "0104'john'03'foo'", mix(4, 'f'));
    t.decoder("auth status, decode",
              decode<[](bytes in) INLINED { return decode_auth_status(in); },
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
                     [](const reply4& r) INLINED { return mix(r.bound.host.v4().bytes[3], r.bound.port); }>,
              read_unchecked<[](const char* p) { return mix(u8(p + 7), u16(p + 2)); }>, "005a1092c0a80007",
              mix(7, 4242));

    t.decoder("GSSAPI message, decode",
              decode<[](bytes in) INLINED { return decode_gssapi(in, gssapi_type::user_data, 1024); },
                     [](const gssapi_message& m) INLINED { return mix(m.token.size(), m.token[0]); }>,
              read_unchecked<[](const char* p) { return mix(u16(p + 2), u8(p + 4)); }>,
              "01030009 'protected'", mix(9, 'p'));

    constexpr auto datagrams =
        decode<[](bytes in) INLINED { return decode_datagram(in); },
               [](const datagram& d) INLINED { return digest(d.remote()) + d.data().size(); }>;
    constexpr auto packet = read_unchecked<[](const char* p) { return read_endpoint(p + 3) + 4; }>;
    t.complete("UDP header, decode, IPv4", datagrams, packet, "00000001 c0a80007 1092 'data'",
               mix(7, 4242) + 4);
    t.complete("UDP header, decode, IPv6", datagrams, packet,
               "00000004 20010db8000000000000000000000005 1092 'data'", mix(5, 4242) + 4);
    t.complete("UDP header, decode, name", datagrams, packet, "00000003 11'files.example.com' 01bb 'data'",
               mix(17, 443) + 4);
}

}  // namespace bench
