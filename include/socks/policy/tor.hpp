// What Tor adds to SOCKS: names looked up through it, reply codes of onion services, and credentials that say which
// streams may share a circuit. Any other proxy may use the same numbers for something else, so nothing here is
// applied unless the caller says that the peer is Tor.

#ifndef SOCKS_POLICY_TOR_HPP
#define SOCKS_POLICY_TOR_HPP

#include <socks/core/reply.hpp>
#include <socks/core/request.hpp>
#include <socks/text/code.hpp>
#include <socks/wire/writer.hpp>

namespace socks::tor {

/// Two commands of Tor's, for client and server alike: an address for a name, a name for an address. The answer is in
/// the bound address of the reply, and the connection has done its duty.
/// @rfc  Tor's SOCKS extensions, "Name lookup"
inline constexpr command resolve{0xf0};
inline constexpr command resolve_ptr{0xf1};

/// The name of a command to Tor: one of its own, otherwise what it is called anywhere.
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(command c) noexcept {
    return c == resolve ? "RESOLVE" : c == resolve_ptr ? "RESOLVE_PTR" : socks::to_string(c);
}

/// The same for people, the number of a command without a name included: `RESOLVE`, `CONNECT`, `0xF2`.
///
/// @returns   the text made in `out`, of at most max_text_code bytes.
/// @errors    no_space  out is smaller than the text; required() says how much it takes; `out` may be written to
/// @lifetime  the text is in `out`.
/// @cost      O(size of the text), constexpr, noexcept.
constexpr encoded format(command c, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return socks::detail::put_code(tor::to_string(c), static_cast<uint8_t>(c), false, out);
}

/// The request for an address of `name`. An address as `name` comes back as it is.
/// @lifetime  as `name` and `who`.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr request lookup(const host& name, const credentials& who = {}) noexcept {
    request r;
    r.command = resolve;
    r.to.host = name;
    r.credentials = who;
    return r;
}

/// The request for the name of an address. The specification speaks of IPv4 only.
/// @lifetime  as `who`.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr request reverse_lookup(const ipv4& address, const credentials& who = {}) noexcept {
    request r = lookup(address, who);
    r.command = resolve_ptr;
    return r;
}
/// The same of an IPv6 address, to a Tor that goes beyond its specification.
[[nodiscard]] constexpr request reverse_lookup(const ipv6& address, const credentials& who = {}) noexcept {
    request r = lookup(address, who);
    r.command = resolve_ptr;
    return r;
}

/// What a look-up found.
///
/// @param asked   resolve or resolve_ptr.
/// @param answer  the reply to it.
/// @returns   an address for resolve, a name for resolve_ptr; no host where the reply refuses or holds anything else.
/// @lifetime  a name points into the message that the reply came in. Whoever owns the address chose it freely.
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

/// The name of a reply code that came from Tor: one of an onion service, otherwise what it is called anywhere.
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

/// The same for people: `onion service descriptor not found`, `host unreachable`, `0xC8`. Otherwise as for a command.
constexpr encoded format(const reply_code& c, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return socks::detail::put_code(tor::to_string(c), c.value, false, out);
}

/// What the credentials of a SOCKS5 client mean to Tor.
enum class isolation_format : uint8_t {
    none,     ///< no credentials
    legacy,   ///< any user and password: streams with other ones use other circuits
    token,    ///< `<torS0X>0`: the password is the isolation token
    object,   ///< `<torS0X>1` and the ID of an RPC object: the password is the isolation token
    invalid,  ///< the prefix with anything else behind it: to be refused
};

/// Credentials taken apart. Two streams of the same format, token or object, may share a circuit if their tokens are
/// equal.
/// @lifetime  as the credentials that it was read from.
struct isolation {
    isolation_format format = isolation_format::none;
    bytes object;  ///< object: the ID, never empty
    bytes token;   ///< token and object
};

namespace detail {

inline constexpr size_t prefix_size = 8;
constexpr bytes prefix0() noexcept { return "<torS0X>0"; }
constexpr bytes prefix1() noexcept { return "<torS0X>1"; }

}  // namespace detail

/// Reads the credentials that a client gave, for a server that isolates as Tor does. What is invalid is refused with
/// `grant(false)`.
///
///     UNAME                 PASSWD
///     <torS0X> 0            token
///     <torS0X> 1 object     token          object: 1..246 bytes
///     anything else         anything       legacy
///
/// @returns   the format and its fields.
/// @lifetime  points into what `who` points into.
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

/// Credentials that keep a stream on circuits of its own: format 0, which older releases of Tor take for legacy
/// credentials, to the same effect.
///
///     request want{.to = {"files.example.com", 443}, .login = tor::isolation_credentials("mail for john")};
///
/// @param token  0..255 bytes, the same for all streams that may share a circuit.
/// @lifetime  the password points into `token`; the user is static.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       Tor's SOCKS extensions, "Interpreting usernames and passwords"
[[nodiscard]] constexpr credentials isolation_credentials(bytes token SOCKS_LIFETIMEBOUND) noexcept {
    return {detail::prefix0(), token};
}

/// Writes the user name of format 1, which ties a stream to an RPC object: `login{made.data(), token}`. An ID that lies in
/// `out` is moved.
///
/// @param object  the ID of the object, 1..246 bytes.
/// @errors    bad_user  an empty ID, or one of more than 246 bytes
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

/// Bytes that encode_token makes behind its prefix.
inline constexpr size_t counter_size = 16;

/// Writes a token for each of many streams: `prefix`, then `counter` as 16 hexadecimal digits. Two tokens are equal
/// only if both are.
///
/// Streams share circuits with those of an earlier run that used the same tokens. Where they must not, the prefix is
/// drawn from a cryptographic source at every start; here is none. One that lies in `out` is moved.
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
