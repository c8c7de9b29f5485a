// A proxy as people write it: socks5h://user:password@host:port. The scheme says which version, and who resolves names.
// What is not understood is refused with its place, never skipped; what goes back into text holds no password.

#ifndef SOCKS_TEXT_URI_HPP
#define SOCKS_TEXT_URI_HPP

#include <socks/core/letters.hpp>
#include <socks/core/request.hpp>
#include <socks/text/literal.hpp>

namespace socks {

/// The schemes of a proxy's URI that say everything: the version, and who resolves names.
enum class proxy_scheme : uint8_t {
    socks4,   ///< SOCKS4; names are resolved by the client
    socks4a,  ///< SOCKS4a; names are resolved by the proxy
    socks5,   ///< SOCKS5; names are resolved by the client
    socks5h,  ///< SOCKS5; names are resolved by the proxy
};

/// The port of a proxy whose URI has none.
inline constexpr uint16_t default_port = 1080;

/// A proxy, and how to ask it.
///
///     request want{.version = uri.version, .to = {"files.example.com", 443}, .credentials = uri.credentials};
///
/// @lifetime  a name points into the text, user and password into the room that parse_proxy_uri was given.
struct proxy_uri {
    socks::version version = version::v5;
    bool resolve_here = false;  ///< socks4 and socks5: the client resolves names, the proxy is sent addresses
    endpoint proxy{};
    socks::credentials credentials{};  ///< for SOCKS4 its user is the user ID
};

/// Room that always suffices for the credentials of a URI, and for format() of one.
inline constexpr size_t max_uri_credentials = 255 + 255;
inline constexpr size_t max_text_uri = 10 + 3 * 255 + 4 + 1 + max_text_endpoint;

namespace detail {

// Letters, digits and -._~ stand for themselves in every part of a URI.
constexpr bool is_unreserved(char c) noexcept {
    return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// The first `c` at `from` or behind, or the size of the text; from <= text.size().
constexpr size_t find(bytes text, char c, size_t from = 0) noexcept {
    return find(text.data(), from, text.size(), c);
}

// Why a URI is refused, and the offset of what is wrong. False when it is not.
struct uri_fault {
    errc why = errc::none;
    size_t at = 0;
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return why != errc::none; }
};

// Reads one URI from front to back. `at` is the offset of what is read next.
class uri_reader {
  public:
    constexpr uri_reader(bytes text, buffer room, proxy_scheme plain) noexcept
        : text_(text), room_(room), scheme_(plain) {}

    constexpr parsed<proxy_uri> parse() noexcept {
        if (is_ahead(room_.data(), text_.data(), text_.size())) return errc::overlap;
        uri_fault fault = scheme();
        if (!fault) fault = path();
        if (!fault) fault = credentials();
        if (!fault) fault = proxy();
        if (fault) return {fault.why, fault.at};
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
        for (at_ = colon; at_ < colon + separator.size(); ++at_)
            if (at_ >= text_.size() || text_[at_] != separator[at_ - colon]) return {errc::bad_scheme, at_};
        return {};
    }

    // The authority ends at the first of / ? #. Behind it stands a slash at most.
    constexpr uri_fault path() noexcept {
        end_ = at_;
        while (end_ < text_.size() && !bytes("/?#").contains(text_.data()[end_])) ++end_;
        size_t behind = end_;
        if (behind < text_.size() && text_[behind] == '/') ++behind;
        return behind == text_.size() ? uri_fault{} : uri_fault{errc::bad_path, behind};
    }

    // Up to the last @; a password begins behind the first colon.
    constexpr uri_fault credentials() noexcept {
        size_t stop = end_;
        while (stop > at_ && text_[stop - 1] != '@') --stop;
        if (stop == at_) return {};
        const size_t colon = find(text_.first(stop - 1), ':', at_);
        bytes user;
        bytes password;
        if (const uri_fault fault = decode(colon, errc::bad_user, user)) return fault;
        if (colon != stop - 1) {
            at_ = colon + 1;
            if (uri_.version != version::v5 && at_ != stop - 1) return {errc::bad_password, at_};
            if (const uri_fault fault = decode(stop - 1, errc::bad_password, password)) return fault;
        }
        uri_.credentials = {user, password};
        at_ = stop;
        return {};
    }

