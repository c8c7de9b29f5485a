// What the rows of users.cpp and interleaved.cpp share. A program reads its options, its credentials and its
// destinations at run time, so all of them come from memory that the optimiser does not know.

#ifndef SOCKS_BENCH_USERS_USERS_HPP
#define SOCKS_BENCH_USERS_USERS_HPP

#include "../bench.hpp"
#include "hand_written.hpp"

namespace bench {

// What a server's program knows, and whom it lets in. All contenders ask the same function.
struct users {
    socks::bytes name;
    socks::bytes password;

    [[nodiscard]] bool known(socks::bytes n, socks::bytes p) const { return n == name && p == password; }
};

struct service {
    socks::server_options options;
    users let_in;
    socks::reply answer;
};

struct program {
    bool v4;
    bool v4a;
    bool v5;
    hand_written::text methods;
    users let_in;
    hand_written::answer answer;

    [[nodiscard]] bool known(const hand_written::text& n, const hand_written::text& p) const {
        return let_in.known({n.data, n.size}, {p.data, p.size});
    }
};

// What an application does with an address: it has to look at the kind, and at the bytes.
inline size_t digest_of(const socks::endpoint& e) {
    switch (e.host.kind()) {
        case socks::host_kind::ipv4: return mix(e.host.v4().bytes[3], e.port);
        case socks::host_kind::ipv6: return mix(e.host.v6().bytes[15], e.port);
        case socks::host_kind::name: return mix(e.host.name().size(), e.port);
        case socks::host_kind::none:
        case socks::host_kind::bad: break;
    }
    return 0;
}

inline size_t digest_of(const hand_written::place& p) {
    switch (p.type) {
        case hand_written::ipv4: return mix(static_cast<unsigned char>(p.host.data[3]), p.port);
        case hand_written::ipv6: return mix(static_cast<unsigned char>(p.host.data[15]), p.port);
        case hand_written::name: return mix(p.host.size, p.port);
        default: return 0;
    }
}

inline size_t digest_of(const socks::client::completed& c) {
    return mix(digest_of(c.reply.bound), c.early.size());
}

// One handshake with whole messages: everything that the peer sends is there at the start. `with` of the
// sample is a service or a program, a socks::request or a hand_written::request.
outcome serve_by_hand(const sample&);
outcome serve_views(const sample&);
outcome serve_mailboxes(const sample&);
outcome serve_another_unit(const sample&);
outcome serve_coroutine(const sample&);
outcome connect_by_hand(const sample&);
outcome connect_views(const sample&);
outcome connect_mailboxes(const sample&);
outcome connect_another_unit(const sample&);
outcome connect_coroutine(const sample&);

// One read more: the end of what was received.
inline const char* received(const sample& s, const char* end) {
    return static_cast<size_t>(s.in + s.size - end) > s.chunk ? end + s.chunk : s.in + s.size;
}

// What a handshake writes, and what it is told.
struct messages {
    const char* data;
    size_t count;
    size_t sizes[3];
    size_t digest;

    messages(const std::vector<std::string>& parts, size_t told)
        : count(parts.size()), sizes{}, digest(told) {
        std::string all;
        for (size_t i = 0; i < count; ++i) {
            sizes[i] = parts[i].size();
            all += parts[i];
        }
        data = apart(all);
    }
    [[nodiscard]] size_t size() const { return sizes[0] + sizes[1] + sizes[2]; }
};

// The reads and writes of a handshake over mailboxes, without a machine: one read, and one write a message.
outcome stubs(const sample&);

}  // namespace bench

#endif
