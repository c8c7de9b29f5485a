// Connects through several proxies in one stream. The first proxy connects to the second, the second to the
// third, and the last one to the destination. The actions are those of a client. chain::hop() says at which
// proxy a failure happened.

#ifndef SOCKS_MACHINE_CHAIN_HPP
#define SOCKS_MACHINE_CHAIN_HPP

#include <socks/machine/client.hpp>

namespace socks {

/// One proxy of a route: its address, and the version, credentials and methods for it.
///
///     hop{.proxy = {"gate.example.net", 1080}, .credentials = {"john", "foo"}}
///
/// @lifetime  valid as long as its texts.
struct hop {
    endpoint proxy{};                             ///< the address of the proxy
    socks::version version = socks::version::v5;  ///< the version that the proxy speaks
    socks::credentials credentials{};             ///< the credentials for this proxy
    socks::methods methods{};                     ///< see request::methods
};

/// A borrowed view of hops. You can make it from a named array, from anything with `data()` and `size()` over
/// hops, and from a pointer and a length.
/// @lifetime  valid as long as the hops it points into.
/// @cost      two words, O(1).
class hops {
  public:
    constexpr hops() noexcept = default;
    /// `size` hops at `data`.
    constexpr hops(const hop* data SOCKS_LIFETIMEBOUND, size_t size) noexcept : data_(data), size_(size) {}

    // A list in braces does not convert, because it would be destroyed before the view is used. A class that
    // derives from hop does not convert either: its objects may be larger.
    /// A named array.
    template <class T, size_t N>
        requires(detail::same<T, hop> || detail::same<T, const hop>)
    constexpr hops(T (&list SOCKS_LIFETIMEBOUND)[N]) noexcept : hops(list, N) {}

    /// Anything with `data()` and `size()` over hops.
    template <class C>
        requires(requires(const C& c) { hops(c.data(), size_t{c.size()}); } &&
                 detail::same<typename detail::plain<detail::element<const C>>::type, hop>)
    constexpr hops(const C& list SOCKS_LIFETIMEBOUND) noexcept : hops(list.data(), size_t{list.size()}) {}

    /// The number of hops.
    [[nodiscard]] constexpr size_t size() const noexcept { return size_; }

    /// The hop at `i`, 0 <= i < size().
    [[nodiscard]] constexpr const hop& operator[](size_t i) const noexcept {
        SOCKS_ASSERT(i < size_);
        return data_[i];
    }

  private:
    const hop* data_ = nullptr;
    size_t size_ = 0;
};

/// A destination, and the 1..255 proxies through which the connection goes. You connect to the first one.
///
///     const hop proxies[] = {{.proxy = {"gate.example.net", 1080}, .credentials = {"john", "foo"}},
///                            {.proxy = {ipv4{192, 0, 2, 7}, 1081}, .version = version::v4a}};
///     const route download{.through = proxies, .to = {"files.example.com", 443}};
///
/// The command is sent to the last proxy. Every other proxy gets a CONNECT request to the next proxy, and
/// resolves the host name of that proxy.
///
/// @lifetime  valid as long as its hops and the texts in it.
struct route {
    hops through{};                                    ///< the proxies in the order in which they are passed
    socks::command command = socks::command::connect;  ///< what the last proxy must do
    endpoint to{};                                     ///< the destination
};

/// The client's side of the handshakes with all proxies of a route.
///
///     chain handshake;
///     for (;;) {
///         const auto s = handshake.step(download, rx, tx);
///         switch (s.next()) { ... }         // the client's actions; done is that of the last proxy
///     }
///
/// The loop and the sizes of the mailboxes are the same as for a client. A request for UDP ASSOCIATE goes
/// through the chain as every other request does. Its datagrams go directly to the last proxy.
///
/// `chain` has all parts. To build a smaller one, list its parts; see feature.
///
/// @cost  at most 16 bytes of state, trivially copyable; the steps per input byte are bounded; constexpr,
///        noexcept.
/// @rfc   as client
template <feature Parts>
class basic_chain {
  public:
    using next = client_next;  ///< the actions: send, recv, negotiate, wait, bound, done, fail
    using action = basic_client_action<Parts>;     ///< one action and its accessors
    using completed = client_completed;            ///< the reply of the last proxy, and the bytes after it
    using early_messages = socks::early_messages;  ///< what was sent early to the present proxy

    static constexpr size_t max_hops = 255;  ///< the most proxies of a route
    /// The smallest inbox, as for a client.
    static constexpr size_t max_input = basic_client<Parts>::max_input;
    /// The smallest outbox, as for a client.
    static constexpr size_t max_output = basic_client<Parts>::max_output;
    /// An outbox for all early messages to one proxy.
    static constexpr size_t max_pipelined = basic_client<Parts>::max_pipelined;

    constexpr basic_chain() noexcept = default;

    /// The options apply to all proxies. With client_options::pipelined each proxy gets all its messages at
    /// once, after the proxy before it has answered.
    constexpr explicit basic_chain(client_options options) noexcept : core_(options) {}

