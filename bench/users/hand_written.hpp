// The handshakes as a careful program has them without the library: a state, a switch, pointers and lengths.
// They check what ours check in these handshakes, keep their state while a message is incomplete, and copy no
// message. A message is read where it was received, and its reply is written where it is sent from. They have
// no BIND, no other methods, no later answers and no pipelining, and they read the list of methods again
// instead of storing it.

#ifndef SOCKS_BENCH_USERS_HAND_WRITTEN_HPP
#define SOCKS_BENCH_USERS_HAND_WRITTEN_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace bench::hand_written {

// `more`: call again with more bytes, or with `closed`. `no_space`: call again with more space.
enum class progress : uint8_t { more, no_space, done, failed };

enum class failure : uint8_t {
    none,
    not_socks,
    version,
    authentication_required,
    no_methods,
    no_acceptable_method,
    method_not_offered,
    credentials,
    command,
    address_type,
    host,
    user,
    password,
    too_long,
    refused,
    closed,
};

// The bytes that were received and not read yet, and the space for the bytes to send.
struct stream {
    const char* in;
    const char* end;
    char* out;
    char* out_end;
    bool closed;
};

struct text {
    const char* data;
    size_t size;
    friend bool operator==(const text& a, const text& b) {
        return a.size == b.size && std::memcmp(a.data, b.data, a.size) == 0;
    }
};

enum : uint8_t { ipv4 = 1, name = 3, ipv6 = 4 };

// An address as its bytes in a message, or a name. The type 0 is no address.
struct place {
    uint8_t type;
    text host;
    uint16_t port;
};

inline const place nowhere{ipv4, {"\0\0\0\0", 4}, 0};

inline uint8_t at(const char* p) { return static_cast<uint8_t>(*p); }

inline uint16_t port_at(const char* p) { return static_cast<uint16_t>(at(p) << 8 | at(p + 1)); }

inline void put_port(char* p, uint16_t port) {
    p[0] = static_cast<char>(port >> 8);
    p[1] = static_cast<char>(port);
}

inline bool contains(const text& t, char c) { return std::memchr(t.data, c, t.size) != nullptr; }

// A short list.
inline bool lists(const text& methods, char m) {
    for (size_t i = 0; i < methods.size; ++i)
        if (methods.data[i] == m) return true;
    return false;
}

// The size of a SOCKS5 request or reply: 0 while it is unknown, 1 for an unknown type of address.
inline size_t size5(const char* in, size_t n) {
    if (n < 5) return 0;
    switch (at(in + 3)) {
        case ipv4: return 10;
        case ipv6: return 22;
        case name: return 7U + at(in + 4);
        default: return 1;
    }
}

inline place place5(const char* in, size_t size) {
    const uint8_t type = at(in + 3);
    const uint16_t port = port_at(in + size - 2);
    if (type == name) return {type, {in + 5, size - 7}, port};
    return {type, {in + 4, size - 6}, port};
}

// The longest SOCKS5 request or reply.
inline constexpr ptrdiff_t longest5 = 4 + 1 + 255 + 2;

// These write a message and return its end, or null if it does not fit.

inline char* put2(char* out, const char* end, uint8_t first, uint8_t second) {
    if (end - out < 2) return nullptr;
    out[0] = static_cast<char>(first);
    out[1] = static_cast<char>(second);
    return out + 2;
}

// A SOCKS5 request or reply.
inline char* put5(char* out, const char* end, uint8_t second, const place& to) {
    const size_t size = (to.type == name ? 7 : 6) + to.host.size;
    if (static_cast<size_t>(end - out) < size) return nullptr;
    out[0] = 5;
    out[1] = static_cast<char>(second);
    out[2] = 0;
    out[3] = static_cast<char>(to.type);
    switch (to.type) {
        case ipv4: std::memcpy(out + 4, to.host.data, 4); break;
        case ipv6: std::memcpy(out + 4, to.host.data, 16); break;
        default: out[4] = static_cast<char>(to.host.size); std::memcpy(out + 5, to.host.data, to.host.size);
    }
    put_port(out + size - 2, to.port);
    return out + size;
}

inline char* put_reply4(char* out, const char* end, uint8_t code, const place& bound) {
    if (end - out < 8) return nullptr;
    out[0] = 0;
    out[1] = static_cast<char>(code);
    put_port(out + 2, bound.port);
    std::memcpy(out + 4, bound.type == ipv4 ? bound.host.data : "\0\0\0\0", 4);
    return out + 8;
}

