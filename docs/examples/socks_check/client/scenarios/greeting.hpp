// Scenarios of the first message of SOCKS5, and of the proxy's choice of a method.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_GREETING_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_GREETING_HPP

#include "../scenario.hpp"

namespace example::client_mode {

/// Ends a handshake whose greeting was read, as a good proxy does.
inline void deliver_after_greeting(conversation& c) {
    c.go_on_to_request();
    c.answer(c.granting_reply());
    c.serve();
}

/// A method that the greeting does not offer. One that the client may know is preferred.
inline char unoffered_method(const conversation& c) {
    for (const char method : {'\x02', '\x00', '\x03', '\x80'})
        if (!c.offers(static_cast<unsigned char>(method))) return method;
    throw skipped("the client offers all methods that the scenario would select");
}

inline void add_greeting(scenarios& list) {
    const auto add = [&list](rule r, auto play) {
        list.push_back({r, ending::delivered, play, needs::socks5});
    };
    add({"greeting-form", level::must, "The greeting has as many methods as NMETHODS says, and ends there.",
         "RFC 1928 section 3"},
        [](conversation& c) {
            c.until_greeting();
            const std::string_view more = c.listen_for(std::chrono::milliseconds(200));
            if (!more.empty() && more[0] != 5 && more[0] != 1)
                throw failed("the end of the greeting", hexadecimal(more) + " follows it");
            deliver_after_greeting(c);
        });
    add({"greeting-methods", level::should, "The greeting offers no method twice, and not 0xff.",
         "RFC 1928 section 3"},
        [](conversation& c) {
            c.until_greeting();
            std::string methods = c.greeting().substr(2);
            std::sort(methods.begin(), methods.end());
            const bool twice = std::adjacent_find(methods.begin(), methods.end()) != methods.end();
            if (twice || c.offers(0xff))
                throw failed("different methods, not 0xff", hexadecimal(c.greeting()) + " came");
            deliver_after_greeting(c);
        });
    add({"greeting-login-offered", level::should, "A client that has a user name offers username/password.",
         "RFC 1929 section 1"},
        [](conversation& c) {
            if (!c.client.has_login) throw skipped("the command has no {user} and {password}");
            c.until_greeting();
            if (!c.offers(2)) throw failed("method 2 in the greeting", hexadecimal(c.greeting()) + " came");
            deliver_after_greeting(c);
        });
    add({"greeting-login-not-offered", level::should,
         "A client without a user name does not offer username/password.", "field"},
        [](conversation& c) {
            if (c.client.has_login) throw skipped("the command has {user} and {password}");
            c.until_greeting();
            if (c.offers(2)) throw failed("no method 2 in the greeting", hexadecimal(c.greeting()) + " came");
            deliver_after_greeting(c);
        });
    add({"greeting-waits", level::should,
         "The client sends nothing between its greeting and the method selection.", "RFC 1928 section 3"},
        [](conversation& c) {
            if (c.client.may_pipeline) throw skipped("--pipelining");
            c.until_greeting();
            const std::string_view more = c.listen_for(std::chrono::milliseconds(300));
            if (!more.empty())
                throw failed("a client that waits", "it sent " + std::to_string(more.size()) + " bytes");
            deliver_after_greeting(c);
        });
}

/// Selections that the client must refuse without a further byte.
inline void add_method(scenarios& list) {
    const auto add = [&list](rule r, auto play) {
        list.push_back({r, ending::refused, play, needs::socks5});
    };
    const auto selects = [](std::string bytes) {
        return [bytes = std::move(bytes)](conversation& c) {
            c.until_greeting();
            c.refuse(bytes);
        };
    };
    add({"method-none-acceptable", level::must, "After method 0xff the client ends without a further byte.",
         "RFC 1928 section 3"},
        selects(raw("\x05\xff")));
    add({"method-not-offered", level::security, "The client refuses a method that it did not offer.",
         "RFC 1928 section 3"},
        [](conversation& c) {
            c.until_greeting();
            c.refuse(std::string("\x05") + unoffered_method(c));
        });
    add({"method-unassigned", level::must, "The client refuses method 0x42, which nobody has defined.",
         "RFC 1928 section 3"},
        [](conversation& c) {
            c.until_greeting();
            if (c.offers(0x42)) throw skipped("the client offers method 0x42");
            c.refuse(raw("\x05\x42"));
        });
    add({"method-version-0", level::must, "The client refuses a method selection of version 0.",
         "RFC 1928 section 3"},
        selects(raw("\x00\x00")));
    add({"method-version-4", level::must, "The client refuses a method selection of version 4.",
         "RFC 1928 section 3"},
        selects(raw("\x04\x00")));
    add({"method-version-6", level::must, "The client refuses a method selection of version 6.",
         "RFC 1928 section 3"},
        selects(raw("\x06\x00")));
}

}  // namespace example::client_mode

#endif
