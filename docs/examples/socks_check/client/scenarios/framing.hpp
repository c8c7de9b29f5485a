// Scenarios of TCP: the answers of the proxy in pieces, and together with the first bytes of the destination.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_FRAMING_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_FRAMING_HPP

#include "../scenario.hpp"

namespace example::client_mode {

/// Sends a part of the reply by itself, and the rest in one segment with everything that the destination
/// sends. A client that loses those bytes and speaks HTTP then takes another page for the answer.
inline void deliver_early(conversation& c, std::string_view alone, std::string_view rest) {
    if (!alone.empty()) c.answer(alone);
    c.pause(std::chrono::milliseconds(30));
    c.put(std::string(rest) + c.page());
    if (!c.client.prints_all) {
        c.hear_client();
        constexpr std::string_view other = "the bytes of the reply's segment are lost\n";
        const std::string size = std::to_string(other.size());
        try {
            c.put("HTTP/1.0 200 OK\r\nContent-Length: " + size + "\r\n\r\n" + std::string(other));
        } catch (const interrupted_script&) {
            return;  // it has the page and ended
        }
    }
    c.end_and_wait();
}

inline void add_framing(scenarios& list) {
    const auto add = [&list](rule r, auto play, ending expected = ending::delivered,
                             needs needed = needs::socks) {
        list.push_back({r, expected, play, needed});
    };
    add({"framing-whole", level::must, "The handshake succeeds if each message comes in one segment.",
         "RFC 1928 section 6"},
        [](conversation& c) {
            c.until_request();
            c.answer(c.granting_reply());
            c.serve();
        });
    add({"framing-byte-at-a-time", level::must, "The handshake succeeds if each byte comes by itself.",
         "field"},
        [](conversation& c) {
            c.bytewise = true;
            c.until_request();
            c.answer(c.granting_reply());
            c.serve();
        });
    for (const size_t cut : {1U, 2U, 3U, 4U, 5U, 7U}) {
        const std::string size = std::to_string(cut);
        add({keep("framing-reply-cut-after-" + size), level::must,
             keep("The handshake succeeds if the reply is cut after byte " + size + "."), "field"},
            [cut](conversation& c) {
                c.until_request();
                c.answer(c.granting_reply().substr(0, cut));
                c.pause(std::chrono::milliseconds(100));
                c.answer(c.granting_reply().substr(cut));
                c.serve();
            });
    }
    add({"framing-slow", level::robustness, "The handshake succeeds if each answer comes after 1 second.",
         "field"},
        [](conversation& c) {
            c.read_first();
            c.pause(std::chrono::seconds(1));
            c.go_on_to_request();
            c.pause(std::chrono::seconds(1));
            c.answer(c.granting_reply());
            c.serve();
        });
    add(
        {"framing-early-data", level::must,
         "Bytes of the destination in the segment of the reply are not lost.", "field"},
        [](conversation& c) {
            c.until_request();
            deliver_early(c, {}, c.granting_reply());
        },
        ending::unless_first);
    add(
        {"framing-early-data-after-a-cut", level::must,
         "Bytes of the destination are not lost if the last byte of the reply comes with them.", "field"},
        [](conversation& c) {
            c.until_request();
            deliver_early(c, c.granting_reply().substr(0, c.granting_reply().size() - 1),
                          c.granting_reply().substr(c.granting_reply().size() - 1));
        },
        ending::unless_first);
    add(
        {"framing-early-data-after-a-name", level::must,
         "Bytes of the destination are not lost after a bound name of 255 bytes.", "field"},
        [](conversation& c) {
            c.until_request();
            deliver_early(c, {}, raw("\x05\x00\x00\x03\xff") + std::string(255, 'b') + raw("\x1f\x90"));
        },
        ending::unless_first, needs::socks5);
    add(
        {"framing-early-data-after-ipv6", level::must,
         "Bytes of the destination are not lost after a bound IPv6 address.", "field"},
        [](conversation& c) {
            c.until_request();
            deliver_early(c, {}, raw("\x05\x00\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x1f\x90"));
        },
        ending::unless_first, needs::socks5);
}

}  // namespace example::client_mode

#endif
