// The client's handshake: received bytes go in, the next action comes out.
//
//     start -- greeting --> method_selection -+- none ---------------------------+- request -> reply -> done
//       |                                     +- username/password: auth_status -^               | BIND
//       |                                     +- another: negotiation -----------^          second_reply
//       +-- SOCKS4 --------------------------------------------------------------^
//
// client_options::pipelined inserts early_credentials and early_request after the greeting. Every state can
// end in failed. docs/client.svg is generated from the code.

#ifndef SOCKS_MACHINE_CLIENT_HPP
#define SOCKS_MACHINE_CLIENT_HPP

#include <socks/core/reply.hpp>
#include <socks/machine/action.hpp>
#include <socks/machine/mailbox.hpp>
#include <socks/wire/socks4.hpp>
#include <socks/wire/socks5.hpp>
#include <socks/wire/username_password.hpp>

namespace socks {

/// The options of a client.
struct client_options {
    socks::tolerance tolerance{};
    /// By default the first two bytes of a refusal are enough, because some servers send no more. Set this to
    /// wait for the complete reply, or for the end of the stream, and to learn the bound address too.
    bool wait_for_full_refusal = false;
    /// Send greeting, credentials and request without waiting for the replies between them. This saves up to
    /// two round trips. It has an effect only over SOCKS5, and only if the request offers exactly one method,
    /// none or username_password. If the proxy then refuses the method or the credentials, it has already
    /// received the later messages: see sent_early(). Some proxies lose early bytes and never answer, so use
    /// a deadline. See also may_send_early().
    bool pipelined = false;
    /// Continue on a connection where another client sent a SOCKS5 greeting and the answer was not a SOCKS5
    /// message. The client reads two bytes of that answer, then sends its request, which should be a SOCKS4
    /// request. java.net.Socket does the same; see retry_on_same_connection. An answer that begins with 5
    /// fails with bad_version. A chain applies this to its first proxy only.
    bool after_greeting = false;
};

/// What a client waits for or does next. To print it in a log, use to_string():
///
///     // "timed out waiting for the method selection"
///     log("timed out ", socks::to_string(handshake.state()));
enum class client_state : uint8_t {
    after_greeting,     ///< reads the answer to another client's greeting; see client_options
    start,              ///< sends the greeting, or the request over SOCKS4
    early_credentials,  ///< sends the credentials before the method selection
    early_request,      ///< sends the request before the method selection
    method_selection,   ///< waits for the method selection
    auth_status,        ///< waits for the status of user name and password
    negotiation,        ///< waits for negotiated()
    request,            ///< sends the request
    reply,              ///< waits for the reply
    second_reply,       ///< BIND: waits for the second reply
    done,               ///< succeeded
    failed,             ///< failed; every step returns the same error
};

/// The state as the end of a sentence that begins with "timed out" or "the stream ended".
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(client_state s) noexcept {
    switch (s) {
        case client_state::after_greeting: return "waiting for the answer to an earlier greeting";
        case client_state::start: return "before the first message";
        case client_state::early_credentials: return "before the credentials";
        case client_state::early_request:
        case client_state::request: return "before the request";
        case client_state::method_selection: return "waiting for the method selection";
        case client_state::auth_status: return "waiting for the verdict on user name and password";
        case client_state::negotiation: return "during the sub-negotiation";
        case client_state::reply: return "waiting for the reply";
        case client_state::second_reply: return "waiting for the second reply to BIND";
        case client_state::done: return "after the handshake";
        case client_state::failed: return "after the handshake failed";
    }
    return "in an unknown state";
}

/// What you must do now. A switch over all values needs no default.
enum class client_next : uint8_t {
    send,       ///< send data()
    recv,       ///< receive needed() bytes or more, or call end_of_stream() at the end of the stream
    negotiate,  ///< run the sub-negotiation of method() on the stream, then call negotiated()
    wait,       ///< do nothing until you call negotiated()
    bound,      ///< BIND: the server listens at bound(); call step() again for the second reply
    done,       ///< success: result() has the reply and the bytes after it
    fail,       ///< error() is the reason; every later step returns the same error, except after no_space
};

namespace detail {
class client_core;
}

/// The result of a step of a client: what you must do now. The comment of each accessor names the actions for
/// which you may call it. For all other actions it asserts. It decodes the message when you call it, so call
/// it before you release the input.
///
///     every action   consumed()                                       see detail::action
///     send           data()
///     recv           needed()
///     negotiate      method()
///     bound          bound()
///     done           result()
///     fail           error(), byte(); after refused also code() and bound(); after no_space required()
class client_action : public detail::action<client_next> {
  public:
    /// The result of a handshake: the reply, and the bytes that the destination has sent already, at most
    /// 2^32 - 1. They come before all bytes received later. The name in the reply points into the input: to
    /// keep it, use a stored_reply.
    struct completed {
        socks::reply reply;
        bytes early;
    };

