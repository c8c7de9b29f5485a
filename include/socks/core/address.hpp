// Where a connection goes: IPv4, IPv6, or a host name, and a port.
// A host is classified once, where it is made of text: the text of an address becomes an address and does not travel
// as a name; text that is neither becomes "bad" and is never sent. Only what a peer sent keeps the form it came in.

#ifndef SOCKS_CORE_ADDRESS_HPP
#define SOCKS_CORE_ADDRESS_HPP

#include <socks/core/bytes.hpp>
#include <socks/core/numbers.hpp>
#include <socks/core/parsed.hpp>

namespace socks {

/// An IPv4 address, first octet first: `ipv4{127, 0, 0, 1}`. Default: 0.0.0.0.
struct ipv4 {
    uint8_t octets[4] = {};
    friend constexpr bool operator==(const ipv4&, const ipv4&) noexcept = default;
};

/// An IPv6 address in network order. Default: `::`.
struct ipv6 {
    uint8_t octets[16] = {};
    friend constexpr bool operator==(const ipv6&, const ipv6&) noexcept = default;
};

/// Whether SOCKS4a gives `a` the meaning "a name follows": 0.0.0.1 to 0.0.0.255. 0.0.0.0 is an address.
/// @rfc  the SOCKS4a memo
[[nodiscard]] constexpr bool is_name_marker(const ipv4& a) noexcept {
    const uint32_t number = uint32_t{a.octets[0]} << 24 | uint32_t{a.octets[1]} << 16 |
                            uint32_t{a.octets[2]} << 8 | uint32_t{a.octets[3]};
    return number - 1 < 255;
}

namespace detail {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr int hex_digit(char c) noexcept {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace detail

/// Reads the text of an IPv4 address: four decimal numbers of 0..255 and three dots.
///
/// A leading zero is refused, because half of the world reads it as octal; so are the shorter forms of
/// inet_aton.
///
/// @param text  the whole text.
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
        address.octets[part] = static_cast<uint8_t>(value);
    }
    if (i != text.size()) return errc::bad_host;
    return address;
}

namespace detail {

// One group, up to four hexadecimal digits at `i`, which moves behind them.
constexpr unsigned read_group(bytes text, size_t& i) noexcept {
    unsigned group = 0;
    for (const size_t begin = i; i < text.size() && i < begin + 4; ++i) {
        const int digit = hex_digit(text.data()[i]);
        if (digit < 0) break;
        group = group * 16 + static_cast<unsigned>(digit);
    }
    return group;
}

// The groups of an IPv6 address as they are read, and where among them the "::" stood.
struct ipv6_groups {
    static constexpr size_t nowhere = 17;
    ipv6 address{};
    size_t made = 0;       // octets
    size_t gap = nowhere;  // octets before the "::"

    [[nodiscard]] constexpr bool gapped() const noexcept { return gap != nowhere; }

    constexpr void add(unsigned group) noexcept {
        address.octets[made++] = static_cast<uint8_t>(group >> 8);
        address.octets[made++] = static_cast<uint8_t>(group & 0xff);
    }

