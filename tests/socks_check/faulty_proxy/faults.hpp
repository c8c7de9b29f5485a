// The faults that the proxy can have, one at a time. The name of an enumerator is the name on the command
// line, with hyphens for underscores.

#ifndef SOCKS_TESTS_FAULTY_PROXY_FAULTS_HPP
#define SOCKS_TESTS_FAULTY_PROXY_FAULTS_HPP

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// One line each: FAULT(name, what the proxy does wrong)
#define FAULTS(FAULT)                                                                                    \
    /* The greeting */                                                                                   \
    FAULT(greeting_of_any_version, "serves a greeting of version 6")                                     \
    FAULT(http_is_socks, "answers anything that is not SOCKS as if it was a greeting")                   \
    FAULT(method_of_its_own, "selects username/password if no offered method is known")                  \
    FAULT(first_method_only, "looks only at the first method")                                           \
    FAULT(few_methods, "closes if a greeting has more than 128 methods")                                 \
    FAULT(no_method_is_none, "takes a greeting without methods for one with \"no authentication\"")      \
    FAULT(repeated_method, "refuses a greeting that repeats a method")                                   \
    FAULT(serves_after_ff, "serves a request after 05 ff")                                               \
    FAULT(ff_stays_open, "does not close after 05 ff")                                                   \
    /* The login */                                                                                      \
    FAULT(any_password, "accepts every password")                                                        \
    FAULT(any_user, "compares only the password")                                                        \
    FAULT(password_prefix, "compares only as many bytes as the client sent")                             \
    FAULT(password_longer, "compares only as many bytes as the password has")                            \
    FAULT(password_nul, "compares user and password up to a NUL")                                        \
    FAULT(password_case, "ignores the case of letters in a password")                                    \
    FAULT(empty_user, "accepts an empty user name")                                                      \
    FAULT(empty_password, "accepts an empty password")                                                   \
    FAULT(status_version_5, "sends a status of version 5")                                               \
    FAULT(status_missing, "closes after a wrong password without a status")                              \
    FAULT(login_version_5, "accepts a login of version 5")                                               \
    FAULT(login_skipped, "accepts a request in place of the login")                                      \
    FAULT(login_not_asked_for, "accepts a login after \"no authentication\"")                            \
    FAULT(second_login, "accepts a second login after a wrong password")                                 \
    FAULT(serves_after_denial, "serves a request after a wrong password")                                \
    /* The request */                                                                                    \
    FAULT(request_of_any_version, "ignores the version of a request")                                    \
    FAULT(request_without_greeting, "serves a request without a greeting")                               \
    FAULT(reserved_hangs, "waits for ever if the reserved byte is not 0")                                \
    FAULT(long_name, "closes if a name has more than 128 bytes")                                         \
    FAULT(name_nul, "cuts a name at a NUL")                                                              \
    FAULT(name_space, "cuts a name at a space")                                                          \
    FAULT(name_empty, "grants a request with an empty name")                                             \
    FAULT(command_code, "answers an unknown command by the code 1")                                      \
    FAULT(type_code, "answers an unknown address type by the code 1")                                    \
    /* The rules */                                                                                      \
    FAULT(no_rules, "connects to a forbidden address")                                                   \
    FAULT(rules_of_ipv4, "does not see a forbidden address in the form of IPv6")                         \
    FAULT(rules_of_addresses, "does not see that a name leads to a forbidden address")                   \
    FAULT(rules_of_socks5, "has no rules for SOCKS4")                                                    \
    /* The framing */                                                                                    \
    FAULT(partial_message, "takes what one read returns for a complete message")                         \
    FAULT(pipelined_lost, "drops what arrived together with a message")                                  \
    FAULT(early_lost, "drops data that arrived together with the request")                               \
    FAULT(early_cut, "keeps at most 1024 bytes of data that arrive before the reply")                    \
    FAULT(end_keeps_waiting, "keeps waiting after the end of the client")                                \
    /* The reply */                                                                                      \
    FAULT(reply_before_connecting, "reports success before it connects")                                 \
    FAULT(reply_version, "replies with version 0")                                                       \
    FAULT(reply_reserved, "replies with a reserved byte of 1")                                           \
    FAULT(reply_type, "replies with the address type 2")                                                 \
    FAULT(reply_name, "replies with a name as the bound address")                                        \
    FAULT(reply_type_of_request, "replies with the address type of an IPv6 request and an IPv4 address") \
    FAULT(refusal_code, "refuses everything with the code 1")                                            \
    FAULT(refusal_short, "refuses with two bytes")                                                       \
    FAULT(refusal_version, "refuses with version 1")                                                     \
    FAULT(refusal_twice, "sends a refusal twice")                                                        \
    FAULT(serves_after_refusal, "serves another request after a refusal")                                \
    FAULT(refusal_stays_open, "does not close after a refusal")                                          \
    /* SOCKS4 */                                                                                         \
    FAULT(socks4_reply_version, "replies to SOCKS4 with version 4")                                      \
    FAULT(socks4_reply_of_socks5, "answers SOCKS4 by 05 ff")                                             \
    FAULT(socks4_name_ignored, "takes the marker of SOCKS4a for an address")                             \
    FAULT(socks4_without_nul, "serves a SOCKS4 request before its NUL")                                  \
    FAULT(socks4_flood, "reads a SOCKS4 request without a limit")                                        \
    FAULT(socks4_command_3, "grants command 3 over SOCKS4")                                              \
    FAULT(socks4_reply_long, "sends 9 bytes for a SOCKS4 reply")                                         \
    FAULT(socks4_refusal_long, "sends 9 bytes for a SOCKS4 refusal")                                     \
    /* The relay */                                                                                      \
    FAULT(half_close_closes, "closes both connections after the end of one direction")                   \
    FAULT(end_not_passed_on, "does not pass on the end of the client")                                   \
    FAULT(destination_end_lost, "does not pass on the end of the destination")                           \
    FAULT(reset_is_end, "passes on a reset as an end")                                                   \
    FAULT(reset_ignored, "keeps a connection whose other side was reset")                                \
    FAULT(last_bytes_lost, "drops the last bytes before an end")                                         \
    FAULT(byte_lost, "loses one byte after 12 MiB")                                                      \
    FAULT(byte_changed, "changes the byte ff to fe")                                                     \
    FAULT(short_write_lost, "drops what a socket does not accept at once")                               \
    FAULT(one_direction_blocks, "does not read from one side while it waits for the other")              \
    FAULT(idle_2_seconds, "ends a connection after two seconds without data")                            \
    FAULT(urgent_ends, "ends a connection at urgent data")                                               \
    FAULT(first_bytes_lost, "drops what the destination sends before the reply")                         \
    FAULT(tunnel_is_parsed, "answers a greeting inside the tunnel")                                      \
    /* BIND */                                                                                           \
    FAULT(bind_any_caller, "accepts another caller than the one that was asked for")                     \
    FAULT(bind_one_reply, "sends only the first reply")                                                  \
    FAULT(bind_caller_missing, "names itself as the caller")                                             \
    FAULT(bind_last_caller, "carries the data of a second caller in place of the first")                 \
    FAULT(bind_survives, "keeps listening after the end of the client")                                  \
    FAULT(bind_port_0, "replies with port 0")                                                            \
    /* UDP ASSOCIATE */                                                                                  \
    FAULT(udp_any_client, "relays datagrams of other hosts and ports")                                   \
    FAULT(udp_first_destination, "relays datagrams to one destination only")                             \
    FAULT(udp_source_is_relay, "names itself as the sender of an answer")                                \
    FAULT(udp_control_closes, "closes the control connection after the reply")                           \
    FAULT(udp_fragments, "relays a fragment as a complete datagram")                                     \
    FAULT(udp_survives, "keeps relaying after the end of the control connection")                        \
    FAULT(udp_port_0, "replies with port 0")                                                             \
    FAULT(udp_no_header, "passes on answers without a header")                                           \
    FAULT(udp_cut, "cuts datagrams after 1024 bytes")                                                    \
    FAULT(udp_empty_lost, "drops empty datagrams")                                                       \
    FAULT(udp_garbage_ends, "ends an association at an invalid datagram")                                \
    FAULT(udp_no_names, "drops datagrams to names")                                                      \
    /* Resources */                                                                                      \
    FAULT(few_connections, "serves at most 40 connections at a time")                                    \
    FAULT(drip_starves, "ends a handshake after one second")

namespace faulty {

enum class fault {
    none,
#define FAULT(name, words) name,
    FAULTS(FAULT)
#undef FAULT
};

struct description {
    fault what;
    std::string name;
    const char* words;
};

inline std::string with_hyphens(std::string name) {
    for (char& c : name)
        if (c == '_') c = '-';
    return name;
}

inline const std::vector<description>& descriptions() {
    static const std::vector<description> list = {
#define FAULT(name, words) {fault::name, with_hyphens(#name), words},
        FAULTS(FAULT)
#undef FAULT
    };
    return list;
}

/// The fault of this process. It is set before the first connection.
inline fault active = fault::none;

inline bool has(fault f) noexcept { return active == f; }

/// Throws std::out_of_range for an unknown name.
inline fault parse_fault(std::string_view name) {
    for (const description& d : descriptions())
        if (d.name == name) return d.what;
    throw std::out_of_range("no fault is called \"" + std::string(name) + '"');
}

}  // namespace faulty

#endif
