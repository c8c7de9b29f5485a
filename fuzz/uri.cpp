// A proxy's URI: it is refused at a position in the text, or read. A printed URI reads as the same proxy and
// does not depend on the password. A URI that is put together from known parts is read as these.

#include "requests.hpp"

#include <cctype>

using namespace fuzzing;

namespace {

std::string printed(const socks::proxy_uri& uri) {
    return encode_exactly([&](buffer out) { return socks::format(uri, out); });
}

// Letters and digits, and `plain`, stand for themselves.
std::string escaped(const std::string& s, const char* plain, bool upper) {
    std::string made;
    for (const char c : s) {
        const auto byte = static_cast<unsigned char>(c);
        char room[4];
        std::snprintf(room, sizeof room, upper ? "%%%02X" : "%%%02x", static_cast<unsigned>(byte));
        const bool kept =
            byte < 128 && (std::isalnum(byte) != 0 || (c != '\0' && std::strchr(plain, c) != nullptr));
        made += kept ? std::string(1, c) : room;
    }
    return made;
}

// Up to 255 bytes, or one more.
std::string any_text(input& in) {
    const uint8_t choice = in.byte();
    if (choice % 8 == 0)
        return std::string(choice % 16 == 0 ? 255 : 256, static_cast<char>('a' + choice % 26));
    return text(in.take(choice % 8 - 1U));
}

struct parts {
    size_t scheme;
    bool given;
    std::string user, password, host;
    bool has_port;
    uint16_t port;

    [[nodiscard]] bool is4() const { return scheme < 2; }
    [[nodiscard]] errc fault() const {
        if (given && (user.size() > 255 || (is4() && user.find('\0') != std::string::npos)))
            return errc::bad_user;
        if (given && (password.size() > 255 || (is4() && !password.empty()))) return errc::bad_password;
        return has_port && port == 0 ? errc::bad_port : errc::none;
    }
};

parts any_parts(input& in) {
    constexpr const char* hosts[] = {"192.0.2.7", "[2001:db8::1]", "files.example.com"};
    const uint8_t choice = in.byte();
    parts p{choice % 4U, (choice & 4) != 0, {}, {}, hosts[choice / 32 % 3], (choice & 8) != 0, 0};
    if (p.given) p.user = any_text(in);
    if (p.given && (choice & 16) != 0) p.password = any_text(in);
    if (p.has_port) p.port = in.u16();
    return p;
}

// The last @ ends the credentials, and the first colon of them the user: others stand for themselves.
void build(input in) {
    constexpr const char* schemes[] = {"socks4", "socks4a", "socks5", "socks5h"};
    const parts p = any_parts(in);
    const std::string scheme = schemes[p.scheme];
    const std::string password = p.password.empty() ? "" : ':' + escaped(p.password, "-._~@:", false);
    const std::string port = p.has_port ? ':' + std::to_string(p.port) : "";
    const block uri(
        (p.given ? scheme + "://" + escaped(p.user, "-._~@", false) + password + '@' : scheme + "://") +
        p.host + port);
    block room(socks::max_uri_credentials);
    const auto read = socks::parse_proxy_uri(uri.view(), room.room());
    demand(read.error() == p.fault());
    if (!read) return;
    constexpr socks::version versions[] = {socks::version::v4, socks::version::v4a, socks::version::v5,
                                           socks::version::v5};
    demand(read->version == versions[p.scheme] && read->resolve_here == (p.scheme % 2 == 0));
    demand(read->credentials.given == p.given && text(read->credentials.user) == p.user &&
           text(read->credentials.password) == p.password);
    const uint16_t number = p.has_port ? p.port : uint16_t{1080};
    demand(read->proxy == socks::endpoint{socks::host(bytes(p.host)), number});
    const std::string who = p.given ? escaped(p.user, "-._~", true) + (p.is4() ? "@" : ":***@") : "";
    demand(printed(*read) == scheme + "://" + who + p.host + ':' + std::to_string(number));
}

}  // namespace

void fuzz(input in) {
    build(in);
    const block bytes(in.rest());
    block room(bytes.view().size());
    const auto read = socks::parse_proxy_uri(bytes.view(), room.room());
    demand(read.position() <= bytes.view().size() && read.error() != errc::no_space);
    if (!read) return;
    const socks::proxy_uri uri = *read;
    const size_t made = uri.credentials.user.size() + uri.credentials.password.size();
    demand(uri.credentials.user.size() <= 255 && uri.credentials.password.size() <= 255 &&
           uri.proxy.port != 0);
    block exact(made);
    const auto again = socks::parse_proxy_uri(bytes.view(), exact.room());
    demand(again && again->credentials.user == uri.credentials.user &&
           again->credentials.password == uri.credentials.password);
    if (made != 0) {
        block less(made - 1);
        demand(socks::parse_proxy_uri(bytes.view(), less.room()).error() == errc::no_space);
    }
    // Another meaning of socks:// changes the meaning of nothing else.
    block other_room(bytes.view().size());
    const auto meant = socks::parse_proxy_uri(bytes.view(), other_room.room(), socks::proxy_scheme::socks5h);
    const bool plain = bytes.view().size() > 5 && bytes.view()[5] == ':';
    demand(meant && meant->version == (plain ? socks::version::v5 : uri.version) &&
           meant->proxy == uri.proxy);
    const std::string s = printed(uri);
    demand(s.size() <= socks::max_text_uri);
    socks::proxy_uri other = uri;
    other.credentials.password = "another";
    demand(printed(other) == s);
    block decoded(s.size());
    const auto reread = socks::parse_proxy_uri(s, decoded.room());
    demand(reread && reread->version == uri.version && reread->resolve_here == uri.resolve_here &&
           reread->proxy == uri.proxy);
    demand(reread->credentials.given == uri.credentials.given &&
           reread->credentials.user == uri.credentials.user);
    // Whatever it holds can be asked for.
    const socks::request request{
        .version = uri.version, .to = {socks::ipv4{192, 0, 2, 1}, 80}, .credentials = uri.credentials};
    demand(socks::validate(request) == errc::none);
}
