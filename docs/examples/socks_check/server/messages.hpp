// Messages as the documents draw them. Cases write each byte themselves, because the library must not produce
// what it is tested with, and because many of these messages are invalid.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_MESSAGES_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_MESSAGES_HPP

#include <algorithm>
#include <socks/socks.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "../secret.hpp"

namespace example {

/// Bytes in hexadecimal, grouped by field, and text in single quotes: hex("05 01 00 03 09 'localhost' 0050").
inline std::string hex(std::string_view notation) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string bytes;
    for (size_t i = 0; i < notation.size(); ++i) {
        if (notation[i] == ' ') continue;
        if (notation[i] == '\'') {
            const size_t end = notation.find('\'', i + 1);
            bytes += notation.substr(i + 1, end - i - 1);
            i = end;
            continue;
        }
        const size_t high = digits.find(notation[i]);
        const size_t low = digits.find(notation.at(++i));
        if (high > 15 || low > 15) throw std::logic_error("no hexadecimal digits");
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

/// One byte with this value.
inline std::string byte(size_t value) { return {static_cast<char>(value & 0xff)}; }

/// A number of two bytes in network order.
inline std::string number(uint16_t n) { return byte(n >> 8U) + byte(n); }

/// The bytes of an IP address in network order.
inline std::string raw(const socks::host& h) {
    const socks::ipv4 four = h.kind() == socks::host_kind::ipv4 ? h.v4() : socks::ipv4{};
    const socks::ipv6 six = h.kind() == socks::host_kind::ipv6 ? h.v6() : socks::ipv6{};
    if (h.kind() == socks::host_kind::ipv6) return {reinterpret_cast<const char*>(six.bytes), 16};
    return {reinterpret_cast<const char*>(four.bytes), 4};
}

/// ATYP, address and port of SOCKS5.
inline std::string address5(const socks::endpoint& e) {
    return (e.host.kind() == socks::host_kind::ipv6 ? hex("04") : hex("01")) + raw(e.host) + number(e.port);
}

/// ATYP 3, the length, the name and the port.
inline std::string name5(std::string_view name, uint16_t port) {
    return hex("03") + byte(name.size()) + std::string(name) + number(port);
}

/// A request of SOCKS5: VER, CMD, RSV and `address`, which begins with ATYP.
inline std::string request5(uint8_t command, const std::string& address) {
    return hex("05") + byte(command) + hex("00") + address;
}

/// A request of RFC 1929.
inline std::string login(std::string_view user, std::string_view password) {
    return hex("01") + byte(user.size()) + std::string(user) + byte(password.size()) + std::string(password);
}

/// A request of SOCKS4 to an IPv4 address.
inline std::string request4(uint8_t command, const socks::endpoint& to, std::string_view user = "") {
    return hex("04") + byte(command) + number(to.port) + raw(to.host) + std::string(user) + hex("00");
}

/// A request of SOCKS4a to a name.
inline std::string request4a(std::string_view name, uint16_t port, std::string_view user = "") {
    return hex("04 01") + number(port) + hex("00 00 00 01") + std::string(user) + hex("00") +
           std::string(name) + hex("00");
}

/// Bytes for a reader: "05 ff", at most 24 of them. Asterisks replace the password.
inline std::string shown(std::string_view received) {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr size_t most = 24;
    const std::string bytes = masked(std::string(received));
    std::string text;
    for (const char c : bytes.substr(0, most)) {
        const auto value = static_cast<unsigned char>(c);
        text += text.empty() ? "" : " ";
        text += digits[value >> 4];
        text += digits[value & 0xf];
    }
    if (bytes.size() > most) text += " ... (" + std::to_string(bytes.size()) + " bytes)";
    return text;
}

}  // namespace example

#endif
