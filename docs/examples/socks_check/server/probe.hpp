// Finds what a proxy offers before the cases run, so that a case can be skipped with the reason.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_PROBE_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_PROBE_HPP

#include "session.hpp"

namespace example {

/// Nobody answers SOCKS at the address.
struct no_proxy : std::runtime_error {
    using std::runtime_error::runtime_error;
};

namespace detail {

inline unique_fd connect_for_probe(const target& to) {
    try {
        return connect_to(to.proxy, to.patience);
    } catch (const std::system_error& e) {
        throw no_proxy("no proxy answers at " + to.peer + ": " + e.what());
    }
}

// What the proxy sends first: at most `n` bytes, and more if it sends them at once.
inline remainder first_answer(const target& to, const std::string& message, size_t n) {
    evidence unused;
    stream s(connect_for_probe(to), to.patience, unused);
    s.send(message);
    std::string bytes;
    try {
        while (bytes.size() < n) bytes += s.take(1, "an answer");
    } catch (const failed&) {
        return {bytes, s.drain().how};
    }
    if (!s.hears(std::chrono::milliseconds(50))) return {bytes};
    const remainder rest = s.drain();
    return {bytes + rest.bytes, rest.how};
}

inline std::string described(const remainder& answer) {
    if (!answer.bytes.empty()) {
        const socks::errc what = socks::identify_foreign_protocol(static_cast<uint8_t>(answer.bytes[0]));
        const bool known = what != socks::errc::bad_version && what != socks::errc::not_socks;
        return "it answers " + shown(answer.bytes) + (known ? std::string(": ") + to_string(what) : "");
    }
    if (answer.how == ending::open) return "it does not answer";
    return answer.how == ending::closed ? "it closes the connection" : "it resets the connection";
}

// Asks for a connection to a port where nobody listens. A proxy that grants it replies before it connects.
inline bool replies_early(const target& to) {
    evidence unused;
    const silent_port nobody(to.here4.kind() == socks::host_kind::none ? to.here6 : to.here4);
    session s(to, unused);
    s.open();
    s.send(request5(cmd_connect, address5(nobody.at)));
    return !s.ends_silently(to.patience) && s.take_reply().code() == 0;
}

// Whether an answer to a greeting may come from a SOCKS5 proxy with or without a fault.
inline bool is_selection(const remainder& answer) {
    return answer.bytes.size() == 2 || answer.bytes.starts_with(5);
}

inline bool is_reply4(const std::string& bytes) {
    return bytes.size() >= 2 && bytes.size() <= 8 && bytes[1] >= 0x5a && bytes[1] <= 0x5d;
}

inline void probe_methods(target& to) {
    const remainder anonymous = first_answer(to, hex("05 01 00"), 2);
    const remainder named = first_answer(to, hex("05 01 02"), 2);
    if (!is_selection(anonymous) && !is_selection(named)) {
        to.no_socks5 = "the proxy does not offer SOCKS5 (" + described(anonymous) + ')';
        return;
    }
    if (!anonymous.bytes.ends_with('\0'))
        to.no_anonymous = "the proxy does not serve clients without a password";
    if (!named.bytes.ends_with(2))
        to.no_login = "the proxy does not offer username/password";
    else if (!to.has_login)
        to.no_login = "no password is known; see --user and --password";
    if (!to.no_anonymous.empty() && !to.no_login.empty())
        to.no_session = to.no_anonymous + (to.has_login ? ", and does not offer username/password"
                                                        : "; see --user and --password");
}

// Without this, a wrong --password fails nearly every case. If no status comes, its cases report it.
inline void probe_login(target& to) {
    if (!to.logs_in()) return;
    evidence unused;
    try {
        session s(to, unused);
        s.send(hex("05 01 02"));
        s.take_selection();
        s.send(login(to.user, to.password));
        if (s.take(2, "a status")[1] != 0)
            to.no_session = "the proxy refuses this user name and password; see --user and --password";
    } catch (const failed&) {
        // The case of the rule reports it.
    }
}

inline remainder probe_socks4(target& to) {
    evidence unused;
    destination there(to, unused);
    const remainder answer = first_answer(to, request4(cmd_connect, there.at()), 8);
    if (answer.bytes.size() >= 2 && answer.bytes[1] == 0x5a) return answer;
    to.no_socks4 = "the proxy does not offer SOCKS4 (" + described(answer) + ')';
    return answer;
}

inline void probe_reach(target& to) {
    evidence unused;
    try {
        destination there(to, unused);
        session s(to, unused);
        s.open();
        const reply5 r = s.ask(request5(cmd_connect, address5(there.at())));
        if (r.code() != 0)
            to.no_reach = "the proxy does not connect to " + text(there.at().host) + " (reply " +
                          shown_code(r.code()) + "); see --here";
        to.replies_early = replies_early(to);
    } catch (const failed&) {
        // The case of the rule reports it.
    } catch (const skipped& why) {
        to.no_reach = why.what();
    }
}

}  // namespace detail

/// Fills in what the proxy offers. Throws no_proxy.
inline void probe(target& to) {
    detail::probe_methods(to);
    detail::probe_login(to);
    remainder four;
    if (to.here4.kind() == socks::host_kind::none)
        to.no_socks4 = "SOCKS4 needs an IPv4 address for a destination; see --here";
    else
        four = detail::probe_socks4(to);
    if (!to.no_socks5.empty() && !detail::is_reply4(four.bytes))
        throw no_proxy("no SOCKS proxy answers at " + to.peer + ": " + to.no_socks5 + ", " + to.no_socks4);
    if (!to.no_socks5.empty())
        to.no_session = to.no_reach = to.no_socks5;
    else
        detail::probe_reach(to);
}

}  // namespace example

#endif
