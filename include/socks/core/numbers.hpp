// Every number that the SOCKS documents assign, and its name.
// An unassigned number is a valid value too, and decoding and encoding preserve it.

#ifndef SOCKS_CORE_NUMBERS_HPP
#define SOCKS_CORE_NUMBERS_HPP

#include <stdint.h>

namespace socks {

/// The protocol version. v4a is SOCKS4 with the extension for host names; its version byte is 4.
/// @rfc  1928; the SOCKS4 memo; the SOCKS4a memo
enum class version : uint8_t { v4 = 0x04, v5 = 0x05, v4a = 0x4a };

/// The authentication methods of SOCKS5.
/// @rfc  1928 section 3; IANA "SOCKS Methods"
enum class method : uint8_t {
    none = 0x00,
    gssapi = 0x01,
    username_password = 0x02,  ///< RFC 1929
    chap = 0x03,
    challenge_response = 0x05,
    ssl = 0x06,
    nds = 0x07,
    multi_authentication = 0x08,
    json_parameter_block = 0x09,
    // 0x80 to 0xfe: private methods
    no_acceptable = 0xff,
};

/// The command of a request.
/// @rfc  1928 section 4; the SOCKS4 memo defines the first two
enum class command : uint8_t { connect = 0x01, bind = 0x02, udp_associate = 0x03 };

/// Whether only SOCKS5 has the command `c`: UDP ASSOCIATE, UDP over TCP (5) and Tor's RESOLVE_PTR (0xf1). A
/// SOCKS4 encoder and decoder refuse these commands. Tor's RESOLVE (0xf0) and all other numbers are valid in
/// both versions.
/// @cost  O(1), constexpr, noexcept.
/// @rfc   the SOCKS4 memo; Tor's SOCKS extensions, "Name lookup"
[[nodiscard]] constexpr bool is_socks5_only(command c) noexcept {
    return c == command::udp_associate || c == command{0x05} || c == command{0xf1};
}

/// The type of an address in SOCKS5 (ATYP).
/// @rfc  1928 section 5
enum class address_type : uint8_t { ipv4 = 0x01, name = 0x03, ipv6 = 0x04 };

/// The reply field (REP) of SOCKS5.
/// @rfc  1928 section 6
enum class code5 : uint8_t {
    succeeded = 0x00,
    general_failure = 0x01,
    not_allowed = 0x02,
    network_unreachable = 0x03,
    host_unreachable = 0x04,
    connection_refused = 0x05,
    ttl_expired = 0x06,
    command_not_supported = 0x07,
    address_type_not_supported = 0x08,
};

/// The result code (CD) of SOCKS4, 90 to 93.
/// @rfc  the SOCKS4 memo
enum class code4 : uint8_t {
    granted = 0x5a,
    rejected = 0x5b,
    identd_unreachable = 0x5c,
    identd_mismatch = 0x5d,
};

/// The type of a GSSAPI message (MTYP).
/// @rfc  1961 sections 3.4, 3.8, 4.3 and 5
enum class gssapi_type : uint8_t {
    authentication = 0x01,    ///< a token of the security context
    protection_level = 0x02,  ///< a wrapped byte: the level that the client proposes or the server chose
    user_data = 0x03,         ///< wrapped data: everything after the negotiation
    abort = 0xff,             ///< the security context failed; there is no token, and nothing follows
};

/// The protection of user data. An unassigned level counts as no protection.
/// @rfc  1961 section 4.3; `none` is not in the RFC, but peers send it
enum class protection : uint8_t {
    none = 0x00,
    integrity = 0x01,        ///< wrapped without confidentiality
    confidentiality = 0x02,  ///< wrapped with confidentiality, which includes integrity
    selective = 0x03,        ///< integrity; the sender chooses confidentiality per message
};

/// The type of an attribute of a CHAP message.
/// @rfc  draft-ietf-aft-socks-chap-01
enum class chap_type : uint8_t {
    status = 0x00,         ///< one byte: 0 is success
    text_message = 0x01,   ///< text for a person
    user_identity = 0x02,  ///< the user name of the client
    challenge = 0x03,      ///< random bytes
    response = 0x04,       ///< the keyed hash of the challenge
    charset = 0x05,        ///< the character set of texts
    identifier = 0x10,     ///< a number that some algorithms include in the hash
    algorithms = 0x11,     ///< one byte for each offered algorithm, or the selected algorithm
};

/// The algorithm of a CHAP response.
/// @rfc  draft-ietf-aft-socks-chap-01
enum class chap_algorithm : uint8_t { hmac_md5 = 0x85 };

/// A reply code and the version that defines its meaning. Any byte is a valid code.
struct reply_code {
    // The default is a refusal, so a reply without a code does not grant a request.
    socks::version version = socks::version::v5;                   ///< the version that defines the meaning
    uint8_t value = static_cast<uint8_t>(code5::general_failure);  ///< the byte of the reply

    constexpr reply_code() noexcept = default;
    /// Any byte of a reply.
    constexpr reply_code(socks::version v, uint8_t raw) noexcept : version(v), value(raw) {}
    /// A code of SOCKS5.
    constexpr reply_code(code5 c) noexcept : version(socks::version::v5), value(static_cast<uint8_t>(c)) {}
    /// A code of SOCKS4.
    constexpr reply_code(code4 c) noexcept : version(socks::version::v4), value(static_cast<uint8_t>(c)) {}

