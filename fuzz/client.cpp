// A client against any bytes of a proxy: each pace gives the same handshake. The messages sent are, byte for
// byte, those of the request when they are built by hand.

#include "play.hpp"

using namespace fuzzing;

namespace {

std::string counted(bytes b) { return static_cast<char>(b.size()) + text(b); }

std::string port(uint16_t p) { return {static_cast<char>(p >> 8), static_cast<char>(p & 0xff)}; }

template <class Address>
std::string raw(const Address& a) {
    return {reinterpret_cast<const char*>(a.bytes), sizeof a.bytes};
}

std::string by_hand4(const socks::request& r) {
    const bool named = r.to.host.kind() == socks::host_kind::name;
    std::string s{'\4', static_cast<char>(r.command)};
    s += port(r.to.port);
    s += r.to.host.kind() == socks::host_kind::ipv4 ? raw(r.to.host.v4())
                                                    : std::string{0, 0, 0, named ? '\1' : '\0'};
    s += text(r.credentials.user) + '\0';
    return named ? s + text(r.to.host.name()) + '\0' : s;
}

std::string by_hand5(const socks::request& r) {
    std::string s{'\5', static_cast<char>(r.command), '\0'};
    if (r.to.host.kind() == socks::host_kind::name)
        s += '\3' + counted(r.to.host.name());
    else if (r.to.host.kind() == socks::host_kind::ipv6)
        s += '\4' + raw(r.to.host.v6());
    else
        s += '\1' + (r.to.host.kind() == socks::host_kind::ipv4 ? raw(r.to.host.v4()) : std::string(4, '\0'));
    return s + port(r.to.port);
}

std::string by_hand_login(const socks::credentials& l) {
    return '\1' + counted(l.user) + counted(l.password);
}

// Whether `sent` is what was to be said to a proxy that answered `says`, as far as it went.
void check_what_was_sent(const socks::request& r, bool pipelined, const std::string& sent, bytes says) {
    if (r.version != socks::version::v5) return demand(sent == by_hand4(r));
    const socks::methods offer = r.offer();
    std::string all = '\5' + counted(offer.as_bytes());
    if (pipelined && offer.size() == 1 &&
        (offer[0] == socks::method::none || offer[0] == socks::method::username_password)) {
        if (offer[0] == socks::method::username_password) all += by_hand_login(r.credentials);
        return demand(sent == all + by_hand5(r));
    }
    if (sent == all) return;
    demand(says.size() >= 2 && says[0] == 5 && offer.contains(static_cast<socks::method>(says[1])));
    if (says[1] == 2) {
        all += by_hand_login(r.credentials);
        if (sent == all) return;
        demand(says.size() >= 4 && says[3] == 0);
    }
    demand(sent == all + by_hand5(r));
}

}  // namespace

//     options  seed  request  bytes of the proxy
void fuzz(input in) {
    const uint8_t options = in.byte();
    const uint8_t tolerance = in.byte();
    const uint32_t seed = in.byte();
    const socks::request request = any_request(in);
    const bytes says = in.rest();
    const bool pipelined = (options & 4) != 0;
    const socks::client machine({.tolerance = any_tolerance(tolerance),
                                 .wait_for_full_refusal = (options & 1) != 0,
                                 .pipelined = pipelined});
    const outcome o = play_at_every_pace(machine, request, says, (options & 2) != 0, seed);
    if (socks::validate(request) != errc::none) {
        demand(o.how == ending::failed && o.why == socks::validate(request));
        demand(blame(o.why) == socks::party::caller && o.sent.empty() && o.used == 0);
        return;
    }
    check_what_was_sent(request, pipelined, o.sent, says);
    // However much went ahead, nobody is let in whose login was refused.
    if (o.how == ending::done && request.version == socks::version::v5 && says[1] == 2) demand(says[3] == 0);
    if (o.how == ending::failed) demand(blame(o.why) != socks::party::caller);
}
