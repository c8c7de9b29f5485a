// Ten thousand different handshakes, one after the other, as a proxy and its clients have them: both sides,
// all versions, names of 3 to 80 bytes, with and without credentials. A row that repeats one handshake trains
// the branch predictor, and keeps all of its bytes in the cache. This one does neither.

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "users.hpp"

namespace bench {
namespace {

namespace plain = hand_written;

struct exchange {
    bool client;
    std::string_view in;
    const void* ours;
    const void* plain;
    const messages* stubs;
    std::string_view out;
    size_t digest;
};

// The same sequence everywhere (xorshift).
class chance {
  public:
    size_t below(size_t n) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_ % n;
    }
    size_t between(size_t least, size_t most) { return least + below(most - least + 1); }
    std::string text(size_t size) {
        std::string made;
        while (made.size() < size) made += "abcdefghijklmnopqrstuvwxyz"[below(26)];
        return made;
    }
    std::string bytes(size_t size) {
        std::string made;
        while (made.size() < size) made += static_cast<char>(between(1, 255));
        return made;
    }

  private:
    uint64_t state_ = 88172645463325252;
};

// For the life of the program.
std::string_view stay(const std::string& s) { return {apart(s), s.size()}; }

plain::text text_of(std::string_view s) { return {s.data(), s.size()}; }

std::string port_of(uint16_t port) { return {static_cast<char>(port >> 8), static_cast<char>(port)}; }

std::string sized(std::string_view s) { return static_cast<char>(s.size()) + std::string(s); }

// An address or a name, for both contenders, and its bytes in messages.
struct place {
    std::string_view host;
    uint8_t type;
    uint16_t port;

    [[nodiscard]] std::string in_message5() const {
        return static_cast<char>(type) + (type == plain::name ? sized(host) : std::string(host)) +
               port_of(port);
    }
    [[nodiscard]] plain::place for_plain() const { return {type, text_of(host), port}; }
    [[nodiscard]] socks::endpoint for_ours() const {
        if (type == plain::name) return {socks::host(host), port};
        socks::ipv4 four;
        socks::ipv6 six;
        for (size_t i = 0; i < host.size(); ++i)
            (type == plain::ipv4 ? four.bytes[i] : six.bytes[i]) = static_cast<uint8_t>(host[i]);
        if (type == plain::ipv4) return {four, port};
        return {six, port};
    }
};

struct user {
    std::string_view name;
    std::string_view password;
};

class handshakes {
  public:
    handshakes() {
        for (size_t i = 0; i < 16; ++i)
            users_.push_back(
                {stay(random_.text(random_.between(3, 16))), stay(random_.text(random_.between(3, 20)))});
    }

    exchange next() {
        const bool client = random_.below(2) == 0;
        const size_t kind = random_.below(10);
        const user& who = users_[random_.below(users_.size())];
        if (kind < 2) return over4(client, who, address(plain::ipv4));
        if (kind < 4) return over4(client, who, name());
        const size_t to = random_.below(10);
        return over5(client, who, random_.below(2) == 0,
                     to < 2   ? address(plain::ipv4)
                     : to < 3 ? address(plain::ipv6)
                              : name());
    }

  private:
    uint16_t port() { return static_cast<uint16_t>(random_.between(1, 65535)); }
    place name() { return {stay(random_.text(random_.between(3, 80))), plain::name, port()}; }
    place address(uint8_t type) { return {stay(random_.bytes(type == plain::ipv4 ? 4 : 16)), type, port()}; }

    exchange over4(bool client, const user& who, const place& to) {
        const bool named = to.type == plain::name;
        const place bound = address(plain::ipv4);
        std::string request = "\4\1" + port_of(to.port);
        request += named ? std::string("\0\0\0\1", 4) : std::string(to.host);
        request += std::string(who.name) + '\0';
        if (named) request += std::string(to.host) + '\0';
        const std::string reply = std::string("\0\x5a", 2) + port_of(bound.port) + std::string(bound.host);
        return made(client, named ? socks::version::v4a : socks::version::v4, {}, who, to, bound, {request},
                    {reply});
    }

    exchange over5(bool client, const user& who, bool login, const place& to) {
        const place bound = address(client && random_.below(8) == 0 ? plain::ipv6 : plain::ipv4);
        const std::string request = std::string("\5\1\0", 3) + to.in_message5();
        const std::string reply = std::string("\5\0\0", 3) + bound.in_message5();
        if (!login)
            return made(client, socks::version::v5, none_, who, to, bound,
                        {std::string("\5\1\0", 3), request}, {std::string("\5\0", 2), reply});
        const std::string credentials = '\1' + sized(who.name) + sized(who.password);
        return made(client, socks::version::v5, both_, who, to, bound,
                    {std::string("\5\2\2\0", 4), credentials, request},
                    {std::string("\5\2", 2), std::string("\1\0", 2), reply});
    }

