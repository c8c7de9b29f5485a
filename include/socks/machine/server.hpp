// The server's handshake: what was received goes in, what must be done next comes out.
// Only the application can know a password or reach a destination, so these are questions, and their answers
// are encoded in the call that gives them. No request is shown before authentication granted it.
//
//     first ─┬─ greeting ─> choice ─┬─ none ─────────────────────────┬─> request ─> serve? ─┬─> done
//            │                      ├─ login: login?, grant ─────────┤                │     │
//            │                      └─ another: negotiate?, negotiated ┘              │ BIND: a second answer
//            ├─ SOCKS4 request ────────────────────────────────────────────> serve? ──┘     any: failed
//            └─ greeting, v4_after_greeting ─> SOCKS4 request

#ifndef SOCKS_MACHINE_SERVER_HPP
#define SOCKS_MACHINE_SERVER_HPP

#include <socks/core/reply.hpp>
#include <socks/machine/action.hpp>
#include <socks/machine/mailbox.hpp>
#include <socks/wire/socks4.hpp>
#include <socks/wire/socks5.hpp>
#include <socks/wire/username_password.hpp>

namespace socks {

/// Whom a server accepts: which versions, which methods, and how much of what real clients do wrong.
///
///     server_options{.v4 = false, .v4a = false, .methods = {method::username_password}}
///
/// The first of `methods` that the client offers is chosen; the client's order does not matter. SOCKS4 cannot
/// authenticate, so it is accepted only where `methods` contains none. No methods, or an invalid list, accept nobody.
struct server_options {
    bool v4 = true;
    bool v4a = true;
    bool v5 = true;
    /// Where v5 is off: answer a SOCKS5 greeting with `00 5b`, the first two bytes of a SOCKS4 refusal, and go on to a
    /// SOCKS4 request on the same connection. java.net.Socket greets by SOCKS5, reads two bytes, and sends such a
    /// request when the first is not 5. All eight bytes of the refusal would fail it: it takes the other six for the
    /// beginning of the reply to its request. Without this option the greeting is refused with `05 ff`, which Java
    /// reports as "no acceptable methods".
    bool v4_after_greeting = false;
    socks::methods methods = method::none;
    socks::tolerance tolerance{};
};

/// The server's side of a SOCKS4, SOCKS4a or SOCKS5 handshake; the first byte decides which.
///
///     server handshake{{.methods = {method::username_password}}};  // these three live as long as the connection
///     inbox<server::max_input> rx;
///     outbox<server::max_pending> tx;
///
///     for (;;) {                                       // and this is a function that is called again
///         const auto s = handshake.step(rx, tx);
///         switch (s.next()) {
///             case server::next::send: tx.consume(write_some(fd, s.data())); break;
///             case server::next::recv:
///                 if (auto n = read_some(fd, rx.prepare())) rx.commit(n); else handshake.end_of_stream();
///                 break;
///             case server::next::authenticate: handshake.authenticated(known(s.user(), s.password()), tx); break;
///             case server::next::negotiate: handshake.negotiated(run(s.method(), rx)); break;
///             case server::next::serve: handshake.answer(dial(s.command(), s.to()), tx); break;
///             case server::next::wait: return;                        // until an answer that comes later
///             case server::next::done: return relay(fd, s.result().early);
///             case server::next::fail: return report(socks::outcome_of(s));  // the error, and the code of a refusal
///         }
///     }
///
/// One handshake per connection. A peer that is not SOCKS ends it with nothing used and nothing sent, so that
/// the same bytes can be handed to another protocol. Any call is defined in any state; none but the right one
/// can authorise anything.
///
/// @cost  16 bytes of state, trivially copyable; steps per input byte are bounded; constexpr, noexcept.
/// @rfc   1928, 1929, the SOCKS4 and SOCKS4a memos
class server {
  public:
    enum class next : uint8_t {
        send,          ///< send data()
        recv,          ///< receive needed() bytes or more, or call end_of_stream() at the end of the stream
        authenticate,  ///< check user() and password(), then call authenticated()
        negotiate,     ///< run the sub-negotiation of method() on the stream, then call negotiated()
        serve,         ///< do command() for to(), then call answer(); for BIND twice
        wait,          ///< nothing, until the answer; also between the two answers to BIND
        done,          ///< the success reply is on its way: relay, result().early first
        fail,  ///< error() says why; the reply that tells the client is on its way: close. no_space: see required()
    };

    class action;

    /// What done hands over: the bytes that the client sent behind its request, up to 2^32 - 1 of them, first of all
    /// to be relayed.
    struct completed {
        bytes early;
    };