    /// negotiate: the method that the server chose.
    [[nodiscard]] constexpr socks::method method() const noexcept {
        SOCKS_ASSERT(next_ == client_next::negotiate);
        return static_cast<socks::method>(byte_);
    }

    /// bound: the address on which the server listens. fail with errc::refused: the bound address, if
    /// client_options::wait_for_full_refusal is set, and only in the step that failed; otherwise no host.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr endpoint bound() const noexcept {
        if (next_ == client_next::bound) return answer(static_cast<version>(byte_)).reply.bound;
        return data_ == nullptr ? endpoint{} : answer(code().version).reply.bound;
    }

    /// done: the reply, and the bytes that came after it.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr completed result() const noexcept {
        SOCKS_ASSERT(next_ == client_next::done);
        return answer(static_cast<version>(byte_));
    }

  private:
    friend class detail::client_core;
    friend struct detail::mailbox_steps;
    constexpr client_action() noexcept = default;

    // The reply at data_. Its size is read from the reply, because consumed() may include earlier replies.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr completed answer(version spoken) const noexcept {
        const bool five = spoken == version::v5;
        const size_t size = five ? *detail::measure_endpoint5({data_, 4 + 1 + 255 + 2}) : reply4_size;
        const bytes reply{data_, size};
        const bytes early{data_ + size, next_ == client_next::done ? size_ : 0};
        return {
            {reply_code(spoken, reply[1]), five ? detail::read_bound5(reply) : detail::read_bound4(reply)},
            early};
    }
};

namespace detail {

/// The handshake with one proxy. A client runs one; a chain runs one for each proxy, in the same stream.
class client_core {
  public:
    using next = client_next;
    using action = client_action;

    /// See client::early_messages.
    struct early_messages {
        bool credentials = false;  ///< user name and password; the proxy has not asked for them yet
        bool request = false;      ///< the request; the authentication is not complete yet
    };

    constexpr client_core() noexcept = default;
    constexpr explicit client_core(client_options options) noexcept
        : state_(options.after_greeting ? client_state::after_greeting : client_state::start),
          tolerance_(options.tolerance),
          wait_for_full_refusal_(options.wait_for_full_refusal),
          pipelined_(options.pipelined) {}

    /// A step after the first `consumed` bytes of `in`, which an earlier handshake has read in this step.
    [[nodiscard]] constexpr action step(const request& request, bytes in, buffer out,
                                        size_t consumed = 0) noexcept;

    constexpr void end_of_stream() noexcept { closed_ = true; }
    constexpr void negotiated(bool succeeded) noexcept;

    [[nodiscard]] constexpr client_state state() const noexcept { return state_; }
    [[nodiscard]] constexpr early_messages sent_early() const noexcept {
        return {early_credentials_, early_request_};
    }
    [[nodiscard]] constexpr bool may_send_early() const noexcept {
        return pipelined_ && command_ == command::connect &&
               (early_request_ || state_ == client_state::reply) && state_ != client_state::failed;
    }

    /// Whether nothing was sent yet.
    [[nodiscard]] constexpr bool is_fresh() const noexcept {
        return state_ == client_state::start || state_ == client_state::after_greeting;
    }

    /// Whether the next step sends a message and reads nothing.
    [[nodiscard]] constexpr bool sends_next() const noexcept {
        return state_ == client_state::early_credentials || state_ == client_state::early_request;
    }

    /// A handshake with the next proxy, in the same stream and with the same options.
    [[nodiscard]] constexpr client_core restarted() const noexcept {
        client_core c({.tolerance = tolerance_,
                       .wait_for_full_refusal = wait_for_full_refusal_,
                       .pipelined = pipelined_});
        c.closed_ = closed_;
        return c;
    }

