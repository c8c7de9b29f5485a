// The client's handshake: what was received goes in, what must be done next comes out.
// The machine stores no pointer and no message. It restarts decoding at the front of each message and keeps
// only what was said on the wire, so that a request which changes later cannot contradict it.
//
//     start ── greeting ──> choice ─┬─ none ────────────────────────────┬─> reply ─┬─> over
//       │                           ├─ login ──────────> status ────────┤    │     │
//       │                           └─ another: negotiate, negotiated ──┘    │ BIND: bound
//       └── SOCKS4: request ─────────────────────────────────────────────>───┘     │
//                                                                    accepted ─────┘     any: failed
//
// Pipelined, what is known to come next goes out at once, and the same replies are then taken one by one:
//
//     start ── greeting ──> [ahead: login] ──> ahead: request ──> choice ── ...

#ifndef SOCKS_MACHINE_CLIENT_HPP
#define SOCKS_MACHINE_CLIENT_HPP

#include <socks/core/reply.hpp>
#include <socks/machine/action.hpp>
#include <socks/machine/mailbox.hpp>
#include <socks/wire/socks4.hpp>
#include <socks/wire/socks5.hpp>
#include <socks/wire/username_password.hpp>

namespace socks {

class chain;

/// What a client puts up with, and how it takes a refusal.
struct client_options {
    socks::tolerance tolerance{};
    /// A refusal is decided on its first two bytes, because that is all that some servers send. Set this to
    /// wait for the whole reply, or for the end of the stream, and learn the bound address too.
    bool wait_for_full_refusal = false;
    /// Send greeting, login and request without waiting for the replies between them: up to two round trips
    /// less. Only where exactly one method is offered, and that is none or login, for otherwise there is something
    /// to wait for; over SOCKS4 there is but one message. A proxy that chooses another method, or refuses the
    /// login, has been shown the rest by then, and sent_early() tells how much. Some proxies lose what comes
    /// early and never answer: keep a deadline. See also may_send_early().
    bool pipelined = false;
    /// Go on where another client's SOCKS5 greeting was answered by something else, on the same connection: take two
    /// bytes of that answer, then send the request, which is one of SOCKS4. So does java.net.Socket; see
    /// retry_on_same_connection. An answer that begins with 5 is bad_version. In a chain it holds for the first proxy.
    bool after_greeting = false;
};

/// The client's side of a SOCKS4, SOCKS4a or SOCKS5 handshake.
///
///     const request download{.to = {"files.example.com", 443}, .credentials = {"john", "foo"}};
///     client handshake;
///     for (;;) {
///         const auto s = handshake.step(download, rx, tx);
///         switch (s.next()) { ... }                                     // complete without default
///     }
///
/// One handshake per connection: a second attempt takes a new connection and a new client. The exception is
/// client_options::after_greeting. Any call is defined in any state; none but the right one can make it succeed.
///
/// @cost  at most 14 bytes of state, trivially copyable; steps per input byte are bounded; constexpr, noexcept.
/// @rfc   1928, 1929, the SOCKS4 and SOCKS4a memos
class client {
  public:
    enum class next : uint8_t {
        send,       ///< send data()
        recv,       ///< receive needed() bytes or more, or call end_of_stream() at the end of the stream
        negotiate,  ///< run the sub-negotiation of method() on the stream, then call negotiated()
        wait,       ///< nothing, until negotiated()
        bound,      ///< BIND: the server listens at bound(); step on for the second reply
        done,       ///< succeeded: result() has the reply and the bytes behind it
        fail,       ///< error() says why, and every later step the same; no_space only asks for required()
    };

    class action;

    /// What done hands over. `early`, which counts to 2^32 - 1 bytes, is what the destination sent already, and comes
    /// before all that is received later. A stored_reply keeps the reply, whose name lies in the input.
    struct completed {
        socks::reply reply;
        bytes early;
    };

