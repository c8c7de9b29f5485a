// Parses and formats the URI of a proxy: socks5h://user:password@host:port. The scheme defines the version
// and who resolves names. The parser refuses everything unknown and reports its position. The formatter never
// writes a password.

#ifndef SOCKS_TEXT_URI_HPP
#define SOCKS_TEXT_URI_HPP

#include <socks/core/letters.hpp>
#include <socks/core/request.hpp>
#include <socks/text/literal.hpp>

namespace socks {

/// The URI schemes that define both the version and who resolves names.
enum class proxy_scheme : uint8_t {
    socks4,   ///< SOCKS4; names are resolved by the client
    socks4a,  ///< SOCKS4a; names are resolved by the proxy
    socks5,   ///< SOCKS5; names are resolved by the client
    socks5h,  ///< SOCKS5; names are resolved by the proxy
};

/// The port if a URI has none.
inline constexpr uint16_t default_port = 1080;

/// A proxy, with the version and the credentials for its requests.
///
///     connect_to(uri.proxy);
///     request r{.version = uri.version, .to = {"files.example.com", 443}, .credentials = uri.credentials};
///
/// @lifetime  a name points into the text, user and password into the buffer that you passed to
///            parse_proxy_uri.
struct proxy_uri {
    socks::version version = version::v5;  ///< the version of the requests
    bool resolve_here = false;  ///< socks4 and socks5: you resolve names and send addresses to the proxy
    endpoint proxy{};           ///< where to connect to
    socks::credentials credentials{};  ///< for SOCKS4, user is the user ID
};

/// Buffers of these sizes are always large enough for the credentials of a URI, and for format() of a URI.
inline constexpr size_t max_uri_credentials = 255 + 255;
/// Enough for format() of a URI.
inline constexpr size_t max_text_uri = 10 + 3 * 255 + 4 + 1 + max_text_endpoint;

namespace detail {

// Letters, digits and -._~ need no escape in any part of a URI.
constexpr bool is_unreserved(char c) noexcept {
    return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// The index of the first `c` in text, searched from `from`, or the size of the text; from <= text.size().
constexpr size_t find(bytes text, char c, size_t from = 0) noexcept {
    return find(text.data(), from, text.size(), c);
}

// An error of a URI and its position, or no error.
struct uri_fault {
    errc error = errc::none;
    size_t position = 0;
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return error != errc::none; }
};

// Parses one URI from front to back.
class uri_reader {
  public:
    constexpr uri_reader(bytes text, buffer out, proxy_scheme socks_scheme) noexcept
        : text_(text), out_(out), scheme_(socks_scheme) {}

    constexpr parsed<proxy_uri> parse() noexcept {
        if (is_ahead(out_.data(), text_.data(), text_.size())) return errc::overlap;
        uri_fault fault = scheme();
        if (!fault) fault = path();
        if (!fault) fault = credentials();
        if (!fault) fault = proxy();
        if (fault) return {fault.error, fault.position};
        return uri_;
    }

  private:
    constexpr uri_fault scheme() noexcept {
        const size_t colon = find(text_, ':');
        const bytes name = text_.first(colon);
        if (same_word(name, "socks4"))
            scheme_ = proxy_scheme::socks4;
        else if (same_word(name, "socks4a"))
            scheme_ = proxy_scheme::socks4a;
        else if (same_word(name, "socks5"))
            scheme_ = proxy_scheme::socks5;
        else if (same_word(name, "socks5h"))
            scheme_ = proxy_scheme::socks5h;
        else if (!same_word(name, "socks"))
            return {errc::bad_scheme, 0};
        uri_.resolve_here = scheme_ == proxy_scheme::socks4 || scheme_ == proxy_scheme::socks5;
        if (scheme_ == proxy_scheme::socks4) uri_.version = version::v4;
        if (scheme_ == proxy_scheme::socks4a) uri_.version = version::v4a;
        const bytes separator = "://";
        for (position_ = colon; position_ < colon + separator.size(); ++position_)
            if (position_ >= text_.size() || text_[position_] != separator[position_ - colon])
                return {errc::bad_scheme, position_};
        return {};
    }

