// A proxy's URI: it is refused at a position in the text, or read. A printed URI reads as the same proxy and
// does not depend on the password.

#include "requests.hpp"

using namespace fuzzing;

namespace {

std::string printed(const socks::proxy_uri& uri) {
    return encode_exactly([&](buffer out) { return socks::format(uri, out); });
}

}  // namespace

void fuzz(input in) {
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
