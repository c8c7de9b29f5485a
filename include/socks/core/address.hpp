// The destination of a connection: an IPv4 address, an IPv6 address or a host name, and a port. A host is
// classified once, when it is made from text. "192.0.2.1" becomes an IPv4 address and is not sent as a name.
// Text that is neither an address nor a name becomes invalid (`bad`) and is never sent. A name that a peer
// sent is not classified.

#ifndef SOCKS_CORE_ADDRESS_HPP
#define SOCKS_CORE_ADDRESS_HPP

#include <socks/core/error.hpp>
#include <socks/core/ip.hpp>

namespace socks {

class host;
class stored_endpoint;

namespace detail {

// This function is never defined, so the compiler shows its name as the error message. The documentation of
// host lists the reasons.
void this_text_is_neither_an_address_nor_a_host_name() noexcept;

// Whether the last label of a text is a number, as in "127.1", "1.2.3.256" or "0x7f000001". One trailing dot
// is ignored; the text is not empty. Resolvers read such texts as different addresses, so only a strict IPv4
// address may end in a number. The URL standard has the same rule.
constexpr bool ends_in_a_number(bytes text) noexcept {
    const char* const p = text.data();
    size_t end = text.size();
    // A number ends in a digit, a letter up to F, the X of "0x" or the trailing dot. Most names do not.
    const int last = p[end - 1] | 0x20;
    if (last > 'f' && last != 'x') return false;
    if (p[end - 1] == '.') --end;
    size_t begin = end;
    while (begin != 0 && p[begin - 1] != '.') --begin;
    if (!is_digit(p[begin])) return false;  // if the label is empty, this is the trailing dot
    bool decimal = true;
    for (size_t i = begin; i < end; ++i) decimal = decimal && is_digit(p[i]);
    if (decimal) return true;
    if (p[begin] != '0' || (p[begin + 1] | 0x20) != 'x') return false;
    for (size_t i = begin + 2; i < end; ++i)
        if (hex_digit(p[i]) < 0) return false;
    return true;
}

// Whether a text is not a valid host name, even if a name could contain bytes that are not visible ASCII.
// Call it only for a text of at most 255 bytes that is not an address.
constexpr bool is_invalid_name(bytes text) noexcept {
    return text.empty() || text.contains('\0') || text.contains(':') || text.contains('[') ||
           text.contains(']') || ends_in_a_number(text);
}

// Whether `c` is visible ASCII, and not a byte that only the text of an IPv6 address contains.
constexpr bool is_name_byte(char c) noexcept {
    return c > ' ' && c < 0x7f && c != ':' && c != '[' && c != ']';
}

// Whether all of eight bytes are name bytes. Each of the five sums sets the top bit of the bytes that it
// looks for. A carry may set the top bit of a name byte too, but only next to a byte that one of them finds.
SOCKS_ALWAYS_INLINE constexpr bool are_8_name_bytes(const char* p) noexcept {
    constexpr uint64_t ones = 0x0101010101010101;
    const auto x = word_at<uint64_t>(p);
    const uint64_t invisible = (x + ones) | (x - ones * 0x21);
    const uint64_t ipv6 = ((x ^ ones * ':') - ones) | ((x ^ ones * '[') - ones) | ((x ^ ones * ']') - ones);
    return ((invisible | ipv6) & (ones << 7)) == 0;
}

// Whether all bytes of a text are name bytes. The last eight may overlap those before them.
constexpr bool has_only_name_bytes(bytes text) noexcept {
    const char* const p = text.data();
    const size_t n = text.size();
    size_t i = 0;
    if constexpr (use_words) {
        if (n >= 8) {
            for (; n - i > 8; i += 8)
                if (!are_8_name_bytes(p + i)) return false;
            return are_8_name_bytes(p + n - 8);
        }
    }
    while (i < n && is_name_byte(p[i])) ++i;
    return i == n;
}

// The offset of the first byte that is not visible ASCII, or the size of the text.
constexpr size_t find_invisible(bytes text) noexcept {
    size_t i = 0;
    while (i < text.size() && text[i] > ' ' && text[i] < 0x7f) ++i;
    return i;
}

// Makes a host from a name without checking it again. Only decoders call it, after they have validated the
// message. So the name has at most 255 bytes and no NUL.
constexpr host validated_name(bytes name) noexcept;

}  // namespace detail

/// The kind of a host. `bad` is text that is neither an address nor a host name.
enum class host_kind : uint8_t { none, ipv4, ipv6, name, bad };

/// An IPv4 address, an IPv6 address, a host name, no host, or invalid text (`bad`).
///
///     host a = "files.example.com";       a name
///     host b = "192.0.2.1";               an IPv4 address, by value
///     host c = "[2001:db8::1]";           an IPv6 address, by value; brackets are optional
///     host d = "localhost:80";            does not compile; at run time, this text is `bad`
///
/// Text is `bad` if it
///
///     - is empty or longer than 255 bytes
///     - contains a byte other than visible ASCII, 0x21 to 0x7e
///     - contains a colon or a bracket but is not an IPv6 address, or has a zone ("fe80::1%eth0")
///     - ends in a number but is not an IPv4 address
///
/// Names are not checked further, and never resolved.
///
/// Control bytes and spaces are refused because a proxy may write the name into a log or into another
/// protocol. Browsers and curl refuse them too. Bytes above 0x7e are refused because SOCKS does not define
/// their encoding: write an international name in A-labels, "xn--mnchen-3ya.example". To send a name with
/// other bytes, see as_received().
///
/// @lifetime  a name points into the text that it was made from; addresses are stored by value.
/// @cost      construction and == are O(size), everything else is O(1).
class host {
  public:
    static constexpr size_t max_name = 255;  ///< the longest name, in bytes

