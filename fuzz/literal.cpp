// The text of addresses: whatever text is an address is printed as one that is read as the same address, and printing
// is stable; whatever is neither an address nor a name is refused. Addresses from raw octets take the same way.

#include "wishes.hpp"

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
    socks::ipv4 four;
    in_addr lib4{};
    const bool is4 = socks::parse_ipv4(copy.view(), four);
    demand(is4 == (no_nul && inet_pton(AF_INET, s.c_str(), &lib4) == 1));
    demand(!is4 || (std::memcmp(&lib4, four.octets, sizeof four.octets) == 0 && printed(four) == s));
    if (is4) there_and_back(four);
    socks::ipv6 six;
    in6_addr lib6{};
    const bool is6 = socks::parse_ipv6(copy.view(), six);
    demand(is6 == (no_nul && inet_pton(AF_INET6, s.c_str(), &lib6) == 1));
    demand(!is6 || std::memcmp(&lib6, six.octets, sizeof six.octets) == 0);
    if (is6) there_and_back(six);
}

void check_host(bytes raw_text) {
    using kind = socks::host::kind;
    const block copy(raw_text);
    const socks::host h(copy.view());
    demand(h.is() != kind::none);
    if (h.is() == kind::name)
        demand(!h.name().empty() && !h.name().contains('\0') && h.name() == copy.view());
    if (h.is() != kind::bad) demand(socks::host(printed(h)) == h || h.is() == kind::name);
    socks::endpoint e;
    uint16_t port = 0;
    if (socks::parse_endpoint(copy.view(), e, 1080) == errc::none) {
        const std::string s = printed(e);
        socks::endpoint again;
        demand(socks::parse_endpoint(s, again) == errc::none && again == e);
    }
    if (socks::parse_port(copy.view(), port)) demand(std::stoul(text(copy.view())) == port);
}

}  // namespace

//     which  text, or the octets of an address
void fuzz(input in) {
    switch (in.octet() % 3) {
        case 0: {
            const bytes t = in.rest();
            check_address(t);
            return check_host(t);
        }
        case 1: {
            socks::ipv4 a;
            for (uint8_t& octet : a.octets) octet = in.octet();
            return there_and_back(a);
        }
        default: {
            socks::ipv6 a;
            for (uint8_t& octet : a.octets) octet = in.octet();
            return there_and_back(a);
        }
    }
}
