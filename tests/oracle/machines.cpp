// Reads rows from the standard input, does with the real machines what each row says, and prints a line about each:
// the actions, the bytes sent, the bytes consumed, and the numbers of errors and states. tests/oracle/compare.py makes
// the rows and predicts the lines.
//
//     client VERSION COMMAND HOST PORT CREDENTIALS METHODS OPTIONS EVENT...
//     server METHODS OPTIONS EVENT...
//     decode MESSAGE OPTIONS BYTES
//
// docs/oracle.md explains the fields and the events.

#include "codecs.hpp"
#include "row.hpp"

#include <iostream>
#include <memory>

namespace {

using namespace oracle;

constexpr int too_many_steps = 40;

// What a caller of a machine holds, and the line about the row.
struct caller {
    std::string in{};
    size_t room = 1024;
    std::string line{};
    std::unique_ptr<char[]>
        out{};  // of exactly the size that the machine may write to, so a sanitizer sees more

    socks::buffer space() {
        out = std::make_unique<char[]>(room);
        return {out.get(), room};
    }
    void add(std::string_view text) { line += text; }
    void add(size_t n) { line += std::to_string(n); }
    void add(std::string_view before, std::string_view data) { line += before, append_hex(line, data); }
    void add(std::string_view before, uint8_t data) {
        add(before, std::string_view(reinterpret_cast<char*>(&data), 1));
    }
    void add(std::string_view before, const socks::endpoint& to) { line += before, append(line, to); }
};

std::string_view short_name(socks::version v) {
    return v == socks::version::v5 ? "5" : v == socks::version::v4a ? "4a" : "4";
}

// The rest of a failure. True if the step can be repeated with more room.
template <class Action>
bool add_failure(caller& c, const Action& s) {
    c.add("fail "), c.add(static_cast<size_t>(s.error()));
    if (s.error() == socks::errc::no_space) {
        c.room = s.required();
        c.add(" required "), c.add(c.room);
        return true;
    }
    if (s.error() == socks::errc::refused) c.add(s.code().version == socks::version::v5 ? " v5" : " v4");
    c.add(" byte ", s.byte());
    return false;
}

class client_row {
  public:
    client_row(std::string_view& fields, caller& c) : c_(c) {
        request_.version = version(cut(fields, ' '));
        request_.command = static_cast<socks::command>(byte(cut(fields, ' ')));
        host_ = std::make_unique<host>(cut(fields, ' '));
        request_.to = {host_->get(), static_cast<uint16_t>(number(cut(fields, ' ')))};
        std::string_view word = cut(fields, ' ');
        if (word != "-") {
            user_ = unhex(cut(word, ':'));
            password_ = unhex(word);
            request_.credentials = {user_, password_};
        }
        request_.methods = methods(cut(fields, ' '));
        machine_ = socks::client(options(cut(fields, ' ')).client);
    }

    // One step. True if another one can follow before anything happens.
    bool step() {
        using next = socks::client::next;
        const auto s = machine_.step(request_, c_.in, c_.space());
        const size_t n = s.consumed();
        bool again = false;
        switch (s.next()) {
            case next::send: c_.add("send ", s.data()), again = true; break;
            case next::recv: c_.add("recv "), c_.add(s.needed()); break;
            case next::negotiate: c_.add("negotiate ", static_cast<uint8_t>(s.method())); break;
            case next::wait: c_.add("wait"); break;
            case next::bound: c_.add("bound ", s.bound()), again = true; break;
            case next::done: {
                const auto result = s.result();
                c_.add("done ", result.reply.code.value), c_.add(" ", result.reply.bound),
                    c_.add(" early ", result.early);
                break;
            }
            case next::fail:
                again = add_failure(c_, s);
                if (s.error() == socks::errc::refused) c_.add(" ", s.bound());
                break;
        }
        c_.add(" +"), c_.add(n);
        c_.in.erase(0, n);
        return again;
    }

    bool answer(std::string_view question, std::string_view word) {
        if (question != "negotiated") return false;
        machine_.negotiated(word == "yes");
        return true;
    }

    void add_state() {
        const auto early = machine_.sent_early();
        c_.add(" @"), c_.add(static_cast<size_t>(machine_.state()));
        if (early.credentials) c_.add(" early_credentials");
        if (early.request) c_.add(" early_request");
        if (machine_.may_send_early()) c_.add(" may_send_early");
    }

    socks::client& machine() { return machine_; }

