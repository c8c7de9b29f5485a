// Tor's extensions of SOCKS: looking up names, reply codes of onion services, and credentials that say which
// streams may share a circuit. Another proxy may use the same numbers for something else. So the library
// never calls these functions itself: call them only if the peer is Tor.

#ifndef SOCKS_POLICY_TOR_HPP
#define SOCKS_POLICY_TOR_HPP

#include <socks/core/reply.hpp>
#include <socks/core/request.hpp>
#include <socks/text/code.hpp>
#include <socks/wire/writer.hpp>

namespace socks::tor {

/// Tor's two commands, for clients and servers: look up the address of a name, or the name of an address. The
/// answer is the bound address of the reply. The proxy sends nothing after the reply.
/// @rfc  Tor's SOCKS extensions, "Name lookup"
inline constexpr command resolve{0xf0};
/// The command that looks up the name of an address; see resolve.
inline constexpr command resolve_ptr{0xf1};

/// The name of a command, including Tor's two commands.
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(command c) noexcept {
    return c == resolve ? "RESOLVE" : c == resolve_ptr ? "RESOLVE_PTR" : socks::to_string(c);
}

/// Prints a command: its name, or its number if it has no name. Examples: `RESOLVE`, `CONNECT`, `0xF2`.
///
/// @returns   the text in `out`, at most max_text_code bytes.
/// @errors    no_space  out is smaller than the text; required() is the size of the text; `out` may be
///                      changed
/// @lifetime  the text is in `out`.
/// @cost      O(size of the text), constexpr, noexcept.
constexpr encoded format(command c, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return socks::detail::put_code(tor::to_string(c), static_cast<uint8_t>(c), false, out);
}

/// The request that looks up an address of `name`. If `name` is an address, Tor returns that address.
/// @lifetime  points to what `name` and `who` point to.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr request lookup(const host& name, const credentials& who = {}) noexcept {
    request r;
    r.command = resolve;
    r.to.host = name;
    r.credentials = who;
    return r;
}

/// The request that looks up the name of an address. The specification defines this for IPv4 only.
/// @lifetime  points to what `who` points to.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr request reverse_lookup(const ipv4& address, const credentials& who = {}) noexcept {
    request r = lookup(address, who);
    r.command = resolve_ptr;
    return r;
}
/// The same request for an IPv6 address. The specification does not define it, so Tor may refuse it.
[[nodiscard]] constexpr request reverse_lookup(const ipv6& address, const credentials& who = {}) noexcept {
    request r = lookup(address, who);
    r.command = resolve_ptr;
    return r;
}

/// The result of a look-up. Do not trust a name: the owner of the address chose it.
///
/// @param asked   resolve or resolve_ptr.
/// @param answer  the reply to it.
/// @returns   an address for resolve, a name for resolve_ptr. No host if the reply refuses or contains
///            something else.
/// @lifetime  a name points into the message of the reply.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       Tor's SOCKS extensions, "Name lookup"
[[nodiscard]] constexpr host found(command asked, const reply& answer) noexcept {
    const host& h = answer.bound.host;
    const bool address = h.kind() == host_kind::ipv4 || h.kind() == host_kind::ipv6;
    const bool fits = asked == resolve ? address : asked == resolve_ptr && h.kind() == host_kind::name;
    return fits && answer.code.succeeded() ? h : host();
}

/// The reply codes of onion services.
/// @rfc  Tor's SOCKS extensions, "Extended error codes"; Tor proposal 304
enum class onion_code : uint8_t {
    descriptor_not_found = 0xf0,
    descriptor_invalid = 0xf1,
    introduction_failed = 0xf2,
    rendezvous_failed = 0xf3,
    missing_authorization = 0xf4,
    wrong_authorization = 0xf5,
    bad_address = 0xf6,
    introduction_timed_out = 0xf7,
};

/// The name of a reply code from Tor, including the codes of onion services.
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(const reply_code& c) noexcept {
    if (c.version != version::v5) return socks::to_string(c);
    switch (static_cast<onion_code>(c.value)) {
        case onion_code::descriptor_not_found: return "onion service descriptor not found";
        case onion_code::descriptor_invalid: return "onion service descriptor invalid";
        case onion_code::introduction_failed: return "onion service introduction failed";
        case onion_code::rendezvous_failed: return "onion service rendezvous failed";
        case onion_code::missing_authorization: return "onion service needs a client authorization";
        case onion_code::wrong_authorization: return "onion service refused the client authorization";
        case onion_code::bad_address: return "onion address invalid";
        case onion_code::introduction_timed_out: return "onion service introduction timed out";
    }
    return socks::to_string(c);
}

/// Prints a reply code from Tor: `onion service descriptor not found`, `host unreachable`, `0xC8`. The result
/// and the errors are the same as for format(command).
constexpr encoded format(const reply_code& c, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return socks::detail::put_code(tor::to_string(c), c.value, false, out);
}