    static constexpr size_t max_input = 262;   ///< the longest message in: a SOCKS5 reply, 4 + 1 + 255 + 2
    static constexpr size_t max_output = 520;  ///< the longest message out: SOCKS4a, 8 + 255 + 1 + 255 + 1

    /// The most that goes out before the first reply, pipelined: 3 + (3 + 255 + 255) + (4 + 1 + 255 + 2). An
    /// outbox of this size makes one send of it.
    static constexpr size_t max_pipelined = 778;

    /// What went out before the proxy had agreed to it. Each is false again as soon as it has.
    struct early_messages {
        bool credentials = false;  ///< user name and password, although no login was asked for yet
        bool request = false;      ///< the request, although nobody was authenticated yet
    };

    constexpr client() noexcept = default;
    constexpr explicit client(client_options options) noexcept
        : tolerance_(options.tolerance),
          wait_for_full_refusal_(options.wait_for_full_refusal),
          pipelined_(options.pipelined),
          after_greeting_(options.after_greeting) {}

    /// Takes the handshake one step further, on plain views.
    ///
    /// @param request  the request; borrowed for this call. Version, command and methods count at the first step,
    ///              the rest when it is sent.
    /// @param in    what was received and not yet used, oldest first.
    /// @param out   room for one message, max_output bytes at most. It does not overlap `in`.
    /// @returns     exactly one action; see next.
    /// @errors      whatever validate(request) finds, before the first byte; no_space, after which nothing has changed; the
    ///              peer's and the stream's faults.
    /// @lifetime    the action's views point into `in` and `out`.
    /// @cost        O(bytes of one message).
    [[nodiscard]] constexpr action step(const request& request, bytes in, buffer out) noexcept;

    /// The same on an inbox, which drops what was used; on done it is emptied into `early`.
    /// @errors  bad_count, where the inbox was told of an impossible number of bytes: see miscounted()
    template <size_t N>
    [[nodiscard]] constexpr action step(const request& request, inbox<N>& in, buffer out) noexcept;

    /// The same on both mailboxes. While `out` holds anything, the action is send with all of it; pipelined
    /// messages are appended as long as there is room for the next one.
    /// @errors  bad_count, where either was told of an impossible number of bytes: see miscounted()
    template <size_t N, size_t M>
    [[nodiscard]] constexpr action step(const request& request, inbox<N>& in, outbox<M>& out) noexcept;

    /// The stream has ended. What was received before may still complete a message.
    constexpr void end_of_stream() noexcept { closed_ = true; }

    /// The answer to negotiate: whether the sub-negotiation succeeded.
    /// @errors  out_of_turn, at the next step, when nothing was asked
    constexpr void negotiated(bool succeeded) noexcept {
        if (at_ != at::negotiating)
            fail_for_good(errc::out_of_turn);
        else if (succeeded)
            at_ = at::request;
        else
            fail_for_good(errc::negotiation_failed);
    }

    /// What is out and was not agreed to yet, or never was when the handshake has failed. All false without
    /// client_options::pipelined.
    /// @cost  O(1), constexpr, noexcept.
    [[nodiscard]] constexpr early_messages sent_early() const noexcept {
        return {early_credentials_, early_request_};
    }

    /// Whether the application's own bytes may go out before done, behind all that step gave to send. True only
    /// with client_options::pipelined, for CONNECT, from the request until its reply.
    ///
    ///     case client::next::recv:
    ///         if (handshake.may_send_early() && !hello.empty()) { write_all(fd, hello); hello = {}; }
    ///
    /// They stay the caller's. When the handshake fails afterwards, nobody knows whether they arrived: send
    /// early only what may be sent twice.
    /// @cost  O(1), constexpr, noexcept.
    [[nodiscard]] constexpr bool may_send_early() const noexcept {
        return pipelined_ && command_ == socks::command::connect && (early_request_ || at_ == at::reply) &&
               at_ != at::failed;
    }

  private:
    enum class at : uint8_t {
        start,
        early_credentials,
        early_request,
        method_selection,
        auth_status,
        negotiating,
        request,
        reply,
        accepted,
        over,
        failed,
        settled,  // of a step only: it has said what must be done
    };