struct answer {
    uint8_t code;  // of SOCKS5
    place bound;
};

// The server. `Program` has v4, v4a, v5, methods and known(user, password). `dial(command, place)` returns an
// answer.
class server {
  public:
    template <class Program, class Dial>
    progress advance(stream& s, const Program& app, Dial dial) {
        for (;;) {
            const char* in = s.in;
            auto n = static_cast<size_t>(s.end - in);
            switch (state_) {
                case state::start: {
                    if (n == 0) return need_more(s);
                    if (in[0] == 4) {
                        state_ = state::request4;
                        continue;
                    }
                    if (in[0] != 5) return fail(failure::not_socks);
                    if (!app.v5) return refuse(s, 5, 0xff, failure::version);
                    if (n < 2) return need_more(s);
                    const text offered{in + 2, at(in + 1)};
                    if (offered.size == 0) return refuse(s, 5, 0xff, failure::no_methods);
                    if (n < 2 + offered.size) return need_more(s);
                    const uint8_t chosen = choose(app.methods, offered);
                    if (chosen == 0xff) return refuse(s, 5, 0xff, failure::no_acceptable_method);
                    char* const end = put2(s.out, s.out_end, 5, chosen);
                    if (end == nullptr) return progress::no_space;
                    s.out = end;
                    s.in = in = offered.data + offered.size;
                    n -= 2 + offered.size;
                    if (chosen != 2) {
                        state_ = state::request5;
                        continue;
                    }
                    state_ = state::credentials;
                    [[fallthrough]];
                }
                case state::credentials: {
                    if (n != 0 && in[0] != 1) return refuse(s, 1, 1, failure::version);
                    if (n < 2) return need_more(s);
                    const text user{in + 2, at(in + 1)};
                    if (n < 3 + user.size) return need_more(s);
                    const text password{in + 3 + user.size, at(in + 2 + user.size)};
                    if (n < 3 + user.size + password.size) return need_more(s);
                    if (s.out_end - s.out < 2) return progress::no_space;  // before the question
                    if (!app.known(user, password)) return refuse(s, 1, 1, failure::credentials);
                    s.out = put2(s.out, s.out_end, 1, 0);
                    s.in = in = password.data + password.size;
                    n -= 3 + user.size + password.size;
                    state_ = state::request5;
                    [[fallthrough]];
                }
                case state::request5: {
                    if (n != 0 && in[0] != 5) return refuse5(s, 1, failure::version);
                    const size_t size = size5(in, n);
                    if (size == 1) return refuse5(s, 8, failure::address_type);
                    if (size == 0 || n < size) return need_more(s);
                    const place to = place5(in, size);
                    if (to.type == name && (to.host.size == 0 || contains(to.host, 0)))
                        return refuse5(s, 1, failure::host);
                    if (s.out_end - s.out < longest5) return progress::no_space;  // before the question
                    const answer& a = dial(at(in + 1), to);
                    char* const end = put5(s.out, s.out_end, a.code, a.bound);
                    if (end == nullptr) return fail(failure::host);
                    s.out = end;
                    s.in = in + size;
                    return a.code == 0 ? succeed() : fail(failure::refused);
                }
                case state::request4: {
                    if (!app.v4 && !app.v4a) return refuse4(s, failure::version);
                    if (!lists(app.methods, 0)) return refuse4(s, failure::authentication_required);
                    if (n < 9) return need_more(s);
                    const uint8_t command = at(in + 1);
                    if (command == 3 || command == 5 || command == 0xf1) return refuse4(s, failure::command);
                    const bool named = in[4] == 0 && in[5] == 0 && in[6] == 0 && in[7] != 0;
                    if (!(named ? app.v4a : app.v4)) return refuse4(s, failure::version);
                    if (user_end_ == 0) {
                        if (!find_nul(in, n, 8)) return unfinished4(s, 8);
                        user_end_ = seen_++;
                    }
                    place to{ipv4, {in + 4, 4}, port_at(in + 2)};
                    size_t size = user_end_ + 1U;
                    if (named) {
                        if (!find_nul(in, n, size)) return unfinished4(s, size);
                        if (seen_ == size) return refuse4(s, failure::host);
                        to.type = name;
                        to.host = {in + size, seen_ - size};
                        size = seen_ + 1U;
                    }
                    if (s.out_end - s.out < 8) return progress::no_space;  // before the question
                    const answer& a = dial(command, to);
                    s.out = put_reply4(s.out, s.out_end, a.code == 0 ? 90 : 91, a.bound);
                    s.in = in + size;
                    return a.code == 0 ? succeed() : fail(failure::refused);
                }
                case state::done: return progress::done;
                case state::failed: return progress::failed;
            }
        }
    }

