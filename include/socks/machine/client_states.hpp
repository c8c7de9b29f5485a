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
    if (due == at::start) due = greet(want, in, out, used, now);
    if (due == at::choice) due = choose(want, in, out, used, now);
    if (due == at::status) due = status(in, used, now);
    switch (due) {
        case at::request:
        case at::request_ahead: due = ask(want, out, used, now); break;
        case at::reply:
        case at::accepted: due = receive(in.from(used), used, now); break;
        case at::login_ahead:
            due = send_then(encode_login(want.login, out), at::request_ahead, 0, now);
            login_ahead_ = now.next() == next::send;
            break;
        case at::over: due = fuse(errc::finished); break;
        case at::failed: report(now, used, nullptr); return now;
        case at::start:
        case at::choice:
        case at::status:
        case at::negotiating:
        case at::settled: break;  // wait, or what was said above
    }
    if (due == at::failed) [[unlikely]]
        report(now, used, now.data_);
    return now;
}

template <size_t N>
SOCKS_INLINE constexpr client::action client::step(const request& want, inbox<N>& in, buffer out) noexcept {
    static_assert(N >= max_input, "the inbox is too small for a reply");
    action now = step(want, in.unread(), out);
    if (now.next() == next::recv && in.miscounted()) [[unlikely]]
        miscount(now);
    in.drop(now.next() == next::done ? in.unread().size() : now.used());
    return now;
}

template <size_t N, size_t M>
SOCKS_INLINE constexpr client::action client::step(const request& want, inbox<N>& in,
                                                   outbox<M>& out) noexcept {
    static_assert(M >= max_output, "the outbox is too small for a request");
    action now;
    size_t used = 0;
    if (!out.empty() && out.miscounted()) [[unlikely]] {
        miscount(now);
        return now;
    }
    if (out.empty()) do {
            now = step(want, in, out.space());
            if (now.next() != next::send) break;
            used += now.used();
            out.commit(now.data().size());
        } while (runs_ahead());
    if (!out.empty()) now.set(next::send, out.unsent(), 0, used);
    return now;
}

