// A server against any bytes of a client: each pace gives the same handshake. It chooses a method in its own
// order from the offered ones, reports no request of a client that was not admitted, and refuses in the
// peer's version.

#include "play.hpp"

using namespace fuzzing;

namespace {

void check_the_choice(const socks::server_options& server_options, const outcome& o, bytes says) {
    if (o.sent.empty() || !server_options.v5 || says[0] != 5) return;
    demand(o.sent[0] == 5 && o.sent.size() >= 2);
    const bytes offered = says.size() < 2
                              ? bytes()
                              : says.subspan(2).first(says[1] < says.size() - 2 ? says[1] : says.size() - 2);
    size_t i = 0;
    while (i < server_options.methods.size() &&
           !offered.contains(static_cast<char>(server_options.methods[i])))
        ++i;
    demand(o.sent[1] ==
           (i == server_options.methods.size() ? '\xff' : static_cast<char>(server_options.methods[i])));
}

// Nothing to a peer that is not SOCKS; to all others a reply of their version, last.
void check_the_last_words(const outcome& o, bytes says) {
    if (o.how != ending::failed || says.empty()) return;
    if (says[0] != 4 && says[0] != 5)
        return demand(o.sent.empty() && o.used == 0 && o.why == socks::identify_foreign_protocol(says[0]));
    if (blame(o.why) != socks::party::peer || o.why == errc::negotiation_failed) return;
    const size_t n = o.sent.size();
    if (says[0] == 4) {
        demand(n >= 8 && o.sent[n - 8] == 0 && o.sent[n - 7] != 0x5a);
    } else if (n >= 2 && (n == 2 || (n == 4 && o.sent[2] == 1))) {
        demand(o.sent[n - 1] != 0);
    } else {
        demand(n >= 2 + 7);
    }
}

}  // namespace

//     options  seed  what it serves  its answers  bytes of the client
void fuzz(input in) {
    const uint8_t options = in.byte();
    const uint32_t seed = in.byte();
    const socks::server_options server_options = any_server_options(in);
    const answers app = any_answers(in);
    const bytes says = in.rest();
    const outcome o = play_at_every_pace(socks::server(server_options), app, says, (options & 2) != 0, seed);
    check_the_choice(server_options, o, says);
    check_the_last_words(o, says);
    if (o.how == ending::done && (says[0] == 4 || !server_options.v5))
        demand(server_options.methods.contains(socks::method::none));
    if (o.how == ending::failed && blame(o.why) == socks::party::caller)
        demand(o.why == errc::bad_host || o.why == errc::bad_host_byte);
}
