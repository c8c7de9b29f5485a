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
// Every state can end in failed. docs/server.svg is generated from the code. server_action.hpp has the
// options, the states and the actions.

#ifndef SOCKS_MACHINE_SERVER_HPP
#define SOCKS_MACHINE_SERVER_HPP

#include <socks/core/reply.hpp>
#include <socks/machine/mailbox.hpp>
#include <socks/machine/server_action.hpp>

namespace socks {

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
///             case server::next::negotiate: handshake.negotiated(authenticate(s.method(), rx)); break;
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
/// `server` has all parts. To build a smaller one, list its parts; see feature.
///
/// @cost  16 bytes of state, trivially copyable; the steps per input byte are bounded; constexpr, noexcept.
/// @rfc   1928, 1929, the SOCKS4 and SOCKS4a memos
template <feature Parts>
class basic_server {
    static_assert(has(Parts, feature::socks4) || has(Parts, feature::socks5),
                  "list feature::socks4, feature::socks5 or both");

    static constexpr bool speaks4 = has(Parts, feature::socks4);
    static constexpr bool speaks5 = has(Parts, feature::socks5);
    static constexpr bool knows_credentials = speaks5 && has(Parts, feature::credentials);
    static constexpr bool negotiates = speaks5 && has(Parts, feature::other_methods);

  public:
    /// The actions: send, recv, authenticate, negotiate, serve, wait, done, fail.
    using next = server_next;

    /// One action and its accessors.
    using action = basic_server_action<Parts>;

    using completed = server_completed;  ///< the bytes after the request

    /// The longest message that is received: a SOCKS4a request, 8 + 255 + 1 + 255 + 1. Without SOCKS4 it is
    /// the credentials, 3 + 255 + 255, and without both a SOCKS5 request, 4 + 1 + 255 + 2.
    static constexpr size_t max_input = speaks4 ? 520 : knows_credentials ? 513 : 262;

    /// The longest message that is sent: a SOCKS5 reply, 4 + 1 + 255 + 2.
    static constexpr size_t max_output = 262;

    /// The largest number of bytes that the machine appends to an outbox: both replies to BIND, or one reply.
    static constexpr size_t max_pending = has(Parts, feature::bind) ? 524 : 262;

    constexpr basic_server() noexcept = default;
    /// A server with options.
    constexpr explicit basic_server(const server_options& options) noexcept : options_(options) {
        const errc fault = unsupported(options);
        if (fault != errc::none) fail_for_good(fault);
    }

    /// Advances the handshake by one step, with plain views.
    ///
    /// @param in   the bytes that were received and not consumed yet, oldest first; it may hold any number of
    ///             messages.
    /// @param out  space for one message, at most max_output bytes. It must not overlap `in`.
    /// @returns    exactly one action; see next. While an answer is missing, the action is wait, and nothing
    ///             is consumed.
    /// @errors     unsupported_option or unsupported_method at the first step: see feature; no_space, after
    ///             which nothing has changed; errors of the peer and of the stream, each after the reply that
    ///             reports it, if the protocol has one; input_shrank, if a SOCKS4 request ends before a byte
    ///             of its user ID or name that an earlier step has read. With no bytes at all, the first
    ///             message begins again.
    /// @lifetime   the action's views point into `in` and `out`.
    /// @cost       O(bytes of one message).
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr action step(bytes in, buffer out) noexcept {
        SOCKS_KEEP_IN_MEMORY(*this);
        turn t{in, out};
        switch (state_) {
            case server_state::start:
            case server_state::after_greeting: begin(t); break;
            case server_state::credentials:
                if constexpr (knows_credentials) receive_credentials(t);
                break;
            case server_state::request:
                if constexpr (speaks5) receive_request5(t);
                break;
            case server_state::negotiate:
                if constexpr (negotiates) {
                    state_ = server_state::negotiation;
                    t.now.set(next::negotiate, {}, static_cast<uint8_t>(chosen_), 0);
                }
                break;
            case server_state::authenticate:
            case server_state::negotiation:
            case server_state::serve:
            case server_state::second_answer: break;  // wait
            case server_state::success:
                state_ = server_state::done;
                t.now.set(next::done, in, 0, 0);
                break;
            case server_state::done: fail(errc::finished, t); break;
            case server_state::failed: fail(why_, t); break;
        }
        return t.now;
    }

