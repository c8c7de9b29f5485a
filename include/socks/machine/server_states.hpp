// What the server does in each of its states. server.hpp has the picture and the contract.
// Whatever a reply has to tell the peer goes out before the failure is told to the caller, and whatever lacks room
// leaves the state as it was.

#ifndef SOCKS_MACHINE_SERVER_STATES_HPP
#define SOCKS_MACHINE_SERVER_STATES_HPP

#include <socks/machine/server.hpp>

namespace socks {

namespace detail {

constexpr uint8_t version_byte(errc why, bytes in) noexcept {
    return why == errc::bad_version ? in[0] : uint8_t{0};
}

}  // namespace detail

SOCKS_ALWAYS_INLINE constexpr server::action server::step(bytes in, buffer out) noexcept {
    action now;
    switch (at_) {
        case at::first:
        case at::greeted: begin(in, out, now); break;
        case at::credentials: receive_credentials(in, out, now); break;
        case at::request: request5(in, out, now); break;
        case at::negotiate:
            at_ = at::negotiating;
            now.set(next::negotiate, {}, static_cast<uint8_t>(chosen_), 0);
            break;
        case at::authenticating:
        case at::negotiating:
        case at::serving:
        case at::bound: break;  // wait
        case at::answered:
            at_ = at::over;
            now.set(next::done, in, 0, 0);
            break;
        case at::over: fail_now(errc::finished, now); break;
        case at::failed: fail_now(why_, now); break;
    }
    return now;
}

template <size_t N>
SOCKS_ALWAYS_INLINE constexpr server::action server::step(inbox<N>& in, buffer out) noexcept {
    static_assert(N >= max_input, "the inbox is too small for a request");
    action now = step(in.data(), out);
    if (now.next() == next::recv && in.miscounted()) [[unlikely]]
        fail_now(errc::bad_count, now);
    in.consume(now.next() == next::done ? in.data().size() : now.consumed());
    return now;
}

template <size_t N, size_t M>
SOCKS_ALWAYS_INLINE constexpr server::action server::step(inbox<N>& in, outbox<M>& out) noexcept {
    static_assert(M >= max_pending, "the outbox is too small for the two replies to BIND");
    action now;
    if (!out.empty()) {
        if (out.miscounted()) [[unlikely]]
            fail_now(errc::bad_count, now);
        else
            now.set(next::send, out.data(), 0, 0);
        return now;
    }
    now = step(in, out.prepare());
    if (now.next() == next::send) out.commit(now.data().size());
    return now;
}

SOCKS_ALWAYS_INLINE constexpr void server::begin(bytes in, buffer out, action& now) noexcept {
    const bool greeted = at_ == at::greeted;
    if (in.empty() && !(greeted && closed_)) {
        need_more(in, greeted ? detail::head4 + 1 : 3, now);
        scan_ = {};  // no input, and nothing of what it found
    } else if (!in.empty() && in[0] == 4)
        request4(in, out, now);
    else if (greeted)
        fail_now(errc::version_refused, now, 5);  // it wanted SOCKS5, and does not go on by SOCKS4
    else if (in[0] == 5)
        greet(in, out, now);
    else
        fail_now(identify_foreign_protocol(in[0]), now, in[0]);
}

SOCKS_ALWAYS_INLINE constexpr void server::greet(bytes in, buffer out, action& now) noexcept {
    constexpr auto none = socks::method::no_acceptable;
    if (!v5_ && !v4_after_greeting_)
        return refuse(errc::version_refused, encode_method_selection(none, out), now, in[0]);
    const decoded<greeting> offer = decode_greeting(in);
    if (offer.error() != errc::none) return refuse(offer.error(), encode_method_selection(none, out), now);
    if (!offer) return need_more(in, offer.needed(), now);
    if (!v5_) {
        const encoded refusal = detail::encode_short_refusal4(out);
        if (!refusal) return now.set_fail(refusal);
        at_ = at::greeted;
        return now.set_send(refusal, offer.consumed());
    }
    const socks::method chosen = methods_.first_in(offer->methods);
    const encoded choice = encode_method_selection(chosen, out);
    if (chosen == none) return refuse(errc::no_acceptable_method, choice, now);
    if (!choice) return now.set_fail(choice);
    chosen_ = chosen;
    at_ = chosen_ == socks::method::none                ? at::request
          : chosen_ == socks::method::username_password ? at::credentials
                                                        : at::negotiate;
    now.set_send(choice, offer.consumed());
}

SOCKS_ALWAYS_INLINE constexpr void server::receive_credentials(bytes in, buffer out, action& now) noexcept {
    const message_size whole = detail::measure_credentials(in, tolerance_);
    if (!whole) {
        if (whole.needed() != 0) return need_more(in, whole.needed(), now);
        const uint8_t byte = detail::version_byte(whole.error(), in);
        return refuse(whole.error(), encode_auth_status(1, out), now, byte);
    }
    at_ = at::authenticating;
    now.set(next::authenticate, in.first(*whole), 0, *whole);
}

SOCKS_ALWAYS_INLINE constexpr void server::request5(bytes in, buffer out, action& now) noexcept {
    const message_size whole = detail::measure_request5(in, tolerance_);
    if (!whole) {
        if (whole.needed() != 0) return need_more(in, whole.needed(), now);
        const code5 code = whole.error() == errc::bad_address_type ? code5::address_type_not_supported
                                                                   : code5::general_failure;
        const uint8_t byte = detail::version_byte(whole.error(), in);
        return refuse(whole.error(), encode_reply5({code, {}}, out), now, byte);
    }
    byte_ = in[1];
    at_ = at::serving;
    now.set(next::serve, in.first(*whole), static_cast<uint8_t>(chosen_), *whole);
}

SOCKS_ALWAYS_INLINE constexpr void server::request4(bytes in, buffer out, action& now) noexcept {
    if (!v4_ && !v4a_) return refuse4(errc::version_refused, out, now, in[0]);
    if (!methods_.contains(socks::method::none)) return refuse4(errc::authentication_required, out, now);
    const message_size whole = scan_.resume(in);
    if (!whole) {
        if (whole.needed() != 0) return need_more(in, whole.needed(), now);
        return refuse4(whole.error(), out, now, whole.error() == errc::bad_command ? in[1] : uint8_t{0});
    }
    if (!(detail::is_named4(in) ? v4a_ : v4_)) return refuse4(errc::version_refused, out, now, in[0]);
    byte_ = in[1];
    speaks4_ = true;
    at_ = at::serving;
    now.set(next::serve, in.first(*whole), scan_.user_size(), *whole);
}

SOCKS_ALWAYS_INLINE constexpr encoded server::authenticated(bool granted, buffer out) noexcept {
    if (at_ != at::authenticating) {
        fail_for_good(errc::out_of_turn);
        return errc::out_of_turn;
    }
    const encoded status = encode_auth_status(granted ? 0 : 1, out);
    if (!status) return status;
    if (granted)
        at_ = at::request;
    else
        fail_for_good(errc::credentials_refused, 1);
    return status;
}

constexpr void server::negotiated(bool succeeded) noexcept {
    if (at_ != at::negotiating)
        fail_for_good(errc::out_of_turn);
    else if (succeeded)
        at_ = at::request;
    else
        fail_for_good(errc::negotiation_failed);
}

SOCKS_ALWAYS_INLINE constexpr encoded server::answer(const reply& outcome, buffer out) noexcept {
    if (at_ != at::serving && at_ != at::bound) {
        fail_for_good(errc::out_of_turn);
        return errc::out_of_turn;
    }
    const uint8_t code = native(outcome.code);
    const encoded reply = encode_answer(code, outcome.bound, out);
    if (reply.error() == errc::no_space) return reply;
    if (!reply)
        fail_for_good(reply.error());
    else if (code !=
             (speaks4_ ? static_cast<uint8_t>(code4::granted) : static_cast<uint8_t>(code5::succeeded)))
        fail_for_good(errc::refused, code);
    else
        at_ = byte_ == static_cast<uint8_t>(socks::command::bind) && at_ == at::serving ? at::bound
                                                                                        : at::answered;
    return reply;
}

// A code in the version that the client speaks.
constexpr uint8_t server::native(reply_code code) const noexcept {
    if ((code.version != version::v5) == speaks4_) return code.value;
    if (speaks4_) return static_cast<uint8_t>(code.succeeded() ? code4::granted : code4::rejected);
    return static_cast<uint8_t>(code.succeeded() ? code5::succeeded : code5::general_failure);
}

SOCKS_ALWAYS_INLINE constexpr encoded server::encode_answer(uint8_t code, const endpoint& bound,
                                                            buffer out) const noexcept {
    if (!bound.host.is_sendable()) return bound.host.error();
    if (speaks4_) return detail::encode_frame4(code, bound, out);
    return detail::encode_frame5(code, bound, out);
}

template <size_t M>
constexpr void server::authenticated(bool granted, outbox<M>& out) noexcept {
    static_assert(M >= max_pending, "the outbox is too small for the two replies to BIND");
    out.commit(authenticated(granted, out.prepare()).size());
}

template <size_t M>
constexpr void server::answer(const reply& outcome, outbox<M>& out) noexcept {
    static_assert(M >= max_pending, "the outbox is too small for the two replies to BIND");
    out.commit(answer(outcome, out.prepare()).size());
}

// The reply that tells the peer goes out first; the failure is the step after.
SOCKS_INLINE_UNLESS_SIZE constexpr void server::refuse(errc why, const encoded& reply, action& now,
                                                       uint8_t byte) noexcept {
    if (!reply) return now.set_fail(reply);
    fail_for_good(why, byte);
    now.set_send(reply, 0);
}

SOCKS_INLINE_UNLESS_SIZE constexpr void server::refuse4(errc why, buffer out, action& now,
                                                        uint8_t byte) noexcept {
    refuse(why, encode_reply4({code4::rejected, {}}, out), now, byte);
}

SOCKS_INLINE_UNLESS_SIZE constexpr void server::need_more(bytes in, size_t need, action& now) noexcept {
    if (!closed_) return now.set_recv(need, 0);
    fail_now(in.empty() ? errc::closed : errc::truncated, now);
}

SOCKS_INLINE_UNLESS_SIZE constexpr void server::fail_now(errc why, action& now, uint8_t byte) noexcept {
    fail_for_good(why, byte);
    now.set_fail(why_, byte_, speaks4_ ? version::v4 : version::v5, 0, nullptr);
}

}  // namespace socks

#endif
