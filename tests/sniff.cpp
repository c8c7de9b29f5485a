// The first bytes of a connection (V7, V10): those of real protocols and all others.

#include <socks/wire/sniff.hpp>

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

struct opening {
    bytes first;
    protocol verdict;
};

constexpr opening openings[] = {
    {"04 01 01bb c0000207 'john' 00"_bytes, protocol::socks4},
    {"04 01 01bb 00000001 00 'files.example.com' 00"_bytes, protocol::socks4},
    {"05 01 00"_bytes, protocol::socks5},
    {"05 02 00 02"_bytes, protocol::socks5},
    {"'GET / HTTP/1.1' 0d0a"_bytes, protocol::http},
    {"'CONNECT files.example.com:443 HTTP/1.1' 0d0a"_bytes, protocol::http},
    {"'PRI * HTTP/2.0' 0d0a0d0a"_bytes, protocol::http},
    {"'OPTIONS * HTTP/1.1' 0d0a"_bytes, protocol::http},
    {"16 0301 0200 01 0001fc 0303"_bytes, protocol::tls},
    {"15 0303 0002 02 28"_bytes, protocol::tls},
    {"'SSH-2.0-OpenSSH_9.2p1' 0d0a"_bytes, protocol::ssh},
    {"03 00 00 13 0e e0 0000"_bytes, protocol::other},
    {"00 00 00 00"_bytes, protocol::other},
    {"'get / HTTP/1.0' 0d0a"_bytes, protocol::other},
};

// Whatever part has arrived says the same; nothing says that more is needed. Each part ends where its storage
// does.
constexpr void a_verdict_falls_with_the_first_byte_and_stays(check& t) {
    for (const opening& o : openings) {
        const auto entered = t.in();
        for (size_t n = 0; n <= o.first.size(); ++n) {
            const auto nested = t.in(n);
            const exact_copy in(o.first.first(n));
            t.ok(sniff(in.view()) == (n == 0 ? protocol::need_more : o.verdict));
        }
    }
    t.ok(sniff({}) == protocol::need_more);
}
PROVE_AND_RUN(a_verdict_falls_with_the_first_byte_and_stays)

// The server does not know better, and two bytes are no more than one.
void every_first_byte_is_sniffed_as_the_server_takes_it(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto first = static_cast<uint8_t>(v);
        const protocol verdict = sniff(message<1>().put(first).view());
        char out[server::max_output];
        server s;
        const exact_copy in(message<1>().put(first).view());
        const auto a = s.step(in.view(), out);
        const bool served = verdict == protocol::socks4 || verdict == protocol::socks5;
        t.ok(served == (a.next() == server::next::recv) && served == (v == 4 || v == 5));
        const errc why = served ? errc::none : a.error();
        t.ok((verdict == protocol::http) == (why == errc::peer_is_http));
        t.ok((verdict == protocol::tls) == (why == errc::peer_is_tls));
        t.ok((verdict == protocol::ssh) == (why == errc::peer_is_ssh));
        t.ok(verdict != protocol::need_more);
        for (unsigned w = 0; w < 256; ++w)
            t.in(size_t{w}).ok(sniff(message<2>().put(first).put(static_cast<uint8_t>(w)).view()) == verdict);
    }
}
RUN(every_first_byte_is_sniffed_as_the_server_takes_it)

constexpr void each_protocol_has_a_name(check& t) {
    constexpr protocol all[] = {protocol::need_more, protocol::socks4, protocol::socks5, protocol::http,
                                protocol::tls,       protocol::ssh,    protocol::other};
    for (const protocol p : all) t.in().ok(to_string(p)[0] != '\0' && to_string(p)[0] != 'u');
    for (const int number : {7, 255})
        t.in(static_cast<size_t>(number))
            .ok(to_string(static_cast<protocol>(number))[0] == 'u');  // unassigned
    t.ok(to_string(protocol::tls)[0] == 'T' && to_string(protocol::ssh)[0] == 'S' &&
         to_string(protocol::http)[0] == 'H');
    t.ok(to_string(protocol::socks4)[5] == '4' && to_string(protocol::socks5)[5] == '5');
}
PROVE_AND_RUN(each_protocol_has_a_name)

}  // namespace
