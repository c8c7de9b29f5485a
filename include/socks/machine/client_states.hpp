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
    switch (at_) {
        case at::start: return start(want, out);
        case at::login_ahead:
        case at::request_ahead: return run_ahead(want, out);
        case at::choice: return choose(want, in, out);
        case at::status: return status(want, in, out);
        case at::negotiating: return {next::wait, 0, nullptr, 0, 0};
        case at::request: return ask(want, out, at::reply, 0);
        case at::reply:
        case at::accepted: return receive(in);
        case at::over: return die(errc::finished);
        case at::failed: break;
    }
    return action::failure(why_, octet_, via_);
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
    if (!out.empty()) return {next::send, 0, out.unsent().data(), out.unsent().size(), 0};
    const action a = step(want, in, out.space());
    if (a.next() != next::send) return a;
    out.commit(a.data().size());
    while (runs_ahead()) {
        const action more = run_ahead(want, out.space());
        if (more.next() != next::send) break;
        out.commit(more.data().size());
    }
    return {next::send, a.used(), out.unsent().data(), out.unsent().size(), 0};
}

constexpr client::action client::start(const request& want, buffer out) noexcept {
    const errc fault = check(want);
    if (fault != errc::none) return die(fault);
    via_ = want.via;
    command_ = want.command;
    if (via_ != version::v5) return ask(want, out, at::reply, 0);
    offered_ = want.offer();
    at then = at::choice;
    if (pipelined_ && offered_.size() == 1) {
        if (offered_[0] == method::none) then = at::request_ahead;
        if (offered_[0] == method::login) then = at::login_ahead;
    }
    return emit(encode_greeting({offered_.octets()}, out), then, 0);
}

// Sends what would come next, before the reply that it would wait for.
constexpr client::action client::run_ahead(const request& want, buffer out) noexcept {
    if (at_ == at::login_ahead) {
        const action a = emit(encode_login(want.login, out), at::request_ahead, 0);
        login_ahead_ = a.next() == next::send;
        return a;
    }
    const action a = ask(want, out, at::choice, 0);
    request_ahead_ = a.next() == next::send;
    return a;
}

constexpr client::action client::choose(const request& want, bytes in, buffer out) noexcept {
    const decoded<method> chosen = decode_choice(in);
    if (chosen.error() != errc::none) return die(stranger(in[0]), in[0]);
    if (!chosen) return starve(in, chosen.need());
    if (*chosen == method::no_acceptable) return die(errc::no_acceptable_method, in[1], chosen.used());
    if (!offered_.contains(*chosen)) return die(errc::method_not_offered, in[1], chosen.used());
    if (*chosen == method::none) return authenticated(want, in, out, chosen.used());
    if (*chosen == method::login) {
        if (!login_ahead_) return emit(encode_login(want.login, out), at::status, chosen.used());
        login_ahead_ = false;
        at_ = at::status;
        return status(want, in.from(chosen.used()), out).behind(chosen.used());
    }
    at_ = at::negotiating;
    return {next::negotiate, chosen.used(), nullptr, 0, in[1]};
}

constexpr client::action client::status(const request& want, bytes in, buffer out) noexcept {
    const decoded<uint8_t> verdict = decode_status(in, accept_);
    if (verdict.error() != errc::none) return die(verdict.error(), in[0]);
    if (!verdict) return starve(in, verdict.need());
    if (*verdict != 0) return die(errc::login_refused, *verdict, verdict.used());
    return authenticated(want, in, out, verdict.used());
}

// The request is due now, or its reply where it went ahead.
constexpr client::action client::authenticated(const request& want, bytes in, buffer out,
                                               size_t used) noexcept {
    if (!request_ahead_) return ask(want, out, at::reply, used);
    request_ahead_ = false;
    at_ = at::reply;
    return receive(in.from(used)).behind(used);
}

constexpr client::action client::ask(const request& want, buffer out, at then, size_t used) noexcept {
    const errc fault = detail::destination_fault(via_, command_, want.to.host);
    if (fault != errc::none) return die(fault);
    if (via_ == version::v5) return emit(encode_request5({command_, want.to}, out), then, used);
    return emit(encode_request4({command_, want.to, want.login.user}, out), then, used);
}

constexpr client::action client::receive(bytes in) noexcept {
    const bool five = via_ == version::v5;
    const decoded<size_t> whole =
        five ? detail::measure_reply5(in, accept_) : detail::measure_reply4(in, accept_);
    if (whole.error() == errc::bad_version) return die(five ? errc::bad_version : stranger(in[0]), in[0]);
    if (in.size() >= 2 && !reply_code(via_, in[1]).succeeded()) return refuse(in, whole);
    if (whole.error() != errc::none) return die(whole.error());
    if (!whole) return starve(in, whole.need());
    const auto via = static_cast<uint8_t>(via_);
    if (command_ == socks::command::bind && at_ == at::reply) {
        at_ = at::accepted;
        return {next::bound, *whole, in.data(), 0, via};
    }
    at_ = at::over;
    return {next::done, *whole, in.data(), in.size() - *whole, via};
}

// A refusal is what its second octet says it is, whatever follows or fails to.
constexpr client::action client::refuse(bytes in, const decoded<size_t>& whole) noexcept {
    if (whole_refusal_ && whole) return die(errc::refused, in[1], *whole, in.data());
    if (whole_refusal_ && whole.need() != 0 && !closed_) return starve(in, whole.need());
    return die(errc::refused, in[1], 2);
}

// The state moves on only with the octets that say so: after no_space the same step can be made again.
constexpr client::action client::emit(const encoded& made, at then, size_t used) noexcept {
    if (made.error() == errc::no_space) return action::no_space(made);
    if (!made) return die(made.error());
    at_ = then;
    return {next::send, used, made.data().data(), made.made(), 0};
}

constexpr client::action client::starve(bytes in, size_t need) noexcept {
    if (!closed_) return {next::recv, 0, nullptr, need, 0};
    if (!in.empty()) return die(errc::truncated);
    return die(at_ == at::accepted ? errc::closed_while_bound : errc::closed);
}

constexpr client::action client::die(errc why, uint8_t octet, size_t used, const char* reply) noexcept {
    fuse(why, octet);
    return action::failure(why_, octet_, via_, used, reply);
}

}  // namespace socks

#endif
