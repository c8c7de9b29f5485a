// The fixed buffers: bytes come out in the order in which they went in, views stay valid until the documented
// call ends them, and wiped bytes are gone.

#include <socks/machine/mailbox.hpp>

#include <type_traits>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

// Receives `bytes` into `room`, as a socket would.
constexpr size_t receive(buffer room, bytes bytes) {
    const size_t n = bytes.size() < room.capacity() ? bytes.size() : room.capacity();
    for (size_t i = 0; i < n; ++i) room.data()[i] = bytes.data()[i];
    return n;
}

template <size_t N>
constexpr void receive(inbox<N>& rx, bytes bytes) {
    rx.commit(receive(rx.prepare(bytes.size()), bytes));
}

template <size_t N>
constexpr void append(outbox<N>& tx, bytes bytes) {
    tx.commit(receive(tx.prepare(), bytes));
}

static_assert(!std::is_copy_constructible_v<inbox<8>> && !std::is_copy_assignable_v<inbox<8>>);
static_assert(!std::is_copy_constructible_v<outbox<8>> && !std::is_copy_assignable_v<outbox<8>>);
static_assert(inbox<262>::capacity == 262 && outbox<513>::capacity == 513);
// A global mailbox needs no code at the start of the program.
constinit inbox<8> global_inbox;
constinit outbox<8> global_outbox{};

static_assert(sizeof(inbox<8>) == 20 && sizeof(outbox<6>) == 20);

constexpr void an_inbox_hands_out_what_was_received(check& t) {
    inbox<8> rx;
    t.ok(rx.empty() && !rx.full() && rx.data().empty() && rx.prepare().capacity() == 8);
    receive(rx, "john");
    t.ok(rx.data() == "john" && !rx.empty() && !rx.full());
    receive(rx, "foo");
    t.ok(rx.data() == "johnfoo");
    rx.consume(4U);
    t.ok(rx.data() == "foo");
    rx.consume(0U);
    t.ok(rx.data() == "foo");
    rx.consume(3U);
    t.ok(rx.empty() && rx.data().empty() && rx.prepare().capacity() == 8);
}
PROVE_AND_RUN(an_inbox_hands_out_what_was_received)

constexpr void an_inbox_gives_no_more_room_than_asked_for(check& t) {
    inbox<8> rx;
    t.ok(rx.prepare(3U).capacity() == 3 && rx.prepare(8U).capacity() == 8 && rx.prepare(9U).capacity() == 8 &&
         rx.prepare(0U).capacity() == 0);
    receive(rx, "johnfo");
    t.ok(rx.prepare(1U).capacity() == 1 && rx.prepare(2U).capacity() == 2 && rx.prepare(3U).capacity() == 2 &&
         rx.prepare().capacity() == 2);
}
PROVE_AND_RUN(an_inbox_gives_no_more_room_than_asked_for)

constexpr void a_full_inbox_says_so(check& t) {
    inbox<4> rx;
    receive(rx, "john");
    t.ok(rx.full() && !rx.empty() && rx.prepare().capacity() == 0);
    rx.consume(1U);
    t.ok(!rx.full() && rx.prepare().capacity() == 1);
    receive(rx, "x");
    t.ok(rx.full() && rx.data() == "ohnx");
    inbox<4> shorter;
    receive(shorter, "joh");
    shorter.consume(1U);
    t.ok(!shorter.full());  // where the bytes lie does not matter
}
PROVE_AND_RUN(a_full_inbox_says_so)

// F11: until then a machine's caller may still read user name, password and name.
constexpr void views_into_an_inbox_stay_valid_until_the_next_space(check& t) {
    inbox<8> rx;
    receive(rx, "johnfoo");
    const bytes user = rx.data().first(4);
    rx.consume(4U);
    t.ok(user == "john" && rx.data().data() == user.data() + 4);
    rx.consume(3U);
    t.ok(user == "john");
}
PROVE_AND_RUN(views_into_an_inbox_stay_valid_until_the_next_space)

