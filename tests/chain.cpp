// Several proxies in a row: what each of them hears and what the application is told are the octets and the news of
// the single handshakes, one behind the other, at any pace; and whatever fails is laid at the right proxy's door.

#include <type_traits>
#include <vector>

#include "refusals.hpp"

namespace {

using namespace drive;
using next = socks::chain::next;

static_assert(sizeof(socks::chain) <= 16 && std::is_trivially_copyable_v<socks::chain>);

constexpr socks::client_options at_once{.pipelined = true};

// Handshakes of the tests, one for each proxy, and the route that has to produce them.
struct journey {
    static constexpr size_t most = 3;
    const conversation* legs[most] = {};
    size_t size = 0;
    socks::hop proxies[most] = {};

    constexpr journey(std::initializer_list<const conversation*> list) {
        for (const conversation* c : list) {
            proxies[size].via = c->want.via;
            proxies[size].login = c->want.login;
            proxies[size].methods = c->want.methods;
            if (size != 0) proxies[size].at = legs[size - 1]->want.to;
            legs[size++] = c;
        }
    }

    [[nodiscard]] constexpr const conversation& last() const { return *legs[size - 1]; }

    [[nodiscard]] constexpr socks::route way() const {
        socks::route r;
        r.through = {proxies, size};
        r.command = last().want.command;
        r.to = last().want.to;
        return r;
    }

    [[nodiscard]] constexpr tape client() const {
        tape t;
        for (size_t i = 0; i < size; ++i) t.put(legs[i]->client.all().view());
        return t;
    }

    // Of all that the application of a leg is told, on the way only a sub-negotiation is news.
    [[nodiscard]] constexpr tape told() const {
        tape t;
        for (size_t i = 0; i + 1 < size; ++i)
            if (legs[i]->result[0] == 'N') t.put(legs[i]->result.first(2));
        return t.put(last().result);
    }
};

// What the proxies say: each only what it is asked for, so nothing before the first octet to it.
struct line {
    tape says{};
    size_t ends[journey::most] = {};    // of each proxy's octets in `says`
    size_t begins[journey::most] = {};  // how much has to be sent before
    size_t size = 0;

    constexpr line& add(const tape& server, size_t after) {
        says.put(server.view());
        ends[size] = says.size();
        begins[size++] = after;
        return *this;
    }

