// What a client wants: by which version, which command, to where, as whom, offering which methods.
// It borrows its texts; the client borrows it, one step at a time.

#ifndef SOCKS_CORE_REQUEST_HPP
#define SOCKS_CORE_REQUEST_HPP

#include <socks/core/address.hpp>
#include <socks/core/error.hpp>
#include <socks/core/numbers.hpp>

namespace socks {

/// User name and password; for SOCKS4 the user is the user ID and the password is not used.
///
/// Bytes, 0..255 each, a NUL included (but not in a SOCKS4 user ID). A default one stands for "no
/// credentials", which is not the same as empty ones: `credentials{"", ""}` is given.
///
/// @lifetime  points into the texts it was made of.
struct credentials {
    bytes user;
    bytes password;
    bool given = false;

    constexpr credentials() noexcept = default;
    constexpr credentials(bytes name SOCKS_LIFETIMEBOUND, bytes secret SOCKS_LIFETIMEBOUND = {}) noexcept
        : user(name), password(secret), given(true) {}
};

/// Up to four authentication methods in the order of preference: `methods{method::gssapi, method::username_password}`.
///
/// A fifth does not compile, and repetitions are left out. `no_acceptable` is no method to choose from: it makes the
/// complete list invalid, so that validate() refuses it over SOCKS5, and a server accepts nobody. An invalid list contains
/// no method and is not empty: its one element is no_acceptable, which no greeting may hold.
class methods {
  public:
    static constexpr size_t max = 4;

    constexpr methods() noexcept = default;

    template <class... M>
        requires(sizeof...(M) >= 1 && sizeof...(M) <= max && (detail::same<M, method> && ...))
    constexpr methods(M... list) noexcept { (static_cast<void>(add(list)), ...); }

    /// Appends one. @returns false, changing nothing, when full or when `m` is there already; and for no_acceptable,
    /// which makes the list invalid, as it stays.
    SOCKS_ALWAYS_INLINE constexpr bool add(method m) noexcept {
        if (m == method::no_acceptable) {
            list_[0] = '\xff';
            list_[1] = invalid;
            list_[2] = list_[3] = '\xff';
        }
        const size_t n = size();
        if (n == max || !is_valid() || contains(m)) return false;
        list_[n] = static_cast<char>(m);
        return true;
    }

    /// Whether nobody tried to add no_acceptable. A list without methods is valid.
    [[nodiscard]] constexpr bool is_valid() const noexcept { return !is_free(0) || is_free(1); }

    [[nodiscard]] constexpr size_t size() const noexcept {
        return size_t{0} + !is_free(0) + !is_free(1) + !is_free(2) + !is_free(3);
    }

    [[nodiscard]] constexpr bool empty() const noexcept { return is_free(0) && is_free(1); }

    [[nodiscard]] constexpr method operator[](size_t i) const noexcept {
        SOCKS_ASSERT(i < max);
        return static_cast<method>(static_cast<uint8_t>(list_[i]));
    }

    [[nodiscard]] constexpr bool contains(method m) const noexcept {
        if (m == method::no_acceptable || is_free(0)) return false;
        return (*this)[0] == m || (*this)[1] == m || (*this)[2] == m || (*this)[3] == m;
    }

    /// The first of these that is among `offered`, the bytes of a greeting; no_acceptable when none is.
    [[nodiscard]] constexpr method first_in(bytes offered) const noexcept {
        if (is_free(0)) return method::no_acceptable;
        // One condition: g++ makes no turns of a loop with two.
        SOCKS_UNROLL_4
        for (size_t i = 0; i < max; ++i) {
            const char m = list_[i];
            for (size_t k = 0; k < offered.size() && !is_free(i); ++k)
                if (offered.data()[k] == m) return (*this)[i];
        }
        return method::no_acceptable;
    }

    /// The methods as bytes of a greeting; 0xff, which none may hold, of an invalid list. @lifetime points into this object.
    [[nodiscard]] constexpr bytes as_bytes() const noexcept SOCKS_LIFETIMEBOUND { return {list_, size()}; }

  private:
    // Free places come last, unless the list is invalid: then this stands behind the first one. No machine gets to it.
    static constexpr char invalid = '\xfe';

    [[nodiscard]] constexpr bool is_free(size_t i) const noexcept {
        return (*this)[i] == method::no_acceptable;
    }

    char list_[max] = {'\xff', '\xff', '\xff', '\xff'};  // no_acceptable marks a free place
};

/// What a client wants of a proxy.
///
///     request{.to = {"files.example.com", 443}, .credentials = {"john", "foo"}}
///
/// Without `methods`, what is offered follows from the credentials: username/password alone with them, "none"
/// alone without. `.methods = {method::none, method::username_password}` leaves the choice to the proxy.
/// UDP ASSOCIATE and BIND may leave `to` out.
struct request {
    socks::version version = socks::version::v5;
    socks::command command = socks::command::connect;
    endpoint to{};
    socks::credentials credentials{};
    socks::methods methods{};

    /// The methods that this request offers over SOCKS5.
    [[nodiscard]] constexpr socks::methods offer() const noexcept {
        if (!methods.empty()) return methods;
        return credentials.given ? method::username_password : method::none;
    }
};

namespace detail {

// What is wrong with an address for SOCKS4 and its extension.
constexpr errc address_fault4(const host& to) noexcept {
    if (to.kind() == host_kind::ipv6) return errc::ipv6_over_socks4;
    if (to.kind() == host_kind::ipv4 && is_name_marker(to.v4())) return errc::reserved_over_socks4;
    return errc::none;
}

// What is wrong with asking for `command` to `to` over `spoken`.
SOCKS_INLINE_UNLESS_SIZE constexpr errc destination_fault(version spoken, command what,
                                                          const host& to) noexcept {
    if (!to.is_sendable()) return to.error();
    if (to.kind() == host_kind::none && what != command::udp_associate && what != command::bind)
        return errc::no_host;
    if (spoken == version::v5) return errc::none;
    if (is_socks5_only(what)) return errc::command_over_socks4;
    if (to.kind() == host_kind::name && spoken == version::v4) return errc::name_over_socks4;
    return address_fault4(to);
}

}  // namespace detail

/// Why `request` cannot be sent to a proxy, or errc::none.
///
/// @errors  bad_host bad_host_byte no_host bad_user bad_password no_credentials bad_methods command_over_socks4
///          name_over_socks4 ipv6_over_socks4 reserved_over_socks4
///          bad_password, no_credentials and bad_methods only over SOCKS5, as SOCKS4 has neither passwords nor methods
/// @cost    O(size of the name and of a SOCKS4 user ID); constexpr, noexcept.
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr errc validate(const request& request) noexcept {
    const errc fault = detail::destination_fault(request.version, request.command, request.to.host);
    if (fault != errc::none) return fault;
    if (request.credentials.user.size() > 255) return errc::bad_user;
    if (request.version != version::v5)
        return request.credentials.user.contains('\0') ? errc::bad_user : errc::none;
    if (request.credentials.password.size() > 255) return errc::bad_password;
    if (!request.methods.is_valid()) return errc::bad_methods;
    if (!request.credentials.given && request.methods.contains(method::username_password))
        return errc::no_credentials;
    return errc::none;
}

}  // namespace socks

#endif