constexpr void an_inbox_moves_its_bytes_only_where_the_room_does_not_suffice(check& t) {
    inbox<8> rx;
    receive(rx, "johnfoo");
    rx.consume(4U);
    const char* const before = rx.data().data();
    t.ok(rx.prepare(0U).capacity() == 0 && rx.data().data() == before);
    t.ok(rx.prepare(1U).capacity() == 1 && rx.data().data() == before);
    t.ok(rx.prepare(2U).capacity() == 2 && rx.data().data() == before - 4);
    t.ok(rx.data() == "foo" && rx.prepare().capacity() == 5);
    receive(rx, "12345");
    t.ok(rx.data() == "foo12345" && rx.full());
}
PROVE_AND_RUN(an_inbox_moves_its_bytes_only_where_the_room_does_not_suffice)

// The old and the new place overlap.
constexpr void an_inbox_that_moves_its_bytes_keeps_all_of_them(check& t) {
    const bytes text = "abcdefghijklmnopqrstuvwxyz";
    for (size_t n = 1; n < text.size(); ++n) {
        const auto entered = t.in(n);
        inbox<26> rx;
        receive(rx, text);
        rx.consume(n);
        t.ok(rx.prepare().capacity() == n);
        t.ok(rx.data() == text.subspan(n));
        receive(rx, text.first(n));
        t.ok(rx.full() && rx.data().subspan(26 - n) == text.first(n));
    }
}
PROVE_AND_RUN(an_inbox_that_moves_its_bytes_keeps_all_of_them)

#if !defined(NDEBUG)
constexpr void a_view_that_outlived_space_shows(check& t) {
    inbox<8> rx;
    receive(rx, "johnfo");
    const bytes stale = rx.data().subspan(2);
    rx.consume(4U);
    t.ok(rx.prepare().capacity() == 6);
    t.ok(rx.data() == "fo" && stale == "dd dd dd dd"_bytes);
}
PROVE_AND_RUN(a_view_that_outlived_space_shows)
#endif

// So there is nothing to move later.
constexpr void an_empty_inbox_begins_at_the_front_of_its_storage(check& t) {
    inbox<8> rx;
    receive(rx, "johnfoo");
    const char* const front = rx.data().data();
    rx.consume(7U);
    t.ok(rx.prepare(1U).data() == front);
    receive(rx, "x");
    t.ok(rx.data().data() == front && rx.prepare(7U).capacity() == 7 && rx.data().data() == front);
}
PROVE_AND_RUN(an_empty_inbox_begins_at_the_front_of_its_storage)

constexpr void any_split_of_a_stream_comes_out_whole(check& t) {
    const bytes stream = "abcdefghijklmnopqrstuvwxyz";
    for (size_t in = 1; in <= 7; ++in) {
        for (size_t out = 1; out <= 7; ++out) {
            const auto entered = t.in(out);
            inbox<7> rx;
            size_t received = 0;
            size_t used = 0;
            while (used < stream.size()) {
                const bytes rest = stream.subspan(received);
                const bytes next = rest.first(in < rest.size() ? in : rest.size());
                if (const size_t n = receive(rx.prepare(next.size()), next)) {
                    rx.commit(n);
                    received += n;
                }
                t.ok(rx.data() == stream.first(received).subspan(used));
                const size_t n = out < rx.data().size() ? out : rx.data().size();
                rx.consume(n);
                used += n;
            }
            t.ok(rx.empty());
        }
    }
}
PROVE_AND_RUN(any_split_of_a_stream_comes_out_whole)

constexpr void clearing_an_inbox_wipes_what_was_used_too(check& t) {
    inbox<8> rx;
    receive(rx, "johnfoo");
    const bytes all = rx.data();
    rx.consume(7U);
    t.ok(all == "johnfoo");
    rx.clear();
    t.ok(all == "00 00 00 00 00 00 00"_bytes && rx.empty() && rx.prepare().capacity() == 8);
}
PROVE_AND_RUN(clearing_an_inbox_wipes_what_was_used_too)

constexpr void clearing_a_mailbox_leaves_nothing_in_it(check& t) {
    inbox<8> rx;
    receive(rx, "johnfoo");
    rx.consume(4U);
    rx.clear();
    rx.commit(8U);  // a cleared inbox takes as many bytes as a new one
    t.ok(rx.full() && !rx.miscounted());
    rx.clear();
    t.ok(rx.empty() && rx.data().empty() && rx.prepare().capacity() == 8);
    outbox<8> tx;
    append(tx, "johnfoo");
    tx.consume(4U);
    tx.clear();
    t.ok(tx.empty() && tx.data().empty() && tx.prepare().capacity() == 8);
}
PROVE_AND_RUN(clearing_a_mailbox_leaves_nothing_in_it)

