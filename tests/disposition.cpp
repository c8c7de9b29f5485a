// The conservative table, row by row: C connected, R retry, H hold. Then changed rows, and the texts.

#include <socks/policy/disposition.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"
#include "dispositions.hpp"
#include "text_of.hpp"

namespace {

using ::check;
using namespace socks;
using namespace dispositions;

static_assert(sizeof(disposition_table) == 96);  // a bit for each of three times 256 rows

// 16 codes a line. SOCKS4: 90 connected, any other held.
constexpr char socks4_codes[] =
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHCHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH";

// SOCKS5: 0 connected, any other held.
constexpr char socks5_codes[] =
    "CHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH";

constexpr disposition cautious(const outcome& o) { return decide(o, conservative_dispositions); }

constexpr void every_reply_code_of_socks4_is_judged(check& t) {
    agree_on_socks4(t, conservative_dispositions, socks4_codes);
    t.ok(cautious(code4::granted) == disposition::connected &&
         cautious(code4::rejected) == disposition::hold);
}
PROVE_AND_RUN(every_reply_code_of_socks4_is_judged)

constexpr void every_reply_code_of_socks5_is_judged(check& t) {
    agree_on_socks5(t, conservative_dispositions, socks5_codes);
    t.ok(cautious(code5::connection_refused) == disposition::hold && cautious(code5{6}) == disposition::hold);
}
PROVE_AND_RUN(every_reply_code_of_socks5_is_judged)

constexpr void every_failure_without_a_reply_is_judged(check& t) {
    agree_on_failures(t, conservative_dispositions);
    for (const errc e :
         {errc::unreachable, errc::timed_out, errc::closed, errc::truncated, errc::stream_failed})
        t.in().ok(cautious(e) == disposition::retry);
    for (const errc e :
         {errc::credentials_refused, errc::no_acceptable_method, errc::bad_version, errc::refused})
        t.in().ok(cautious(e) == disposition::hold);
    t.ok(cautious(errc::closed_while_bound) == disposition::retry &&
         cautious(errc::no_space) == disposition::hold);
}
PROVE_AND_RUN(every_failure_without_a_reply_is_judged)

// A table without rows holds every failure.
constexpr void a_new_table_holds_every_failure(check& t) {
    for (unsigned i = 0; i < 256; ++i)
        for (const outcome& o :
             {outcome(code_of(version::v5, i)), outcome(code_of(version::v4, i)), outcome(failure_of(i))})
            t.in(size_t{i}).ok(disposition_table()[o] ==
                               (o.succeeded() ? disposition::connected : disposition::hold));
}
PROVE_AND_RUN(a_new_table_holds_every_failure)

// How many of the 768 rows `a` and `b` judge differently.
constexpr int differences(const disposition_table& a, const disposition_table& b) {
    int n = 0;
    for (unsigned i = 0; i < 256; ++i) {
        n += a[code_of(version::v4, i)] != b[code_of(version::v4, i)];
        n += a[code_of(version::v5, i)] != b[code_of(version::v5, i)];
        n += a[failure_of(i)] != b[failure_of(i)];
    }
    return n;
}

constexpr void single_rows_can_be_judged_otherwise(check& t) {
    constexpr auto mine = conservative_dispositions.retrying(code5::host_unreachable)
                              .retrying(code_of(version::v5, 0xff))
                              .retrying(code4::rejected)
                              .holding(errc::closed)
                              .retrying(errc::credentials_refused);
    t.ok(decide(code5::host_unreachable, mine) == disposition::retry);
    t.ok(decide(code_of(version::v5, 0xff), mine) == disposition::retry);
    t.ok(decide(code4::rejected, mine) == disposition::retry &&
         decide(errc::closed, mine) == disposition::hold);
    t.ok(decide(errc::credentials_refused, mine) == disposition::retry);
    t.ok(differences(mine, conservative_dispositions) == 5);
    t.ok(differences(conservative_dispositions, conservative_dispositions) == 0);
    t.ok(differences(mine.retrying(code5::host_unreachable), mine) == 0);
    t.ok(differences(mine.holding(code5::host_unreachable), conservative_dispositions) == 4);
    t.ok(mine[code_of(version::v4a, 0x5b)] == disposition::retry);
}
PROVE_AND_RUN(single_rows_can_be_judged_otherwise)

void each_row_is_a_row_of_its_own(check& t) {
    for (unsigned i = 0; i < 256; ++i) {
        const outcome rows[] = {code_of(version::v4, i), code_of(version::v5, i), failure_of(i)};
        for (const outcome& o : rows) {
            const auto entered = t.in();
            const disposition_table& before = conservative_dispositions;
            const disposition_table table =
                before[o] == disposition::retry ? before.holding(o) : before.retrying(o);
            t.ok(differences(table, before) == (o.succeeded() ? 0 : 1));
        }
    }
}
RUN(each_row_is_a_row_of_its_own)

void no_table_holds_what_succeeded_or_connects_what_failed(check& t) {
    disposition_table table;
    for (unsigned i = 0; i < 256; ++i) {
        table = table.holding(code_of(version::v4, i)).retrying(code_of(version::v5, i));
        table = table.holding(failure_of(i));
    }
    t.ok(table[code4::granted] == disposition::connected &&
         table[code5::succeeded] == disposition::connected);
    t.ok(table[errc::none] == disposition::connected);
    for (unsigned i = 1; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        t.ok(table[code_of(version::v5, i)] == disposition::retry);
        t.ok(table[failure_of(i)] == disposition::hold);
        if (i != 90) t.ok(table[code_of(version::v4, i)] == disposition::hold);
    }
}
RUN(no_table_holds_what_succeeded_or_connects_what_failed)

// Plays a client that wants the least of a proxy which says `replies` and then closes.
constexpr outcome ends(bytes replies, version via) {
    const socks::request request{.version = via, .to = {ipv4{192, 0, 2, 7}, 443}};
    client machine;
    machine.end_of_stream();
    char out[client::max_output] = {};
    for (;;) {
        const auto a = machine.step(request, replies, out);
        replies = replies.subspan(a.consumed());
        if (a.next() == client::next::done || a.next() == client::next::fail) return outcome_of(a);
    }
}

constexpr void the_end_of_a_handshake_is_an_outcome(check& t) {
    const outcome good = ends("05 00  05 00 00 01 c0000201 1f90"_bytes, version::v5);
    t.ok(good.succeeded() && good.has_code() && good.code() == code5::succeeded &&
         good.error() == errc::none);
    const outcome refused = ends("05 00  05 05"_bytes, version::v5);
    t.ok(!refused.succeeded() && refused.code() == code5::connection_refused);
    t.ok(refused.error() == errc::refused && cautious(refused) == disposition::hold);
    const outcome held = ends("00 5d"_bytes, version::v4);
    t.ok(held.code() == code4::identd_mismatch && cautious(held) == disposition::hold);
    const outcome cut = ends("05 00  05"_bytes, version::v5);
    t.ok(!cut.has_code() && cut.error() == errc::truncated && cautious(cut) == disposition::retry);
    const outcome no_socks = ends("HTTP/1.1 400", version::v5);
    t.ok(no_socks.error() == errc::peer_is_http && cautious(no_socks) == disposition::hold);
    t.ok(refused == outcome(code5::connection_refused) && !(refused == outcome(errc::refused)));
}
PROVE_AND_RUN(the_end_of_a_handshake_is_an_outcome)

constexpr void a_server_that_is_done_has_succeeded(check& t) {
    bytes in = "05 01 00  05 01 00 01 c0000207 01bb"_bytes;
    server machine;
    char out[server::max_pending] = {};
    for (;;) {
        const auto a = machine.step(in, out);
        in = in.subspan(a.consumed());
        if (a.next() == server::next::serve) t.ok(!!machine.answer({code5::succeeded, {}}, out));
        if (a.next() != server::next::done) continue;
        const outcome good = outcome_of(a);
        t.ok(good.succeeded() && !good.has_code() && cautious(good) == disposition::connected);
        return;
    }
}
PROVE_AND_RUN(a_server_that_is_done_has_succeeded)

// After SO_RCVTIMEO, run() returns an action that still waits for bytes.
constexpr void a_handshake_that_still_waits_has_not_succeeded(check& t) {
    const socks::request request{.to = {ipv4{192, 0, 2, 7}, 443}};
    client waits;
    char room[client::max_output] = {};
    t.ok(outcome_of(waits.step(request, {}, room)) == outcome(errc::timed_out));
    t.ok(outcome_of(waits.step(request, {}, room)) == outcome(errc::timed_out));
    server asks;
    t.ok(outcome_of(asks.step(bytes(), room)) == outcome(errc::timed_out));
}
PROVE_AND_RUN(a_handshake_that_still_waits_has_not_succeeded)

constexpr void an_operator_is_told_in_words(check& t) {
    t.ok(text_of(reason(code5::succeeded)) == "connected" && text_of(reason(code4::granted)) == "connected");
    t.ok(text_of(reason(errc::none)) == "connected");
    t.ok(text_of(reason(code5::connection_refused)) == "the destination refused the connection");
    t.ok(text_of(reason(code_of(version::v4a, 93))) ==
         "the proxy was told by identd that the user is another one");
    t.ok(text_of(reason(code5{0xf0})) == "the proxy refused with a code that no document names");
    t.ok(text_of(reason(errc::timed_out)) == "the deadline passed");
}
PROVE_AND_RUN(an_operator_is_told_in_words)

constexpr void an_operator_is_told_the_number_of_a_code_without_a_name(check& t) {
    const auto prints = [](const outcome& o, bytes text) {
        char room[max_text_outcome] = {};
        return format(o, room).data() == text;
    };
    t.ok(prints(code5{0xc8}, "the proxy refused with a code that no document names: 0xC8"));
    t.ok(prints(code4{0x00}, "the proxy refused with a code that no document names: 0x00"));
    t.ok(prints(code5::connection_refused, "the destination refused the connection"));
    t.ok(prints(code4::granted, "connected") && prints(errc::none, "connected"));
    t.ok(prints(errc::timed_out, "the deadline passed"));
    size_t longest = 0;
    for (unsigned i = 0; i < 256; ++i)
        for (const outcome& o :
             {outcome(code_of(version::v5, i)), outcome(code_of(version::v4, i)), outcome(failure_of(i))}) {
            const auto entered = t.in();
            char room[max_text_outcome] = {};
            const encoded made = format(o, room);
            t.ok(!!made);
            if (made.size() > longest) longest = made.size();
        }
    t.ok(longest == max_text_outcome);
    t.ok(format(outcome(code5{0xc8}), {}).required() == 58);
}
PROVE_AND_RUN(an_operator_is_told_the_number_of_a_code_without_a_name)

constexpr void a_disposition_has_a_name_of_one_word(check& t) {
    const struct {
        disposition means;
        bytes name;
    } rows[] = {
        {disposition::connected, "connected"},
        {disposition::retry, "retry"},
        {disposition::hold, "hold"},
        {static_cast<disposition>(3), "unknown disposition"},
        {static_cast<disposition>(255), "unknown disposition"},
    };
    for (const auto& row : rows) t.in().ok(text_of(to_string(row.means)) == row.name);
}
PROVE_AND_RUN(a_disposition_has_a_name_of_one_word)

// Each named code has words of its own; those without a name share theirs.
constexpr void every_code_has_its_words(check& t) {
    const bytes nameless = text_of(reason(code5{9}));
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        t.ok((text_of(reason(code_of(version::v5, i))) == nameless) == (i > 8));
        t.ok((text_of(reason(code_of(version::v4, i))) == nameless) == (i < 90 || i > 93));
        for (unsigned j = 0; j < i && i < 9; ++j)
            t.in(size_t{j}).ok(text_of(reason(code_of(version::v5, i))) !=
                               text_of(reason(code_of(version::v5, j))));
    }
}
PROVE_AND_RUN(every_code_has_its_words)

// The table is a constant. Its making is run here too.
void the_conservative_table_is_the_same_at_run_time(check& t) {
    t.ok(differences(detail::make_conservative_dispositions(), conservative_dispositions) == 0);
}
RUN(the_conservative_table_is_the_same_at_run_time)

}  // namespace