    /// The same step with an inbox, from which it removes the consumed bytes. On done, the inbox is empty,
    /// and `early` points to the bytes that it contained.
    /// @errors  bad_count, if an impossible number of bytes was passed to the inbox: see inbox::miscounted()
    template <size_t N>
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr action step(inbox<N>& in, buffer out) noexcept {
        static_assert(N >= max_input, "the inbox is too small for a request");
        return detail::mailbox_steps::step(*this, in, out);
    }

    /// The same step with both mailboxes. While `out` contains bytes, the action is send, and data() is all
    /// of them; after outbox::submit() it is wait.
    /// @errors  bad_count, if an impossible number of bytes was passed to a mailbox: see inbox::miscounted()
    template <size_t N, size_t M>
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr action step(inbox<N>& in, outbox<M>& out) noexcept {
        static_assert(N >= max_input, "the inbox is too small for a request");
        static_assert(M >= max_pending, "the outbox is smaller than max_pending");
        return detail::mailbox_steps::step(*this, in, out);
    }

    /// Call this when the stream has ended. Bytes that were received before may still complete a message.
    /// If a message stays incomplete, the step fails with errc::truncated, or with errc::closed if it has no
    /// byte; in the state after_greeting, the second is version_refused. An action that waits for your answer
    /// still needs it.
    constexpr void end_of_stream() noexcept { closed_ = true; }

    /// Call this when reading or writing failed, or when your deadline has passed. The handshake ends, and
    /// each later step fails with `why`: errc::stream_failed, timed_out or another failure of the stream.
    /// Every other error becomes out_of_turn. After done, the call has no effect. No reply is
    /// sent to the client.
    constexpr void stream_failed(errc why = errc::stream_failed) noexcept {
        if (state_ == server_state::done) return;
        fail_for_good(blame(why) == party::stream ? why : errc::out_of_turn);
    }

    /// The same, and clears the outbox. Otherwise the next steps would still return its bytes. If they are in
    /// flight, wait for the completion and call outbox::consume() first.
    template <size_t M>
    constexpr void stream_failed(outbox<M>& out, errc why = errc::stream_failed) noexcept {
        out.clear();
        stream_failed(why);
    }