    // What stood behind the "::" moves to the end. Without one nothing may be missing; with one, a group at least.
    constexpr bool complete() noexcept {
        if (!gapped()) return made == 16;
        if (made > 14) return false;
        const size_t moved = made - gap;
        for (size_t k = 1; k <= moved; ++k) address.octets[16 - k] = address.octets[made - k];
        for (size_t k = gap; k < 16 - moved; ++k) address.octets[k] = 0;
        return true;
    }
};

}  // namespace detail

/// Reads the text of an IPv6 address: up to eight groups of one to four hexadecimal digits, `::` at most once
/// and for at least one group, the last two groups also as an IPv4 address.
///
/// A zone (`%eth0`) is refused: it means something on one host only. Brackets belong to `host`.
///
/// @param text  the whole text.
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
        if (groups.made == 16) return errc::bad_host;
        const size_t begin = i;
        const unsigned group = detail::read_group(text, i);
        if (i == begin) return errc::bad_host;
        if (i < n && p[i] == '.') {  // an IPv4 address, and nothing behind it
            const auto tail = parse_ipv4(text.from(begin));
            if (groups.made > 12 || !tail) return errc::bad_host;
            groups.add(static_cast<unsigned>(tail->octets[0] << 8 | tail->octets[1]));
            groups.add(static_cast<unsigned>(tail->octets[2] << 8 | tail->octets[3]));
            break;
        }
        groups.add(group);
        if (i == n) break;
        if (p[i++] != ':' || i == n) return errc::bad_host;
        if (p[i] != ':') continue;
        if (groups.gapped()) return errc::bad_host;
        groups.gap = groups.made;
        ++i;
    }
    if (!groups.complete()) return errc::bad_host;
    return groups.address;
}

namespace detail {

// Never defined. Its name is the diagnostic: the text is empty, too long, holds a NUL, a colon or a bracket
// that make no IPv6 address, or ends in a number without being an IPv4 address.
void this_text_is_neither_an_address_nor_a_host_name() noexcept;

// Whether the last label (one trailing dot aside) is a number, as in "127.1", "1.2.3.256" or "0x7f000001".
// Resolvers read such text as addresses, each in its own way; so only a strict IPv4 address may end so.
// The same rule as the URL standard's. Of text that is not empty.
constexpr bool ends_in_a_number(bytes text) noexcept {
    size_t end = text.size();
    if (text[end - 1] == '.') --end;
    size_t begin = end;
    while (begin != 0 && text.data()[begin - 1] != '.') --begin;
    if (begin == end) return false;
    bool decimal = true;
    for (size_t i = begin; i < end; ++i) decimal = decimal && is_digit(text.data()[i]);
    if (decimal) return true;
    if (end - begin < 2 || text.data()[begin] != '0' || (text.data()[begin + 1] | 0x20) != 'x') return false;
    for (size_t i = begin + 2; i < end; ++i)
        if (hex_digit(text.data()[i]) < 0) return false;
    return true;
}

}  // namespace detail

/// An IPv4 address, an IPv6 address, a host name, none, or bad text.
///
///     host a = "files.example.com";       a name
///     host b = "192.0.2.1";               an IPv4 address, by value
///     host c = "[2001:db8::1]";           an IPv6 address, by value; brackets are optional
///     host d = "localhost:80";            does not compile; the same text at run time is `bad`
///
/// Bad is text that is empty, longer than 255 octets, holds a NUL, holds a colon or a bracket without being an
/// IPv6 address (a zone included), or ends in a number without being an IPv4 address. Nothing else of a name
/// is judged, and nothing is ever resolved. Names are octets: write international ones as A-labels.
///
/// @lifetime  a name points into the text it was made of; addresses are held by value.
/// @cost      making one and == are O(size), all else O(1).
class host {
  public:
    enum class kind : uint8_t { none, ipv4, ipv6, name, bad };
    static constexpr size_t max_name = 255;

    /// No host: the wildcard of BIND and UDP ASSOCIATE, and what an empty name in a reply means.
    constexpr host() noexcept : name_(nullptr) {}

    // Octet by octet: g++ 12 takes an object that is const for const even while it is made, behind a pointer.
    constexpr host(const ipv4& a) noexcept : v4_(a), kind_(kind::ipv4) {}
    constexpr host(const ipv6& a) noexcept : v6_(a), kind_(kind::ipv6) {}

    /// A literal, checked by the compiler.
    template <size_t N>
    consteval host(const char (&literal)[N]) noexcept : host(bytes(literal)) {
        if (kind_ == kind::bad) detail::this_text_is_neither_an_address_nor_a_host_name();
    }

    /// Text at run time. Ask `is()` for kind::bad, or let the machine refuse it.
    constexpr host(bytes text SOCKS_LIFETIMEBOUND) noexcept : host(classify(text)) {}

