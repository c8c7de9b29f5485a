// The objects of a configuration: one type for each command, one member for each parameter. A member is
// initialised with the default of its parameter. The member functions list the type and the limits of each
// parameter. An object contains no pointer.

#ifndef SOCKS_TRANSFER_CFT_OBJECTS_HPP
#define SOCKS_TRANSFER_CFT_OBJECTS_HPP

#include <socks/policy/retry.hpp>
#include <socks/transfer_cft/values.hpp>

namespace socks::cft {

inline constexpr size_t max_values = 4;    ///< the largest number of values of PROT, SAP and HOST
inline constexpr uint16_t max_class = 64;  ///< the largest CLASS in CFTNET and CFTTCP

/// CFTNET: a network. With a PROTOCOL it is a proxy.
struct network {
    static constexpr bytes keyword = "CFTNET";  ///< the keyword of the command
    cft::position position;                     ///< the position of the keyword
    field<text<32>> id;                         ///< the key of the network
    field<cft::call> call;                      ///< the directions of the calls
    field<uint16_t> net_class{1};               ///< the class of the network
    field<uint16_t> maxcnx{32};                 ///< the largest number of connections at the same time
    field<text<32>> type;                       ///< TCP, or not given
    field<uint16_t> buflen{0};                  ///< 0: not set
    field<text<80>> comment;                    ///< any text
    field<cft::origin> origin;                  ///< who has written the command
    field<proxy_protocol> protocol;             ///< the protocol of the proxy, if any
    field<text<32>> inet;                       ///< the ID of the network that reaches the proxy
    field<text<64>> host;                       ///< the host of the proxy
    field<uint16_t> port{1080};                 ///< the port of the proxy
    field<text<32>> user;                       ///< the user for the proxy
    field<text<32>> password;                   ///< the password for the proxy
    field<cft::mode> mode;                      ///< whether the command replaces, creates or deletes
    field<text<64>> srchost;                    ///< the local address of the calls

    /// Takes one value of a parameter.
    constexpr void assign(assignment& a) noexcept {
        a.string("ID", id, 1);
        a.choice("CALL", call);
        a.number("CLASS", net_class, 0, max_class);
        a.number("MAXCNX", maxcnx, 1, 2000);
        a.string("TYPE", type);
        a.number("BUFLEN", buflen, 0, 32766);
        a.string("COMMENT", comment);
        a.choice("ORIGIN", origin);
        a.choice("PROTOCOL", protocol);
        a.string("INET", inet);
        a.string("HOST", host);
        a.number("PORT", port, 1, 65535);
        a.string("USER", user);
        a.string("PASSWORD", password);
        a.choice("MODE", mode);
        a.string("SRCHOST", srchost);
    }

    /// Checks the rules that concern several parameters.
    constexpr void validate(findings& found) const noexcept {
        if (type.given && !type.faulty && !same_word(type.value.view(), "TCP"))
            found.add(
                {.what = flaw::bad_choice, .position = type.position, .subject = "TYPE", .detail = "TCP"});
        if (buflen.value != 0 && buflen.value < 32)
            found.add({flaw::bad_number, buflen.position, "BUFLEN", 32, 32766});
        if (protocol.value == proxy_protocol::none) return;
        if (inet.value.empty() && !inet.faulty) found.add({flaw::missing_parameter, position, "INET"});
        if (host.value.empty() && !host.faulty) found.add({flaw::missing_parameter, position, "HOST"});
        const errc why = host.value.empty() ? errc::none : socks::host(host.value.view()).error();
        if (why != errc::none)
            found.add({.what = flaw::bad_host,
                       .position = host.position,
                       .subject = "HOST",
                       .detail = why == errc::bad_host_byte ? socks::to_string(why) : nullptr});
        if (protocol.value == proxy_protocol::socks4 && password.given)
            found.add({flaw::password_not_sent, password.position, "PASSWORD"});
        if (protocol.value == proxy_protocol::socks5 && !user.given)
            found.add({flaw::incomplete_credentials, position, "USER"});
        if (protocol.value == proxy_protocol::socks5 && !password.given)
            found.add({flaw::incomplete_credentials, position, "PASSWORD"});
    }
};

/// CFTPROT: a protocol, and the network that it uses.
struct protocol {
    static constexpr bytes keyword = "CFTPROT";  ///< the keyword of the command
    cft::position position;                      ///< the position of the keyword
    field<text<32>> id;                          ///< the key of the protocol
    field<text<32>> net;                         ///< the ID of its network
    field<text<32>> type;                        ///< any text
    field<cft::mode> mode;                       ///< whether the command replaces, creates or deletes

