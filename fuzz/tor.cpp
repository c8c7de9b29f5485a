// Tor's reading of credentials: each user and password has one meaning, and credentials that the builders
// make read as their arguments. A lookup finds what the reply says, of the kind that was asked for.

#include "requests.hpp"

using namespace fuzzing;

void fuzz(input in) {
    using socks::tor::isolation_format;
    const block user(in.counted());
    const block password(in.counted());
    const bool given = (in.byte() & 1) != 0;
    const socks::credentials who =
        given ? socks::credentials(user.view(), password.view()) : socks::credentials();
    const auto read = socks::tor::read_isolation(who);
    const bool prefixed = text(user.view()).rfind("<torS0X>", 0) == 0;
    demand(given == (read.format != isolation_format::none));
    if (given) demand(prefixed == (read.format != isolation_format::legacy));
    if (read.format == isolation_format::token)
        demand(user.view() == "<torS0X>0" && read.token == who.password);
    if (read.format == isolation_format::object) {
        const auto encode = [&](buffer out) { return socks::tor::encode_object_user(read.object, out); };
        demand(encode_exactly(encode) == text(user.view()) && read.token == who.password);
    }
    const auto isolated = socks::tor::read_isolation(socks::tor::isolation_credentials(password.view()));
    demand(isolated.format == isolation_format::token && isolated.token == password.view());
    const uint64_t counter = static_cast<uint64_t>(in.u16()) << 48 | in.u16();
    const std::string token =
        encode_exactly([&](buffer out) { return socks::tor::encode_token(password.view(), counter, out); });
    if (password.view().size() > 239) return demand(token.empty());
    const std::string prefix = text(password.view());
    demand(token.size() == prefix.size() + 16 && token.compare(0, prefix.size(), prefix) == 0);
    demand(std::strtoull(token.c_str() + prefix.size(), nullptr, 16) == counter);
    const socks::reply answer = any_reply(in);
    const auto asked = static_cast<socks::command>(in.byte());
    const socks::host found = socks::tor::found(asked, answer);
    const socks::host_kind kind = answer.bound.host.kind();
    const bool address = kind == socks::host_kind::ipv4 || kind == socks::host_kind::ipv6;
    const bool fits = (asked == socks::command{0xf0} && address) ||
                      (asked == socks::command{0xf1} && kind == socks::host_kind::name);
    demand(found == (fits && answer.code.succeeded() ? answer.bound.host : socks::host()));
    demand(*socks::tor::to_string(answer.code) != '\0' && *socks::tor::to_string(asked) != '\0');
}
