// The handshake of a client with one proxy: received bytes go in, the next action comes out. A client runs
// one; a chain runs one for each proxy, in the same stream.
//
//     start -- greeting --> method_selection -+- none ---------------------------+- request -> reply -> done
//       |                                     +- username/password: auth_status -^               | BIND
//       |                                     +- another: negotiation -----------^          second_reply
//       +-- SOCKS4 --------------------------------------------------------------^
//
// client_options::pipelined inserts early_credentials and early_request after the greeting. Every state can
// end in failed. docs/client.svg is generated from the code.

#ifndef SOCKS_MACHINE_CLIENT_CORE_HPP
#define SOCKS_MACHINE_CLIENT_CORE_HPP

#include <socks/core/reply.hpp>
#include <socks/machine/action.hpp>
#include <socks/machine/feature.hpp>
#include <socks/wire/socks4.hpp>
#include <socks/wire/socks5.hpp>
#include <socks/wire/username_password.hpp>

namespace socks {

/// The options of a client.
struct client_options {
    socks::tolerance tolerance{};  ///< which known mistakes of proxies are tolerated
    /// By default the first two bytes of a refusal are enough, because some servers send no more. Set this to
    /// wait for the complete reply, or for the end of the stream, and to learn the bound address too.
    bool wait_for_full_refusal : 1 = false;
    /// Send greeting, credentials and request without waiting for the replies between them. This saves up to
    /// two round trips. It has an effect only over SOCKS5, and only if the request offers exactly one method,
    /// none or username_password. If the proxy then refuses the method or the credentials, it has already
    /// received the later messages: see sent_early(). Some proxies lose early bytes and never answer, so use
    /// a deadline. See also may_send_early(), which counts for SOCKS4 and for other methods too.
    bool pipelined : 1 = false;
    /// Continue on a connection where another client sent a SOCKS5 greeting and the answer was not a SOCKS5
    /// message. The client reads two bytes of that answer, then validates and sends its request, which should
    /// be a SOCKS4 request. java.net.Socket does the same; see retry_on_same_connection. An answer that
    /// begins with 5 fails with bad_version. A chain applies this to its first proxy only.
    bool after_greeting : 1 = false;
};

/// What a client waits for or does next. To print it in a log, use to_string():
///
///     // "timed out waiting for the method selection"
///     log("timed out ", socks::to_string(handshake.state()));
enum class client_state : uint8_t {
    start,              ///< sends the greeting, or the request over SOCKS4
    after_greeting,     ///< reads the answer to another client's greeting; see client_options
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
    wait,       ///< do nothing until you call negotiated(), or until submitted bytes are sent
    bound,      ///< BIND: the server listens at bound(); call step() again for the second reply
    done,       ///< success: result() has the reply and the bytes after it
    fail,       ///< error() is the reason; every later step returns the same error, except after no_space
};

namespace detail {

template <feature Parts>
class client_core;

}  // namespace detail

/// The result of a handshake: the reply, and the bytes that the destination has sent already. They come
/// before all bytes received later. The name in the reply points into the input: to keep it, use a
/// stored_reply.
struct client_completed {
    socks::reply reply;  ///< the code is a success; the bound address is that of the proxy
    bytes early;         ///< the first bytes of the destination, often none
};

/// The messages that were sent early. A member becomes false when the proxy agrees to the message.
struct early_messages {
    bool credentials = false;  ///< user name and password; the proxy has not asked for them yet
    bool request = false;      ///< the request; the authentication is not complete yet
};

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
template <feature Parts>
class basic_client_action : public detail::action<client_next> {
  public:
    using completed = client_completed;  ///< the type of result()

    /// negotiate: the method that the server chose.
    [[nodiscard]] constexpr socks::method method() const noexcept {
        SOCKS_ASSERT(next_ == client_next::negotiate);
        return static_cast<socks::method>(byte_);
    }

