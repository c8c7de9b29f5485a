// What the client does in each of its states. client.hpp has the picture and the contract.
// A state is left only with the octets that say so, whichever way they go: what lacks room leaves it as it was.

#ifndef SOCKS_MACHINE_CLIENT_STATES_HPP
#define SOCKS_MACHINE_CLIENT_STATES_HPP

#include <socks/machine/client.hpp>

namespace socks {

// used_ may count the replies before this one, so the message tells its own length.
SOCKS_INLINE constexpr client::finished client::action::answer(version via) const noexcept {
    const bool five = via == version::v5;
    const size_t size = five ? *detail::measure_endpoint5({data_, max_input}) : reply4_size;
    const bytes whole{data_, size};
    const bytes early{data_ + size, next_ == client::next::done ? size_ : 0};
    return {{reply_code(via, whole[1]), five ? detail::read_bound5(whole) : detail::read_bound4(whole)},
            early};
}

SOCKS_INLINE constexpr client::action client::step(const request& want, bytes in, buffer out) noexcept {
    action now;
    size_t used = 0;
    at due = at_;
    if (due == at::start) due = greet(want, out, now);
    if (due == at::choice) due = choose(want, in, out, used, now);
    if (due == at::status) due = status(in, used, now);
    switch (due) {
        case at::request:
        case at::request_ahead: ask(want, out, used, now); break;
        case at::reply:
        case at::accepted: receive(in.from(used), used, now); break;
        case at::login_ahead:
            emit(encode_login(want.login, out), at::request_ahead, 0, now);
            login_ahead_ = now.next() == next::send;
            break;
        case at::over: die(errc::finished, now); break;
        case at::failed: die(why_, now); break;
        case at::start:
        case at::choice:
        case at::status:
        case at::negotiating: break;  // wait, or what was said above
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
    size_t used = 0;
    if (out.empty()) do {
            now = step(want, in, out.space());
            if (now.next() != next::send) break;
            used += now.used();
            out.commit(now.data().size());
        } while (runs_ahead());
    if (!out.empty()) now.tell(next::send, out.unsent(), 0, used);
    return now;
}

SOCKS_INLINE constexpr client::at client::greet(const request& want, buffer out, action& now) noexcept {
    const errc fault = check(want);
    if (fault != errc::none) {
        die(fault, now);
        return at::negotiating;
    }
    via_ = want.via;
    command_ = want.command;
    if (via_ != version::v5) return at::request;
    offered_ = want.offer();
    at then = at::choice;
    if (pipelined_ && offered_.size() == 1) {
        if (offered_[0] == method::none) then = at::request_ahead;
        if (offered_[0] == method::login) then = at::login_ahead;
    }
    emit(detail::write_greeting(offered_.octets(), out), then, 0, now);
    return at::negotiating;
}

SOCKS_INLINE constexpr client::at client::choose(const request& want, bytes in, buffer out, size_t& used,
                                                 action& now) noexcept {
    const decoded<method> chosen = decode_choice(in);
    if (!chosen) {
        if (chosen.need() != 0)
            starve(in, chosen.need(), 0, now);
        else
            die(stranger(in[0]), now, in[0]);
        return at::negotiating;
    }
    used = chosen.used();
    if (*chosen == method::no_acceptable) {
        die(errc::no_acceptable_method, now, in[1], used);
    } else if (!offered_.contains(*chosen)) {
        die(errc::method_not_offered, now, in[1], used);
    } else if (*chosen == method::none) {
        return authenticated();
    } else if (*chosen != method::login) {
        at_ = at::negotiating;
        now.tell(next::negotiate, {}, in[1], used);
    } else if (!login_ahead_) {
        emit(encode_login(want.login, out), at::status, used, now);
    } else {
        login_ahead_ = false;
        return at_ = at::status;
    }
    return at::negotiating;
}

SOCKS_INLINE constexpr client::at client::status(bytes in, size_t& used, action& now) noexcept {
    const bytes rest = in.from(used);
    const decoded<uint8_t> verdict = decode_status(rest, accept_);
    if (!verdict) {
        if (verdict.need() != 0)
            starve(rest, verdict.need(), used, now);
        else
            die(verdict.error(), now, rest[0], used);
        return at::negotiating;
    }
    used += verdict.used();
    if (*verdict == 0) return authenticated();
    die(errc::login_refused, now, *verdict, used);
    return at::negotiating;
}

// The request may stand: it is due now, or its reply where it went ahead.
SOCKS_INLINE constexpr client::at client::authenticated() noexcept {
    if (!request_ahead_) return at::request;
    request_ahead_ = false;
    return at_ = at::reply;
}

// The request, or a SOCKS5 request that goes out ahead of the choice.
SOCKS_INLINE constexpr void client::ask(const request& want, buffer out, size_t used, action& now) noexcept {
    const bool early = at_ == at::request_ahead;
    const at then = early ? at::choice : at::reply;
    const errc fault = detail::destination_fault(via_, command_, want.to.host);
    if (fault != errc::none) return die(fault, now);
    if (via_ == version::v5)
        emit(detail::encode_frame5(static_cast<uint8_t>(command_), want.to, out), then, used, now);
    else
        emit(encode_request4({command_, want.to, want.login.user}, out), then, used, now);
    if (early) request_ahead_ = now.next() == next::send;
}

// Behind `before` octets of replies that went before in the same step.
SOCKS_INLINE constexpr void client::receive(bytes in, size_t before, action& now) noexcept {
    const bool five = via_ == version::v5;
    const extent whole = five ? detail::measure_reply5(in, accept_) : detail::measure_reply4(in, accept_);
    if (in.size() >= 2 && whole.error() != errc::bad_version && !reply_code(via_, in[1]).succeeded())
        return refuse(in, whole, before, now);
    if (!whole) {
        if (whole.need() != 0) return starve(in, whole.need(), before, now);
        const bool first = whole.error() == errc::bad_version;
        return die(first && !five ? stranger(in[0]) : whole.error(), now, first ? in[0] : uint8_t{0}, before);
    }
    const auto via = static_cast<uint8_t>(via_);
    const size_t used = before + *whole;
    if (command_ == socks::command::bind && at_ == at::reply) {
        at_ = at::accepted;
        return now.tell(next::bound, {in.data(), 0}, via, used);
    }
    at_ = at::over;
    now.tell(next::done, {in.data(), in.size() - *whole}, via, used);
}

// A refusal is what its second octet says it is, whatever follows or fails to.
SOCKS_SHARED constexpr void client::refuse(bytes in, extent whole, size_t before, action& now) noexcept {
    if (whole_refusal_ && whole) return die(errc::refused, now, in[1], before + *whole, in.data());
    if (whole_refusal_ && whole.need() != 0 && !closed_) return starve(in, whole.need(), before, now);
    die(errc::refused, now, in[1], before + 2);
}

// The state moves on only with the octets that say so: after no_space the same step can be made again.
SOCKS_SHARED constexpr void client::emit(const encoded& made, at then, size_t used, action& now) noexcept {
    if (made.error() == errc::no_space) return now.fail(made);
    if (!made) return die(made.error(), now);
    at_ = then;
    now.send(made, used);
}

SOCKS_SHARED constexpr void client::starve(bytes in, size_t need, size_t before, action& now) noexcept {
    if (!closed_) return now.recv(need, before);
    if (!in.empty()) return die(errc::truncated, now, 0, before);
    die(at_ == at::accepted ? errc::closed_while_bound : errc::closed, now, 0, before);
}

SOCKS_SHARED constexpr void client::die(errc why, action& now, uint8_t octet, size_t used,
                                        const char* reply) noexcept {
    fuse(why, octet);
    now.fail(why_, octet_, via_, used, reply);
}

}  // namespace socks

#endif
