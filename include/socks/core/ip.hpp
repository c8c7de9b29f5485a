// IPv4 and IPv6 addresses, and the parsing of their texts. The parsers are strict: they refuse forms that
// resolvers read in different ways.

#ifndef SOCKS_CORE_IP_HPP
#define SOCKS_CORE_IP_HPP

#include <socks/core/bytes.hpp>
#include <socks/core/parsed.hpp>

namespace socks {

/// An IPv4 address in network order: `ipv4{127, 0, 0, 1}`. Default: 0.0.0.0.
struct ipv4 {
    uint8_t bytes[4] = {};  ///< the address, most significant byte first
    /// Whether both are the same address.
    friend constexpr bool operator==(const ipv4&, const ipv4&) noexcept = default;
};

/// An IPv6 address in network order. Default: `::`.
struct ipv6 {
    uint8_t bytes[16] = {};  ///< the address, most significant byte first
    /// Whether both are the same address.
    friend constexpr bool operator==(const ipv6&, const ipv6&) noexcept = default;
};

/// Whether SOCKS4a gives `a` the meaning "a name follows": 0.0.0.1 to 0.0.0.255. 0.0.0.0 is an address.
/// @rfc  the SOCKS4a memo
[[nodiscard]] constexpr bool is_name_marker(const ipv4& a) noexcept {
    const uint32_t number = uint32_t{a.bytes[0]} << 24 | uint32_t{a.bytes[1]} << 16 |
                            uint32_t{a.bytes[2]} << 8 | uint32_t{a.bytes[3]};
    return number - 1 < 255;
}

namespace detail {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr int hex_digit(char c) noexcept {
    if (is_digit(c)) return c - '0';
    const int letter = c | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

}  // namespace detail

/// Parses an IPv4 address: four decimal numbers of 0..255, separated by dots.
///
/// A leading zero is refused, because many programs read it as octal. The shorter forms of inet_aton are
/// refused too.
///
/// @param text  the complete text.
/// @errors      bad_host  any other text
/// @cost        O(size), constexpr, noexcept.
/// @rfc         6943 section 3.1.1
[[nodiscard]] constexpr parsed<ipv4> parse_ipv4(bytes text) noexcept {
    ipv4 address;
    size_t i = 0;
    for (size_t part = 0; part < 4; ++part) {
        if (part != 0 && (i == text.size() || text.data()[i++] != '.')) return errc::bad_host;
        const size_t begin = i;
        unsigned value = 0;
        while (i < text.size() && i < begin + 3 && detail::is_digit(text.data()[i]))
            value = value * 10 + static_cast<unsigned>(text.data()[i++] - '0');
        if (i == begin || value > 255 || (i > begin + 1 && text.data()[begin] == '0')) return errc::bad_host;
        address.bytes[part] = static_cast<uint8_t>(value);
    }
    if (i != text.size()) return errc::bad_host;
    return address;
}

namespace detail {

// The group at `i`, 0 <= i < 8.
constexpr uint32_t group(const ipv6& a, size_t i) noexcept {
    return static_cast<uint32_t>(a.bytes[2 * i] << 8 | a.bytes[2 * i + 1]);
}

// Reads one group of up to four hexadecimal digits at `i`, and moves `i` past them.
constexpr unsigned read_group(bytes text, size_t& i) noexcept {
    unsigned group = 0;
    for (const size_t begin = i; i < text.size() && i < begin + 4; ++i) {
        const int digit = hex_digit(text.data()[i]);
        if (digit < 0) break;
        group = group * 16 + static_cast<unsigned>(digit);
    }
    return group;
}

// The groups of an IPv6 address that were read so far, and the position of the "::" among them.
struct ipv6_groups {
    static constexpr size_t no_gap = 17;
    ipv6 address{};
    size_t size = 0;      // in bytes
    size_t gap = no_gap;  // bytes before the "::"

    [[nodiscard]] constexpr bool has_gap() const noexcept { return gap != no_gap; }

    constexpr void add(unsigned group) noexcept {
        address.bytes[size++] = static_cast<uint8_t>(group >> 8);
        address.bytes[size++] = static_cast<uint8_t>(group & 0xff);
    }

    // Moves the groups after the "::" to the end and fills the gap with zeros. Returns false unless it has
    // eight groups without a "::", or at most seven groups with one.
    constexpr bool fill_gap() noexcept {
        if (!has_gap()) return size == 16;
        if (size > 14) return false;
        const size_t moved = size - gap;
        for (size_t k = 1; k <= moved; ++k) address.bytes[16 - k] = address.bytes[size - k];
        for (size_t k = gap; k < 16 - moved; ++k) address.bytes[k] = 0;
        return true;
    }
};

}  // namespace detail

/// Parses an IPv6 address: up to eight groups of one to four hexadecimal digits. `::` may occur once and
/// stands for at least one group. The last two groups may be written as an IPv4 address.
///
/// A zone (`%eth0`) is refused, because it has a meaning only on one computer. For brackets, see `host`.
///
/// @param text  the complete text.
/// @errors      bad_host  any other text
/// @cost        O(size), constexpr, noexcept.
/// @rfc         4291 section 2.2
[[nodiscard]] constexpr parsed<ipv6> parse_ipv6(bytes text) noexcept {
    const char* const p = text.data();
    const size_t n = text.size();
    detail::ipv6_groups groups;
    size_t i = 0;
    if (n >= 2 && p[0] == ':' && p[1] == ':') {
        groups.gap = 0;
        i = 2;
    }
    while (i < n) {
        if (groups.size == 16) return errc::bad_host;
        const size_t begin = i;
        const unsigned group = detail::read_group(text, i);
        if (i == begin) return errc::bad_host;
        if (i < n && p[i] == '.') {  // an IPv4 address ends the text
            const auto tail = parse_ipv4(text.subspan(begin));
            if (groups.size > 12 || !tail) return errc::bad_host;
            groups.add(static_cast<unsigned>(tail->bytes[0] << 8 | tail->bytes[1]));
            groups.add(static_cast<unsigned>(tail->bytes[2] << 8 | tail->bytes[3]));
            break;
        }
        groups.add(group);
        if (i == n) break;
        if (p[i++] != ':' || i == n) return errc::bad_host;
        if (p[i] != ':') continue;
        if (groups.has_gap()) return errc::bad_host;
        groups.gap = groups.size;
        ++i;
    }
    if (!groups.fill_gap()) return errc::bad_host;
    return groups.address;
}

}  // namespace socks

#endif
