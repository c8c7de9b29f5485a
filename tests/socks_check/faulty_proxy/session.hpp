// One connection of the faulty proxy, in a thread of its own: the machine of the library, and the faults in
// the code that drives it.

#ifndef SOCKS_TESTS_FAULTY_PROXY_SESSION_HPP
#define SOCKS_TESTS_FAULTY_PROXY_SESSION_HPP

#include <optional>
#include <socks/system/errno.hpp>

#include "../../../docs/examples/common/dial.hpp"
#include "answers.hpp"
#include "association.hpp"
#include "disguise.hpp"
#include "rules.hpp"

namespace faulty {

class session {
  public:
    session(unique_fd client, account user, bool login_only)
        : client_(std::move(client)),
          user_(std::move(user)),
          machine_({.methods = login_only
                                   ? socks::methods(socks::method::username_password)
                                   : socks::methods(socks::method::none, socks::method::username_password),
                    .tolerance = tolerance()}) {
        prepare(client_.get());
    }

    void run() {
        using next = socks::server::next;
        for (;;) {
            if (!disguise(rx_, machine_.state(), user_)) return;
            if (answers_out_of_turn()) continue;
            const auto s = machine_.step(rx_, out_);
            switch (s.next()) {
                case next::send: say(std::string(std::string_view(s.data())), s.consumed()); break;
                case next::recv:
                    if (!receive()) return;
                    break;
                case next::authenticate:
                    if (!log_in(std::string_view(s.user()), std::string_view(s.password()), s.consumed()))
                        return;
                    break;
                case next::serve:
                    if (!serve({s.command(), s.version(), socks::stored_endpoint(s.to()), s.consumed()}))
                        return;
                    break;
                case next::done: return carry(std::string(std::string_view(s.result().early)));
                case next::fail: return part();
                case next::negotiate:
                case next::wait: return;
            }
        }
    }

  private:
    struct served {
        socks::command command;
        socks::version version;
        socks::stored_endpoint to;
        size_t consumed;
    };

    static socks::tolerance tolerance() {
        socks::tolerance t = socks::lenient;
        t.credentials_version_5 = has(fault::login_version_5);
        return t;
    }

    void consume(size_t n) {
        rx_.erase(0, n);
        if (n != 0 && has(fault::pipelined_lost)) rx_.clear();
    }

    bool receive() {
        if (has(fault::partial_message) && !rx_.empty()) return false;
        char room[4096];
        const auto n = example::read_some(client_.get(), room, example::deadline(limit()));
        if (n == 0 && has(fault::end_keeps_waiting)) return hang();
        if (n == 0) machine_.end_of_stream();
        rx_.append(room, n);
        if (has(fault::socks4_flood) && rx_[0] == 4)
            while (!detail::complete4(rx_)) {
                const auto more = example::read_some(client_.get(), room, example::deadline(limit()));
                if (more == 0) return false;
                rx_.append(room, more);
            }
        return true;
    }

    // Returns false to close the connection.
    bool log_in(std::string_view name, std::string_view password, size_t consumed) {
        const bool right = user_.matches(name, password);
        consume(consumed);
        if (!right && has(fault::status_missing)) return false;
        if (!right && (has(fault::serves_after_denial) || has(fault::second_login))) {
            send("\1\1");
            has(fault::second_login)
                ? restart(socks::method::username_password, "", state::credentials)
                : restart(socks::method::username_password, detail::login_of(user_), state::request);
            return true;
        }
        say(std::string(std::string_view(machine_.authenticated(right, out_).data())), 0);
        return true;
    }

    static std::chrono::seconds limit() { return std::chrono::seconds(has(fault::drip_starves) ? 1 : 30); }

    // Longer than any case waits.
    bool hang() {
        ::sleep(40);
        return false;
    }

    void send(std::string_view bytes) {
        example::write_all(client_.get(), bytes, example::deadline(limit()));
    }

    // Sends a message of the machine, with the fault in it.
    void say(std::string bytes, size_t consumed) {
        spoil(bytes, kind_);
        no_method_ = bytes == "\5\xff" && kind_ == request_kind::none;
        send(bytes);
        consume(consumed);
        if (no_method_ && has(fault::serves_after_ff)) {
            rx_.erase(0, 2U + detail::byte_of(rx_, 1));  // a refused greeting is not consumed
            restart(socks::method::none, "", state::request);
        }
    }

    // Begins again as if the client had sent a greeting and `login`, without sending the answers.
    void restart(socks::method method, const std::string& login, state until) {
        using namespace std::string_literals;
        const std::string rest = std::exchange(rx_, {});
        machine_ = socks::server({.methods = method});
        rx_ = "\5\1"s + static_cast<char>(method) + login;
        while (machine_.state() != until) {
            const auto s = machine_.step(rx_, out_);
            rx_.erase(0, s.consumed());
            if (s.next() == socks::server::next::authenticate)
                static_cast<void>(machine_.authenticated(true, out_));
        }
        rx_ = rest;
    }

    // Answers what the machine would refuse. Returns false for everything else.
    bool answers_out_of_turn() {
        const bool asks = machine_.state() == state::request && rx_.size() >= 5;
        if (has(fault::login_not_asked_for) && asks && rx_[0] == 1) {
            const auto login = socks::decode_credentials(rx_);
            if (!login) return false;
            rx_.erase(0, login.consumed());
            send({"\1\0", 2});
            return true;
        }
        const bool empty_name = asks && rx_[0] == 5 && rx_[3] == 3 && rx_[4] == 0;
        if (has(fault::name_empty) && empty_name) {
            send({"\5\0\0\1\0\0\0\0\0\0", 10});
            hang();
        }
        if (has(fault::socks4_command_3) && rx_.starts_with("\4\3")) send({"\0\x5a\0\0\0\0\0\0", 8});
        if (has(fault::reserved_hangs) && asks && rx_[0] == 5 && rx_[2] != 0) hang();
        return false;
    }

