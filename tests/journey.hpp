// Routes made of the handshakes of the other tests, and a driver for them. Each proxy answers as soon as it
// has received anything.

#ifndef SOCKS_TESTS_JOURNEY_HPP
#define SOCKS_TESTS_JOURNEY_HPP

#include "refusals.hpp"

namespace drive {

inline constexpr socks::client_options at_once{.pipelined = true};

// Handshakes of the tests, one for each proxy, and the route that has to produce them.
struct journey {
    static constexpr size_t most = 3;
    const conversation* legs[most] = {};
    size_t size = 0;
    socks::hop proxies[most] = {};

    constexpr journey(std::initializer_list<const conversation*> list) {
        for (const conversation* c : list) {
            proxies[size].version = c->request.version;
            proxies[size].credentials = c->request.credentials;
            proxies[size].methods = c->request.methods;
            if (size != 0) proxies[size].proxy = legs[size - 1]->request.to;
            legs[size++] = c;
        }
    }

    [[nodiscard]] constexpr const conversation& last() const { return *legs[size - 1]; }

    [[nodiscard]] constexpr socks::route route() const {
        socks::route r;
        r.through = {proxies, size};
        r.command = last().request.command;
        r.to = last().request.to;
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

// What the proxies say: each only what it is asked for, so nothing before the first byte to it.
struct line {
    tape says{};
    size_t ends[journey::most] = {};    // of each proxy's bytes in `says`
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

constexpr line replies_of(const journey& j) {
    line l;
    size_t sent = 0;
    for (size_t i = 0; i < j.size; ++i) {
        l.add(j.legs[i]->server.all(), sent);
        sent += j.legs[i]->client.all().size();
    }
    return l;
}

template <class End, socks::feature Parts>
constexpr outcome travel(socks::basic_chain<Parts>& machine, const socks::route& route, const line& from,
                         pace how, bool closes = false) {
    using next = socks::chain::next;
    outcome o;
    End end;
    peer far{.says = from.until(0), .how = how, .closes = closes};
    bool closed = false;
    while (o.how == ending::spun && o.steps++ != 4 * from.says.size() + 2 * tape::room) {
        const auto a = end.step(machine, route);
        o.used += a.consumed();
        switch (a.next()) {
            case next::send: end.send(a.data(), o.sent); break;
            case next::recv:
                far.says = from.until(o.sent.size());
                if (!feed(end, machine, far, a.needed(), closed))
                    o.how = closed ? ending::spun : ending::starved;
                break;
            case next::negotiate:
            case next::wait:
            case next::bound:
            case next::done:
            case next::fail: obey(a, end, machine, far, o); break;
        }
    }
    settle(o, end, far);
    return o;
}

}  // namespace drive

#endif