// F7: a short write loses nothing and repeats nothing.
constexpr void an_outbox_may_be_sent_in_any_portions(check& t) {
    for (size_t portion = 1; portion <= 8; ++portion) {
        const auto entered = t.in(portion);
        outbox<8> tx;
        append(tx, "john");
        append(tx, "foo");
        message<8> wire;
        while (!tx.empty()) {
            const size_t n = portion < tx.data().size() ? portion : tx.data().size();
            wire.put(tx.data().first(n));
            tx.consume(n);
        }
        t.ok(wire.view() == "johnfoo" && tx.data().empty() && tx.prepare().capacity() == 8);
    }
}
PROVE_AND_RUN(an_outbox_may_be_sent_in_any_portions)

constexpr void an_outbox_appends_behind_what_is_unsent(check& t) {
    outbox<8> tx;
    t.ok(tx.empty() && tx.data().empty() && tx.prepare().capacity() == 8);
    append(tx, "john");
    t.ok(tx.data() == "john" && tx.prepare().capacity() == 4);
    tx.consume(0U);
    t.ok(tx.data() == "john");
    tx.consume(3U);
    append(tx, "foo");
    t.ok(tx.data() == "nfoo" && !tx.empty());
    tx.commit(0U);
    t.ok(tx.data() == "nfoo");
    append(tx, "x");
    t.ok(tx.data() == "nfoox" && tx.prepare().capacity() == 0 && !tx.miscounted());
}
PROVE_AND_RUN(an_outbox_appends_behind_what_is_unsent)

// A client's outbox has held the password.
constexpr void clearing_an_outbox_wipes_what_was_sent_too(check& t) {
    outbox<8> tx;
    append(tx, "johnfoo");
    const bytes all = tx.data();
    tx.consume(7U);
    t.ok(all == "johnfoo" && tx.empty());
    tx.clear();
    t.ok(all == "00 00 00 00 00 00 00"_bytes && tx.empty());
}
PROVE_AND_RUN(clearing_an_outbox_wipes_what_was_sent_too)

// A view of the free space is not valid after clear(). A secret that is written into one is wiped anyway.
constexpr void clearing_an_outbox_wipes_what_was_committed_without_a_prepare(check& t) {
    outbox<8> tx;
    const buffer room = tx.prepare();
    tx.clear();
    for (size_t i = 0; i < 8; ++i) room.data()[i] = 'x';
    tx.commit(3U);
    tx.clear();
    t.ok(bytes(room.data(), 8) == "00 00 00 00 00 00 00 00"_bytes);
}
PROVE_AND_RUN(clearing_an_outbox_wipes_what_was_committed_without_a_prepare)

constexpr void clearing_an_outbox_wipes_what_was_not_committed_too(check& t) {
    outbox<8> tx;
    const buffer room = tx.prepare();
    for (size_t i = 0; i < 8; ++i) room.data()[i] = 'x';
    tx.clear();
    t.ok(bytes(room.data(), 8) == "00 00 00 00 00 00 00 00"_bytes);
}
PROVE_AND_RUN(clearing_an_outbox_wipes_what_was_not_committed_too)

constexpr request without_password{.to = {ipv4{192, 0, 2, 7}, 443}};
constexpr request with_password{.to = {ipv4{192, 0, 2, 7}, 443}, .credentials = {"john", "a long password"}};

// The request is shorter than the credentials that lay there before.
constexpr void clearing_an_outbox_wipes_every_message_that_was_sent(check& t) {
    client m;
    inbox<client::max_input> rx;
    outbox<client::max_output> tx;
    tx.consume(m.step(with_password, rx, tx).data().size());
    receive(rx, "05 02"_bytes);
    const bytes sent = m.step(with_password, rx, tx).data();
    t.ok(sent == "01 04 'john' 0f 'a long password'"_bytes);
    tx.consume(sent.size());
    receive(rx, "01 00"_bytes);
    t.ok(m.step(with_password, rx, tx).data() == "05 01 00 01 c0000207 01bb"_bytes);
    tx.clear();
    for (size_t i = 0; i < sent.size(); ++i) t.in(i).ok(sent[i] == 0);
}
PROVE_AND_RUN(clearing_an_outbox_wipes_every_message_that_was_sent)

