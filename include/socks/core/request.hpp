// The request of a client: version, command, destination, credentials and methods. It does not own its texts.
// The client machine does not store it, so you pass it to every step.

#ifndef SOCKS_CORE_REQUEST_HPP
#define SOCKS_CORE_REQUEST_HPP

#include <socks/core/address.hpp>
#include <socks/core/error.hpp>
#include <socks/core/numbers.hpp>

namespace socks {

/// User name and password. For SOCKS4, `user` is the user ID and `password` is ignored.
///
/// Each has 0..255 bytes of any value, but a SOCKS4 user ID must not contain a NUL. Default-constructed
/// credentials mean "no credentials". Empty credentials are different: `credentials{"", ""}` has `given ==
/// true`.
///
/// @lifetime  points into the texts that it was made from.
struct credentials {
    bytes user;          ///< the user name, or the user ID of SOCKS4
    bytes password;      ///< the password; SOCKS4 has none
    bool given = false;  ///< whether there are credentials, even if both are empty

    constexpr credentials() noexcept = default;
    /// A user name with a password, or a user ID without one.
    constexpr credentials(bytes name SOCKS_LIFETIMEBOUND, bytes secret SOCKS_LIFETIMEBOUND = {}) noexcept
        : user(name), password(secret), given(true) {}
};

/// Up to four authentication methods in the order of preference.
///
///     methods{method::gssapi, method::username_password}
///
/// A fifth method does not compile. Repetitions are ignored.
///
/// `no_acceptable` (0xff) is not a method, and it makes the list invalid. validate() refuses a request with
/// an invalid list, and a server with an invalid list accepts no client. An invalid list is not empty: it has
/// one element, no_acceptable.
class methods {
  public:
    static constexpr size_t max = 4;  ///< the most methods of a list

    constexpr methods() noexcept = default;

    /// One to four methods. A fifth does not compile.
    template <class... M>
        requires(sizeof...(M) <= max && (detail::same<M, method> && ...))
    constexpr methods(M... list) noexcept { (static_cast<void>(add(list)), ...); }

    /// Appends a method.
    /// @returns  false if the list is full, already contains `m`, or is invalid. After no_acceptable was
    ///           appended, the list stays invalid.
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

    /// False after an attempt to add no_acceptable. An empty list is valid.
    [[nodiscard]] constexpr bool is_valid() const noexcept { return !is_free(0) || is_free(1); }

    /// The number of methods.
    [[nodiscard]] constexpr size_t size() const noexcept {
        return size_t{0} + !is_free(0) + !is_free(1) + !is_free(2) + !is_free(3);
    }

    /// Whether there is no method. An invalid list is not empty.
    [[nodiscard]] constexpr bool empty() const noexcept { return is_free(0) && is_free(1); }

    /// The method at `i`, 0 <= i < size().
    [[nodiscard]] constexpr method operator[](size_t i) const noexcept {
        SOCKS_ASSERT(i < max);
        return static_cast<method>(static_cast<uint8_t>(list_[i]));
    }

    /// Whether `m` is in the list.
    [[nodiscard]] constexpr bool contains(method m) const noexcept {
        bool found = false;
        SOCKS_UNROLL_4
        for (size_t i = 0; i < max; ++i) found = found || (*this)[i] == m;
        return found && m != method::no_acceptable && !is_free(0);
    }

    /// The first method of this list that is among `offered`, the method bytes of a greeting; otherwise
    /// no_acceptable.
    [[nodiscard]] constexpr method first_in(bytes offered) const noexcept {
        if (is_free(0)) return method::no_acceptable;
        // The inner loop tests is_free(), because g++ does not unroll an outer loop with two conditions.
        SOCKS_UNROLL_4
        for (size_t i = 0; i < max; ++i) {
            const char m = list_[i];
            for (size_t k = 0; k < offered.size() && !is_free(i); ++k)
                if (offered.data()[k] == m) return (*this)[i];
        }
        return method::no_acceptable;
    }

