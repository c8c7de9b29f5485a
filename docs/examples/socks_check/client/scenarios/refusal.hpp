// Scenarios of a reply that refuses: each code, and each form in which proxies send it. The client ends with
// a failure and sends nothing more.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_REFUSAL_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_REFUSAL_HPP

#include "../scenario.hpp"

namespace example::client_mode {

inline void add_refusal_codes(scenarios& list) {
    const auto add = [&list](std::string_view id, const std::string& what, char code, needs needed,
                             level importance = level::must) {
        const bool five = needed == needs::socks5;
        const rule r{id, importance, keep("The client ends with a failure after " + what + "."),
                     five ? "RFC 1928 section 6" : "SOCKS4 memo"};
        const std::string reply = five ? std::string("\x05") + code + raw("\x00\x01\x00\x00\x00\x00\x00\x00")
                                       : raw("\x00") + code + raw("\x00\x00\x00\x00\x00\x00");
        const auto play = [reply](conversation& c) {
            c.until_request();
            c.refuse(reply);
        };
        list.push_back({r, ending::refused, play, needed});
    };
    add("refusal-general-failure", "REP 1", 1, needs::socks5);
    add("refusal-not-allowed", "REP 2", 2, needs::socks5);
    add("refusal-network-unreachable", "REP 3", 3, needs::socks5);
    add("refusal-host-unreachable", "REP 4", 4, needs::socks5);
    add("refusal-connection-refused", "REP 5", 5, needs::socks5);
    add("refusal-ttl-expired", "REP 6", 6, needs::socks5);
    add("refusal-command-not-supported", "REP 7", 7, needs::socks5);
    add("refusal-address-type-not-supported", "REP 8", 8, needs::socks5);
    add("refusal-unassigned-code", "REP 0x42, which nobody has defined", 0x42, needs::socks5);
    add("refusal-code-255", "REP 0xff", '\xff', needs::socks5);
    add("refusal-socks4-code-of-socks5", "CD 0, which grants in SOCKS5 only", 0, needs::socks4);
    add("refusal-socks4-rejected", "CD 91", 91, needs::socks4);
    add("refusal-socks4-no-identd", "CD 92", 92, needs::socks4);
    add("refusal-socks4-other-user", "CD 93", 93, needs::socks4);
    add("refusal-socks4-unassigned-code", "CD 0xff, which nobody has defined", '\xff', needs::socks4);
}

inline void add_refusal_forms(scenarios& list) {
    // What a proxy of SOCKS5 and one of SOCKS4 send.
    const auto add = [&list](rule r, std::string socks5, std::string socks4, auto play) {
        const auto chooses = [socks5 = std::move(socks5), socks4 = std::move(socks4), play](conversation& c) {
            c.until_request();
            play(c, c.is_socks4() ? socks4 : socks5);
        };
        list.push_back({r, ending::refused, chooses});
    };
    const auto refuses = [](conversation& c, const std::string& reply) { c.refuse(reply); };
    const auto refuses_and_closes = [](conversation& c, const std::string& reply) {
        c.answer(reply);
        c.end_and_wait();
    };
    const auto refuses_and_waits = [](conversation& c, const std::string& reply) {
        c.answer(reply);
        c.stay_silent();
    };
    const std::string refused = raw("\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00");
    const std::string rejected = raw("\x00\x5b\x00\x00\x00\x00\x00\x00");
    add({"refusal-byte-at-a-time", level::must,
         "The client ends with a failure if each byte of the refusal comes by itself.", "field"},
        refused, rejected, [](conversation& c, const std::string& reply) {
            c.bytewise = true;
            c.refuse(reply);
        });
    add({"refusal-code-only", level::must,
         "The client ends with a failure if the proxy closes after the code.", "field"},
        raw("\x05\x05"), raw("\x00\x5b"), refuses_and_closes);
    add({"refusal-without-address", level::must,
         "The client ends with a failure if the proxy closes before the address.", "field"},
        raw("\x05\x05\x00\x01"), raw("\x00\x5b\x00\x00"), refuses_and_closes);
    add({"refusal-code-only-open", level::robustness,
         "The client ends after the code of a refusal, also if the proxy sends nothing more.", "field"},
        raw("\x05\x05"), raw("\x00\x5b"), refuses_and_waits);
    add({"refusal-open", level::robustness,
         "The client ends after a refusal, also if the proxy does not close.", "RFC 1928 section 6"},
        refused, rejected, refuses_and_waits);
    add({"refusal-reset", level::must,
         "The client ends with a failure if the proxy resets the connection after a refusal.", "field"},
        refused, rejected, [](conversation& c, const std::string& reply) {
            c.answer(reply);
            c.reset_now();
        });
    add({"refusal-with-page", level::must, "The client prints nothing of what follows a refusal.", "field"},
        refused, rejected, [](conversation& c, const std::string& reply) { c.refuse(reply + c.page()); });
    add({"refusal-then-granted", level::security, "A refusal stays one if a granting reply follows.",
         "RFC 1928 section 6"},
        refused + raw("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"),
        rejected + raw("\x00\x5a\x00\x00\x00\x00\x00\x00"), refuses);
    const auto add5 = [&list](rule r, std::string reply) {
        const auto play = [reply = std::move(reply)](conversation& c) {
            c.until_request();
            c.refuse(reply);
        };
        list.push_back({r, ending::refused, play, needs::socks5});
    };
    add5({"refusal-with-address-type-0", level::must,
          "The address of a refusal does not matter, not even ATYP 0.", "field"},
         raw("\x05\x01\x00\x00\x00\x00\x00\x00\x00\x00"));
    add5({"refusal-with-ipv6", level::must, "A refusal may have an IPv6 address.", "RFC 1928 section 6"},
         raw("\x05\x04\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x1f\x90"));
    add5({"refusal-with-name", level::must, "A refusal may have a name.", "RFC 1928 section 6"},
         raw("\x05\x04\x00\x03\x0drelay.example\x1f\x90"));
}

}  // namespace example::client_mode

#endif
