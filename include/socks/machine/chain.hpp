// Several proxies in a row, in one stream, with the client's own actions: the first proxy is asked for the second,
// through it the second for the third, and the last for the destination.
// A handshake that is done with on the way is nothing that the caller hears of; a failure says at which proxy.

#ifndef SOCKS_MACHINE_CHAIN_HPP
#define SOCKS_MACHINE_CHAIN_HPP

#include <socks/machine/client.hpp>

namespace socks {

/// One proxy of a route: where it listens, and how it is spoken to.
///
///     hop{.proxy = {"gate.example.net", 1080}, .credentials = {"john", "foo"}}
///
/// @lifetime  as its texts.
struct hop {
    endpoint proxy{};
    socks::version version = socks::version::v5;
    socks::credentials credentials{};
    socks::methods methods{};  ///< as those of a request
};

/// A borrowed view of hops: made from an array that has a name, from anything with `data()` and `size()` over
/// hops, and from pointer and length.
/// @lifetime  valid as long as the hops it points into.
/// @cost      two words, O(1).
class hops {
  public:
    constexpr hops() noexcept = default;
    constexpr hops(const hop* data SOCKS_LIFETIMEBOUND, size_t size) noexcept : data_(data), size_(size) {}

    // Not of a list in braces, which would be gone before it is used: from one of those no type is deduced. And
    // of hops only: what derives from them may be larger, and its elements then stand elsewhere.
    template <class T, size_t N>
        requires(detail::same<T, hop> || detail::same<T, const hop>)
    constexpr hops(T (&list SOCKS_LIFETIMEBOUND)[N]) noexcept : hops(list, N) {}

    template <class C>
        requires(requires(const C& c) { hops(c.data(), size_t{c.size()}); } &&
                 detail::same<typename detail::plain<detail::element<const C>>::type, hop>)
    constexpr hops(const C& list SOCKS_LIFETIMEBOUND) noexcept : hops(list.data(), size_t{list.size()}) {}

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

/// The way to a destination through 1..255 proxies, the outermost first: that is the one to connect to.
///
///     const hop proxies[] = {{.proxy = {"gate.example.net", 1080}, .credentials = {"john", "foo"}},
///                            {.proxy = {ipv4{192, 0, 2, 7}, 1081}, .version = version::v4a}};
///     const route way{.through = proxies, .to = {"files.example.com", 443}};
///
/// The command is that of the last proxy; all before it are asked to CONNECT. What they are asked for is the
/// endpoint of the next, so a name is resolved by the proxy in front of it.
///
/// @lifetime  as its hops and the texts in it.
struct route {
    hops through{};
    socks::command command = socks::command::connect;
    endpoint to{};
};

/// The client's side of the handshakes with all proxies of a route.
///
///     chain handshake;
///     for (;;) {
///         const auto s = handshake.step(route, rx, tx);
///         switch (s.next()) { ... }         // the client's actions; done is that of the last proxy
///     }
///
/// The loop is a client's, and so are the sizes of the mailboxes. UDP ASSOCIATE goes through the chain as any
/// request does; its datagrams do not, they go straight to the last proxy.
///
/// @cost  at most 16 bytes of state, trivially copyable; steps per input byte are bounded; constexpr, noexcept.
/// @rfc   as client
class chain {
  public:
    using next = client::next;
    using action = client::action;
    using completed = client::completed;
    using early_messages = client::early_messages;

    static constexpr size_t max_hops = 255;
    static constexpr size_t max_input = client::max_input;
    static constexpr size_t max_output = client::max_output;
    static constexpr size_t max_pipelined = client::max_pipelined;

    constexpr chain() noexcept = default;

    /// With options that hold for all proxies. Pipelined, each is told everything at once, but not before the
    /// one in front of it has answered.
    constexpr explicit chain(client_options options) noexcept : client_(options) {}

    /// Takes the handshakes one step further, on plain views.
    ///
    /// @param way  the route; borrowed for this call.
    /// @param in   what was received and not yet used, oldest first.
    /// @param out  room for one message, max_output bytes at most.
    /// @returns    exactly one action; see client::next.
    /// @errors     before the first byte: bad_route, and what validate() finds wrong with the request to any proxy;
    ///             later bad_route, when the route became shorter than the way already gone; spoke_first, when
    ///             bytes lie in `in` behind the reply of a proxy that is not the last; all others as client.
    /// @lifetime   the action's views point into `in` and `out`.
    /// @cost       O(bytes of one message); the first step O(route).
    [[nodiscard]] constexpr action step(const route& route, bytes in, buffer out) noexcept;