    /// Ends the handshake with a failure, after `consumed` bytes of the input. `byte` caused the failure.
    [[nodiscard]] constexpr action fail_now(errc why, size_t consumed = 0, uint8_t byte = 0) noexcept;

  private:
    // What a step does after it has read or written a message.
    enum class then : uint8_t {
        nothing,
        send_greeting,
        receive_auth_status,
        send_request,
        receive_reply,
        fail
    };

    // `consumed` counts the input bytes that this step has read. Each function fills in `now`, or returns
    // what comes next.
    constexpr then skip_answer(bytes in, size_t& consumed, action& now) noexcept;
    constexpr then send_greeting(const request& request, buffer out, size_t consumed, action& now) noexcept;
    constexpr then receive_method_selection(const request& request, bytes in, buffer out, size_t& consumed,
                                            action& now) noexcept;
    constexpr then receive_auth_status(bytes in, size_t& consumed, action& now) noexcept;
    constexpr then after_authentication() noexcept;
    constexpr then send_early_credentials(const request& request, buffer out, size_t consumed,
                                          action& now) noexcept;
    constexpr then send_request(const request& request, buffer out, size_t consumed, action& now) noexcept;
    constexpr then receive_reply(bytes in, size_t& consumed, action& now) noexcept;
    constexpr then refuse(bytes in, message_size size, size_t consumed, action& now) noexcept;
    constexpr then send_then(const encoded& message, client_state after, size_t consumed,
                             action& now) noexcept;
    constexpr then need_more(bytes in, message_size size, size_t consumed, action& now) noexcept;

    // Only this function enters the state failed. A later call does not change the reason.
    SOCKS_INLINE_UNLESS_SIZE constexpr then fail_for_good(errc why, uint8_t byte = 0) noexcept {
        if (state_ != client_state::failed) {
            why_ = why;
            byte_ = byte;
        }
        state_ = client_state::failed;
        return then::fail;
    }

    constexpr void report(action& now, size_t consumed, const char* reply) const noexcept;

    client_state state_ = client_state::start;
    version version_ = version::v5;
    command command_ = command::connect;
    methods offered_{};
    tolerance tolerance_{};
    bool wait_for_full_refusal_ : 1 = false;
    bool closed_ : 1 = false;
    bool pipelined_ : 1 = false;
    bool early_credentials_ : 1 = false;
    bool early_request_ : 1 = false;
    errc why_ = errc::none;
    uint8_t byte_ = 0;
};

}  // namespace detail

/// The client's side of a SOCKS4, SOCKS4a or SOCKS5 handshake.
///
///     const request download{.to = {"files.example.com", 443}, .credentials = {"john", "foo"}};
///     client handshake;
///     for (;;) {
///         const auto s = handshake.step(download, rx, tx);
///         switch (s.next()) { ... }                                     // complete without default
///     }
///
/// Use one client for each connection: a second attempt needs a new connection and a new client. The
/// exception is client_options::after_greeting. You may call every function in every state, but only the
/// expected call can lead to success.
///
/// @cost  at most 14 bytes of state, trivially copyable; the steps per input byte are bounded; constexpr,
///        noexcept.
/// @rfc   1928, 1929, the SOCKS4 and SOCKS4a memos
class client {
  public:
    /// The actions: send, recv, negotiate, wait, bound, done, fail.
    using next = client_next;

    /// One action and its accessors.
    using action = client_action;

    /// The result of a handshake: see client_action::completed.
    using completed = client_action::completed;

    /// The messages that were sent early. A member becomes false when the proxy agrees to the message.
    using early_messages = detail::client_core::early_messages;

    /// The longest message that is received: a SOCKS5 reply, 4 + 1 + 255 + 2.
    static constexpr size_t max_input = 262;

    /// The longest message that is sent: a SOCKS4a request, 8 + 255 + 1 + 255 + 1.
    static constexpr size_t max_output = 520;

    /// The largest number of bytes that are sent before the first reply with client_options::pipelined: 3 +
    /// (3 + 255 + 255) + (4 + 1 + 255 + 2). With an outbox of this size, one action sends all of them.
    static constexpr size_t max_pipelined = 778;

    constexpr client() noexcept = default;
    constexpr explicit client(client_options options) noexcept : core_(options) {}

