// Formats addresses by RFC 5952, and formats and parses host:port. It uses no locale and does not allocate.

#ifndef SOCKS_TEXT_LITERAL_HPP
#define SOCKS_TEXT_LITERAL_HPP

#include <socks/core/address.hpp>
#include <socks/core/decoded.hpp>

namespace socks {

/// Buffers of these sizes are always large enough for format(): "255.255.255.255", an address of eight
/// groups, a name of 255 bytes, and such a name with a port.
inline constexpr size_t max_text_ipv4 = 15;
inline constexpr size_t max_text_ipv6 = 39;                          ///< enough for an IPv6 address
inline constexpr size_t max_text_host = host::max_name;              ///< enough for a host
inline constexpr size_t max_text_endpoint = host::max_name + 1 + 5;  ///< enough for an endpoint

namespace detail {

// Appends text to a buffer that may be too small, and counts the bytes that the text needs.
class text_writer {
  public:
    constexpr explicit text_writer(buffer to) noexcept : to_(to) {}

    constexpr text_writer& put(char c) noexcept {
        if (size_ < to_.capacity()) to_.data()[size_] = c;
        ++size_;
        return *this;
    }

    constexpr text_writer& put(bytes text) noexcept {
        for (size_t i = 0; i < text.size(); ++i) put(text.data()[i]);
        return *this;
    }

    // `text` ends with a NUL.
    constexpr text_writer& phrase(const char* text) noexcept {
        for (; *text != '\0'; ++text) put(*text);
        return *this;
    }

    constexpr text_writer& hex(uint8_t byte) noexcept {
        return put("0123456789ABCDEF"[byte >> 4]).put("0123456789ABCDEF"[byte & 0xf]);
    }

    // Stops writing if `text` lies in the buffer, because a later put() must still read it. written() then
    // fails.
    constexpr text_writer& avoid(bytes text) noexcept {
        if (!overlap(text.data(), text.size(), to_.data(), to_.capacity())) return *this;
        overlaps_ = true;
        to_ = {};
        return *this;
    }

    constexpr text_writer& number(unsigned value, unsigned base) noexcept {
        unsigned unit = 1;
        while (value / unit >= base) unit *= base;
        for (; unit != 0; unit /= base) put("0123456789abcdef"[value / unit % base]);
        return *this;
    }

    constexpr text_writer& address(const ipv4& a) noexcept {
        for (size_t i = 0; i < 4; ++i) {
            if (i != 0) put('.');
            number(a.bytes[i], 10);
        }
        return *this;
    }

    constexpr text_writer& address(const ipv6& a) noexcept {
        const bool mixed = embeds_ipv4(a);
        const size_t groups = mixed ? 6 : 8;
        size_t begin = 0;  // the longest run of two or more zero groups, or the first such run
        size_t length = 0;
        for (size_t i = 0; i < groups; ++i) {
            size_t n = 0;
            while (i + n < groups && group(a, i + n) == 0) ++n;
            if (n > length && n >= 2) {
                begin = i;
                length = n;
            }
        }
        for (size_t i = 0; i < groups;) {
            if (length != 0 && i == begin) {
                put(i == 0 ? bytes("::") : bytes(":"));
                i += length;
                continue;
            }
            number(group(a, i), 16);
            if (++i < 8) put(':');
        }
        if (mixed) address(ipv4{a.bytes[12], a.bytes[13], a.bytes[14], a.bytes[15]});
        return *this;
    }

    constexpr text_writer& address(const host& h) noexcept {
        switch (h.kind()) {
            case host_kind::none: return put('*');
            case host_kind::ipv4: return address(h.v4());
            case host_kind::ipv6: return address(h.v6());
            case host_kind::name:
            case host_kind::bad: break;
        }
        return avoid(h.name()).put(h.name());
    }

    [[nodiscard]] constexpr encoded written() const noexcept {
        if (overlaps_) return errc::overlap;
        return size_ <= to_.capacity() ? encoded(to_.data(), size_) : encoded::no_space(size_);
    }

