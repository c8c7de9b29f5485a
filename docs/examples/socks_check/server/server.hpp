// The mode "server": runs the cases against a SOCKS proxy.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_SERVER_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_SERVER_HPP

#include "../../common/dial.hpp"
#include "../run_options.hpp"
#include "bind.hpp"
#include "framing.hpp"
#include "methods.hpp"
#include "password.hpp"
#include "probe.hpp"
#include "relaying.hpp"
#include "replies.hpp"
#include "requests.hpp"
#include "resources.hpp"
#include "rules.hpp"
#include "socks4.hpp"
#include "udp.hpp"
#include "versions.hpp"

namespace example {

constexpr const char* server_help =
    R"(usage: socks-check server HOST:PORT [options]

Tests a SOCKS4, SOCKS4a and SOCKS5 proxy. The destinations are in this process, so
the proxy must be able to connect to an address of this machine. socks-check sends
only to the proxy, and to the addresses that the proxy names for BIND and UDP if
they are addresses of the proxy or of --here.

  --user NAME          use this user name and password. Other users of this
  --password PASSWORD  machine can see both
  --here ADDRESS       where the destinations listen, an address of this machine that
                       the proxy can reach; once for each family (default: the local
                       address of the connection to the proxy; beside loopback, that
                       of the other family too)
  --name NAME          a name that the proxy resolves to --here (default localhost
                       if --here is loopback; otherwise cases with names are skipped)
  --forbidden HOST:PORT
                       a destination that the rules of the proxy forbid, and that it
                       could reach without them
)";

constexpr const char* server_status =
    R"(
Exit status: 0 no must or security case failed, 1 one failed, 2 invalid argument,
3 no SOCKS proxy answers at HOST:PORT.
)";

namespace detail {

inline suite server_cases(const target& to) {
    suite s(to);
    add_versions(s);
    add_methods(s);
    add_password(s);
    add_requests(s);
    add_socks4(s);
    add_framing(s);
    add_replies(s);
    add_rules(s);
    add_relaying(s);
    add_bind(s);
    add_udp(s);
    add_resources(s);
    return s;
}

inline void add_here(target& to, const socks::host& h) {
    socks::host& place = h.kind() == socks::host_kind::ipv6 ? to.here6 : to.here4;
    if (place.kind() != socks::host_kind::none) throw bad_argument("two --here of one family");
    place = h;
}

inline bool can_listen(const socks::host& h) noexcept { return static_cast<bool>(listen_on({h, 0}, 1)); }

// The addresses of this machine by which the proxy is reached.
inline void find_here(target& to) {
    if (to.here4.kind() == socks::host_kind::none && to.here6.kind() == socks::host_kind::none) {
        const unique_fd fd = connect_for_probe(to);
        add_here(to, local_endpoint(fd.get()).host);
        const socks::host four = socks::ipv4{127, 0, 0, 1}, six = "::1";
        if (to.here4 == four && can_listen(six)) to.here6 = six;
        if (to.here6 == six && can_listen(four)) to.here4 = four;
    }
    for (const socks::host& h : {to.here4, to.here6})
        if (h.kind() != socks::host_kind::none && !can_listen(h))
            throw bad_argument("no destination can listen at --here " + text(h) + ": " +
                               std::generic_category().message(errno));
    if (to.name.empty() && (is_loopback(to.here4) || is_loopback(to.here6))) to.name = "localhost";
}

inline std::string about(const target& to, size_t cases) {
    std::string where;
    for (const socks::host& h : {to.here4, to.here6})
        if (h.kind() != socks::host_kind::none) where += (where.empty() ? "" : " and ") + text(h);
    return "socks-check server " + to.peer + ": " + std::to_string(cases) + " cases, destinations at " +
           where;
}

}  // namespace detail

/// @param args  the current argument is the mode; the options of the mode follow.
inline int check_server(arguments args) {
    target to;
    run_options options;
    std::string_view proxy;
    std::optional<std::string_view> user, password;
    while (args.next()) {
        if (args.is_help()) {
            std::printf("%s%s%s", server_help, run_options_help, server_status);
            return 0;
        }
        if (options.take(args)) continue;
        if (args.is("--user")) {
            user = args.value();
        } else if (args.is("--password")) {
            password = args.value();
            to.password = secret() = *password;
            args.hide(*password);
        } else if (args.is("--here")) {
            const socks::host h(args.value());
            if ((h.kind() != socks::host_kind::ipv4 && h.kind() != socks::host_kind::ipv6) ||
                socks::is_unspecified(h))
                throw bad_argument("--here needs an address of this machine, and not 0.0.0.0 or ::");
            detail::add_here(to, h);
        } else if (args.is("--name")) {
            to.name = args.value();
        } else if (args.is("--forbidden")) {
            to.forbidden = parse_endpoint("--forbidden", args.value());
        } else if (args.is_operand() && proxy.empty()) {
            proxy = args.name();
        } else {
            args.unknown();
        }
    }
    if (user.has_value() != password.has_value()) throw bad_argument("--user and --password go together");
    to.has_login = user.has_value();
    to.user = user.value_or("");
    if (to.user.size() > 255 || to.password.size() > 255 ||
        (to.has_login && (to.user.empty() || to.password.empty())))
        throw bad_argument("--user and --password need 1 to 255 bytes");
    if (to.name.size() > 255) throw bad_argument("--name needs at most 255 bytes");
    to.patience = options.patience;
    const auto cases = options.chosen(detail::server_cases(to).list());
    if (options.list) return list_checks(cases);
    if (proxy.empty()) throw bad_argument("the address of the proxy is missing: HOST:PORT");
    if (proxy.find_first_of("@/") != proxy.npos)  // not printed, because it may contain a password
        throw bad_argument("the proxy is HOST:PORT, without socks5:// and without a login; see --user");
    const socks::endpoint at = parse_endpoint("the proxy", proxy);
    if (at.port == 0) throw bad_argument("the proxy cannot have port 0");
    to.peer = proxy;
    require_descriptors();
    try {
        // A name may have an address of each family, and the proxy listen at one of them.
        to.proxy = remote_address(connect_to_any({at}, deadline(options.patience), "the proxy at ").get());
        detail::find_here(to);
        probe(to);
    } catch (const bad_argument&) {
        throw;
    } catch (const std::runtime_error& e) {
        std::fprintf(stderr, "socks-check: %s\n", e.what());
        return 3;
    }
    return run_and_report(options, "server", to.peer, detail::about(to, cases.size()), cases);
}

}  // namespace example

#endif
