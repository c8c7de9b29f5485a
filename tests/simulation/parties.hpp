// The parties of a connection: the client's request, the server's options, the answers of its application,
// and the adversarial peers on either side. The seed decides all of it. It also decides whether the handshake
// must succeed, without asking a machine.

#ifndef SOCKS_TESTS_SIMULATION_PARTIES_HPP
#define SOCKS_TESTS_SIMULATION_PARTIES_HPP

#include "network.hpp"

#include <string>

namespace simulation {

inline constexpr auto toy = static_cast<socks::method>(0x80);

enum class manners : uint8_t {
    honest,
    babbles,     // random bytes
    disorders,   // true messages, in another order, some missing
    pipelines,   // all its messages at once, and payload behind them
    drips,       // one byte now and then, and never an end
    floods,      // bytes without end
    mute,        // nothing at all
    vanishes,    // honest, but the connection is reset at some byte
    cuts_short,  // honest messages up to some byte or message, then the end of the stream
};

inline const char* to_string(manners m) {
    switch (m) {
        case manners::honest: return "honest";
        case manners::babbles: return "babbles";
        case manners::disorders: return "disorders";
        case manners::pipelines: return "pipelines";
        case manners::drips: return "drips";
        case manners::floods: return "floods";
        case manners::mute: return "mute";
        case manners::vanishes: return "vanishes";
        case manners::cuts_short: return "cuts short";
    }
    return "?";
}

// Whether a machine of ours sits there.
inline bool has_machine(manners m) { return m == manners::honest || m == manners::vanishes; }

// Letters, of which names are slices: no connection stores its own.
inline bytes letters(dice& d, uint32_t size) {
    static const std::string all = [] {
        std::string s;
        dice chance(1);
        while (s.size() < 1024) s += static_cast<char>('a' + chance.below(26));
        return s;
    }();
    return bytes(all).subspan(d.below(512)).first(size);
}

// Mostly short, now and then at the limit.
inline uint32_t any_size(dice& d, uint32_t least) {
    switch (d.below(8)) {
        case 0: return least;
        case 1: return 255 - d.below(2);
        default: return least + d.below(24);
    }
}

inline socks::host any_host(dice& d, socks::version via) {
    const uint32_t kind = d.below(via == socks::version::v4 ? 1 : via == socks::version::v4a ? 2 : 3);
    socks::ipv6 six;
    socks::ipv4 four;
    for (uint8_t& byte : six.bytes) byte = static_cast<uint8_t>(d.draw());
    for (uint8_t& byte : four.bytes) byte = static_cast<uint8_t>(1 + d.below(255));
    if (kind == 0) return four;
    if (kind == 2) return six;
    return letters(d, any_size(d, 1));
}

inline socks::request any_request(dice& d) {
    constexpr socks::version versions[] = {socks::version::v5, socks::version::v5, socks::version::v4,
                                           socks::version::v4a};
    socks::request r;
    r.version = versions[d.below(4)];
    r.command = static_cast<socks::command>(1 + d.below(r.version == socks::version::v5 ? 3 : 2));
    r.to = {any_host(d, r.version), static_cast<uint16_t>(d.draw())};
    if (d.once_in(2)) r.credentials = {letters(d, any_size(d, 0)), letters(d, any_size(d, 0))};
    if (r.version == socks::version::v5 && d.once_in(4)) {
        r.methods = {toy, socks::method::none};
        if (r.credentials.given) static_cast<void>(r.methods.add(socks::method::username_password));
    }
    return r;
}

inline socks::server_options any_options(dice& d) {
    socks::server_options o;
    o.v4 = !d.once_in(12);
    o.v4a = !d.once_in(12);
    o.v5 = !d.once_in(12);
    constexpr socks::method all[] = {socks::method::none, socks::method::username_password, toy};
    const uint32_t first = d.below(3);
    o.methods = all[first];
    if (!d.once_in(3)) static_cast<void>(o.methods.add(all[(first + 1) % 3]));
    if (!d.once_in(3)) static_cast<void>(o.methods.add(all[(first + 2) % 3]));
    return o;
}

// The application behind the server.
struct application {
    // The login, or the sub-negotiation of another method, of which both sides know the outcome.
    bool grants = true;
    socks::reply replies[2]{};
};

inline application any_application(dice& d, socks::version via) {
    application a{.grants = !d.once_in(10)};
    for (socks::reply& r : a.replies) {
        const bool good = !d.once_in(8);
        if (via == socks::version::v5)
            r.code = good ? socks::reply_code(socks::code5::succeeded)
                          : socks::reply_code(socks::version::v5, static_cast<uint8_t>(1 + d.below(255)));
        else
            r.code =
                good ? socks::reply_code(socks::code4::granted) : socks::reply_code(socks::code4::rejected);
        r.bound = {any_host(d, via == socks::version::v5 ? via : socks::version::v4),
                   static_cast<uint16_t>(d.draw())};
    }
    return a;
}

// A proxy, the only one or one of a chain: what it is asked for, what it allows, what its application
// answers.
struct proxy {
    socks::request request{};
    socks::server_options server_options{};
    application app{};
};

inline proxy any_proxy(dice& d) {
    proxy p{any_request(d), any_options(d), {}};
    p.app = any_application(d, p.request.version);
    return p;
}

// The method that must come out: the first of the server's that the client offers. False where there is none.
inline bool method_of(const socks::request& request, const socks::server_options& server_options,
                      socks::method& chosen) {
    for (size_t i = 0; i < server_options.methods.size(); ++i)
        if (request.offer().contains(server_options.methods[i])) {
            chosen = server_options.methods[i];
            return true;
        }
    return false;
}

// Whether two honest sides must come together.
inline bool must_succeed(const proxy& p) {
    const auto& [request, server_options, app] = p;
    const bool replies_good = app.replies[0].code.succeeded() &&
                              (request.command != socks::command::bind || app.replies[1].code.succeeded());
    if (request.version != socks::version::v5) {
        const bool named = request.to.host.kind() == socks::host_kind::name;
        return (named ? server_options.v4a : server_options.v4) &&
               server_options.methods.contains(socks::method::none) && replies_good;
    }
    socks::method chosen{};
    if (!server_options.v5 || !method_of(request, server_options, chosen)) return false;
    return (chosen == socks::method::none || app.grants) && replies_good;
}

// Messages one behind the other, and where each ends.
struct messages {
    std::string bytes{};
    std::vector<size_t> ends{};

