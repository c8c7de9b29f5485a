// The server's handshake: received bytes go in, the next action comes out.
//
// Your program checks passwords and connects to destinations. The actions authenticate and serve ask for
// this, and the call that answers such an action also encodes the reply. You see no request before the
// authentication has succeeded.
//
//     start -+- greeting -> method selection -+- none -------------------> request -> serve -> done
//            |                                +- credentials: authenticate -^           | BIND
//            |                                +- negotiate: negotiation ----^     second_answer
//            +- SOCKS4 request ---------------------------------------------------> serve
//            +- greeting, with v4_after_greeting: after_greeting -> SOCKS4 request
//
// Every state can end in failed. docs/server.svg is generated from the code.

#ifndef SOCKS_MACHINE_SERVER_HPP
#define SOCKS_MACHINE_SERVER_HPP

#include <socks/core/reply.hpp>
#include <socks/machine/action.hpp>
#include <socks/machine/mailbox.hpp>
#include <socks/wire/socks4.hpp>
#include <socks/wire/socks5.hpp>
#include <socks/wire/username_password.hpp>

namespace socks {

/// Which clients a server accepts: their versions, their methods, and the known mistakes that are tolerated.
///
///     server_options{.v4 = false, .v4a = false, .methods = {method::username_password}}
///
/// The server chooses the first of `methods` that the client offers; the client's order does not matter.
/// SOCKS4 cannot authenticate, so it is accepted only if `methods` contains none. With an empty or invalid
/// list, the server accepts no client.
struct server_options {
    bool v4 = true;
    bool v4a = true;
    bool v5 = true;
    /// If v5 is off, answer a SOCKS5 greeting with `00 5b`, the first two bytes of a SOCKS4 refusal. Then
    /// wait for a SOCKS4 request on the same connection. java.net.Socket sends a SOCKS5 greeting, reads two
    /// bytes, and sends a SOCKS4 request if the first byte is not 5. It would read the other six bytes of a
    /// complete refusal as the reply to that request. Without this option the refusal is `05 ff`, which Java
    /// reports as "no acceptable methods".
    bool v4_after_greeting = false;
    socks::methods methods = method::none;
    socks::tolerance tolerance{};
};

/// What a server waits for or does next. To print it in a log, use to_string().
enum class server_state : uint8_t {
    start,           ///< waits for a greeting or a SOCKS4 request
    after_greeting,  ///< refused a greeting; waits for a SOCKS4 request; see v4_after_greeting
    credentials,     ///< waits for user name and password
    authenticate,    ///< waits for authenticated()
    negotiate,       ///< asks for a sub-negotiation
    negotiation,     ///< waits for negotiated()
    request,         ///< waits for the request
    serve,           ///< waits for answer()
    second_answer,   ///< BIND: waits for the second answer()
    success,         ///< the reply was written; the next step is done
    done,            ///< succeeded
    failed,          ///< failed; every step returns the same error
};

/// The state as the end of a sentence that begins with "timed out" or "the stream ended".
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(server_state s) noexcept {
    switch (s) {
        case server_state::start: return "waiting for the first message";
        case server_state::after_greeting: return "waiting for a SOCKS4 request after the greeting";
        case server_state::credentials: return "waiting for user name and password";
        case server_state::authenticate: return "before the verdict on user name and password";
        case server_state::negotiate: return "before the sub-negotiation";
        case server_state::negotiation: return "during the sub-negotiation";
        case server_state::request: return "waiting for the request";
        case server_state::serve: return "before the answer to the request";
        case server_state::second_answer: return "before the second answer to BIND";
        case server_state::success:
        case server_state::done: return "after the handshake";
        case server_state::failed: return "after the handshake failed";
    }
    return "in an unknown state";
}

/// The server's side of a SOCKS4, SOCKS4a or SOCKS5 handshake; the first byte decides which.
///
///     // These three live as long as the connection.
///     server handshake{{.methods = {method::username_password}}};
///     inbox<server::max_input> rx;
///     outbox<server::max_pending> tx;
///
///     for (;;) {  // in a function that is called again
///         const auto s = handshake.step(rx, tx);
///         switch (s.next()) {
///             case server::next::send: tx.consume(write_some(fd, s.data())); break;
///             case server::next::recv:
///                 if (auto n = read_some(fd, rx.prepare())) rx.commit(n); else handshake.end_of_stream();
///                 break;
///             case server::next::authenticate:
///                 handshake.authenticated(known(s.user(), s.password()), tx);
///                 break;
///             case server::next::negotiate: handshake.negotiated(run(s.method(), rx)); break;
///             case server::next::serve: handshake.answer(dial(s.command(), s.to()), tx); break;
///             case server::next::wait: return;  // call again after your answer
///             case server::next::done: return relay(fd, s.result().early);
///             case server::next::fail: return report(socks::outcome_of(s));  // error and reply code
///         }
///     }
///
/// Use one server for each connection. If the peer does not speak SOCKS, nothing is consumed and nothing is
/// sent. You can then pass the same bytes to another protocol. You may call every function in every state,
/// but only the expected call can authorise a client.
///
/// @cost  16 bytes of state, trivially copyable; the steps per input byte are bounded; constexpr, noexcept.
/// @rfc   1928, 1929, the SOCKS4 and SOCKS4a memos
class server {
  public:
    enum class next : uint8_t {
        send,          ///< send data()
        recv,          ///< receive needed() bytes or more, or call end_of_stream() at the end of the stream
        authenticate,  ///< compare user() and password(), then call authenticated()
        negotiate,     ///< run the sub-negotiation of method() on the stream, then call negotiated()
        serve,         ///< carry out command() for to(), then call answer(); twice for BIND
        wait,          ///< do nothing until you answer; also between the two answers to BIND
        done,          ///< the success reply is sent: relay, and begin with result().early
        fail,          ///< error() is the reason; an error reply, if any, has been sent; close the connection
    };

