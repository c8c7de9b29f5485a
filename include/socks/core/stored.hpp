// Copies that own their texts: of an endpoint, a reply and a request, for what must outlive the message or the variables
// that they came from. They can be returned, copied and moved, and allocate nothing.

#ifndef SOCKS_CORE_STORED_HPP
#define SOCKS_CORE_STORED_HPP

#include <socks/core/reply.hpp>
#include <socks/core/request.hpp>

namespace socks {

namespace detail {

// Up to N bytes. Of a longer text the first N are kept: where a text may be too long to be sent, N is too.
template <size_t N>
class stored_text {
  public:
    constexpr void store(bytes from) noexcept {
        size_ = static_cast<uint16_t>(from.size() < N ? from.size() : N);
        move_bytes(bytes_, from.data(), size_);
    }

    constexpr void clear() noexcept {
        wipe({bytes_, size_});
        size_ = 0;
    }

    [[nodiscard]] constexpr const char* data() const noexcept { return bytes_; }
    [[nodiscard]] constexpr bytes view() const noexcept { return {bytes_, size_}; }

  private:
    uint16_t size_ = 0;
    char bytes_[N] = {};
};

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
        name_.store(from.host.name());
    }

    /// The same endpoint. @lifetime points into this object.
    [[nodiscard]] constexpr endpoint view() const& noexcept {
        return {endpoint_.host.with_name_at(name_.data()), endpoint_.port};
    }
    endpoint view() const&& = delete;  // it would point into a temporary: keep the stored one

    constexpr operator endpoint() const& noexcept { return view(); }
    operator endpoint() const&& = delete;

  private:
    endpoint endpoint_{};  // its name at no place: copies of this object have their own
    detail::stored_text<host::max_name> name_{};
};

/// A reply with the bound name inside.
///
///     stored_reply dial(...) { ...; case client::next::done: take(s.finish().early); return s.finish().reply; ...; }
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
///     stored_request want = request{.to = {name, 443}, .login = {user, password}};
///     auto s = handshake.step(want, rx, tx);
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
        : version_(from.via),
          command_(from.command),
          to_(from.to),
          methods_(from.methods),
          given_(from.login.given) {
        user_.store(from.login.user);
        password_.store(from.login.password);
    }

    constexpr stored_request(const stored_request&) noexcept = default;
    constexpr stored_request& operator=(const stored_request&) noexcept = default;

    constexpr ~stored_request() { clear(); }

    /// The same request. @lifetime points into this object.
    [[nodiscard]] constexpr request view() const& noexcept {
        request r{.via = version_, .command = command_, .to = to_.view(), .methods = methods_};
        r.login = {user_.view(), password_.view()};
        r.login.given = given_;
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
    // One byte more than may be sent: what is too long stays too long.
    version version_ = version::v5;
    command command_ = command::connect;
    stored_endpoint to_{};
    methods methods_{};
    bool given_ = false;
    detail::stored_text<256> user_{};
    detail::stored_text<256> password_{};
};

}  // namespace socks

#endif
