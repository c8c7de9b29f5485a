// The invariant of small builds: a machine that has the parts which a handshake needs gives the outcome of
// the machine with all parts, at every pace, through every overload, and wherever the stream ends. A machine
// that lacks one fails with the error of that part, or refuses the client as documented; see feature.cpp.
// The parts that a handshake needs follow from its version, its command and its methods.

#include "finality.hpp"
#include "journey.hpp"

namespace {

using namespace drive;
using socks::feature;
using socks::has;

constexpr feature all = feature::all;

template <feature... Parts>
struct builds {
    // Calls `test` with each set of parts.
    template <class Test>
    static constexpr void each(check& t, Test test) {
        (with<Parts>(t, test), ...);
    }

  private:
    template <feature P, class Test>
    static constexpr void with(check& t, Test test) {
        const auto entered = t.in(static_cast<size_t>(P));
        test.template operator()<P>();
    }
};

using small_builds =
    builds<feature::socks4, feature::socks5, feature::socks5 | feature::credentials,
           feature::socks4 | feature::socks5, all - feature::socks4, all - feature::socks5,
           all - feature::credentials, all - feature::other_methods, all - feature::bind,
           all - feature::udp_associate, all - feature::pipelining, all - feature::full_refusals,
           all - feature::after_greeting, all - feature::tolerances, all - feature::foreign_protocols>;

constexpr feature needs_for(version v) { return v == version::v5 ? feature::socks5 : feature::socks4; }

constexpr feature needs_for(command c) {
    return c == command::bind            ? feature::bind
           : c == command::udp_associate ? feature::udp_associate
                                         : feature{};
}

constexpr feature needs_for(const socks::methods& list) {
    return (list.contains(method::username_password) ? feature::credentials : feature{}) |
           (list.contains(toy) ? feature::other_methods : feature{});
}

constexpr feature needs_for(const socks::request& r) {
    const feature parts = needs_for(r.version) | needs_for(r.command);
    if (r.version != version::v5) return parts;
    if (r.methods.empty() && r.credentials.given) return parts | feature::credentials;
    return parts | needs_for(r.methods);
}

constexpr feature needs_for(const socks::client_options& o) {
    return (o.pipelined ? feature::pipelining : feature{}) |
           (o.wait_for_full_refusal ? feature::full_refusals : feature{}) |
           (o.after_greeting ? feature::after_greeting : feature{}) |
           (o.tolerance != socks::lenient ? feature::tolerances : feature{});
}

// The error of a client without the parts `missing`, which this request or these options need.
constexpr errc error_for(feature missing) {
    const feature options =
        feature::pipelining | feature::full_refusals | feature::after_greeting | feature::tolerances;
    const feature versions = feature::socks4 | feature::socks5;
    const feature commands = feature::bind | feature::udp_associate;
    const feature methods = feature::credentials | feature::other_methods;
    if (missing - options != missing) return errc::unsupported_option;
    if (missing - versions != missing) return errc::unsupported_version;
    if (missing - commands != missing) return errc::unsupported_command;
    return missing - methods != missing ? errc::unsupported_method : errc::none;
}

// Without the part foreign_protocols, the names of other protocols are a wrong version.
constexpr outcome renamed(feature parts, outcome o) {
    const bool named = o.why == errc::peer_is_http || o.why == errc::peer_is_tls ||
                       o.why == errc::peer_is_ssh || o.why == errc::not_socks;
    if (named && !has(parts, feature::foreign_protocols)) o.why = errc::bad_version;
    return o;
}

constexpr bool same(const outcome& a, const outcome& b) {
    return static_cast<const verdict&>(a) == b && a.taken == b.taken && a.reads == b.reads &&
           a.steps == b.steps && a.unread == b.unread;
}

template <feature Small, feature Large>
constexpr bool same(const socks::basic_client<Small>& a, const socks::basic_client<Large>& b) {
    return a.state() == b.state() && a.may_send_early() == b.may_send_early() &&
           a.sent_early().credentials == b.sent_early().credentials &&
           a.sent_early().request == b.sent_early().request;
}

template <feature Small, feature Large>
constexpr bool same(const socks::basic_server<Small>& a, const socks::basic_server<Large>& b) {
    return a.state() == b.state() && a.method() == b.method();
}

// The overloads of step, with mailboxes of exactly the sizes that the machine has published.
template <class Machine>
using inbox_only = boxed_in<Machine::max_input>;

template <class Machine>
constexpr size_t outbox_size() {
    if constexpr (requires { Machine::max_pending; })
        return Machine::max_pending;
    else
        return Machine::max_output;
}
template <class Machine>
using mailboxes = posted<3, Machine::max_input, outbox_size<Machine>()>;

template <class SmallEnd, class LargeEnd, template <feature> class Machine, feature Small, feature Large,
          class Request>
constexpr bool agree_through(Machine<Small> small, Machine<Large> large, const Request& request,
                             const peer& from) {
    return same(run_on<SmallEnd>(small, request, from),
                renamed(Small, run_on<LargeEnd>(large, request, from))) &&
           same(small, large);
}

template <class SmallEnd, class LargeEnd, template <feature> class Machine, feature Small, feature Large,
          class Request>
constexpr bool ends_as_through(Machine<Small> small, Machine<Large> large, const Request& request,
                               const peer& from) {
    verdict a = run_on<SmallEnd>(small, request, from);
    const verdict b = renamed(Small, run_on<LargeEnd>(large, request, from));
    if (Machine<Small>::max_input < Machine<Large>::max_input) a.early = b.early;
    return a == b && same(small, large);
}

// Both machines with the same peer, through each overload.
template <class Small, class Large, class Request>
constexpr void agree(check& t, const Small& small, const Large& large, const Request& request,
                     const peer& from) {
    t.ok(agree_through<plain, plain>(small, large, request, from));
    t.ok(agree_through<inbox_only<Large>, inbox_only<Large>>(small, large, request, from));
    t.ok(agree_through<mailboxes<Large>, mailboxes<Large>>(small, large, request, from));
    // In smaller mailboxes a machine reads more often, and leaves more bytes in the stream.
    t.ok(ends_as_through<mailboxes<Small>, mailboxes<Large>>(small, large, request, from));
}

// However many bytes arrive, and then no more, or the end of the stream.
template <class Small, class Large, class Request>
constexpr void agree_on_a_part(check& t, const Small& small, const Large& large, const Request& request,
                               bytes says) {
    for (size_t n = 0; n < says.size(); ++n) {
        const auto entered = t.in(n);
        agree(t, small, large, request, {.says = says.first(n)});
        agree(t, small, large, request, {.says = says.first(n), .closes = true});
    }
}

// At every pace too, and cut at every byte.
template <class Small, class Large, class Request>
constexpr void agree_always(check& t, const Small& small, const Large& large, const Request& request,
                            bytes says) {
    agree_on_a_part(t, small, large, request, says);
    for (const bool closes : {false, true}) {
        const auto entered = t.in(size_t{closes});
        for (const pace how : {whole, bytewise, precise})
            agree(t, small, large, request, {.says = says, .how = how, .closes = closes});
        for (size_t n = 0; n <= says.size(); ++n)
            agree(t, small, large, request, {.says = says, .how = split_at(n), .closes = closes});
    }
}

// A failure that the machine with all parts does not have.
struct refusal_of_a_part {
    bytes sent;
    bytes told;
    errc why = errc::none;
    uint8_t byte = 0;
    size_t used = 0;
};

template <class End, class Machine, class Request>
constexpr bool ends(Machine m, const Request& request, const refusal_of_a_part& r, const peer& from) {
    const outcome o = run_on<End>(m, request, from);
    return o.how == ending::failed && o.sent == r.sent && o.told == r.told && o.why == r.why &&
           o.byte == r.byte && o.used == r.used;
}

// At every pace, and it is final.
template <class Machine, class Request>
constexpr void ends_always(check& t, const Machine& m, const Request& request, bytes says,
                           const refusal_of_a_part& r) {
    for (const bool closes : {false, true}) {
        const auto entered = t.in(size_t{closes});
        for (const pace how : {whole, bytewise, precise}) {
            const peer from{.says = says, .how = how, .closes = closes};
            t.ok(ends<plain>(m, request, r, from));
            t.ok(ends<inbox_only<Machine>>(m, request, r, from));
            t.ok(ends<mailboxes<Machine>>(m, request, r, from));
        }
        for (size_t n = 0; n <= says.size(); ++n)
            t.ok(ends<plain>(m, request, r, {.says = says, .how = split_at(n), .closes = closes}));
    }
}

constexpr socks::client_options options_of_clients[] = {
    {},
    {.pipelined = true},
    {.wait_for_full_refusal = true},
    {.after_greeting = true},
    {.tolerance = socks::strict},
    {.tolerance = socks::tolerance{.reply4_version = socks::leeway::any}}};

constexpr bytes answer_to_a_greeting = "00 5b"_bytes;

// One request to a client with each of the options.
template <feature Parts>
constexpr void asks(check& t, const socks::request& request, bytes says) {
    for (const socks::client_options& o : options_of_clients) {
        const auto entered = t.in();
        const socks::basic_client<Parts> small(o);
        const tape later = tape().put(o.after_greeting ? answer_to_a_greeting : bytes()).put(says);
        const errc why = error_for((needs_for(request) | needs_for(o)) - Parts);
        if (why == errc::none)
            agree_always(t, small, socks::client(o), request, later.view());
        else
            ends_always(t, small, request, later.view(), {"", "", why, 0, 0});
    }
}

void a_small_client_converses_as_the_complete_one(check& t) {
    small_builds::each(t, [&]<feature Parts> {
        for (const conversation& c : conversations) {
            const auto entered = t.in(c.what);
            const tape says = c.server.all().put("SSH-2.0-x\r\n");
            asks<Parts>(t, c.request, says.view());
            if (!has(Parts, needs_for(c.request))) continue;
            const outcome o = run<plain>(socks::basic_client<Parts>(), c.request, {.says = says.view()});
            t.ok(o.how == ending::done && o.sent == c.client.all() && o.told == c.result);
        }
    });
}
RUN(a_small_client_converses_as_the_complete_one)

void a_small_client_is_refused_as_the_complete_one(check& t) {
    small_builds::each(t, [&]<feature Parts> {
        for (const refusal& r : refusals) {
            const auto entered = t.in(r.what);
            asks<Parts>(t, r.request, r.server);
        }
    });
}
RUN(a_small_client_is_refused_as_the_complete_one)

// The failure of a server with these options that lacks a part for them, or the version of the client.
constexpr refusal_of_a_part failure_of(feature parts, const socks::server_options& o, version v) {
    const bool no_option = (o.v4_after_greeting && !has(parts, feature::after_greeting)) ||
                           (o.tolerance != socks::lenient && !has(parts, feature::tolerances));
    if (no_option) return {"", "", errc::unsupported_option, 0, 0};
    if (!has(parts, needs_for(o.methods))) return {"", "", errc::unsupported_method, 0, 0};
    if (has(parts, needs_for(v))) return {};
    if (v == version::v5) return {"05 ff"_bytes, "", errc::version_refused, 5, 0};
    return {"00 5b 0000 00000000"_bytes, "", errc::version_refused, 4, 0};
}

// A command is refused when the request is complete.
constexpr refusal_of_a_part failure_of(feature parts, const conversation& c) {
    const refusal_of_a_part first = failure_of(parts, c.server_options, c.request.version);
    if (first.why != errc::none || has(parts, needs_for(c.request.command))) return first;
    const size_t used = c.client.all().size() - c.client.last().size();
    if (c.request.version != version::v5) return {"00 5b 0000 00000000"_bytes, "", errc::refused, 0x5b, used};
    if (c.request.command == command::udp_associate)
        return {"05 00  05 07 00 01 00000000 0000"_bytes, "", errc::refused, 7, used};
    return {"05 02  01 00  05 07 00 01 00000000 0000"_bytes, "'Lmary:secret'"_bytes, errc::refused, 7, used};
}

constexpr refusal_of_a_part failure_of(feature parts, const rejection& r) {
    const bool five = r.client[0] == 5;
    const bool four = r.client[0] == 4;
    const bool second = r.server_options.v4_after_greeting;  // the refusal of the greeting is not the last
    const refusal_of_a_part first = failure_of(parts, r.server_options, five ? version::v5 : version::v4);
    if (first.why == errc::unsupported_option || first.why == errc::unsupported_method) return first;
    if (second && r.client[3] == 4 && !has(parts, feature::socks4))
        return {"00 5b  00 5b 0000 00000000"_bytes, "", errc::version_refused, 4, 3};
    if (first.why != errc::none && !second && (five || four)) return first;
    if (r.client == "05 01 00  05 02 00 01 c6336404 0015"_bytes && !has(parts, feature::bind))
        return {"05 00  05 07 00 01 00000000 0000"_bytes, "", errc::refused, 7, 3};
    return {};
}

void a_small_server_converses_as_the_complete_one(check& t) {
    small_builds::each(t, [&]<feature Parts> {
        for (const conversation& c : conversations) {
            const auto entered = t.in(c.what);
            const socks::basic_server<Parts> small(c.server_options);
            const socks::server large(c.server_options);
            const tape says = c.client.all();
            const refusal_of_a_part failure = failure_of(Parts, c);
            if (failure.why == errc::none) {
                const outcome o = run<plain>(small, c.app, {.says = says.view()});
                t.ok(o.how == ending::done && o.sent == c.server.all() && o.told == c.asked);
                agree_always(t, small, large, c.app, tape(says).put("SSH-2.0-x\r\n").view());
                continue;
            }
            ends_always(t, small, c.app, says.view(), failure);
            if (failure.why == errc::refused) agree_on_a_part(t, small, large, c.app, says.view());
        }
    });
}
RUN(a_small_server_converses_as_the_complete_one)

void a_small_server_rejects_as_the_complete_one(check& t) {
    small_builds::each(t, [&]<feature Parts> {
        for (const rejection& r : rejections) {
            const auto entered = t.in(r.what);
            const socks::basic_server<Parts> small(r.server_options);
            const refusal_of_a_part failure = failure_of(Parts, r);
            if (failure.why == errc::none)
                agree_always(t, small, socks::server(r.server_options), r.app, r.client);
            else
                ends_always(t, small, r.app, r.client, failure);
        }
    });
}
RUN(a_small_server_rejects_as_the_complete_one)

// The strictest check of undefined behaviour sees the code of small builds too.
constexpr void small_builds_agree_in_constant_evaluation(check& t) {
    constexpr feature five = feature::socks5 | feature::credentials;
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape replies = c.server.all();
        const tape requests = c.client.all();
        for (const pace how : {whole, bytewise}) {
            const auto nested = t.in();
            const peer server{.says = replies.view(), .how = how};
            const peer client{.says = requests.view(), .how = how};
            if (has(five, needs_for(c.request)))
                agree(t, socks::basic_client<five>(), socks::client(), c.request, server);
            if (has(feature::socks4, needs_for(c.request)))
                agree(t, socks::basic_client<feature::socks4>(), socks::client(), c.request, server);
            if (has(five, needs_for(c.request) | needs_for(c.server_options.methods)))
                agree(t, socks::basic_server<five>(c.server_options), socks::server(c.server_options), c.app,
                      client);
            if (has(feature::socks4, needs_for(c.request)))
                agree(t, socks::basic_server<feature::socks4>(c.server_options),
                      socks::server(c.server_options), c.app, client);
        }
    }
}
PROVE_AND_RUN(small_builds_agree_in_constant_evaluation)

