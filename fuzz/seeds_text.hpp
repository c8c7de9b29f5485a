// Single messages and texts for the codec targets, typed from the documents: the target, what it is, which decoder of
// the target it goes to, and its octets.

#ifndef SOCKS_FUZZ_SEEDS_TEXT_HPP
#define SOCKS_FUZZ_SEEDS_TEXT_HPP

#include <octets.hpp>

namespace seeds {

struct row {
    const char* target;
    const char* what;
    int which;
    socks::bytes octets;
};

// Behind the decoder's number stands the tolerance.
inline constexpr row messages[] = {
    {"socks5", "greeting", 0, "05 02 00 02"_octets},
    {"socks5", "choice", 1, "05 02"_octets},
    {"socks5", "request for IPv4", 2, "05 01 00 01 42660763 0050"_octets},
    {"socks5", "request for IPv6", 2, "05 02 00 04 20010db800000000000000000000001f 20fb"_octets},
    {"socks5", "request for a name", 2, "05 03 00 03 11 'files.example.com' 01bb 'GET'"_octets},
    {"socks5", "reply with IPv4", 3, "05 00 00 01 c0000207 0438"_octets},
    {"socks5", "reply with a name", 3, "05 05 00 03 03 'a.b' 0438 'SSH'"_octets},
    {"socks5", "reply with an empty name", 3, "05 00 00 03 00 0438"_octets},
    {"socks5", "a name there and back", 4, "01 03 09 'a.example' 0019"_octets},
    {"socks4", "request", 0, "04 01 0050 42660763 'fred' 00 'GET'"_octets},
    {"socks4", "request with a name", 0, "04 01 01bb 00000001 'john' 00 'files.example.com' 00"_octets},
    {"socks4", "reply", 1, "00 5a 1f90 c0000207"_octets},
    {"socks4", "a name there and back", 2, "01 03 09 'a.example' 0019 04 'john'"_octets},
    {"login", "request", 0, "01 04 'john' 03 'foo'"_octets},
    {"login", "empty request", 0, "01 00 00"_octets},
    {"login", "status", 1, "01 00"_octets},
    {"login", "secrets", 2, "03 'fooFoo'"_octets},
};

inline constexpr row texts[] = {
    {"literal", "IPv4", 0, "192.0.2.1:80"},
    {"literal", "IPv6", 0, "2001:db8::1"},
    {"literal", "IPv6 with an IPv4 tail", 0, "64:ff9b::198.51.100.4"},
    {"literal", "IPv6 in brackets, with a port", 0, "[fe80::1:0:0:2]:1080"},
    {"literal", "a name with a port", 0, "files.example.com:443"},
    {"literal", "a number that is no address", 0, "0x7f.1"},
    {"literal", "octets of IPv6", 2, "20010db8000000000000000000000001"_octets},
};

}  // namespace seeds

#endif
