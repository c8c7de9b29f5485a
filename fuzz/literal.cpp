// The text of addresses: an address is printed as a text that reads as the same address, and prints the same
// again. The C library reads and writes the same texts. A text that is neither an address nor a name is
// refused. Addresses from raw bytes are checked in the same way, alone and with a port.

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

// The C library writes an IPv4 address inside of an IPv6 address after other prefixes than this library does.
void check_as_the_library(const socks::ipv6& a) {
    const std::string prefix(reinterpret_cast<const char*>(a.bytes), 12);
    const std::string zeros(10, '\0');
    const bool mapped = prefix == zeros + "\xff\xff";
    if (!mapped && (prefix.compare(0, 10, zeros) == 0 ||
                    prefix == std::string("\0\x64\xff\x9b", 4) + std::string(8, '\0')))
        return;
    char library[INET6_ADDRSTRLEN];
    demand(printed(a) == inet_ntop(AF_INET6, a.bytes, library, sizeof library));
}

// An address is read with a port, and without one.
template <class Address>
void check_endpoint(const Address& a, const std::string& host, uint16_t port) {
    const std::string s = host + ':' + std::to_string(port);
    const socks::endpoint e{a, port};
    demand(printed(e) == s);
    const block with_port(s);
    const block without(host);
    const auto one = socks::parse_endpoint(with_port.view());
    const auto other = socks::parse_endpoint(without.view(), 1080);
    demand(one && *one == e && other && *other == socks::endpoint{a, 1080});
    demand(socks::parse_endpoint(without.view()).error() == errc::bad_port);
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
    if (six) check_as_the_library(*six);
}

bool is_port(const std::string& s) {
    if (s.empty() || s.size() > 5 || s.find_first_not_of("0123456789") != std::string::npos) return false;
    return std::stoul(s) < 65536;
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
    const auto port = socks::parse_port(copy.view());
    demand(static_cast<bool>(port) == is_port(text(copy.view())));
    demand(!port || std::stoul(text(copy.view())) == *port);
}

}  // namespace

//     which  text, or the bytes of an address and a port
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
            there_and_back(a);
            return check_endpoint(a, printed(a), in.u16());
        }
        default: {
            socks::ipv6 a;
            for (uint8_t& byte : a.bytes) byte = in.byte();
            there_and_back(a);
            check_as_the_library(a);
            return check_endpoint(a, '[' + printed(a) + ']', in.u16());
        }
    }
}