    /// The same on an inbox, which drops what was used; on done it is emptied into `early`.
    /// @errors  bad_count, where the inbox was told of an impossible number of bytes: see miscounted()
    template <size_t N>
    [[nodiscard]] constexpr action step(const route& route, inbox<N>& in, buffer out) noexcept;

    /// The same on both mailboxes. While `out` holds anything, the action is send with all of it; pipelined
    /// messages are appended as long as there is room for the next one.
    /// @errors  bad_count, where either was told of an impossible number of bytes: see miscounted()
    template <size_t N, size_t M>
    [[nodiscard]] constexpr action step(const route& route, inbox<N>& in, outbox<M>& out) noexcept;

    /// The stream has ended. What was received before may still complete a message.
    constexpr void end_of_stream() noexcept { client_.end_of_stream(); }

    /// The answer to negotiate: whether the sub-negotiation succeeded.
    /// @errors  out_of_turn, at the next step, when nothing was asked
    constexpr void negotiated(bool succeeded) noexcept { client_.negotiated(succeeded); }

    /// Whose handshake it is, counted from 0. On fail it is the proxy that answered so, that fell silent, or that
    /// cannot be request; the one that refused has not reached the next.
    /// @cost  O(1), constexpr, noexcept.
    [[nodiscard]] constexpr size_t hop() const noexcept { return hop_; }

    /// What is out and was not agreed to yet by the proxy at hop(); as client::sent_early.
    [[nodiscard]] constexpr early_messages sent_early() const noexcept { return client_.sent_early(); }

    /// As client::may_send_early; true of the last proxy only.
    [[nodiscard]] constexpr bool may_send_early() const noexcept { return last_ && client_.may_send_early(); }

  private:
    // What the proxy at hop_ is asked for.
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

    // Whether the proxy at hop_ still is on the route, and whatever it was asked for.
    [[nodiscard]] constexpr bool is_on(const route& route) const noexcept {
        return size_t{hop_} + (last_ ? 0 : 1) < route.through.size();
    }

    constexpr errc validate_route(const route& route) noexcept;

    client client_{};
    uint8_t hop_ = 0;
    bool last_ = false;
};

// Looks at the whole route before the first byte, and stays at the first hop that cannot be asked.
constexpr errc chain::validate_route(const route& route) noexcept {
    const size_t n = route.through.size();
    if (n == 0 || n > max_hops) return errc::bad_route;
    for (size_t i = 0; i < n; ++i) {
        enter(route, i);
        const errc fault = validate(request_for(route));
        if (fault != errc::none) return fault;
    }
    enter(route, 0);
    return errc::none;
}

constexpr chain::action chain::step(const route& route, bytes in, buffer out) noexcept {
    action now;
    errc fault = client_.is_fresh() ? validate_route(route) : errc::none;
    if (fault == errc::none && !is_on(route)) fault = errc::bad_route;
    if (fault != errc::none) {
        client_.fail_for_good(fault);
        client_.report(now, 0, nullptr);
        return now;
    }
    const chain before = *this;
    size_t used = 0;
    for (;;) {
        now = client_.step(request_for(route), in.subspan(used), out);
        if (now.next() != next::fail) now.add_consumed(used);
        if (now.next() == next::fail && now.error() == errc::no_space) *this = before;
        if (last_ || now.next() != next::done) return now;
        // The tunnel to the next proxy stands: it is greeted, before anything was heard of it.
        used = now.consumed();
        enter(route, size_t{hop_} + 1);
        client_ = client_.restarted();
        if (in.size() == used) continue;
        client_.fail_for_good(errc::spoke_first, in[used]);
        client_.report(now, used, nullptr);
        return now;
    }
}

template <size_t N>
constexpr chain::action chain::step(const route& route, inbox<N>& in, buffer out) noexcept {
    static_assert(N >= max_input, "the inbox is too small for a reply");
    action now = step(route, in.data(), out);
    if (now.next() == next::recv && in.miscounted()) [[unlikely]]
        client_.miscount(now);
    in.consume(now.next() == next::done ? in.data().size() : now.consumed());
    return now;
}

template <size_t N, size_t M>
constexpr chain::action chain::step(const route& route, inbox<N>& in, outbox<M>& out) noexcept {
    static_assert(M >= max_output, "the outbox is too small for a request");
    action now;
    size_t used = 0;
    if (!out.empty() && out.miscounted()) [[unlikely]] {
        client_.miscount(now);
        return now;
    }
    for (bool due = out.empty(); due; due = client_.runs_ahead()) {
        now = step(route, in, out.prepare());
        if (now.next() != next::send) break;
        used += now.consumed();
        out.commit(now.data().size());
    }
    if (!out.empty()) now.set(next::send, out.data(), 0, used);
    return now;
}

}  // namespace socks

#endif
