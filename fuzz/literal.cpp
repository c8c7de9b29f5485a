// The text of addresses: an address is printed as a text that reads as the same address, and prints the same
// again. A text that is neither an address nor a name is refused. Addresses from raw bytes are checked in the
// same way.

#include "requests.hpp"

#include <arpa/inet.h>

using namespace fuzzing;

namespace {

template <class T>
std::string printed(const T& value) {
    const std::string s = encode_exactly([&](buffer out) { return socks::format(value, out); });
    return s;
}

template <class T>
void there_and_back(const T& value) {
    const std::string s = printed(value);
    demand(s.size() <= socks::max_text_endpoint);
    const block copy(s);
    const socks::host again(copy.view());
    demand(again == socks::host(value) && printed(again) == s);
}

// The C library is asked too.
void check_address(bytes raw_text) {
    const std::string s = text(raw_text);
    const bool no_nul = s.find('\0') == std::string::npos;
    const block copy(raw_text);
    in_addr lib4{};
    const auto four = socks::parse_ipv4(copy.view());
    demand(static_cast<bool>(four) == (no_nul && inet_pton(AF_INET, s.c_str(), &lib4) == 1));
    demand(!four || (std::memcmp(&lib4, four->bytes, sizeof four->bytes) == 0 && printed(*four) == s));
    if (four) there_and_back(*four);
    in6_addr lib6{};
    const auto six = socks::parse_ipv6(copy.view());
    demand(static_cast<bool>(six) == (no_nul && inet_pton(AF_INET6, s.c_str(), &lib6) == 1));
    demand(!six || std::memcmp(&lib6, six->bytes, sizeof six->bytes) == 0);
    if (six) there_and_back(*six);
}

void check_host(bytes raw_text) {
    const block copy(raw_text);
    const socks::host h(copy.view());
    demand(h.kind() != socks::host_kind::none);
    if (h.kind() == socks::host_kind::name)
        demand(!h.name().empty() && !h.name().contains('\0') && h.name() == copy.view());
    if (h.kind() != socks::host_kind::bad)
        demand(socks::host(printed(h)) == h || h.kind() == socks::host_kind::name);
    const auto e = socks::parse_endpoint(copy.view(), 1080);
    demand(e.position() <= copy.view().size());
    if (e) {
        const std::string s = printed(*e);
        const auto again = socks::parse_endpoint(s);
        demand(again && *again == *e);
    }
    if (const auto port = socks::parse_port(copy.view())) demand(std::stoul(text(copy.view())) == *port);
}

}  // namespace

//     which  text, or the bytes of an address
void fuzz(input in) {
    switch (in.byte() % 3) {
        case 0: {
            const bytes t = in.rest();
            check_address(t);
            return check_host(t);
        }
        case 1: {
            socks::ipv4 a;
            for (uint8_t& byte : a.bytes) byte = in.byte();
            return there_and_back(a);
        }
        default: {
            socks::ipv6 a;
            for (uint8_t& byte : a.bytes) byte = in.byte();
            return there_and_back(a);
        }
    }
}