// The parts of a client have no effect in a server, and the methods of SOCKS5 none without SOCKS5.
void a_part_for_others_has_no_effect(check& t) {
    constexpr feature small = feature::socks5 | feature::credentials;
    constexpr feature large = small | feature::pipelining | feature::full_refusals;
    for (const rejection& r : rejections) {
        const auto entered = t.in(r.what);
        agree_always(t, socks::basic_server<small>(r.server_options),
                     socks::basic_server<large>(r.server_options), r.app, r.client);
    }
    constexpr feature four = feature::socks4 | feature::credentials | feature::other_methods;
    for (const refusal& r : refusals) {
        const auto entered = t.in(r.what);
        agree_always(t, socks::basic_client<feature::socks4>(), socks::basic_client<four>(), r.request,
                     r.server);
    }
}
RUN(a_part_for_others_has_no_effect)

// Every proxy of a chain needs its parts. The first one that lacks a part is named before the first byte.
template <feature Parts>
void goes(check& t, const journey& j, pace how) {
    const line says = replies_of(j);
    socks::basic_chain<Parts> small;
    const outcome o = travel<boxed>(small, j.route(), says, how);
    for (size_t i = 0; i < j.size; ++i) {
        socks::request request = j.legs[i]->request;
        if (i + 1 != j.size) request.command = command::connect;
        const errc why = error_for(needs_for(request) - Parts);
        if (why == errc::none) continue;
        t.ok(o.how == ending::failed && o.why == why && o.byte == 0 && small.hop() == i);
        t.ok(o.sent == "" && o.told == "" && o.used == 0);
        return;
    }
    socks::chain large;
    t.ok(same(o, travel<boxed>(large, j.route(), says, how)) && small.hop() == large.hop());
    t.ok(o.how == ending::done && o.sent == j.client() && o.told == j.told());
}

