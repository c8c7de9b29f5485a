// How much of what real peers do wrong is accepted. Each field is looked at in one place.
// Safety is never a matter of tolerance: methods nobody offered, requests before their login, bytes that were
// not used, unbounded lengths, NUL in names and streams that ended are refused whatever is said here.

#ifndef SOCKS_CORE_TOLERANCE_HPP
#define SOCKS_CORE_TOLERANCE_HPP

#include <stdint.h>

namespace socks {

/// What a version byte may be: only what the document says, also what is known in the wild, or anything.
enum class leeway : uint8_t { strict, known, any };

/// The tolerances. The default accepts what is known to be harmless; `strict` is for a conformance peer.
struct tolerance {
    /// VN of a SOCKS4 reply: 0; known: also 4.
    leeway reply4_version = leeway::known;
    /// VER of a username/password reply and of GSSAPI messages: 1; known: also 5.
    leeway auth_status_version = leeway::known;
    /// VER 5 in a username/password request.
    bool credentials_version_5 : 1 = false;
    /// A reserved byte that is not zero, in SOCKS5 requests and replies and in datagrams.
    bool reserved : 1 = true;
    /// User names and passwords of no bytes, which RFC 1929 rules out and people use.
    bool empty_credentials : 1 = true;
    /// A reply's bound address that is a name of no bytes, or a single NUL; taken for "unspecified".
    bool empty_bound : 1 = true;
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

inline constexpr tolerance lenient{};
inline constexpr tolerance strict{.reply4_version = leeway::strict,
                                  .auth_status_version = leeway::strict,
                                  .credentials_version_5 = false,
                                  .reserved = false,
                                  .empty_credentials = false,
                                  .empty_bound = false};

}  // namespace socks

#endif