    [[nodiscard]] failure why() const { return why_; }

  private:
    enum class state : uint8_t { start, credentials, request5, request4, done, failed };

    static uint8_t choose(const text& methods, const text& offered) {
        for (size_t i = 0; i < methods.size; ++i)
            if (lists(offered, methods.data[i])) return at(methods.data + i);
        return 0xff;
    }

    // Continues the search for the NUL of a string, of which at most 255 bytes may come before it.
    bool find_nul(const char* in, size_t n, size_t begin) {
        const size_t limit = n < begin + 256 ? n : begin + 256;
        const void* const found = std::memchr(in + seen_, 0, limit - seen_);
        const size_t stop =
            found == nullptr ? limit : static_cast<size_t>(static_cast<const char*>(found) - in);
        seen_ = static_cast<uint16_t>(stop);
        return found != nullptr;
    }

    progress unfinished4(stream& s, size_t begin) {
        return seen_ > begin + 255 ? refuse4(s, failure::too_long) : need_more(s);
    }

    progress succeed() {
        state_ = state::done;
        return progress::done;
    }

    progress fail(failure why) {
        state_ = state::failed;
        why_ = why;
        return progress::failed;
    }

    progress need_more(const stream& s) { return s.closed ? fail(failure::closed) : progress::more; }

    // The error reply is sent before the failure is returned.
    progress refuse_with(stream& s, char* end, failure why) {
        if (end == nullptr) return progress::no_space;
        s.out = end;
        return fail(why);
    }

    progress refuse(stream& s, uint8_t first, uint8_t second, failure why) {
        return refuse_with(s, put2(s.out, s.out_end, first, second), why);
    }

    progress refuse5(stream& s, uint8_t code, failure why) {
        return refuse_with(s, put5(s.out, s.out_end, code, nowhere), why);
    }

    progress refuse4(stream& s, failure why) {
        return refuse_with(s, put_reply4(s.out, s.out_end, 91, nowhere), why);
    }

    state state_ = state::start;
    failure why_ = failure::none;
    uint16_t seen_ = 8;      // a SOCKS4 request: the bytes that were searched
    uint16_t user_end_ = 0;  // a SOCKS4 request: the NUL of the user ID, once it is found
};

// What a client asks for. The program has checked the bytes of the name when it read it.
struct request {
    bool socks5;
    bool named;  // over SOCKS4: whether the proxy knows SOCKS4a
    uint8_t command;
    place to;
    text user;
    text password;
    text methods;
};

// The client. After `done` bound() is the address of the reply, and the bytes after it are the destination's.
class client {
  public:
    progress advance(stream& s, const request& r) {
        for (;;) {
            const char* in = s.in;
            auto n = static_cast<size_t>(s.end - in);
            switch (state_) {
                case state::start: {
                    const failure fault = check(r);
                    if (fault != failure::none) return fail(fault);
                    if (!r.socks5) {
                        char* const end = put_request4(s.out, s.out_end, r);
                        if (end == nullptr) return progress::no_space;
                        s.out = end;
                        state_ = state::reply4;
                        continue;
                    }
                    char* const end = put_greeting(s.out, s.out_end, r.methods);
                    if (end == nullptr) return progress::no_space;
                    s.out = end;
                    state_ = state::method;
                    [[fallthrough]];
                }
                case state::method: {
                    if (n != 0 && in[0] != 5) return fail(failure::version);
                    if (n < 2) return need_more(s);
                    const char chosen = in[1];
                    if (chosen == '\xff') return fail(failure::no_acceptable_method);
                    if (!lists(r.methods, chosen)) return fail(failure::method_not_offered);
                    char* const end = chosen == 2 ? put_credentials(s.out, s.out_end, r)
                                                  : put5(s.out, s.out_end, r.command, r.to);
                    if (end == nullptr) return progress::no_space;
                    s.out = end;
                    s.in = in += 2;
                    n -= 2;
                    if (chosen != 2) {
                        state_ = state::reply5;
                        continue;
                    }
                    state_ = state::status;
                    [[fallthrough]];
                }
                case state::status: {
                    if (n != 0 && in[0] != 1 && in[0] != 5) return fail(failure::version);
                    if (n < 2) return need_more(s);
                    if (in[1] != 0) return fail(failure::credentials);
                    char* const end = put5(s.out, s.out_end, r.command, r.to);
                    if (end == nullptr) return progress::no_space;
                    s.out = end;
                    s.in = in += 2;
                    n -= 2;
                    state_ = state::reply5;
                    [[fallthrough]];
                }
                case state::reply5: {
                    if (n != 0 && in[0] != 5) return fail(failure::version);
                    if (n >= 2 && in[1] != 0) return refused(in[1]);
                    const size_t size = size5(in, n);
                    if (size == 1) return fail(failure::address_type);
                    if (size == 0 || n < size) return need_more(s);
                    bound_ = place5(in, size);
                    if (bound_.type == name) {
                        if (bound_.host.size > 1 && contains(bound_.host, 0)) return fail(failure::host);
                        // Some proxies send an empty name, or a NUL, for no address.
                        if (bound_.host.size == 0 || bound_.host.data[0] == 0) bound_ = {};
                    }
                    s.in = in + size;
                    state_ = state::done;
                    return progress::done;
                }
                case state::reply4: {
                    if (n != 0 && in[0] != 0 && in[0] != 4) return fail(failure::version);
                    if (n >= 2 && in[1] != 90) return refused(in[1]);
                    if (n < 8) return need_more(s);
                    bound_ = {ipv4, {in + 4, 4}, port_at(in + 2)};
                    s.in = in + 8;
                    state_ = state::done;
                    return progress::done;
                }
                case state::done: return progress::done;
                case state::failed: return progress::failed;
            }
        }
    }