void a_small_chain_goes_as_the_complete_one(check& t) {
    small_builds::each(t, [&]<feature Parts> {
        for (const conversation& first : conversations) {
            const auto entered = t.in(first.what);
            if (first.request.command != command::connect) continue;
            for (const conversation& last : conversations) {
                const auto nested = t.in(last.what);
                for (const pace how : {whole, bytewise, precise}) goes<Parts>(t, {&first, &last}, how);
            }
        }
    });
}
RUN(a_small_chain_goes_as_the_complete_one)

void the_failure_of_a_small_client_is_final(check& t) {
    small_builds::each(t, [&]<feature Parts> {
        for (const refusal& r : refusals) {
            const auto entered = t.in(r.what);
            for (const socks::client_options& o : options_of_clients) {
                socks::basic_client<Parts> m(o);
                const outcome failed = run_on<plain>(m, r.request, {.says = r.server, .closes = true});
                if (t.ok(failed.how == ending::failed))
                    stays_failed(t, m, r.request, failed.why, failed.byte);
            }
        }
        socks::basic_client<Parts> early;
        early.negotiated(true);
        stays_failed(t, early, plain5, errc::out_of_turn, 0);
        for (const conversation& c : conversations) {
            const auto entered = t.in(c.what);
            socks::basic_client<Parts> m;
            const tape says = c.server.all();
            const outcome o = run_on<plain>(m, c.request, {.says = says.view()});
            stays_failed(t, m, c.request, o.how == ending::done ? errc::finished : o.why, 0);
        }
    });
}
RUN(the_failure_of_a_small_client_is_final)

