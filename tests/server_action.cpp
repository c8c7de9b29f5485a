// What a server is given and what it returns: its options, the texts of its states, and the accessors of its
// actions, whose views point where their lifetime says.

#include "refusals.hpp"
#include "text_of.hpp"

namespace {

using namespace drive;
using next = socks::server::next;

constexpr void a_server_accepts_all_versions_and_no_login_by_default(check& t) {
    const socks::server_options o;
    t.ok(o.v4 && o.v4a && o.v5 && !o.v4_after_greeting && o.tolerance == socks::lenient);
    t.ok(o.methods.size() == 1 && o.methods.contains(method::none));
}
PROVE_AND_RUN(a_server_accepts_all_versions_and_no_login_by_default)

constexpr void a_login_shows_user_and_password_in_the_input(check& t) {
    socks::server m({.methods = method::username_password});
    char out[socks::server::max_output] = {};
    const bytes all = "05 01 02  01 04 'john' 03 'foo'  05 01 00"_bytes;
    t.ok(m.step(all, out).consumed() == 3);
    const auto a = m.step(all.subspan(3), out);
    t.ok(a.next() == next::authenticate && a.consumed() == 10);
    t.ok(a.user() == "john" && a.password() == "foo");
    t.ok(a.user().data() == all.data() + 5 && a.password().data() == all.data() + 10);
    t.ok(m.method() == method::username_password);
}
PROVE_AND_RUN(a_login_shows_user_and_password_in_the_input)

constexpr void a_request_shows_all_that_a_client_can_say(check& t) {
    socks::server m({.methods = method::username_password});
    char out[socks::server::max_output] = {};
    t.ok(m.step("05 01 02"_bytes, out).next() == next::send);
    t.ok(m.step("01 00 00"_bytes, out).next() == next::authenticate);
    t.ok(m.authenticated(true, out).data() == "01 00"_bytes);
    const bytes request = "05 f0 00 03 11 'files.example.com' 01bb  'early'"_bytes;
    const auto a = m.step(request, out);
    t.ok(a.next() == next::serve && a.consumed() == 24);
    t.ok(a.version() == version::v5 && static_cast<uint8_t>(a.command()) == 0xf0);
    t.ok(a.to() == socks::endpoint{"files.example.com", 443});
    t.ok(a.to().host.name().data() == request.data() + 5);
    t.ok(a.method() == method::username_password && a.user().empty());
}
PROVE_AND_RUN(a_request_shows_all_that_a_client_can_say)

constexpr void a_socks4_request_shows_its_user_id(check& t) {
    socks::server m;
    char out[socks::server::max_output] = {};
    const bytes request = "04 02 0015 00000007 'fred' 00 'a.example' 00  'early'"_bytes;
    const auto a = m.step(request, out);
    t.ok(a.next() == next::serve && a.consumed() == 23);
    t.ok(a.version() == version::v4a && a.command() == command::bind && a.method() == method::none);
    t.ok(a.user() == "fred" && a.user().data() == request.data() + 8);
    t.ok(a.to() == socks::endpoint{"a.example", 21} && a.to().host.name().data() == request.data() + 13);
    t.ok(m.method() == method::none);
}
PROVE_AND_RUN(a_socks4_request_shows_its_user_id)

constexpr bool stands(const socks::server& m, socks::server_state expected, bytes text) {
    return m.state() == expected && text_of(to_string(m.state())) == text;
}

constexpr void a_state_says_what_a_server_waits_for(check& t) {
    using state = socks::server_state;
    char out[socks::server::max_output] = {};
    socks::server m(with_login);
    t.ok(stands(m, state::start, "waiting for the first message"));
    t.ok(m.step("05 01 02"_bytes, out).next() == next::send);
    t.ok(stands(m, state::credentials, "waiting for user name and password"));
    t.ok(m.step("01 04 'john' 03 'foo'"_bytes, out).next() == next::authenticate);
    t.ok(stands(m, state::authenticate, "before the verdict on user name and password"));
    t.ok(m.authenticated(true, out).size() == 2);
    t.ok(stands(m, state::request, "waiting for the request"));
    t.ok(m.step("05 02 00 01 c0000207 0019"_bytes, out).next() == next::serve);
    t.ok(stands(m, state::serve, "before the answer to the request"));
    t.ok(m.answer({code5::succeeded, {}}, out).size() == 10);
    t.ok(stands(m, state::second_answer, "before the second answer to BIND"));
    t.ok(m.answer({code5::succeeded, {}}, out).size() == 10);
    t.ok(stands(m, state::success, "after the handshake"));
    t.ok(m.step("", out).next() == next::done && stands(m, state::done, "after the handshake"));
    t.ok(m.step("", out).next() == next::fail);
    t.ok(stands(m, state::failed, "after the handshake failed"));

    socks::server other({.methods = toy});
    t.ok(other.step("05 01 80"_bytes, out).next() == next::send);
    t.ok(stands(other, state::negotiate, "before the sub-negotiation"));
    t.ok(other.step("", out).next() == next::negotiate);
    t.ok(stands(other, state::negotiation, "during the sub-negotiation"));

    socks::server four({.v5 = false, .v4_after_greeting = true});
    t.ok(four.step("05 01 00"_bytes, out).next() == next::send);
    t.ok(stands(four, state::after_greeting, "waiting for a SOCKS4 request after the greeting"));
    t.ok(text_of(to_string(state{99})) == "in an unknown state");
}
PROVE_AND_RUN(a_state_says_what_a_server_waits_for)

}  // namespace
