// Hosts, requests, options and answers, read from the front of an input. seeds.cpp writes them in the same
// form.

#ifndef SOCKS_FUZZ_REQUESTS_HPP
#define SOCKS_FUZZ_REQUESTS_HPP

#include "fuzz.hpp"

namespace fuzzing {

//     0 | 1 IPv4 | 2 IPv6 | 3 length text | 4 length name, as received
inline socks::host any_host(input& in) {
    switch (in.byte() % 5) {
        case 0: return {};
        case 1: {
            socks::ipv4 a;
            for (uint8_t& byte : a.bytes) byte = in.byte();
            return a;
        }
        case 2: {
            socks::ipv6 a;
            for (uint8_t& byte : a.bytes) byte = in.byte();
            return a;
        }
        case 3: return socks::host(in.counted());
        default: return socks::host::as_received(in.counted());
    }
}

inline socks::endpoint any_endpoint(input& in) {
    const socks::host h = any_host(in);
    return {h, in.u16()};
}

//     count  method...
inline socks::methods any_methods(input& in) {
    socks::methods m;
    for (int n = in.byte() % 5; n != 0; --n) static_cast<void>(m.add(static_cast<socks::method>(in.byte())));
    return m;
}

//     via  command  host  port  0 | 1 length user length password  methods
inline socks::request any_request(input& in) {
    constexpr socks::version versions[] = {socks::version::v5, socks::version::v4, socks::version::v4a};
    socks::request r;
    r.version = versions[in.byte() % 3];
    r.command = static_cast<socks::command>(in.byte());
    r.to = any_endpoint(in);
    if ((in.byte() & 1) != 0) {
        const bytes user = in.counted();
        r.credentials = {user, in.counted()};
    }
    r.methods = any_methods(in);
    return r;
}

inline socks::tolerance any_tolerance(uint8_t byte) {
    return {.reply4_version = static_cast<socks::leeway>((byte & 3) % 3),
            .auth_status_version = static_cast<socks::leeway>((byte >> 2 & 3) % 3),
            .credentials_version_5 = (byte & 0x10) != 0,
            .reserved = (byte & 0x20) != 0,
            .empty_credentials = (byte & 0x40) != 0,
            .empty_bound = (byte & 0x80) != 0};
}

//     versions  tolerance  methods
inline socks::server_options any_server_options(input& in) {
    const uint8_t versions = in.byte();
    const uint8_t tolerance = in.byte();
    return {.v4 = (versions & 1) == 0,
            .v4a = (versions & 2) == 0,
            .v5 = (versions & 4) == 0,
            .v4_after_greeting = (versions & 8) != 0,
            .methods = any_methods(in),
            .tolerance = any_tolerance(tolerance)};
}

// What the application behind a server answers to its questions.
//
//     yes  and twice: version  code  host  port
struct answers {
    bool grants;
    bool negotiates;
    socks::reply replies[2];
};

inline socks::reply any_reply(input& in) {
    const socks::version via = (in.byte() & 1) != 0 ? socks::version::v4 : socks::version::v5;
    const uint8_t code = in.byte();
    return {socks::reply_code(via, code), any_endpoint(in)};
}

inline answers any_answers(input& in) {
    const uint8_t yes = in.byte();
    const socks::reply first = any_reply(in);
    return {(yes & 1) != 0, (yes & 2) != 0, {first, any_reply(in)}};
}

}  // namespace fuzzing

#endif
