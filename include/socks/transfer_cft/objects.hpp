// The objects of a Transfer CFT configuration, each parameter with its type, limits and default.
// An object is a plain value that points nowhere; one that was never read holds the defaults.

#ifndef SOCKS_TRANSFER_CFT_OBJECTS_HPP
#define SOCKS_TRANSFER_CFT_OBJECTS_HPP

#include <socks/policy/retry.hpp>
#include <socks/transfer_cft/values.hpp>

namespace socks::cft {

inline constexpr size_t max_targets = 4;   ///< values of PROT, of SAP, and of HOST in CFTTCP
inline constexpr uint16_t max_class = 64;  ///< of CFTNET and CFTTCP

/// CFTNET: a network resource; with a PROTOCOL, a proxy.
struct network {
    static constexpr bytes keyword = "CFTNET";
    position at;
    field<text<32>> id;
    field<cft::call> call;
    field<uint16_t> net_class{1};
    field<uint16_t> maxcnx{32};  ///< most connections at once
    field<text<32>> type;
    field<uint16_t> buflen{0};  ///< 0: not set
    field<text<80>> comment;
    field<cft::origin> origin;
    field<proxy_protocol> protocol;
    field<text<32>> inet;  ///< ID of the network that reaches the proxy
    field<text<64>> host;  ///< of the proxy
    field<uint16_t> port{1080};
    field<text<32>> user;
    field<text<32>> password;
    field<cft::mode> mode;
    field<text<64>> srchost;

    constexpr void take(assignment& a) noexcept {
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

    // What no parameter shows by itself.
    constexpr void validate(findings& found) const noexcept {
        if (type.given && !same_word(type.value.view(), "TCP"))
            found.add({flaw::bad_choice, type.at, "TYPE", 0, 0, "TCP"});
        if (buflen.value != 0 && buflen.value < 32)
            found.add({flaw::bad_number, buflen.at, "BUFLEN", 32, 32766});
        if (protocol.value == proxy_protocol::none) return;
        if (inet.value.empty() && !inet.faulty) found.add({flaw::missing_parameter, at, "INET"});
        if (host.value.empty() && !host.faulty) found.add({flaw::missing_parameter, at, "HOST"});
        const errc why = host.value.empty() ? errc::none : socks::host(host.value.view()).error();
        if (why != errc::none)
            found.add({flaw::bad_host, host.at, "HOST", 0, 0,
                       why == errc::bad_host_byte ? socks::to_string(why) : nullptr});
        if (protocol.value == proxy_protocol::socks4 && password.given)
            found.add({flaw::password_not_sent, password.at, "PASSWORD"});
        if (protocol.value == proxy_protocol::socks5 && !user.given)
            found.add({flaw::login_incomplete, at, "USER"});
        if (protocol.value == proxy_protocol::socks5 && !password.given)
            found.add({flaw::login_incomplete, at, "PASSWORD"});
    }
};

/// CFTPROT: a protocol and the network that it uses.
struct protocol {
    static constexpr bytes keyword = "CFTPROT";
    position at;
    field<text<32>> id;
    field<text<32>> net;
    field<text<32>> type;  ///< kept as text
    field<cft::mode> mode;

    constexpr void take(assignment& a) noexcept {
        a.string("ID", id, 1);
        a.string("NET", net);
        a.string("TYPE", type);
        a.choice("MODE", mode);
    }
    constexpr void validate(findings&) const noexcept {}
};

/// CFTPART: a partner, the protocols that reach it, and its port or service for each of them.
struct partner {
    static constexpr bytes keyword = "CFTPART";
    position at;
    field<text<32>> id;
    list<text<32>, max_targets> prot;
    list<text<64>, max_targets> sap;  ///< kept as text
    field<cft::mode> mode;

    constexpr void take(assignment& a) noexcept {
        a.string("ID", id, 1);
        a.strings("PROT", prot);
        a.strings("SAP", sap);
        a.choice("MODE", mode);
    }
    constexpr void validate(findings&) const noexcept {}
};

/// CFTTCP: where a partner is, and how often it is called.
struct tcp {
    static constexpr bytes keyword = "CFTTCP";
    position at;
    field<text<32>> id;
    list<text<64>, max_targets> host;
    field<uint16_t> net_class{1};
    field<uint16_t> retryw{retry_schedule{}.interval};
    field<uint16_t> retryn{retry_schedule{}.attempts};
    field<uint16_t> retrym{retry_schedule{}.limit};
    field<uint16_t> cnxin;
    field<uint16_t> cnxout;
    field<uint16_t> cnxinout;
    field<cft::mode> mode;

    constexpr void take(assignment& a) noexcept {
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
    constexpr void validate(findings&) const noexcept {}

    [[nodiscard]] constexpr retry_schedule schedule() const noexcept {
        return {retryw.value, retryn.value, retrym.value};
    }
};

/// CFTPARM: which networks and partners are active, as configuration::is_active() tells.
struct parameters {
    static constexpr bytes keyword = "CFTPARM";
    position at;
    field<text<32>> id;
    field<cft::mode> mode;

    constexpr void take(assignment& a) noexcept {
        a.string("ID", id, 1);
        a.names("NET");
        a.names("PART");
        a.choice("MODE", mode);
    }
    constexpr void validate(findings&) const noexcept {}
};

}  // namespace socks::cft

#endif
