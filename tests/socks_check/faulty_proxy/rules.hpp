// The rules of the faulty proxy: one address is forbidden, in every spelling.

#ifndef SOCKS_TESTS_FAULTY_PROXY_RULES_HPP
#define SOCKS_TESTS_FAULTY_PROXY_RULES_HPP

#include "../../../docs/examples/common/dial.hpp"
#include "faults.hpp"

namespace faulty {

inline constexpr socks::ipv4 forbidden_address{127, 0, 0, 2};

/// Whether the rules permit a connection. It looks up a name, because a name may lead to the address.
inline bool permitted(socks::version via, const socks::endpoint& to, const example::deadline& until) {
    if (has(fault::no_rules)) return true;
    if (has(fault::rules_of_socks5) && via != socks::version::v5) return true;
    if (has(fault::rules_of_addresses) && to.host.kind() == socks::host_kind::name) return true;
    for (const socks::endpoint& e : example::addresses_of({to}, until).addresses)
        if ((has(fault::rules_of_ipv4) ? e.host : socks::unmap(e.host)) == forbidden_address) return false;
    return true;
}

}  // namespace faulty

#endif
