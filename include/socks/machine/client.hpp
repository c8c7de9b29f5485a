// The client's handshake: what was received goes in, what must be done next comes out.
// The machine stores no pointer and no message. It restarts decoding at the front of each message and keeps
// only what was said on the wire, so that a request which changes later cannot contradict it.
//
//     start ── greeting ──> choice ─┬─ none ────────────────────────────┬─> reply ─┬─> over
//       │                           ├─ login ──────────> status ────────┤    │     │
//       │                           └─ another: negotiate, negotiated ──┘    │ BIND: bound
//       └── SOCKS4: request ─────────────────────────────────────────────>───┘     │
//                                                                    accepted ─────┘     any: failed

#ifndef SOCKS_MACHINE_CLIENT_HPP
#define SOCKS_MACHINE_CLIENT_HPP

#include <socks/core/reply.hpp>
#include <socks/machine/action.hpp>
#include <socks/machine/mailbox.hpp>
#include <socks/wire/login.hpp>
#include <socks/wire/socks4.hpp>
#include <socks/wire/socks5.hpp>

namespace socks {

/// What a client puts up with, and how it takes a refusal.
struct client_options {
    tolerance accept{};
    /// A refusal is decided on its first two octets, because that is all that some servers send. Set this to
    /// wait for the whole reply, or for the end of the stream, and learn the bound address too.
    bool whole_refusal = false;
};

/// The client's side of a SOCKS4, SOCKS4a or SOCKS5 handshake.
///
///     request want{.to = {"files.example.com", 443}, .login = {"john", "foo"}};
///     client handshake;
///     for (;;) {
///         const auto s = handshake.step(want, rx, tx);
///         switch (s.next()) { ... }                                     // complete without default
///     }
///
/// One handshake per connection: a second attempt, by another version too, takes a new connection and a new
/// client. Any call is defined in any state; none but the right one can make it succeed.
///
/// @cost  at most 14 octets of state, trivially copyable; steps per input octet are bounded; constexpr, noexcept.
/// @rfc   1928, 1929, the SOCKS4 and SOCKS4a memos
class client {
  public:
    enum class next : uint8_t {
        send,       ///< send data()
        recv,       ///< receive need() octets or more, or call close() at the end of the stream
        negotiate,  ///< run the sub-negotiation of method() on the stream, then call negotiated()
        wait,       ///< nothing, until negotiated()
        bound,      ///< BIND: the server listens at bound(); step on for the second reply
        done,       ///< succeeded: finish() has the reply and the octets behind it
        fail,       ///< error() says why, and every later step the same; no_space only asks for room()
    };

    class action;

    /// What done hands over. `early`, which counts to 2^32 - 1 octets, is what the destination sent already, and comes before all that is received
    /// later.
    struct finished {
        socks::reply reply;
        bytes early;
    };

    static constexpr size_t max_input = 262;   ///< the longest message in: a SOCKS5 reply, 4 + 1 + 255 + 2
    static constexpr size_t max_output = 520;  ///< the longest message out: SOCKS4a, 8 + 255 + 1 + 255 + 1

    constexpr client() noexcept = default;
    constexpr explicit client(client_options options) noexcept
        : accept_(options.accept), whole_refusal_(options.whole_refusal) {}

    /// Takes the handshake one step further, on plain views.
    ///
    /// @param want  the request; borrowed for this call. Version, command and methods count at the first step,
    ///              the rest when it is sent.
    /// @param in    what was received and not yet used, oldest first.
    /// @param out   room for one message, max_output octets at most.
    /// @returns     exactly one action; see next.
    /// @errors      whatever check(want) finds, before the first octet; no_space, after which nothing has changed; the
    ///              peer's and the stream's faults.
    /// @lifetime    the action's views point into `in` and `out`.
    /// @cost        O(octets of one message).
    [[nodiscard]] constexpr action step(const request& want, bytes in, buffer out) noexcept;

    /// The same on an inbox, which drops what was used; on done it is emptied into `early`.
    template <size_t N>
    [[nodiscard]] constexpr action step(const request& want, inbox<N>& in, buffer out) noexcept;

    /// The same on both mailboxes. While `out` holds anything, the action is send with all of it.
    template <size_t N, size_t M>
    [[nodiscard]] constexpr action step(const request& want, inbox<N>& in, outbox<M>& out) noexcept;

    /// The stream has ended. What was received before may still complete a message.
    constexpr void close() noexcept { closed_ = true; }

    /// The answer to negotiate: whether the sub-negotiation succeeded.
    /// @errors  out_of_turn, at the next step, when nothing was asked
    constexpr void negotiated(bool succeeded) noexcept {
        if (at_ != at::negotiating)
            fuse(errc::out_of_turn);
        else if (succeeded)
            at_ = at::request;
        else
            fuse(errc::negotiation_failed);
    }

  private:
    enum class at : uint8_t { start, choice, status, negotiating, request, reply, accepted, over, failed };