SOCKS_INLINE constexpr client::at client::greet(const request& want, bytes in, buffer out, size_t& used,
                                                action& now) noexcept {
    const errc fault = validate(want);
    if (fault != errc::none) return fuse(fault);
    if (after_greeting_) {
        if (!in.empty() && in[0] == 5) return fuse(errc::bad_version, in[0]);
        if (in.size() < 2) return lack(in, extent::more(2 - in.size()), 0, now);
        used = 2;
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
    return send_then(detail::write_greeting(offered_.octets(), out), then, used, now);
}

SOCKS_INLINE constexpr client::at client::choose(const request& want, bytes in, buffer out, size_t& used,
                                                 action& now) noexcept {
    const extent whole = detail::measure_choice(in);
    if (!whole) return lack(in, whole, 0, now);
    used = *whole;
    const auto chosen = static_cast<method>(in[1]);
    if (chosen == method::no_acceptable) return fuse(errc::no_acceptable_method, in[1]);
    if (!offered_.contains(chosen)) return fuse(errc::method_not_offered, in[1]);
    if (chosen == method::none) return authenticated();
    if (chosen != method::login) {
        now.set(next::negotiate, {}, in[1], used);
        at_ = at::negotiating;
        return at::settled;
    }
    if (!login_ahead_) return send_then(encode_login(want.login, out), at::status, used, now);
    login_ahead_ = false;
    return at_ = at::status;
}

SOCKS_INLINE constexpr client::at client::status(bytes in, size_t& used, action& now) noexcept {
    const bytes rest = in.from(used);
    const extent whole = detail::measure_status(rest, accept_);
    if (!whole) return lack(rest, whole, used, now);
    used += *whole;
    return rest[1] == 0 ? authenticated() : fuse(errc::login_refused, rest[1]);
}

// The request may stand: it is due now, or its reply where it went ahead.
SOCKS_INLINE constexpr client::at client::authenticated() noexcept {
    if (!request_ahead_) return at::request;
    request_ahead_ = false;
    return at_ = at::reply;
}

// The request, or a SOCKS5 request that goes out ahead of the choice. What was asked for may have changed since the
// greeting; over SOCKS4, where there is none, it was checked in this step.
SOCKS_INLINE constexpr client::at client::ask(const request& want, buffer out, size_t used,
                                              action& now) noexcept {
    if (via_ != version::v5)
        return send_then(detail::write_request4(command_, want.to, want.login.user, out), at::reply, used,
                         now);
    const errc fault = detail::destination_fault(via_, command_, want.to.host);
    if (fault != errc::none) return fuse(fault);
    const bool early = at_ == at::request_ahead;
    const at due = send_then(detail::encode_frame5(static_cast<uint8_t>(command_), want.to, out),
                             early ? at::choice : at::reply, used, now);
    if (early) request_ahead_ = now.next() == next::send;
    return due;
}

// Behind the replies that went before in the same step.
SOCKS_INLINE constexpr client::at client::receive(bytes in, size_t& used, action& now) noexcept {
    const extent whole =
        via_ == version::v5 ? detail::measure_reply5(in, accept_) : detail::measure_reply4(in, accept_);
    if (in.size() >= 2 && whole.error() != errc::bad_version && !reply_code(via_, in[1]).succeeded())
        return refuse(in, whole, used, now);
    if (!whole) return lack(in, whole, used, now);
    used += *whole;
    if (command_ == socks::command::bind && at_ == at::reply) {
        at_ = at::accepted;
        now.set(next::bound, {in.data(), 0}, static_cast<uint8_t>(via_), used);
    } else {
        at_ = at::over;
        now.set(next::done, {in.data(), in.size() - *whole}, static_cast<uint8_t>(via_), used);
    }
    return at::settled;
}

// A refusal is what its second octet says it is, whatever follows or fails to.
SOCKS_SHARED constexpr client::at client::refuse(bytes in, extent whole, size_t& used, action& now) noexcept {
    if (whole_refusal_ && whole.need() != 0 && !closed_) return lack(in, whole, used, now);
    const bool shown = whole_refusal_ && whole;
    if (shown) now.data_ = in.data();
    used += shown ? *whole : 2;
    return fuse(errc::refused, in[1]);
}

// The state moves on only with the octets that say so: after no_space the same step can be made again.
SOCKS_SHARED constexpr client::at client::send_then(const encoded& made, at then, size_t used,
                                                    action& now) noexcept {
    if (made.error() == errc::no_space) {
        now.set_fail(made);
        return at::settled;
    }
    if (!made) return fuse(made.error());
    at_ = then;
    now.set_send(made, used);
    return at::settled;
}

// Where the request is at fault, nothing of the input was used.
SOCKS_INLINE constexpr void client::report(action& now, size_t used, const char* reply) const noexcept {
    now.set_fail(why_, octet_, via_, blame(why_) == party::caller ? 0 : used, reply);
}

// A mailbox was told of bytes that there are not: to go on would repeat the same for ever.
SOCKS_SHARED constexpr void client::miscount(action& now) noexcept {
    fuse(errc::bad_count);
    report(now, 0, nullptr);
}

// A message that is not whole: its rest is awaited, unless the stream has ended or what is there is wrong.
SOCKS_SHARED constexpr client::at client::lack(bytes in, extent whole, size_t used, action& now) noexcept {
    if (whole.error() == errc::bad_version) {
        const bool first = at_ == at::choice || via_ != version::v5;
        return fuse(first ? stranger(in[0]) : errc::bad_version, in[0]);
    }
    if (whole.need() == 0) return fuse(whole.error());
    if (closed_) {
        if (!in.empty()) return fuse(errc::truncated);
        return fuse(at_ == at::accepted ? errc::closed_while_bound : errc::closed);
    }
    now.set_recv(whole.need(), used);
    return at::settled;
}

}  // namespace socks

#endif
