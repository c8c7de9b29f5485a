// What the server does in each of its states. server.hpp has the picture and the contract.
// Whatever a reply has to tell the peer goes out before the failure is told to the caller, and whatever lacks room
// leaves the state as it was.

#ifndef SOCKS_MACHINE_SERVER_STATES_HPP
#define SOCKS_MACHINE_SERVER_STATES_HPP

#include <socks/machine/server.hpp>

namespace socks {

namespace detail {

constexpr uint8_t version_octet(errc why, bytes in) noexcept {
    return why == errc::bad_version ? in[0] : uint8_t{0};
}

}  // namespace detail

SOCKS_INLINE constexpr server::action server::step(bytes in, buffer out) noexcept {
    switch (at_) {
        case at::first:
            if (in.empty()) return starve(in, 3);
            if (in[0] == 5) return greet(in, out);
            if (in[0] == 4) return request4(in, out);
            return die(stranger(in[0]), in[0]);
        case at::login: return login(in, out);
        case at::request: return request5(in, out);
        case at::negotiate:
            at_ = at::negotiating;
            return {next::negotiate, 0, nullptr, 0, static_cast<uint8_t>(chosen_)};
        case at::granting:
        case at::negotiating:
        case at::serving:
        case at::bound: return {next::wait, 0, nullptr, 0, 0};
        case at::answered: at_ = at::over; return {next::done, 0, in.data(), in.size(), 0};
        case at::over: return die(errc::finished);
        case at::failed: break;
    }
    return action::failure(why_, octet_, speaks4_ ? version::v4 : version::v5);
}

template <size_t N>
SOCKS_INLINE constexpr server::action server::step(inbox<N>& in, buffer out) noexcept {
    static_assert(N >= max_input, "the inbox is too small for a request");
    const action a = step(in.unread(), out);
    in.drop(a.next() == next::done ? in.unread().size() : a.used());
    return a;
}

template <size_t N, size_t M>
SOCKS_INLINE constexpr server::action server::step(inbox<N>& in, outbox<M>& out) noexcept {
    static_assert(M >= max_pending, "the outbox is too small for the two replies to BIND");
    if (!out.empty()) return {next::send, 0, out.unsent().data(), out.unsent().size(), 0};
    const action a = step(in, out.space());
    if (a.next() == next::send) out.commit(a.data().size());
    return a;
}

SOCKS_INLINE constexpr server::action server::greet(bytes in, buffer out) noexcept {
    if (!v5_) return refuse(errc::version_refused, encode_choice(socks::method::no_acceptable, out), in[0]);
    const decoded<greeting> offer = decode_greeting(in);
    if (offer.error() != errc::none)
        return refuse(offer.error(), encode_choice(socks::method::no_acceptable, out));
    if (!offer) return starve(in, offer.need());
    const socks::method chosen = methods_.first_in(offer->methods);
    const encoded choice = encode_choice(chosen, out);
    if (chosen == socks::method::no_acceptable) return refuse(errc::no_acceptable_method, choice);
    if (!choice) return action::no_space(choice);
    chosen_ = chosen;
    at_ = chosen_ == socks::method::none    ? at::request
          : chosen_ == socks::method::login ? at::login
                                            : at::negotiate;
    return {next::send, offer.used(), choice.data().data(), choice.made(), 0};
}

SOCKS_INLINE constexpr server::action server::login(bytes in, buffer out) noexcept {
    const extent whole = detail::measure_login(in, accept_);
    if (whole.error() != errc::none)
        return refuse(whole.error(), encode_status(1, out), detail::version_octet(whole.error(), in));
    if (!whole) return starve(in, whole.need());
    at_ = at::granting;
    return {next::login, *whole, in.data(), *whole, 0};
}

SOCKS_INLINE constexpr server::action server::request5(bytes in, buffer out) noexcept {
    const extent whole = detail::measure_request5(in, accept_);
    if (whole.error() != errc::none) {
        const code5 code = whole.error() == errc::bad_address_type ? code5::address_type_not_supported
                                                                   : code5::general_failure;
        return refuse(whole.error(), encode_reply5({code, {}}, out),
                      detail::version_octet(whole.error(), in));
    }
    if (!whole) return starve(in, whole.need());
    octet_ = in[1];
    wants_ipv6_ = in[3] == static_cast<uint8_t>(address_type::ipv6);
    at_ = at::serving;
    return {next::serve, *whole, in.data(), *whole, static_cast<uint8_t>(chosen_)};
}

SOCKS_INLINE constexpr server::action server::request4(bytes in, buffer out) noexcept {
    if (!v4_ && !v4a_) return refuse4(errc::version_refused, out, in[0]);
    if (!methods_.contains(socks::method::none)) return refuse4(errc::login_required, out);
    const extent whole = scan_.resume(in);
    if (whole.error() != errc::none) return refuse4(whole.error(), out);
    if (!whole) return starve(in, whole.need());
    if (!(detail::is_named4(in) ? v4a_ : v4_)) return refuse4(errc::version_refused, out, in[0]);
    octet_ = in[1];
    speaks4_ = true;
    at_ = at::serving;
    return {next::serve, *whole, in.data(), *whole, scan_.user_size()};
}

SOCKS_INLINE constexpr encoded server::grant(bool granted, buffer out) noexcept {
    if (at_ != at::granting) {
        fuse(errc::out_of_turn);
        return errc::out_of_turn;
    }
    const encoded status = encode_status(granted ? 0 : 1, out);
    if (!status) return status;
    if (granted)
        at_ = at::request;
    else
        fuse(errc::login_refused, 1);
    return status;
}

constexpr void server::negotiated(bool succeeded) noexcept {
    if (at_ != at::negotiating)
        fuse(errc::out_of_turn);
    else if (succeeded)
        at_ = at::request;
    else
        fuse(errc::negotiation_failed);
}

SOCKS_INLINE constexpr encoded server::answer(const reply& outcome, buffer out) noexcept {
    if (at_ != at::serving && at_ != at::bound) {
        fuse(errc::out_of_turn);
        return errc::out_of_turn;
    }
    const encoded reply = encode_answer(outcome, out);
    if (reply.error() == errc::no_space) return reply;
    if (!reply)
        fuse(reply.error());
    else if (!outcome.code.succeeded())
        fuse(errc::refused, reply.data()[1]);
    else
        at_ = octet_ == static_cast<uint8_t>(socks::command::bind) && at_ == at::serving ? at::bound : at::answered;
    return reply;
}

SOCKS_INLINE constexpr encoded server::encode_answer(const reply& outcome, buffer out) const noexcept {
    if (outcome.bound.host.is() == host::kind::bad) return errc::bad_host;
    const bool native = (outcome.code.via != version::v5) == speaks4_;
    const bool good = outcome.code.succeeded();
    if (speaks4_) {
        const code4 code = native ? static_cast<code4>(outcome.code.octet)
                           : good ? code4::granted
                                  : code4::rejected;
        return encode_reply4({code, outcome.bound}, out);
    }
    const code5 code = native ? static_cast<code5>(outcome.code.octet)
                       : good ? code5::succeeded
                              : code5::general_failure;
    const auto octet = static_cast<uint8_t>(code);
    if (outcome.bound.host.is() == host::kind::none && wants_ipv6_)
        return detail::encode_frame5(octet, {ipv6{}, outcome.bound.port}, out);
    return detail::encode_frame5(octet, outcome.bound, out);
}

template <size_t M>
constexpr void server::grant(bool granted, outbox<M>& out) noexcept {
    static_assert(M >= max_pending, "the outbox is too small for the two replies to BIND");
    out.commit(grant(granted, out.space()).made());
}

template <size_t M>
constexpr void server::answer(const reply& outcome, outbox<M>& out) noexcept {
    static_assert(M >= max_pending, "the outbox is too small for the two replies to BIND");
    out.commit(answer(outcome, out.space()).made());
}

// The reply that tells the peer goes out first; the failure is the step after.
constexpr server::action server::refuse(errc why, const encoded& reply, uint8_t octet) noexcept {
    if (!reply) return action::no_space(reply);
    fuse(why, octet);
    return {next::send, 0, reply.data().data(), reply.made(), 0};
}

constexpr server::action server::refuse4(errc why, buffer out, uint8_t octet) noexcept {
    const action a = refuse(why, encode_reply4({code4::rejected, {}}, out), octet);
    if (a.next() == next::send) speaks4_ = true;
    return a;
}

SOCKS_INLINE constexpr server::action server::starve(bytes in, size_t need) noexcept {
    if (!closed_) return {next::recv, 0, nullptr, need, 0};
    return die(in.empty() ? errc::closed : errc::truncated);
}

constexpr server::action server::die(errc why, uint8_t octet) noexcept {
    fuse(why, octet);
    return action::failure(why_, octet_, speaks4_ ? version::v4 : version::v5);
}

}  // namespace socks

#endif
