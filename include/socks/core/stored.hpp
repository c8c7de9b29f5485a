// Copies that own their texts: of an endpoint, a reply and a request, for what must outlive the message or the variables
// that they came from. They can be returned, copied and moved, and allocate nothing.

#ifndef SOCKS_CORE_STORED_HPP
#define SOCKS_CORE_STORED_HPP

#include <socks/core/fixed_bytes.hpp>
#include <socks/core/reply.hpp>
#include <socks/core/request.hpp>

namespace socks {

namespace detail {

// Keeps the front of a text that does not fit. Where a longer text may not be sent, N is one more than may be sent, so
// that a text that is too long stays too long.
template <size_t N>
constexpr void store_front(fixed_bytes<N>& to, bytes from) noexcept {
    static_cast<void>(to.store(from.size() <= N ? from : from.first(N)));
}

}  // namespace detail

/// An endpoint with its name inside.
///
///     stored_endpoint to = s.to();         // outlives the inbox
///     log(to.view().host);
///
/// A temporary one does not convert, and has no view(): name it first.
///
/// @lifetime  what it converts to points into it: keep it as long.
/// @cost      O(size of the name) to make; copies and moves are about 300 bytes; constexpr, noexcept.
class stored_endpoint {
  public:
    constexpr stored_endpoint() noexcept = default;
    constexpr stored_endpoint(const endpoint& from) noexcept
        : endpoint_{from.host.with_name_at(nullptr), from.port} {
        detail::store_front(name_, from.host.name());
    }

    /// The same endpoint. @lifetime points into this object.
    [[nodiscard]] constexpr endpoint view() const& noexcept {
        return {endpoint_.host.with_name_at(name_.view().data()), endpoint_.port};
    }
    endpoint view() const&& = delete;  // it would point into a temporary: keep the stored one

    constexpr operator endpoint() const& noexcept { return view(); }
    operator endpoint() const&& = delete;

  private:
    endpoint endpoint_{};  // its name at no place: copies of this object have their own
    fixed_bytes<host::max_name> name_{};
};

/// A reply with the bound name inside.
///
///     stored_reply dial(...) { ...; case client::next::done: take(s.result().early); return s.result().reply; ...; }
///
/// A temporary one does not convert, and has no view(): name it first.
///
/// @lifetime  what it converts to points into it: keep it as long.
/// @cost      as stored_endpoint
class stored_reply {
  public:
    constexpr stored_reply() noexcept = default;
    constexpr stored_reply(const reply& from) noexcept : code(from.code), bound(from.bound) {}

    reply_code code{};
    stored_endpoint bound{};

    /// The same reply. @lifetime points into this object.
    [[nodiscard]] constexpr reply view() const& noexcept { return {code, bound.view()}; }
    reply view() const&& = delete;  // it would point into a temporary: keep the stored one

    constexpr operator reply() const& noexcept { return view(); }
    operator reply() const&& = delete;
};

/// A request with name, user and password inside. Every object wipes its password and its user when it ends.
///
///     stored_request download = request{.to = {name, 443}, .credentials = {user, password}};
///     auto s = handshake.step(download, rx, tx);
///
/// A temporary one does not convert, and has no view(): name it first.
/// What may not be sent is kept as what may not be sent: validate() finds the same wrong with either.
///
/// @lifetime  what it converts to points into it: keep it as long.
/// @cost      O(size of the texts) to make; copies and moves are about 800 bytes; constexpr, noexcept.
class stored_request {
  public:
    constexpr stored_request() noexcept = default;
    constexpr stored_request(const request& from) noexcept
        : version_(from.version),
          command_(from.command),
          to_(from.to),
          methods_(from.methods),
          given_(from.credentials.given) {
        detail::store_front(user_, from.credentials.user);
        detail::store_front(password_, from.credentials.password);
    }

    constexpr stored_request(const stored_request&) noexcept = default;
    constexpr stored_request& operator=(const stored_request&) noexcept = default;

    constexpr ~stored_request() { clear(); }

    /// The same request. @lifetime points into this object.
    [[nodiscard]] constexpr request view() const& noexcept {
        request r{.version = version_, .command = command_, .to = to_.view(), .methods = methods_};
        r.credentials = {user_.view(), password_.view()};
        r.credentials.given = given_;
        return r;
    }
    request view() const&& = delete;  // it would point into a temporary: keep the stored one

    constexpr operator request() const& noexcept { return view(); }
    operator request() const&& = delete;

    /// Wipes user and password; no credentials are left.
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
