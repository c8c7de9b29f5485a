// Real peers deviate from the documents. A tolerance says which deviations are accepted. It never turns off a
// safety check. These are always errors: a method that was not offered, a request before authentication,
// unconsumed bytes, an unbounded length, a NUL in a name, a stream that ended.

#ifndef SOCKS_CORE_TOLERANCE_HPP
#define SOCKS_CORE_TOLERANCE_HPP

#include <stdint.h>

namespace socks {

/// Which values of a version byte are accepted: only the documented value, also the value that known peers
/// send, or any value.
enum class leeway : uint8_t { strict, known, any };

/// The tolerances. The default, `lenient`, accepts known harmless deviations. `strict` is for conformance
/// tests.
struct tolerance {
    /// VN of a SOCKS4 reply. The documented value is 0; known peers send 4.
    leeway reply4_version = leeway::known;
    /// VER of a username/password reply and of GSSAPI messages. The documented value is 1; known peers
    /// send 5.
    leeway auth_status_version = leeway::known;
    /// Whether VER 5 is accepted in a username/password request.
    bool credentials_version_5 : 1 = false;
    /// Whether a reserved byte may be other than zero in SOCKS5 requests, replies and datagrams.
    bool reserved : 1 = true;
    /// Whether user name and password may be empty. RFC 1929 excludes this, but some programs do it.
    bool empty_credentials : 1 = true;
    /// Whether the bound address of a reply may be an empty name or a single NUL. It is read as
    /// "unspecified".
    bool empty_bound : 1 = true;
    /// Whether all members are equal.
    friend constexpr bool operator==(const tolerance&, const tolerance&) noexcept = default;
};

namespace detail {

// Whether a version byte is accepted: `documented` always, `observed` with leeway::known.
constexpr bool is_version(uint8_t version, leeway allowed, uint8_t documented, uint8_t observed) noexcept {
    return version == documented || allowed == leeway::any ||
           (version == observed && allowed == leeway::known);
}

constexpr bool is_reply4_version(uint8_t version, const tolerance& tolerated) noexcept {
    return is_version(version, tolerated.reply4_version, 0, 4);
}

constexpr bool is_auth_version(uint8_t version, const tolerance& tolerated) noexcept {
    return is_version(version, tolerated.auth_status_version, 1, 5);
}

}  // namespace detail

/// What real peers do is tolerated. This is the default.
inline constexpr tolerance lenient{};
/// Only what the documents allow.
inline constexpr tolerance strict{.reply4_version = leeway::strict,
                                  .auth_status_version = leeway::strict,
                                  .credentials_version_5 = false,
                                  .reserved = false,
                                  .empty_credentials = false,
                                  .empty_bound = false};

}  // namespace socks

#endif
