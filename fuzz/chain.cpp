// A chain of proxies against any bytes: it sends and consumes what single clients would, one after the other,
// each without reading a byte too many. At other paces it may find that a proxy spoke before its greeting.

#include "play.hpp"

using namespace fuzzing;

namespace {

socks::request asked_of(const socks::route& route, size_t i) {
    const socks::hop& h = route.through[i];
    socks::request r{.version = h.version, .credentials = h.credentials, .methods = h.methods};
    const bool last = i + 1 == route.through.size();
    if (last) r.command = route.command;
    r.to = last ? route.to : route.through[i + 1].proxy;
    return r;
}

outcome one_by_one(socks::client_options options, const socks::route& route, peer from) {
    outcome all;
    const bytes says = from.says;
    for (size_t i = 0; i < route.through.size(); ++i) {
        from.says = says.subspan(all.used);
        const outcome o = play(socks::client(options), asked_of(route, i), from);
        all.sent += o.sent;
        all.used += o.used;
        all.told = o.told;
        all.how = o.how;
        all.why = o.why;
        if (o.how != ending::done) break;
    }
    return all;
}

errc fault_of(const socks::route& route) {
    if (route.through.size() == 0) return errc::bad_route;
    for (size_t i = 0; i < route.through.size(); ++i)
        if (const errc e = socks::validate(asked_of(route, i)); e != errc::none) return e;
    return errc::none;
}

}  // namespace

//     options  tolerance  seed  count requests...  bytes of the proxies
void fuzz(input in) {
    const uint8_t options = in.byte();
    const uint8_t tolerance = in.byte();
    const uint32_t seed = in.byte();
    const socks::client_options how{.tolerance = any_tolerance(tolerance),
                                    .wait_for_full_refusal = (options & 1) != 0,
                                    .pipelined = (options & 4) != 0};
    socks::hop proxies[4];
    const size_t n = in.byte() % 5;
    socks::route route{.through = {proxies, n}};
    for (size_t i = 0; i < n; ++i) {
        const socks::request r = any_request(in);
        proxies[i] = {
            .proxy = r.to, .version = r.version, .credentials = r.credentials, .methods = r.methods};
        if (i + 1 == n) route.command = r.command;
    }
    route.to = any_endpoint(in);
    const bytes says = in.rest();
    const bool closes = (options & 2) != 0;
    const socks::chain machine(how);
    const outcome o = play(machine, route, {says, closes, pace::precise, seed});
    if (const errc fault = fault_of(route); fault != errc::none)
        return demand(o.how == ending::failed && o.why == fault && o.sent.empty());
    const outcome clients = one_by_one(how, route, {says, closes, pace::precise, seed});
    // The handshakes in between are not reported; the last one is.
    demand(o.told.size() >= clients.told.size() &&
           o.told.compare(o.told.size() - clients.told.size(), std::string::npos, clients.told) == 0);
    demand(o.sent == clients.sent && o.used == clients.used && o.how == clients.how && o.why == clients.why);
    demand(play(machine, route, {says, closes, pace::bytewise, seed}).same(o));
    // What is there at once behind the first proxy's last byte was not said by the second: it was not greeted
    // yet.
    if (n > 1) {
        const socks::route first{.through = {proxies, 1}, .to = proxies[1].proxy};
        const outcome alone = play(machine, first, {says, closes, pace::precise, seed});
        if (alone.how == ending::done && alone.used < says.size())
            demand(play(machine, route, {says, closes, pace::whole, seed}).why == errc::spoke_first);
    }
    for (const pace p : {pace::whole, pace::random}) {
        const outcome other = play(machine, route, {says, closes, p, seed});
        if (other.why == errc::spoke_first)
            demand(o.sent.compare(0, other.sent.size(), other.sent) == 0 && other.used <= o.used);
        else
            demand(other.same(o));
    }
}
