// The floor: the handshakes as straight-line code that assumes valid, complete and contiguous messages. It
// does the same work as ours, and checks nothing.

#ifndef SOCKS_BENCH_FLOOR_HPP
#define SOCKS_BENCH_FLOOR_HPP

#include <cstring>

#include "bench.hpp"

namespace bench {

inline size_t port_at(const char* p) {
    return static_cast<size_t>(static_cast<unsigned char>(p[0]) << 8 | static_cast<unsigned char>(p[1]));
}

inline size_t length_at(const char* p) { return static_cast<unsigned char>(*p); }

inline char* put_port(char* to, uint16_t port) {
    to[0] = static_cast<char>(port >> 8);
    to[1] = static_cast<char>(port);
    return to + 2;
}

// What the floor is given and writes: the same as ours, as plain bytes.
struct plain_service {
    const char* user;
    const char* password;
    char address[4];
    uint16_t port;
};

inline char* put_reply5(char* out, const plain_service& app) {
    std::memcpy(out, "\x05\x00\x00\x01", 4);
    std::memcpy(out + 4, app.address, 4);
    return put_port(out + 8, app.port);
}

template <char Accepted>
outcome floor_serve5(const sample& s) {
    const auto& app = *static_cast<const plain_service*>(s.with);
    const char* in = s.in;
    char* out = s.out;
    const size_t methods = length_at(in + 1);
    if (std::memchr(in + 2, Accepted, methods) == nullptr) return {};
    in += 2 + methods;
    out[0] = 5;
    out[1] = Accepted;
    out += 2;
    if (Accepted == 2) {
        const size_t user = length_at(in + 1);
        const size_t password = length_at(in + 2 + user);
        if (std::memcmp(in + 2, app.user, user) != 0 ||
            std::memcmp(in + 3 + user, app.password, password) != 0)
            return {};
        in += 3 + user + password;
        out[0] = 1;
        out[1] = 0;
        out += 2;
    }
    size_t digest = 0;
    switch (in[3]) {
        case 1: digest = mix(0, port_at(in + 8)); break;
        case 3: digest = mix(length_at(in + 4), port_at(in + 5 + length_at(in + 4))); break;
        case 4: digest = mix(0, port_at(in + 20)); break;
    }
    return {static_cast<size_t>(put_reply5(out, app) - s.out), digest};
}

inline outcome floor_serve4(const sample& s) {
    const auto& app = *static_cast<const plain_service*>(s.with);
    const size_t user = std::strlen(s.in + 8);
    const bool named = s.in[4] == 0 && s.in[5] == 0 && s.in[6] == 0 && s.in[7] != 0;
    const size_t name = named ? std::strlen(s.in + 9 + user) : 0;
    s.out[0] = 0;
    s.out[1] = 90;
    put_port(s.out + 2, app.port);
    std::memcpy(s.out + 4, app.address, 4);
    return {8, mix(name, port_at(s.in + 2))};
}

struct plain_request {
    const char* user;
    size_t user_size;
    const char* password;
    size_t password_size;
    const char* name;
    size_t name_size;
    const char* address;
    uint16_t port;
};

template <char... Offered>
outcome floor_connect5(const sample& s) {
    const auto& request = *static_cast<const plain_request*>(s.with);
    const char* in = s.in;
    char* out = s.out;
    const char greeting[] = {5, sizeof...(Offered), Offered...};
    std::memcpy(out, greeting, sizeof greeting);
    out += sizeof greeting;
    if (in[1] == 2) {
        out[0] = 1;
        out[1] = static_cast<char>(request.user_size);
        std::memcpy(out + 2, request.user, request.user_size);
        out += 2 + request.user_size;
        out[0] = static_cast<char>(request.password_size);
        std::memcpy(out + 1, request.password, request.password_size);
        out += 1 + request.password_size;
        in += 2;
        if (in[1] != 0) return {};
    }
    in += 2;
    std::memcpy(out, "\x05\x01\x00\x03", 4);
    out[4] = static_cast<char>(request.name_size);
    std::memcpy(out + 5, request.name, request.name_size);
    out = put_port(out + 5 + request.name_size, request.port);
    if (in[1] != 0) return {};
    size_t digest = 0;
    switch (in[3]) {
        case 1: digest = mix(static_cast<unsigned char>(in[7]), port_at(in + 8)); break;
        case 3: digest = mix(length_at(in + 4), port_at(in + 5 + length_at(in + 4))); break;
        case 4: digest = mix(static_cast<unsigned char>(in[19]), port_at(in + 20)); break;
    }
    return {static_cast<size_t>(out - s.out), digest};
}

inline outcome floor_connect4(const sample& s) {
    const auto& request = *static_cast<const plain_request*>(s.with);
    char* out = s.out;
    out[0] = 4;
    out[1] = 1;
    put_port(out + 2, request.port);
    std::memcpy(out + 4, request.address, 4);
    std::memcpy(out + 8, request.user, request.user_size);
    out += 8 + request.user_size;
    *out++ = 0;
    if (request.name_size != 0) {
        std::memcpy(out, request.name, request.name_size);
        out += request.name_size;
        *out++ = 0;
    }
    if (s.in[1] != 90) return {};
    return {static_cast<size_t>(out - s.out), mix(static_cast<unsigned char>(s.in[7]), port_at(s.in + 2))};
}

}  // namespace bench

#endif
