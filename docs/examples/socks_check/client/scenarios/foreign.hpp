// Scenarios of other servers in the proxy's place, and of a proxy that never stops to send.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_FOREIGN_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_FOREIGN_HPP

#include "../scenario.hpp"

namespace example::client_mode {

inline void add_foreign(scenarios& list) {
    const auto add = [&list](rule r, auto play, needs needed = needs::socks) {
        list.push_back({r, ending::refused, play, needed});
    };
    const auto answers = [](std::string bytes) {
        return [bytes = std::move(bytes)](conversation& c) {
            c.read_first();
            c.refuse(bytes);
        };
    };
    // The server speaks before the client does.
    const auto greets = [](std::string bytes) {
        return [bytes = std::move(bytes)](conversation& c) {
            c.put(bytes);
            c.read_first();
            c.expect_nothing_more(0);
        };
    };
    add({"foreign-http-error", level::must, "The client fails if an HTTP server reports an error to it.",
         "field"},
        answers("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    add({"foreign-http-page", level::must,
         "The client fails if an HTTP server sends a page, and does not print it.", "field"},
        [](conversation& c) {
            c.read_first();
            c.refuse(c.page());
        });
    add({"foreign-tls", level::must, "The client fails if a TLS server sends it an alert.", "field"},
        answers(raw("\x15\x03\x01\x00\x02\x02\x46")));
    add({"foreign-ssh", level::must, "The client fails if an SSH server greets it.", "field"},
        greets("SSH-2.0-OpenSSH_9.2\r\n"));
    add({"foreign-smtp", level::must, "The client fails if an SMTP server greets it.", "field"},
        greets("220 mail.example ESMTP\r\n"));
    add({"foreign-echo", level::must, "The client fails if an echo service repeats its own bytes.", "field"},
        [](conversation& c) {
            c.read_first();
            try {
                c.put(c.is_socks4() ? c.request() : c.greeting());
                for (size_t echoed = 0; c.is_open();) {
                    const std::string_view all = c.listen_for(std::chrono::milliseconds(50));
                    if (all.size() > echoed) c.put(all.substr(echoed));
                    echoed = all.size();
                }
            } catch (const interrupted_script&) {
                // The client has ended.
            }
        });
    add({"foreign-socks4", level::must, "The client fails if a SOCKS4 proxy refuses its greeting.", "field"},
        answers(raw("\x00\x5b\x00\x00\x00\x00\x00\x00")), needs::socks5);
    add({"foreign-socks5", level::must, "The client fails if a SOCKS5 proxy refuses its version.", "field"},
        answers(raw("\x05\xff")), needs::socks4);
    add({"foreign-zeros", level::must, "The client fails if the proxy answers with zeros only.", "field"},
        answers(std::string(64, '\0')));
}

/// Sends the beginning and then the same bytes for ever. The client must end the connection.
inline void flood(conversation& c, std::string_view beginning, char byte) {
    constexpr size_t most = 64 * 1024 * 1024;
    const std::string more(64 * 1024, byte);
    try {
        c.put(beginning);
        for (size_t sent = 0; sent < most; sent += more.size()) c.put(more);
        c.stay_silent();
    } catch (const interrupted_script&) {
        // The client has ended the connection.
    }
}

inline void add_flood(scenarios& list) {
    const auto add = [&list](rule r, auto play) { list.push_back({r, ending::refused, play}); };
    add({"flood-first-answer", level::robustness,
         "The client fails if endless bytes come in place of the first answer.", "field"},
        [](conversation& c) {
            c.read_first();
            flood(c, "", 'A');
        });
    add({"flood-reply", level::robustness, "The client fails if endless bytes come in place of the reply.",
         "field"},
        [](conversation& c) {
            c.until_request();
            flood(c, "", 'A');
        });
    add({"flood-http", level::robustness, "The client fails if an endless line of HTTP comes.", "field"},
        [](conversation& c) {
            c.read_first();
            flood(c, "HTTP/1.1 200 OK\r\nX-Endless: ", 'a');
        });
    add({"flood-after-refusal", level::robustness, "The client fails if endless bytes follow a refusal.",
         "field"},
        [](conversation& c) {
            c.until_request();
            flood(c,
                  c.is_socks4() ? raw("\x00\x5b\x00\x00\x00\x00\x00\x00")
                                : raw("\x05\x01\x00\x01\x00\x00\x00\x00\x00\x00"),
                  'A');
        });
}

}  // namespace example::client_mode

#endif
