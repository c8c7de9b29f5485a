// Cases for the access rules of a proxy. A forbidden address has other spellings, which are forbidden too.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_RULES_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_RULES_HPP

#include "requests.hpp"
#include "socks4.hpp"
#include "suite.hpp"

namespace example {

namespace detail {

// The forbidden destination, if it is an IPv4 address.
inline socks::endpoint forbidden4(const target& to) {
    if (!to.forbidden || to.forbidden->host.kind() != socks::host_kind::ipv4)
        throw skipped("no forbidden IPv4 address is known; see --forbidden");
    return *to.forbidden;
}

// Requires that a spelling of the forbidden address is not granted.
inline void require_forbidden(const target& to, evidence& record, const std::string& address) {
    session c(to, record);
    c.open();
    c.send(request5(cmd_connect, address));
    if (!c.ends_silently(lookup_limit) && c.take_reply().code() == 0)
        throw failed("a refusal, because the rules forbid the address", "the proxy granted the request");
}

// The address as one number, which functions such as inet_aton() read.
inline uint32_t as_number(const socks::host& h) {
    uint32_t value = 0;
    for (const uint8_t part : h.v4().bytes) value = value << 8U | part;
    return value;
}

}  // namespace detail

inline void add_rules(suite& s) {
    s.add({"rules-address", level::security, "A destination that the rules forbid is not granted.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::require_forbidden(to, record, address5(detail::forbidden4(to)));
          });
    s.add({"rules-mapped", level::security, "A forbidden IPv4 address in the form of IPv6 is forbidden.",
           "field"},
          [](const target& to, evidence& record) {
              const socks::endpoint e = detail::forbidden4(to);
              detail::require_forbidden(to, record,
                                        hex("04 00000000 00000000 0000ffff") + raw(e.host) + number(e.port));
          });
    s.add({"rules-name", level::security, "A name that spells a forbidden address is forbidden.", "field"},
          [](const target& to, evidence& record) {
              const socks::endpoint e = detail::forbidden4(to);
              detail::require_forbidden(to, record, name5(text(e.host), e.port));
          });
    s.add(
        {"rules-name-mapped", level::security, "A name that spells the form of IPv6 is forbidden.", "field"},
        [](const target& to, evidence& record) {
            const socks::endpoint e = detail::forbidden4(to);
            detail::require_forbidden(to, record, name5("::ffff:" + text(e.host), e.port));
        });
    s.add({"rules-name-number", level::security, "A name that is the address as one number is forbidden.",
           "field"},
          [](const target& to, evidence& record) {
              const socks::endpoint e = detail::forbidden4(to);
              detail::require_forbidden(to, record, name5(std::to_string(detail::as_number(e.host)), e.port));
          });
    s.add({"rules-socks4", level::security, "The rules are those of SOCKS4 too.", "field"},
          [](const target& to, evidence& record) {
              const std::string request = request4(cmd_connect, detail::forbidden4(to));
              detail::require_refused4(to, record, request);
          });
    s.add({"rules-socks4-name", level::security,
           "A name of SOCKS4a that spells a forbidden address is forbidden.", "field"},
          [](const target& to, evidence& record) {
              const socks::endpoint e = detail::forbidden4(to);
              detail::require_refused4(to, record, request4a(text(e.host), e.port));
          });
}

}  // namespace example

#endif