    /// bound: the address on which the server listens. fail with errc::refused: the bound address, if
    /// client_options::wait_for_full_refusal is set, and only in the step that failed; otherwise no host.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr endpoint bound() const noexcept {
        if (next_ == client_next::bound) return answer(static_cast<version>(byte_)).reply.bound;
        const reply_code refusal = code();  // asserts for every other action
        return data_ == nullptr ? endpoint{} : answer(refusal.version).reply.bound;
    }

    /// done: the reply, and the bytes that came after it.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr completed result() const noexcept {
        SOCKS_ASSERT(next_ == client_next::done);
        return answer(static_cast<version>(byte_));
    }

  private:
    friend class detail::client_core<Parts>;
    friend struct detail::mailbox_steps;
    constexpr basic_client_action() noexcept = default;

    // The reply at data_. Its size is read from the reply, because consumed() may include earlier replies.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr completed answer(version spoken) const noexcept {
        const bool five = detail::is_socks5(Parts, spoken);
        const size_t size = five ? *detail::measure_endpoint5({data_, 4 + 1 + 255 + 2}) : reply4_size;
        const bytes reply{data_, size};
        const bytes early{data_ + size, size_};  // for result(); bound() leaves it out
        return {
            {reply_code(spoken, reply[1]), five ? detail::read_bound5(reply) : detail::read_bound4(reply)},
            early};
    }
};

/// The action of a client with all parts.
using client_action = basic_client_action<feature::all>;

namespace detail {

template <feature Parts>
class client_core {
    static_assert(has(Parts, feature::socks4) || has(Parts, feature::socks5),
                  "list feature::socks4, feature::socks5 or both");

  public:
    static constexpr bool speaks4 = has(Parts, feature::socks4);
    static constexpr bool speaks5 = has(Parts, feature::socks5);
    static constexpr bool knows_credentials = speaks5 && has(Parts, feature::credentials);
    static constexpr bool pipelines = speaks5 && has(Parts, feature::pipelining);

    using next = client_next;
    using action = basic_client_action<Parts>;

    constexpr client_core() noexcept = default;
    constexpr explicit client_core(client_options options) noexcept
        : state_(options.after_greeting ? client_state::after_greeting : client_state::start),
          options_(options) {
        if (is_missing(options)) fail_for_good(errc::unsupported_option);
    }

