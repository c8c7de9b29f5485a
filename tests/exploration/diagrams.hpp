// The positions of the states and arrows in the diagrams of docs. Their meaning is what a walk observed.
// A state or an arrow without a position is an error, and so is a position without a state or an arrow.

#ifndef SOCKS_TESTS_EXPLORATION_DIAGRAMS_HPP
#define SOCKS_TESTS_EXPLORATION_DIAGRAMS_HPP

#include "diagram.hpp"
#include "report.hpp"

namespace exploration {

// Four columns. The first is for SOCKS4, the others are for no method, username_password and another method.
namespace column {
inline constexpr int a = 100, b = 290, c = 500, d = 710;
}

inline diagram diagram_of_client() {
    using namespace column;
    using client = socks::client_state;
    diagram made{"The states of a client's handshake", 780, count<client>(), {}, {}};
    made.boxes = {
        state(client::after_greeting, "after_greeting", a, 140),
        state(client::start, "start", b, 50),
        state(client::early_credentials, "early_credentials", d, 50),
        state(client::early_request, "early_request", d, 140),
        state(client::method_selection, "method_selection", b, 230),
        state(client::auth_status, "auth_status", c, 400),
        state(client::negotiation, "negotiation", d, 400),
        state(client::request, "request", d, 490),
        state(client::reply, "reply", b, 590),
        state(client::second_reply, "second_reply", c, 700),
        state(client::done, "done", b, 700),
        state(client::failed, "failed", d, 700),
    };
    made.arrows = {
        change(client::start, client::method_selection, {{b, 67}, {b, 213}}, {b + 8, 185}),
        change(client::start, client::early_credentials, {{b + 75, 50}, {d - 75, 50}}, {b + 175, 42}),
        change(client::start, client::early_request,
               {{b + 75, 50}, {b + 150, 50}, {b + 150, 140}, {d - 75, 140}}, {b + 175, 132}),
        change(client::start, client::reply, {{b - 75, 50}, {12, 50}, {12, 598}, {b - 75, 598}}, {28, 42},
               30),
        change(client::after_greeting, client::reply, {{a, 157}, {a, 582}, {b - 75, 582}}, {a + 8, 300}, 20),
        change(client::after_greeting, client::method_selection,
               {{a + 75, 140}, {b - 40, 140}, {b - 40, 213}}, {a + 8, 174}, 18),
        change(client::early_credentials, client::early_request, {{d, 67}, {d, 123}}, {d + 8, 99}),
        change(client::early_request, client::method_selection, {{d, 157}, {d, 230}, {b + 75, 230}},
               {b + 175, 222}),
        change(client::method_selection, client::reply, {{b, 247}, {b, 573}}, {b + 8, 300}),
        change(client::method_selection, client::auth_status, {{b, 247}, {b, 270}, {c, 270}, {c, 383}},
               {c + 8, 300}),
        change(client::method_selection, client::negotiation, {{b, 247}, {b, 270}, {d, 270}, {d, 383}},
               {d + 8, 300}),
        change(client::auth_status, client::reply, {{c, 417}, {c, 582}, {b + 75, 582}}, {c + 8, 440}),
        change(client::negotiation, client::request, {{d, 417}, {d, 473}}, {d + 8, 449}),
        change(client::request, client::reply, {{d, 507}, {d, 598}, {b + 75, 598}}, {d + 8, 560}),
        change(client::reply, client::done, {{b, 607}, {b, 683}}, {b + 8, 665}),
        change(client::reply, client::second_reply, {{b, 607}, {b, 635}, {c, 635}, {c, 683}}, {c + 8, 665},
               30),
        change(client::second_reply, client::done, {{c - 75, 700}, {b + 75, 700}}, {b + 83, 735}, 20),
    };
    return made;
}

inline diagram diagram_of_server() {
    using namespace column;
    using server = socks::server_state;
    diagram made{"The states of a server's handshake", 705, count<server>(), {}, {}};
    made.boxes = {
        state(server::start, "start", b, 50),
        state(server::after_greeting, "after_greeting", a, 200),
        state(server::credentials, "credentials", c, 200),
        state(server::authenticate, "authenticate", c, 300),
        state(server::negotiate, "negotiate", d, 200),
        state(server::negotiation, "negotiation", d, 300),
        state(server::request, "request", b, 400),
        state(server::serve, "serve", b, 500),
        state(server::second_answer, "second_answer", c, 620),
        state(server::success, "success", b, 620),
        state(server::done, "done", a, 620),
        state(server::failed, "failed", d, 620),
    };
    made.arrows = {
        change(server::start, server::serve, {{b - 75, 50}, {12, 50}, {12, 508}, {b - 75, 508}}, {28, 42},
               30),
        change(server::start, server::after_greeting, {{b, 67}, {b, 95}, {a, 95}, {a, 183}}, {a + 8, 120}),
        change(server::after_greeting, server::serve, {{a, 217}, {a, 492}, {b - 75, 492}}, {a + 8, 300}, 16),
        change(server::start, server::request, {{b, 67}, {b, 383}}, {b + 8, 120}),
        change(server::start, server::credentials, {{b, 67}, {b, 95}, {c, 95}, {c, 183}}, {c + 8, 120}),
        change(server::start, server::negotiate, {{b, 67}, {b, 95}, {d, 95}, {d, 183}}, {d + 8, 120}),
        change(server::credentials, server::authenticate, {{c, 217}, {c, 283}}, {c + 8, 254}),
        change(server::negotiate, server::negotiation, {{d, 217}, {d, 283}}, {d + 8, 254}, 30),
        change(server::authenticate, server::request, {{c, 317}, {c, 392}, {b + 75, 392}}, {c + 8, 350}),
        change(server::negotiation, server::request, {{d, 317}, {d, 408}, {b + 75, 408}}, {d + 8, 350}),
        change(server::request, server::serve, {{b, 417}, {b, 483}}, {b + 8, 454}),
        change(server::serve, server::success, {{b, 517}, {b, 603}}, {b + 8, 575}),
        change(server::serve, server::second_answer, {{b, 517}, {b, 540}, {c, 540}, {c, 603}}, {c + 8, 575},
               30),
        change(server::second_answer, server::success, {{c - 75, 620}, {b + 75, 620}}, {b + 83, 655}, 20),
        change(server::success, server::done, {{b - 75, 620}, {a + 75, 620}}, {a + 30, 655}),
    };
    return made;
}

// Compares the diagram of what was observed with a file of the folder, or writes it.
inline bool keep_diagram(const arguments& given, const diagram& made, const observations& seen,
                         const char* file) {
    const std::string wrong = difference(made, seen);
    if (!wrong.empty()) {
        std::fprintf(stderr, "%s:\n%s", file, wrong.c_str());
        return false;
    }
    return given.docs.empty() || keep(given, draw(made, seen), given.docs + '/' + file);
}

}  // namespace exploration

#endif