    class action;

    /// The result of a handshake: the bytes that the client sent after its request, at most 2^32 - 1. Relay
    /// them first.
    struct completed {
        bytes early;
    };

    /// The longest message that is received: a SOCKS4a request, 8 + 255 + 1 + 255 + 1.
    static constexpr size_t max_input = 520;

    /// The longest message that is sent: a SOCKS5 reply, 4 + 1 + 255 + 2.
    static constexpr size_t max_output = 262;

    /// The largest number of bytes that the machine appends to an outbox: both replies to BIND.
    static constexpr size_t max_pending = 524;

    constexpr server() noexcept = default;
    constexpr explicit server(const server_options& options) noexcept
        : methods_(options.methods),
          v4_(options.v4),
          v4a_(options.v4a),
          v5_(options.v5),
          v4_after_greeting_(options.v4_after_greeting),
          tolerance_(options.tolerance) {}

    /// Advances the handshake by one step, with plain views.
    ///
    /// @param in   the bytes that were received and not consumed yet, oldest first; it may hold any number of
    ///             messages.
    /// @param out  space for one message, at most max_output bytes. It must not overlap `in`.
    /// @returns    exactly one action; see next. While an answer is missing, the action is wait, and nothing
    ///             is consumed.
    /// @errors     no_space, after which nothing has changed; errors of the peer and of the stream, each
    ///             after the reply that reports it, if the protocol has one; input_shrank, if an incomplete
    ///             SOCKS4 request has fewer bytes than at an earlier step. With no bytes at all, the request
    ///             begins again.
    /// @lifetime   the action's views point into `in` and `out`.
    /// @cost       O(bytes of one message).
    [[nodiscard]] constexpr action step(bytes in, buffer out) noexcept;

    /// The same step with an inbox, from which it removes the consumed bytes. On done, the inbox is empty,
    /// and `early` points to the bytes that it contained.
    /// @errors  bad_count, if an impossible number of bytes was passed to the inbox: see inbox::miscounted()
    template <size_t N>
    [[nodiscard]] constexpr action step(inbox<N>& in, buffer out) noexcept;

    /// The same step with both mailboxes. While `out` contains bytes, the action is send, and data() is all
    /// of them.
    /// @errors  bad_count, if an impossible number of bytes was passed to a mailbox: see inbox::miscounted()
    template <size_t N, size_t M>
    [[nodiscard]] constexpr action step(inbox<N>& in, outbox<M>& out) noexcept;