    /// Advances the handshake by one step, with plain views.
    ///
    /// @param request  the request; borrowed for this call. Version, command and methods are read at the
    ///                 first step, everything else when it is sent.
    /// @param in       the bytes that were received and not consumed yet, oldest first.
    /// @param out      space for one message, at most max_output bytes. It must not overlap `in`.
    /// @returns        exactly one action; see next.
    /// @errors         the errors of validate(request), before the first byte; no_space, after which nothing
    ///                 has changed; errors of the peer and of the stream.
    /// @lifetime       the action's views point into `in` and `out`.
    /// @cost           O(bytes of one message).
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr action step(const request& request, bytes in,
                                                            buffer out) noexcept {
        return core_.step(request, in, out);
    }

    /// The same step with an inbox, from which it removes the consumed bytes. On done, the inbox is empty,
    /// and `early` points to the bytes that it contained.
    /// @errors  bad_count, if an impossible number of bytes was passed to the inbox: see inbox::miscounted()
    template <size_t N>
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr action step(const request& request, inbox<N>& in,
                                                            buffer out) noexcept {
        static_assert(N >= max_input, "the inbox is too small for a reply");
        return detail::mailbox_steps::step(core_, in, out, request);
    }

    /// The same step with both mailboxes. While `out` contains bytes, the action is send, and data() is all
    /// of them. Pipelined messages are appended while there is space for the next one.
    /// @errors  bad_count, if an impossible number of bytes was passed to a mailbox: see inbox::miscounted()
    template <size_t N, size_t M>
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr action step(const request& request, inbox<N>& in,
                                                            outbox<M>& out) noexcept {
        static_assert(N >= max_input, "the inbox is too small for a reply");
        static_assert(M >= max_output, "the outbox is too small for a request");
        return detail::mailbox_steps::step(core_, in, out, request);
    }

    /// Call this when the stream has ended. Bytes that were received before may still complete a message.
    /// If a message stays incomplete, the step fails with errc::closed, truncated or closed_while_bound.
    constexpr void end_of_stream() noexcept { core_.end_of_stream(); }

    /// Answers the action negotiate: `succeeded` says whether the sub-negotiation succeeded.
    /// @errors  out_of_turn, at the next step, if the machine did not wait for this answer
    constexpr void negotiated(bool succeeded) noexcept { core_.negotiated(succeeded); }

    /// The state of the handshake, for logs and deadlines.
    /// @cost  O(1), constexpr, noexcept.
    [[nodiscard]] constexpr client_state state() const noexcept { return core_.state(); }

    /// The messages that were sent, and that the proxy has not agreed to yet. After a failure, the proxy
    /// never agreed to them. All members are false without client_options::pipelined.
    /// @cost  O(1), constexpr, noexcept.
    [[nodiscard]] constexpr early_messages sent_early() const noexcept { return core_.sent_early(); }

    /// Whether you may send your own bytes before done. Send the bytes of the machine first. This is true
    /// only with client_options::pipelined, for CONNECT, from the request until its reply.
    ///
    ///     case client::next::recv:
    ///         if (handshake.may_send_early() && !hello.empty()) { write_all(fd, hello); hello = {}; }
    ///
    /// If the handshake fails afterwards, you cannot know whether your bytes arrived. So send early only
    /// bytes that may be sent twice.
    /// @cost  O(1), constexpr, noexcept.
    [[nodiscard]] constexpr bool may_send_early() const noexcept { return core_.may_send_early(); }

  private:
    detail::client_core core_;
};