    /// Takes one value of a parameter.
    constexpr void assign(assignment& a) noexcept {
        a.string("ID", id, 1);
        a.string("NET", net);
        a.string("TYPE", type);
        a.choice("MODE", mode);
    }
    /// There is no rule that concerns several parameters.
    constexpr void validate(findings&) const noexcept {}
};

/// CFTPART: a partner, the protocols that reach it, and its port or service for each protocol.
struct partner {
    static constexpr bytes keyword = "CFTPART";  ///< the keyword of the command
    cft::position position;                      ///< the position of the keyword
    field<text<32>> id;                          ///< the key of the partner
    list<text<32>, max_values> prot;             ///< the IDs of its protocols
    list<text<64>, max_values> sap;              ///< a port or the name of a service
    field<cft::mode> mode;                       ///< whether the command replaces, creates or deletes

    /// Takes one value of a parameter.
    constexpr void assign(assignment& a) noexcept {
        a.string("ID", id, 1);
        a.strings("PROT", prot);
        a.strings("SAP", sap);
        a.choice("MODE", mode);
    }
    /// There is no rule that concerns several parameters.
    constexpr void validate(findings&) const noexcept {}
};

/// CFTTCP: the addresses of a partner, and the schedule of the calls.
struct tcp {
    static constexpr bytes keyword = "CFTTCP";  ///< the keyword of the command
    cft::position position;                     ///< the position of the keyword
    field<text<32>> id;                         ///< the ID of the partner
    list<text<64>, max_values> host;            ///< the hosts of the partner
    field<uint16_t> net_class{1};               ///< the class of the network
    field<uint16_t> retryw{1};                  ///< minutes between two attempts
    field<uint16_t> retryn{4};   ///< attempts at this interval, then half as many at twice the interval
    field<uint16_t> retrym{12};  ///< attempts after the first one
    field<uint16_t> cnxin;       ///< the most incoming connections
    field<uint16_t> cnxout;      ///< the most outgoing connections
    field<uint16_t> cnxinout;    ///< the most connections
    field<cft::mode> mode;       ///< whether the command replaces, creates or deletes

    /// Takes one value of a parameter.
    constexpr void assign(assignment& a) noexcept {
        constexpr uint16_t most = retry_schedule::max;
        a.string("ID", id, 1);
        a.strings("HOST", host);
        a.number("CLASS", net_class, 0, max_class);
        a.number("RETRYW", retryw, 0, most);
        a.number("RETRYN", retryn, 0, most);
        a.number("RETRYM", retrym, 0, most);
        a.number("CNXIN", cnxin, 0, most);
        a.number("CNXOUT", cnxout, 0, most);
        a.number("CNXINOUT", cnxinout, 0, most);
        a.choice("MODE", mode);
    }
    /// There is no rule that concerns several parameters.
    constexpr void validate(findings&) const noexcept {}

    /// The schedule that RETRYW, RETRYN and RETRYM define.
    [[nodiscard]] constexpr retry_schedule schedule() const noexcept {
        return {.interval = retryw.value, .attempts = retryn.value, .limit = retrym.value};
    }
};

/// CFTPARM: the networks and partners that are active: see configuration::is_active().
struct parameters {
    static constexpr bytes keyword = "CFTPARM";  ///< the keyword of the command
    cft::position position;                      ///< the position of the keyword
    field<text<32>> id;                          ///< the ID of the command
    field<cft::mode> mode;                       ///< whether the command replaces, creates or deletes

    /// Takes one value of a parameter.
    constexpr void assign(assignment& a) noexcept {
        a.string("ID", id, 1);
        a.ids("NET");
        a.ids("PART");
        a.choice("MODE", mode);
    }
    /// There is no rule that concerns several parameters.
    constexpr void validate(findings&) const noexcept {}
};

}  // namespace socks::cft

#endif
