// For access lists: finds the address that a host means, in any spelling, and the kind of that address. A
// name or an IPv6 address may contain another address. A rule that ignores this can be bypassed.

#ifndef SOCKS_POLICY_SCOPE_HPP
#define SOCKS_POLICY_SCOPE_HPP

#include <socks/core/address.hpp>
#include <socks/core/letters.hpp>

namespace socks {

namespace detail {

constexpr ipv4 tail(const ipv6& a) noexcept { return {a.bytes[12], a.bytes[13], a.bytes[14], a.bytes[15]}; }

// Whether the first `bits` of `a` are those of `network`, 1 <= bits <= 32.
constexpr bool within(uint32_t a, uint32_t network, unsigned bits) noexcept {
    return (a ^ network) >> (32 - bits) == 0;
}

constexpr uint32_t number(const ipv4& a) noexcept {
    return uint32_t{a.bytes[0]} << 24 | uint32_t{a.bytes[1]} << 16 | uint32_t{a.bytes[2]} << 8 | a.bytes[3];
}

constexpr uint32_t front(const ipv6& a) noexcept { return group(a, 0) << 16 | group(a, 1); }

constexpr bool is_mapped(const ipv6& a) noexcept {
    for (size_t i = 0; i < 10; ++i)
        if (a.bytes[i] != 0) return false;
    return group(a, 5) == 0xffff;
}

// Whether `a` is in 64:ff9b::/96 or in ::/96, except :: and ::1, which are IPv6 addresses.
constexpr bool is_translated(const ipv6& a) noexcept {
    for (size_t i = 4; i < 12; ++i)
        if (a.bytes[i] != 0) return false;
    return front(a) == 0x0064ff9b || (front(a) == 0 && number(tail(a)) > 1);
}

// Whether `a` is another form of an IPv4 address. It is then global if the IPv4 address is global.
constexpr bool stands_for_ipv4(const ipv6& a) noexcept { return is_mapped(a) || is_translated(a); }

// Whether `a` is in ::ffff:0:0:0/96, the IPv4-translated addresses of SIIT.
constexpr bool is_siit(const ipv6& a) noexcept {
    for (size_t i = 0; i < 12; ++i)
        if (a.bytes[i] != (i == 8 || i == 9 ? 0xff : 0)) return false;
    return true;
}

// Whether the interface identifier of `a` is 0:5efe:a.b.c.d or 200:5efe:a.b.c.d. A multicast address has no
// interface identifier.
constexpr bool is_isatap(const ipv6& a) noexcept {
    return a.bytes[0] != 0xff && (group(a, 4) & ~0x200U) == 0 && group(a, 5) == 0x5efe;
}

// The IPv4 address that a packet to `a` may reach, or `a`. The prefix is tested first, because routers use
// the prefix and not the interface identifier.
constexpr host inner_address(const ipv6& a) noexcept {
    const auto inverted = [&a](size_t i) noexcept { return static_cast<uint8_t>(a.bytes[i] ^ 0xff); };
    const bool translated_here = front(a) == 0x0064ff9b && group(a, 2) == 1;
    const bool teredo = front(a) == 0x20010000;
    if (stands_for_ipv4(a) || translated_here || is_siit(a)) return tail(a);
    if (teredo) return ipv4{inverted(12), inverted(13), inverted(14), inverted(15)};
    if (group(a, 0) == 0x2002) return ipv4{a.bytes[2], a.bytes[3], a.bytes[4], a.bytes[5]};
    return is_isatap(a) ? host(tail(a)) : host(a);
}

// The name must not be empty.
constexpr bytes without_trailing_dot(bytes name) noexcept {
    const size_t n = name.size();
    return name[n - 1] == '.' ? name.first(n - 1) : name;
}

}  // namespace detail

/// The address that a name spells. Clients send addresses as names, so use it for the names in requests.
///
/// @returns   host_kind::ipv4 or host_kind::ipv6  the address
///            host_kind::bad                     only some resolvers read it as an address, so refuse it:
///                                               "127.1", "0x7f.1", "127.0.0.1."
///            host_kind::none                    a host name of any bytes: see is_printable and is_ldh.
///                                               Or `h` is not a name.
/// @lifetime  as `h`.
/// @cost      O(size of the name), constexpr, noexcept.
[[nodiscard]] constexpr host spelled_address(const host& h) noexcept {
    if (h.kind() != host_kind::name) return {};
    const host spelled(h.name());
    if (spelled.kind() == host_kind::name) return {};
    return spelled.kind() != host_kind::bad || detail::is_invalid_name(h.name()) ? spelled : host();
}

namespace detail {

// The address that a name spells, or the host itself.
constexpr host spelled_out(const host& h) noexcept {
    const host spelled = spelled_address(h);
    return spelled.kind() == host_kind::none ? h : spelled;
}

// Whether `h` is an IPv6 address of a network. An IPv4 address inside `h` is ignored.
constexpr bool in_ipv6_network(const host& h, uint32_t network, unsigned bits) noexcept {
    const host spelled = spelled_out(h);
    return spelled.kind() == host_kind::ipv6 && within(front(spelled.v6()), network, bits);
}

// Not global: the blocks of the IPv4 registry that are not globally reachable, and 224.0.0.0/4.
constexpr bool is_global(const ipv4& address) noexcept {
    const uint32_t a = number(address);
    if (a == 0xc0000009 || a == 0xc000000a) return true;  // the anycast addresses of PCP and TURN
    return !within(a, 0x00000000, 8) && !within(a, 0x0a000000, 8) && !within(a, 0x64400000, 10) &&
           !within(a, 0x7f000000, 8) && !within(a, 0xa9fe0000, 16) && !within(a, 0xac100000, 12) &&
           !within(a, 0xc0000000, 24) && !within(a, 0xc0000200, 24) && !within(a, 0xc0586300, 24) &&
           !within(a, 0xc0a80000, 16) && !within(a, 0xc6120000, 15) && !within(a, 0xc6336400, 24) &&
           !within(a, 0xcb007100, 24) && !within(a, 0xe0000000, 3);
}

// Whether `a` is the anycast address of PCP, TURN or DNS-SD: 2001:1::1, 2001:1::2 or 2001:1::3.
constexpr bool is_service_anycast(const ipv6& a) noexcept {
    if (front(a) != 0x20010001) return false;
    for (size_t i = 4; i < 15; ++i)
        if (a.bytes[i] != 0) return false;
    return a.bytes[15] >= 1 && a.bytes[15] <= 3;
}

// Global: 2000::/3 without the blocks that the registry excludes. No unicast address is assigned outside of
// 2000::/3. 2001::/23 is not globally reachable, except for the blocks that the registry lists separately.
constexpr bool is_global(const ipv6& address) noexcept {
    const uint32_t a = front(address);
    if (within(a, 0x20010000, 23))
        return is_service_anycast(address) || a == 0x20010003 ||
               (a == 0x20010004 && group(address, 2) == 0x112) || within(a, 0x20010020, 28) ||
               within(a, 0x20010030, 28);
    return within(a, 0x20000000, 3) && !within(a, 0x20010db8, 32) && !within(a, 0x20020000, 16) &&
           !within(a, 0x3fff0000, 20);
}

}  // namespace detail

/// Converts an IPv4-mapped address (::ffff:192.0.2.7) to the IPv4 address, and returns every other host
/// unchanged. Dual-stack sockets report IPv4 peers as IPv4-mapped addresses.
/// @lifetime  as `h`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       4291 section 2.5.5.2
[[nodiscard]] constexpr host unmap(const host& h) noexcept {
    if (h.kind() != host_kind::ipv6 || !detail::is_mapped(h.v6())) return h;
    return detail::tail(h.v6());
}

/// Whether two hosts are the same address, IPv4-mapped or not. The result for names is false, even if they
/// spell addresses.
/// @cost  O(1), constexpr, noexcept.
[[nodiscard]] constexpr bool same_address(const host& a, const host& b) noexcept {
    const host x = unmap(a);
    return (x.kind() == host_kind::ipv4 || x.kind() == host_kind::ipv6) && x == unmap(b);
}

/// The host that an access list must check: the IPv4 address inside an IPv6 address, the address that a name
/// spells, or the host itself. These addresses contain an IPv4 address:
///
///     ::ffff:a.b.c.d                          IPv4-mapped
///     ::a.b.c.d                               IPv4-compatible, except :: and ::1
///     ::ffff:0:a.b.c.d                        IPv4-translated (SIIT)
///     64:ff9b::a.b.c.d, 64:ff9b:1::/48        translators (NAT64)
///     2002::/16, 2001::/32                    the tunnels 6to4 and Teredo
///     a prefix and [0|200]:5efe:a.b.c.d       the tunnel ISATAP
///
/// In 64:ff9b:1::/48 the last four bytes are read as the IPv4 address. If the translator of your network puts
/// it at another place or uses another prefix, forbid that prefix yourself. The prefix of an ISATAP address
/// matters too, so compare a list of networks with both the address itself and the result.
///
/// Use it for deny rules, before and after resolving a name. For allow rules use unmap() instead: otherwise a
/// peer with the address ::127.0.0.1 would be accepted as the local host.
///
/// @returns   an address, a name that spells no address, host_kind::none, or host_kind::bad as in
///            spelled_address.
/// @lifetime  as `h`.
/// @cost      O(size of the name), constexpr, noexcept.
/// @rfc       4291 section 2.5.5, 2765 section 2.1, 6052 section 2.1, 8215, 3056 section 2, 4380 section 4,
///            5214 section 6.1
[[nodiscard]] constexpr host effective_host(const host& h) noexcept {
    const host seen = detail::spelled_out(h);
    return seen.kind() == host_kind::ipv6 ? detail::inner_address(seen.v6()) : seen;
}

/// Whether `h` is no host, 0.0.0.0 or ::, in any spelling. This includes the name "0", the empty name and the
/// name of a single NUL, which some peers send instead. Most systems connect to their own loopback address if
/// this is the destination.
/// @cost  O(size of the name), constexpr, noexcept.
[[nodiscard]] constexpr bool is_unspecified(const host& h) noexcept {
    if (h.kind() == host_kind::none) return true;
    if (h.kind() == host_kind::name && h.name().size() <= 1)
        return h.name().empty() || h.name()[0] == 0 || h.name()[0] == '0';
    const host seen = effective_host(h);
    return seen == unspecified_ipv4.host || seen == unspecified_ipv6.host;
}

/// Whether effective_host(h) is in 127.0.0.0/8 or is ::1. For a name that spells no address, this function
/// and the following ones return false.
/// @cost  each O(size of the name), constexpr, noexcept.
[[nodiscard]] constexpr bool is_loopback(const host& h) noexcept {
    const host seen = effective_host(h);
    if (seen.kind() == host_kind::ipv4) return seen.v4().bytes[0] == 127;
    return seen == ipv6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
}

/// Whether effective_host(h) is in 169.254.0.0/16 or fe80::/10. An ISATAP address is link-local if its prefix
/// or the IPv4 address inside it is link-local.
[[nodiscard]] constexpr bool is_link_local(const host& h) noexcept {
    if (detail::in_ipv6_network(h, 0xfe800000, 10)) return true;
    const host seen = effective_host(h);
    return seen.kind() == host_kind::ipv4 && detail::within(detail::number(seen.v4()), 0xa9fe0000, 16);
}

/// Whether effective_host(h) is in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or fc00::/7. An ISATAP address
/// is private if its prefix or the IPv4 address inside it is private.
/// @rfc  1918 section 3, 4193
[[nodiscard]] constexpr bool is_private(const host& h) noexcept {
    if (detail::in_ipv6_network(h, 0xfc000000, 7)) return true;
    const host seen = effective_host(h);
    if (seen.kind() != host_kind::ipv4) return false;
    const uint32_t a = detail::number(seen.v4());
    return detail::within(a, 0x0a000000, 8) || detail::within(a, 0xac100000, 12) ||
           detail::within(a, 0xc0a80000, 16);
}

/// Whether effective_host(h) is in 224.0.0.0/4 or ff00::/8.
[[nodiscard]] constexpr bool is_multicast(const host& h) noexcept {
    if (detail::in_ipv6_network(h, 0xff000000, 8)) return true;
    const host seen = effective_host(h);
    return seen.kind() == host_kind::ipv4 && detail::within(detail::number(seen.v4()), 0xe0000000, 4);
}

/// Whether `h` is a unicast address that the complete internet can reach. The source is the column "Globally
/// Reachable" of IANA's registries of special-purpose addresses, as of October 2025. In these cases the
/// registries give no answer, or this function gives a different one:
///
///     "N/A"                    not global: 192.88.99.0/24, 2001::/32 (Teredo), 2001:10::/28 (ORCHID),
///                              2002::/16 (6to4)
///     not registered           not global: 224.0.0.0/4, and IPv6 outside of 2000::/3, which is not assigned
///     ::ffff:0:0/96            "False"; this function uses the IPv4 address inside, which is dialled
///     ::/96                    not registered; this function uses the IPv4 address inside
///     64:ff9b::/96             "True"; this function uses the IPv4 address inside, which is dialled
///     an ISATAP address        global if both its prefix and the IPv4 address inside are global
///
/// @cost  O(size of the name), constexpr, noexcept.
/// @rfc   6890 and 8190, and the registries that they define
[[nodiscard]] constexpr bool is_global(const host& h) noexcept {
    const host spelled = detail::spelled_out(h);
    if (spelled.kind() == host_kind::ipv6 && !detail::stands_for_ipv4(spelled.v6()) &&
        !detail::is_global(spelled.v6()))
        return false;
    const host seen = effective_host(spelled);
    return seen.kind() == host_kind::ipv6 || (seen.kind() == host_kind::ipv4 && detail::is_global(seen.v4()));
}

/// Whether two hosts are the same for an access list. In names, the case of ASCII letters and one trailing
/// dot are ignored. IPv4-mapped addresses and names that spell addresses are compared as those addresses. For
/// bad text the result is false.
/// @cost  O(size of the names), constexpr, noexcept.
/// @rfc   4343
[[nodiscard]] constexpr bool canonical_equal(const host& a, const host& b) noexcept {
    const host x = unmap(detail::spelled_out(a));
    const host y = unmap(detail::spelled_out(b));
    if (x.kind() == host_kind::bad) return false;
    if (x.kind() != host_kind::name || y.kind() != host_kind::name) return x == y;
    return same_word(detail::without_trailing_dot(x.name()), detail::without_trailing_dot(y.name()));
}

/// Whether a name can be copied into a log or into a header of another protocol: at least one byte, only
/// visible ASCII, and no double quote. Returns true for addresses and for no host, and false for bad text.
/// @cost  O(size of the name), constexpr, noexcept.
[[nodiscard]] constexpr bool is_printable(const host& h) noexcept {
    if (h.kind() != host_kind::name) return h.kind() != host_kind::bad;
    for (size_t i = 0; i < h.name().size(); ++i)
        if (h.name()[i] <= ' ' || h.name()[i] >= 0x7f || h.name()[i] == '"') return false;
    return !h.name().empty();
}

/// The same as is_printable(), but only the bytes of host names are allowed: ASCII letters, digits, hyphens,
/// dots and underscores. No document allows the underscore, but it is in use.
/// @rfc  952, 1123 section 2.1
[[nodiscard]] constexpr bool is_ldh(const host& h) noexcept {
    for (size_t i = 0; i < h.name().size(); ++i) {
        const char c = h.name().data()[i];
        if (!detail::is_letter(c) && !detail::is_digit(c) && c != '-' && c != '.' && c != '_') return false;
    }
    return is_printable(h);
}

}  // namespace socks

#endif
