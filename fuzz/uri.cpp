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
    socks::proxy_uri uri;
    const socks::uri_fault fault = socks::parse_proxy_uri(octets.view(), uri, room.room());
    demand(fault.at <= octets.view().size() && fault.why != errc::no_space);
    if (fault) {
        demand(uri.proxy.host.is() == socks::host::kind::none && !uri.login.given);
        return;
    }
    const size_t made = uri.login.user.size() + uri.login.password.size();
    demand(uri.login.user.size() <= 255 && uri.login.password.size() <= 255 && uri.proxy.port != 0);
    block exact(made);
    socks::proxy_uri again;
    demand(!socks::parse_proxy_uri(octets.view(), again, exact.room()));
    demand(again.login.user == uri.login.user && again.login.password == uri.login.password);
    if (made != 0) {
        block less(made - 1);
        demand(socks::parse_proxy_uri(octets.view(), again, less.room()).why == errc::no_space);
    }
    const std::string s = printed(uri);
    demand(s.size() <= socks::max_text_uri);
    socks::proxy_uri other = uri;
    other.login.password = "another";
    demand(printed(other) == s);
    block decoded(s.size());
    socks::proxy_uri reread;
    demand(!socks::parse_proxy_uri(s, reread, decoded.room()));
    demand(reread.via == uri.via && reread.resolve_here == uri.resolve_here && reread.proxy == uri.proxy);
    demand(reread.login.given == uri.login.given && reread.login.user == uri.login.user);
    // Whatever it holds can be asked for.
    const socks::request want{.via = uri.via, .to = {socks::ipv4{192, 0, 2, 1}, 80}, .login = uri.login};
    demand(socks::check(want) == errc::none);
}
