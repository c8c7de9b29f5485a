// The retry schedule: the time and the target of each attempt, and the end. The minutes are calculated by
// hand from the rule of the documents.

#include <socks/policy/retry.hpp>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr uint64_t minute = 60;

// `s` waits exactly these minutes, and then nothing more.
template <size_t N>
constexpr bool waits(const retry_schedule& s, const uint32_t (&minutes)[N]) {
    for (uint32_t i = 0; i < N; ++i)
        if (!is_tried_again(s, i + 1) || minutes_until_next(s, i + 1) != minutes[i]) return false;
    return !is_tried_again(s, N + 1) && !is_tried_again(s, UINT32_MAX);
}

constexpr bool never(const retry_schedule& s) {
    return !is_tried_again(s, 1) && !is_tried_again(s, UINT32_MAX);
}

// "Defaults: four at 1 minute, two at 2, one at 4, the remaining five at 8."
constexpr void the_default_schedule_is_the_documents(check& t) {
    t.ok(retry_schedule{} == retry_schedule{1, 4, 12});
    t.ok(waits({}, {1, 1, 1, 1, 2, 2, 4, 8, 8, 8, 8, 8}));
}
PROVE_AND_RUN(the_default_schedule_is_the_documents)

constexpr void the_schedule_halves_the_attempts_and_doubles_the_interval(check& t) {
    t.ok(waits({5, 3, 6}, {5, 5, 5, 10, 20, 20}));
    t.ok(waits({2, 1, 4}, {2, 4, 4, 4}));
    t.ok(waits({3, 2, 5}, {3, 3, 6, 12, 12}));
    t.ok(waits({7, 5, 11}, {7, 7, 7, 7, 7, 14, 14, 28, 56, 56, 56}));
    t.ok(waits({1, 6, 12}, {1, 1, 1, 1, 1, 1, 2, 2, 2, 4, 8, 8}));
    t.ok(waits({10, 8, 17}, {10, 10, 10, 10, 10, 10, 10, 10, 20, 20, 20, 20, 40, 40, 80, 160, 160}));
}
PROVE_AND_RUN(the_schedule_halves_the_attempts_and_doubles_the_interval)

constexpr void the_limit_counts_every_attempt_after_the_first(check& t) {
    t.ok(never({1, 4, 0}) && never({0, 0, 0}) && never({32767, 32767, 0}));
    t.ok(waits({1, 4, 1}, {1}) && waits({9, 4, 2}, {9, 9}));
    t.ok(waits({1, 4, 5}, {1, 1, 1, 1, 2}));
    t.ok(waits({6, 32767, 3}, {6, 6, 6}));
}
PROVE_AND_RUN(the_limit_counts_every_attempt_after_the_first)

constexpr void without_a_number_of_attempts_the_interval_stays(check& t) {
    t.ok(waits({3, 0, 4}, {3, 3, 3, 3}));
    t.ok(waits({0, 4, 9}, {0, 0, 0, 0, 0, 0, 0, 0, 0}));
    t.ok(waits({0, 0, 2}, {0, 0}));
}
PROVE_AND_RUN(without_a_number_of_attempts_the_interval_stays)

constexpr void the_largest_numbers_do_not_overflow(check& t) {
    constexpr retry_schedule longest{32767, 16384, 32767};  // 16384 + 8192 + ... + 1 is 32767
    t.ok(minutes_until_next(longest, 1) == 32767 && minutes_until_next(longest, 16384) == 32767);
    t.ok(minutes_until_next(longest, 16385) == 65534 && minutes_until_next(longest, 24576) == 65534);
    t.ok(minutes_until_next(longest, 24577) == 131068);
    t.ok(minutes_until_next(longest, 32766) == 268427264 && minutes_until_next(longest, 32767) == 536854528);
    t.ok(is_tried_again(longest, 32767) && !is_tried_again(longest, 32768));
    // Past every limit: 32767 halves 15 times until nothing is left, and 32767 * 2^15 is the largest
    // interval.
    constexpr retry_schedule largest{32767, 32767, 32767};
    t.ok(minutes_until_next(largest, 32767) == 32767 && minutes_until_next(largest, 32768) == 65534);
    t.ok(minutes_until_next(largest, UINT32_MAX) == 1073709056);
    t.ok(minutes_until_next({32767, 1, 32767}, 32767) == 65534);
    t.ok(minutes_until_next({32767, 0, 32767}, UINT32_MAX) == 32767);
    // No failed attempt is as one.
    t.ok(minutes_until_next(largest, 0) == 32767 && minutes_until_next({7, 1, 12}, 0) == 7);
}
PROVE_AND_RUN(the_largest_numbers_do_not_overflow)

