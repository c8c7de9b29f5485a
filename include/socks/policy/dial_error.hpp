// The reasons why a server could not reach a destination, and their reply codes in SOCKS4 and SOCKS5. No
// document says which reply code belongs to which failure, so the choice is a table that a server may
// replace.

#ifndef SOCKS_POLICY_DIAL_ERROR_HPP
#define SOCKS_POLICY_DIAL_ERROR_HPP

#include <socks/core/numbers.hpp>

namespace socks {

/// The failures of a server that dials a destination. A switch over all values needs no default.
enum class dial_error : uint8_t {
    refused,                ///< nothing listens on that port
    network_unreachable,    ///< no route to the network
    host_unreachable,       ///< no route to the host
    timed_out,              ///< no answer in time, from the destination or from the name service
    not_allowed,            ///< a rule of this server or of the network forbids it
    name_not_found,         ///< the name does not exist
    name_not_resolved,      ///< the name service failed
    no_address_of_family,   ///< the destination has no address of a family that this server can use
    command_not_supported,  ///< the server does not support the command
    out_of_resources,       ///< this server has no descriptors, memory or ports left
    other,                  ///< anything else
};

/// The SOCKS5 reply code for each failure. You may replace single codes:
///
///     constexpr dial_codes mine{.name_not_found = code5::general_failure};
///
/// A name that does not exist is host_unreachable, as in Tor and most other servers. If the name service
/// fails, the code is general_failure. If it does not answer in time, the code is ttl_expired.
struct dial_codes {
    code5 refused = code5::connection_refused;               ///< the code for dial_error::refused
    code5 network_unreachable = code5::network_unreachable;  ///< the code for dial_error::network_unreachable
    code5 host_unreachable = code5::host_unreachable;        ///< the code for dial_error::host_unreachable
    code5 timed_out = code5::ttl_expired;                    ///< the code for dial_error::timed_out
    code5 not_allowed = code5::not_allowed;                  ///< the code for dial_error::not_allowed
    code5 name_not_found = code5::host_unreachable;          ///< the code for dial_error::name_not_found
    code5 name_not_resolved = code5::general_failure;        ///< the code for dial_error::name_not_resolved
    /// The code for dial_error::no_address_of_family.
    code5 no_address_of_family = code5::address_type_not_supported;
    /// The code for dial_error::command_not_supported.
    code5 command_not_supported = code5::command_not_supported;
    code5 out_of_resources = code5::general_failure;  ///< the code for dial_error::out_of_resources
    code5 other = code5::general_failure;             ///< the code for dial_error::other
};

namespace detail {

constexpr code5 chosen_code(dial_error e, const dial_codes& codes) noexcept {
    switch (e) {
        case dial_error::refused: return codes.refused;
        case dial_error::network_unreachable: return codes.network_unreachable;
        case dial_error::host_unreachable: return codes.host_unreachable;
        case dial_error::timed_out: return codes.timed_out;
        case dial_error::not_allowed: return codes.not_allowed;
        case dial_error::name_not_found: return codes.name_not_found;
        case dial_error::name_not_resolved: return codes.name_not_resolved;
        case dial_error::no_address_of_family: return codes.no_address_of_family;
        case dial_error::command_not_supported: return codes.command_not_supported;
        case dial_error::out_of_resources: return codes.out_of_resources;
        case dial_error::other: break;
    }
    return codes.other;
}

}  // namespace detail

/// The SOCKS5 reply code for `e`. To a SOCKS4 client, `server::answer` sends 91 instead, because SOCKS4 has
/// no other code for these failures.
///
/// @param codes  the table. If it contains `succeeded`, general_failure is used instead.
/// @returns      a code that refuses.
/// @lifetime     by value.
/// @cost         O(1), constexpr, noexcept.
/// @rfc          1928 section 6
[[nodiscard]] constexpr code5 code_for(dial_error e, const dial_codes& codes = {}) noexcept {
    const code5 chosen = detail::chosen_code(e, codes);
    return chosen == code5::succeeded ? code5::general_failure : chosen;
}

/// The failure that a reply code means. Use it if your program has its own numbers for failures.
///
/// @returns   `other` if the code means no single failure: 91 of SOCKS4, general_failure, codes without a
///            name, success.
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1928 section 6; the SOCKS4 memo
[[nodiscard]] constexpr dial_error dial_error_for(const reply_code& code) noexcept {
    if (code.version != version::v5) {
        switch (static_cast<code4>(code.value)) {
            case code4::identd_unreachable:
            case code4::identd_mismatch: return dial_error::not_allowed;
            case code4::granted:
            case code4::rejected: break;
        }
        return dial_error::other;
    }
    switch (static_cast<code5>(code.value)) {
        case code5::not_allowed: return dial_error::not_allowed;
        case code5::network_unreachable: return dial_error::network_unreachable;
        case code5::host_unreachable: return dial_error::host_unreachable;
        case code5::connection_refused: return dial_error::refused;
        case code5::ttl_expired: return dial_error::timed_out;
        case code5::command_not_supported: return dial_error::command_not_supported;
        case code5::address_type_not_supported: return dial_error::no_address_of_family;
        case code5::succeeded:
        case code5::general_failure: break;
    }
    return dial_error::other;
}

/// Translates `code` to another version, for a proxy that forwards a reply. SOCKS4 and SOCKS4a have the same
/// codes.
///
/// 92 and 93 of SOCKS4 become not_allowed. No refusal of SOCKS5 becomes 92 or 93, because they say that
/// identd failed.
///
/// @returns   a code of version `to`. If `code` has that version already, its byte does not change.
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1928 section 6; the SOCKS4 memo
[[nodiscard]] constexpr reply_code translate(const reply_code& code, version to) noexcept {
    if ((code.version == version::v5) == (to == version::v5)) return {to, code.value};
    if (to != version::v5)
        return {to, static_cast<uint8_t>(code.succeeded() ? code4::granted : code4::rejected)};
    return code.succeeded() ? code5::succeeded : code_for(dial_error_for(code));
}

/// Whether an address of the other family may work for the same destination. A second attempt needs a new
/// connection.
///
/// @returns   true for network_unreachable, host_unreachable and address_type_not_supported, which proxies
///            without IPv6 send. Always false for SOCKS4, which has one family only.
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1928 section 6
[[nodiscard]] constexpr bool suggests_other_family(dial_error e) noexcept {
    return e == dial_error::network_unreachable || e == dial_error::host_unreachable ||
           e == dial_error::no_address_of_family;
}
/// The same for a reply code that a proxy sent.
[[nodiscard]] constexpr bool suggests_other_family(const reply_code& code) noexcept {
    return suggests_other_family(dial_error_for(code));
}

/// The failure in words, for a log: a phrase without a full stop.
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(dial_error e) noexcept {
    switch (e) {
        case dial_error::refused: return "connection refused";
        case dial_error::network_unreachable: return "network unreachable";
        case dial_error::host_unreachable: return "host unreachable";
        case dial_error::timed_out: return "no answer in time";
        case dial_error::not_allowed: return "not allowed";
        case dial_error::name_not_found: return "host name does not exist";
        case dial_error::name_not_resolved: return "name service failed";
        case dial_error::no_address_of_family: return "no address of a family that can be used";
        case dial_error::command_not_supported: return "command not supported";
        case dial_error::out_of_resources: return "out of resources";
        case dial_error::other: break;
    }
    return "another failure";
}

}  // namespace socks

#endif
