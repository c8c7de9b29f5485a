// The fixed buffers: octets come out in the order in which they went in, views stay where they are until they
// are said to end, and what was wiped is gone.

#include <socks/machine/mailbox.hpp>

#include <type_traits>

#include "check.hpp"
#include "octets.hpp"

namespace {

using ::check;
using namespace socks;

// Receives `octets` into `room`, as a socket would.
constexpr size_t receive(buffer room, bytes octets) {
    const size_t n = octets.size() < room.room() ? octets.size() : room.room();
    for (size_t i = 0; i < n; ++i) room.data()[i] = octets.data()[i];
    return n;
}

template <size_t N>
constexpr void receive(inbox<N>& rx, bytes octets) {
    rx.commit(receive(rx.space(octets.size()), octets));
}

template <size_t N>
constexpr void append(outbox<N>& tx, bytes octets) {
    tx.commit(receive(tx.space(), octets));
}

static_assert(!std::is_copy_constructible_v<inbox<8>> && !std::is_copy_assignable_v<inbox<8>>);
static_assert(!std::is_copy_constructible_v<outbox<8>> && !std::is_copy_assignable_v<outbox<8>>);
static_assert(!std::is_copy_constructible_v<owned<8>> && !std::is_copy_assignable_v<owned<8>>);
static_assert(inbox<262>::capacity == 262 && outbox<513>::capacity == 513 && owned<255>::capacity == 255);
static_assert(sizeof(inbox<8>) == 20 && sizeof(outbox<7>) == 16);

constexpr void an_inbox_hands_out_what_was_received(check& t) {
    inbox<8> rx;
    t.ok(rx.empty() && !rx.full() && rx.unread().empty() && rx.space().room() == 8);
    receive(rx, "john");
    t.ok(rx.unread() == "john" && !rx.empty() && !rx.full());
    receive(rx, "foo");
    t.ok(rx.unread() == "johnfoo");
    rx.drop(4U);
    t.ok(rx.unread() == "foo");
    rx.drop(0U);
    t.ok(rx.unread() == "foo");
    rx.drop(3U);
    t.ok(rx.empty() && rx.unread().empty() && rx.space().room() == 8);
}
PROVE_AND_RUN(an_inbox_hands_out_what_was_received)

constexpr void an_inbox_gives_no_more_room_than_asked_for(check& t) {
    inbox<8> rx;
    t.ok(rx.space(3U).room() == 3 && rx.space(8U).room() == 8 && rx.space(9U).room() == 8 &&
         rx.space(0U).room() == 0);
    receive(rx, "johnfo");
    t.ok(rx.space(1U).room() == 1 && rx.space(2U).room() == 2 && rx.space(3U).room() == 2 &&
         rx.space().room() == 2);
}
PROVE_AND_RUN(an_inbox_gives_no_more_room_than_asked_for)

constexpr void a_full_inbox_says_so(check& t) {
    inbox<4> rx;
    receive(rx, "john");
    t.ok(rx.full() && !rx.empty() && rx.space().room() == 0);
    rx.drop(1U);
    t.ok(!rx.full() && rx.space().room() == 1);
    receive(rx, "x");
    t.ok(rx.full() && rx.unread() == "ohnx");
    inbox<4> shorter;
    receive(shorter, "joh");
    shorter.drop(1U);
    t.ok(!shorter.full());  // where the octets lie does not matter
}
PROVE_AND_RUN(a_full_inbox_says_so)

// F11: until then a machine's caller may still read user name, password and name.
constexpr void views_into_an_inbox_stay_valid_until_the_next_space(check& t) {
    inbox<8> rx;
    receive(rx, "johnfoo");
    const bytes user = rx.unread().first(4);
    rx.drop(4U);
    t.ok(user == "john" && rx.unread().data() == user.data() + 4);
    rx.drop(3U);
    t.ok(user == "john");
}
PROVE_AND_RUN(views_into_an_inbox_stay_valid_until_the_next_space)

constexpr void an_inbox_moves_its_octets_only_where_the_room_does_not_suffice(check& t) {
    inbox<8> rx;
    receive(rx, "johnfoo");
    rx.drop(4U);
    const char* const before = rx.unread().data();
    t.ok(rx.space(1U).room() == 1 && rx.unread().data() == before);
    t.ok(rx.space(2U).room() == 2 && rx.unread().data() == before - 4);
    t.ok(rx.unread() == "foo" && rx.space().room() == 5);
    receive(rx, "12345");
    t.ok(rx.unread() == "foo12345" && rx.full());
}
PROVE_AND_RUN(an_inbox_moves_its_octets_only_where_the_room_does_not_suffice)

#if !defined(NDEBUG)
constexpr void a_view_that_outlived_space_shows(check& t) {
    inbox<8> rx;
    receive(rx, "johnfo");
    const bytes stale = rx.unread().from(2);
    rx.drop(4U);
    t.ok(rx.space().room() == 6);
    t.ok(rx.unread() == "fo" && stale == "dd dd dd dd"_octets);
}
PROVE_AND_RUN(a_view_that_outlived_space_shows)
#endif

constexpr void any_split_of_a_stream_comes_out_whole(check& t) {
    const bytes stream = "abcdefghijklmnopqrstuvwxyz";
    for (size_t in = 1; in <= 7; ++in) {
        for (size_t out = 1; out <= 7; ++out) {
            inbox<7> rx;
            size_t received = 0;
            size_t used = 0;
            while (used < stream.size()) {
                const bytes rest = stream.from(received);
                const bytes next = rest.first(in < rest.size() ? in : rest.size());
                if (const size_t n = receive(rx.space(next.size()), next)) {
                    rx.commit(n);
                    received += n;
                }
                t.ok(rx.unread() == stream.first(received).from(used));
                const size_t n = out < rx.unread().size() ? out : rx.unread().size();
                rx.drop(n);
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
    const bytes all = rx.unread();
    rx.drop(7U);
    t.ok(all == "johnfoo");
    rx.clear();
    t.ok(all == "00 00 00 00 00 00 00"_octets && rx.empty() && rx.space().room() == 8);
}
PROVE_AND_RUN(clearing_an_inbox_wipes_what_was_used_too)

constexpr void clearing_a_mailbox_leaves_nothing_in_it(check& t) {
    inbox<8> rx;
    receive(rx, "johnfoo");
    rx.drop(4U);
    rx.clear();
    t.ok(rx.empty() && rx.unread().empty() && rx.space().room() == 8);
    outbox<8> tx;
    append(tx, "johnfoo");
    tx.sent(4U);
    tx.clear();
    t.ok(tx.empty() && tx.unsent().empty() && tx.space().room() == 8);
}
PROVE_AND_RUN(clearing_a_mailbox_leaves_nothing_in_it)

// F7: a short write loses nothing and repeats nothing.
constexpr void an_outbox_may_be_sent_in_any_portions(check& t) {
    for (size_t portion = 1; portion <= 8; ++portion) {
        outbox<8> tx;
        append(tx, "john");
        append(tx, "foo");
        message<8> wire;
        while (!tx.empty()) {
            const size_t n = portion < tx.unsent().size() ? portion : tx.unsent().size();
            wire.put(tx.unsent().first(n));
            tx.sent(n);
        }
        t.ok(wire.view() == "johnfoo" && tx.unsent().empty() && tx.space().room() == 8);
    }
}
PROVE_AND_RUN(an_outbox_may_be_sent_in_any_portions)

constexpr void an_outbox_appends_behind_what_is_unsent(check& t) {
    outbox<8> tx;
    t.ok(tx.empty() && tx.unsent().empty() && tx.space().room() == 8);
    append(tx, "john");
    t.ok(tx.unsent() == "john" && tx.space().room() == 4);
    tx.sent(0U);
    t.ok(tx.unsent() == "john");
    tx.sent(3U);
    append(tx, "foo");
    t.ok(tx.unsent() == "nfoo" && !tx.empty());
    tx.commit(0U);
    t.ok(tx.unsent() == "nfoo");
}
PROVE_AND_RUN(an_outbox_appends_behind_what_is_unsent)

// A client's outbox has held the password.
constexpr void clearing_an_outbox_wipes_what_was_sent_too(check& t) {
    outbox<8> tx;
    append(tx, "johnfoo");
    const bytes all = tx.unsent();
    tx.sent(7U);
    t.ok(all == "johnfoo" && tx.empty());
    tx.clear();
    t.ok(all == "00 00 00 00 00 00 00"_octets && tx.empty());
}
PROVE_AND_RUN(clearing_an_outbox_wipes_what_was_sent_too)

// A failed recv, converted to a size.
constexpr size_t minus_one = static_cast<size_t>(-1);

template <class Box, class Number>
concept takes_a_commit_of = requires(Box& box, Number n) {
    box.commit(n);
};
template <class Box, class Number>
concept takes_a_sent_of = requires(Box& box, Number n) {
    box.sent(n);
};
template <class Box, class Number>
concept takes_a_drop_of = requires(Box& box, Number n) {
    box.drop(n);
};
template <class Box, class Number>
concept takes_a_space_of = requires(Box& box, Number n) {
    box.space(n);
};

// How many of the calls of both mailboxes take a number of this type.
template <class Number>
constexpr int calls_that_take() {
    return takes_a_commit_of<inbox<8>, Number> + takes_a_drop_of<inbox<8>, Number> +
           takes_a_space_of<inbox<8>, Number> + takes_a_sent_of<outbox<8>, Number> +
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

constexpr void an_inbox_refuses_octets_that_were_not_received(check& t) {
    for (const size_t impossible : {size_t{0}, size_t{6}, size_t{8}, size_t{UINT32_MAX}, minus_one}) {
        inbox<8> rx;
        receive(rx, "joh");
        rx.drop(1U);
        t.ok(!rx.miscounted());
        rx.commit(impossible);
        t.ok(rx.miscounted() && rx.unread() == "oh");
        receive(rx, "n");
        t.ok(rx.miscounted() && rx.unread() == "ohn");
        rx.clear();
        t.ok(!rx.miscounted() && rx.empty());
    }
    inbox<8> rx;
    receive(rx, "john");
    t.ok(rx.space().room() == 4);
    rx.commit(4U);
    t.ok(!rx.miscounted() && rx.full());
}
PROVE_AND_RUN(an_inbox_refuses_octets_that_were_not_received)

constexpr void an_inbox_does_not_drop_more_than_it_has(check& t) {
    for (const size_t impossible : {size_t{4}, size_t{8}, minus_one}) {
        inbox<8> rx;
        receive(rx, "johnfoo");
        rx.drop(4U);
        rx.drop(impossible);
        t.ok(rx.miscounted() && rx.unread() == "foo");
    }
}
PROVE_AND_RUN(an_inbox_does_not_drop_more_than_it_has)

constexpr void an_outbox_refuses_octets_that_it_does_not_have(check& t) {
    for (const size_t impossible : {size_t{5}, size_t{8}, minus_one}) {
        outbox<8> tx;
        append(tx, "john");
        tx.sent(impossible);
        t.ok(tx.miscounted() && tx.unsent() == "john");
        tx.clear();
        t.ok(!tx.miscounted());
        append(tx, "john");
        tx.commit(impossible);
        t.ok(tx.miscounted() && tx.unsent() == "john" && tx.space().room() == 4);
    }
    outbox<8> tx;
    tx.sent(1U);
    t.ok(tx.miscounted() && tx.empty());
}
PROVE_AND_RUN(an_outbox_refuses_octets_that_it_does_not_have)

constexpr void an_owned_copy_outlives_its_origin(check& t) {
    owned<4> copy;
    t.ok(copy.empty() && copy.view().empty());
    char origin[] = {'j', 'o', 'h', 'n'};
    t.ok(copy.assign(bytes(origin, 4)));
    for (char& c : origin) c = '?';
    t.ok(copy.view() == "john" && !copy.empty());
    t.ok(copy.assign("foo") && copy.view() == "foo");
    t.ok(copy.assign({}) && copy.empty());
}
PROVE_AND_RUN(an_owned_copy_outlives_its_origin)

constexpr void what_is_too_long_to_own_leaves_the_old_copy(check& t) {
    owned<4> copy;
    t.ok(copy.assign("foo"));
    for (const bytes longer : {bytes("johns"), bytes("files.example.com")})
        t.ok(!copy.assign(longer) && copy.view() == "foo");
}
PROVE_AND_RUN(what_is_too_long_to_own_leaves_the_old_copy)

constexpr void a_copy_may_be_replaced_by_a_part_of_itself(check& t) {
    owned<16> copy;
    t.ok(copy.assign("abcdefghijklmnop") && copy.assign(copy.view().from(1)));
    t.ok(copy.view() == "bcdefghijklmnop");
    t.ok(copy.assign(copy.view().from(3)) && copy.view() == "efghijklmnop");
    t.ok(copy.assign(copy.view().first(5)) && copy.view() == "efghi");
    t.ok(copy.assign(copy.view()) && copy.view() == "efghi");
}
PROVE_AND_RUN(a_copy_may_be_replaced_by_a_part_of_itself)

constexpr void an_endpoint_may_be_kept_by_what_keeps_it(check& t) {
    owned<255> copy;
    const endpoint first = copy.keep({"files.example.com", 443});
    const endpoint again = copy.keep(first);
    t.ok(again == endpoint{"files.example.com", 443});
    t.ok(copy.keep({host(again.host.name().from(6)), 80}) == endpoint{"example.com", 80});
}
PROVE_AND_RUN(an_endpoint_may_be_kept_by_what_keeps_it)

constexpr void a_bad_host_is_kept_with_its_text(check& t) {
    owned<255> copy;
    char text[] = {'a', ':', 'b'};
    const endpoint kept = copy.keep({host(bytes(text, 3)), 80});
    for (char& c : text) c = '?';
    t.ok(kept.host.is() == host::kind::bad && kept.host.name() == "a:b" && copy.view() == "a:b");
    const endpoint nul = copy.keep({host::as_received("a\0b"), 80});
    t.ok(!nul.host.is_sendable() && nul.host.name() == bytes("a\0b"));
}
PROVE_AND_RUN(a_bad_host_is_kept_with_its_text)

constexpr void clearing_an_owned_copy_wipes_it(check& t) {
    owned<4> copy;
    t.ok(copy.assign("john"));
    const bytes view = copy.view();
    copy.clear();
    t.ok(view == "00 00 00 00"_octets && copy.empty());
}
PROVE_AND_RUN(clearing_an_owned_copy_wipes_it)

constexpr void an_endpoint_is_kept_with_its_name(check& t) {
    owned<255> copy;
    message<255> name;
    name.letters(255);
    const endpoint kept = copy.keep({host::as_received(name.view()), 443});
    t.ok(kept == endpoint{host::as_received(name.view()), 443});
    t.ok(kept.host.name().data() == copy.view().data() && copy.view().size() == 255);
    // Not classified again: what a peer sent as a name stays one.
    t.ok(copy.keep({host::as_received("192.0.2.7"), 80}).host.is() == host::kind::name);
}
PROVE_AND_RUN(an_endpoint_is_kept_with_its_name)

constexpr void an_endpoint_without_a_name_needs_no_copy(check& t) {
    owned<255> copy;
    t.ok(copy.assign("john"));
    t.ok(copy.keep({"192.0.2.7", 80}) == endpoint{ipv4{192, 0, 2, 7}, 80});
    t.ok(copy.keep(any_ipv6) == any_ipv6 && copy.keep({}) == endpoint{});
    t.ok(copy.view() == "john");
}
PROVE_AND_RUN(an_endpoint_without_a_name_needs_no_copy)

// At run time wiping goes another way than in a constant evaluation: nothing is left of the storage.
void wiping_leaves_nothing_at_run_time(check& t) {
    char secret[16];
    for (char& c : secret) c = 'x';
    wipe({secret + 1, 14});
    t.ok(secret[0] == 'x' && secret[15] == 'x');
    for (size_t i = 1; i < 15; ++i) t.ok(secret[i] == 0);
}
RUN(wiping_leaves_nothing_at_run_time)

}  // namespace
