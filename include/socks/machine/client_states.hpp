// What the client does in each of its states. client.hpp has the picture and the contract.
// A state is left only with the octets that say so, whichever way they go: what lacks room leaves it as it was.

#ifndef SOCKS_MACHINE_CLIENT_STATES_HPP
#define SOCKS_MACHINE_CLIENT_STATES_HPP

#include <socks/machine/client.hpp>

namespace socks {

// used_ may count the replies before this one, so the message tells its own length.
constexpr client::finished client::action::answer(version via) const noexcept {
    const bool five = via == version::v5;
    const size_t size = five ? *detail::measure_endpoint5({data_, max_input}) : reply4_size;
    const bytes whole{data_, size};
    const bytes early{data_ + size, next_ == client::next::done ? size_ : 0};
    if (five) {
        const reply5 r = detail::read_reply5(whole);
        return {{r.code, r.bound}, early};
    }
    const reply4 r = detail::read_reply4(whole);
    return {{r.code, r.bound}, early};
}

SOCKS_INLINE constexpr client::action client::step(const request& want, bytes in, buffer out) noexcept {
    action now;
    switch (at_) {
        case at::start: start(want, out, now); break;
        case at::login_ahead:
        case at::request_ahead: run_ahead(want, out, now); break;
        case at::choice: choose(want, in, out, now); break;
        case at::status: status(want, in, out, now); break;
        case at::negotiating: break;  // wait
        case at::request: ask(want, out, at::reply, 0, now); break;
        case at::reply:
        case at::accepted: receive(in, now); break;
        case at::over: die(errc::finished, now); break;
        case at::failed: die(why_, now); break;
    }
    return now;
}

template <size_t N>
SOCKS_INLINE constexpr client::action client::step(const request& want, inbox<N>& in, buffer out) noexcept {
    static_assert(N >= max_input, "the inbox is too small for a reply");
    const action a = step(want, in.unread(), out);
    in.drop(a.next() == next::done ? in.unread().size() : a.used());
    return a;
}

template <size_t N, size_t M>
SOCKS_INLINE constexpr client::action client::step(const request& want, inbox<N>& in,
                                                   outbox<M>& out) noexcept {
    static_assert(M >= max_output, "the outbox is too small for a request");
    action now;
    if (out.empty()) {
        now = step(want, in, out.space());
        if (now.next() != next::send) return now;
        out.commit(now.data().size());
        while (runs_ahead()) {
            action more;
            run_ahead(want, out.space(), more);
            if (more.next() != next::send) break;
            out.commit(more.data().size());
        }
    }
    now.tell(next::send, out.unsent(), 0, now.used());
    return now;
}

SOCKS_INLINE constexpr void client::start(const request& want, buffer out, action& now) noexcept {
    const errc fault = check(want);
    if (fault != errc::none) return die(fault, now);
    via_ = want.via;
    command_ = want.command;
    if (via_ != version::v5) return ask(want, out, at::reply, 0, now);
    offered_ = want.offer();
    at then = at::choice;
    if (pipelined_ && offered_.size() == 1) {
        if (offered_[0] == method::none) then = at::request_ahead;
        if (offered_[0] == method::login) then = at::login_ahead;
    }
    emit(encode_greeting({offered_.octets()}, out), then, 0, now);
}

// Sends what would come next, before the reply that it would wait for.
SOCKS_INLINE constexpr void client::run_ahead(const request& want, buffer out, action& now) noexcept {
    if (at_ == at::login_ahead) {
        emit(encode_login(want.login, out), at::request_ahead, 0, now);
        login_ahead_ = now.next() == next::send;
    } else {
        ask(want, out, at::choice, 0, now);
        request_ahead_ = now.next() == next::send;
    }
}

SOCKS_INLINE constexpr void client::choose(const request& want, bytes in, buffer out, action& now) noexcept {
    const decoded<method> chosen = decode_choice(in);
    if (chosen.error() != errc::none) return die(stranger(in[0]), now, in[0]);
    if (!chosen) return starve(in, chosen.need(), now);
    const size_t used = chosen.used();
    if (*chosen == method::no_acceptable) return die(errc::no_acceptable_method, now, in[1], used);
    if (!offered_.contains(*chosen)) return die(errc::method_not_offered, now, in[1], used);
    if (*chosen == method::none) return authenticated(want, in, out, used, now);
    if (*chosen == method::login) {
        if (!login_ahead_) return emit(encode_login(want.login, out), at::status, used, now);
        login_ahead_ = false;
        at_ = at::status;
        status(want, in.from(used), out, now);
        return now.behind(used);
    }
    at_ = at::negotiating;
    now.tell(next::negotiate, {}, in[1], used);
}

SOCKS_INLINE constexpr void client::status(const request& want, bytes in, buffer out, action& now) noexcept {
    const decoded<uint8_t> verdict = decode_status(in, accept_);
    if (verdict.error() != errc::none) return die(verdict.error(), now, in[0]);
    if (!verdict) return starve(in, verdict.need(), now);
    if (*verdict != 0) return die(errc::login_refused, now, *verdict, verdict.used());
    authenticated(want, in, out, verdict.used(), now);
}

// The request is due now, or its reply where it went ahead.
SOCKS_INLINE constexpr void client::authenticated(const request& want, bytes in, buffer out, size_t used,
                                                  action& now) noexcept {
    if (!request_ahead_) return ask(want, out, at::reply, used, now);
    request_ahead_ = false;
    at_ = at::reply;
    receive(in.from(used), now);
    now.behind(used);
}

SOCKS_INLINE constexpr void client::ask(const request& want, buffer out, at then, size_t used,
                                        action& now) noexcept {
    const errc fault = detail::destination_fault(via_, command_, want.to.host);
    if (fault != errc::none) return die(fault, now);
    if (via_ == version::v5)
        emit(encode_request5({command_, want.to}, out), then, used, now);
    else
        emit(encode_request4({command_, want.to, want.login.user}, out), then, used, now);
}

SOCKS_INLINE constexpr void client::receive(bytes in, action& now) noexcept {
    const bool five = via_ == version::v5;
    const extent whole = five ? detail::measure_reply5(in, accept_) : detail::measure_reply4(in, accept_);
    if (whole.error() == errc::bad_version)
        return die(five ? errc::bad_version : stranger(in[0]), now, in[0]);
    if (in.size() >= 2 && !reply_code(via_, in[1]).succeeded()) return refuse(in, whole, now);
    if (whole.error() != errc::none) return die(whole.error(), now);
    if (!whole) return starve(in, whole.need(), now);
    const auto via = static_cast<uint8_t>(via_);
    if (command_ == socks::command::bind && at_ == at::reply) {
        at_ = at::accepted;
        return now.tell(next::bound, {in.data(), 0}, via, *whole);
    }
    at_ = at::over;
    now.tell(next::done, {in.data(), in.size() - *whole}, via, *whole);
}

// A refusal is what its second octet says it is, whatever follows or fails to.
SOCKS_INLINE constexpr void client::refuse(bytes in, extent whole, action& now) noexcept {
    if (whole_refusal_ && whole) return die(errc::refused, now, in[1], *whole, in.data());
    if (whole_refusal_ && whole.need() != 0 && !closed_) return starve(in, whole.need(), now);
    die(errc::refused, now, in[1], 2);
}

// The state moves on only with the octets that say so: after no_space the same step can be made again.
SOCKS_INLINE constexpr void client::emit(const encoded& made, at then, size_t used, action& now) noexcept {
    if (made.error() == errc::no_space) return now.fail(made);
    if (!made) return die(made.error(), now);
    at_ = then;
    now.send(made, used);
}

SOCKS_INLINE constexpr void client::starve(bytes in, size_t need, action& now) noexcept {
    if (!closed_) return now.recv(need);
    if (!in.empty()) return die(errc::truncated, now);
    die(at_ == at::accepted ? errc::closed_while_bound : errc::closed, now);
}

SOCKS_INLINE constexpr void client::die(errc why, action& now, uint8_t octet, size_t used,
                                        const char* reply) noexcept {
    fuse(why, octet);
    now.fail(why_, octet_, via_, used, reply);
}

}  // namespace socks

#endif