    // The authority ends at the first of / ? #. Only one slash may follow it.
    constexpr uri_fault path() noexcept {
        end_ = position_;
        while (end_ < text_.size() && !bytes("/?#").contains(text_.data()[end_])) ++end_;
        size_t rest = end_;
        if (rest < text_.size() && text_[rest] == '/') ++rest;
        return rest == text_.size() ? uri_fault{} : uri_fault{errc::bad_path, rest};
    }

    // The credentials end at the last @. The password begins after the first colon.
    constexpr uri_fault credentials() noexcept {
        size_t stop = end_;
        while (stop > position_ && text_[stop - 1] != '@') --stop;
        if (stop == position_) return {};
        const size_t colon = find(text_.first(stop - 1), ':', position_);
        bytes user;
        bytes password;
        if (const uri_fault fault = decode(colon, errc::bad_user, user)) return fault;
        if (colon != stop - 1) {
            position_ = colon + 1;
            if (uri_.version != version::v5 && position_ != stop - 1) return {errc::bad_password, position_};
            if (const uri_fault fault = decode(stop - 1, errc::bad_password, password)) return fault;
        }
        uri_.credentials = {user, password};
        position_ = stop;
        return {};
    }

    // Percent-decodes up to `stop` into the buffer. The byte at `stop` is a colon or an @. It is no digit, so
    // no escape goes past it. A user ID of SOCKS4 must not contain a NUL.
    constexpr uri_fault decode(size_t stop, errc if_invalid, bytes& decoded) noexcept {
        const size_t begin = written_;
        while (position_ < stop) {
            char c = text_.data()[position_];
            size_t width = 1;
            if (c == '%') {
                const int high = hex_digit(text_.data()[position_ + 1]);
                const int low = high < 0 ? -1 : hex_digit(text_.data()[position_ + 2]);
                if (low < 0) return {errc::bad_escape, position_};
                c = static_cast<char>(high * 16 + low);
                width = 3;
            }
            if (written_ - begin == 255 || (c == '\0' && uri_.version != version::v5))
                return {if_invalid, position_};
            if (written_ == out_.capacity()) return {errc::no_space, position_};
            out_.data()[written_++] = c;
            position_ += width;
        }
        decoded = {out_.data() + begin, written_ - begin};
        return {};
    }

    constexpr uri_fault proxy() noexcept {
        const size_t begin = position_;
        const bool bracketed = position_ < end_ && text_[position_] == '[';
        const bytes until_end = text_.first(end_);
        const size_t colon = find(until_end, ':', bracketed ? find(until_end, ']', position_) : position_);
        position_ = begin + find_invisible(text_.first(colon).subspan(begin));
        if (position_ != colon) return {errc::bad_host_byte, position_};
        for (position_ = begin; position_ < colon && !bracketed; ++position_)
            if (!is_unreserved(text_.data()[position_]) &&
                !bytes("!$&'()*+,;=").contains(text_.data()[position_]))
                return {errc::bad_host, position_};
        uri_.proxy = {host(text_.first(colon).subspan(begin)), default_port};
        const bool six_unbracketed = colon < end_ && !bracketed && find(until_end, ':', colon + 1) != end_;
        if (uri_.proxy.host.kind() == host_kind::bad || six_unbracketed) return {errc::bad_host, begin};
        if (colon == end_) return {};
        position_ = colon + 1;
        const auto port = parse_port(until_end.subspan(position_));
        if (!port || *port == 0) return {errc::bad_port, position_};
        uri_.proxy.port = *port;
        return {};
    }

