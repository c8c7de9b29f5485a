// Reads rows from the standard input, does with the real machines what each row says, and prints a line about
// each: actions, bytes sent, bytes consumed, and the numbers of errors and states. compare.py makes the rows
// and predicts the lines.
//
//     client VERSION/COMMAND/HOST/PORT/CREDENTIALS/METHODS OPTIONS EVENT...
//     server METHODS OPTIONS EVENT...
//     decode MESSAGE OPTIONS BYTES
//
// docs/oracle.md explains the fields and the events.

#include "line.hpp"
#include "row.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

namespace {

using namespace oracle;

constexpr int too_many_steps = 1000;

// What a caller of a machine holds, and the line about the row.
struct caller {
    bool mailboxes;  // uses an inbox and an outbox, not plain views
    bool patient;    // answers only what a step asks
    bool asked = false;
    size_t room = 1024;  // of the output; with mailboxes, the most bytes that the stream takes at once
    std::string in{};
    std::unique_ptr<char[]> out{};  // has exactly this room, so a sanitizer sees a byte too many
    socks::inbox<8192> rx{};
    socks::outbox<1024> tx{};
    oracle::line line{};

    explicit caller(const options& chosen) : mailboxes(chosen.mailboxes), patient(chosen.patient) {}

    socks::buffer space() {
        out = std::make_unique<char[]>(room);
        return {out.get(), room};
    }

    void receive(const std::string& data) {
        in += data;
        if (!mailboxes || data.empty()) return;
        const socks::buffer free = rx.prepare(data.size());
        if (free.capacity() != data.size()) unreadable("too many bytes");
        data.copy(free.data(), data.size());
        rx.commit(data.size());
    }

    void send(socks::bytes data) {
        const size_t taken = mailboxes ? std::min(data.size(), std::max<size_t>(room, 1)) : data.size();
        line.add("send ", data.first(taken));
        if (mailboxes) tx.consume(taken);
    }
};

// The rest of a failure. True if the step can be repeated with more room.
template <class Action>
bool report_failure(caller& c, const Action& s) {
    c.line.add("fail ", s.error());
    if (s.error() == socks::errc::no_space) {
        c.room = s.required();
        c.line.add(" required ", c.room);
        return true;
    }
    if (s.error() == socks::errc::refused) c.line.add(s.code().version == socks::version::v5 ? " v5" : " v4");
    c.line.add(" byte ", s.byte());
    return false;
}

class client_row {
  public:
    client_row(std::string_view request, const options& chosen) : c_(chosen), machine_(chosen.client) {
        set_request(request);
    }

    // One step. True if another one can follow before anything happens.
    bool step() {
        using next = socks::client::next;
        const auto s =
            c_.mailboxes ? machine_.step(request_, c_.rx, c_.tx) : machine_.step(request_, c_.in, c_.space());
        bool again = false;
        switch (s.next()) {
            case next::send: c_.send(s.data()), again = true; break;
            case next::recv: c_.line.add("recv ", s.needed()); break;
            case next::negotiate: c_.line.add("negotiate ", s.method()); break;
            case next::wait: c_.line.add("wait"); break;
            case next::bound: c_.line.add("bound ", s.bound()), again = true; break;
            case next::done: {
                const auto [reply, early] = s.result();
                c_.line.add("done ", reply.code.value, " ", reply.bound, " early ", early);
                break;
            }
            case next::fail:
                again = report_failure(c_, s);
                if (s.error() == socks::errc::refused) c_.line.add(" ", s.bound());
                break;
        }
        c_.asked = s.next() == next::negotiate || s.next() == next::wait;
        c_.line.add(" +", s.consumed());
        c_.in.erase(0, s.consumed());
        return again;
    }

    void answer(std::string_view, std::string_view word) { machine_.negotiated(word == "yes"); }

    void set_request(std::string_view fields) {
        request_.version = version(cut(fields, '/'));
        request_.command = static_cast<socks::command>(byte(cut(fields, '/')));
        host_ = std::make_unique<host>(cut(fields, '/'));
        request_.to = {host_->get(), static_cast<uint16_t>(number(cut(fields, '/')))};
        std::string_view login = cut(fields, '/');
        const bool given = login != "-";
        user_ = unhex(cut(login, ':'));
        password_ = unhex(login);
        request_.credentials = given ? socks::credentials(user_, password_) : socks::credentials();
        request_.methods = methods(fields);
    }

    void report_state() {
        const auto early = machine_.sent_early();
        c_.line.add(" @", machine_.state());
        if (early.credentials) c_.line.add(" early_credentials");
        if (early.request) c_.line.add(" early_request");
        if (machine_.may_send_early()) c_.line.add(" may_send_early");
    }

    caller c_;
    socks::client machine_;

  private:
    socks::request request_{};
    std::unique_ptr<host> host_{};
    std::string user_{};
    std::string password_{};
};

class server_row {
  public:
    server_row(std::string_view accepted, const options& chosen)
        : c_(chosen), machine_([&] {
              socks::server_options all = chosen.server;
              all.methods = methods(accepted);
              return all;
          }()) {}

