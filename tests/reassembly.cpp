// Fragments put together by the rules of RFC 1928 section 7.

#include <socks/machine/reassembly.hpp>
#include <vector>

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;
using next = reassembly::next;

constexpr endpoint far{ipv4{192, 0, 2, 7}, 443};

// A queue of 5000 ticks with storage for 40 bytes, and the last action.
struct receiver {
    reassembly queue{5000};
    char storage[40] = {};
    uint64_t now = 1000;

    constexpr reassembly::action take(uint8_t fragment, bytes data, const endpoint& at = far) {
        char in[64] = {};
        return queue.step(encode_datagram(at, data, in, fragment).data(), now, storage);
    }
};

// The data are in the storage: what arrived is gone already.
constexpr bool delivers(const reassembly::action& s, bytes data, const endpoint& at = far) {
    return s.next() == next::deliver && s.error() == errc::none && s.datagram().data() == data &&
           s.datagram().remote() == at && s.datagram().fragment() == 0;
}
constexpr bool waits(const reassembly::action& s) {
    return s.next() == next::wait && s.error() == errc::none;
}
constexpr bool drops(const reassembly::action& s, errc why = errc::fragmented) {
    return s.next() == next::drop && s.error() == why;
}

constexpr void fragments_in_order_make_the_datagram(check& t) {
    receiver r;
    t.ok(!r.queue.waiting());
    t.ok(waits(r.take(1, "one")) && r.queue.waiting());
    t.ok(waits(r.take(2, "")) && waits(r.take(3, "three")));
    t.ok(delivers(r.take(0x84, " four"), "onethree four") && !r.queue.waiting());
    t.ok(delivers(r.take(0x81, "alone"), "alone") && !r.queue.waiting());
    t.ok(waits(r.take(1, "")) && delivers(r.take(0x82, ""), ""));
}
PROVE_AND_RUN(fragments_in_order_make_the_datagram)

// A relay can send on what it put together: the storage holds header and data, with FRAG 0.
constexpr void the_whole_datagram_is_encoded_in_the_storage(check& t) {
    receiver r;
    const endpoint name{"files.example.com", 53};
    t.ok(waits(r.take(1, "ab", name)) && delivers(r.take(0x82, "cde", name), "abcde", name));
    t.ok(bytes(r.storage, 29) == "0000 00 03 11 'files.example.com' 0035 'abcde'"_bytes);
}
PROVE_AND_RUN(the_whole_datagram_is_encoded_in_the_storage)

// A constant evaluation does not read what is gone.
constexpr void the_whole_datagram_outlives_its_action(check& t) {
    receiver r;
    const datagram& whole = r.take(0x81, "alone").datagram();
    t.ok(whole.data() == "alone" && whole.remote() == far);
}
PROVE_AND_RUN(the_whole_datagram_outlives_its_action)

// The bytes of a complete datagram are kept no more.
constexpr void a_fragment_may_lie_where_a_complete_datagram_was(check& t) {
    receiver r;
    const bytes whole = r.take(0x81, "alone").datagram().data();
    t.ok(r.queue.step({whole.data() - 10, 15}, r.now, r.storage).next() == next::deliver);
    r.storage[2] = 2;
    t.ok(drops(r.queue.step({r.storage, 15}, r.now, r.storage)));
}
PROVE_AND_RUN(a_fragment_may_lie_where_a_complete_datagram_was)

constexpr void a_fragment_must_not_lie_where_another_is_kept(check& t) {
    receiver r;
    t.ok(waits(r.take(1, "one")));
    r.storage[2] = 2;
    t.ok(drops(r.queue.step({r.storage, 13}, r.now, r.storage), errc::overlap) && !r.queue.waiting());
}
PROVE_AND_RUN(a_fragment_must_not_lie_where_another_is_kept)

// "A standalone datagram": not touched, not copied; its FRAG is less than any, which abandons the sequence.
constexpr void what_is_no_fragment_passes_and_ends_the_sequence(check& t) {
    receiver r;
    t.ok(waits(r.take(1, "one")));
    const bytes in = "0000 00 01 c0000207 01bb 'whole'"_bytes;
    const auto s = r.queue.step(in, r.now, r.storage);
    t.ok(delivers(s, "whole") && s.datagram().data().data() == in.data() + 10 && !r.queue.waiting());
    t.ok(drops(r.take(0x82, "two")));
    reassembly without(5000);
    t.ok(delivers(without.step(in, 0, {}), "whole"));
}
PROVE_AND_RUN(what_is_no_fragment_passes_and_ends_the_sequence)

