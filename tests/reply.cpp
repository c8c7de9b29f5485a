// The server's answer: a code and the bound address.

#include <socks/core/reply.hpp>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

// An answer that somebody forgot to fill in must not let anybody through.
constexpr void a_reply_that_was_never_filled_in_refuses(check& t) {
    t.ok(!reply{}.code.succeeded());
    t.ok(reply{}.code == code5::general_failure);
    t.ok(reply{}.bound.host.kind() == host_kind::none && reply{}.bound.port == 0);
    t.ok(reply5{}.code == code5::general_failure && reply4{}.code == code4::rejected);
}
PROVE_AND_RUN(a_reply_that_was_never_filled_in_refuses)

// R14.
constexpr void a_reply_is_a_code_and_an_endpoint(check& t) {
    const reply granted{code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}};
    t.ok(granted.code.succeeded() && granted.bound == endpoint{ipv4{192, 0, 2, 7}, 1080});
    const reply refused{code5::connection_refused};
    t.ok(!refused.code.succeeded() && refused.bound == endpoint{});
    const reply by_socks4{code4::granted, unspecified_ipv4};
    t.ok(by_socks4.code.succeeded() && by_socks4.bound == unspecified_ipv4);
}
PROVE_AND_RUN(a_reply_is_a_code_and_an_endpoint)

}  // namespace