    bytes text_;
    buffer out_;
    proxy_scheme scheme_;  // initially the scheme that socks:// means
    size_t position_ = 0;
    size_t end_ = 0;      // the end of the authority
    size_t written_ = 0;  // decoded bytes of the credentials
    proxy_uri uri_{};
};

constexpr bytes scheme(const proxy_uri& uri) noexcept {
    switch (uri.version) {
        case version::v4: return "socks4";
        case version::v4a: return "socks4a";
        case version::v5: break;
    }
    return uri.resolve_here ? bytes("socks5") : bytes("socks5h");
}

}  // namespace detail

/// Parses the URI of a proxy:
///
///     socks4://   [user ID@]host[:port][/]            SOCKS4; names are resolved by the client
///     socks4a://  [user ID@]host[:port][/]            SOCKS4a; names are resolved by the proxy
///     socks5://   [user[:password]@]host[:port][/]    SOCKS5; names are resolved by the client
///     socks5h://  [user[:password]@]host[:port][/]    SOCKS5; names are resolved by the proxy
///     socks://                                        as socks4://, or as `socks_scheme` says
///
/// The schemes have the same meaning as in curl; upper and lower case are equal. Programs disagree about
/// socks://, which GNOME writes into ALL_PROXY: curl reads it as socks4://, GIO as socks5h://.
///
/// An IPv6 address needs brackets. `%XX` is a byte of the user or password, so they can contain `/ ? # @ :
/// %`. They can contain a NUL too, but not in a user ID. `@host` has an empty user, which differs from a URI
/// without credentials.
///
/// @param text          the complete text.
/// @param out           the buffer for the decoded user and password: max_uri_credentials or the size of
///                      `text` is enough.
///                      After an error it may contain parts of them, so wipe it in any case.
/// @param socks_scheme  the meaning of socks://.
/// @errors    bad_scheme     not one of the five schemes, or no `://` after it
///            bad_path       more than a slash after the authority: a path, a query or a fragment
///            bad_escape     a percent sign in the credentials without two hexadecimal digits after it
///            bad_user       a user of more than 255 bytes, or a user ID with a NUL
///            bad_password   a password of more than 255 bytes, or a password over SOCKS4
///            bad_host       no host, neither an address nor a host name, or IPv6 without brackets
///            bad_host_byte  a control byte, a space or non-ASCII in the host
///            bad_port       not a number of 1..65535, or a colon without a number
///            no_space       `out` is too small for the credentials
///            overlap        `out` begins inside the text, after its first byte
/// @lifetime  a name points into `text`, user and password into `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       3986 section 3
[[nodiscard]] constexpr parsed<proxy_uri> parse_proxy_uri(
    bytes text SOCKS_LIFETIMEBOUND, buffer out SOCKS_LIFETIMEBOUND,
    proxy_scheme socks_scheme = proxy_scheme::socks4) noexcept {
    return detail::uri_reader(text, out, socks_scheme).parse();
}

/// Writes the URI of a proxy for a log: `socks5h://john:***@[2001:db8::1]:1080`. It never writes the password
/// or its length, and `***` does not show whether there is a password. Reserved bytes of the user become
/// `%XX`. There is no closing NUL.
///
/// @returns   the text in `out`.
/// @errors    no_space  out is smaller than the text; required() is the size of the text; `out` may be
///                      changed
///            overlap   user or host lies in `out`; nothing was written
/// @lifetime  the text is in `out`.
/// @cost      O(size of the text), constexpr, noexcept.
/// @rfc       3986 sections 2.1 and 3
constexpr encoded format(const proxy_uri& uri, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    detail::text_writer w(out);
    w.avoid(uri.credentials.user).avoid(uri.proxy.host.name());
    w.put(detail::scheme(uri)).put("://");
    if (uri.credentials.given) {
        for (size_t i = 0; i < uri.credentials.user.size(); ++i) {
            const uint8_t c = uri.credentials.user[i];
            if (detail::is_unreserved(static_cast<char>(c)))
                w.put(static_cast<char>(c));
            else
                w.put('%').hex(c);
        }
        w.put(uri.version == version::v5 ? bytes(":***@") : bytes("@"));
    }
    const bool six = uri.proxy.host.kind() == host_kind::ipv6;
    if (six) w.put('[');
    w.address(uri.proxy.host);
    if (six) w.put(']');
    return w.put(':').number(uri.proxy.port, 10).written();
}

}  // namespace socks

#endif