namespace detail {

SOCKS_ALWAYS_INLINE constexpr client_action client_core::step(const request& request, bytes in, buffer out,
                                                              size_t consumed) noexcept {
    action now;
    then due = then::nothing;
    switch (state_) {
        case client_state::after_greeting: due = skip_answer(in, consumed, now); break;
        case client_state::start: due = then::send_greeting; break;
        case client_state::early_credentials:
            due = send_early_credentials(request, out, consumed, now);
            break;
        case client_state::method_selection:
            due = receive_method_selection(request, in, out, consumed, now);
            break;
        case client_state::auth_status: due = then::receive_auth_status; break;
        case client_state::early_request:
        case client_state::request: due = then::send_request; break;
        case client_state::reply:
        case client_state::second_reply: due = then::receive_reply; break;
        case client_state::negotiation: break;  // wait
        case client_state::done: due = fail_for_good(errc::finished); break;
        case client_state::failed: due = then::fail; break;
    }
    // The messages of a handshake in their order. One step may continue from one message to the next.
    if (due == then::send_greeting) due = send_greeting(request, out, consumed, now);
    if (due == then::receive_auth_status) due = receive_auth_status(in, consumed, now);
    if (due == then::send_request) due = send_request(request, out, consumed, now);
    if (due == then::receive_reply) due = receive_reply(in, consumed, now);
    if (due == then::fail) [[unlikely]]
        report(now, consumed, nullptr);
    return now;
}

// Skips two bytes: the answer to the greeting of another client, which is not a SOCKS5 message.
SOCKS_ALWAYS_INLINE constexpr client_core::then client_core::skip_answer(bytes in, size_t& consumed,
                                                                         action& now) noexcept {
    if (!in.empty() && in[0] == 5) return fail_for_good(errc::bad_version, in[0]);
    if (in.size() < 2) return need_more(in, message_size::incomplete(2 - in.size()), 0, now);
    consumed = 2;
    return then::send_greeting;
}

// Over SOCKS4 the request is the first message.
SOCKS_ALWAYS_INLINE constexpr client_core::then client_core::send_greeting(const request& request, buffer out,
                                                                           size_t consumed,
                                                                           action& now) noexcept {
    const errc fault = validate(request);
    if (fault != errc::none) return fail_for_good(fault);
    version_ = request.version;
    command_ = request.command;
    if (version_ != version::v5) return then::send_request;
    offered_ = request.offer();
    client_state after = client_state::method_selection;
    if (pipelined_ && offered_.size() == 1) {
        if (offered_[0] == method::none) after = client_state::early_request;
        if (offered_[0] == method::username_password) after = client_state::early_credentials;
    }
    return send_then(write_greeting(offered_.as_bytes(), out), after, consumed, now);
}

SOCKS_ALWAYS_INLINE constexpr client_core::then client_core::send_early_credentials(const request& request,
                                                                                    buffer out,
                                                                                    size_t consumed,
                                                                                    action& now) noexcept {
    const then due =
        send_then(encode_credentials(request.credentials, out), client_state::early_request, consumed, now);
    early_credentials_ = now.next() == next::send;
    return due;
}

SOCKS_ALWAYS_INLINE constexpr client_core::then client_core::receive_method_selection(const request& request,
                                                                                      bytes in, buffer out,
                                                                                      size_t& consumed,
                                                                                      action& now) noexcept {
    const bytes rest = in.subspan(consumed);
    const message_size size = measure_method_selection(rest);
    if (!size) return need_more(rest, size, consumed, now);
    consumed += *size;
    const auto chosen = static_cast<method>(rest[1]);
    if (chosen == method::no_acceptable) return fail_for_good(errc::no_acceptable_method, rest[1]);
    if (!offered_.contains(chosen)) return fail_for_good(errc::method_not_offered, rest[1]);
    if (chosen == method::none) return after_authentication();
    if (chosen != method::username_password) {
        state_ = client_state::negotiation;
        now.set(next::negotiate, {}, rest[1], consumed);
        return then::nothing;
    }
    if (!early_credentials_)
        return send_then(encode_credentials(request.credentials, out), client_state::auth_status, consumed,
                         now);
    early_credentials_ = false;
    state_ = client_state::auth_status;
    return then::receive_auth_status;
}

SOCKS_ALWAYS_INLINE constexpr client_core::then client_core::receive_auth_status(bytes in, size_t& consumed,
                                                                                 action& now) noexcept {
    const bytes rest = in.subspan(consumed);
    const message_size size = measure_auth_status(rest, tolerance_);
    if (!size) return need_more(rest, size, consumed, now);
    consumed += *size;
    return rest[1] == 0 ? after_authentication() : fail_for_good(errc::credentials_refused, rest[1]);
}

// A request that went out early is not sent again.
SOCKS_ALWAYS_INLINE constexpr client_core::then client_core::after_authentication() noexcept {
    if (!early_request_) return then::send_request;
    early_request_ = false;
    state_ = client_state::reply;
    return then::receive_reply;
}

constexpr void client_core::negotiated(bool succeeded) noexcept {
    if (state_ != client_state::negotiation)
        fail_for_good(errc::out_of_turn);
    else if (succeeded)
        state_ = client_state::request;
    else
        fail_for_good(errc::negotiation_failed);
}

// The destination may have changed since the greeting; over SOCKS4 it was validated in this step.
SOCKS_ALWAYS_INLINE constexpr client_core::then client_core::send_request(const request& request, buffer out,
                                                                          size_t consumed,
                                                                          action& now) noexcept {
    if (version_ != version::v5)
        return send_then(write_request4(command_, request.to, request.credentials.user, out),
                         client_state::reply, consumed, now);
    const errc fault = destination_fault(version_, command_, request.to.host);
    if (fault != errc::none) return fail_for_good(fault);
    const bool early = state_ == client_state::early_request;
    const then due = send_then(encode_frame5(static_cast<uint8_t>(command_), request.to, out),
                               early ? client_state::method_selection : client_state::reply, consumed, now);
    if (early) early_request_ = now.next() == next::send;
    return due;
}

SOCKS_ALWAYS_INLINE constexpr client_core::then client_core::receive_reply(bytes in, size_t& consumed,
                                                                           action& now) noexcept {
    const bytes rest = in.subspan(consumed);
    const message_size size =
        version_ == version::v5 ? measure_reply5(rest, tolerance_) : measure_reply4(rest, tolerance_);
    if (rest.size() >= 2 && size.error() != errc::bad_version && !reply_code(version_, rest[1]).succeeded())
        [[unlikely]]
        return refuse(rest, size, consumed, now);
    if (!size) return need_more(rest, size, consumed, now);
    const auto spoken = static_cast<uint8_t>(version_);
    if (command_ == command::bind && state_ == client_state::reply) {
        state_ = client_state::second_reply;
        now.set(next::bound, {rest.data(), 0}, spoken, consumed + *size);
    } else {
        state_ = client_state::done;
        now.set(next::done, {rest.data(), rest.size() - *size}, spoken, consumed + *size);
    }
    return then::nothing;
}

// The second byte says that it is a refusal, even if later bytes are invalid or missing.
SOCKS_INLINE_UNLESS_SIZE constexpr client_core::then client_core::refuse(bytes in, message_size size,
                                                                         size_t consumed,
                                                                         action& now) noexcept {
    if (wait_for_full_refusal_ && size.needed() != 0 && !closed_) return need_more(in, size, consumed, now);
    const bool complete = wait_for_full_refusal_ && size;
    fail_for_good(errc::refused, in[1]);
    report(now, consumed + (complete ? *size : 2), complete ? in.data() : nullptr);
    return then::nothing;
}

// The state changes only after the message is written, so you can repeat the step after no_space.
SOCKS_INLINE_UNLESS_SIZE constexpr client_core::then client_core::send_then(const encoded& message,
                                                                            client_state after,
                                                                            size_t consumed,
                                                                            action& now) noexcept {
    if (message.error() == errc::no_space) {
        now.set_fail(message);
        return then::nothing;
    }
    if (!message) return fail_for_good(message.error());
    state_ = after;
    now.set_send(message, consumed);
    return then::nothing;
}

// A message is not complete: wait for more bytes, unless the stream has ended or the message is invalid.
SOCKS_INLINE_UNLESS_SIZE constexpr client_core::then client_core::need_more(bytes in, message_size size,
                                                                            size_t consumed,
                                                                            action& now) noexcept {
    if (size.error() == errc::bad_version) {
        const bool first = state_ == client_state::method_selection || version_ != version::v5;
        return fail_for_good(first ? identify_foreign_protocol(in[0]) : errc::bad_version, in[0]);
    }
    if (size.needed() == 0) return fail_for_good(size.error());
    if (closed_) {
        if (!in.empty()) return fail_for_good(errc::truncated);
        return fail_for_good(state_ == client_state::second_reply ? errc::closed_while_bound : errc::closed);
    }
    now.set_recv(size.needed(), consumed);
    return then::nothing;
}

SOCKS_INLINE_UNLESS_SIZE constexpr client_action client_core::fail_now(errc why, size_t consumed,
                                                                       uint8_t byte) noexcept {
    fail_for_good(why, byte);
    action now;
    report(now, consumed, nullptr);
    return now;
}

// If the request is invalid, no input is consumed.
SOCKS_ALWAYS_INLINE constexpr void client_core::report(action& now, size_t consumed,
                                                       const char* reply) const noexcept {
    now.set_fail(why_, byte_, version_, blame(why_) == party::caller ? 0 : consumed, reply);
}

}  // namespace detail

}  // namespace socks

#endif