    static constexpr size_t max_input = 520;    ///< the longest message in: SOCKS4a, 8 + 255 + 1 + 255 + 1
    static constexpr size_t max_output = 262;   ///< the longest message out: a SOCKS5 reply, 4 + 1 + 255 + 2
    static constexpr size_t max_pending = 524;  ///< the most that an outbox holds: both replies to BIND

    constexpr server() noexcept = default;
    constexpr explicit server(const server_options& options) noexcept
        : methods_(options.methods),
          v4_(options.v4),
          v4a_(options.v4a),
          v5_(options.v5),
          v4_after_greeting_(options.v4_after_greeting),
          tolerance_(options.tolerance) {}

    /// Takes the handshake one step further, on plain views.
    ///
    /// @param in   what was received and not yet used, oldest first; may hold any number of messages.
    /// @param out  room for one message, max_output bytes at most. It does not overlap `in`.
    /// @returns    exactly one action; see next. While a question is open it is wait, and nothing is used.
    /// @errors     no_space, after which nothing has changed; the peer's and the stream's faults, each after the reply
    ///             that tells the peer, where the protocol has one; input_shrank, where a SOCKS4 request that came
    ///             in part has fewer bytes than were searched, but not none: with none the request begins anew.
    /// @lifetime   the action's views point into `in` and `out`.
    /// @cost       O(bytes of one message).
    [[nodiscard]] constexpr action step(bytes in, buffer out) noexcept;

    /// The same on an inbox, which drops what was used; on done it is emptied into `early`.
    /// @errors  bad_count, where the inbox was told of an impossible number of bytes: see miscounted()
    template <size_t N>
    [[nodiscard]] constexpr action step(inbox<N>& in, buffer out) noexcept;

    /// The same on both mailboxes. While `out` holds anything, the action is send with all of it.
    /// @errors  bad_count, where either was told of an impossible number of bytes: see miscounted()
    template <size_t N, size_t M>
    [[nodiscard]] constexpr action step(inbox<N>& in, outbox<M>& out) noexcept;

    /// The stream has ended. What was received before may still complete a message, and answers are still due.
    constexpr void end_of_stream() noexcept { closed_ = true; }

    /// The answer to login: whether user name and password are accepted. A refusal ends the handshake.
    /// @returns   the bytes to send.
    /// @errors    no_space: nothing changed, call again with required(); out_of_turn: final
    /// @lifetime  the bytes are in `out`.
    /// @rfc       1929 section 2
    constexpr encoded authenticated(bool granted, buffer out) noexcept;

    /// The answer to negotiate: whether the sub-negotiation succeeded. Telling the client is the method's affair.
    /// @errors  out_of_turn, at the next step, when nothing was asked
    constexpr void negotiated(bool succeeded) noexcept;

    /// The answer to serve. BIND takes two successes: where the server listens, then who called.
    ///
    /// A code of the other version is translated: success to success, any refusal to "general failure" or
    /// "rejected". Without a bound host the reply carries 0.0.0.0, whatever was asked for: old java.net.Socket puts
    /// the end of an IPv6 reply in front of the data, silently. Over SOCKS4, which has IPv4 addresses only, any other
    /// host is written as 0.0.0.0 too. A refusal ends the handshake.
    ///
    /// For CONNECT an answer without a bound host is the safe one. BIND and UDP ASSOCIATE need the real address.
    ///
    /// @returns   the bytes to send.
    /// @errors    no_space: nothing changed, call again with required(); out_of_turn: final; bad_host or bad_host_byte:
    ///            final, the bound host may not be sent (host::is_sendable), over SOCKS4 too
    /// @lifetime  the bytes are in `out`.
    /// @rfc       1928 section 6; the SOCKS4 memo
    constexpr encoded answer(const reply& outcome, buffer out) noexcept;

    /// The same, appended to an outbox, where the next steps take them from. It always has room, unless you have appended
    /// bytes of your own: then nothing changes, and the next step is wait.
    template <size_t M>
    constexpr void authenticated(bool granted, outbox<M>& out) noexcept;
    template <size_t M>
    constexpr void answer(const reply& outcome, outbox<M>& out) noexcept;

    /// The method that authenticated this connection; none for SOCKS4 and before a choice was made.
    [[nodiscard]] constexpr socks::method method() const noexcept { return chosen_; }