constexpr void each_number_of_a_schedule_has_a_range(check& t) {
    t.ok(socks::validate(retry_schedule{}) == errc::none &&
         socks::validate(retry_schedule{0, 0, 0}) == errc::none);
    t.ok(socks::validate(retry_schedule{32767, 32767, 32767}) == errc::none);
    t.ok(socks::validate(retry_schedule{32768, 4, 12}) == errc::bad_schedule);
    t.ok(socks::validate(retry_schedule{1, 32768, 12}) == errc::bad_schedule);
    t.ok(socks::validate(retry_schedule{1, 4, 32768}) == errc::bad_schedule);
    t.ok(socks::validate(retry_schedule{65535, 65535, 65535}) == errc::bad_schedule);
}
PROVE_AND_RUN(each_number_of_a_schedule_has_a_range)

constexpr bool visits(const retry_schedule& s, uint32_t hosts, uint32_t protocols,
                      const retry_target (&order)[8]) {
    for (uint32_t i = 0; i < 16; ++i)  // and all over again
        if (!(target_of(s, i, hosts, protocols) == order[i % 8])) return false;
    return true;
}

// The documents' example: RETRYN = 1, HOST = (IP1, IP2), PROT = (PROT1, PROT2), SAP = (SAP1, SAP2).
constexpr void hosts_vary_faster_than_protocols(check& t) {
    t.ok(visits({1, 1, 12}, 2, 2, {{0, 0}, {0, 0}, {1, 0}, {1, 0}, {0, 1}, {0, 1}, {1, 1}, {1, 1}}));
    t.ok(visits({1, 0, 12}, 4, 2, {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {0, 1}, {1, 1}, {2, 1}, {3, 1}}));
    t.ok(visits({1, 1, 12}, 1, 4, {{0, 0}, {0, 0}, {0, 1}, {0, 1}, {0, 2}, {0, 2}, {0, 3}, {0, 3}}));
    t.ok(visits({1, 3, 12}, 2, 1, {{0, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}}));
}
PROVE_AND_RUN(hosts_vary_faster_than_protocols)

constexpr void one_target_stays_the_target(check& t) {
    constexpr uint32_t counts[] = {0, 1, 11, 12, UINT32_MAX};
    for (const uint32_t failed : counts) {
        const auto entered = t.in(size_t{failed});
        t.ok(target_of({}, failed, 1, 1) == retry_target{});
        t.ok(target_of({}, failed, 0, 0) == retry_target{});
    }
    t.ok(target_of({1, 32767, 32767}, 32767, 2, 2) == retry_target{0, 0});
    t.ok(target_of({1, 32767, 32767}, 32768, 2, 2) == retry_target{1, 0});
    t.ok(target_of({1, 0, 1}, UINT32_MAX, UINT32_MAX, UINT32_MAX) == retry_target{0, 1});
}
PROVE_AND_RUN(one_target_stays_the_target)

constexpr void a_transfer_is_tried_by_the_schedule_and_given_up(check& t) {
    constexpr uint64_t due[] = {1, 2, 3, 4, 6, 8, 12, 20, 28, 36, 44, 52};  // minutes after the first failure
    constexpr uint64_t start = 1'000'003;
    retry attempts;
    uint64_t now = start;
    t.ok(attempts.due() == 0 && attempts.failed() == 0);
    for (const uint64_t minutes : due) {
        const auto entered = t.in();
        t.ok(attempts.ended(disposition::retry, now) == retry::next::again);
        t.ok(attempts.due() == start + minutes * minute);
        now = attempts.due();
    }
    t.ok(attempts.ended(disposition::retry, now) == retry::next::give_up && attempts.failed() == 13);
    t.ok(attempts.ended(disposition::connected, now) == retry::next::give_up);
}
PROVE_AND_RUN(a_transfer_is_tried_by_the_schedule_and_given_up)