    void put(const socks::encoded& e) {
        bytes.append(e.data().data(), e.size());
        ends.push_back(bytes.size());
    }
};

// All that an honest client, or server, would say to one proxy, in order. An adversarial peer changes it.
inline void add_client(const proxy& p, messages& all) {
    const auto& [request, server_options, app] = p;
    char room[600];
    if (request.version != socks::version::v5)
        return all.put(socks::encode_request4({request.command, request.to, request.credentials.user}, room));
    socks::method chosen{};
    all.put(socks::encode_greeting({request.offer().as_bytes()}, room));
    if (method_of(request, server_options, chosen) && chosen == socks::method::username_password)
        all.put(socks::encode_credentials(request.credentials, room));
    all.put(socks::encode_request5({request.command, request.to}, room));
}

inline void add_server(const proxy& p, messages& all) {
    const auto& [request, server_options, app] = p;
    char room[600];
    const bool five = request.version == socks::version::v5;
    if (five) all.put(socks::encode_method_selection(request.offer()[0], room));
    if (five && request.offer()[0] == socks::method::username_password)
        all.put(socks::encode_auth_status(app.grants ? 0 : 1, room));
    for (const socks::reply& r : app.replies)
        if (five)
            all.put(socks::encode_reply5({static_cast<socks::code5>(r.code.value), r.bound}, room));
        else
            all.put(socks::encode_reply4({static_cast<socks::code4>(r.code.value), r.bound}, room));
}

// What an adversarial peer sends.
inline std::string script_of(manners how, dice& d, const messages& all) {
    const auto& [honest, ends] = all;
    std::string s;
    switch (how) {
        case manners::honest:
        case manners::vanishes:
        case manners::mute: break;
        case manners::babbles:
            if (d.once_in(2)) s = honest.substr(0, d.below(4));
            for (uint32_t n = 1 + d.below(300); n != 0; --n) s += static_cast<char>(d.draw());
            break;
        case manners::disorders:
            for (uint32_t n = 1 + d.below(5); n != 0; --n) {
                const size_t i = d.below(static_cast<uint32_t>(ends.size()));
                const size_t begin = i == 0 ? 0 : ends[i - 1];
                s += honest.substr(begin, ends[i] - begin);
            }
            break;
        case manners::pipelines: s = honest; break;
        case manners::drips:
        case manners::floods: s = honest.substr(0, d.below(static_cast<uint32_t>(honest.size()))); break;
        case manners::cuts_short:
            s = honest.substr(0, d.once_in(2) ? ends[d.below(static_cast<uint32_t>(ends.size()))]
                                              : d.below(static_cast<uint32_t>(honest.size()) + 1));
            break;
    }
    return s;
}

}  // namespace simulation

#endif