  private:
    caller& c_;
    socks::request request_{};
    std::unique_ptr<host> host_;
    std::string user_{};
    std::string password_{};
    socks::client machine_{};
};

class server_row {
  public:
    server_row(std::string_view& fields, caller& c) : c_(c) {
        const socks::methods accepted = methods(cut(fields, ' '));
        socks::server_options chosen = options(cut(fields, ' ')).server;
        chosen.methods = accepted;
        machine_ = socks::server(chosen);
    }

    bool step() {
        using next = socks::server::next;
        const auto s = machine_.step(c_.in, c_.space());
        const size_t n = s.consumed();
        bool again = false;
        switch (s.next()) {
            case next::send: c_.add("send ", s.data()), again = true; break;
            case next::recv: c_.add("recv "), c_.add(s.needed()); break;
            case next::authenticate: c_.add("authenticate ", s.user()), c_.add(":", s.password()); break;
            case next::negotiate: c_.add("negotiate ", static_cast<uint8_t>(s.method())); break;
            case next::serve:
                c_.add("serve "), c_.add(short_name(s.version())),
                    c_.add(" ", static_cast<uint8_t>(s.command()));
                c_.add(" ", s.to()), c_.add(" ", s.user()), c_.add(" ", static_cast<uint8_t>(s.method()));
                break;
            case next::wait: c_.add("wait"); break;
            case next::done: c_.add("done early ", s.result().early); break;
            case next::fail: again = add_failure(c_, s); break;
        }
        c_.add(" +"), c_.add(n);
        c_.in.erase(0, n);
        return again;
    }

    bool answer(std::string_view question, std::string_view word) {
        if (question == "negotiated") {
            machine_.negotiated(word == "yes");
            return true;
        }
        if (question == "authenticated") {
            add_answer([&] { return machine_.authenticated(word == "yes", c_.space()); });
            return true;
        }
        if (question != "answer") return false;
        const socks::version speaks = version(cut(word, '/'));
        const uint8_t code = byte(cut(word, '/'));
        const host bound(cut(word, '/'));
        const socks::reply reply{{speaks, code}, {bound.get(), static_cast<uint16_t>(number(word))}};
        add_answer([&] { return machine_.answer(reply, c_.space()); });
        return true;
    }

    void add_state() {
        c_.add(" @"), c_.add(static_cast<size_t>(machine_.state())),
            c_.add(" ", static_cast<uint8_t>(machine_.method()));
    }

    socks::server& machine() { return machine_; }

  private:
    template <class Answer>
    void add_answer(Answer answer) {
        socks::encoded reply = answer();
        if (reply.error() == socks::errc::no_space) {
            c_.room = reply.required();
            c_.add("no space, required "), c_.add(c_.room), c_.add(", ");
            reply = answer();
        }
        if (reply)
            c_.add("answered ", reply.data());
        else
            c_.add("answered fail "), c_.add(static_cast<size_t>(reply.error()));
        c_.add(", ");
    }

    caller& c_;
    socks::server machine_{};
};

template <class Row>
void happen(std::string_view event, Row& row, caller& c) {
    std::string_view value = event;
    const std::string_view name = cut(value, '=');
    if (event == "-") return;
    if (event == "end")
        row.machine().end_of_stream();
    else if (name == "failed")
        row.machine().stream_failed(static_cast<socks::errc>(number(value)));
    else if (name == "room")
        c.room = number(value);
    else if (name == "shrink")
        c.in.resize(c.in.size() - std::min<size_t>(c.in.size(), number(value)));
    else if (!row.answer(name, value))
        c.in += unhex(event);
}

// After each event come steps, until a machine needs something else.
template <class Row>
void drive(std::string_view events, caller& c) {
    Row row(events, c);
    while (!events.empty()) {
        happen(cut(events, ' '), row, c);
        int steps = 0;
        while (row.step() && ++steps < too_many_steps) c.add(", ");
        row.add_state();
        if (!events.empty()) c.add(" ; ");
    }
}

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    for (std::string row; std::getline(std::cin, row);) {
        caller c;
        std::string_view fields = row;
        const std::string_view role = cut(fields, ' ');
        if (role == "client")
            drive<client_row>(fields, c);
        else if (role == "server")
            drive<server_row>(fields, c);
        else if (role == "decode")
            c.line = decode(fields);
        else
            unreadable(row);
        std::cout << c.line << '\n';
    }
}