    /// The methods as the bytes of a greeting. For an invalid list it is the byte 0xff.
    /// @lifetime  points into this object.
    [[nodiscard]] constexpr bytes as_bytes() const noexcept SOCKS_LIFETIMEBOUND { return {list_, size()}; }

  private:
    // An invalid list is stored as a free place and this marker after it. In a valid list, free places come
    // last.
    static constexpr char invalid = '\xfe';

    [[nodiscard]] constexpr bool is_free(size_t i) const noexcept {
        return (*this)[i] == method::no_acceptable;
    }

    char list_[max] = {'\xff', '\xff', '\xff', '\xff'};  // no_acceptable marks a free place
};

/// The request of a client to a proxy.
///
///     request{.to = {"files.example.com", 443}, .credentials = {"john", "foo"}}
///
/// If `methods` is empty, the client offers one method: username/password if there are credentials, otherwise
/// "none". To let the proxy choose, write `.methods = {method::none, method::username_password}`. `to` is
/// optional for UDP ASSOCIATE and BIND.
struct request {
    socks::version version = socks::version::v5;       ///< SOCKS4, SOCKS4a or SOCKS5
    socks::command command = socks::command::connect;  ///< what the proxy must do
    endpoint to{};                                     ///< the destination
    socks::credentials credentials{};                  ///< what the proxy learns about the user
    socks::methods methods{};                          ///< the methods to offer over SOCKS5; see offer()

    /// The methods that this request offers over SOCKS5.
    [[nodiscard]] constexpr socks::methods offer() const noexcept {
        if (!methods.empty()) return methods;
        return credentials.given ? method::username_password : method::none;
    }
};

namespace detail {

// The error if SOCKS4 and SOCKS4a cannot carry this address.
constexpr errc address_fault4(const host& to) noexcept {
    if (to.kind() == host_kind::ipv6) return errc::ipv6_over_socks4;
    if (to.kind() == host_kind::ipv4 && is_name_marker(to.v4())) return errc::reserved_over_socks4;
    return errc::none;
}

// The error if a request with this command cannot have the destination `to`, in any version.
SOCKS_INLINE_UNLESS_SIZE constexpr errc host_fault(command requested, const host& to) noexcept {
    if (!to.is_sendable()) return to.error();
    if (to.kind() == host_kind::none && requested != command::udp_associate && requested != command::bind)
        return errc::no_host;
    return errc::none;
}

SOCKS_ALWAYS_INLINE constexpr errc validate4(const request& request) noexcept {
    const host& to = request.to.host;
    errc fault = host_fault(request.command, to);
    if (fault != errc::none) return fault;
    if (is_socks5_only(request.command)) return errc::command_over_socks4;
    if (to.kind() == host_kind::name && request.version == version::v4) return errc::name_over_socks4;
    fault = address_fault4(to);
    if (fault != errc::none) return fault;
    const bytes user = request.credentials.user;
    return user.size() > 255 || user.contains('\0') ? errc::bad_user : errc::none;
}

SOCKS_ALWAYS_INLINE constexpr errc validate5(const request& request) noexcept {
    const errc fault = host_fault(request.command, request.to.host);
    if (fault != errc::none) return fault;
    if (request.credentials.user.size() > 255) return errc::bad_user;
    if (request.credentials.password.size() > 255) return errc::bad_password;
    if (!request.methods.is_valid()) return errc::bad_methods;
    if (!request.credentials.given && request.methods.contains(method::username_password))
        return errc::no_credentials;
    return errc::none;
}

}  // namespace detail

/// Why `request` cannot be sent to a proxy, or errc::none.
///
/// @errors  bad_host bad_host_byte no_host bad_user command_over_socks4 name_over_socks4 ipv6_over_socks4
///          reserved_over_socks4; over SOCKS5 also bad_password no_credentials bad_methods
/// @cost    O(size of the name and of a SOCKS4 user ID); constexpr, noexcept.
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr errc validate(const request& request) noexcept {
    return request.version == version::v5 ? detail::validate5(request) : detail::validate4(request);
}

}  // namespace socks

#endif