    // The client sends what is asked and receives the answers; the server does the opposite.
    exchange made(bool client, socks::version version, std::string_view methods, const user& who,
                  const place& to, const place& bound, const std::vector<std::string>& asked,
                  const std::vector<std::string>& answered) {
        const size_t digest = client ? mix(digest_of(bound.for_plain()), 0) : digest_of(to.for_plain());
        exchange e{client, joined(client ? answered : asked), nullptr, nullptr, nullptr, {}, digest};
        e.stubs = keep(messages(client ? asked : answered, digest));
        e.out = {e.stubs->data, e.stubs->size()};
        if (client) {
            socks::request ours{
                .version = version, .to = to.for_ours(), .credentials = {who.name, who.password}};
            for (const char m : methods) ours.methods.add(static_cast<socks::method>(m));
            e.ours = keep(ours);
            e.plain = keep(plain::request{version == socks::version::v5, version == socks::version::v4a, 1,
                                          to.for_plain(), text_of(who.name), text_of(who.password),
                                          text_of(methods)});
        } else {
            const users let_in{who.name, who.password};
            e.ours = keep(service{{.methods = {socks::method::username_password, socks::method::none}},
                                  let_in,
                                  {socks::code5::succeeded, bound.for_ours()}});
            e.plain = keep(program{true, true, true, text_of(both_), let_in, {0, bound.for_plain()}});
        }
        return e;
    }

    static std::string_view joined(const std::vector<std::string>& parts) {
        std::string all;
        for (const std::string& p : parts) all += p;
        return stay(all);
    }

    chance random_;
    std::vector<user> users_;
    std::string_view both_ = stay(std::string("\2\0", 2));
    std::string_view none_ = stay(std::string("\0", 1));
};

using exchanges = std::vector<exchange>;

// What the contender is given with a handshake.
using given = const void* (*)(const exchange&);
const void* ours(const exchange& e) { return e.ours; }
const void* by_hand(const exchange& e) { return e.plain; }
const void* of_stubs(const exchange& e) { return e.stubs; }

template <given With, operation Serve, operation Connect>
outcome run(const exchange& e, size_t chunk, char* out) {
    return (e.client ? Connect : Serve)({e.in.data(), e.in.size(), chunk, out, With(e)});
}

template <given With, operation Serve, operation Connect>
outcome run_all(const sample& s) {
    size_t digest = 0;
    for (const exchange& e : *static_cast<const exchanges*>(s.with)) {
        const outcome o = run<With, Serve, Connect>(e, e.in.size(), s.out);
        digest = mix(digest, o.digest + o.made);
    }
    return {0, digest};
}

template <given With, operation Serve, operation Connect>
bool is_right(const exchange& e, size_t chunk) {
    char out[1024];
    const outcome o = run<With, Serve, Connect>(e, chunk, out);
    return o.digest == e.digest && e.out == std::string_view(out, o.made);
}

// The first handshakes are checked byte by byte too.
template <given With, operation Serve, operation Connect>
void add(std::vector<row>& rows, const char* contender, const exchanges& all, size_t in_bytes = 100) {
    constexpr auto right = is_right<With, Serve, Connect>;
    size_t digest = 0;
    for (size_t i = 0; i < all.size(); ++i) {
        const exchange& e = all[i];
        if (!right(e, e.in.size()) || (i < in_bytes && !right(e, 1))) {
            std::printf("%s: an interleaved handshake gives a wrong result\n", contender);
            std::exit(1);
        }
        digest = mix(digest, e.digest + e.out.size());
    }
    const std::string name = std::to_string(all.size()) + " different handshakes";
    rows.push_back({name, contender, run_all<With, Serve, Connect>, {}, 0, &all, {}, digest, all.size()});
}

}  // namespace

void add_interleaved(std::vector<row>& rows) {
    auto& all = *new exchanges;
    for (handshakes h; all.size() < 10000;) all.push_back(h.next());
    add<by_hand, serve_by_hand, connect_by_hand>(rows, "hand-written", all);
    add<ours, serve_views, connect_views>(rows, "ours, views", all);
    add<ours, serve_mailboxes, connect_mailboxes>(rows, "ours, mailboxes", all);
    add<of_stubs, stubs, stubs>(rows, "stubs", all, 0);
}

}  // namespace bench
