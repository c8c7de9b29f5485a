// The texts of the library, as people read, translate and compare them. A changed text changes a row here.

#include <socks/policy/disposition.hpp>
#include <socks/policy/tor.hpp>
#include <socks/transfer_cft/finding.hpp>

#include "check.hpp"
#include "text_of.hpp"

namespace {

using namespace socks;

template <class Number>
struct row {
    Number number;
    bytes text;
};

constexpr void every_error_has_its_text(check& t) {
    constexpr row<errc> rows[] = {
        {errc::none, "no error"},
        {errc::peer_is_http, "the peer speaks HTTP, not SOCKS"},
        {errc::peer_is_tls, "the peer speaks TLS, not SOCKS"},
        {errc::peer_is_ssh, "the peer speaks SSH, not SOCKS"},
        {errc::not_socks, "the peer does not speak SOCKS"},
        {errc::bad_version, "wrong version byte"},
        {errc::version_refused, "SOCKS version not accepted here"},
        {errc::authentication_required, "SOCKS4 cannot authenticate and authentication is required"},
        {errc::bad_reserved, "reserved byte is not zero"},
        {errc::bad_address_type, "unknown address type"},
        {errc::empty_name, "empty host name"},
        {errc::nul_in_name, "NUL inside a host name"},
        {errc::name_too_long, "host name longer than 255 bytes"},
        {errc::user_too_long, "user ID longer than 255 bytes"},
        {errc::empty_credentials, "empty user name or password"},
        {errc::no_methods, "no authentication method offered"},
        {errc::no_acceptable_method, "no acceptable authentication method"},
        {errc::method_not_offered, "the proxy chose an authentication method that was not offered"},
        {errc::credentials_refused, "user name and password refused"},
        {errc::negotiation_failed, "authentication failed"},
        {errc::refused, "request refused"},
        {errc::fragmented, "fragment of a datagram"},
        {errc::bad_length, "length contradicts the message"},
        {errc::bad_message_type, "GSSAPI message of the wrong type"},
        {errc::weak_protection, "GSSAPI protection level too low"},
        {errc::spoke_first, "the proxy spoke before it was greeted"},
        {errc::bad_command, "command of SOCKS5 in a SOCKS4 request"},
        {errc::closed, "connection closed before a message"},
        {errc::truncated, "connection closed inside a message"},
        {errc::closed_while_bound, "connection closed while waiting for the incoming connection"},
        {errc::unreachable, "the proxy could not be reached"},
        {errc::timed_out, "the deadline passed"},
        {errc::stream_failed, "reading or writing failed"},
        {errc::no_space, "not enough room for output"},
        {errc::out_of_turn, "answer without a question"},
        {errc::finished, "the handshake is already done"},
        {errc::bad_host, "neither an address nor a host name"},
        {errc::no_host, "no destination given"},
        {errc::bad_user, "unusable user name"},
        {errc::bad_password, "unusable password, or one over SOCKS4, which has none"},
        {errc::no_credentials, "username/password offered without credentials"},
        {errc::bad_methods, "unusable list of methods"},
        {errc::command_over_socks4, "SOCKS4 has no such command"},
        {errc::name_over_socks4, "SOCKS4 without 4a cannot carry a host name"},
        {errc::ipv6_over_socks4, "SOCKS4 cannot carry an IPv6 address"},
        {errc::reserved_over_socks4, "SOCKS4 cannot carry 0.0.0.1 to 0.0.0.255"},
        {errc::bad_port, "missing or bad port"},
        {errc::bad_route, "unusable route of proxies"},
        {errc::bad_scheme, "not a SOCKS URI"},
        {errc::bad_escape, "escape without its digits"},
        {errc::bad_path, "a proxy's URI ends with its port"},
        {errc::bad_schedule, "number of a retry schedule out of range"},
        {errc::bad_token, "unusable GSSAPI token"},
        {errc::bad_host_byte, "host name with a control byte, a space or non-ASCII (write A-labels)"},
        {errc::bad_count, "a mailbox was told of more bytes than there were, or of none"},
        {errc::input_shrank, "input was taken away before it was used"},
        {errc::overlap, "a text lies where another part of the message is written"},
        {errc::unsupported_version, "built without this version of SOCKS"},
        {errc::unsupported_command, "built without this command"},
        {errc::unsupported_method, "built without this authentication method"},
        {errc::unsupported_option, "built without the part that an option needs"},
        {errc::bad_attribute, "unusable CHAP attribute"},
        {static_cast<errc>(0xff), "unknown error"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_error_has_its_text)

constexpr void every_version_has_its_name(check& t) {
    constexpr row<version> rows[] = {
        {version::v4, "SOCKS4"},
        {version::v5, "SOCKS5"},
        {version::v4a, "SOCKS4a"},
        {static_cast<version>(200), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_version_has_its_name)

constexpr void every_method_has_its_name(check& t) {
    constexpr row<method> rows[] = {
        {method::none, "no authentication required"},
        {method::gssapi, "GSSAPI"},
        {method::username_password, "username/password"},
        {method::chap, "challenge-handshake authentication protocol"},
        {method::challenge_response, "challenge-response authentication method"},
        {method::ssl, "secure sockets layer"},
        {method::nds, "NDS authentication"},
        {method::multi_authentication, "multi-authentication framework"},
        {method::json_parameter_block, "JSON parameter block"},
        {method::no_acceptable, "no acceptable methods"},
        {static_cast<method>(10), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_method_has_its_name)

constexpr void every_command_has_its_name(check& t) {
    constexpr row<command> rows[] = {
        {command::connect, "CONNECT"},
        {command::bind, "BIND"},
        {command::udp_associate, "UDP ASSOCIATE"},
        {static_cast<command>(9), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_command_has_its_name)

constexpr void every_address_type_has_its_name(check& t) {
    constexpr row<address_type> rows[] = {
        {address_type::ipv4, "IPv4 address"},
        {address_type::name, "domain name"},
        {address_type::ipv6, "IPv6 address"},
        {static_cast<address_type>(2), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_address_type_has_its_name)

constexpr void every_reply_code_of_SOCKS5_has_its_text(check& t) {
    constexpr row<code5> rows[] = {
        {code5::succeeded, "succeeded"},
        {code5::general_failure, "general SOCKS server failure"},
        {code5::not_allowed, "connection not allowed by ruleset"},
        {code5::network_unreachable, "network unreachable"},
        {code5::host_unreachable, "host unreachable"},
        {code5::connection_refused, "connection refused"},
        {code5::ttl_expired, "TTL expired"},
        {code5::command_not_supported, "command not supported"},
        {code5::address_type_not_supported, "address type not supported"},
        {static_cast<code5>(9), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_reply_code_of_SOCKS5_has_its_text)

constexpr void every_reply_code_of_SOCKS4_has_its_text(check& t) {
    constexpr row<code4> rows[] = {
        {code4::granted, "request granted"},
        {code4::rejected, "request rejected or failed"},
        {code4::identd_unreachable, "request rejected: no connection to identd on the client"},
        {code4::identd_mismatch, "request rejected: client program and identd report different user IDs"},
        {static_cast<code4>(94), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_reply_code_of_SOCKS4_has_its_text)

constexpr void every_type_of_a_GSSAPI_message_has_its_name(check& t) {
    constexpr row<gssapi_type> rows[] = {
        {gssapi_type::authentication, "authentication"}, {gssapi_type::protection_level, "protection level"},
        {gssapi_type::user_data, "user data"},           {gssapi_type::abort, "abort"},
        {static_cast<gssapi_type>(9), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_type_of_a_GSSAPI_message_has_its_name)

constexpr void every_level_of_protection_has_its_name(check& t) {
    constexpr row<protection> rows[] = {
        {protection::none, "no protection"},
        {protection::integrity, "integrity"},
        {protection::confidentiality, "integrity and confidentiality"},
        {protection::selective, "selective integrity or confidentiality"},
        {static_cast<protection>(9), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_level_of_protection_has_its_name)

constexpr void every_type_of_a_CHAP_attribute_has_its_name(check& t) {
    constexpr row<chap_type> rows[] = {
        {chap_type::status, "STATUS"},
        {chap_type::text_message, "TEXT-MESSAGE"},
        {chap_type::user_identity, "USER-IDENTITY"},
        {chap_type::challenge, "CHALLENGE"},
        {chap_type::response, "RESPONSE"},
        {chap_type::charset, "CHARSET"},
        {chap_type::identifier, "IDENTIFIER"},
        {chap_type::algorithms, "ALGORITHMS"},
        {static_cast<chap_type>(99), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_type_of_a_CHAP_attribute_has_its_name)

constexpr void every_algorithm_of_CHAP_has_its_name(check& t) {
    constexpr row<chap_algorithm> rows[] = {
        {chap_algorithm::hmac_md5, "HMAC-MD5"},
        {static_cast<chap_algorithm>(99), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_algorithm_of_CHAP_has_its_name)

constexpr void every_dial_error_has_its_text(check& t) {
    constexpr row<dial_error> rows[] = {
        {dial_error::refused, "connection refused"},
        {dial_error::network_unreachable, "network unreachable"},
        {dial_error::host_unreachable, "host unreachable"},
        {dial_error::timed_out, "no answer in time"},
        {dial_error::not_allowed, "not allowed"},
        {dial_error::name_not_found, "host name does not exist"},
        {dial_error::name_not_resolved, "name service failed"},
        {dial_error::no_address_of_family, "no address of a family that can be used"},
        {dial_error::command_not_supported, "command not supported"},
        {dial_error::out_of_resources, "out of resources"},
        {static_cast<dial_error>(200), "another failure"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_dial_error_has_its_text)

constexpr void every_disposition_has_its_name(check& t) {
    constexpr row<disposition> rows[] = {
        {disposition::connected, "connected"},
        {disposition::retry, "retry"},
        {disposition::hold, "hold"},
        {static_cast<disposition>(200), "unknown disposition"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_disposition_has_its_name)

constexpr void every_protocol_has_its_name(check& t) {
    constexpr row<protocol> rows[] = {
        {protocol::need_more, "nothing yet"},
        {protocol::socks4, "SOCKS4"},
        {protocol::socks5, "SOCKS5"},
        {protocol::http, "HTTP"},
        {protocol::tls, "TLS"},
        {protocol::ssh, "SSH"},
        {protocol::other, "another protocol"},
        {static_cast<protocol>(200), "unassigned"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_protocol_has_its_name)

constexpr void every_state_of_a_client_has_its_text(check& t) {
    constexpr row<client_state> rows[] = {
        {client_state::after_greeting, "waiting for the answer to an earlier greeting"},
        {client_state::start, "before the first message"},
        {client_state::early_credentials, "before the credentials"},
        {client_state::request, "before the request"},
        {client_state::method_selection, "waiting for the method selection"},
        {client_state::auth_status, "waiting for the verdict on user name and password"},
        {client_state::negotiation, "during the sub-negotiation"},
        {client_state::reply, "waiting for the reply"},
        {client_state::second_reply, "waiting for the second reply to BIND"},
        {client_state::done, "after the handshake"},
        {client_state::failed, "after the handshake failed"},
        {static_cast<client_state>(200), "in an unknown state"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_state_of_a_client_has_its_text)

constexpr void every_state_of_a_server_has_its_text(check& t) {
    constexpr row<server_state> rows[] = {
        {server_state::start, "waiting for the first message"},
        {server_state::after_greeting, "waiting for a SOCKS4 request after the greeting"},
        {server_state::credentials, "waiting for user name and password"},
        {server_state::authenticate, "before the verdict on user name and password"},
        {server_state::negotiate, "before the sub-negotiation"},
        {server_state::negotiation, "during the sub-negotiation"},
        {server_state::request, "waiting for the request"},
        {server_state::serve, "before the answer to the request"},
        {server_state::second_answer, "before the second answer to BIND"},
        {server_state::done, "after the handshake"},
        {server_state::failed, "after the handshake failed"},
        {static_cast<server_state>(200), "in an unknown state"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_state_of_a_server_has_its_text)

constexpr void every_reply_code_of_SOCKS5_has_its_reason(check& t) {
    constexpr row<code5> rows[] = {
        {code5::succeeded, "connected"},
        {code5::general_failure, "the proxy failed and does not say why"},
        {code5::not_allowed, "the rules of the proxy forbid this destination"},
        {code5::network_unreachable, "the proxy has no route to the destination's network"},
        {code5::host_unreachable, "the proxy cannot reach the destination, or cannot find its name"},
        {code5::connection_refused, "the destination refused the connection"},
        {code5::ttl_expired, "the destination is too far away, or did not answer the proxy in time"},
        {code5::command_not_supported, "the proxy does not serve this command"},
        {code5::address_type_not_supported, "the proxy cannot use this kind of address"},
        {static_cast<code5>(9), "the proxy refused with a code that no document names"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(reason(outcome(reply_code(r.number)))) == r.text);
}
PROVE_AND_RUN(every_reply_code_of_SOCKS5_has_its_reason)

constexpr void every_reply_code_of_SOCKS4_has_its_reason(check& t) {
    constexpr row<code4> rows[] = {
        {code4::granted, "connected"},
        {code4::rejected, "the proxy refused the request or failed: SOCKS4 does not say which"},
        {code4::identd_unreachable, "the proxy found no identd on this machine to ask for the user"},
        {code4::identd_mismatch, "the proxy was told by identd that the user is another one"},
        {static_cast<code4>(94), "the proxy refused with a code that no document names"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(reason(outcome(reply_code(r.number)))) == r.text);
}
PROVE_AND_RUN(every_reply_code_of_SOCKS4_has_its_reason)

constexpr void every_reply_code_of_Tor_has_its_text(check& t) {
    constexpr row<tor::onion_code> rows[] = {
        {tor::onion_code::descriptor_not_found, "onion service descriptor not found"},
        {tor::onion_code::descriptor_invalid, "onion service descriptor invalid"},
        {tor::onion_code::introduction_failed, "onion service introduction failed"},
        {tor::onion_code::rendezvous_failed, "onion service rendezvous failed"},
        {tor::onion_code::missing_authorization, "onion service needs a client authorization"},
        {tor::onion_code::wrong_authorization, "onion service refused the client authorization"},
        {tor::onion_code::bad_address, "onion address invalid"},
        {tor::onion_code::introduction_timed_out, "onion service introduction timed out"},
    };
    for (const auto& r : rows)
        t.in(r.text).ok(text_of(tor::to_string(reply_code(static_cast<code5>(r.number)))) == r.text);
}
PROVE_AND_RUN(every_reply_code_of_Tor_has_its_text)

constexpr void every_flaw_has_its_text(check& t) {
    constexpr row<cft::flaw> rows[] = {
        {cft::flaw::bad_syntax, "expected"},
        {cft::flaw::unknown_parameter, "unknown parameter, ignored"},
        {cft::flaw::repeated_parameter, "given twice"},
        {cft::flaw::too_many_values, "too many values"},
        {cft::flaw::bad_escape, "a slash that begins none of /ooo, /xhh, /' and //"},
        {cft::flaw::bad_length, "wrong length, characters allowed"},
        {cft::flaw::bad_number, "not a number of"},
        {cft::flaw::bad_choice, "is none of"},
        {cft::flaw::missing_parameter, "missing"},
        {cft::flaw::bad_host, "neither an address nor a host name"},
        {cft::flaw::password_not_sent, "not sent: SOCKS4 has no passwords"},
        {cft::flaw::incomplete_credentials, "missing, sent as empty"},
        {cft::flaw::already_exists, "exists already, but MODE is CREATE"},
        {cft::flaw::no_such_object, "none has this ID"},
        {cft::flaw::not_active, "not active: CFTPARM does not name it"},
        {cft::flaw::other_class, "another CLASS than that of the network"},
        {cft::flaw::incoming_only, "incoming only, but a call through a proxy is outgoing"},
        {cft::flaw::no_proxy, "this network has no proxy: PROTOCOL is missing or blank"},
        {cft::flaw::proxy_behind_proxy, "names a network that has a proxy itself"},
        {cft::flaw::bad_service, "neither a port nor a service for each PROT"},
        {cft::flaw::invalid_request, "cannot be requested from the proxy"},
        {static_cast<cft::flaw>(200), "unknown flaw"},
    };
    for (const auto& r : rows) t.in(r.text).ok(text_of(cft::to_string(r.number)) == r.text);
}
PROVE_AND_RUN(every_flaw_has_its_text)

}  // namespace
