// release() ends the use of an action and returns how many bytes the step read. After it every accessor
// asserts, because the input that it would read may be gone.

#include "conversations.hpp"

#if !defined(NDEBUG) && (defined(__unix__) || defined(__APPLE__))
#include "end_of.hpp"
#define CAN_FAIL_AN_ASSERTION 1
#else
#define CAN_FAIL_AN_ASSERTION 0
#endif

namespace {

using namespace drive;

constexpr socks::request login5{.to = {"files.example.com", 443}, .credentials = {"john", "foo"}};
constexpr socks::request toy5{.to = {"a.example", 25}, .methods = toy};
constexpr socks::request bind5{.command = command::bind, .to = {ipv4{198, 51, 100, 4}, 21}};
constexpr socks::request plain4{.version = version::v4, .to = {ipv4{66, 102, 7, 99}, 80}};

// The action of step `number` of a client, which has read `consumed` bytes of `says`.
struct client_row {
    const char* what;
    size_t consumed;
    int number;
    socks::request request;
    bytes says;
    socks::client_options options{};
    size_t room = socks::client::max_output;

    constexpr socks::client::action action(char* out) const {
        socks::client m(options);
        bytes in = says;
        for (int i = 1; i < number; ++i) in = in.subspan(m.step(request, in, {out, room}).consumed());
        return m.step(request, in, {out, room});
    }
};

constexpr client_row client_rows[] = {
    {"send", 0, 1, login5, ""},
    {"send after a message", 2, 2, login5, "05 02"_bytes},
    {"recv", 0, 2, login5, "05"_bytes},
    {"recv after a message", 2, 4, login5, "05 02"_bytes, {.pipelined = true}},
    {"negotiate", 2, 2, toy5, "05 80"_bytes},
    {"wait", 0, 3, toy5, "05 80  80"_bytes},
    {"bound", 10, 3, bind5, "05 00  05 00 00 01 cb007105 0fa0"_bytes},
    {"done", 8, 2, plain4, "00 5a 1f90 c0000207  'early'"_bytes},
    {"done with a name", 10, 4, login5, "05 02  01 00  05 00 00 03 03 'b.c' 0050  'early'"_bytes},
    {"fail by a first byte", 0, 2, plain4, "05"_bytes},
    {"fail by a refusal", 2, 2, plain4, "00 5b 1f90 c0000207"_bytes},
    {"fail by a full refusal", 8, 2, plain4, "00 5b 1f90 c0000207"_bytes, {.wait_for_full_refusal = true}},
    {"fail without space", 0, 1, login5, "", {}, 2},
};

// The same of a server. Before its last step the server gets `answer`, if it waits for one.
struct server_row {
    const char* what;
    size_t consumed;
    int number;
    socks::server_options options;
    bytes says;
    code5 answer{};
    size_t room = socks::server::max_output;

    constexpr socks::server::action action(char* out) const {
        socks::server m(options);
        bytes in = says;
        for (int i = 1; i < number; ++i) in = in.subspan(m.step(in, {out, room}).consumed());
        if (number == 3) static_cast<void>(m.answer({answer, {}}, {out, room}));
        return m.step(in, {out, room});
    }
};

constexpr server_row server_rows[] = {
    {"send", 3, 1, {}, "05 01 00"_bytes},
    {"recv", 0, 1, {}, "05 01"_bytes},
    {"authenticate", 10, 2, {.methods = method::username_password}, "05 01 02  01 04 'john' 03 'foo'"_bytes},
    {"negotiate", 0, 2, {.methods = toy}, "05 01 80"_bytes},
    {"serve over SOCKS4", 13, 1, {}, "04 01 0050 42660763 'fred' 00"_bytes},
    {"serve over SOCKS5", 16, 2, {}, "05 01 00  05 01 00 03 09 'a.example' 0019"_bytes},
    {"wait", 0, 2, {}, "04 01 0050 42660763 00  'early'"_bytes},
    {"done", 0, 3, {}, "05 01 00  05 01 00 01 42660763 0050  'early'"_bytes, code5::succeeded},
    {"fail by a first byte", 0, 1, {}, "99"_bytes},
    {"fail by a refusal", 0, 3, {}, "05 01 00  05 01 00 01 42660763 0050"_bytes, code5::host_unreachable},
    {"fail without space", 0, 1, {}, "05 01 00"_bytes, {}, 1},
};

template <class Row, size_t N>
constexpr void releases(check& t, const Row (&rows)[N], unsigned actions) {
    unsigned seen = 0;
    for (const Row& row : rows) {
        const auto entered = t.in(row.what);
        char out[socks::client::max_output] = {};
        auto a = row.action(out);
        seen |= 1U << static_cast<unsigned>(a.next());
        t.ok(a.consumed() == row.consumed);
        t.ok(a.release() == row.consumed);
    }
    t.ok(seen == (1U << actions) - 1);  // the rows have every action
}

constexpr void release_returns_what_a_step_consumed(check& t) {
    releases(t, client_rows, 7);
    releases(t, server_rows, 8);
}
PROVE_AND_RUN(release_returns_what_a_step_consumed)

// The memory of a foreign buffer is valid until the bytes are removed from it, so release() comes last.
constexpr void a_handshake_over_a_foreign_buffer_releases_every_message(check& t) {
    const bytes says = "05 02  01 00  05 00 00 03 10 'exit.example.net' 9c40  'early'"_bytes;
    socks::client m;
    char out[socks::client::max_output] = {};
    socks::stored_reply reply;
    bytes input = says;
    bool done = false;
    for (int i = 0; i < 4; ++i) {
        auto a = m.step(login5, input, out);
        done = a.next() == socks::client::next::done;
        if (done) reply = a.result().reply;
        input = input.subspan(a.release());
    }
    t.ok(done && input == "early");
    t.ok(reply.view().bound == socks::endpoint{"exit.example.net", 40000});
}
PROVE_AND_RUN(a_handshake_over_a_foreign_buffer_releases_every_message)

#if CAN_FAIL_AN_ASSERTION

// The accessors that every action has.
template <class Action>
void common_accessors_assert(check& t, Action& a) {
    t.ok(fails_an_assertion([&] { static_cast<void>(a.next()); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(a.consumed()); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(a.release()); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(a.data()); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(a.needed()); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(a.error()); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(a.required()); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(a.code()); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(a.byte()); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(a.method()); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(a.result()); }));
}

void a_released_action_of_a_client_asserts_in_every_accessor(check& t) {
    for (const client_row& row : client_rows) {
        const auto entered = t.in(row.what);
        char out[socks::client::max_output] = {};
        auto a = row.action(out);
        a.release();
        common_accessors_assert(t, a);
        t.ok(fails_an_assertion([&] { static_cast<void>(a.bound()); }));
    }
}
RUN(a_released_action_of_a_client_asserts_in_every_accessor)

void a_released_action_of_a_server_asserts_in_every_accessor(check& t) {
    for (const server_row& row : server_rows) {
        const auto entered = t.in(row.what);
        char out[socks::server::max_output] = {};
        auto a = row.action(out);
        a.release();
        common_accessors_assert(t, a);
        t.ok(fails_an_assertion([&] { static_cast<void>(a.user()); }));
        t.ok(fails_an_assertion([&] { static_cast<void>(a.password()); }));
        t.ok(fails_an_assertion([&] { static_cast<void>(a.version()); }));
        t.ok(fails_an_assertion([&] { static_cast<void>(a.command()); }));
        t.ok(fails_an_assertion([&] { static_cast<void>(a.to()); }));
    }
}
RUN(a_released_action_of_a_server_asserts_in_every_accessor)

#endif

}  // namespace