    // What is to be done goes into `now`. Each gives the state that is due behind it: settled, once it has said
    // something, or failed; `used` counts the replies in front of it.
    constexpr at greet(const request& request, bytes in, buffer out, size_t& used, action& now) noexcept;
    constexpr at choose(const request& request, bytes in, buffer out, size_t& used, action& now) noexcept;
    constexpr at receive_auth_status(bytes in, size_t& used, action& now) noexcept;
    constexpr at after_authentication() noexcept;
    constexpr at ask(const request& request, buffer out, size_t used, action& now) noexcept;
    constexpr at receive(bytes in, size_t& used, action& now) noexcept;
    constexpr at refuse(bytes in, message_size whole, size_t& used, action& now) noexcept;
    constexpr at send_then(const encoded& made, at then, size_t used, action& now) noexcept;
    constexpr at handle_incomplete(bytes in, message_size whole, size_t used, action& now) noexcept;

    friend class chain;

    [[nodiscard]] constexpr bool is_fresh() const noexcept { return at_ == at::start; }

    // Another handshake like this one, in the same stream.
    [[nodiscard]] constexpr client restarted() const noexcept {
        client c({.tolerance = tolerance_,
                  .wait_for_full_refusal = wait_for_full_refusal_,
                  .pipelined = pipelined_});
        c.closed_ = closed_;
        return c;
    }

    // Whether the next step sends, whatever is received.
    [[nodiscard]] constexpr bool runs_ahead() const noexcept {
        return at_ == at::early_credentials || at_ == at::early_request;
    }

    // The only way into failed: the first reason stays.
    SOCKS_INLINE_UNLESS_SIZE constexpr at fail_for_good(errc why, uint8_t byte = 0) noexcept {
        if (at_ != at::failed) {
            why_ = why;
            byte_ = byte;
        }
        return at_ = at::failed;
    }

    constexpr void miscount(action& now) noexcept;
    constexpr void report(action& now, size_t used, const char* reply) const noexcept;

    at at_ = at::start;
    version version_ = version::v5;
    socks::command command_ = socks::command::connect;
    socks::methods offered_{};
    tolerance tolerance_{};
    bool wait_for_full_refusal_ : 1 = false;
    bool closed_ : 1 = false;
    bool pipelined_ : 1 = false;
    bool after_greeting_ : 1 = false;
    bool early_credentials_ : 1 = false;
    bool early_request_ : 1 = false;
    errc why_ = errc::none;
    uint8_t byte_ = 0;
};

/// What a step of the client says must be done now. Each accessor belongs to the actions named in its comment.
class client::action : public detail::action<client::next> {
  public:
    /// negotiate: the method that the server chose.
    [[nodiscard]] constexpr socks::method method() const noexcept {
        SOCKS_ASSERT(next_ == client::next::negotiate);
        return static_cast<socks::method>(byte_);
    }

    /// bound: where the server listens. fail with errc::refused: the bound address, if the whole reply was waited
    /// for and came, on the step that failed; else no host.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr endpoint bound() const noexcept {
        if (next_ == client::next::bound) return answer(static_cast<version>(byte_)).reply.bound;
        return data_ == nullptr ? endpoint{} : answer(code().version).reply.bound;
    }

    /// done: the reply, and what came behind it.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr completed result() const noexcept {
        SOCKS_ASSERT(next_ == client::next::done);
        return answer(static_cast<version>(byte_));
    }

  private:
    friend class client;
    friend class chain;
    constexpr action() noexcept = default;

    // This action comes behind a reply of `n` bytes that needed no action of its own.
    constexpr void add_consumed(size_t n) noexcept { used_ = static_cast<uint16_t>(used_ + n); }

    [[nodiscard]] constexpr completed answer(socks::version spoken) const noexcept;
};

}  // namespace socks

#include <socks/machine/client_states.hpp>

#endif