    /// Answers the action authenticate: `accepted` says whether user name and password are correct. If not,
    /// the handshake ends.
    /// @returns   the bytes to send.
    /// @errors    no_space: nothing changed, call again with space for required() bytes; out_of_turn: the
    ///            handshake has failed
    /// @lifetime  the bytes are in `out`.
    /// @rfc       1929 section 2
    SOCKS_ALWAYS_INLINE constexpr encoded authenticated(bool accepted, buffer out) noexcept {
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

    /// Answers the action negotiate: `succeeded` says whether the sub-negotiation succeeded. The messages of
    /// the method report the result to the client.
    /// @errors  out_of_turn, at the next step, if the machine did not wait for this answer
    constexpr void negotiated(bool succeeded) noexcept {
        if (state_ != server_state::negotiation)
            fail_for_good(errc::out_of_turn);
        else if (succeeded)
            state_ = server_state::request;
        else
            fail_for_good(errc::negotiation_failed);
    }

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
    SOCKS_ALWAYS_INLINE constexpr encoded answer(const reply& outcome, buffer out) noexcept {
        if (state_ != server_state::serve && state_ != server_state::second_answer) {
            fail_for_good(errc::out_of_turn);
            return errc::out_of_turn;
        }
        const uint8_t code = code_for_client(outcome.code);
        const message_size written = write_reply(code, outcome.bound, out);
        if (written.needed() != 0) return {out, written};
        if (!written)
            fail_for_good(written.error());
        else if (code !=
                 (is4() ? static_cast<uint8_t>(code4::granted) : static_cast<uint8_t>(code5::succeeded)))
            fail_for_good(errc::refused, code);
        else
            state_ = has(Parts, feature::bind) && byte_ == static_cast<uint8_t>(command::bind) &&
                             state_ == server_state::serve
                         ? server_state::second_answer
                         : server_state::success;
        return {out, written};
    }

    /// The same, but the bytes are appended to an outbox, and the next steps send them. The outbox has enough
    /// space, unless you appended your own bytes. Then nothing changes, and the next step is wait.
    template <size_t M>
    constexpr void authenticated(bool accepted, outbox<M>& out) noexcept {
        static_assert(M >= max_pending, "the outbox is smaller than max_pending");
        detail::mailbox_steps::append(out,
                                      [&](buffer room) noexcept { return authenticated(accepted, room); });
    }
    /// Answers the action serve, and appends the reply to an outbox.
    template <size_t M>
    constexpr void answer(const reply& outcome, outbox<M>& out) noexcept {
        static_assert(M >= max_pending, "the outbox is smaller than max_pending");
        detail::mailbox_steps::append(out, [&](buffer room) noexcept { return answer(outcome, room); });
    }

    /// The state of the handshake, for logs and deadlines. Its type is server_state, not server::state.
    /// @cost  O(1), constexpr, noexcept.
    [[nodiscard]] constexpr server_state state() const noexcept { return state_; }

    /// The method that authenticated this connection; none for SOCKS4 and before the method selection.
    [[nodiscard]] constexpr socks::method method() const noexcept {
        return is4() ? socks::method::none : chosen_;
    }

  private:
    friend struct detail::mailbox_steps;

    // One step: what it was given, and the action that it returns.
    struct turn {
        bytes in;
        buffer out;
        action now{};
    };

    [[nodiscard]] static constexpr bool sends_next() noexcept { return false; }

    SOCKS_ALWAYS_INLINE constexpr void begin(turn& t) noexcept {
        const bool greeted = has(Parts, feature::after_greeting) && state_ == server_state::after_greeting;
        if (t.in.empty() && !(greeted && closed_)) {
            need_more(greeted ? detail::head4 + 1 : 3, t);
            scan_ = {};  // without input the request begins again
        } else if (!t.in.empty() && t.in[0] == 4)
            receive_request4(t);
        else if (greeted)
            fail(errc::version_refused, t, 5);  // the client wants SOCKS5 only
        else if (t.in[0] == 5)
            receive_greeting(t);
        else if (has(Parts, feature::foreign_protocols))
            fail(identify_foreign_protocol(t.in[0]), t, t.in[0]);
        else
            fail(errc::bad_version, t, t.in[0]);
    }

    SOCKS_ALWAYS_INLINE constexpr void receive_greeting(turn& t) noexcept {
        const bool refuses = !speaks5 || !options_.v5;
        const bool goes_on = refuses && has(Parts, feature::after_greeting) && options_.v4_after_greeting;
        if (refuses && !goes_on) return refuse_method(errc::version_refused, t, 5);
        const decoded<greeting> offer = decode_greeting(t.in);
        if (offer.error() != errc::none) return refuse_method(offer.error(), t);
        if (!offer) return need_more(offer.needed(), t);
        if (goes_on) {
            send_then(detail::write_short_refusal4(t.out), server_state::after_greeting, offer.consumed(), t);
            return;
        }
        const socks::method chosen = options_.methods.first_in(offer->methods);
        if (chosen == socks::method::no_acceptable) return refuse_method(errc::no_acceptable_method, t);
        const server_state after = chosen == socks::method::none ? server_state::request
                                   : knows_credentials && chosen == socks::method::username_password
                                       ? server_state::credentials
                                       : server_state::negotiate;
        if (send_then(detail::write_pair(5, static_cast<uint8_t>(chosen), t.out), after, offer.consumed(), t))
            chosen_ = chosen;
    }

    SOCKS_ALWAYS_INLINE constexpr void receive_credentials(turn& t) noexcept {
        const message_size size = detail::measure_credentials(t.in, tolerated());
        if (!size) {
            if (size.needed() != 0) return need_more(size.needed(), t);
            return refuse(size.error(), detail::write_pair(1, 1, t.out), t, version_byte(size.error(), t.in));
        }
        state_ = server_state::authenticate;
        t.now.set(next::authenticate, t.in.first(*size), 0, *size);
    }

    SOCKS_ALWAYS_INLINE constexpr void receive_request5(turn& t) noexcept {
        const message_size size = detail::measure_request5(t.in, tolerated());
        if (!size) {
            if (size.needed() != 0) return need_more(size.needed(), t);
            const code5 code = size.error() == errc::bad_address_type ? code5::address_type_not_supported
                                                                      : code5::general_failure;
            return refuse5(size.error(), code, t, version_byte(size.error(), t.in));
        }
        if (is_missing(static_cast<command>(t.in[1])))
            return refuse5(errc::refused, code5::command_not_supported, t,
                           static_cast<uint8_t>(code5::command_not_supported));
        serve(*size, static_cast<uint8_t>(chosen_), t);
    }

    SOCKS_ALWAYS_INLINE constexpr void receive_request4(turn& t) noexcept {
        if (!speaks4 || (!options_.v4 && !options_.v4a)) return refuse4(errc::version_refused, t, 4);
        if constexpr (speaks4) {
            if (!options_.methods.contains(socks::method::none))
                return refuse4(errc::authentication_required, t);
            const message_size size = scan_.resume(t.in);
            if (!size) {
                if (size.needed() != 0) return need_more(size.needed(), t);
                return refuse4(size.error(), t, size.error() == errc::bad_command ? t.in[1] : uint8_t{0});
            }
            if (!(detail::is_named4(t.in) ? options_.v4a : options_.v4))
                return refuse4(errc::version_refused, t, 4);
            chosen_ = socks::method::no_acceptable;
            if (is_missing(static_cast<command>(t.in[1])))
                return refuse4(errc::refused, t, static_cast<uint8_t>(code4::rejected));
            serve(*size, scan_.user_size(), t);
        }
    }

    SOCKS_ALWAYS_INLINE constexpr void serve(size_t size, uint8_t byte, turn& t) noexcept {
        byte_ = t.in[1];
        state_ = server_state::serve;
        t.now.set(next::serve, t.in.first(size), byte, size);
    }

    // The state changes only after the message is written, so you can repeat the step after no_space.
    SOCKS_INLINE_UNLESS_SIZE constexpr bool send_then(message_size written, server_state after,
                                                      size_t consumed, turn& t) noexcept {
        if (!written) {
            t.now.set_no_space(written.needed());
            return false;
        }
        state_ = after;
        t.now.set_send({t.out.data(), *written}, consumed);
        return true;
    }

    // The reply that reports the failure is sent first; the next step fails.
    SOCKS_INLINE_UNLESS_SIZE constexpr void refuse(errc why, message_size written, turn& t,
                                                   uint8_t byte = 0) noexcept {
        if (!written) return t.now.set_no_space(written.needed());
        fail_for_good(why, byte);
        t.now.set_send({t.out.data(), *written}, 0);
    }

    SOCKS_INLINE_UNLESS_SIZE constexpr void refuse_method(errc why, turn& t, uint8_t byte = 0) noexcept {
        refuse(why, detail::write_pair(5, static_cast<uint8_t>(socks::method::no_acceptable), t.out), t,
               byte);
    }

    SOCKS_INLINE_UNLESS_SIZE constexpr void refuse5(errc why, code5 code, turn& t, uint8_t byte) noexcept {
        refuse(why, detail::write_frame5(static_cast<uint8_t>(code), {}, t.out), t, byte);
    }

    SOCKS_INLINE_UNLESS_SIZE constexpr void refuse4(errc why, turn& t, uint8_t byte = 0) noexcept {
        refuse(why, detail::write_frame4(static_cast<uint8_t>(code4::rejected), {}, t.out), t, byte);
    }

    SOCKS_INLINE_UNLESS_SIZE constexpr void need_more(size_t needed, turn& t) noexcept {
        if (!closed_) return t.now.set_recv(needed, 0);
        fail(t.in.empty() ? errc::closed : errc::truncated, t);
    }

    [[nodiscard]] SOCKS_INLINE_UNLESS_SIZE constexpr action fail_now(errc why) noexcept {
        turn t{};
        fail(why, t);
        return t.now;
    }

    SOCKS_INLINE_UNLESS_SIZE constexpr void fail(errc why, turn& t, uint8_t byte = 0) noexcept {
        fail_for_good(why, byte);
        t.now.set_fail(why_, byte_, is4() ? version::v4 : version::v5, 0, nullptr);
    }

    // Only this function enters the state failed. A later call does not change the reason.
    SOCKS_ALWAYS_INLINE constexpr void fail_for_good(errc why, uint8_t byte = 0) noexcept {
        if (state_ == server_state::failed) return;
        state_ = server_state::failed;
        why_ = why;
        byte_ = byte;
    }

    // The code in the version that the client speaks.
    [[nodiscard]] constexpr uint8_t code_for_client(reply_code code) const noexcept {
        if ((code.version != version::v5) == is4()) return code.value;
        if (is4()) return static_cast<uint8_t>(code.succeeded() ? code4::granted : code4::rejected);
        return static_cast<uint8_t>(code.succeeded() ? code5::succeeded : code5::general_failure);
    }

    SOCKS_ALWAYS_INLINE constexpr message_size write_reply(uint8_t code, const endpoint& bound,
                                                           buffer out) const noexcept {
        if (!is4()) return detail::write_frame5(code, bound, out);
        if (!bound.host.is_sendable()) return bound.host.error();
        return detail::write_frame4(code, bound, out);
    }

    // Whether the client speaks SOCKS4. It is a constant if the server speaks one version only.
    [[nodiscard]] constexpr bool is4() const noexcept {
        return speaks4 && (!speaks5 || chosen_ == socks::method::no_acceptable);
    }

    [[nodiscard]] constexpr tolerance tolerated() const noexcept {
        return has(Parts, feature::tolerances) ? options_.tolerance : lenient;
    }

    // The byte that byte() returns after the failure.
    static constexpr uint8_t version_byte(errc why, bytes in) noexcept {
        return why == errc::bad_version ? in[0] : uint8_t{0};
    }

    // The error if the options need a part that this machine does not have.
    static constexpr errc unsupported(const server_options& options) noexcept {
        if ((options.v4_after_greeting && !has(Parts, feature::after_greeting)) ||
            (options.tolerance != lenient && !has(Parts, feature::tolerances)))
            return errc::unsupported_option;
        for (size_t i = 0; i < options.methods.size(); ++i)
            if (!detail::is_supported(Parts, options.methods[i])) return errc::unsupported_method;
        return errc::none;
    }

    // Whether the server refuses a command because it lacks the part that serves it.
    static constexpr bool is_missing(command requested) noexcept {
        return (requested == command::bind && !has(Parts, feature::bind)) ||
               (requested == command::udp_associate && !has(Parts, feature::udp_associate));
    }

    scan4 scan_{};
    server_state state_ = server_state::start;
    server_options options_{};
    socks::method chosen_ = socks::method::none;  // no_acceptable: the client speaks SOCKS4
    errc why_ : 7 = errc::none;
    bool closed_ : 1 = false;
    uint8_t byte_ = 0;  // failed: the byte that caused the failure; serve: the command
};

/// A server with all parts.
using server = basic_server<feature::all>;

}  // namespace socks

#endif