constexpr void an_outbox_appends_no_message_that_does_not_fit(check& t) {
    const auto letters = message<255>().letters(255);
    const request longest{.to = without_password.to, .credentials = {letters.view(), letters.view()}};
    client m({.pipelined = true});
    inbox<client::max_input> rx;
    outbox<client::max_output> tx;
    t.ok(m.step(longest, rx, tx).data().size() == 3 + 513);
    t.ok(tx.data().size() == 3 + 513 && !m.sent_early().request);
    tx.consume(size_t{3 + 513});
    t.ok(m.step(longest, rx, tx).data() == "05 01 00 01 c0000207 01bb"_bytes);
}
PROVE_AND_RUN(an_outbox_appends_no_message_that_does_not_fit)

constexpr void a_step_that_appends_several_messages_reports_what_it_read(check& t) {
    client m({.pipelined = true, .after_greeting = true});
    inbox<client::max_input> rx;
    outbox<client::max_output> tx;
    receive(rx, "00 5b"_bytes);
    const auto a = m.step(with_password, rx, tx);
    t.ok(a.data() == "05 01 02  01 04 'john' 0f 'a long password'  05 01 00 01 c0000207 01bb"_bytes);
    t.ok(a.consumed() == 2 && rx.empty());
}
PROVE_AND_RUN(a_step_that_appends_several_messages_reports_what_it_read)

// A wrong count fails the step that would receive, and no other.
constexpr void a_miscounted_inbox_still_ends_its_handshake(check& t) {
    client m;
    inbox<client::max_input> rx;
    outbox<client::max_output> tx;
    rx.commit(0U);
    t.ok(rx.miscounted() && m.step(without_password, rx, tx).next() == client::next::send);
    tx.consume(3U);
    receive(rx, "05 00"_bytes);
    t.ok(m.step(without_password, rx, tx).next() == client::next::send && rx.empty());
    tx.consume(10U);
    client waits = m;
    t.ok(waits.step(without_password, rx, tx).error() == errc::bad_count);
    receive(rx, "05 00 00 01 c0000207 0050 'early'"_bytes);
    const auto a = m.step(without_password, rx, tx);
    t.ok(a.next() == client::next::done && a.result().early == "early" && rx.empty());
}
PROVE_AND_RUN(a_miscounted_inbox_still_ends_its_handshake)

constexpr void a_failure_leaves_what_it_did_not_read_in_the_inbox(check& t) {
    client m;
    inbox<client::max_input> rx;
    outbox<client::max_output> tx;
    tx.consume(m.step(without_password, rx, tx).data().size());
    receive(rx, "HTTP/1.1");
    t.ok(m.step(without_password, rx, tx).error() == errc::peer_is_http && rx.data() == "HTTP/1.1");
}
PROVE_AND_RUN(a_failure_leaves_what_it_did_not_read_in_the_inbox)

constexpr void a_miscounted_outbox_fails_the_next_step(check& t) {
    client m;
    inbox<client::max_input> rx;
    outbox<client::max_output> tx;
    tx.consume(1U);
    t.ok(m.step(without_password, rx, tx).error() == errc::bad_count && tx.empty());
}
PROVE_AND_RUN(a_miscounted_outbox_fails_the_next_step)

// A failed recv, converted to a size.
constexpr size_t minus_one = static_cast<size_t>(-1);

template <class Box, class Number>
concept takes_a_commit_of = requires(Box& box, Number n) {
    box.commit(n);
};
template <class Box, class Number>
concept takes_a_consume_of = requires(Box& box, Number n) {
    box.consume(n);
};
template <class Box, class Number>
concept takes_a_prepare_of = requires(Box& box, Number n) {
    box.prepare(n);
};

