// Scenarios of a granting reply: each form of the bound address, and bytes that no reply may have.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_REPLY_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_REPLY_HPP

#include "../scenario.hpp"

namespace example::client_mode {

inline void add_reply(scenarios& list) {
    const auto delivers = [](std::string reply) {
        return [reply = std::move(reply)](conversation& c) {
            c.until_request();
            c.answer(reply);
            c.serve();
        };
    };
    const auto add = [&](rule r, std::string reply, ending expected = ending::delivered,
                         needs needed = needs::socks5) {
        list.push_back({r, expected, delivers(std::move(reply)), needed});
    };
    constexpr const char* section = "RFC 1928 section 6";
    add({"reply-bound-unspecified", level::must, "A bound address 0.0.0.0:0 is no fault.", section},
        raw("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"));
    add({"reply-bound-ipv4", level::must, "The bound address may be an IPv4 address.", section},
        raw("\x05\x00\x00\x01\xcb\x00\x71\x07\x1f\x90"));
    add({"reply-bound-ipv6", level::must, "The bound address may be an IPv6 address, whatever was asked for.",
         section},
        raw("\x05\x00\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x1f\x90"));
    add({"reply-bound-name", level::must, "The bound address may be a name.", section},
        raw("\x05\x00\x00\x03\x0drelay.example\x1f\x90"));
    add({"reply-bound-name-1-byte", level::must, "The bound name may have 1 byte.", section},
        raw("\x05\x00\x00\x03\x01r\x1f\x90"));
    add({"reply-bound-name-255-bytes", level::must, "The bound name may have 255 bytes.", section},
        raw("\x05\x00\x00\x03\xff") + std::string(255, 'b') + raw("\x1f\x90"));
    add({"reply-bound-name-empty", level::robustness,
         "A bound name of 0 bytes, which known proxies send, is refused or skipped.", "field"},
        raw("\x05\x00\x00\x03\x00\x1f\x90"), ending::either);
    add({"reply-bound-name-nul", level::robustness,
         "A bound name of one NUL, which known proxies send, is refused or skipped.", "field"},
        raw("\x05\x00\x00\x03\x01\x00\x1f\x90"), ending::either);
    add({"reply-bound-garbage", level::must,
         "The bound address of CONNECT is not used, so 255.255.255.255 is no fault.", section},
        raw("\x05\x00\x00\x01\xff\xff\xff\xff\xff\xff"));
    add({"reply-rsv", level::robustness, "A reply with RSV 0xff is refused or accepted.", section},
        raw("\x05\x00\xff\x01\x00\x00\x00\x00\x00\x00"), ending::either);
    add({"reply-address-type-unknown", level::robustness,
         "After an unknown ATYP the client fails, or takes the reply for one with an IPv4 address.", section},
        raw("\x05\x00\x00\x02\x00\x00\x00\x00\x00\x00"), ending::either);
    add({"reply-socks4-bound-garbage", level::must, "Port and address of a granting reply are not used.",
         "SOCKS4 memo"},
        raw("\x00\x5a\xff\xff\xff\xff\xff\xff"), ending::delivered, needs::socks4);
    add({"reply-socks4-version-4", level::robustness,
         "A reply of VN 4, which known proxies send, is refused or accepted.", "field"},
        raw("\x04\x5a\x00\x00\x00\x00\x00\x00"), ending::either, needs::socks4);
}

/// Replies that the client must refuse although they seem to grant.
inline void add_reply_versions(scenarios& list) {
    const auto add = [&](rule r, std::string reply, needs needed) {
        const auto play = [reply = std::move(reply)](conversation& c) {
            c.until_request();
            c.refuse(reply);
        };
        list.push_back({r, ending::refused, play, needed});
    };
    add({"reply-version-0", level::must, "The client refuses a reply of version 0.", "RFC 1928 section 6"},
        raw("\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"), needs::socks5);
    add({"reply-version-4", level::must, "The client refuses a reply of version 4.", "RFC 1928 section 6"},
        raw("\x04\x00\x00\x01\x00\x00\x00\x00\x00\x00"), needs::socks5);
    add({"reply-version-6", level::must, "The client refuses a reply of version 6.", "RFC 1928 section 6"},
        raw("\x06\x00\x00\x01\x00\x00\x00\x00\x00\x00"), needs::socks5);
    add({"reply-of-socks4", level::must, "The client refuses a granting reply of SOCKS4.",
         "RFC 1928 section 6"},
        raw("\x00\x5a\x00\x00\x00\x00\x00\x00"), needs::socks5);
    add({"reply-socks4-version-5", level::robustness, "The client refuses a reply of VN 5.", "SOCKS4 memo"},
        raw("\x05\x5a\x00\x00\x00\x00\x00\x00"), needs::socks4);
}

}  // namespace example::client_mode

#endif