// The wait begins when an attempt ends, not when it was due.
constexpr void a_late_attempt_delays_the_next_one(check& t) {
    retry attempts({2, 1, 5});
    t.ok(attempts.ended(disposition::retry, 100) == retry::next::again && attempts.due() == 100 + 2 * minute);
    t.ok(attempts.ended(disposition::retry, 7000) == retry::next::again &&
         attempts.due() == 7000 + 4 * minute);
}
PROVE_AND_RUN(a_late_attempt_delays_the_next_one)

constexpr void a_held_transfer_waits_for_its_restart(check& t) {
    retry attempts({1, 0, 3}, 2, 1);
    t.ok(attempts.ended(disposition::retry, 0) == retry::next::again &&
         attempts.target() == retry_target{1, 0});
    t.ok(attempts.ended(disposition::hold, minute) == retry::next::hold);
    for (const disposition d : {disposition::connected, disposition::retry, disposition::hold})
        t.in().ok(attempts.ended(d, 2 * minute) == retry::next::hold);
    t.ok(attempts.failed() == 1 && attempts.target() == retry_target{1, 0});
    attempts.restart();
    t.ok(attempts.due() == 0 && attempts.failed() == 0 && attempts.target() == retry_target{0, 0});
    t.ok(attempts.ended(disposition::retry, 3 * minute) == retry::next::again &&
         attempts.due() == 4 * minute);
    t.ok(attempts.ended(disposition::connected, 4 * minute) == retry::next::done);
    t.ok(attempts.ended(disposition::hold, 5 * minute) == retry::next::done);
}
PROVE_AND_RUN(a_held_transfer_waits_for_its_restart)

constexpr void a_transfer_has_one_target_unless_told_otherwise(check& t) {
    retry attempts({1, 0, 3});
    t.ok(attempts.ended(disposition::retry, 0) == retry::next::again && attempts.target() == retry_target{});
    retry hosts({1, 0, 3}, 2);
    t.ok(hosts.ended(disposition::retry, 0) == retry::next::again && hosts.target() == retry_target{1, 0});
    t.ok(hosts.ended(disposition::retry, 0) == retry::next::again && hosts.target() == retry_target{});
}
PROVE_AND_RUN(a_transfer_has_one_target_unless_told_otherwise)

constexpr void a_transfer_that_was_given_up_can_be_restarted(check& t) {
    retry attempts({1, 4, 0});
    t.ok(attempts.ended(disposition::retry, 9) == retry::next::give_up && attempts.due() == 0);
    attempts.restart();
    t.ok(attempts.ended(disposition::connected, 9) == retry::next::done);
}
PROVE_AND_RUN(a_transfer_that_was_given_up_can_be_restarted)

constexpr void a_schedule_out_of_range_tries_nothing_again(check& t) {
    retry attempts({1, 4, 32768});
    t.ok(attempts.ended(disposition::retry, 9) == retry::next::give_up);
}
PROVE_AND_RUN(a_schedule_out_of_range_tries_nothing_again)

constexpr void the_end_of_the_clock_is_the_latest_time(check& t) {
    retry attempts({32767, 4, 12});
    t.ok(attempts.ended(disposition::retry, UINT64_MAX - 32767 * minute) == retry::next::again);
    t.ok(attempts.due() == UINT64_MAX);
    t.ok(attempts.ended(disposition::retry, UINT64_MAX - 1) == retry::next::again);
    t.ok(attempts.due() == UINT64_MAX);
}
PROVE_AND_RUN(the_end_of_the_clock_is_the_latest_time)

static_assert(sizeof(retry) == 32);

}  // namespace