  private:
    // Whether an IPv4 address follows the prefix of `a`: this is so for ::ffff:0:0/96 and 64:ff9b::/96.
    static constexpr bool embeds_ipv4(const ipv6& a) noexcept {
        for (size_t i = 2; i < 5; ++i)
            if (group(a, i) != 0) return false;
        const uint32_t g0 = group(a, 0);
        const uint32_t g1 = group(a, 1);
        const uint32_t g5 = group(a, 5);
        return (g0 == 0 && g1 == 0 && g5 == 0xffff) || (g0 == 0x64 && g1 == 0xff9b && g5 == 0);
    }

    buffer to_;
    size_t size_ = 0;
    bool overlaps_ = false;
};

}  // namespace detail

/// Writes an address: `192.0.2.1`, `2001:db8::1`, `::ffff:192.0.2.1`. There are no brackets and no closing
/// NUL.
///
/// For a host it writes the address or the name, `*` for no host, and invalid text verbatim. A name is
/// written as received: escape it before you write it to a log.
///
/// @returns   the text in `out`.
/// @errors    no_space  out is smaller than the text; required() is the size of the text; `out` may be
///                      changed
///            overlap   a name lies in `out`; nothing was written
/// @lifetime  the text is in `out`.
/// @cost      O(size of the text), constexpr, noexcept.
/// @rfc       5952 sections 4 and 5
constexpr encoded format(const ipv4& a, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::text_writer(out).address(a).written();
}
/// Writes an IPv6 address without brackets.
constexpr encoded format(const ipv6& a, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::text_writer(out).address(a).written();
}
/// Writes an address or a name, or `*` for no host.
constexpr encoded format(const host& h, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::text_writer(out).address(h).written();
}

/// Writes host and port: `192.0.2.1:80`, `[2001:db8::1]:80`, `files.example.com:80`. Everything else is as
/// for a host.
/// @rfc  5952 section 6
constexpr encoded format(const endpoint& e, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    detail::text_writer w(out);
    if (e.host.kind() == host_kind::ipv6)
        w.put('[').address(e.host).put(']');
    else
        w.address(e.host);
    return w.put(':').number(e.port, 10).written();
}

/// Parses a port: one to five decimal digits, 0..65535.
/// @errors  bad_port  any other text
/// @cost    O(1), constexpr, noexcept.
[[nodiscard]] constexpr parsed<uint16_t> parse_port(bytes text) noexcept {
    if (text.empty() || text.size() > 5) return errc::bad_port;
    unsigned value = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if (!detail::is_digit(text.data()[i])) return errc::bad_port;
        value = value * 10 + static_cast<unsigned>(text.data()[i] - '0');
    }
    if (value > 65535) return errc::bad_port;
    return static_cast<uint16_t>(value);
}

/// Parses `host:port` and `[IPv6]:port`. With a default port, it also parses `host`, `[IPv6]` and `IPv6`.
///
/// @param text          the complete text.
/// @param default_port  the port if the text has none. If negative, the text must have a port.
/// @errors    bad_host       the part before the port is neither an address nor a host name
///            bad_host_byte  the part before the port contains a byte other than visible ASCII, at position()
///            bad_port       the port is missing or not a number of 0..65535
/// @lifetime  a name points into `text`.
/// @cost      O(size), constexpr, noexcept.
[[nodiscard]] constexpr parsed<endpoint> parse_endpoint(bytes text SOCKS_LIFETIMEBOUND,
                                                        int32_t default_port = -1) noexcept {
    size_t colon = text.size();  // the colon before the port
    size_t colons = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text.data()[i] == ']') colon = text.size();
        if (text.data()[i] != ':') continue;
        colon = i;
        ++colons;
    }
    if (colons > 1 && parse_ipv6(text)) colon = text.size();
    const host h(text.first(colon));
    if (h.error() == errc::bad_host_byte) return {h.error(), detail::find_invisible(text)};
    if (h.kind() == host_kind::bad) return errc::bad_host;
    if (colon == text.size()) {
        if (default_port < 0 || default_port > 65535) return {errc::bad_port, colon};
        return endpoint{h, static_cast<uint16_t>(default_port)};
    }
    const auto port = parse_port(text.subspan(colon + 1));
    if (!port) return {port.error(), colon + 1};
    return endpoint{h, *port};
}

}  // namespace socks

#endif