  private:
    // greeted: a SOCKS5 greeting was answered by SOCKS4. In authenticating, negotiating, serving and bound a question is open.
    enum class at : uint8_t {
        first,
        greeted,
        credentials,
        authenticating,
        negotiate,
        negotiating,
        request,
        serving,
        bound,
        answered,
        over,
        failed
    };

    // What is to be done in each state goes into `now`.
    constexpr void begin(bytes in, buffer out, action& now) noexcept;
    constexpr void greet(bytes in, buffer out, action& now) noexcept;
    constexpr void receive_credentials(bytes in, buffer out, action& now) noexcept;
    constexpr void request5(bytes in, buffer out, action& now) noexcept;
    constexpr void request4(bytes in, buffer out, action& now) noexcept;
    constexpr void refuse(errc why, const encoded& reply, action& now, uint8_t byte = 0) noexcept;
    constexpr void refuse4(errc why, buffer out, action& now, uint8_t byte = 0) noexcept;
    constexpr void need_more(bytes in, size_t need, action& now) noexcept;
    constexpr void fail_now(errc why, action& now, uint8_t byte = 0) noexcept;
    constexpr uint8_t native(reply_code code) const noexcept;
    constexpr encoded encode_answer(uint8_t code, const endpoint& bound, buffer out) const noexcept;

    // The only way into failed: the first reason stays.
    SOCKS_ALWAYS_INLINE constexpr void fail_for_good(errc why, uint8_t byte = 0) noexcept {
        if (at_ == at::failed) return;
        at_ = at::failed;
        why_ = why;
        byte_ = byte;
    }

    scan4 scan_{};
    at at_ = at::first;
    socks::methods methods_ = socks::method::none;
    bool v4_ : 1 = true;
    bool v4a_ : 1 = true;
    bool v5_ : 1 = true;
    bool v4_after_greeting_ : 1 = false;
    bool closed_ : 1 = false;
    bool speaks4_ : 1 = false;
    tolerance tolerance_{};
    socks::method chosen_ = socks::method::none;
    errc why_ = errc::none;
    uint8_t byte_ = 0;  // failed: the byte that decided it; serving: the command
};

/// What a step of the server says must be done now. Each accessor belongs to the actions named in its comment.
class server::action : public detail::action<server::next> {
  public:
    /// login: the user name. serve: the user ID of a SOCKS4 request, empty for SOCKS5.
    [[nodiscard]] constexpr bytes user() const noexcept {
        if (next_ == server::next::authenticate) return detail::read_credentials(message()).user;
        return version() == version::v5 ? bytes() : message().subspan(detail::head4).first(byte_);
    }

    /// login: the password. Compare it with constant_time_equal.
    [[nodiscard]] constexpr bytes password() const noexcept {
        SOCKS_ASSERT(next_ == server::next::authenticate);
        return detail::read_credentials(message()).password;
    }

    /// negotiate: the method that was chosen. serve: the one that authenticated the client.
    [[nodiscard]] constexpr socks::method method() const noexcept {
        if (next_ == server::next::negotiate) return static_cast<socks::method>(byte_);
        return version() == version::v5 ? static_cast<socks::method>(byte_) : socks::method::none;
    }

    /// serve: the version that the client speaks; v4a when it sent a name that way.
    [[nodiscard]] constexpr socks::version version() const noexcept {
        SOCKS_ASSERT(next_ == server::next::serve);
        if (message()[0] == 5) return version::v5;
        return detail::is_named4(message()) ? version::v4a : version::v4;
    }

    /// serve: the command; it may be one without a name, but over SOCKS4 none that is_socks5_only. The usual answer to a
    /// command that is not served is code5::command_not_supported.
    [[nodiscard]] constexpr socks::command command() const noexcept {
        SOCKS_ASSERT(next_ == server::next::serve);
        return static_cast<socks::command>(message()[1]);
    }

    /// serve: the destination of CONNECT, the expected caller for BIND, the expected source of datagrams for UDP
    /// ASSOCIATE. A name is as received, 1..255 bytes without a NUL; it may spell an address.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr endpoint to() const noexcept {
        if (version() == version::v5) return detail::read_endpoint5(message());
        return detail::read_request4(message(), byte_).to;
    }

    /// done: what the client sent behind its request.
    [[nodiscard]] constexpr completed result() const noexcept {
        SOCKS_ASSERT(next_ == server::next::done);
        return {message()};
    }

  private:
    friend class server;
    constexpr action() noexcept = default;

    [[nodiscard]] constexpr bytes message() const noexcept { return {data_, size_}; }
};

}  // namespace socks

#include <socks/machine/server_states.hpp>

#endif
