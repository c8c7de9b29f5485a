// Scenarios of a proxy that falls silent, closes or resets at each stage of the handshake, and of the tunnel
// after it.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_STAGES_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_STAGES_HPP

#include "../scenario.hpp"

namespace example::client_mode {

/// A point of the handshake at which the proxy stops.
struct stage {
    std::string id;
    std::string words;
    void (*reach)(conversation&);
    needs needed = needs::socks;
};

inline const std::vector<stage>& stages() {
    static const std::vector<stage> list{
        {"at-once", "before the first answer", [](conversation& c) { c.read_first(); }},
        {"inside-method-selection", "inside the method selection",
         [](conversation& c) {
             c.until_greeting();
             c.answer("\x05");
         },
         needs::socks5},
        {"after-login", "after user name and password", [](conversation& c) { c.until_credentials(); },
         needs::login},
        {"inside-login-status", "inside the status of the login",
         [](conversation& c) {
             c.until_credentials();
             c.answer("\x01");
         },
         needs::login},
        {"after-request", "after the request", [](conversation& c) { c.until_request(); }, needs::socks5},
        {"inside-reply", "after the first byte of the reply",
         [](conversation& c) {
             c.until_request();
             c.answer(c.granting_reply().substr(0, 1));
         }},
        {"after-code", "after a code that grants",
         [](conversation& c) {
             c.until_request();
             c.answer(c.granting_reply().substr(0, 2));
         }},
        {"inside-address", "inside the bound address",
         [](conversation& c) {
             c.until_request();
             c.answer(c.granting_reply().substr(0, 6));
         }},
    };
    return list;
}

inline void add_stages(scenarios& list) {
    const auto add = [&list](const std::string& group, level importance, const std::string& event, auto act) {
        for (const stage& s : stages()) {
            const auto play = [reach = s.reach, act](conversation& c) {
                reach(c);
                act(c);
            };
            list.push_back(
                {{keep(group + '-' + s.id), importance,
                  keep("The client ends with a failure if the proxy " + event + ' ' + s.words + "."),
                  "field"},
                 ending::refused,
                 play,
                 s.needed});
        }
    };
    add("close", level::must, "closes", [](conversation& c) { c.end_and_wait(); });
    list.push_back({{"close-nobody-listens", level::must,
                     "The client ends with a failure if nobody listens on the port of the proxy.", "field"},
                    ending::refused,
                    [](conversation&) {}});
    list.back().listens = false;
    add("reset", level::must, "resets the connection", [](conversation& c) { c.reset_now(); });
    add("silence", level::robustness, "falls silent", [](conversation& c) { c.stay_silent(); });
}

inline void add_slow(scenarios& list) {
    list.push_back(
        {{"silence-drip", level::robustness,
          "The client ends with a failure if the answer comes too slowly, a byte each second.", "field"},
         ending::refused,
         [](conversation& c) {
             c.until_request();
             const std::string reply = c.is_socks4() ? raw("\x00\x5a\x00\x00\x00\x00\x00")
                                                     : raw("\x05\x00\x00\x03\xff") + std::string(254, 'b');
             try {
                 for (const char& byte : reply) {
                     c.put({&byte, 1});
                     c.pause(std::chrono::seconds(1));
                 }
                 c.stay_silent();
             } catch (const interrupted_script&) {
                 // The client has ended the connection.
             }
         }});
}

inline void add_tunnel(scenarios& list) {
    list.push_back(
        {{"tunnel-upstream", level::must,
          "What the client sends to the destination arrives complete and alone.", "RFC 1928 section 6"},
         ending::delivered,
         [](conversation& c) {
             const std::string& usual = c.client.upstream;
             if (usual.empty()) throw skipped("the client does not always send the same to the destination");
             c.until_request();
             c.answer(c.granting_reply());
             c.hear_client();
             c.pause(std::chrono::milliseconds(100));
             const std::string came = c.upstream() + c.pending();
             if (came.find(c.request()) != std::string::npos)
                 throw failed("no message of SOCKS after the reply", hexadecimal(came) + " came");
             if (came != usual)
                 throw failed(std::to_string(usual.size()) + " bytes, as in the first run",
                              hexadecimal(came) + " came");
             c.put(c.page());
             c.end_and_wait();
         }});
    list.push_back({{"tunnel-closed-at-once", level::must,
                     "If the destination sends nothing, the client prints nothing.", "field"},
                    ending::any,
                    [](conversation& c) {
                        c.until_request();
                        c.answer(c.granting_reply());
                        c.end_and_wait();
                    }});
    list.push_back({{"tunnel-reset", level::robustness,
                     "A tunnel that is reset does not look complete: the exit status is not 0.", "field"},
                    ending::cut,
                    [](conversation& c) {
                        c.until_request();
                        c.answer(c.granting_reply());
                        c.hear_client();
                        c.put(c.page().substr(0, c.page().size() / 2));
                        c.pause(std::chrono::milliseconds(200));
                        c.reset_now();
                    }});
}

}  // namespace example::client_mode

#endif
