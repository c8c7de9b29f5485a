// When a failed transfer is tried again, towards which of its targets, and when that ends.
// No clock: the caller says what time it is, and is told a time. The numbers are those of Transfer CFT's CFTTCP.

#ifndef SOCKS_POLICY_RETRY_HPP
#define SOCKS_POLICY_RETRY_HPP

#include <socks/core/error.hpp>
#include <socks/policy/disposition.hpp>

namespace socks {

/// When a transfer that failed is tried again: `attempts` times at an interval of `interval` minutes, then half as many
/// times at twice the interval, and so on, `limit` times in all.
///
///     retry_schedule{}            1 1 1 1   2 2   4   8 8 8 8 8 minutes
///     retry_schedule{5, 3, 6}     5 5 5   10   20 20
///
/// Halving below one leaves the interval as last doubled for all that remain.
///
/// @rfc  Transfer CFT, CFTTCP: RETRYW, RETRYN, RETRYM
struct retry_schedule {
    static constexpr uint16_t max = 32767;  ///< of each of the three

    uint16_t interval = 1;  ///< RETRYW, in minutes
    uint16_t attempts = 4;  ///< RETRYN
    uint16_t limit = 12;    ///< RETRYM, not counting the attempt that failed first; 0: no other attempt

    friend constexpr bool operator==(const retry_schedule&, const retry_schedule&) noexcept = default;
};

/// Whether the numbers of `s` are in their ranges.
/// @errors  bad_schedule  one of them is above 32767
/// @cost    O(1), constexpr, noexcept.
[[nodiscard]] constexpr errc validate(const retry_schedule& s) noexcept {
    constexpr uint16_t max = retry_schedule::max;
    return s.interval > max || s.attempts > max || s.limit > max ? errc::bad_schedule : errc::none;
}

/// Whether there is another attempt after `failed` of them.
/// @param failed  attempts that failed so far, the first one included.
/// @cost          O(1), constexpr, noexcept.
[[nodiscard]] constexpr bool is_tried_again(const retry_schedule& s, uint32_t failed) noexcept {
    return failed <= s.limit;
}

/// Minutes between the last of `failed` attempts and the next one, whether or not the limit still allows it.
///
/// @param failed  attempts that failed so far, the first one included, at least 1.
/// @returns       0..32767 * 2^15, which 32 bits hold.
/// @cost          at most 16 rounds, constexpr, noexcept.
[[nodiscard]] constexpr uint32_t minutes_until_next(const retry_schedule& s, uint32_t failed) noexcept {
    uint32_t interval = s.interval;
    uint32_t at_this_interval = s.attempts;
    for (uint32_t before = failed == 0 ? 0 : failed - 1;
         at_this_interval != 0 && before >= at_this_interval;) {
        before -= at_this_interval;
        at_this_interval /= 2;
        interval *= 2;
    }
    return interval;
}

/// Which of several hosts and protocols an attempt goes to; each counts from 0.
struct retry_target {
    uint32_t host = 0;
    uint32_t protocol = 0;
    friend constexpr bool operator==(const retry_target&, const retry_target&) noexcept = default;
};

/// The target of the attempt that follows `failed` others: each target is tried RETRYN + 1 times in a row, hosts vary
/// faster than protocols, and after the last one the first has its turn again. The schedule says when, and its limit
/// counts all attempts, whatever their target.
///
/// @param hosts, protocols  how many there are; none counts as one.
/// @cost                    O(1), constexpr, noexcept.
[[nodiscard]] constexpr retry_target target_of(const retry_schedule& s, uint32_t failed, uint32_t hosts,
                                               uint32_t protocols) noexcept {
    const uint32_t turn = failed / (uint32_t{s.attempts} + 1);
    const uint32_t in_a_row = hosts == 0 ? 1 : hosts;
    return {turn % in_a_row, turn / in_a_row % (protocols == 0 ? 1 : protocols)};
}

/// One transfer, from its first attempt until it is connected, held or given up.
///
///     retry attempts(targets.schedule(), targets.hosts(), targets.protocols());
///     switch (attempts.ended(socks::decide(outcome), now)) {
///         case retry::next::done:    break;
///         case retry::next::again:   sleep_until(attempts.due()); connect_to(attempts.target()); break;
///         case retry::next::hold:    tell_operator(); break;       // until START, then restart()
///         case retry::next::give_up: break;
///     }
///
/// What ends a transfer is final: later calls of ended() give the same, until restart().
///
/// @cost  32 bytes, trivially copyable; constexpr, noexcept.
class retry {
  public:
    enum class next : uint8_t {
        done,     ///< connected
        again,    ///< make the next attempt at due(), towards target()
        hold,     ///< state K: an operator must restart it
        give_up,  ///< the last attempt has failed, or validate(schedule) does
    };

    static constexpr uint64_t seconds_per_minute = 60;

    constexpr retry() noexcept = default;
    constexpr explicit retry(const retry_schedule& schedule, uint32_t hosts = 1,
                             uint32_t protocols = 1) noexcept
        : schedule_(schedule), hosts_(hosts), protocols_(protocols) {}

    /// An attempt has ended at `now`, in seconds of any clock that does not go backwards.
    [[nodiscard]] constexpr next ended(disposition how, uint64_t now) noexcept {
        if (state_ != next::again) return state_;
        switch (how) {
            case disposition::connected: return state_ = next::done;
            case disposition::hold: return state_ = next::hold;
            case disposition::retry: break;
        }
        ++failed_;
        if (validate(schedule_) != errc::none || !is_tried_again(schedule_, failed_))
            return state_ = next::give_up;
        const uint64_t wait = minutes_until_next(schedule_, failed_) * seconds_per_minute;
        due_ = now > UINT64_MAX - wait ? UINT64_MAX : now + wait;
        return next::again;
    }

    /// The operator's START: everything begins again, with an attempt at once towards the first target.
    constexpr void restart() noexcept {
        failed_ = 0;
        due_ = 0;
        state_ = next::again;
    }

    /// When the next attempt is due, in seconds of the caller's clock; 0 for the first: at once.
    [[nodiscard]] constexpr uint64_t due() const noexcept { return due_; }

    /// The target of the next attempt, or of the one being made.
    [[nodiscard]] constexpr retry_target target() const noexcept {
        return target_of(schedule_, failed_, hosts_, protocols_);
    }

    /// Attempts that failed and were not held, since the first or the last restart().
    [[nodiscard]] constexpr uint32_t failed() const noexcept { return failed_; }

  private:
    uint64_t due_ = 0;
    retry_schedule schedule_{};
    uint32_t hosts_ = 1;
    uint32_t protocols_ = 1;
    uint32_t failed_ = 0;
    next state_ = next::again;
};

}  // namespace socks

#endif