    /// Advances the handshakes by one step, with plain views.
    ///
    /// @param route  the proxies and the destination; borrowed for this call.
    /// @param in     the bytes that were received and not consumed yet, oldest first.
    /// @param out    space for one message, at most max_output bytes. It must not overlap `in`.
    /// @returns      exactly one action; see client::next.
    /// @errors       before the first byte: bad_route, the errors of validate() for a request to a proxy,
    ///               unsupported_* if a part is missing; later bad_route, if the route became shorter than
    ///               the part already passed; spoke_first, if bytes follow the reply of a proxy that is not
    ///               the last; all other errors as for client.
    /// @lifetime     the action's views point into `in` and `out`.
    /// @cost         O(bytes of one message); the first step O(route).
    [[nodiscard]] constexpr action step(const route& route, bytes in, buffer out) noexcept {
        errc fault = core_.is_fresh() ? validate_route(route) : errc::none;
        if (fault == errc::none && !is_on(route)) fault = errc::bad_route;
        if (fault != errc::none) return core_.fail_now(fault);
        const basic_chain before = *this;
        size_t consumed = 0;
        for (;;) {
            const action now = core_.step(request_for(route), in, out, consumed);
            if (now.next() == next::fail && now.error() == errc::no_space) *this = before;
            if (last_ || now.next() != next::done) return now;
            // The connection to the next proxy is open. That proxy must not have sent anything before its
            // greeting.
            consumed = now.consumed();
            enter(route, size_t{hop_} + 1);
            core_ = core_.restarted();
            if (in.size() != consumed) return core_.fail_now(errc::spoke_first, consumed, in[consumed]);
        }
    }

    /// The same step with an inbox, from which it removes the consumed bytes. On done, the inbox is empty,
    /// and `early` points to the bytes that it contained.
    /// @errors  bad_count, if an impossible number of bytes was passed to the inbox: see inbox::miscounted()
    template <size_t N>
    [[nodiscard]] constexpr action step(const route& route, inbox<N>& in, buffer out) noexcept {
        static_assert(N >= max_input, "the inbox is too small for a reply");
        return detail::mailbox_steps::step(*this, in, out, route);
    }

    /// The same step with both mailboxes. While `out` contains bytes, the action is send, and data() is all
    /// of them; after outbox::submit() it is wait. Pipelined messages are appended while there is space for
    /// the next one.
    /// @errors  bad_count, if an impossible number of bytes was passed to a mailbox: see inbox::miscounted()
    template <size_t N, size_t M>
    [[nodiscard]] constexpr action step(const route& route, inbox<N>& in, outbox<M>& out) noexcept {
        static_assert(N >= max_input, "the inbox is too small for a reply");
        static_assert(M >= max_output, "the outbox is too small for a request");
        return detail::mailbox_steps::step(*this, in, out, route);
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

    /// The index of the proxy whose handshake is in progress. After a failure, it is the proxy that refused,
    /// that sent an invalid message or none, or whose request is invalid.
    /// @cost  O(1), constexpr, noexcept.
    [[nodiscard]] constexpr size_t hop() const noexcept { return hop_; }

    /// The state of the handshake with the proxy at hop(), for logs and deadlines.
    /// @cost  O(1), constexpr, noexcept.
    [[nodiscard]] constexpr client_state state() const noexcept { return core_.state(); }

    /// The messages that were sent to the proxy at hop() before it agreed to them: see client::sent_early().
    [[nodiscard]] constexpr early_messages sent_early() const noexcept { return core_.sent_early(); }

    /// See client::may_send_early(). It returns true only for the last proxy.
    [[nodiscard]] constexpr bool may_send_early() const noexcept { return last_ && core_.may_send_early(); }

  private:
    friend struct detail::mailbox_steps;
    using core = detail::client_core<Parts>;

    [[nodiscard]] constexpr bool sends_next() const noexcept { return core_.sends_next(); }
    [[nodiscard]] constexpr action fail_now(errc why) noexcept { return core_.fail_now(why); }

    // The request to the proxy at hop_.
    [[nodiscard]] constexpr request request_for(const route& route) const noexcept {
        const socks::hop& proxy = route.through[hop_];
        socks::request request{
            .version = proxy.version, .credentials = proxy.credentials, .methods = proxy.methods};
        if (last_) {
            request.command = route.command;
            request.to = route.to;
        } else {
            request.to = route.through[size_t{hop_} + 1].proxy;
        }
        return request;
    }

    constexpr void enter(const route& route, size_t i) noexcept {
        hop_ = static_cast<uint8_t>(i);
        last_ = i + 1 == route.through.size();
    }

    // Whether the route still contains the proxy at hop_, and the proxy after it that was requested.
    [[nodiscard]] constexpr bool is_on(const route& route) const noexcept {
        return size_t{hop_} + (last_ ? 0 : 1) < route.through.size();
    }

    // Validates the requests to all proxies before the first byte is sent. On an error, hop() is the first
    // proxy whose request is invalid.
    constexpr errc validate_route(const route& route) noexcept {
        const size_t n = route.through.size();
        if (n == 0 || n > max_hops) return errc::bad_route;
        for (size_t i = 0; i < n; ++i) {
            enter(route, i);
            const errc fault = core::validate(request_for(route));
            if (fault != errc::none) return fault;
        }
        enter(route, 0);
        return errc::none;
    }

    core core_{};
    uint8_t hop_ = 0;
    bool last_ = false;
};

/// A chain with all parts.
using chain = basic_chain<feature::all>;

}  // namespace socks

#endif