constexpr void a_lower_position_abandons_the_sequence(check& t) {
    receiver r;
    t.ok(waits(r.take(1, "one")) && waits(r.take(2, "two")) && waits(r.take(3, "three")));
    t.ok(drops(r.take(2, "two")) && !r.queue.waiting());
    t.ok(drops(r.take(0x84, "four")));
    t.ok(waits(r.take(1, "one")) && waits(r.take(2, "two")));
    t.ok(waits(r.take(1, "first")) && delivers(r.take(0x82, "second"), "firstsecond"));
    t.ok(waits(r.take(1, "one")) && drops(r.take(0x80, "zero")) && !r.queue.waiting());
}
PROVE_AND_RUN(a_lower_position_abandons_the_sequence)

constexpr void a_gap_abandons_the_sequence(check& t) {
    receiver r;
    t.ok(waits(r.take(1, "one")) && drops(r.take(3, "three")) && !r.queue.waiting());
    t.ok(drops(r.take(2, "two")) && drops(r.take(0x83, "three")) && drops(r.take(0x80, "zero")));
}
PROVE_AND_RUN(a_gap_abandons_the_sequence)

// It is not less than the highest. A repeated first fragment begins again, which comes to the same.
constexpr void a_repetition_is_dropped_alone(check& t) {
    receiver r;
    t.ok(waits(r.take(1, "one")) && waits(r.take(1, "one")) && waits(r.take(2, "two")));
    t.ok(drops(r.take(2, "two")) && r.queue.waiting() && drops(r.take(0x82, "two")));
    t.ok(delivers(r.take(0x83, "three"), "onetwothree"));
}
PROVE_AND_RUN(a_repetition_is_dropped_alone)

constexpr void fragments_of_another_far_end_are_another_datagram_s(check& t) {
    for (const endpoint& other : {endpoint{ipv4{192, 0, 2, 8}, 443}, endpoint{ipv4{192, 0, 2, 7}, 80},
                                  endpoint{"abc", 443}, endpoint{"x", 443}, unspecified_ipv6}) {
        const auto entered = t.in();
        for (const uint8_t fragment : {uint8_t{2}, uint8_t{3}, uint8_t{0x83}}) {
            const auto nested = t.in(size_t{fragment});
            receiver r;
            t.ok(waits(r.take(1, "one")) && waits(r.take(2, "two")));
            t.ok(drops(r.take(fragment, "three", other)) && !r.queue.waiting());
            t.ok(drops(r.take(0x83, "three")));
        }
        receiver r;
        t.ok(waits(r.take(1, "one")) && waits(r.take(1, "I", other)));
        t.ok(delivers(r.take(0x82, "II", other), "III", other));
    }
}
PROVE_AND_RUN(fragments_of_another_far_end_are_another_datagram_s)

// The timer runs from the first fragment; only the numbers of the caller's clock move it.
constexpr void the_timer_abandons_the_sequence(check& t) {
    receiver r;
    t.ok(waits(r.take(1, "one")));
    r.now += 4999;
    t.ok(waits(r.take(2, "two")));
    r.now += 1;
    t.ok(drops(r.take(0x83, "three")) && !r.queue.waiting());
    t.ok(waits(r.take(1, "one")));
    r.now += 5000;
    t.ok(waits(r.take(1, "first")));
    r.now += 4999;
    t.ok(delivers(r.take(0x82, "second"), "firstsecond"));
    t.ok(waits(r.take(1, "one")));
    r.now += 5001;
    t.ok(drops(r.take(0x82, "two")) && !r.queue.waiting());
    r.now = UINT64_MAX - 10;
    t.ok(waits(r.take(1, "one")));
    r.now += 5;
    t.ok(waits(r.take(2, "")));
    r.now += 4994;
    t.ok(delivers(r.take(0x83, "two"), "onetwo"));
}
PROVE_AND_RUN(the_timer_abandons_the_sequence)

constexpr void a_datagram_that_outgrows_the_storage_is_abandoned(check& t) {
    receiver r;
    t.ok(waits(r.take(1, "15 bytes, first")) &&
         delivers(r.take(0x82, "15 bytes, two.."), "15 bytes, first15 bytes, two.."));
    t.ok(waits(r.take(1, "15 bytes, first")));
    t.ok(drops(r.take(2, "16 bytes, three."), errc::no_space) && !r.queue.waiting());
    t.ok(drops(r.take(0x83, "")) && drops(r.take(0x81, "31 bytes, which is one too many"), errc::no_space));
    for (size_t n = 0; n < 12; ++n) {
        const auto entered = t.in(n);
        exact_copy storage(bytes("0123456789ab").first(n));
        reassembly queue(5000);
        t.ok(drops(queue.step("0000 01 01 c0000207 01bb 'ab'"_bytes, 0, storage.room()), errc::no_space));
        t.ok(!queue.waiting());
    }
    // A first fragment ends the sequence before it, also where it does not fit itself.
    t.ok(waits(r.take(1, "one")));
    t.ok(drops(r.queue.step("0000 01 01 c0000207 01bb 'ab'"_bytes, r.now, buffer(r.storage, 9)),
               errc::no_space));
    t.ok(!r.queue.waiting());
    // Without data it fits where its header does.
    exact_copy header(bytes("0123456789"));
    reassembly bare(5000);
    t.ok(waits(bare.step("0000 01 01 c0000207 01bb"_bytes, 0, header.room())));
    t.ok(delivers(bare.step("0000 82 01 c0000207 01bb"_bytes, 0, header.room()), ""));
    reassembly shrunk(5000);
    t.ok(waits(shrunk.step("0000 01 01 c0000207 01bb 'ab'"_bytes, 0, buffer(r.storage, 12))));
    t.ok(drops(shrunk.step("0000 82 01 c0000207 01bb 'c'"_bytes, 0, buffer(r.storage, 11))));
}
PROVE_AND_RUN(a_datagram_that_outgrows_the_storage_is_abandoned)