    // Percent-decodes up to `stop` into the room. A user ID of SOCKS4 ends with a NUL and holds none.
    constexpr uri_fault decode(size_t stop, errc too_much, bytes& decoded) noexcept {
        const size_t begin = made_;
        while (at_ < stop) {
            char c = text_.data()[at_];
            size_t width = 1;
            if (c == '%') {
                const int high = at_ + 2 < stop ? hex_digit(text_.data()[at_ + 1]) : -1;
                const int low = high < 0 ? -1 : hex_digit(text_.data()[at_ + 2]);
                if (low < 0) return {errc::bad_escape, at_};
                c = static_cast<char>(high * 16 + low);
                width = 3;
            }
            if (made_ - begin == 255 || (c == '\0' && uri_.version != version::v5)) return {too_much, at_};
            if (made_ == room_.capacity()) return {errc::no_space, at_};
            room_.data()[made_++] = c;
            at_ += width;
        }
        decoded = {room_.data() + begin, made_ - begin};
        return {};
    }

    constexpr uri_fault proxy() noexcept {
        const size_t begin = at_;
        const bool bracketed = at_ < end_ && text_[at_] == '[';
        const bytes until_end = text_.first(end_);
        const size_t colon = find(until_end, ':', bracketed ? find(until_end, ']', at_) : at_);
        at_ = begin + find_invisible(text_.first(colon).subspan(begin));
        if (at_ != colon) return {errc::bad_host_byte, at_};
        for (at_ = begin; at_ < colon && !bracketed; ++at_)
            if (!is_unreserved(text_.data()[at_]) && !bytes("!$&'()*+,;=").contains(text_.data()[at_]))
                return {errc::bad_host, at_};
        uri_.proxy = {host(text_.first(colon).subspan(begin)), default_port};
        const bool six_unbracketed = colon < end_ && !bracketed && find(until_end, ':', colon + 1) != end_;
        if (uri_.proxy.host.kind() == host_kind::bad || six_unbracketed) return {errc::bad_host, begin};
        if (colon == end_) return {};
        at_ = colon + 1;
        const auto port = parse_port(until_end.subspan(at_));
        if (!port || *port == 0) return {errc::bad_port, at_};
        uri_.proxy.port = *port;
        return {};
    }

    bytes text_;
    buffer room_;
    proxy_scheme scheme_;  // at first what socks:// means
    size_t at_ = 0;
    size_t end_ = 0;   // of the authority
    size_t made_ = 0;  // bytes of credentials
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

/// Reads the URI of a proxy:
///
///     socks4://   [user ID@]host[:port][/]            SOCKS4; names are resolved by the client
///     socks4a://  [user ID@]host[:port][/]            SOCKS4a; names are resolved by the proxy
///     socks5://   [user[:password]@]host[:port][/]    SOCKS5; names are resolved by the client
///     socks5h://  [user[:password]@]host[:port][/]    SOCKS5; names are resolved by the proxy
///     socks://                                        as socks4://, or as `plain` says
///
/// The schemes mean what they mean to curl, in upper and lower case. Programs do not agree about socks://, which GNOME
/// writes into ALL_PROXY: to curl it is socks4://, to GIO it is socks5h:// first of all.
///
/// An IPv6 address stands in brackets. `%XX` is a byte of user or password, so that they may hold `/ ? # @ : %`, a NUL
/// included (not in a user ID). `@host` is an empty user, which is not the same as none.
///
/// @param text   the complete text.
/// @param room   for user and password decoded, max_uri_credentials at most, and never more than the size of `text`.
///               Written to on failure too: wipe it in any case.
/// @param plain  what socks:// means.
/// @errors    bad_scheme     not one of the five, or no `://` behind it
///            bad_path       more than a slash behind the authority: a path, a query, a fragment
///            bad_escape     a percent sign in the credentials without two hexadecimal digits behind it
///            bad_user       a user of more than 255 bytes, or a user ID with a NUL inside
///            bad_password   one of more than 255 bytes, or one over SOCKS4, which has none
///            bad_host       none, or neither an address nor a host name; IPv6 without brackets
///            bad_host_byte  a control byte, a space or non-ASCII in the host
///            bad_port       not a number of 1..65535, or a colon without one
///            no_space       the room is too small for the credentials
///            overlap        the room begins in the text, behind its front
/// @lifetime  a name points into `text`, user and password into `room`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       3986 section 3
[[nodiscard]] constexpr parsed<proxy_uri> parse_proxy_uri(
    bytes text SOCKS_LIFETIMEBOUND, buffer room SOCKS_LIFETIMEBOUND,
    proxy_scheme plain = proxy_scheme::socks4) noexcept {
    return detail::uri_reader(text, room, plain).parse();
}

/// Prints a proxy's URI for a log: `socks5h://john:***@[2001:db8::1]:1080`. The password is never printed, nor its
/// length, nor whether there is one; what is not plain in a user becomes `%XX`. No closing NUL.
///
/// @returns   the text made in `out`.
/// @errors    no_space  out is smaller than the text; required() says how much it takes; `out` may be written to
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
