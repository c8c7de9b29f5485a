// What the client does in each of its states. client.hpp has the picture and the contract.
// A state is left only with the bytes that say so, whichever way they go: what lacks room leaves it as it was.

#ifndef SOCKS_MACHINE_CLIENT_STATES_HPP
#define SOCKS_MACHINE_CLIENT_STATES_HPP

#include <socks/machine/client.hpp>

namespace socks {

// used_ may count the replies before this one, so the message tells its own length.
SOCKS_ALWAYS_INLINE constexpr client::completed client::action::answer(socks::version spoken) const noexcept {
    const bool five = spoken == version::v5;
    const size_t size = five ? *detail::measure_endpoint5({data_, max_input}) : reply4_size;
    const bytes whole{data_, size};
    const bytes early{data_ + size, next_ == client::next::done ? size_ : 0};
    return {{reply_code(spoken, whole[1]), five ? detail::read_bound5(whole) : detail::read_bound4(whole)},
            early};
}

SOCKS_ALWAYS_INLINE constexpr client::action client::step(const request& request, bytes in,
                                                          buffer out) noexcept {
    action now;
    size_t used = 0;
    at due = at_;
    if (due == at::start) due = greet(request, in, out, used, now);
    if (due == at::method_selection) due = choose(request, in, out, used, now);
    if (due == at::auth_status) due = receive_auth_status(in, used, now);
    switch (due) {
        case at::request:
        case at::early_request: due = ask(request, out, used, now); break;
        case at::reply:
        case at::accepted: due = receive(in.subspan(used), used, now); break;
        case at::early_credentials:
            due = send_then(encode_credentials(request.credentials, out), at::early_request, 0, now);
            early_credentials_ = now.next() == next::send;
            break;
        case at::over: due = fail_for_good(errc::finished); break;
        case at::failed: report(now, used, nullptr); return now;
        case at::start:
        case at::method_selection:
        case at::auth_status:
        case at::negotiating:
        case at::settled: break;  // wait, or what was said above
    }
    if (due == at::failed) [[unlikely]]
        report(now, used, now.data_);
    return now;
}

template <size_t N>
SOCKS_ALWAYS_INLINE constexpr client::action client::step(const request& request, inbox<N>& in,
                                                          buffer out) noexcept {
    static_assert(N >= max_input, "the inbox is too small for a reply");
    action now = step(request, in.data(), out);
    if (now.next() == next::recv && in.miscounted()) [[unlikely]]
        miscount(now);
    in.consume(now.next() == next::done ? in.data().size() : now.consumed());
    return now;
}

template <size_t N, size_t M>
SOCKS_ALWAYS_INLINE constexpr client::action client::step(const request& request, inbox<N>& in,
                                                          outbox<M>& out) noexcept {
    static_assert(M >= max_output, "the outbox is too small for a request");
    action now;
    size_t used = 0;
    if (!out.empty() && out.miscounted()) [[unlikely]] {
        miscount(now);
        return now;
    }
    for (bool due = out.empty(); due; due = runs_ahead()) {
        now = step(request, in, out.prepare());
        if (now.next() != next::send) break;
        used += now.consumed();
        out.commit(now.data().size());
    }
    if (!out.empty()) now.set(next::send, out.data(), 0, used);
    return now;
}

SOCKS_ALWAYS_INLINE constexpr client::at client::greet(const request& request, bytes in, buffer out,
                                                       size_t& used, action& now) noexcept {
    const errc fault = validate(request);
    if (fault != errc::none) return fail_for_good(fault);
    if (after_greeting_) {
        if (!in.empty() && in[0] == 5) return fail_for_good(errc::bad_version, in[0]);
        if (in.size() < 2) return handle_incomplete(in, message_size::incomplete(2 - in.size()), 0, now);
        used = 2;
    }
    version_ = request.version;
    command_ = request.command;
    if (version_ != version::v5) return at::request;
    offered_ = request.offer();
    at then = at::method_selection;
    if (pipelined_ && offered_.size() == 1) {
        if (offered_[0] == method::none) then = at::early_request;
        if (offered_[0] == method::username_password) then = at::early_credentials;
    }
    return send_then(detail::write_greeting(offered_.as_bytes(), out), then, used, now);
}

SOCKS_ALWAYS_INLINE constexpr client::at client::choose(const request& request, bytes in, buffer out,
                                                        size_t& used, action& now) noexcept {
    const message_size whole = detail::measure_method_selection(in);
    if (!whole) return handle_incomplete(in, whole, 0, now);
    used = *whole;
    const auto chosen = static_cast<method>(in[1]);
    if (chosen == method::no_acceptable) return fail_for_good(errc::no_acceptable_method, in[1]);
    if (!offered_.contains(chosen)) return fail_for_good(errc::method_not_offered, in[1]);
    if (chosen == method::none) return after_authentication();
    if (chosen != method::username_password) {
        now.set(next::negotiate, {}, in[1], used);
        at_ = at::negotiating;
        return at::settled;
    }
    if (!early_credentials_)
        return send_then(encode_credentials(request.credentials, out), at::auth_status, used, now);
    early_credentials_ = false;
    return at_ = at::auth_status;
}

SOCKS_ALWAYS_INLINE constexpr client::at client::receive_auth_status(bytes in, size_t& used,
                                                                     action& now) noexcept {
    const bytes rest = in.subspan(used);
    const message_size whole = detail::measure_auth_status(rest, tolerance_);
    if (!whole) return handle_incomplete(rest, whole, used, now);
    used += *whole;
    return rest[1] == 0 ? after_authentication() : fail_for_good(errc::credentials_refused, rest[1]);
}

// The request may stand: it is due now, or its reply where it went ahead.
SOCKS_ALWAYS_INLINE constexpr client::at client::after_authentication() noexcept {
    if (!early_request_) return at::request;
    early_request_ = false;
    return at_ = at::reply;
}

// The request, or a SOCKS5 request that goes out ahead of the choice. What was asked for may have changed since the
// greeting; over SOCKS4, where there is none, it was checked in this step.
SOCKS_ALWAYS_INLINE constexpr client::at client::ask(const request& request, buffer out, size_t used,
                                                     action& now) noexcept {
    if (version_ != version::v5)
        return send_then(detail::write_request4(command_, request.to, request.credentials.user, out),
                         at::reply, used, now);
    const errc fault = detail::destination_fault(version_, command_, request.to.host);
    if (fault != errc::none) return fail_for_good(fault);
    const bool early = at_ == at::early_request;
    const at due = send_then(detail::encode_frame5(static_cast<uint8_t>(command_), request.to, out),
                             early ? at::method_selection : at::reply, used, now);
    if (early) early_request_ = now.next() == next::send;
    return due;
}

// Behind the replies that went before in the same step.
SOCKS_ALWAYS_INLINE constexpr client::at client::receive(bytes in, size_t& used, action& now) noexcept {
    const message_size whole = version_ == version::v5 ? detail::measure_reply5(in, tolerance_)
                                                       : detail::measure_reply4(in, tolerance_);
    if (in.size() >= 2 && whole.error() != errc::bad_version && !reply_code(version_, in[1]).succeeded())
        return refuse(in, whole, used, now);
    if (!whole) return handle_incomplete(in, whole, used, now);
    used += *whole;
    if (command_ == socks::command::bind && at_ == at::reply) {
        at_ = at::accepted;
        now.set(next::bound, {in.data(), 0}, static_cast<uint8_t>(version_), used);
    } else {
        at_ = at::over;
        now.set(next::done, {in.data(), in.size() - *whole}, static_cast<uint8_t>(version_), used);
    }
    return at::settled;
}

// A refusal is what its second byte says it is, whatever follows or fails to.
SOCKS_INLINE_UNLESS_SIZE constexpr client::at client::refuse(bytes in, message_size whole, size_t& used,
                                                             action& now) noexcept {
    if (wait_for_full_refusal_ && whole.needed() != 0 && !closed_)
        return handle_incomplete(in, whole, used, now);
    const bool shown = wait_for_full_refusal_ && whole;
    if (shown) now.data_ = in.data();
    used += shown ? *whole : 2;
    return fail_for_good(errc::refused, in[1]);
}

// The state moves on only with the bytes that say so: after no_space the same step can be made again.
SOCKS_INLINE_UNLESS_SIZE constexpr client::at client::send_then(const encoded& made, at then, size_t used,
                                                                action& now) noexcept {
    if (made.error() == errc::no_space) {
        now.set_fail(made);
        return at::settled;
    }
    if (!made) return fail_for_good(made.error());
    at_ = then;
    now.set_send(made, used);
    return at::settled;
}

// Where the request is at fault, nothing of the input was used.
SOCKS_ALWAYS_INLINE constexpr void client::report(action& now, size_t used,
                                                  const char* reply) const noexcept {
    now.set_fail(why_, byte_, version_, blame(why_) == party::caller ? 0 : used, reply);
}

// A mailbox was told of bytes that there are not: to go on would repeat the same for ever.
SOCKS_INLINE_UNLESS_SIZE constexpr void client::miscount(action& now) noexcept {
    fail_for_good(errc::bad_count);
    report(now, 0, nullptr);
}

// A message that is not whole: its rest is awaited, unless the stream has ended or what is there is wrong.
SOCKS_INLINE_UNLESS_SIZE constexpr client::at client::handle_incomplete(bytes in, message_size whole,
                                                                        size_t used, action& now) noexcept {
    if (whole.error() == errc::bad_version) {
        const bool first = at_ == at::method_selection || version_ != version::v5;
        return fail_for_good(first ? identify_foreign_protocol(in[0]) : errc::bad_version, in[0]);
    }
    if (whole.needed() == 0) return fail_for_good(whole.error());
    if (closed_) {
        if (!in.empty()) return fail_for_good(errc::truncated);
        return fail_for_good(at_ == at::accepted ? errc::closed_while_bound : errc::closed);
    }
    now.set_recv(whole.needed(), used);
    return at::settled;
}

}  // namespace socks

#endif
