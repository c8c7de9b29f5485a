// A client or a chain, of any parts, for the walk.

#ifndef SOCKS_TESTS_EXPLORATION_CLIENT_MACHINE_HPP
#define SOCKS_TESTS_EXPLORATION_CLIENT_MACHINE_HPP

#include "machine.hpp"

namespace exploration {

using socks::client_options;
using socks::client_state;
using socks::feature;
using socks::method;
using socks::version;

template <class Action>
said said_by_client(const Action& a) {
    using next = socks::client_next;
    said s = said_by(a);
    if (a.next() == next::negotiate) {
        s.next = act::negotiate;
        s.told = static_cast<char>(a.method());
    }
    if (a.next() == next::bound) {
        s.next = act::bound;
        s.told = told(a.bound());
    }
    if (a.next() == next::done) {
        s.next = act::done;
        s.told = static_cast<char>(a.result().reply.code.value) + told(a.result().reply.bound);
        s.early = text(a.result().early);
    }
    if (s.error == socks::errc::refused) s.told = told(a.bound());
    return s;
}

inline bool client_suits(uint8_t state, act a) {
    switch (static_cast<client_state>(state)) {
        case client_state::start:
        case client_state::request: return false;  // a step leaves them
        case client_state::after_greeting: return a == act::recv;
        case client_state::early_credentials:
        case client_state::early_request: return a == act::send;
        case client_state::method_selection:
        case client_state::auth_status:
        case client_state::reply: return a == act::send || a == act::recv;
        case client_state::negotiation: return a == act::negotiate || a == act::wait;
        case client_state::second_reply: return a == act::bound || a == act::recv;
        case client_state::done: return a == act::done;
        case client_state::failed: return a == act::fail;
    }
    return false;
}

inline message message_for(client_state state, version v) {
    if (state == client_state::after_greeting) return message::foreign_answer;
    if (state == client_state::method_selection) return message::method_selection;
    if (state == client_state::auth_status) return message::auth_status;
    if (state != client_state::reply && state != client_state::second_reply) return message::none;
    return v == version::v5 ? message::reply5 : message::reply4;
}

inline std::string name_of_server_message(client_state state, const std::string& m, bool binds) {
    if (state == client_state::after_greeting) return "two bytes of a SOCKS4 refusal";
    if (state == client_state::auth_status) return "the auth status";
    if (state == client_state::second_reply) return "the second reply to BIND";
    if (state == client_state::reply) return binds ? "the first reply to BIND" : "the reply";
    if (m[1] == 0) return "the method selection (none)";
    return m[1] == 2 ? "the method selection (username/password)" : "the method selection (another)";
}

inline std::string name_of_client_message(const std::string& m) {
    if (m[0] == 4) return "the SOCKS4 request";
    if (m[0] == 1) return "the credentials";
    return m.size() == 2U + static_cast<unsigned char>(m[1]) ? "the greeting" : "the request";
}

// `asked` is a request, or the route of a chain. `request_of` is the request to the current proxy.
template <class Machine, class Asked, class RequestOf>
machine client_machine(const std::string& name, const Asked& asked, client_options options,
                       RequestOf request_of) {
    machine m{.name = name,
              .fresh = image_of(Machine(options)),
              .full_refusals = options.wait_for_full_refusal,
              .done = static_cast<uint8_t>(client_state::done),
              .failed = static_cast<uint8_t>(client_state::failed)};
    if (options.after_greeting) m.option = "after_greeting";
    if (options.pipelined) m.option = "pipelined";
    if (options.pipelined) m.ahead = 4;  // a status and the first half of a reply
    m.step = [asked](image& i, socks::bytes in, socks::buffer out) {
        return with<Machine>(i, [&](Machine& of) { return said_by_client(of.step(asked, in, out)); });
    };
    m.expects = [request_of](image i) {
        return with<Machine>(i, [&](Machine& of) { return message_for(of.state(), request_of(of).version); });
    };
    m.offered = [request_of](image i) {
        return with<Machine>(i, [&](Machine& of) { return request_of(of).offer(); });
    };
    m.suits = client_suits;
    m.name_of_state = [](uint8_t s) {
        return std::string("the state ") + to_string(static_cast<client_state>(s));
    };
    m.name_of_read = [binds = asked.command == socks::command::bind](uint8_t s, const std::string& read) {
        return name_of_server_message(static_cast<client_state>(s), read, binds);
    };
    m.name_of_sent = [](uint8_t, const std::string& sent, bool) { return name_of_client_message(sent); };
    add_common_calls<Machine>(m);
    return m;
}

template <feature Parts = feature::all>
machine client_of(const std::string& name, const socks::request& asked, client_options options = {}) {
    return client_machine<socks::basic_client<Parts>>(name, asked, options,
                                                      [asked](const auto&) { return asked; });
}

}  // namespace exploration

#endif