    /// No host. It stands for the wildcard of BIND and UDP ASSOCIATE, and for an empty name in a reply.
    constexpr host() noexcept : name_(nullptr) {}

    /// An IPv4 address.
    constexpr host(const ipv4& a) noexcept : v4_(a), kind_(host_kind::ipv4) {}
    /// An IPv6 address.
    constexpr host(const ipv6& a) noexcept : v6_(a), kind_(host_kind::ipv6) {}

    /// A string literal. The compiler checks it.
    template <size_t N>
    consteval host(const char (&literal)[N]) noexcept : host(bytes(literal)) {
        if (kind_ == host_kind::bad) detail::this_text_is_neither_an_address_nor_a_host_name();
    }

    // Its length is not known: the error message says what to do.
    template <detail::char_pointer wrap_the_pointer_in_a_string_view>
    host(wrap_the_pointer_in_a_string_view&&) = delete;

    /// Text that is known only at run time. Invalid text has the kind host_kind::bad, and every encoder and
    /// machine refuses it.
    constexpr host(bytes text SOCKS_LIFETIMEBOUND) noexcept : host(classify(text)) {}

    /// Text of a string or another owner, known only at run time. Invalid text has the kind host_kind::bad.
    template <class C>
        requires(detail::readable_owner<C>)
    constexpr host(C&& text SOCKS_LIFETIMEBOUND) noexcept : host(bytes(static_cast<C&&>(text))) {}

    /// Text of a view, known only at run time. Invalid text has the kind host_kind::bad.
    template <class C>
        requires(detail::readable<C> && !detail::owning<C>)
    constexpr host(C&& text) noexcept : host(classify(bytes(text))) {}

    /// A name exactly as a peer sent it: 0..255 bytes of any value. It is not classified, so it may be the
    /// text of an address. To classify it, write `host(h.name())`. You can also use as_received() to send a
    /// name in an encoding that the proxy is known to support. A name of more than 255 bytes becomes `bad`.
    [[nodiscard]] static constexpr host as_received(bytes name SOCKS_LIFETIMEBOUND) noexcept {
        if (name.size() > max_name) return {host_kind::bad, name, errc::bad_host};
        return {host_kind::name, name, name.empty() || name.contains('\0') ? errc::bad_host : errc::none};
    }

    /// What the host is: an address, a name, nothing, or invalid text.
    [[nodiscard]] constexpr host_kind kind() const noexcept { return kind_; }

    /// Whether the host can be sent to a peer. It cannot if it is `bad`, or if it is a received name that is
    /// empty or contains a NUL.
    [[nodiscard]] constexpr bool is_sendable() const noexcept { return fault_ == errc::none; }

