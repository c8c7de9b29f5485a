// A server against any bytes of a client: each pace gives the same handshake. It chooses a method in its own
// order from the offered ones, reports no request of a client that was not admitted, and refuses in the
// peer's version. Credentials and request are those in the bytes of the client, and the replies those of the
// application, when they are built by hand.

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

// What the application was shown is what the client said, apart from the bytes that have no meaning: the
// version of the credentials, the reserved byte, and the mark of a name over SOCKS4a.
void check_what_was_shown(const outcome& o, bytes says) {
    if (!o.login.empty()) {
        std::string login = text(says.subspan(size_t{2} + says[1]).first(o.login.size()));
        login[0] = 1;
        demand(login == o.login);
    }
    if (o.request.empty()) return;
    demand(o.request.size() <= o.used);
    std::string request = text(says.first(o.used).subspan(o.used - o.request.size()));
    if (request[0] == 5) request[2] = 0;
    if (request[0] == 4 && request.substr(4, 3) == std::string(3, '\0') && request[7] != 0) request[7] = 1;
    demand(request == o.request);
    // Before the request there is only what has led to it.
    const size_t before = o.used - o.request.size();
    if (request[0] == 4) return demand(before == 0 || (says[0] == 5 && before == size_t{2} + says[1]));
    demand(before - o.login.size() - size_t{2} - says[1] <= 1);
}

// A code of the client's version stays as it is; another one keeps only that it grants or refuses.
uint8_t code_for(const socks::reply_code& code, bool five) {
    if ((code.version == socks::version::v5) == five) return code.value;
    return five ? (code.succeeded() ? 0 : 1) : (code.succeeded() ? 90 : 91);
}

// The replies, after all that was sent before them.
void check_what_was_answered(const outcome& o, const answers& app, bytes says) {
    const bool five = o.request[0] == 5;
    std::string sent;
    if (five) sent = {'\5', o.sent[1]};
    if (!five && says[0] == 5) sent = {'\0', '\x5b'};  // instead of a method, before the request
    if (!o.login.empty()) sent += {'\1', '\0'};
    for (const socks::reply& r : app.replies) {
        const uint8_t code = code_for(r.code, five);
        sent += five ? by_hand::message5(code, r.bound) : by_hand::reply4(code, r.bound);
        if (o.request[1] != 2 || !r.code.succeeded()) break;
    }
    demand(o.sent == sent);
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
    check_what_was_shown(o, says);
    check_the_last_words(o, says);
    if (!o.request.empty() && (o.how == ending::done || o.why == errc::refused))
        check_what_was_answered(o, app, says);
    if (o.how == ending::done && (says[0] == 4 || !server_options.v5))
        demand(server_options.methods.contains(socks::method::none));
    if (o.how == ending::failed && blame(o.why) == socks::party::caller)
        demand(o.why == errc::bad_host || o.why == errc::bad_host_byte);
}
