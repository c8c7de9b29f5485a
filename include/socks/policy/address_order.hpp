// The order in which a program tries the addresses of a destination. If one family does not work, every
// second attempt uses the other one. To connect quickly, begin the next attempt before the last one failed.

#ifndef SOCKS_POLICY_ADDRESS_ORDER_HPP
#define SOCKS_POLICY_ADDRESS_ORDER_HPP

#include <socks/policy/scope.hpp>

namespace socks {

/// The milliseconds after which the next attempt begins, although the last one has not failed yet.
/// @rfc  8305 section 5
inline constexpr uint32_t attempt_delay = 250;

/// Sorts addresses so that the families take turns. The first address stays first, and the addresses of one
/// family keep their order, because the resolver sorts by preference. Addresses without a counterpart in the
/// other family are last.
///
///     std::vector<socks::endpoint> addresses = look_up(name, port);
///     socks::interleave_families(addresses.data(), addresses.size());
///
/// Then begin an attempt for each address in this order. The next one begins when an attempt fails, or after
/// `attempt_delay`. Keep the first connection, and close the others.
///
/// @param addresses  addresses, not names. An IPv4-mapped address counts as IPv4. May be null if `count` is
///                   0.
/// @lifetime         the hosts point to what they pointed to before.
/// @cost             O(count^2), constexpr, noexcept.
/// @rfc              8305 section 4
constexpr void interleave_families(endpoint* addresses, size_t count) noexcept {
    const auto family = [addresses](size_t i) noexcept { return unmap(addresses[i].host).kind(); };
    for (size_t i = 1; i < count; ++i) {
        size_t other = i;
        while (other < count && family(other) == family(i - 1)) ++other;
        if (other == count) return;
        const endpoint next = addresses[other];
        for (; other > i; --other) addresses[other] = addresses[other - 1];
        addresses[i] = next;
    }
}

}  // namespace socks

#endif