    [[nodiscard]] constexpr bytes until(size_t sent) const {
        size_t n = 0;
        for (size_t i = 0; i < size; ++i)
            if (sent > begins[i]) n = ends[i];
        return says.view().first(n);
    }
};

constexpr line replies(const journey& j) {
    line l;
    size_t sent = 0;
    for (size_t i = 0; i < j.size; ++i) {
        l.add(j.legs[i]->server.all(), sent);
        sent += j.legs[i]->client.all().size();
    }
    return l;
}

template <class End>
constexpr outcome travel(socks::chain& machine, const socks::route& way, const line& from, pace how,
                         bool closes = false) {
    outcome o;
    End end;
    peer far{.says = from.until(0), .how = how, .closes = closes};
    bool closed = false;
    while (o.how == ending::spun && o.steps++ != 4 * from.says.size() + 2 * tape::room) {
        const socks::chain::action a = end.step(machine, way);
        o.used += a.used();
        switch (a.next()) {
            case next::send: end.send(a.data(), o.sent); break;
            case next::recv:
                far.says = from.until(o.sent.size());
                if (!feed(end, machine, far, a.need(), closed))
                    o.how = closed ? ending::spun : ending::starved;
                break;
            case next::negotiate: {
                o.told.put('N').put(static_cast<uint8_t>(a.method()));
                o.sent.put(toy_hello);
                const bool good = hear(end, far, toy_challenge, o);
                if (good) o.sent.put(toy_proof);
                machine.negotiated(good);
                break;
            }
            case next::wait: break;
            case next::bound: o.told.put('B').put(a.bound()); break;
            case next::done:
                o.how = ending::done;
                o.told.put('D').put(a.finish().reply.code.octet).put(a.finish().reply.bound);
                o.early.put(a.finish().early);
                break;
            case next::fail:
                if (a.error() == errc::refused) o.told.put('R').put(a.code().octet).put(a.bound());
                fail(o, a);
                break;
        }
    }
    settle(o, end, far);
    return o;
}

constexpr bool may_be_passed(const conversation& c) { return c.want.command == command::connect; }

template <class End>
constexpr void arrives(check& t, const journey& j, pace how, socks::client_options options = {}) {
    line from = replies(j);
    const size_t handshakes = from.says.size();
    from.says.put("SSH-2.0-x\r\n");
    from.ends[j.size - 1] = from.says.size();
    socks::chain m(options);
    const outcome o = travel<End>(m, j.way(), from, how);
    t.ok(o.how == ending::done && m.hop() == j.size - 1);
    t.ok(o.sent == j.client() && o.told == j.told() && o.used == handshakes);
    t.ok(tape(o.early).put(from.says.view().from(o.taken)) == "SSH-2.0-x\r\n");
}

constexpr void every_two_proxies_make_a_chain(check& t) {
    for (const conversation& a : conversations)
        if (may_be_passed(a))
            for (const conversation& b : conversations) {
                arrives<boxed>(t, {&a, &b}, whole);
                arrives<plain>(t, {&a, &b}, precise);
                arrives<posted<600>>(t, {&a, &b}, octetwise);
            }
}
PROVE_AND_RUN(every_two_proxies_make_a_chain)

void every_three_proxies_make_a_chain(check& t) {
    for (const conversation& a : conversations)
        if (may_be_passed(a))
            for (const conversation& b : conversations)
                if (may_be_passed(b))
                    for (const conversation& c : conversations) {
                        const journey j{&a, &b, &c};
                        for (const pace how : {whole, octetwise, precise, in_pieces_of(3), at_random(7)}) {
                            arrives<plain>(t, j, how);
                            arrives<posted<5>>(t, j, how);
                            arrives<plain>(t, j, how, at_once);
                            arrives<posted<600>>(t, j, how, at_once);
                        }
                    }
}
RUN(every_three_proxies_make_a_chain)

void a_chain_may_be_cut_at_every_octet(check& t) {
    for (const conversation& a : conversations)
        if (may_be_passed(a))
            for (const conversation& b : conversations) {
                const journey j{&a, &b};
                const size_t size = replies(j).says.size() + 11;
                for (size_t n = 0; n <= size; ++n) arrives<plain>(t, j, split_at(n));
            }
}
RUN(a_chain_may_be_cut_at_every_octet)

// One proxy is a chain too, and no different from a client.
constexpr void a_chain_of_one_is_a_client(check& t) {
    for (const conversation& c : conversations) {
        const outcome alone = run<plain>(socks::client(), c.want, {.says = c.server.all().view()});
        socks::chain m;
        const journey j{&c};
        const outcome o = travel<plain>(m, j.way(), replies(j), whole);
        t.ok(static_cast<const verdict&>(o) == alone && m.hop() == 0);
    }
}
PROVE_AND_RUN(a_chain_of_one_is_a_client)

constexpr socks::hop office[] = {{.at = {"gate.example.net", 1080}, .login = {"john", "foo"}},
                                 {.at = {ipv4{192, 0, 2, 7}, 1081}, .via = version::v4a, .login = {"fred"}},
                                 {.at = {"exit.example.net", 1082}}};

// Every action of a whole chain, with the octets as the documents draw them.
constexpr void each_proxy_is_asked_for_the_next(check& t) {
    const socks::route way{.through = office, .command = command::bind, .to = {ipv4{198, 51, 100, 4}, 21}};
    socks::chain m;
    char out[socks::chain::max_output] = {};
    const struct {
        bytes in;
        bytes sends;
        size_t hop;
    } steps[] = {
        {"", "05 01 02"_octets, 0},
        {"05 02"_octets, "01 04 'john' 03 'foo'"_octets, 0},
        {"01 00"_octets, "05 01 00 01 c0000207 0439"_octets, 0},
        {"05 00 00 01 cb007105 0fa0"_octets, "04 01 043a 00000001 'fred' 00 'exit.example.net' 00"_octets, 1},
        {"00 5a 0000 00000000"_octets, "05 01 00"_octets, 2},
        {"05 00"_octets, "05 02 00 01 c6336404 0015"_octets, 2},
    };
    for (const auto& s : steps) {
        const auto a = m.step(way, s.in, out);
        t.ok(a.next() == next::send && a.data() == s.sends && a.used() == s.in.size() && m.hop() == s.hop);
        const auto idle = m.step(way, "", out);
        t.ok(idle.next() == next::recv && idle.used() == 0);
    }
    const auto a = m.step(way, "05 00 00 01 cb007105 0fa1"_octets, out);
    t.ok(a.next() == next::bound && a.bound() == socks::endpoint{ipv4{203, 0, 113, 5}, 4001});
    const auto b = m.step(way, "05 00 00 01 c6336404 0014  'x'"_octets, out);
    t.ok(b.next() == next::done && b.finish().early == "x" && m.hop() == 2);
    t.ok(m.step(way, "", out).error() == errc::finished && m.hop() == 2);
}
PROVE_AND_RUN(each_proxy_is_asked_for_the_next)

// A proxy that says no, or nonsense, fails as it would alone, and is named; those before it do not matter.
constexpr void a_refusal_is_laid_at_the_right_door(check& t) {
    for (const refusal& r : refusals) {
        const outcome alone = run<plain>(socks::client(), r.want, {.says = r.server});
        const socks::hop says_no{.at = {"exit.example.net", 1082},
                                 .via = r.want.via,
                                 .login = r.want.login,
                                 .methods = r.want.methods};
        const bytes good = "00 5a 0000 00000000"_octets;
        for (const pace how : {whole, octetwise, precise}) {
            const socks::hop behind[] = {{.at = {"a.example", 1080}, .via = version::v4a}, says_no};
            socks::route way{.through = behind, .command = r.want.command};
            way.to = r.want.to;
            socks::chain m;
            const size_t sent = "04 01 043a 00000001 00 'exit.example.net' 00"_octets.size();
            const outcome o =
                travel<plain>(m, way, line().add(tape().put(good), 0).add(tape().put(r.server), sent), how);
            t.ok(o.how == ending::failed && o.why == r.why && o.octet == r.octet && m.hop() == 1);
            t.ok(o.used == good.size() + r.used && o.told == alone.told);
            t.ok(o.sent.view().from(sent) == alone.sent.view());

            if (r.want.command != command::connect) continue;
            const socks::hop first[] = {says_no, {.at = r.want.to}};
            const socks::route onwards{.through = first, .to = {"b.example", 80}};
            socks::chain n;
            const outcome p = travel<plain>(n, onwards, line().add(tape().put(r.server), 0), how);
            t.ok(p.how == ending::failed && p.why == r.why && p.octet == r.octet && n.hop() == 0);
            t.ok(p.used == r.used && p.sent == alone.sent);
        }
    }
}
PROVE_AND_RUN(a_refusal_is_laid_at_the_right_door)

// Octets behind the reply of a proxy on the way come from the next one, which has not been greeted yet. Whoever
// reads no further than the reply meets them where the next choice is due.
constexpr void a_proxy_that_speaks_first_is_named(check& t) {
    const socks::hop proxies[] = {{.at = {"a.example", 1080}}, {.at = {"b.example", 1080}}};
    const socks::route way{.through = proxies, .to = {"c.example", 80}};
    const bytes says = "05 00  05 00 00 01 c0000207 0438  'SSH-2.0-x'"_octets;
    const struct {
        pace how;
        errc why;
        size_t unread;
    } reads[] = {
        {whole, errc::spoke_first, 9},        {split_at(2), errc::spoke_first, 9},
        {split_at(13), errc::spoke_first, 1}, {split_at(12), errc::peer_is_ssh, 9},
        {precise, errc::peer_is_ssh, 2},
    };
    for (const bool pipelined : {false, true})
        for (const auto& r : reads) {
            socks::chain m({.pipelined = pipelined});
            const outcome o = travel<boxed>(m, way, line().add(tape().put(says), 0), r.how);
            t.ok(o.how == ending::failed && o.why == r.why && m.hop() == 1);
            t.ok(o.octet == 'S' && o.used == 12 && o.unread == r.unread);
            t.ok(travel<boxed>(m, way, line(), whole).why == r.why && m.hop() == 1);
        }
}
PROVE_AND_RUN(a_proxy_that_speaks_first_is_named)

// A route that cannot be gone costs no octet, and the hop that cannot be asked is named.
constexpr void a_route_is_looked_at_before_the_first_octet(check& t) {
    const socks::hop fine{.at = {"a.example", 1080}};
    const socks::hop four{.at = {ipv4{192, 0, 2, 7}, 1081}, .via = version::v4};
    const socks::hop bad{.at = {bytes("localhost:80"), 80}};
    const socks::hop unset{};
    const socks::hop greedy{.at = {"b.example", 1080}, .methods = method::login};
    const struct {
        socks::hop proxies[3];
        size_t size;
        errc why;
        size_t hop;
    } routes[] = {
        {{fine}, 0, errc::bad_route, 0},
        {{fine, fine, bad}, 3, errc::bad_host, 1},
        {{fine, unset, fine}, 3, errc::no_host, 0},
        {{four, fine, fine}, 3, errc::name_over_socks4, 0},
        {{fine, four, {.at = {documentation, 80}}}, 3, errc::ipv6_over_socks4, 1},
        {{fine, fine, four}, 3, errc::name_over_socks4, 2},
        {{fine, greedy, fine}, 3, errc::no_credentials, 1},
    };
    for (const auto& r : routes) {
        const socks::route way{.through = {r.proxies, r.size}, .to = {"c.example", 80}};
        socks::chain m;
        socks::inbox<socks::chain::max_input> in;
        socks::outbox<socks::chain::max_output> out;
        for (int i = 0; i < 2; ++i) {
            const auto a = m.step(way, in, out);
            t.ok(a.next() == next::fail && a.error() == r.why && m.hop() == r.hop && out.empty());
            t.ok(blame(a.error()) == socks::party::caller);
        }
    }
    const socks::hop proxies[] = {four, four};
    socks::chain udp;
    char out[socks::chain::max_output] = {};
    const socks::route way{.through = proxies, .command = command::udp_associate};
    t.ok(udp.step(way, "", out).error() == errc::command_over_socks4 && udp.hop() == 1);
}
PROVE_AND_RUN(a_route_is_looked_at_before_the_first_octet)

void a_chain_has_at_most_255_proxies(check& t) {
    const std::vector<socks::hop> proxies(256, {.at = {ipv4{192, 0, 2, 7}, 1081}, .via = version::v4});
    char out[socks::chain::max_output] = {};
    socks::chain m;
    const socks::route too_long{.through = proxies, .to = {ipv4{66, 102, 7, 99}, 80}};
    const auto a = m.step(too_long, "", out);
    t.ok(a.next() == next::fail && a.error() == errc::bad_route);

    socks::chain n;
    const socks::route longest{.through = {proxies.data(), 255}, .to = {ipv4{66, 102, 7, 99}, 80}};
    bytes in = "";
    for (size_t i = 0; i < 255; ++i) {
        const auto b = n.step(longest, in, out);
        t.ok(b.next() == next::send && n.hop() == i && b.used() == in.size());
        t.ok(b.data() == (i == 254 ? "04 01 0050 42660763 00"_octets : "04 01 0439 c0000207 00"_octets));
        in = "00 5a 0000 00000000"_octets;
    }
    t.ok(n.step(longest, in, out).next() == next::done);
}
RUN(a_chain_has_at_most_255_proxies)

// The route is borrowed anew for each step: one that shrinks below the proxy in turn, or cuts off what it was asked
// for, never ends in a tunnel to somewhere else.
constexpr void a_route_that_shrinks_is_no_way(check& t) {
    const bytes done0 = "05 00 00 01 c0000207 0438"_octets;
    for (const size_t left : {size_t{0}, size_t{1}}) {
        const socks::hop proxies[] = {{.at = {"a.example", 1080}}, {.at = {"b.example", 1080}}};
        const socks::route way{.through = proxies, .to = {"c.example", 80}};
        const socks::route shrunk{.through = {proxies, left}, .to = {"c.example", 80}};
        char out[socks::chain::max_output] = {};
        for (const int steps : {1, 2, 3}) {
            socks::chain m;
            t.ok(m.step(way, "", out).data() == "05 01 00"_octets);
            if (steps > 1) t.ok(m.step(way, "05 00"_octets, out).next() == next::send);
            if (steps > 2) t.ok(m.step(way, done0, out).next() == next::send);
            const auto a = m.step(shrunk, steps == 2 ? done0 : "05 00"_octets, out);
            t.ok(a.next() == next::fail && a.error() == errc::bad_route && a.used() == 0);
            t.ok(m.step(way, "05 00"_octets, out).error() == errc::bad_route);
        }
    }
}
PROVE_AND_RUN(a_route_that_shrinks_is_no_way)

// One that grows changes nothing for a proxy that was the last when it was greeted.
constexpr void a_route_that_grows_ends_where_it_did(check& t) {
    const socks::hop proxies[] = {{.at = {"a.example", 1080}}, {.at = {"b.example", 1080}}};
    const socks::route way{.through = {proxies, 1}, .to = {"c.example", 80}};
    const socks::route grown{.through = proxies, .to = {"c.example", 80}};
    char out[socks::chain::max_output] = {};
    socks::chain m;
    t.ok(m.step(way, "", out).data() == "05 01 00"_octets);
    t.ok(m.step(grown, "05 00"_octets, out).data() == "05 01 00 03 09 'c.example' 0050"_octets);
    t.ok(m.step(grown, "05 00 00 01 c0000207 0438"_octets, out).next() == next::done);
}
PROVE_AND_RUN(a_route_that_grows_ends_where_it_did)

// The end of the stream, wherever it comes, is the failure of the proxy that should have answered; and final.
constexpr void an_end_after_every_octet_names_the_proxy(check& t) {
    const journey j{&conversations[5], &conversations[0], &conversations[6]};
    const line all = replies(j);
    for (size_t n = 0; n < all.says.size(); ++n) {
        line cut = all;
        cut.says = tape().put(all.says.view().first(n));
        for (size_t& end : cut.ends) end = end < n ? end : n;
        socks::chain m;
        const outcome o = travel<boxed>(m, j.way(), cut, whole, true);
        t.ok(o.how == ending::failed && blame(o.why) == socks::party::stream);
        const size_t there = n < all.ends[0] ? 0 : n < all.ends[1] ? 1 : 2;
        t.ok(m.hop() == there);
        const bool between = j.legs[there]->server.between(n - (there == 0 ? 0 : all.ends[there - 1]));
        const bool bound = n == all.says.size() - j.last().server.last().size();
        t.ok(o.why == (bound ? errc::closed_while_bound : between ? errc::closed : errc::truncated));
        t.ok(travel<plain>(m, j.way(), all, whole).why == o.why && m.hop() == there);
        m.negotiated(true);
        m.close();
        t.ok(travel<plain>(m, j.way(), all, whole).why == o.why && m.hop() == there);
    }
}
PROVE_AND_RUN(an_end_after_every_octet_names_the_proxy)

// An end that is told while a reply still lies in the inbox outlives the handshake that the reply completes.
constexpr void an_end_is_told_once_for_all_proxies(check& t) {
    const socks::route way{.through = {office, 2}, .to = {"files.example.com", 443}};
    socks::chain m;
    char out[socks::chain::max_output] = {};
    t.ok(m.step(way, "", out).next() == next::send);
    m.close();
    t.ok(m.step(way, "05 02"_octets, out).next() == next::send);
    t.ok(m.step(way, "01 00"_octets, out).next() == next::send);
    t.ok(m.step(way, "05 00 00 01 c0000207 0438"_octets, out).next() == next::send && m.hop() == 1);
    const auto a = m.step(way, "", out);
    t.ok(a.next() == next::fail && a.error() == errc::closed && m.hop() == 1);
}
PROVE_AND_RUN(an_end_is_told_once_for_all_proxies)

// Too little room for any message, the first of the next proxy included, leaves the chain where it is.
constexpr void a_chain_out_of_room_is_as_it_was(check& t) {
    const socks::route way{.through = office, .to = {"files.example.com", 443}};
    const bytes replies_in_order[] = {"",
                                      "05 02"_octets,
                                      "01 00"_octets,
                                      "05 00 00 01 c0000207 0438"_octets,
                                      "00 5a 0000 00000000"_octets,
                                      "05 00"_octets};
    const bytes messages[] = {"05 01 02"_octets,
                              "01 04 'john' 03 'foo'"_octets,
                              "05 01 00 01 c0000207 0439"_octets,
                              "04 01 043a 00000001 'fred' 00 'exit.example.net' 00"_octets,
                              "05 01 00"_octets,
                              "05 01 00 03 11 'files.example.com' 01bb"_octets};
    socks::chain m;
    char out[socks::chain::max_output] = {};
    for (size_t i = 0; i < 6; ++i) {
        const size_t here = m.hop();
        for (const size_t room : {messages[i].size() - 1, size_t{1}, size_t{0}}) {
            const auto a = m.step(way, replies_in_order[i], {out, room});
            t.ok(a.next() == next::fail && a.error() == errc::no_space && a.room() == messages[i].size());
            t.ok(a.used() == 0 && m.hop() == here);
        }
        const auto a = m.step(way, replies_in_order[i], {out, messages[i].size()});
        t.ok(a.next() == next::send && a.data() == messages[i] && a.used() == replies_in_order[i].size());
    }
}
PROVE_AND_RUN(a_chain_out_of_room_is_as_it_was)

// Pipelined, each proxy hears all at once, but not before its predecessor answered; the application only the last.
constexpr void a_pipelined_chain_waits_once_for_each_proxy(check& t) {
    const socks::route way{.through = office, .to = {"files.example.com", 443}};
    socks::chain m(at_once);
    socks::inbox<socks::chain::max_input> in;
    socks::outbox<socks::chain::max_pipelined> out;
    const struct {
        bytes says;
        bytes sends;
        bool login;
        bool request;
        bool open;
    } turns[] = {
        {"", "05 01 02  01 04 'john' 03 'foo'  05 01 00 01 c0000207 0439"_octets, true, true, false},
        {"05 02  01 00  05 00 00 01 c0000207 0438"_octets,
         "04 01 043a 00000001 'fred' 00 'exit.example.net' 00"_octets, false, false, false},
        {"00 5a 0000 00000000"_octets, "05 01 00  05 01 00 03 11 'files.example.com' 01bb"_octets, false,
         true, true},
    };
    for (const auto& turn : turns) {
        if (!turn.says.empty()) {
            const socks::buffer to = in.space(turn.says.size());
            for (size_t i = 0; i < turn.says.size(); ++i) to.data()[i] = turn.says.data()[i];
            in.commit(turn.says.size());
        }
        const auto a = m.step(way, in, out);
        t.ok(a.next() == next::send && a.data() == turn.sends && in.empty());
        t.ok(m.sent_ahead().login == turn.login && m.sent_ahead().request == turn.request);
        t.ok(m.may_send_early() == turn.open);
        out.sent(a.data().size());
        t.ok(m.step(way, in, out).next() == next::recv);
    }
}
PROVE_AND_RUN(a_pipelined_chain_waits_once_for_each_proxy)

constexpr void an_answer_to_no_question_is_final_for_the_chain(check& t) {
    const socks::route way{.through = office, .to = {"files.example.com", 443}};
    socks::chain m;
    m.negotiated(true);
    char out[socks::chain::max_output] = {};
    for (int i = 0; i < 2; ++i) {
        const auto a = m.step(way, "", out);
        t.ok(a.next() == next::fail && a.error() == errc::out_of_turn && m.hop() == 0);
    }
}
PROVE_AND_RUN(an_answer_to_no_question_is_final_for_the_chain)

}  // namespace