    constexpr action start(const request& want, buffer out) noexcept;
    constexpr action choose(const request& want, bytes in, buffer out) noexcept;
    constexpr action status(const request& want, bytes in, buffer out) noexcept;
    constexpr action ask(const request& want, buffer out, size_t used) noexcept;
    constexpr action receive(bytes in) noexcept;
    constexpr action refuse(bytes in, extent whole) noexcept;
    constexpr action emit(const encoded& made, at then, size_t used) noexcept;
    constexpr action starve(bytes in, size_t need) noexcept;
    constexpr action die(errc why, uint8_t octet = 0, size_t used = 0, const char* reply = nullptr) noexcept;

    // The only way into failed: the first reason stays.
    constexpr void fuse(errc why, uint8_t octet = 0) noexcept {
        if (at_ == at::failed) return;
        at_ = at::failed;
        why_ = why;
        octet_ = octet;
    }

    at at_ = at::start;
    version via_ = version::v5;
    socks::command command_ = socks::command::connect;
    socks::methods offered_{};
    tolerance accept_{};
    bool whole_refusal_ : 1 = false;
    bool closed_ : 1 = false;
    errc why_ = errc::none;
    uint8_t octet_ = 0;
};

/// What a step of the client says must be done now. Each accessor belongs to the actions named in its comment.
class client::action : public detail::action<client::next> {
  public:
    /// negotiate: the method that the server chose.
    [[nodiscard]] constexpr socks::method method() const noexcept {
        SOCKS_ASSERT(next_ == client::next::negotiate);
        return static_cast<socks::method>(octet_);
    }

    /// bound: where the server listens. fail with errc::refused: the bound address, if the whole reply was waited
    /// for and came, on the step that failed; else no host.
    [[nodiscard]] constexpr endpoint bound() const noexcept {
        if (next_ == client::next::bound) return answer(static_cast<version>(octet_)).reply.bound;
        return data_ == nullptr ? endpoint{} : answer(code().via).reply.bound;
    }

    /// done: the reply, and what came behind it.
    [[nodiscard]] constexpr finished finish() const noexcept {
        SOCKS_ASSERT(next_ == client::next::done);
        return answer(static_cast<version>(octet_));
    }

  private:
    friend class client;
    using detail::action<client::next>::action;
    constexpr action(const detail::action<client::next>& a) noexcept : detail::action<client::next>(a) {}

    [[nodiscard]] constexpr finished answer(version via) const noexcept;
};

constexpr client::finished client::action::answer(version via) const noexcept {
    const bytes in{data_, used_ + size_t{next_ == client::next::done ? size_ : 0}};
    if (via == version::v5) {
        const reply5 r = detail::read_reply5(in.first(used_));
        return {{r.code, r.bound}, in.from(used_)};
    }
    const reply4 r = detail::read_reply4(in.first(used_));
    return {{r.code, r.bound}, in.from(used_)};
}

SOCKS_INLINE constexpr client::action client::step(const request& want, bytes in, buffer out) noexcept {
    switch (at_) {
        case at::start: return start(want, out);
        case at::choice: return choose(want, in, out);
        case at::status: return status(want, in, out);
        case at::negotiating: return {next::wait, 0, nullptr, 0, 0};
        case at::request: return ask(want, out, 0);
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
    if (a.next() == next::send) out.commit(a.data().size());
    return a;
}

constexpr client::action client::start(const request& want, buffer out) noexcept {
    const errc fault = check(want);
    if (fault != errc::none) return die(fault);
    via_ = want.via;
    command_ = want.command;
    if (via_ != version::v5) return ask(want, out, 0);
    offered_ = want.offer();
    return emit(encode_greeting({offered_.octets()}, out), at::choice, 0);
}

constexpr client::action client::choose(const request& want, bytes in, buffer out) noexcept {
    const decoded<method> chosen = decode_choice(in);
    if (chosen.error() != errc::none) return die(stranger(in[0]), in[0]);
    if (!chosen) return starve(in, chosen.need());
    if (*chosen == method::no_acceptable) return die(errc::no_acceptable_method, in[1], chosen.used());
    if (!offered_.contains(*chosen)) return die(errc::method_not_offered, in[1], chosen.used());
    if (*chosen == method::none) return ask(want, out, chosen.used());
    if (*chosen == method::login) return emit(encode_login(want.login, out), at::status, chosen.used());
    at_ = at::negotiating;
    return {next::negotiate, chosen.used(), nullptr, 0, in[1]};
}

constexpr client::action client::status(const request& want, bytes in, buffer out) noexcept {
    const decoded<uint8_t> verdict = decode_status(in, accept_);
    if (verdict.error() != errc::none) return die(verdict.error(), in[0]);
    if (!verdict) return starve(in, verdict.need());
    if (*verdict != 0) return die(errc::login_refused, *verdict, verdict.used());
    return ask(want, out, verdict.used());
}

// Sends the request, once authenticated.
constexpr client::action client::ask(const request& want, buffer out, size_t used) noexcept {
    const errc fault = detail::destination_fault(via_, command_, want.to.host);
    if (fault != errc::none) return die(fault);
    if (via_ == version::v5) return emit(encode_request5({command_, want.to}, out), at::reply, used);
    return emit(encode_request4({command_, want.to, want.login.user}, out), at::reply, used);
}

constexpr client::action client::receive(bytes in) noexcept {
    const bool five = via_ == version::v5;
    const extent whole =
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
constexpr client::action client::refuse(bytes in, extent whole) noexcept {
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
