// Who may speak through a relay, and where it is: which address a reply means, which datagrams are the client's, which
// are the relay's, and who may call on a BIND. All of it is decided by addresses that the system reports, never by
// what a message says of itself.

#ifndef SOCKS_POLICY_RELAY_HPP
#define SOCKS_POLICY_RELAY_HPP

#include <socks/policy/scope.hpp>

namespace socks {

/// The destination of a UDP ASSOCIATE request that declares none: the wildcard of the family by which the proxy was
/// reached. Dante refuses the wildcard of the other family (reply 8).
///
///     socks::request want{.command = socks::command::udp_associate, .to = socks::unspecified_for(peer_of(control).host)};
///
/// @param proxy  the proxy as it was reached, an address that the system reports. An IPv4-mapped one was reached over
///               IPv4. For a name the family is not known, and the wildcard is that of IPv4.
/// @returns      0.0.0.0:0 or [::]:0.
/// @lifetime     by value.
/// @cost         O(1), constexpr, noexcept.
/// @rfc          1928 section 7
[[nodiscard]] constexpr endpoint unspecified_for(const host& proxy) noexcept {
    return unmap(proxy).kind() == host_kind::ipv6 ? unspecified_ipv6 : unspecified_ipv4;
}

/// When the address in a reply gives way to the one at which the proxy was reached.
enum class replace_bound : uint8_t {
    never,        ///< the reply is taken at its word
    unspecified,  ///< where it is no address: a server that listens everywhere says so
    not_global,   ///< also where the internet cannot reach it: a server behind NAT does not know better
    always,       ///< whatever it says
};

/// Where a client sends its datagrams after UDP ASSOCIATE, or tells its peer to connect to after BIND.
///
/// @param bound  the reply's address.
/// @param proxy  the proxy as it was reached, an address. A name comes out as it went in.
/// @param when   what is not trusted. A bound name that spells no address is replaced only where it is unspecified, or
///               always.
/// @returns      the port of `bound`, on its host or on the proxy.
/// @lifetime     as `bound` and `proxy`.
/// @cost         O(size of the name), constexpr, noexcept.
[[nodiscard]] constexpr endpoint relay_endpoint(const endpoint& bound, const host& proxy,
                                                replace_bound when = replace_bound::unspecified) noexcept {
    const host seen = effective_host(bound.host);
    const bool address = seen.kind() == host_kind::ipv4 || seen.kind() == host_kind::ipv6;
    bool replaced = false;
    switch (when) {
        case replace_bound::never: break;
        case replace_bound::unspecified: replaced = is_unspecified(bound.host); break;
        case replace_bound::not_global:
            replaced = is_unspecified(bound.host) || (address && !is_global(bound.host));
            break;
        case replace_bound::always: replaced = true; break;
    }
    return {replaced ? proxy : bound.host, bound.port};
}

/// Whether the client takes a datagram that came from `source`: its relay's only, or anybody could answer for it.
///
/// @param source  as the system reports it.
/// @param relay   as relay_endpoint gave it, an address. One that is unspecified pins the port alone; a name pins
///                nothing and is never a source: resolve it.
/// @cost          O(1), constexpr, noexcept.
[[nodiscard]] constexpr bool from_relay(const endpoint& source, const endpoint& relay) noexcept {
    return source.port == relay.port && (same_address(source.host, relay.host) || is_unspecified(relay.host));
}

/// Whether a port that was learned may change.
enum class source_ports : uint8_t { locked, roaming };

/// Whose datagrams a server relays: those from the address of the control connection, and from one port of it.
///
///     source_lock client(peer_of(control), request.to);
///     if (auto d = socks::decode_datagram(in); d && client.admit(source)) relay(*d);  // else dropped without a word
///     ...
///     send(client.source(), answer);
///
/// The port is the one that the request declared, if it declared it for that very address: clients fill in anything
/// else there, zeros, their address behind NAT, or a destination. Otherwise it is the port of the first datagram.
///
/// @lifetime  holds everything by value; end it with the control connection.
/// @cost      O(1), constexpr, noexcept.
class source_lock {
  public:
    /// Admits nobody.
    constexpr source_lock() noexcept = default;

    /// @param peer      the client's end of the control connection, an address. A name admits nobody.
    /// @param declared  DST of the UDP ASSOCIATE request.
    /// @param change    roaming: any port of the peer's, and the last one is answered.
    constexpr explicit source_lock(const host& peer, const endpoint& declared = {},
                                   source_ports change = source_ports::locked) noexcept
        : ports_(change) {
        if (peer.kind() != host_kind::ipv4 && peer.kind() != host_kind::ipv6) return;
        source_.host = peer;
        if (same_address(declared.host, peer)) source_.port = declared.port;
    }

    /// Whether the datagram from `source` is the client's. Ask about such as can be decoded: the first one admitted
    /// decides about all others.
    [[nodiscard]] constexpr bool admit(const endpoint& source) noexcept {
        if (!same_address(source.host, source_.host) || source.port == 0) return false;
        if (source_.port != 0 && source_.port != source.port && ports_ == source_ports::locked) return false;
        source_ = source;
        return true;
    }

    /// Where the client's datagrams come from, and answers go to; port 0 while that is not known.
    [[nodiscard]] constexpr endpoint source() const noexcept { return source_; }

  private:
    endpoint source_{};
    source_ports ports_ = source_ports::locked;
};

/// Whether a BIND takes a connection from `caller`: the request's destination, or anybody where that is unspecified.
///
/// @param caller    as the system reports it.
/// @param expected  DST.ADDR of the request. A name expects nobody: resolve it, and ask for each of its addresses.
/// @cost            O(size of the name), constexpr, noexcept.
/// @rfc             1928 section 4, and the SOCKS4 memo
[[nodiscard]] constexpr bool is_expected(const host& caller, const host& expected) noexcept {
    return is_unspecified(expected) || same_address(caller, expected);
}

}  // namespace socks

#endif
