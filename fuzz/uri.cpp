// A proxy's URI: refused at a place within the text, or read; what is printed again reads as the same proxy and does
// not depend on the password.

#include "wishes.hpp"

using namespace fuzzing;

namespace {

std::string printed(const socks::proxy_uri& uri) {
    return encode_exactly([&](buffer out) { return socks::format(uri, out); });
}

}  // namespace

void fuzz(input in) {
    const block octets(in.rest());
    block room(octets.view().size());
    const auto read = socks::parse_proxy_uri(octets.view(), room.room());
    demand(read.at() <= octets.view().size() && read.error() != errc::no_space);
    if (!read) return;
    const socks::proxy_uri uri = *read;
    const size_t made = uri.login.user.size() + uri.login.password.size();
    demand(uri.login.user.size() <= 255 && uri.login.password.size() <= 255 && uri.proxy.port != 0);
    block exact(made);
    const auto again = socks::parse_proxy_uri(octets.view(), exact.room());
    demand(again && again->login.user == uri.login.user && again->login.password == uri.login.password);
    if (made != 0) {
        block less(made - 1);
        demand(socks::parse_proxy_uri(octets.view(), less.room()).error() == errc::no_space);
    }
    // Another meaning of socks:// changes the meaning of nothing else.
    block other_room(octets.view().size());
    const auto meant = socks::parse_proxy_uri(octets.view(), other_room.room(), socks::proxy_scheme::socks5h);
    const bool plain = octets.view().size() > 5 && octets.view()[5] == ':';
    demand(meant && meant->via == (plain ? socks::version::v5 : uri.via) && meant->proxy == uri.proxy);
    const std::string s = printed(uri);
    demand(s.size() <= socks::max_text_uri);
    socks::proxy_uri other = uri;
    other.login.password = "another";
    demand(printed(other) == s);
    block decoded(s.size());
    const auto reread = socks::parse_proxy_uri(s, decoded.room());
    demand(reread && reread->via == uri.via && reread->resolve_here == uri.resolve_here &&
           reread->proxy == uri.proxy);
    demand(reread->login.given == uri.login.given && reread->login.user == uri.login.user);
    // Whatever it holds can be asked for.
    const socks::request want{.via = uri.via, .to = {socks::ipv4{192, 0, 2, 1}, 80}, .login = uri.login};
    demand(socks::validate(want) == errc::none);
}