// How many of the calls of both mailboxes take a number of this type.
template <class Number>
constexpr int calls_that_take() {
    return takes_a_commit_of<inbox<8>, Number> + takes_a_consume_of<inbox<8>, Number> +
           takes_a_prepare_of<inbox<8>, Number> + takes_a_consume_of<outbox<8>, Number> +
           takes_a_commit_of<outbox<8>, Number>;
}

constexpr void only_an_unsigned_number_of_bytes_compiles(check& t) {
    t.ok(calls_that_take<size_t>() == 5 && calls_that_take<uint32_t>() == 5 &&
         calls_that_take<unsigned char>() == 5 && calls_that_take<unsigned long long>() == 5);
    t.ok(calls_that_take<int>() == 0 && calls_that_take<long>() == 0 && calls_that_take<long long>() == 0 &&
         calls_that_take<short>() == 0 && calls_that_take<signed char>() == 0);
    t.ok(calls_that_take<double>() == 0 && calls_that_take<float>() == 0 && calls_that_take<bool>() == 0);
}
PROVE_AND_RUN(only_an_unsigned_number_of_bytes_compiles)

constexpr void an_inbox_refuses_bytes_that_were_not_received(check& t) {
    for (const size_t impossible : {size_t{0}, size_t{6}, size_t{8}, size_t{UINT32_MAX}, minus_one}) {
        const auto entered = t.in(impossible);
        inbox<8> rx;
        receive(rx, "joh");
        rx.consume(1U);
        t.ok(!rx.miscounted());
        rx.commit(impossible);
        t.ok(rx.miscounted() && rx.data() == "oh");
        receive(rx, "n");
        t.ok(rx.miscounted() && rx.data() == "ohn");
        rx.clear();
        t.ok(!rx.miscounted() && rx.empty());
    }
    inbox<8> rx;
    receive(rx, "john");
    t.ok(rx.prepare().capacity() == 4);
    rx.commit(4U);
    t.ok(!rx.miscounted() && rx.full());
}
PROVE_AND_RUN(an_inbox_refuses_bytes_that_were_not_received)

constexpr void an_inbox_does_not_drop_more_than_it_has(check& t) {
    for (const size_t impossible : {size_t{4}, size_t{8}, minus_one}) {
        const auto entered = t.in(impossible);
        inbox<8> rx;
        receive(rx, "johnfoo");
        rx.consume(4U);
        rx.consume(impossible);
        t.ok(rx.miscounted() && rx.data() == "foo");
    }
}
PROVE_AND_RUN(an_inbox_does_not_drop_more_than_it_has)

constexpr void an_outbox_refuses_bytes_that_it_does_not_have(check& t) {
    for (const size_t impossible : {size_t{5}, size_t{8}, minus_one}) {
        const auto entered = t.in(impossible);
        outbox<8> tx;
        append(tx, "john");
        tx.consume(impossible);
        t.ok(tx.miscounted() && tx.data() == "john");
        tx.clear();
        t.ok(!tx.miscounted());
        append(tx, "john");
        tx.commit(impossible);
        t.ok(tx.miscounted() && tx.data() == "john" && tx.prepare().capacity() == 4);
    }
    outbox<8> tx;
    tx.consume(1U);
    t.ok(tx.miscounted() && tx.empty());
}
PROVE_AND_RUN(an_outbox_refuses_bytes_that_it_does_not_have)

// At run time wiping goes another way than in a constant evaluation: nothing is left of the storage.
void wiping_leaves_nothing_at_run_time(check& t) {
    char secret[16];
    for (char& c : secret) c = 'x';
    wipe({secret + 1, 14});
    t.ok(secret[0] == 'x' && secret[15] == 'x');
    for (size_t i = 1; i < 15; ++i) t.in(i).ok(secret[i] == 0);
    wipe(buffer());
}
RUN(wiping_leaves_nothing_at_run_time)

void a_global_mailbox_is_empty_from_the_start(check& t) {
    t.ok(global_inbox.empty() && global_outbox.empty());
    const buffer in = global_inbox.prepare();
    const buffer out = global_outbox.prepare();
    t.ok(in.capacity() == 8 && out.capacity() == 8);
    for (size_t i = 0; i < 8; ++i) t.in(i).ok(in.data()[i] == 0 && out.data()[i] == 0);
}
RUN(a_global_mailbox_is_empty_from_the_start)

}  // namespace