    /// Call this when the stream has ended. Bytes that were received before may still complete a message.
    /// If a message stays incomplete, the step fails with errc::closed, truncated or, in the state
    /// after_greeting, version_refused. An action that waits for your answer still needs it.
    constexpr void end_of_stream() noexcept { closed_ = true; }

    /// Answers the action authenticate: `accepted` says whether user name and password are correct. If not,
    /// the handshake ends.
    /// @returns   the bytes to send.
    /// @errors    no_space: nothing changed, call again with space for required() bytes; out_of_turn: the
    ///            handshake has failed
    /// @lifetime  the bytes are in `out`.
    /// @rfc       1929 section 2
    constexpr encoded authenticated(bool accepted, buffer out) noexcept;

    /// Answers the action negotiate: `succeeded` says whether the sub-negotiation succeeded. The messages of
    /// the method report the result to the client.
    /// @errors  out_of_turn, at the next step, if the machine did not wait for this answer
    constexpr void negotiated(bool succeeded) noexcept;

    /// Answers the action serve. BIND needs two successful answers: first the address on which the server
    /// listens, then the address that connected.
    ///
    ///     handshake.answer({code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}}, tx);   // or a code that refuses
    ///
    /// A code of the other version is translated: success to success, a refusal to general_failure or
    /// rejected. Without a bound host the reply carries 0.0.0.0, because old versions of java.net.Socket
    /// misread an IPv6 address in a reply. SOCKS4 has IPv4 addresses only, so every other host is written as
    /// 0.0.0.0 too. A refusal ends the handshake.
    ///
    /// For CONNECT an answer without a bound host is safe. BIND and UDP ASSOCIATE need the real address.
    ///
    /// @returns   the bytes to send.
    /// @errors    no_space: nothing changed, call again with space for required() bytes; out_of_turn: the
    ///            handshake has failed; bad_host or bad_host_byte: the handshake has failed because the bound
    ///            host must not be sent (see host::is_sendable), over SOCKS4 too
    /// @lifetime  the bytes are in `out`.
    /// @rfc       1928 section 6; the SOCKS4 memo
    constexpr encoded answer(const reply& outcome, buffer out) noexcept;

    /// The same, but the bytes are appended to an outbox, and the next steps send them. The outbox has enough
    /// space, unless you appended your own bytes. Then nothing changes, and the next step is wait.
    template <size_t M>
    constexpr void authenticated(bool accepted, outbox<M>& out) noexcept;
    template <size_t M>
    constexpr void answer(const reply& outcome, outbox<M>& out) noexcept;

    /// The state of the handshake, for logs and deadlines. Its type is server_state, not server::state.
    /// @cost  O(1), constexpr, noexcept.
    [[nodiscard]] constexpr server_state state() const noexcept { return state_; }

    /// The method that authenticated this connection; none for SOCKS4 and before the method selection.
    [[nodiscard]] constexpr socks::method method() const noexcept { return chosen_; }

  private:
    friend struct detail::mailbox_steps;
    [[nodiscard]] static constexpr bool sends_next() noexcept { return false; }
    [[nodiscard]] constexpr action fail_now(errc why) noexcept;

    // Each function fills in `now`.
    constexpr void begin(bytes in, buffer out, action& now) noexcept;
    constexpr void receive_greeting(bytes in, buffer out, action& now) noexcept;
    constexpr void receive_credentials(bytes in, buffer out, action& now) noexcept;
    constexpr void receive_request5(bytes in, buffer out, action& now) noexcept;
    constexpr void receive_request4(bytes in, buffer out, action& now) noexcept;
    constexpr void refuse(errc why, const encoded& reply, action& now, uint8_t byte = 0) noexcept;
    constexpr void refuse4(errc why, buffer out, action& now, uint8_t byte = 0) noexcept;
    constexpr void need_more(bytes in, size_t needed, action& now) noexcept;
    constexpr void fail(errc why, action& now, uint8_t byte = 0) noexcept;
    [[nodiscard]] constexpr uint8_t code_for_client(reply_code code) const noexcept;
    [[nodiscard]] constexpr encoded encode_answer(uint8_t code, const endpoint& bound,
                                                  buffer out) const noexcept;