    [[nodiscard]] const place& bound() const { return bound_; }
    [[nodiscard]] failure why() const { return why_; }
    [[nodiscard]] uint8_t code() const { return code_; }

  private:
    enum class state : uint8_t { start, method, status, reply5, reply4, done, failed };

    static failure check(const request& r) {
        if (r.to.host.size == 0 || r.to.host.size > 255) return failure::host;
        if (r.user.size > 255) return failure::user;
        if (r.socks5) {
            if (r.password.size > 255) return failure::password;
            return r.methods.size == 0 || r.methods.size > 255 ? failure::no_methods : failure::none;
        }
        if (r.command == 3) return failure::command;
        if (r.to.type == ipv6 || (r.to.type == name && !r.named)) return failure::host;
        const char* const a = r.to.host.data;
        if (r.to.type == ipv4 && a[0] == 0 && a[1] == 0 && a[2] == 0 && a[3] != 0) return failure::host;
        return contains(r.user, 0) ? failure::user : failure::none;
    }

    static char* put_greeting(char* out, const char* end, const text& methods) {
        if (static_cast<size_t>(end - out) < 2 + methods.size) return nullptr;
        out[0] = 5;
        out[1] = static_cast<char>(methods.size);
        std::memcpy(out + 2, methods.data, methods.size);
        return out + 2 + methods.size;
    }

    static char* put_credentials(char* out, const char* end, const request& r) {
        if (static_cast<size_t>(end - out) < 3 + r.user.size + r.password.size) return nullptr;
        *out++ = 1;
        *out++ = static_cast<char>(r.user.size);
        std::memcpy(out, r.user.data, r.user.size);
        out += r.user.size;
        *out++ = static_cast<char>(r.password.size);
        std::memcpy(out, r.password.data, r.password.size);
        return out + r.password.size;
    }

    static char* put_request4(char* out, const char* end, const request& r) {
        const bool named = r.to.type == name;
        if (static_cast<size_t>(end - out) < 9 + r.user.size + (named ? r.to.host.size + 1 : 0))
            return nullptr;
        out[0] = 4;
        out[1] = static_cast<char>(r.command);
        put_port(out + 2, r.to.port);
        std::memcpy(out + 4, named ? "\0\0\0\1" : r.to.host.data, 4);
        std::memcpy(out + 8, r.user.data, r.user.size);
        out += 8 + r.user.size;
        *out++ = 0;
        if (!named) return out;
        std::memcpy(out, r.to.host.data, r.to.host.size);
        out += r.to.host.size;
        *out++ = 0;
        return out;
    }

    progress fail(failure why) {
        state_ = state::failed;
        why_ = why;
        return progress::failed;
    }

    progress refused(char code) {
        code_ = static_cast<uint8_t>(code);
        return fail(failure::refused);
    }

    progress need_more(const stream& s) { return s.closed ? fail(failure::closed) : progress::more; }

    state state_ = state::start;
    failure why_ = failure::none;
    uint8_t code_ = 0;
    place bound_{};
};

}  // namespace bench::hand_written

#endif