/// What the credentials of a SOCKS5 client mean to Tor.
enum class isolation_format : uint8_t {
    none,     ///< no credentials
    legacy,   ///< any other credentials: streams with different ones use different circuits
    token,    ///< `<torS0X>0`: the password is the isolation token
    object,   ///< `<torS0X>1` and the ID of an RPC object: the password is the isolation token
    invalid,  ///< `<torS0X>` and anything else: refuse the credentials
};

/// The fields of credentials. Two streams with the same format, `token` or `object`, may share a circuit if
/// their tokens are equal.
/// @lifetime  points to what the credentials point to.
struct isolation {
    isolation_format format = isolation_format::none;  ///< what the credentials mean
    bytes object;  ///< the ID, never empty; only for isolation_format::object
    bytes token;   ///< only for isolation_format::token and object
};

namespace detail {

inline constexpr size_t prefix_size = 8;
constexpr bytes prefix0() noexcept { return "<torS0X>0"; }
constexpr bytes prefix1() noexcept { return "<torS0X>1"; }

}  // namespace detail

/// Reads the credentials of a client, for a server that isolates streams as Tor does. If they are invalid,
/// call `authenticated(false)`.
///
///     UNAME                 PASSWD
///     <torS0X> 0            token
///     <torS0X> 1 object     token          object: 1..246 bytes
///     anything else         anything       legacy
///
/// @returns   the format and its fields.
/// @lifetime  points to what `who` points to.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       Tor's SOCKS extensions, "Interpreting usernames and passwords"; Tor proposal 351
[[nodiscard]] constexpr isolation read_isolation(const credentials& who) noexcept {
    if (!who.given) return {};
    const size_t n = who.user.size();
    const bytes prefix = detail::prefix0().first(detail::prefix_size);
    if (n < prefix.size() || who.user.first(prefix.size()) != prefix)
        return {isolation_format::legacy, {}, {}};
    if (who.user == detail::prefix0()) return {isolation_format::token, {}, who.password};
    if (n > detail::prefix1().size() && who.user.first(detail::prefix1().size()) == detail::prefix1())
        return {isolation_format::object, who.user.subspan(detail::prefix1().size()), who.password};
    return {isolation_format::invalid, {}, {}};
}

/// Credentials that isolate a stream: Tor does not share its circuits with streams of another token. They
/// have format 0. Older releases of Tor read them as legacy credentials, with the same effect.
///
///     socks::request request{.to = {"files.example.com", 443},
///                            .credentials = socks::tor::isolation_credentials("mail for john")};
///
/// @param token  0..255 bytes, the same for all streams that may share a circuit.
/// @lifetime  the password points into `token`; the user is static.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       Tor's SOCKS extensions, "Interpreting usernames and passwords"
[[nodiscard]] constexpr credentials isolation_credentials(bytes token SOCKS_LIFETIMEBOUND) noexcept {
    return {detail::prefix0(), token};
}

/// Writes the user name of format 1, which binds a stream to an RPC object: `credentials{user.data(),
/// token}`. The ID may overlap `out`.
///
/// @param object  the ID of the object, 1..246 bytes.
/// @errors    bad_user  an empty ID, or an ID of more than 246 bytes
///            no_space  out is smaller than 9 bytes and the ID
/// @lifetime  the user name is in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       Tor's SOCKS extensions, "Interpreting usernames and passwords"
constexpr encoded encode_object_user(bytes object, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (object.empty() || object.size() > 255 - detail::prefix1().size()) return errc::bad_user;
    const size_t size = detail::prefix1().size() + object.size();
    if (out.capacity() < size) return encoded::no_space(size);
    socks::detail::move_text(out.data() + detail::prefix1().size(), object.data(), object.size());
    return writer(out).put(detail::prefix1()).skip(object.size()).written();
}

/// The number of bytes that encode_token() writes after the prefix.
inline constexpr size_t counter_size = 16;

/// Writes a token for one of many streams: `prefix`, then `counter` as 16 hexadecimal digits. Two tokens are
/// equal only if both parts are equal.
///
/// Streams may share circuits with streams of an earlier run that used the same tokens. To prevent that,
/// choose a prefix of random bytes from a cryptographic source at every start. The library has no such
/// source. The prefix may overlap `out`.
///
/// @param prefix  0..239 bytes.
/// @errors    bad_password  a prefix of more than 239 bytes
///            no_space      out is smaller than the prefix and 16 bytes
/// @lifetime  the token is in `out`.
/// @cost      O(size), constexpr, noexcept.
constexpr encoded encode_token(bytes prefix, uint64_t counter, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (prefix.size() > 255 - counter_size) return errc::bad_password;
    const size_t size = prefix.size() + counter_size;
    if (out.capacity() < size) return encoded::no_space(size);
    writer w(out);
    socks::detail::move_text(out.data(), prefix.data(), prefix.size());
    w.skip(prefix.size());
    for (size_t i = counter_size; i-- != 0;)
        w.u8(static_cast<uint8_t>("0123456789abcdef"[counter >> 4 * i & 0xf]));
    return w.written();
}

}  // namespace socks::tor

#endif