    /// A step after the first `consumed` bytes of `in`, which an earlier handshake has read in this step.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr action step(const request& request, bytes in, buffer out,
                                                            size_t consumed = 0) noexcept {
        SOCKS_CLANG_KEEPS_IN_MEMORY(*this);
        turn t{request, in.subspan(consumed), out, consumed};
        then due = then::nothing;
        switch (state_) {
            case client_state::after_greeting:
                if constexpr (has(Parts, feature::after_greeting)) due = skip_answer(t);
                break;
            case client_state::start: due = then::send_greeting; break;
            case client_state::early_credentials:
                if constexpr (pipelines) due = send_early_credentials(t);
                break;
            case client_state::method_selection:
                if constexpr (speaks5) due = receive_method_selection(t);
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
        if (due == then::send_greeting) due = send_greeting(t);
        if constexpr (knows_credentials)
            if (due == then::receive_auth_status) due = receive_auth_status(t);
        if (due == then::send_request) due = send_request(t);
        if (due == then::receive_reply) due = receive_reply(t);
        if (due == then::fail) [[unlikely]]
            report(t.now, t.consumed, t.refusal);
        return t.now;
    }

    constexpr void end_of_stream() noexcept { closed_ = true; }

    constexpr void stream_failed(errc why) noexcept {
        if (state_ == client_state::done) return;
        fail_for_good(blame(why) == party::stream ? why : errc::out_of_turn);
    }

    constexpr void negotiated(bool succeeded) noexcept {
        if (state_ != client_state::negotiation)
            fail_for_good(errc::out_of_turn);
        else if (succeeded)
            state_ = client_state::request;
        else
            fail_for_good(errc::negotiation_failed);
    }

    [[nodiscard]] constexpr client_state state() const noexcept { return state_; }
    [[nodiscard]] constexpr early_messages sent_early() const noexcept {
        return {early_credentials_, early_request_};
    }
    [[nodiscard]] constexpr bool may_send_early() const noexcept {
        return has(Parts, feature::pipelining) && options_.pipelined && command_ == command::connect &&
               (early_request_ || state_ == client_state::reply) && state_ != client_state::failed;
    }

    /// Whether nothing was sent yet.
    [[nodiscard]] constexpr bool is_fresh() const noexcept {
        return state_ == client_state::start || state_ == client_state::after_greeting;
    }

    /// Whether the next step sends a message and reads nothing.
    [[nodiscard]] constexpr bool sends_next() const noexcept {
        return pipelines &&
               (state_ == client_state::early_credentials || state_ == client_state::early_request);
    }

    /// A handshake with the next proxy, in the same stream and with the same options.
    [[nodiscard]] constexpr client_core restarted() const noexcept {
        client_options options = options_;
        options.after_greeting = false;
        client_core c(options);
        c.closed_ = closed_;
        return c;
    }

    /// The error if the request cannot be sent, or if it needs a part that this machine does not have.
    [[nodiscard]] SOCKS_ALWAYS_INLINE static constexpr errc validate(const request& request) noexcept {
        const bool socks5 = request.version == version::v5;
        if (!(socks5 ? speaks5 : speaks4)) return errc::unsupported_version;
        if (!has(Parts, feature::bind) && request.command == command::bind) return errc::unsupported_command;
        if (!has(Parts, feature::udp_associate) && request.command == command::udp_associate)
            return errc::unsupported_command;
        const errc fault = socks5 ? validate5(request) : validate4(request);
        if (socks5 && fault == errc::none && !can_run_all_of(request)) return errc::unsupported_method;
        return fault;
    }

    /// Ends the handshake with a failure, after `consumed` bytes of the input. `byte` caused the failure.
    [[nodiscard]] SOCKS_INLINE_UNLESS_SIZE constexpr action fail_now(errc why, size_t consumed = 0,
                                                                     uint8_t byte = 0) noexcept {
        fail_for_good(why, byte);
        action now;
        report(now, consumed, nullptr);
        return now;
    }

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

    // One step: what it was given, how many bytes it has read, and the action that it returns.
    struct turn {
        const request& asked;
        bytes in;  // without the bytes that were read
        buffer out;
        size_t consumed;
        const char* refusal = nullptr;  // the complete reply, if the caller waits for it
        action now{};

        constexpr void take(size_t n) noexcept {
            in = in.subspan(n);
            consumed += n;
        }
    };

    // Each of these functions fills in the action, or returns what comes next.

    // Skips two bytes: the answer to the greeting of another client, which is not a SOCKS5 message.
    SOCKS_ALWAYS_INLINE constexpr then skip_answer(turn& t) noexcept {
        if (!t.in.empty() && t.in[0] == 5) return fail_for_good(errc::bad_version, t.in[0]);
        if (t.in.size() < 2) return need_more(message_size::incomplete(2 - t.in.size()), t);
        t.take(2);
        return then::send_greeting;
    }

    // Over SOCKS4 the request is the first message.
    SOCKS_ALWAYS_INLINE constexpr then send_greeting(turn& t) noexcept {
        const errc fault = validate(t.asked);
        if (fault != errc::none) return fail_for_good(fault);
        if constexpr (speaks4) version_ = t.asked.version;
        command_ = t.asked.command;
        if (!is5()) return then::send_request;
        offered_ = t.asked.offer();
        client_state after = client_state::method_selection;
        if (pipelines && options_.pipelined && offered_.size() == 1) {
            if (offered_[0] == method::none) after = client_state::early_request;
            if (offered_[0] == method::username_password) after = client_state::early_credentials;
        }
        return send_then(write_greeting(offered_.as_bytes(), t.out), after, t);
    }

    SOCKS_ALWAYS_INLINE constexpr then send_early_credentials(turn& t) noexcept {
        const then due =
            send_then(write_credentials(t.asked.credentials, t.out), client_state::early_request, t);
        early_credentials_ = t.now.next() == next::send;
        return due;
    }

    SOCKS_ALWAYS_INLINE constexpr then receive_method_selection(turn& t) noexcept {
        const message_size size = measure_method_selection(t.in);
        if (!size) return need_more(size, t);
        const uint8_t byte = t.in[1];
        const auto chosen = static_cast<method>(byte);
        t.take(*size);
        if (chosen == method::no_acceptable) return fail_for_good(errc::no_acceptable_method, byte);
        if (!offered_.contains(chosen)) return fail_for_good(errc::method_not_offered, byte);
        if (chosen == method::none) return after_authentication();
        if constexpr (has(Parts, feature::other_methods)) {
            if (!knows_credentials || chosen != method::username_password) {
                state_ = client_state::negotiation;
                t.now.set(next::negotiate, {}, byte, t.consumed);
                return then::nothing;
            }
        }
        if constexpr (knows_credentials) {
            if (!early_credentials_)
                return send_then(write_credentials(t.asked.credentials, t.out), client_state::auth_status, t);
            early_credentials_ = false;
            state_ = client_state::auth_status;
        }
        return then::receive_auth_status;
    }

    SOCKS_ALWAYS_INLINE constexpr then receive_auth_status(turn& t) noexcept {
        const message_size size = measure_auth_status(t.in, tolerated());
        if (!size) return need_more(size, t);
        const uint8_t status = t.in[1];
        t.take(*size);
        return status == 0 ? after_authentication() : fail_for_good(errc::credentials_refused, status);
    }

    // A request that went out early is not sent again.
    SOCKS_ALWAYS_INLINE constexpr then after_authentication() noexcept {
        if (!pipelines || !early_request_) return then::send_request;
        early_request_ = false;
        state_ = client_state::reply;
        return then::receive_reply;
    }

    // The destination may have changed since the greeting; over SOCKS4 it was validated in this step.
    SOCKS_ALWAYS_INLINE constexpr then send_request(turn& t) noexcept {
        const endpoint& to = t.asked.to;
        if (!is5())
            return send_then(write_request4(command_, to, t.asked.credentials.user, t.out),
                             client_state::reply, t);
        const errc fault = host_fault(command_, to.host);
        if (fault != errc::none) return fail_for_good(fault);
        const bool early = pipelines && state_ == client_state::early_request;
        const then due = send_then(write_frame5(static_cast<uint8_t>(command_), to, t.out),
                                   early ? client_state::method_selection : client_state::reply, t);
        if (early) early_request_ = t.now.next() == next::send;
        return due;
    }

    SOCKS_ALWAYS_INLINE constexpr then receive_reply(turn& t) noexcept {
        const message_size size =
            is5() ? measure_reply5(t.in, tolerated()) : measure_reply4(t.in, tolerated());
        if (t.in.size() >= 2 && size.error() != errc::bad_version &&
            !reply_code(spoken(), t.in[1]).succeeded()) [[unlikely]]
            return refuse(size, t);
        if (!size) return need_more(size, t);
        const auto version = static_cast<uint8_t>(spoken());
        const char* const reply = t.in.data();
        t.take(*size);
        if (has(Parts, feature::bind) && command_ == command::bind && state_ == client_state::reply) {
            state_ = client_state::second_reply;
            t.now.set(next::bound, {reply, 0}, version, t.consumed);
        } else {
            state_ = client_state::done;
            t.now.set(next::done, {reply, t.in.size()}, version, t.consumed);
        }
        return then::nothing;
    }

    // The second byte says that it is a refusal, even if later bytes are invalid or missing.
    SOCKS_ALWAYS_INLINE constexpr then refuse(message_size size, turn& t) noexcept {
        const uint8_t code = t.in[1];
        if (has(Parts, feature::full_refusals) && options_.wait_for_full_refusal) {
            if (size.needed() != 0 && !closed_) return need_more(size, t);
            if (size) t.refusal = t.in.data();
        }
        t.take(t.refusal != nullptr ? *size : 2);
        return fail_for_good(errc::refused, code);
    }

    // The state changes only after the message is written, so you can repeat the step after no_space.
    SOCKS_INLINE_UNLESS_SIZE constexpr then send_then(message_size written, client_state after,
                                                      turn& t) noexcept {
        if (written.needed() != 0) {
            t.now.set_no_space(written.needed());
            return then::nothing;
        }
        if (!written) return fail_for_good(written.error());
        state_ = after;
        t.now.set_send({t.out.data(), *written}, t.consumed);
        return then::nothing;
    }

    // A message is not complete: wait for more bytes, unless the stream has ended or the message is invalid.
    SOCKS_INLINE_UNLESS_SIZE constexpr then need_more(message_size size, turn& t) noexcept {
        if (size.needed() == 0) {
            if (size.error() != errc::bad_version) return fail_for_good(size.error());
            const bool first = state_ == client_state::method_selection || !is5();
            const bool named = has(Parts, feature::foreign_protocols) && first;
            return fail_for_good(named ? identify_foreign_protocol(t.in[0]) : errc::bad_version, t.in[0]);
        }
        if (closed_) {
            if (!t.in.empty()) return fail_for_good(errc::truncated);
            const bool bound = has(Parts, feature::bind) && state_ == client_state::second_reply;
            return fail_for_good(bound ? errc::closed_while_bound : errc::closed);
        }
        t.now.set_recv(size.needed(), t.consumed);
        return then::nothing;
    }

    // Only this function enters the state failed. A later call does not change the reason.
    SOCKS_INLINE_UNLESS_SIZE constexpr then fail_for_good(errc why, uint8_t byte = 0) noexcept {
        if (state_ != client_state::failed) {
            why_ = why;
            byte_ = byte;
        }
        state_ = client_state::failed;
        return then::fail;
    }

    // If the request is invalid, no input is consumed.
    SOCKS_ALWAYS_INLINE constexpr void report(action& now, size_t consumed,
                                              const char* reply) const noexcept {
        now.set_fail(why_, byte_, spoken(), blame(why_) == party::caller ? 0 : consumed, reply);
    }

    // The version of the request. It is a constant if the machine speaks SOCKS5 only.
    [[nodiscard]] constexpr version spoken() const noexcept { return speaks4 ? version_ : version::v5; }
    [[nodiscard]] constexpr bool is5() const noexcept { return is_socks5(Parts, version_); }

    [[nodiscard]] constexpr tolerance tolerated() const noexcept {
        return has(Parts, feature::tolerances) ? options_.tolerance : lenient;
    }

    // Whether this machine has the parts that the offered methods need.
    static constexpr bool can_run_all_of(const request& request) noexcept {
        if (has(Parts, feature::credentials | feature::other_methods)) return true;
        const bool by_default = request.methods.empty() && request.credentials.given;
        if (by_default && !has(Parts, feature::credentials)) return false;
        return is_supported(Parts, request.methods);
    }

    // Whether the options need a part that this machine does not have.
    static constexpr bool is_missing(const client_options& options) noexcept {
        return (options.pipelined && !has(Parts, feature::pipelining)) ||
               (options.wait_for_full_refusal && !has(Parts, feature::full_refusals)) ||
               (options.after_greeting && !has(Parts, feature::after_greeting)) ||
               (options.tolerance != lenient && !has(Parts, feature::tolerances));
    }

    client_state state_ = client_state::start;
    version version_ = version::v5;
    command command_ = command::connect;
    methods offered_{};
    client_options options_{};
    bool closed_ : 1 = false;
    bool early_credentials_ : 1 = false;
    bool early_request_ : 1 = false;
    errc why_ = errc::none;
    uint8_t byte_ = 0;
};

}  // namespace detail

}  // namespace socks

#endif