    // Only this function enters the state failed. A later call does not change the reason.
    SOCKS_ALWAYS_INLINE constexpr void fail_for_good(errc why, uint8_t byte = 0) noexcept {
        if (state_ == server_state::failed) return;
        state_ = server_state::failed;
        why_ = why;
        byte_ = byte;
    }

    scan4 scan_{};
    server_state state_ = server_state::start;
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
    uint8_t byte_ = 0;  // failed: the byte that caused the failure; serve: the command
};

/// The result of a step of a server: what you must do now. The comment of each accessor names the actions for
/// which you may call it. For all other actions it asserts. It decodes the message when you call it, so call
/// it before you release the input.
///
///     every action   consumed()                                       see detail::action
///     send           data()
///     recv           needed()
///     authenticate   user(), password()
///     negotiate      method()
///     serve          version(), command(), to(), user(), method()
///     done           result()
///     fail           error(), byte(); after refused also code(); after no_space required()
class server::action : public detail::action<server::next> {
  public:
    /// authenticate: the user name. serve: the user ID of a SOCKS4 request, empty for SOCKS5.
    [[nodiscard]] constexpr bytes user() const noexcept {
        if (next_ == server::next::authenticate) return detail::read_credentials(message()).user;
        return version() == version::v5 ? bytes() : message().subspan(detail::head4).first(byte_);
    }

    /// authenticate: the password. Compare it with constant_time_equal().
    [[nodiscard]] constexpr bytes password() const noexcept {
        SOCKS_ASSERT(next_ == server::next::authenticate);
        return detail::read_credentials(message()).password;
    }

    /// negotiate: the method that was chosen. serve: the method that authenticated the client.
    [[nodiscard]] constexpr socks::method method() const noexcept {
        if (next_ == server::next::negotiate) return static_cast<socks::method>(byte_);
        return version() == version::v5 ? static_cast<socks::method>(byte_) : socks::method::none;
    }

    /// serve: the version that the client speaks; v4a if it sent a host name over SOCKS4.
    [[nodiscard]] constexpr socks::version version() const noexcept {
        SOCKS_ASSERT(next_ == server::next::serve);
        if (message()[0] == 5) return version::v5;
        return detail::is_named4(message()) ? version::v4a : version::v4;
    }

    /// serve: the command. It may be unassigned. Over SOCKS4, is_socks5_only() is false for it. If you do not
    /// support it, answer code5::command_not_supported.
    [[nodiscard]] constexpr socks::command command() const noexcept {
        SOCKS_ASSERT(next_ == server::next::serve);
        return static_cast<socks::command>(message()[1]);
    }

    /// serve: the destination of CONNECT, the expected peer of BIND, the expected source of datagrams of UDP
    /// ASSOCIATE. A name is given as received, 1..255 bytes without a NUL; it may spell an address.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr endpoint to() const noexcept {
        if (version() == version::v5) return detail::read_endpoint5(message());
        return detail::read_request4(message(), byte_).to;
    }

    /// done: the bytes that the client sent after its request.
    [[nodiscard]] constexpr completed result() const noexcept {
        SOCKS_ASSERT(next_ == server::next::done);
        return {message()};
    }

  private:
    friend class server;
    friend struct detail::mailbox_steps;
    constexpr action() noexcept = default;

    [[nodiscard]] constexpr bytes message() const noexcept { return {data_, size_}; }
};

namespace detail {

// The byte that byte() returns after the failure.
constexpr uint8_t version_byte(errc why, bytes in) noexcept {
    return why == errc::bad_version ? in[0] : uint8_t{0};
}

}  // namespace detail