    // Returns false if the connection is over.
    bool serve(const served& asked) {
        const socks::endpoint to = asked.to;
        kind_ = asked.command != socks::command::connect   ? request_kind::other
                : to.host.kind() == socks::host_kind::ipv6 ? request_kind::connect_ipv6
                                                           : request_kind::connect;
        if (has(fault::early_cut) && rx_.size() > asked.consumed + 1024) rx_.resize(asked.consumed + 1024);
        consume(asked.consumed);
        if (has(fault::socks4_name_ignored) && asked.version == socks::version::v4a) return grant_nothing();
        switch (asked.command) {
            case socks::command::connect: return connect(asked.version, to);
            case socks::command::bind: return bind(to);
            case socks::command::udp_associate: return associate(to);
        }
        return answer({socks::code5::command_not_supported, {}});
    }

    bool grant_nothing() {
        answer({socks::code5::succeeded, {}});
        return hang();
    }

    bool answer(const socks::reply& r) {
        say(std::string(std::string_view(machine_.answer(r, out_).data())), 0);
        return true;
    }

    bool connect(socks::version via, const socks::endpoint& to) {
        if (has(fault::reply_before_connecting)) answer({socks::code5::succeeded, {}});
        socks::reply_code code = socks::code5::succeeded;
        try {
            const example::deadline until(std::chrono::seconds(10));
            if (!permitted(via, to, until)) return answer({socks::code5::not_allowed, {}});
            destination_ = example::connect_to_any({to}, until);
            prepare(destination_.get());
        } catch (const example::cannot_connect& e) {
            code = socks::code_for(e.failure);
        } catch (const std::system_error& e) {
            code = socks::code_for(socks::dial_error_from_errno(e.code().value()));
        }
        if (has(fault::reply_before_connecting)) return static_cast<bool>(destination_);
        if (has(fault::first_bytes_lost) && destination_) {
            char room[4096];
            ::poll(nullptr, 0, 200);
            static_cast<void>(::recv(destination_.get(), room, sizeof room, MSG_DONTWAIT));
        }
        answer({code, {}});
        if (has(fault::serves_after_refusal) && !destination_)
            restart(socks::method::none, "", state::request);
        return true;
    }

    bool bind(const socks::endpoint& to) {
        const socks::endpoint near = example::local_endpoint(client_.get());
        const unique_fd door = example::listen_on({near.host, 0}, 16);
        if (!door) return answer({socks::code5::general_failure, {}});
        socks::endpoint at = example::local_endpoint(door.get());
        if (has(fault::bind_port_0)) at.port = 0;
        answer({socks::code5::succeeded, at});
        if (!has(fault::bind_survives) && !caller_comes(door.get())) return false;
        socket_address from;
        destination_ = unique_fd(::accept(door.get(), from.data(), from.room()));
        if (!destination_) return answer({socks::code5::general_failure, {}});
        prepare(destination_.get());
        const socks::endpoint caller = from.endpoint();
        if (!has(fault::bind_any_caller) && !socks::is_expected(caller.host, to.host)) {
            destination_.reset();
            return answer({socks::code5::not_allowed, {}});
        }
        if (has(fault::bind_survives) && client_has_gone()) return hang();
        if (has(fault::bind_one_reply)) return carry(std::exchange(rx_, {})), false;
        answer({socks::code5::succeeded, has(fault::bind_caller_missing) ? at : caller});
        pollfd another{door.get(), POLLIN, 0};
        if (has(fault::bind_last_caller) && ::poll(&another, 1, 300) > 0)
            destination_ = unique_fd(::accept(door.get(), nullptr, nullptr));
        return true;
    }

    [[nodiscard]] bool client_has_gone() const {
        pollfd watched{client_.get(), POLLRDHUP, 0};
        return ::poll(&watched, 1, 0) > 0;
    }

    // Waits for the caller. Returns false if the client ends first.
    [[nodiscard]] bool caller_comes(int door) const {
        pollfd watched[] = {{door, POLLIN, 0}, {client_.get(), POLLRDHUP, 0}};
        return ::poll(watched, 2, 60'000) > 0 && watched[1].revents == 0;
    }

    bool associate(const socks::endpoint& declared) {
        association_.emplace(example::local_endpoint(client_.get()), example::remote_endpoint(client_.get()),
                             declared);
        socks::endpoint at = association_->relay_address();
        if (has(fault::udp_port_0)) at.port = 0;
        return answer({socks::code5::succeeded, at});
    }

    void carry(std::string early) {
        if (association_) return association_->run(client_.get());
        relay(client_.get(), destination_.get(), std::move(early));
    }

    // Ends after a failure, in a way that lets the client receive the reply.
    void part() {
        if (has(no_method_ ? fault::ff_stays_open : fault::refusal_stays_open)) hang();
        ::shutdown(client_.get(), SHUT_WR);
        char room[4096];
        const example::deadline until(std::chrono::seconds(2));
        while (example::read_some(client_.get(), room, until) != 0) {
        }
    }

    unique_fd client_;
    unique_fd destination_;
    account user_;
    socks::server machine_;
    bool no_method_ = false;
    request_kind kind_ = request_kind::none;
    std::optional<association> association_;
    std::string rx_;
    char out_[socks::server::max_pending];
};

}  // namespace faulty

#endif