    bool step() {
        using next = socks::server::next;
        const auto s = c_.mailboxes ? machine_.step(c_.rx, c_.tx) : machine_.step(c_.in, c_.space());
        bool again = false;
        c_.asked = true;
        switch (s.next()) {
            case next::authenticate: c_.line.add("authenticate ", s.user(), ":", s.password()); break;
            case next::negotiate: c_.line.add("negotiate ", s.method()); break;
            case next::serve:
                c_.line.add("serve ", short_name(s.version()), " ", s.command(), " ", s.to(), " ", s.user(),
                            " ", s.method());
                break;
            case next::wait: c_.line.add("wait"); break;
            case next::send: c_.send(s.data()), again = true, c_.asked = false; break;
            case next::recv: c_.line.add("recv ", s.needed()), c_.asked = false; break;
            case next::done: c_.line.add("done early ", s.result().early), c_.asked = false; break;
            case next::fail: again = report_failure(c_, s), c_.asked = false; break;
        }
        c_.line.add(" +", s.consumed());
        c_.in.erase(0, s.consumed());
        return again;
    }

    void answer(std::string_view question, std::string_view word) {
        if (question == "negotiated") {
            machine_.negotiated(word == "yes");
        } else if (question == "authenticated") {
            give([&](auto&& out) { return machine_.authenticated(word == "yes", out); });
        } else {
            const socks::version speaks = version(cut(word, '/'));
            const uint8_t code = byte(cut(word, '/'));
            const host bound(cut(word, '/'));
            const socks::reply reply{{speaks, code}, {bound.get(), static_cast<uint16_t>(number(word))}};
            give([&](auto&& out) { return machine_.answer(reply, out); });
        }
    }

    static void set_request(std::string_view) { unreadable("a server has no request"); }

    void report_state() { c_.line.add(" @", machine_.state(), " ", machine_.method()); }

    caller c_;
    socks::server machine_;

  private:
    static const char* short_name(socks::version v) {
        return v == socks::version::v5 ? "5" : v == socks::version::v4a ? "4a" : "4";
    }

    // An answer writes bytes: into the outbox, or into a buffer, which may need more room.
    template <class Answer>
    void give(Answer answer) {
        if (c_.mailboxes) return answer(c_.tx);
        socks::encoded reply = answer(c_.space());
        if (reply.error() == socks::errc::no_space) {
            c_.room = reply.required();
            c_.line.add("no space, required ", c_.room, ", ");
            reply = answer(c_.space());
        }
        if (reply)
            c_.line.add("answered ", reply.data(), ", ");
        else
            c_.line.add("answered fail ", reply.error(), ", ");
    }
};

template <class Row>
void happen(std::string_view event, Row& row) {
    caller& c = row.c_;
    std::string_view value = event;
    const std::string_view name = cut(value, '=');
    if (name == "end") {
        row.machine_.end_of_stream();
    } else if (name == "failed") {
        const auto why = static_cast<socks::errc>(number(value));
        c.mailboxes ? row.machine_.stream_failed(c.tx, why) : row.machine_.stream_failed(why);
    } else if (name == "room") {
        c.room = number(value);
    } else if (name == "shrink") {
        c.in.resize(c.in.size() - std::min<size_t>(c.in.size(), number(value)));
    } else if (name == "request") {
        row.set_request(value);
    } else if (name == "negotiated" || name == "authenticated" || name == "answer") {
        if (c.asked || !c.patient) row.answer(name, value);
    } else {
        c.receive(unhex(event));
    }
}

// After each event come steps, until a machine needs something else.
template <class Row>
std::string drive(std::string_view fields) {
    const std::string_view first = cut(fields, ' ');
    Row row(first, options(cut(fields, ' ')));
    while (!fields.empty()) {
        happen(cut(fields, ' '), row);
        int steps = 0;
        while (row.step() && ++steps < too_many_steps) row.c_.line.add(", ");
        row.report_state();
        if (!fields.empty()) row.c_.line.add(" ; ");
    }
    return row.c_.line.text();
}

template <class Value>
std::string line_about(const socks::decoded<Value>& d) {
    line said;
    if (d)
        said.add("value ", *d, " +", d.consumed());
    else if (d.needed() != 0)
        said.add("need ", d.needed());
    else
        said.add("fail ", d.error());
    return said.text();
}

std::string decode(std::string_view fields) {
    const std::string_view what = cut(fields, ' ');
    const options chosen(cut(fields, ' '));
    const std::string in = unhex(fields);
    const socks::tolerance& tolerated = chosen.server.tolerance;
    if (what == "greeting") return line_about(socks::decode_greeting(in));
    if (what == "method_selection") return line_about(socks::decode_method_selection(in));
    if (what == "request5") return line_about(socks::decode_request5(in, tolerated));
    if (what == "reply5") return line_about(socks::decode_reply5(in, tolerated));
    if (what == "request4") return line_about(socks::decode_request4(in));
    if (what == "reply4") return line_about(socks::decode_reply4(in, tolerated));
    if (what == "credentials") return line_about(socks::decode_credentials(in, tolerated));
    if (what == "auth_status") return line_about(socks::decode_auth_status(in, tolerated));
    if (what == "datagram") return line_about(socks::decode_datagram(in, tolerated, chosen.parts));
    unreadable(what);
}

std::string line_about_row(std::string_view row) {
    std::string_view fields = row;
    const std::string_view role = cut(fields, ' ');
    if (role == "client") return drive<client_row>(fields);
    if (role == "server") return drive<server_row>(fields);
    if (role == "decode") return decode(fields);
    unreadable(row);
}

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    for (std::string row; std::getline(std::cin, row);) std::cout << line_about_row(row) << '\n';
}
