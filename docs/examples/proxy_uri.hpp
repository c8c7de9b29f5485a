// How people name a proxy, socks5h://user:password@host:port, and what they want through it,
// http://host:port/path. The views of a result point into the text, except credentials, which were decoded.

#ifndef EXAMPLES_PROXY_URI_HPP
#define EXAMPLES_PROXY_URI_HPP

#include <socks/socks.hpp>
#include <string>
#include <string_view>

#include "options.hpp"

namespace example {

struct proxy_uri {
    socks::endpoint proxy;
    socks::version via = socks::version::v5;
    bool resolve_here = false;  ///< socks4 and socks5: the proxy gets addresses only
    bool has_login = false;
    std::string user;
    std::string password;
};

struct http_url {
    socks::endpoint host;
    std::string_view authority;
    std::string_view path;
};

/// The text before and after the first `separator`; all of it before when there is none.
inline std::pair<std::string_view, std::string_view> split(std::string_view text,
                                                           std::string_view separator) {
    const size_t at = text.find(separator);
    if (at == text.npos) return {text, {}};
    return {text.substr(0, at), text.substr(at + separator.size())};
}

inline std::string percent_decoded(std::string_view text) {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        const char lower = static_cast<char>(c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    };
    std::string octets;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            octets += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
        const int low = high < 0 ? -1 : digit(text[i + 2]);
        if (low < 0) throw bad_argument("a % in user or password needs two hexadecimal digits after it");
        octets += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return octets;
}

inline socks::endpoint parse_authority(std::string_view text, uint16_t default_port) {
    socks::endpoint e;
    const socks::errc fault = socks::parse_endpoint(text, e, default_port);
    if (fault != socks::errc::none)
        throw bad_argument("\"" + std::string(text) + "\" is no HOST:PORT: " + name(fault));
    return e;
}

inline proxy_uri parse_proxy_uri(std::string_view text) {
    const auto [scheme, rest] = split(text, "://");
    proxy_uri p;
    if (scheme == "socks4" || scheme == "socks5")
        p.resolve_here = true;
    else if (scheme != "socks4a" && scheme != "socks5h")
        throw bad_argument("a proxy begins with socks4://, socks4a://, socks5:// or socks5h://");
    const bool four = scheme.starts_with("socks4");
    if (four) p.via = p.resolve_here ? socks::version::v4 : socks::version::v4a;
    std::string_view authority = rest;
    if (authority.ends_with('/')) authority.remove_suffix(1);
    const size_t at = authority.rfind('@');
    if (at != authority.npos) {
        const auto [user, password] = split(authority.substr(0, at), ":");
        if (four && !password.empty()) throw bad_argument("SOCKS4 has a user ID, but no password");
        p.user = percent_decoded(user);
        p.password = percent_decoded(password);
        p.has_login = true;
        authority.remove_prefix(at + 1);
    }
    p.proxy = parse_authority(authority, 1080);
    return p;
}

inline http_url parse_http_url(std::string_view text) {
    const auto [scheme, rest] = split(text, "://");
    if (scheme != "http") throw bad_argument("what to fetch begins with http://");
    http_url u;
    const size_t slash = rest.find('/');
    u.authority = rest.substr(0, slash);
    u.path = slash == rest.npos ? "/" : split(rest.substr(slash), "#").first;
    for (const char c : u.path)
        if (c <= ' ' || c == 0x7f) throw bad_argument("a space or a control character in the path");
    u.host = parse_authority(u.authority, 80);
    return u;
}

}  // namespace example

#endif