void the_failure_of_a_small_server_is_final(check& t) {
    small_builds::each(t, [&]<feature Parts> {
        for (const rejection& r : rejections) {
            const auto entered = t.in(r.what);
            socks::basic_server<Parts> m(r.server_options);
            const outcome failed = run_on<plain>(m, r.app, {.says = r.client, .closes = true});
            if (t.ok(failed.how == ending::failed)) stays_failed(t, m, failed.why, failed.byte);
        }
        for (int i = 0; i < 3; ++i) {
            const auto entered = t.in(static_cast<size_t>(i));
            socks::basic_server<Parts> early;
            char out[socks::server::max_output] = {};
            if (i == 0) t.ok(early.authenticated(true, out).error() == errc::out_of_turn);
            if (i == 1) t.ok(early.answer({code5::succeeded, {}}, out).error() == errc::out_of_turn);
            if (i == 2) early.negotiated(true);
            stays_failed(t, early, errc::out_of_turn, 0);
        }
        for (const conversation& c : conversations) {
            const auto entered = t.in(c.what);
            socks::basic_server<Parts> m(c.server_options);
            const tape says = c.client.all();
            const outcome o = run_on<plain>(m, c.app, {.says = says.view()});
            stays_failed(t, m, o.how == ending::done ? errc::finished : o.why, o.byte);
        }
    });
}
RUN(the_failure_of_a_small_server_is_final)

}  // namespace
