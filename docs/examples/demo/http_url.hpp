// Parses http://host:port/path. The views in the result point into the text.

#ifndef EXAMPLES_DEMO_HTTP_URL_HPP
#define EXAMPLES_DEMO_HTTP_URL_HPP

#include <socks/socks.hpp>
#include <string>
#include <string_view>

#include "../common/options.hpp"

namespace example {

struct http_url {
    socks::endpoint host;
    std::string_view authority;
    std::string_view path;
};

/// Splits a text at the first `separator`. Without a separator, the first part is the complete text.
inline std::pair<std::string_view, std::string_view> split(std::string_view text,
                                                           std::string_view separator) {
    const size_t at = text.find(separator);
    if (at == text.npos) return {text, {}};
    return {text.substr(0, at), text.substr(at + separator.size())};
}

inline socks::endpoint parse_authority(std::string_view text, uint16_t default_port) {
    const auto e = socks::parse_endpoint(text, default_port);
    if (!e) throw bad_argument("\"" + std::string(text) + "\" is no HOST:PORT: " + to_string(e.error()));
    return *e;
}

inline http_url parse_http_url(std::string_view text) {
    const auto [scheme, rest] = split(text, "://");
    if (scheme != "http") throw bad_argument("the URL must begin with http://");
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
