// Finds the relay of a UDP ASSOCIATE, and decides which datagrams and connections are accepted. The decision
// uses the address that the system reports, not the content of a message.

#ifndef SOCKS_POLICY_RELAY_HPP
#define SOCKS_POLICY_RELAY_HPP

#include <socks/policy/scope.hpp>

namespace socks {

/// The destination of a UDP ASSOCIATE request that declares no address: the wildcard of the family of the
/// connection to the proxy. Dante refuses the wildcard of the other family (reply 8).
///
///     const socks::endpoint to = socks::unspecified_for(peer_of(control).host);
///     socks::request request{.command = socks::command::udp_associate, .to = to};
///
/// @param proxy  the address of the proxy that the system reports. An IPv4-mapped address means IPv4. The
///               family of a name is not known, so the result is the wildcard of IPv4.
/// @returns      0.0.0.0:0 or [::]:0.
/// @lifetime     by value.
/// @cost         O(1), constexpr, noexcept.
/// @rfc          1928 section 7
[[nodiscard]] constexpr endpoint unspecified_for(const host& proxy) noexcept {
    return unmap(proxy).kind() == host_kind::ipv6 ? unspecified_ipv6 : unspecified_ipv4;
}

/// When relay_endpoint() replaces the address in a reply by the address of the proxy.
enum class replace_bound : uint8_t {
    never,        ///< the address of the reply is used
    unspecified,  ///< if it is unspecified: a server that listens on every address sends 0.0.0.0 or ::
    not_global,   ///< if it is unspecified or not global: behind NAT, a server sends a private address
    always,       ///< the address of the proxy is used
};

/// The endpoint to which a client sends its datagrams after UDP ASSOCIATE, or to which its peer must connect
/// after BIND.
///
/// @param bound  the address in the reply.
/// @param proxy  the address of the proxy. A name is returned unchanged.
/// @param when   which addresses are replaced. `not_global` does not replace a name, unless the name spells
///               an address.
/// @returns      the port of `bound`, with the host of `bound` or of the proxy.
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

/// Whether a datagram from `source` came from the relay. A client ignores all others, because any host can
/// send them.
///
/// @param source  the address that the system reports.
/// @param relay   the result of relay_endpoint(), an address. If it is unspecified, only the port is
///                compared. A name must be resolved first, because the source is never a name.
/// @cost          O(1), constexpr, noexcept.
[[nodiscard]] constexpr bool from_relay(const endpoint& source, const endpoint& relay) noexcept {
    return source.port == relay.port && (same_address(source.host, relay.host) || is_unspecified(relay.host));
}

/// Whether the client's port may change after the first datagram.
enum class source_ports : uint8_t { locked, roaming };

/// Decides which datagrams a server relays: those from the address of the control connection and from one
/// port.
///
///     source_lock client(peer_of(control), request.to);
///     if (auto d = socks::decode_datagram(in); d && client.admit(source)) relay(*d);  // otherwise ignore it
///     ...
///     send(client.source(), answer);
///
/// The port is that of the request, if the request declares it together with the address of the control
/// connection. Otherwise it is the port of the first datagram, because many clients declare zeros, a private
/// address or a destination.
///
/// @lifetime  by value. The association ends with the control connection.
/// @cost      O(1), constexpr, noexcept.
class source_lock {
  public:
    /// Admits no datagram.
    constexpr source_lock() noexcept = default;

    /// @param peer      the client's address on the control connection. If it is a name, no datagram is
    ///                  admitted.
    /// @param declared  DST of the UDP ASSOCIATE request.
    /// @param change    roaming: any port of that address is accepted, and source() is the last one.
    constexpr explicit source_lock(const host& peer, const endpoint& declared = {},
                                   source_ports change = source_ports::locked) noexcept
        : ports_(change) {
        if (peer.kind() != host_kind::ipv4 && peer.kind() != host_kind::ipv6) return;
        source_.host = peer;
        if (same_address(declared.host, peer)) source_.port = declared.port;
    }

    /// Whether a datagram from `source` is the client's. Call it only for a datagram that can be decoded,
    /// because the first one that is admitted sets the port.
    [[nodiscard]] constexpr bool admit(const endpoint& source) noexcept {
        if (!same_address(source.host, source_.host) || source.port == 0) return false;
        if (source_.port != 0 && source_.port != source.port && ports_ == source_ports::locked) return false;
        source_ = source;
        return true;
    }

    /// The client's address, to which you send answers. The port is 0 until it is known.
    [[nodiscard]] constexpr endpoint source() const noexcept { return source_; }

  private:
    endpoint source_{};
    source_ports ports_ = source_ports::locked;
};

/// Whether a BIND accepts a connection from `caller`: only from the destination of the request, or from any
/// address if the destination is unspecified.
///
/// @param caller    the address that the system reports.
/// @param expected  DST.ADDR of the request. The result for a name is false: resolve it, and call this for
///                  each address.
/// @cost            O(size of the name), constexpr, noexcept.
/// @rfc             1928 section 4, and the SOCKS4 memo
[[nodiscard]] constexpr bool is_expected(const host& caller, const host& expected) noexcept {
    return is_unspecified(expected) || same_address(caller, expected);
}

}  // namespace socks

#endif