constexpr void what_is_no_datagram_leaves_the_sequence_alone(check& t) {
    receiver r;
    t.ok(waits(r.take(1, "one")));
    t.ok(drops(r.queue.step("0000 02 01 c00002"_bytes, r.now, r.storage), errc::truncated));
    t.ok(drops(r.queue.step("0000 02 05 c0000207 01bb"_bytes, r.now, r.storage), errc::bad_address_type));
    t.ok(drops(r.queue.step("0100 82 01 c0000207 01bb"_bytes, r.now, r.storage, strict), errc::bad_reserved));
    t.ok(delivers(r.queue.step("0100 82 01 c0000207 01bb 'two'"_bytes, r.now, r.storage), "onetwo"));
}
PROVE_AND_RUN(what_is_no_datagram_leaves_the_sequence_alone)

void up_to_127_fragments_make_one_datagram(check& t) {
    reassembly queue(5000);
    char storage[10 + 127] = {};
    message<127> all;
    all.letters(127);
    for (unsigned position = 1; position <= 127; ++position) {
        const auto entered = t.in(size_t{position});
        message<11> in;
        in.put("0000"_bytes).put(static_cast<uint8_t>(position == 127 ? 0xff : position));
        in.put("01 c0000207 01bb"_bytes).put(all.view().subspan(position - 1).first(1));
        const auto s = queue.step(in.view(), 0, storage);
        t.ok(position == 127 ? delivers(s, all.view()) : waits(s));
    }
}
RUN(up_to_127_fragments_make_one_datagram)

// All sequences of six datagrams of eight kinds, against the document's rules with a list for a queue.
void every_order_of_fragments_obeys_the_rules(check& t) {
    constexpr uint8_t kinds[] = {0, 1, 2, 3, 0x80, 0x81, 0x82, 0x83};
    for (unsigned order = 0; order < 1U << 18; ++order) {
        receiver r;
        std::vector<char> kept;  // the data of the fragments in the queue, one byte each
        for (unsigned k = 0; k < 6; ++k) {
            const auto entered = t.in(size_t{k});
            const uint8_t fragment = kinds[order >> 3 * k & 7];
            const char datum = static_cast<char>('a' + k);
            const auto position = static_cast<size_t>(fragment & 0x7f);
            next due = next::drop;
            std::vector<char> whole;
            if (fragment == 0) {
                due = next::deliver;
                whole = {datum};
                kept.clear();
            } else if (position == 1 || (!kept.empty() && position == kept.size() + 1)) {
                kept.resize(position - 1);
                kept.push_back(datum);
                due = (fragment & 0x80) != 0 ? next::deliver : next::wait;
                if (due == next::deliver) whole.swap(kept);
            } else if (position != kept.size() || position == 0) {
                kept.clear();
            }
            const auto s = r.take(fragment, bytes(&datum, 1));
            if (!t.ok(s.next() == due && r.queue.waiting() == !kept.empty())) return;
            // What was no fragment is gone with the bytes it came in.
            if (due == next::deliver && fragment != 0) t.ok(delivers(s, whole));
        }
    }
}
RUN(every_order_of_fragments_obeys_the_rules)

// Amnesia: a sequence may go on in a copy, with the storage elsewhere.
constexpr void a_queue_is_copied_with_its_storage(check& t) {
    receiver r;
    t.ok(waits(r.take(1, "one")));
    receiver other = r;
    r.queue.abandon();
    for (char& c : r.storage) c = '\xdd';
    t.ok(drops(r.take(0x82, "two")) && delivers(other.take(0x82, "two"), "onetwo"));
    t.ok(__is_trivially_copyable(reassembly) && sizeof(reassembly) <= 32);
}
PROVE_AND_RUN(a_queue_is_copied_with_its_storage)

}  // namespace
