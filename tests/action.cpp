// The result of one step: it has 24 bytes, each accessor has a meaning for the actions in its comment, and
// each view points where its lifetime says.

#include <type_traits>

#include "conversations.hpp"

namespace {

using namespace drive;

static_assert(sizeof(void*) != 8 || sizeof(socks::client::action) == 24);
static_assert(sizeof(void*) != 8 || sizeof(socks::server::action) == 24);
static_assert(std::is_trivially_copyable_v<socks::client::action>);
static_assert(std::is_trivially_copyable_v<socks::server::action>);

constexpr socks::request login5{.to = {"files.example.com", 443}, .credentials = {"john", "foo"}};

constexpr void data_lies_in_the_room_for_output(check& t) {
    socks::client m;
    char out[socks::client::max_output] = {};
    const auto a = m.step(login5, "", out);
    t.ok(a.next() == socks::client::next::send && a.consumed() == 0);
    t.ok(a.data().data() == out && a.data() == "05 01 02"_bytes);
}
PROVE_AND_RUN(data_lies_in_the_room_for_output)

constexpr void views_of_a_done_client_lie_in_the_input(check& t) {
    socks::client m;
    char out[socks::client::max_output] = {};
    const bytes all = "05 02  01 00  05 00 00 03 10 'exit.example.net' 9c40  'early'"_bytes;
    t.ok(m.step(login5, all, out).consumed() == 0);
    t.ok(m.step(login5, all, out).consumed() == 2);
    t.ok(m.step(login5, all.subspan(2), out).consumed() == 2);
    const auto a = m.step(login5, all.subspan(4), out);
    t.ok(a.next() == socks::client::next::done && a.consumed() == 23);
    const socks::client::completed f = a.result();
    t.ok(f.reply.code == socks::reply_code(code5::succeeded));
    t.ok(f.reply.bound == socks::endpoint{"exit.example.net", 40000});
    t.ok(f.reply.bound.host.name().data() == all.data() + 9);
    t.ok(f.early.data() == all.data() + 27 && f.early == "early");
}
PROVE_AND_RUN(views_of_a_done_client_lie_in_the_input)

constexpr void a_done_client_without_early_data_hands_over_none(check& t) {
    socks::client m;
    char out[socks::client::max_output] = {};
    const socks::request request{.version = version::v4, .to = {ipv4{66, 102, 7, 99}, 80}};
    t.ok(m.step(request, "", out).next() == socks::client::next::send);
    const auto a = m.step(request, "00 5a 1f90 c0000207"_bytes, out);
    t.ok(a.result().early.empty());
    t.ok(a.result().reply.code == socks::reply_code(code4::granted));
}
PROVE_AND_RUN(a_done_client_without_early_data_hands_over_none)

constexpr void a_refusal_shows_its_code_with_its_version(check& t) {
    char out[socks::client::max_output] = {};
    socks::client five;
    t.ok(five.step(login5, "", out).next() == socks::client::next::send);
    t.ok(five.step(login5, "05 02"_bytes, out).next() == socks::client::next::send);
    t.ok(five.step(login5, "01 00"_bytes, out).next() == socks::client::next::send);
    const auto a = five.step(login5, "05 5b"_bytes, out);
    t.ok(a.error() == errc::refused && a.code() == socks::reply_code(version::v5, 0x5b) && a.byte() == 0x5b);
    t.ok(!a.code().succeeded() && a.bound() == socks::endpoint{});

    socks::client four;
    const socks::request request{.version = version::v4a, .to = {"a.example", 80}};
    t.ok(four.step(request, "", out).next() == socks::client::next::send);
    const auto b = four.step(request, "00 00"_bytes, out);
    t.ok(b.error() == errc::refused && b.code() == socks::reply_code(version::v4, 0x00));
    t.ok(!b.code().succeeded());
}
PROVE_AND_RUN(a_refusal_shows_its_code_with_its_version)

constexpr void a_server_s_refusal_shows_the_code_it_sent(check& t) {
    char out[socks::server::max_output] = {};
    socks::server m;
    t.ok(m.step("04 01 0050 42660763 00"_bytes, out).next() == socks::server::next::serve);
    t.ok(m.answer({code5::host_unreachable, {}}, out).data() == "00 5b 0000 00000000"_bytes);
    const auto a = m.step("", out);
    t.ok(a.error() == errc::refused && a.code() == socks::reply_code(code4::rejected));
}
PROVE_AND_RUN(a_server_s_refusal_shows_the_code_it_sent)

// An inbox is emptied by done, so that nobody can forget what was in it; a view of it stays until the next
// space().
constexpr void done_empties_the_inbox(check& t) {
    socks::server m;
    socks::inbox<socks::server::max_input> in;
    char out[socks::server::max_output] = {};
    const bytes all = "04 01 0050 42660763 00  'early'"_bytes;
    const socks::buffer to = in.prepare(all.size());
    for (size_t i = 0; i < all.size(); ++i) to.data()[i] = all.data()[i];
    in.commit(all.size());
    const auto asked = m.step(in, out);
    t.ok(asked.next() == socks::server::next::serve && in.data() == "early");
    t.ok(m.answer({code4::granted, {}}, out).size() == 8);
    t.ok(asked.to() == socks::endpoint{ipv4{66, 102, 7, 99}, 80});
    const auto a = m.step(in, out);
    t.ok(a.next() == socks::server::next::done && a.result().early == "early" && in.empty());
}
PROVE_AND_RUN(done_empties_the_inbox)

}  // namespace
