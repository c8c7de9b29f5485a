// What a server is given and what it returns: its options, its states and its actions. server.hpp has the
// handshake.

#ifndef SOCKS_MACHINE_SERVER_ACTION_HPP
#define SOCKS_MACHINE_SERVER_ACTION_HPP

#include <socks/machine/action.hpp>
#include <socks/machine/feature.hpp>
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
    bool v4 : 1 = true;   ///< serve SOCKS4 requests with an address
    bool v4a : 1 = true;  ///< serve SOCKS4a requests, whose destination is a name
    bool v5 : 1 = true;   ///< serve SOCKS5
    /// If v5 is off, answer a SOCKS5 greeting with `00 5b`, the first two bytes of a SOCKS4 refusal. Then
    /// wait for a SOCKS4 request on the same connection. java.net.Socket sends a SOCKS5 greeting, reads two
    /// bytes, and sends a SOCKS4 request if the first byte is not 5. It would read the other six bytes of a
    /// complete refusal as the reply to that request. Without this option the refusal is `05 ff`, which Java
    /// reports as "no acceptable methods".
    bool v4_after_greeting : 1 = false;
    socks::methods methods = method::none;  ///< the methods that the server accepts, best first
    socks::tolerance tolerance{};           ///< which known mistakes of clients are tolerated
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

/// What you must do now. A switch over all values needs no default.
enum class server_next : uint8_t {
    send,          ///< send data()
    recv,          ///< receive needed() bytes or more, or call end_of_stream() at the end of the stream
    authenticate,  ///< compare user() and password(), then call authenticated()
    negotiate,     ///< run the sub-negotiation of method() on the stream, then call negotiated()
    serve,         ///< carry out command() for to(), then call answer(); twice for BIND
    wait,  ///< do nothing until you answer or submitted bytes are sent; also between the answers to BIND
    done,  ///< the success reply is sent: relay, and begin with result().early
    fail,  ///< error() is the reason; an error reply, if any, has been sent; close the connection
};

template <feature Parts>
class basic_server;

/// The result of a handshake: the bytes that the client sent after its request. Relay them first.
struct server_completed {
    bytes early;  ///< often none
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
template <feature Parts>
class basic_server_action : public detail::action<server_next> {
  public:
    /// authenticate: the user name. serve: the user ID of a SOCKS4 request, empty for SOCKS5.
    [[nodiscard]] constexpr bytes user() const noexcept {
        if (next_ == server_next::authenticate) return detail::read_credentials(message()).user;
        return version() == version::v5 ? bytes() : message().subspan(detail::head4).first(byte_);
    }

    /// authenticate: the password. Compare it with constant_time_equal().
    [[nodiscard]] constexpr bytes password() const noexcept {
        SOCKS_ASSERT(next_ == server_next::authenticate);
        return detail::read_credentials(message()).password;
    }

    /// negotiate: the method that was chosen. serve: the method that authenticated the client.
    [[nodiscard]] constexpr socks::method method() const noexcept {
        if (next_ == server_next::negotiate) return static_cast<socks::method>(byte_);
        return version() == version::v5 ? static_cast<socks::method>(byte_) : socks::method::none;
    }

    /// serve: the version that the client speaks; v4a if it sent a host name over SOCKS4.
    [[nodiscard]] constexpr socks::version version() const noexcept {
        SOCKS_ASSERT(next_ == server_next::serve);
        if (message()[0] == 5) return version::v5;
        return detail::is_named4(message()) ? version::v4a : version::v4;
    }

    /// serve: the command. It may be unassigned. Over SOCKS4, is_socks5_only() is false for it. If you do not
    /// support it, answer code5::command_not_supported.
    [[nodiscard]] constexpr socks::command command() const noexcept {
        SOCKS_ASSERT(next_ == server_next::serve);
        return static_cast<socks::command>(message()[1]);
    }

    /// serve: the destination of CONNECT, the expected peer of BIND, the expected source of datagrams of UDP
    /// ASSOCIATE. A name is given as received, 1..255 bytes without a NUL; it may spell an address.
    [[nodiscard]] SOCKS_ALWAYS_INLINE constexpr endpoint to() const noexcept {
        if (version() == version::v5) return detail::read_endpoint5(message());
        return detail::read_request4(message(), byte_).to;
    }

    /// done: the bytes that the client sent after its request.
    [[nodiscard]] constexpr server_completed result() const noexcept {
        SOCKS_ASSERT(next_ == server_next::done);
        return {message()};
    }

  private:
    friend class basic_server<Parts>;
    friend struct detail::mailbox_steps;
    constexpr basic_server_action() noexcept = default;

    [[nodiscard]] constexpr bytes message() const noexcept { return {data_, size_}; }
};

/// The action of a server with all parts.
using server_action = basic_server_action<feature::all>;

}  // namespace socks

#endif