    template <class C>
        requires(detail::readable<C>&& detail::owning<C>)
    constexpr host(C&& text SOCKS_LIFETIMEBOUND) noexcept : host(bytes(static_cast<C&&>(text))) {}

    template <class C>
        requires(detail::readable<C> && !detail::owning<C>)
    constexpr host(C&& text) noexcept : host(classify(bytes(text))) {}

    /// A name exactly as a peer sent it, not classified: 0..255 octets that may spell an address. To send one on as
    /// what it spells, make a host of its text: `host(h.name())`.
    [[nodiscard]] static constexpr host as_received(bytes name SOCKS_LIFETIMEBOUND) noexcept {
        SOCKS_ASSERT(name.size() <= max_name);
        return {kind::name, name, false};
    }

    [[nodiscard]] constexpr kind is() const noexcept { return kind_; }

    /// Whether it may be sent to a peer: not bad, and if it is a name as received, neither empty nor with a NUL inside.
    [[nodiscard]] constexpr bool is_sendable() const noexcept {
        if (classified_) return kind_ != kind::bad;
        return size_ != 0 && !name().contains('\0');
    }

    /// The address; only for kind::ipv4.
    [[nodiscard]] constexpr socks::ipv4 v4() const noexcept {
        SOCKS_ASSERT(kind_ == kind::ipv4);
        return v4_;
    }

    /// The address; only for kind::ipv6.
    [[nodiscard]] constexpr socks::ipv6 v6() const noexcept {
        SOCKS_ASSERT(kind_ == kind::ipv6);
        return v6_;
    }

    /// The name, or the text that was bad (cut to 255 octets); empty otherwise.
    [[nodiscard]] constexpr bytes name() const noexcept {
        return kind_ == kind::name || kind_ == kind::bad ? bytes{name_, size_} : bytes{};
    }

    friend constexpr bool operator==(const host& a, const host& b) noexcept {
        if (a.kind_ != b.kind_) return false;
        switch (a.kind_) {
            case kind::none: return true;
            case kind::ipv4: return a.v4_ == b.v4_;
            case kind::ipv6: return a.v6_ == b.v6_;
            case kind::name:
            case kind::bad: break;
        }
        return a.name() == b.name();
    }

  private:
    // A text longer than a name can be is cut: it is bad.
    constexpr host(kind is, bytes text, bool classified) noexcept
        : name_(text.data()),
          size_(static_cast<uint8_t>(text.size() <= max_name ? text.size() : max_name)),
          kind_(is),
          classified_(classified) {}

    static constexpr host classify(bytes text) noexcept {
        bytes inner = text;
        const bool bracketed = text.size() >= 2 && text[0] == '[' && text[text.size() - 1] == ']';
        if (bracketed) inner = text.from(1).first(text.size() - 2);
        if (const auto six = parse_ipv6(inner)) return *six;
        if (const auto four = parse_ipv4(text)) return *four;
        const bool bad = text.empty() || text.size() > max_name || text.contains('\0') ||
                         text.contains(':') || text.contains('[') || text.contains(']') ||
                         detail::ends_in_a_number(text);
        return {bad ? kind::bad : kind::name, text, true};
    }

    // One at a time, as kind_ says.
    union {
        const char* name_;
        socks::ipv4 v4_;
        socks::ipv6 v6_;
    };
    uint8_t size_ = 0;
    kind kind_ = kind::none;
    bool classified_ = true;
};

/// A host and a port: `endpoint{"files.example.com", 443}`.
/// @lifetime  as its host.
struct endpoint {
    socks::host host{};
    uint16_t port = 0;
    friend constexpr bool operator==(const endpoint&, const endpoint&) noexcept = default;
};

/// The wildcards, by name.
inline constexpr endpoint any_ipv4{ipv4{}, 0};
inline constexpr endpoint any_ipv6{ipv6{}, 0};

}  // namespace socks

#endif
