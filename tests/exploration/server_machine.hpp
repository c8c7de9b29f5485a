// A server of any parts, for the walk.

#ifndef SOCKS_TESTS_EXPLORATION_SERVER_MACHINE_HPP
#define SOCKS_TESTS_EXPLORATION_SERVER_MACHINE_HPP

#include "machine.hpp"

namespace exploration {

using socks::feature;
using socks::method;
using socks::server_options;
using socks::server_state;

template <class Action>
said said_by_server(const Action& a) {
    using next = socks::server_next;
    said s = said_by(a);
    if (a.next() == next::authenticate) {
        s.next = act::authenticate;
        s.told = text(a.user()) + '\n' + text(a.password());
    }
    if (a.next() == next::negotiate) {
        s.next = act::negotiate;
        s.told = static_cast<char>(a.method());
    }
    if (a.next() == next::serve) {
        s.next = act::serve;
        s.told = a.version() == socks::version::v5 ? '5' : '4';
        s.told += static_cast<char>(a.command());
        s.told += static_cast<char>(a.method()) + told(a.to()) + text(a.user());
    }
    if (a.next() == next::done) {
        s.next = act::done;
        s.early = text(a.result().early);
    }
    return s;
}

inline bool server_suits(uint8_t state, act a) {
    switch (static_cast<server_state>(state)) {
        case server_state::start: return a == act::recv;
        case server_state::after_greeting:
        case server_state::credentials:
        case server_state::request: return a == act::recv || a == act::send;
        case server_state::negotiate: return a == act::send;
        case server_state::authenticate: return a == act::authenticate || a == act::wait;
        case server_state::negotiation: return a == act::negotiate || a == act::wait;
        case server_state::serve: return a == act::serve || a == act::wait;
        case server_state::second_answer: return a == act::wait;
        case server_state::success: return false;  // a step leaves it
        case server_state::done: return a == act::done;
        case server_state::failed: return a == act::send || a == act::fail;
    }
    return false;
}

inline message message_for(server_state state) {
    if (state == server_state::start) return message::first;
    if (state == server_state::after_greeting) return message::request4;
    if (state == server_state::credentials) return message::credentials;
    return state == server_state::request ? message::request5 : message::none;
}

inline std::string name_of_message_to_server(uint8_t state, const std::string& m) {
    const auto s = static_cast<server_state>(state);
    if (s == server_state::credentials) return "the credentials";
    if (s == server_state::request) return "the request";
    return m[0] == 4 ? "the SOCKS4 request" : "the greeting";
}

inline std::string name_of_message_to_client(uint8_t state, const std::string& m, bool binds) {
    const auto s = static_cast<server_state>(state);
    if (s == server_state::authenticate) return "the auth status";
    if (s == server_state::serve) return binds ? "the first reply to BIND" : "the reply";
    if (s == server_state::second_answer) return "the second reply to BIND";
    if (m[0] == 0) return "two bytes of a SOCKS4 refusal";
    if (m[1] == 0) return "the method selection (none)";
    return m[1] == 2 ? "the method selection (username/password)" : "the method selection (another)";
}

// What a call that encodes a reply returned.
inline said said_by(const socks::encoded& e) {
    said s{.error = e.error()};
    if (s.lacks_space()) s.number = e.required();
    if (e) s.sent = text(e.data());
    return s;
}

template <class Server>
void add_answers(machine& m) {
    for (const bool accepted : {true, false})
        m.answers.push_back({accepted ? "authenticated(true)" : "authenticated(false)", "authenticated(true)",
                             question::credentials, accepted, [accepted](image& i, socks::buffer out) {
                                 return with<Server>(
                                     i, [&](Server& of) { return said_by(of.authenticated(accepted, out)); });
                             }});
    const socks::bytes invalid("a b", 3);
    const auto reply = [&](const char* name, bool grants, const socks::reply& outcome) {
        m.answers.push_back(
            {name, "answer()", question::request, grants, [outcome](image& i, socks::buffer out) {
                 return with<Server>(i, [&](Server& of) { return said_by(of.answer(outcome, out)); });
             }});
    };
    reply("answer(succeeded, 192.0.2.7)", true, {socks::code5::succeeded, {socks::ipv4{192, 0, 2, 7}, 1080}});
    reply("answer(granted, no host)", true, {socks::code4::granted, {}});
    reply("answer(connection_refused)", false, {socks::code5::connection_refused, {}});
    reply("answer(succeeded, an invalid host)", false, {socks::code5::succeeded, {invalid, 1080}});
}

template <feature Parts = feature::all>
machine server_of(const std::string& name, const server_options& options) {
    using server = socks::basic_server<Parts>;
    using namespace std::string_literals;
    machine m{.name = name,
              .option = options.v4_after_greeting ? "v4_after_greeting" : "",
              .fresh = image_of(server(options)),
              .strict = !options.tolerance.empty_credentials,
              .serves_anyone = options.methods.contains(method::none),
              .done = static_cast<uint8_t>(server_state::done),
              .failed = static_cast<uint8_t>(server_state::failed),
              // A user ID and a name that are nearly as long as they may be.
              .prefixes = {"", "\4\1\0\x50\1\2\3\4"s + std::string(253, 'a'),
                           "\4\1\0\x50\0\0\0\1\0"s + std::string(253, 'a')}};
    m.step = [](image& i, socks::bytes in, socks::buffer out) {
        return with<server>(i, [&](server& of) { return said_by_server(of.step(in, out)); });
    };
    m.expects = [](image i) { return with<server>(i, [](server& of) { return message_for(of.state()); }); };
    m.offered = [methods = options.methods](image) { return methods; };
    m.suits = server_suits;
    m.name_of_state = [](uint8_t s) {
        return std::string("the state ") + to_string(static_cast<server_state>(s));
    };
    m.name_of_read = name_of_message_to_server;
    m.name_of_sent = name_of_message_to_client;
    add_common_calls<server>(m);
    add_answers<server>(m);
    return m;
}

}  // namespace exploration

#endif