    /// Whether the request was granted.
    [[nodiscard]] constexpr bool succeeded() const noexcept {
        return value == (version == socks::version::v5 ? static_cast<uint8_t>(code5::succeeded)
                                                       : static_cast<uint8_t>(code4::granted));
    }

    /// Whether both have the same meaning: SOCKS4 and SOCKS4a have the same codes.
    friend constexpr bool operator==(const reply_code& a, const reply_code& b) noexcept {
        return a.value == b.value && (a.version == socks::version::v5) == (b.version == socks::version::v5);
    }
};

/// The name of a number in the words of its document, or "unassigned". To print the number of an unassigned
/// code too, use format() of <socks/text/code.hpp>.
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(version v) noexcept {
    switch (v) {
        case version::v4: return "SOCKS4";
        case version::v5: return "SOCKS5";
        case version::v4a: return "SOCKS4a";
    }
    return "unassigned";
}

/// Whether a method is in the range 0x80 to 0xfe, which is for private agreements between client and server.
/// @cost  O(1), constexpr, noexcept.
/// @rfc   1928 section 3
[[nodiscard]] constexpr bool is_private_use(method m) noexcept {
    return static_cast<uint8_t>(m) >= 0x80 && m != method::no_acceptable;
}

/// The name of a method. The texts are static.
[[nodiscard]] constexpr const char* to_string(method m) noexcept {
    switch (m) {
        case method::none: return "no authentication required";
        case method::gssapi: return "GSSAPI";
        case method::username_password: return "username/password";
        case method::chap: return "challenge-handshake authentication protocol";
        case method::challenge_response: return "challenge-response authentication method";
        case method::ssl: return "secure sockets layer";
        case method::nds: return "NDS authentication";
        case method::multi_authentication: return "multi-authentication framework";
        case method::json_parameter_block: return "JSON parameter block";
        case method::no_acceptable: return "no acceptable methods";
    }
    return is_private_use(m) ? "private method" : "unassigned";
}

/// The name of a command.
[[nodiscard]] constexpr const char* to_string(command c) noexcept {
    switch (c) {
        case command::connect: return "CONNECT";
        case command::bind: return "BIND";
        case command::udp_associate: return "UDP ASSOCIATE";
    }
    return "unassigned";
}

/// The name of an address type.
[[nodiscard]] constexpr const char* to_string(address_type t) noexcept {
    switch (t) {
        case address_type::ipv4: return "IPv4 address";
        case address_type::name: return "domain name";
        case address_type::ipv6: return "IPv6 address";
    }
    return "unassigned";
}

/// The meaning of a reply code of SOCKS5.
[[nodiscard]] constexpr const char* to_string(code5 c) noexcept {
    switch (c) {
        case code5::succeeded: return "succeeded";
        case code5::general_failure: return "general SOCKS server failure";
        case code5::not_allowed: return "connection not allowed by ruleset";
        case code5::network_unreachable: return "network unreachable";
        case code5::host_unreachable: return "host unreachable";
        case code5::connection_refused: return "connection refused";
        case code5::ttl_expired: return "TTL expired";
        case code5::command_not_supported: return "command not supported";
        case code5::address_type_not_supported: return "address type not supported";
    }
    return "unassigned";
}

/// The meaning of a result code of SOCKS4.
[[nodiscard]] constexpr const char* to_string(code4 c) noexcept {
    switch (c) {
        case code4::granted: return "request granted";
        case code4::rejected: return "request rejected or failed";
        case code4::identd_unreachable: return "request rejected: no connection to identd on the client";
        case code4::identd_mismatch:
            return "request rejected: client program and identd report different user IDs";
    }
    return "unassigned";
}

/// The name of the type of a GSSAPI message.
[[nodiscard]] constexpr const char* to_string(gssapi_type t) noexcept {
    switch (t) {
        case gssapi_type::authentication: return "authentication";
        case gssapi_type::protection_level: return "protection level";
        case gssapi_type::user_data: return "user data";
        case gssapi_type::abort: return "abort";
    }
    return "unassigned";
}

/// The name of a level of protection.
[[nodiscard]] constexpr const char* to_string(protection p) noexcept {
    switch (p) {
        case protection::none: return "no protection";
        case protection::integrity: return "integrity";
        case protection::confidentiality: return "integrity and confidentiality";
        case protection::selective: return "selective integrity or confidentiality";
    }
    return "unassigned";
}

/// The name of the type of an attribute of CHAP.
[[nodiscard]] constexpr const char* to_string(chap_type t) noexcept {
    switch (t) {
        case chap_type::status: return "STATUS";
        case chap_type::text_message: return "TEXT-MESSAGE";
        case chap_type::user_identity: return "USER-IDENTITY";
        case chap_type::challenge: return "CHALLENGE";
        case chap_type::response: return "RESPONSE";
        case chap_type::charset: return "CHARSET";
        case chap_type::identifier: return "IDENTIFIER";
        case chap_type::algorithms: return "ALGORITHMS";
    }
    return "unassigned";
}

/// The name of an algorithm of CHAP.
[[nodiscard]] constexpr const char* to_string(chap_algorithm a) noexcept {
    switch (a) {
        case chap_algorithm::hmac_md5: return "HMAC-MD5";
    }
    return "unassigned";
}

/// The meaning of a reply code in its version.
[[nodiscard]] constexpr const char* to_string(const reply_code& c) noexcept {
    return c.version == version::v5 ? to_string(static_cast<code5>(c.value))
                                    : to_string(static_cast<code4>(c.value));
}

}  // namespace socks

#endif