SOCKS_ALWAYS_INLINE constexpr server::action server::step(bytes in, buffer out) noexcept {
    action now;
    switch (state_) {
        case server_state::start:
        case server_state::after_greeting: begin(in, out, now); break;
        case server_state::credentials: receive_credentials(in, out, now); break;
        case server_state::request: receive_request5(in, out, now); break;
        case server_state::negotiate:
            state_ = server_state::negotiation;
            now.set(next::negotiate, {}, static_cast<uint8_t>(chosen_), 0);
            break;
        case server_state::authenticate:
        case server_state::negotiation:
        case server_state::serve:
        case server_state::second_answer: break;  // wait
        case server_state::success:
            state_ = server_state::done;
            now.set(next::done, in, 0, 0);
            break;
        case server_state::done: fail(errc::finished, now); break;
        case server_state::failed: fail(why_, now); break;
    }
    return now;
}

template <size_t N>
SOCKS_ALWAYS_INLINE constexpr server::action server::step(inbox<N>& in, buffer out) noexcept {
    static_assert(N >= max_input, "the inbox is too small for a request");
    return detail::mailbox_steps::step(*this, in, out);
}

template <size_t N, size_t M>
SOCKS_ALWAYS_INLINE constexpr server::action server::step(inbox<N>& in, outbox<M>& out) noexcept {
    static_assert(N >= max_input, "the inbox is too small for a request");
    static_assert(M >= max_pending, "the outbox is too small for the two replies to BIND");
    return detail::mailbox_steps::step(*this, in, out);
}

SOCKS_ALWAYS_INLINE constexpr void server::begin(bytes in, buffer out, action& now) noexcept {
    const bool greeted = state_ == server_state::after_greeting;
    if (in.empty() && !(greeted && closed_)) {
        need_more(in, greeted ? detail::head4 + 1 : 3, now);
        scan_ = {};  // without input the request begins again
    } else if (!in.empty() && in[0] == 4)
        receive_request4(in, out, now);
    else if (greeted)
        fail(errc::version_refused, now, 5);  // the client wants SOCKS5 only
    else if (in[0] == 5)
        receive_greeting(in, out, now);
    else
        fail(identify_foreign_protocol(in[0]), now, in[0]);
}

SOCKS_ALWAYS_INLINE constexpr void server::receive_greeting(bytes in, buffer out, action& now) noexcept {
    constexpr auto none = socks::method::no_acceptable;
    if (!v5_ && !v4_after_greeting_)
        return refuse(errc::version_refused, encode_method_selection(none, out), now, in[0]);
    const decoded<greeting> offer = decode_greeting(in);
    if (offer.error() != errc::none) return refuse(offer.error(), encode_method_selection(none, out), now);
    if (!offer) return need_more(in, offer.needed(), now);
    if (!v5_) {
        const encoded refusal = detail::encode_short_refusal4(out);
        if (!refusal) return now.set_fail(refusal);
        state_ = server_state::after_greeting;
        return now.set_send(refusal, offer.consumed());
    }
    const socks::method chosen = methods_.first_in(offer->methods);
    const encoded choice = encode_method_selection(chosen, out);
    if (chosen == none) return refuse(errc::no_acceptable_method, choice, now);
    if (!choice) return now.set_fail(choice);
    chosen_ = chosen;
    state_ = chosen_ == socks::method::none                ? server_state::request
             : chosen_ == socks::method::username_password ? server_state::credentials
                                                           : server_state::negotiate;
    now.set_send(choice, offer.consumed());
}

SOCKS_ALWAYS_INLINE constexpr void server::receive_credentials(bytes in, buffer out, action& now) noexcept {
    const message_size size = detail::measure_credentials(in, tolerance_);
    if (!size) {
        if (size.needed() != 0) return need_more(in, size.needed(), now);
        const uint8_t byte = detail::version_byte(size.error(), in);
        return refuse(size.error(), encode_auth_status(1, out), now, byte);
    }
    state_ = server_state::authenticate;
    now.set(next::authenticate, in.first(*size), 0, *size);
}

SOCKS_ALWAYS_INLINE constexpr void server::receive_request5(bytes in, buffer out, action& now) noexcept {
    const message_size size = detail::measure_request5(in, tolerance_);
    if (!size) {
        if (size.needed() != 0) return need_more(in, size.needed(), now);
        const code5 code = size.error() == errc::bad_address_type ? code5::address_type_not_supported
                                                                  : code5::general_failure;
        const uint8_t byte = detail::version_byte(size.error(), in);
        return refuse(size.error(), encode_reply5({code, {}}, out), now, byte);
    }
    byte_ = in[1];
    state_ = server_state::serve;
    now.set(next::serve, in.first(*size), static_cast<uint8_t>(chosen_), *size);
}

