// Copies of an endpoint, a reply and a request that own their texts. Use them when a value must outlive its
// message or its variables. You can return, copy and move them. They do not allocate.

#ifndef SOCKS_CORE_STORED_HPP
#define SOCKS_CORE_STORED_HPP

#include <socks/core/fixed_bytes.hpp>
#include <socks/core/reply.hpp>
#include <socks/core/request.hpp>

namespace socks {

namespace detail {

// Stores at most N bytes. N is greater than the longest text that can be sent, so a truncated text is still
// refused as too long.
template <size_t N>
constexpr void store_front(fixed_bytes<N>& to, bytes from) noexcept {
    static_cast<void>(to.store(from.size() <= N ? from : from.first(N)));
}

}  // namespace detail

/// An endpoint that owns its name.
///
///     stored_endpoint to = s.to();         // outlives the inbox
///     log(to.view().host);
///
/// A temporary does not convert and has no view(): store it in a variable first.
///
/// @lifetime  the value that it converts to points into this object.
/// @cost      construction is O(size of the name); copies and moves copy about 300 bytes; constexpr,
///            noexcept.
class stored_endpoint {
  public:
    constexpr stored_endpoint() noexcept = default;
    /// A copy of `from` and its name.
    constexpr stored_endpoint(const endpoint& from) noexcept
        : endpoint_{from.host.with_name_at(nullptr), from.port} {
        detail::store_front(name_, from.host.name());
    }

    /// The stored endpoint. @lifetime  points into this object.
    [[nodiscard]] constexpr endpoint view() const& noexcept {
        return {endpoint_.host.with_name_at(name_.view().data()), endpoint_.port};
    }
    endpoint view() const&& = delete;  // a view of a temporary: store it in a variable first

    /// The stored endpoint, as view().
    constexpr operator endpoint() const& noexcept { return view(); }
    operator endpoint() const&& = delete;

  private:
    endpoint endpoint_{};  // without the name, because each copy of this object has its own name_
    fixed_bytes<host::max_name> name_{};
};

/// A reply that owns its bound name.
///
///     stored_reply dial(...) { ...; case client::next::done: return s.result().reply; ...; }
///
/// A temporary does not convert and has no view(): store it in a variable first.
///
/// @lifetime  the value that it converts to points into this object.
/// @cost      as for stored_endpoint.
class stored_reply {
  public:
    constexpr stored_reply() noexcept = default;
    /// A copy of `from` and its name.
    constexpr stored_reply(const reply& from) noexcept : code(from.code), bound(from.bound) {}

    reply_code code{};        ///< whether the request was granted, or why not
    stored_endpoint bound{};  ///< the bound address, see reply::bound

    /// The stored reply. @lifetime  points into this object.
    [[nodiscard]] constexpr reply view() const& noexcept { return {code, bound.view()}; }
    reply view() const&& = delete;  // a view of a temporary: store it in a variable first

    /// The stored reply, as view().
    constexpr operator reply() const& noexcept { return view(); }
    operator reply() const&& = delete;
};

/// A request that owns its name, user name and password. The destructor wipes user name and password.
///
///     stored_request download = request{.to = {name, 443}, .credentials = {user, password}};
///     auto s = handshake.step(download, rx, tx);
///
/// A temporary does not convert and has no view(): store it in a variable first. validate() returns the same
/// error for this copy as for the original request.
///
/// @lifetime  the value that it converts to points into this object.
/// @cost      construction is O(size of the texts); copies and moves copy about 800 bytes; constexpr,
///            noexcept.
class stored_request {
  public:
    constexpr stored_request() noexcept = default;
    /// A copy of `from` and its texts.
    constexpr stored_request(const request& from) noexcept
        : version_(from.version),
          command_(from.command),
          to_(from.to),
          methods_(from.methods),
          given_(from.credentials.given) {
        detail::store_front(user_, from.credentials.user);
        detail::store_front(password_, from.credentials.password);
    }

    /// Copies the texts too.
    constexpr stored_request(const stored_request&) noexcept = default;
    /// Copies the texts too.
    constexpr stored_request& operator=(const stored_request&) noexcept = default;

    /// Wipes user name and password.
    constexpr ~stored_request() { clear(); }

    /// The stored request. @lifetime  points into this object.
    [[nodiscard]] constexpr request view() const& noexcept {
        request r{.version = version_, .command = command_, .to = to_.view(), .methods = methods_};
        r.credentials = {user_.view(), password_.view()};
        r.credentials.given = given_;
        return r;
    }
    request view() const&& = delete;  // a view of a temporary: store it in a variable first

    /// The stored request, as view().
    constexpr operator request() const& noexcept { return view(); }
    operator request() const&& = delete;

    /// Wipes user name and password. The request then has no credentials.
    constexpr void clear() noexcept {
        user_.clear();
        password_.clear();
        given_ = false;
    }

  private:
    version version_ = version::v5;
    command command_ = command::connect;
    stored_endpoint to_{};
    methods methods_{};
    bool given_ = false;
    fixed_bytes<256> user_{};
    fixed_bytes<256> password_{};
};

}  // namespace socks

#endif
