// A client against any bytes of a proxy: each pace gives the same handshake. The messages sent are, byte for
// byte, those of the request when they are built by hand. What the client reports is what the bytes of the
// proxy say when they are read by hand.

#include "by_hand.hpp"
#include "play.hpp"

using namespace fuzzing;

namespace {

// The method bytes of the greeting: without a list it is one method, which the credentials decide.
std::string offer_of(const socks::request& r) {
    if (!r.methods.empty()) return text(r.methods.as_bytes());
    return by_hand::u8(r.credentials.given ? 2 : 0);
}

// Whether `sent` is what was to be said to a proxy that answered `says`, as far as it went.
void check_what_was_sent(const socks::request& r, bool pipelined, const std::string& sent, bytes says) {
    const auto command = static_cast<uint8_t>(r.command);
    if (r.version != socks::version::v5)
        return demand(sent == by_hand::request4(command, r.to, r.credentials.user));
    const std::string offer = offer_of(r);
    const std::string login = by_hand::login(r.credentials.user, r.credentials.password);
    const std::string request = by_hand::message5(command, r.to);
    std::string all = '\5' + by_hand::counted(offer);
    if (pipelined && (offer == by_hand::u8(0) || offer == by_hand::u8(2)))
        return demand(sent == all + (offer == by_hand::u8(2) ? login : std::string()) + request);
    if (sent == all) return;
    demand(says.size() >= 2 && says[0] == 5 && offer.find(static_cast<char>(says[1])) != std::string::npos);
    if (says[1] == 2) {
        all += login;
        if (sent == all) return;
        demand(says.size() >= 4 && says[3] == 0);
    }
    demand(sent == all + request);
}

// Where the reply begins: after the method selection, and the status or the toy's byte.
size_t begin_of_reply(const socks::request& r, bytes says) {
    if (r.version != socks::version::v5) return 0;
    return says[1] == 2 ? 4 : says[1] == 0 ? 2 : 3;
}

// All that a client reports of a handshake that succeeded.
void check_success(const socks::request& r, const outcome& o, bytes says) {
    using next = socks::client::next;
    const bool five = r.version == socks::version::v5;
    std::string told;
    if (five) demand(offer_of(r).find(static_cast<char>(says[1])) != std::string::npos);
    if (five && says[1] == 2) demand(says[3] == 0);
    if (five && says[1] != 0 && says[1] != 2) told = {static_cast<char>(next::negotiate), says.data()[1]};
    size_t end = begin_of_reply(r, says);
    for (const bool last : {r.command != socks::command::bind, true}) {
        const bytes reply = says.subspan(end);
        demand(reply[1] == (five ? 0 : 90));
        told += static_cast<char>(last ? next::done : next::bound);
        if (last) told += reply.data()[1];
        write_down(told, five ? by_hand::endpoint_of5(reply) : by_hand::endpoint_of4(reply));
        end += five ? by_hand::size5(reply) : 8;
        if (last) break;
    }
    demand(o.used == end && o.told == told);
}

// Two bytes are a refusal, whatever follows them. Its code is what the client reports.
void check_refusal(const socks::request& r, const outcome& o, bytes says) {
    const bool five = r.version == socks::version::v5;
    if (five && (says.size() < 2 || says[0] != 5 || (says[1] == 2 && says.size() < 4))) return;
    const size_t begin = begin_of_reply(r, says);
    const bool is_reply = says.size() >= begin + 2 && says[begin] == (five ? 5 : 0);
    const bool refuses = is_reply && says[begin + 1] != (five ? 0 : 90);
    const bool asked = !five || (offer_of(r).find(static_cast<char>(says[1])) != std::string::npos &&
                                 (says[1] != 2 || (says[2] == 1 && says[3] == 0)));
    const std::string refusal{static_cast<char>(socks::client::next::fail), static_cast<char>(errc::refused),
                              is_reply ? says.data()[begin + 1] : '\0'};
    if (o.how != ending::starved && asked && refuses)
        demand(o.why == errc::refused && o.told.find(refusal) != std::string::npos);
    if (o.why == errc::refused) demand(o.used >= begin + 2);
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
    if (o.how == ending::done) check_success(request, o, says);
    check_refusal(request, o, says);
    if (o.how == ending::failed) demand(blame(o.why) != socks::party::caller);
}