SOCKS_ALWAYS_INLINE constexpr void server::receive_request4(bytes in, buffer out, action& now) noexcept {
    if (!v4_ && !v4a_) return refuse4(errc::version_refused, out, now, in[0]);
    if (!methods_.contains(socks::method::none)) return refuse4(errc::authentication_required, out, now);
    const message_size size = scan_.resume(in);
    if (!size) {
        if (size.needed() != 0) return need_more(in, size.needed(), now);
        return refuse4(size.error(), out, now, size.error() == errc::bad_command ? in[1] : uint8_t{0});
    }
    if (!(detail::is_named4(in) ? v4a_ : v4_)) return refuse4(errc::version_refused, out, now, in[0]);
    byte_ = in[1];
    speaks4_ = true;
    state_ = server_state::serve;
    now.set(next::serve, in.first(*size), scan_.user_size(), *size);
}

SOCKS_ALWAYS_INLINE constexpr encoded server::authenticated(bool accepted, buffer out) noexcept {
    if (state_ != server_state::authenticate) {
        fail_for_good(errc::out_of_turn);
        return errc::out_of_turn;
    }
    const encoded status = encode_auth_status(accepted ? 0 : 1, out);
    if (!status) return status;
    if (accepted)
        state_ = server_state::request;
    else
        fail_for_good(errc::credentials_refused, 1);
    return status;
}

constexpr void server::negotiated(bool succeeded) noexcept {
    if (state_ != server_state::negotiation)
        fail_for_good(errc::out_of_turn);
    else if (succeeded)
        state_ = server_state::request;
    else
        fail_for_good(errc::negotiation_failed);
}

SOCKS_ALWAYS_INLINE constexpr encoded server::answer(const reply& outcome, buffer out) noexcept {
    if (state_ != server_state::serve && state_ != server_state::second_answer) {
        fail_for_good(errc::out_of_turn);
        return errc::out_of_turn;
    }
    const uint8_t code = code_for_client(outcome.code);
    const encoded reply = encode_answer(code, outcome.bound, out);
    if (reply.error() == errc::no_space) return reply;
    if (!reply)
        fail_for_good(reply.error());
    else if (code !=
             (speaks4_ ? static_cast<uint8_t>(code4::granted) : static_cast<uint8_t>(code5::succeeded)))
        fail_for_good(errc::refused, code);
    else
        state_ = byte_ == static_cast<uint8_t>(socks::command::bind) && state_ == server_state::serve
                     ? server_state::second_answer
                     : server_state::success;
    return reply;
}

// The code in the version that the client speaks.
constexpr uint8_t server::code_for_client(reply_code code) const noexcept {
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
constexpr void server::authenticated(bool accepted, outbox<M>& out) noexcept {
    static_assert(M >= max_pending, "the outbox is too small for the two replies to BIND");
    out.commit(authenticated(accepted, out.prepare()).size());
}

template <size_t M>
constexpr void server::answer(const reply& outcome, outbox<M>& out) noexcept {
    static_assert(M >= max_pending, "the outbox is too small for the two replies to BIND");
    out.commit(answer(outcome, out.prepare()).size());
}

// The reply that reports the failure is sent first; the next step fails.
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

SOCKS_INLINE_UNLESS_SIZE constexpr void server::need_more(bytes in, size_t needed, action& now) noexcept {
    if (!closed_) return now.set_recv(needed, 0);
    fail(in.empty() ? errc::closed : errc::truncated, now);
}

SOCKS_INLINE_UNLESS_SIZE constexpr server::action server::fail_now(errc why) noexcept {
    action now;
    fail(why, now);
    return now;
}

SOCKS_INLINE_UNLESS_SIZE constexpr void server::fail(errc why, action& now, uint8_t byte) noexcept {
    fail_for_good(why, byte);
    now.set_fail(why_, byte_, speaks4_ ? version::v4 : version::v5, 0, nullptr);
}

}  // namespace socks

#endif