    /// Why the host cannot be sent, or errc::none.
    /// @errors  bad_host_byte  text with a byte other than visible ASCII
    ///          bad_host       other invalid text; a received name that is empty or contains a NUL
    [[nodiscard]] constexpr errc error() const noexcept { return fault_; }

    /// The address; only for host_kind::ipv4.
    [[nodiscard]] constexpr socks::ipv4 v4() const noexcept {
        SOCKS_ASSERT(kind_ == host_kind::ipv4);
        return v4_;
    }

    /// The address; only for host_kind::ipv6.
    [[nodiscard]] constexpr socks::ipv6 v6() const noexcept {
        SOCKS_ASSERT(kind_ == host_kind::ipv6);
        return v6_;
    }

    /// The name or the invalid text. Empty for an address, for no host, and for a text of more than 255
    /// bytes.
    [[nodiscard]] constexpr bytes name() const noexcept {
        return {kind_ == host_kind::name || kind_ == host_kind::bad ? name_ : nullptr, size_};
    }

    /// Whether both have the same kind and the same address or name(). Invalid texts of more than 255 bytes
    /// have an empty name(), so they are all equal.
    friend constexpr bool operator==(const host& a, const host& b) noexcept {
        if (a.kind_ != b.kind_) return false;
        switch (a.kind_) {
            case host_kind::none: return true;
            case host_kind::ipv4: return a.v4_ == b.v4_;
            case host_kind::ipv6: return a.v6_ == b.v6_;
            case host_kind::name:
            case host_kind::bad: break;
        }
        return bytes(a.name_, a.size_) == bytes(b.name_, b.size_);
    }

  private:
    friend constexpr host detail::validated_name(bytes name) noexcept;
    friend class stored_endpoint;

    // Returns the same host, but its name or its invalid text is read from `copy`.
    [[nodiscard]] constexpr host with_name_at(const char* copy SOCKS_LIFETIMEBOUND) const noexcept {
        host result = *this;
        if (kind_ == host_kind::name || kind_ == host_kind::bad) result.name_ = copy;
        return result;
    }

    // A text of more than 255 bytes is not stored, because its first bytes could be the name of another host.
    constexpr host(host_kind kind, bytes text, errc fault) noexcept
        : name_(text.data()),
          size_(static_cast<uint8_t>(text.size() <= max_name ? text.size() : 0)),
          kind_(kind),
          fault_(fault) {}

    static constexpr host classify(bytes text) noexcept {
        const size_t n = text.size();
        if (!detail::has_only_name_bytes(text)) {
            const bool bracketed = text[0] == '[' && text[n - 1] == ']';  // false for a text of one byte
            if (const auto six = parse_ipv6(bracketed ? text.subspan(1).first(n - 2) : text)) return *six;
            const bool visible = detail::find_invisible(text) == n;
            return {host_kind::bad, text, visible ? errc::bad_host : errc::bad_host_byte};
        }
        if (n == 0 || n > max_name) return {host_kind::bad, text, errc::bad_host};
        if (!detail::ends_in_a_number(text)) return {host_kind::name, text, errc::none};
        if (const auto four = parse_ipv4(text)) return *four;
        return {host_kind::bad, text, errc::bad_host};
    }

    // kind_ says which member is active.
    union {
        const char* name_;
        socks::ipv4 v4_;
        socks::ipv6 v6_;
    };
    uint8_t size_ = 0;
    host_kind kind_ = host_kind::none;
    errc fault_ = errc::none;
};

namespace detail {

constexpr host validated_name(bytes name) noexcept { return {host_kind::name, name, errc::none}; }

}  // namespace detail

/// A host and a port: `endpoint{"files.example.com", 443}`.
/// @lifetime  as for its host.
struct endpoint {
    socks::host host{};  ///< an address, a name or nothing
    uint16_t port = 0;   ///< in the byte order of the processor
    /// Whether host and port are equal.
    friend constexpr bool operator==(const endpoint&, const endpoint&) noexcept = default;
};

/// The IPv4 wildcard address 0.0.0.0 with port 0.
inline constexpr endpoint unspecified_ipv4{ipv4{}, 0};
/// The IPv6 wildcard address :: with port 0.
inline constexpr endpoint unspecified_ipv6{ipv6{}, 0};

}  // namespace socks

#endif
