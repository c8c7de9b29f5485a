// The client's handshake with one proxy: received bytes go in, the next action comes out. The options, states
// and actions of a client are in client_core.hpp.

#ifndef SOCKS_MACHINE_CLIENT_HPP
#define SOCKS_MACHINE_CLIENT_HPP

#include <socks/machine/client_core.hpp>
#include <socks/machine/mailbox.hpp>

namespace socks {

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
/// `client` has all parts. To build a smaller one, list its parts; see feature.
///
/// @cost  at most 14 bytes of state, trivially copyable; the steps per input byte are bounded; constexpr,
///        noexcept.
/// @rfc   1928, 1929, the SOCKS4 and SOCKS4a memos
template <feature Parts>
class basic_client {
    using core = detail::client_core<Parts>;

  public:
    /// The actions: send, recv, negotiate, wait, bound, done, fail.
    using next = client_next;

    /// One action and its accessors.
    using action = basic_client_action<Parts>;

    using completed = client_completed;            ///< the reply, and the bytes after it
    using early_messages = socks::early_messages;  ///< what was sent early

    /// The longest message that is received: a SOCKS5 reply, 4 + 1 + 255 + 2. Without SOCKS5 it is a SOCKS4
    /// reply.
    static constexpr size_t max_input = core::speaks5 ? 262 : 8;

    /// The longest message that is sent: a SOCKS4a request, 8 + 255 + 1 + 255 + 1. Without SOCKS4 it is a
    /// user name with its password, 3 + 255 + 255, or a SOCKS5 request, 4 + 1 + 255 + 2.
    static constexpr size_t max_output = core::speaks4 ? 520 : core::knows_credentials ? 513 : 262;

    /// The largest number of bytes that are sent before the first reply with client_options::pipelined: 3 +
    /// (3 + 255 + 255) + (4 + 1 + 255 + 2). With an outbox of this size, one action sends all of them.
    /// Without pipelining or credentials it is the larger of max_output and the messages that are left.
    static constexpr size_t max_pipelined = !core::pipelines || (core::speaks4 && !core::knows_credentials)
                                                ? max_output
                                            : core::knows_credentials ? 778
                                                                      : 265;

    constexpr basic_client() noexcept = default;
    /// A client with options.
    constexpr explicit basic_client(client_options options) noexcept : core_(options) {}

    /// Advances the handshake by one step, with plain views.
    ///
    /// @param request  the request; borrowed for this call. Version, command and methods are read at the
    ///                 first step, everything else when it is sent.
    /// @param in       the bytes that were received and not consumed yet, oldest first.
    /// @param out      space for one message, at most max_output bytes. It must not overlap `in`.
    /// @returns        exactly one action; see next.
    /// @errors         before the first byte the errors of validate(request), and those of a missing part
    ///                 (see feature); no_space, after which nothing has changed; errors of the peer and of
    ///                 the stream.
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
    /// of them; after outbox::submit() it is wait. Pipelined messages are appended while there is space for
    /// the next one.
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

    /// Call this when reading or writing failed, or when your deadline has passed. The handshake ends, and
    /// each later step fails with `why`: errc::stream_failed, timed_out or another failure of the stream.
    /// Every other error becomes out_of_turn. After done, the call has no effect.
    constexpr void stream_failed(errc why = errc::stream_failed) noexcept { core_.stream_failed(why); }

    /// The same, and clears the outbox. Otherwise the next steps would still return its bytes. If they are in
    /// flight, wait for the completion and call outbox::consume() first.
    template <size_t M>
    constexpr void stream_failed(outbox<M>& out, errc why = errc::stream_failed) noexcept {
        out.clear();
        stream_failed(why);
    }

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
    core core_;
};

/// A client with all parts.
using client = basic_client<feature::all>;

}  // namespace socks

#endif
