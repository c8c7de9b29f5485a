// Messages as the documents draw them, put together byte by byte without any encoder of the library, and the
// endpoint of a reply, read the same way. A mistake that encoder and decoder share shows here.

#ifndef SOCKS_FUZZ_BY_HAND_HPP
#define SOCKS_FUZZ_BY_HAND_HPP

#include "fuzz.hpp"

namespace fuzzing::by_hand {

inline std::string u8(size_t n) { return {static_cast<char>(n & 0xff)}; }
inline std::string u16(size_t n) { return u8(n >> 8) + u8(n); }
inline std::string counted(bytes b) { return u8(b.size()) + text(b); }

template <class Address>
std::string raw(const Address& a) {
    return {reinterpret_cast<const char*>(a.bytes), sizeof a.bytes};
}

// The IPv4 address of a host, or zeros.
inline std::string four(const socks::host& h) {
    return h.kind() == socks::host_kind::ipv4 ? raw(h.v4()) : std::string(4, '\0');
}

inline std::string endpoint5(const socks::endpoint& e) {
    if (e.host.kind() == socks::host_kind::name) return '\3' + counted(e.host.name()) + u16(e.port);
    if (e.host.kind() == socks::host_kind::ipv6) return '\4' + raw(e.host.v6()) + u16(e.port);
    return '\1' + four(e.host) + u16(e.port);
}

// A request with its command, or a reply with its code.
inline std::string message5(uint8_t second, const socks::endpoint& e) {
    return '\5' + u8(second) + u8(0) + endpoint5(e);
}

inline std::string request4(uint8_t command, const socks::endpoint& to, bytes user) {
    const bool named = to.host.kind() == socks::host_kind::name;
    const std::string address = named ? std::string{0, 0, 0, 1} : four(to.host);
    const std::string end = named ? text(to.host.name()) + '\0' : std::string();
    return '\4' + u8(command) + u16(to.port) + address + text(user) + '\0' + end;
}

inline std::string reply4(uint8_t code, const socks::endpoint& bound) {
    return u8(0) + u8(code) + u16(bound.port) + four(bound.host);
}

inline std::string login(bytes user, bytes password) { return '\1' + counted(user) + counted(password); }

// The size of a complete SOCKS5 message that ends with an endpoint.
inline size_t size5(bytes message) {
    return message[3] == 1 ? 4 + 4 + 2 : message[3] == 4 ? 4 + 16 + 2 : size_t{4} + 1 + message[4] + 2;
}

inline uint16_t port_at(bytes message, size_t i) {
    return static_cast<uint16_t>(message[i] * 256 + message[i + 1]);
}

template <class Address>
Address address_at(bytes message, size_t i) {
    Address a;
    for (size_t k = 0; k < sizeof a.bytes; ++k) a.bytes[k] = message[i + k];
    return a;
}

// The endpoint in a complete SOCKS5 message. An empty name, and a NUL alone, mean that there is none.
inline socks::endpoint endpoint_of5(bytes message) {
    const uint16_t port = port_at(message, size5(message) - 2);
    if (message[3] == 1) return {address_at<socks::ipv4>(message, 4), port};
    if (message[3] == 4) return {address_at<socks::ipv6>(message, 4), port};
    const bytes name = message.subspan(5).first(message[4]);
    if (name.empty() || text(name) == std::string(1, '\0')) return {{}, port};
    return {socks::host::as_received(name), port};
}

inline socks::endpoint endpoint_of4(bytes message) {
    return {address_at<socks::ipv4>(message, 4), port_at(message, 2)};
}

}  // namespace fuzzing::by_hand

#endif
