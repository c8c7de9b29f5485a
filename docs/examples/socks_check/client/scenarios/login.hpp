// Scenarios of username/password.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_LOGIN_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_LOGIN_HPP

#include "../scenario.hpp"

namespace example::client_mode {

/// Accepts the login and ends the handshake as a good proxy does.
inline void deliver_after_login(conversation& c, std::string_view status = {"\x01\x00", 2}) {
    c.answer(status);
    c.read_request();
    c.answer(c.granting_reply());
    c.serve();
}

inline void expect_credentials(const conversation& c, const std::string& expected) {
    if (c.credentials() != expected)
        throw failed(
            std::to_string(expected.size()) + " bytes of user name and password: VER 1, and both complete",
            "the client sent other bytes (" + std::to_string(c.credentials().size()) + ")");
}

/// A login that no message can carry: the client must not send a part of it, and not go on without it.
inline void expect_no_login(conversation& c) {
    c.until_greeting();
    if (!c.offers(2)) throw failed("an end of the client", "it goes on without the user name");
    c.answer({"\x05\x02", 2});
    const size_t size = c.next_bytes().size();
    throw failed("no user name and password, because a message carries 255 bytes of each at most",
                 "the client sent " + std::to_string(size) + " bytes");
}

inline void add_login_forms(scenarios& list) {
    const auto add = [&list](rule r, auto play, early_end before_the_end = early_end::fails,
                             placeholders values = {}) {
        list.push_back({r, ending::delivered, play, needs::login, before_the_end, std::move(values)});
    };
    const auto accepts = [](std::string expected) {
        return [expected = std::move(expected)](conversation& c) {
            c.until_credentials();
            expect_credentials(c, expected);
            deliver_after_login(c);
        };
    };
    const std::string long_user(255, 'u'), long_password(255, 'p');
    add({"login-form", level::must, "User name and password are sent as they are, with VER 1.",
         "RFC 1929 section 2"},
        accepts(raw("\x01\x05socks\x0bopen-sesame")));
    add({"login-one-byte", level::must, "A user name and a password of one byte are sent as they are.",
         "RFC 1929 section 2"},
        accepts(raw("\x01\x01u\x01p")), early_end::passes, {.user = "u", .password = "p"});
    add({"login-255-bytes", level::must,
         "A user name and a password of 255 bytes are sent complete, or refused.", "RFC 1929 section 2"},
        accepts("\x01\xff" + long_user + '\xff' + long_password), early_end::passes,
        {.user = long_user, .password = long_password});
    add({"login-user-256-bytes", level::security,
         "The client refuses a user name of 256 bytes, and does not cut it.", "RFC 1929 section 2"},
        expect_no_login, early_end::passes, {.user = std::string(256, 'u')});
    add({"login-password-256-bytes", level::security,
         "The client refuses a password of 256 bytes, and does not cut it.", "RFC 1929 section 2"},
        expect_no_login, early_end::passes, {.password = std::string(256, 'p')});
    add({"login-waits", level::security,
         "The password is not sent before the proxy selects username/password.", "RFC 1928 section 3"},
        [](conversation& c) {
            if (c.client.may_pipeline) throw skipped("--pipelining");
            c.until_greeting();
            if (c.listen_for(std::chrono::milliseconds(300)).find("open-sesame") != std::string::npos)
                throw failed("a client that waits", "it sent the password");
            c.go_on_to_request();
            c.answer(c.granting_reply());
            c.serve();
        });
    add({"login-unasked", level::security,
         "The password is not sent to a proxy that selects no authentication.", "RFC 1928 section 3"},
        [](conversation& c) {
            c.until_greeting();
            if (!c.offers(0)) throw skipped("the client offers nothing but username/password");
            c.answer({"\x05\x00", 2});
            const std::string_view next = c.next_bytes();
            if (next.find("open-sesame") != std::string::npos || next.starts_with('\x01'))
                throw failed("a request", "the client sent user name and password");
            c.read_request();
            c.answer(c.granting_reply());
            c.serve();
        });
}

inline void add_login_answers(scenarios& list) {
    const auto add = [&list](rule r, ending expected, auto play) {
        list.push_back({r, expected, play, needs::login});
    };
    const auto refuses = [](std::string status) {
        return [status = std::move(status)](conversation& c) {
            c.until_credentials();
            c.refuse(status);
        };
    };
    add({"login-byte-at-a-time", level::must,
         "The handshake with a login succeeds if each byte comes by itself.", "RFC 1929 section 2"},
        ending::delivered, [](conversation& c) {
            c.bytewise = true;
            c.until_credentials();
            deliver_after_login(c);
        });
    add({"login-refused", level::must, "After status 1 the client ends without a further byte.",
         "RFC 1929 section 2"},
        ending::refused, refuses(raw("\x01\x01")));
    add({"login-refused-255", level::must, "Status 0xff is a refusal: only 0 is none.", "RFC 1929 section 2"},
        ending::refused, refuses(raw("\x01\xff")));
    add({"login-refused-version-5", level::must,
         "Status 1 is a refusal also with VER 5, which known proxies send.", "field"},
        ending::refused, refuses(raw("\x05\x01")));
    add({"login-refused-then-granted", level::security,
         "A refused login stays refused if a granting reply follows.", "RFC 1929 section 2"},
        ending::refused, refuses(raw("\x01\x01\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")));
    add({"login-status-version-5", level::robustness,
         "A status of VER 5, which known proxies send, is refused or accepted.", "field"},
        ending::either, [](conversation& c) {
            c.until_credentials();
            deliver_after_login(c, {"\x05\x00", 2});
        });
    add({"login-status-version-unknown", level::robustness, "A status of VER 0x48 is refused or accepted.",
         "RFC 1929 section 2"},
        ending::either, [](conversation& c) {
            c.until_credentials();
            deliver_after_login(c, {"\x48\x00", 2});
        });
}

}  // namespace example::client_mode

#endif
