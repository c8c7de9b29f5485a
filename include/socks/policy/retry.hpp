// Decides when a failed transfer is tried again, which target the attempt uses, and when the attempts end. It
// reads no clock: you pass the time, and you wait until the time that it returns.

#ifndef SOCKS_POLICY_RETRY_HPP
#define SOCKS_POLICY_RETRY_HPP

#include <socks/core/error.hpp>
#include <socks/policy/disposition.hpp>

namespace socks {

/// The times of the retries: `attempts` retries at an interval of `interval` minutes, then half as many at
/// twice the interval, and so on, up to `limit` retries in total.
///
///     retry_schedule{}            1 1 1 1   2 2   4   8 8 8 8 8 minutes
///     retry_schedule{5, 3, 6}     5 5 5   10   20 20
///
/// When the number of attempts is halved to 0, the interval stays the same for all other retries.
struct retry_schedule {
    static constexpr uint16_t max = 32767;  ///< the largest value of each member

    uint16_t interval = 1;  ///< in minutes
    uint16_t attempts = 4;  ///< retries at the first interval; 0: the interval never changes
    uint16_t limit = 12;    ///< the number of retries, without the first attempt; 0: no retry

    /// Whether all members are equal.
    friend constexpr bool operator==(const retry_schedule&, const retry_schedule&) noexcept = default;
};

/// Checks the ranges of a schedule.
/// @errors  bad_schedule  a member is greater than 32767
/// @cost    O(1), constexpr, noexcept.
[[nodiscard]] constexpr errc validate(const retry_schedule& s) noexcept {
    constexpr uint16_t max = retry_schedule::max;
    return s.interval > max || s.attempts > max || s.limit > max ? errc::bad_schedule : errc::none;
}

/// Whether another attempt follows after `failed` attempts.
/// @param failed  the number of failed attempts, including the first one.
/// @cost          O(1), constexpr, noexcept.
[[nodiscard]] constexpr bool is_tried_again(const retry_schedule& s, uint32_t failed) noexcept {
    return failed <= s.limit;
}

/// Returns the minutes between the last of `failed` attempts and the next one. The limit is not considered.
///
/// @param failed  the number of failed attempts, including the first one. 0 means 1.
/// @returns       0..32767 * 2^15 minutes.
/// @cost          at most 16 iterations, constexpr, noexcept.
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

/// The host and the protocol of an attempt, as indexes from 0.
struct retry_target {
    uint32_t host = 0;      ///< the index of the host
    uint32_t protocol = 0;  ///< the index of the protocol
    /// Whether all members are equal.
    friend constexpr bool operator==(const retry_target&, const retry_target&) noexcept = default;
};

/// Returns the target of the attempt after `failed` attempts. Each target is tried `s.attempts` + 1 times in
/// a row, first every host with the first protocol, then every host with the second one. After the last
/// target, the first one is tried again. The target has no effect on the time of an attempt. The limit counts
/// the retries of all targets.
///
/// @param hosts, protocols  the number of hosts and of protocols. 0 means 1.
/// @cost                    O(1), constexpr, noexcept.
[[nodiscard]] constexpr retry_target target_of(const retry_schedule& s, uint32_t failed, uint32_t hosts,
                                               uint32_t protocols) noexcept {
    const uint32_t turn = failed / (uint32_t{s.attempts} + 1);
    const uint32_t host_count = hosts == 0 ? 1 : hosts;
    const uint32_t protocol_count = protocols == 0 ? 1 : protocols;
    return {turn % host_count, turn / host_count % protocol_count};
}

/// Counts the attempts of one transfer.
///
///     retry attempts(retry_schedule{.interval = 5}, hosts, protocols);
///     switch (attempts.ended(socks::decide(outcome, socks::conservative_dispositions), now)) {
///         case retry::next::done:    break;
///         case retry::next::again:   sleep_until(attempts.due()); connect_to(attempts.target()); break;
///         case retry::next::hold:    ask_operator(); break;  // then attempts.restart()
///         case retry::next::give_up: break;
///     }
///
/// After done, hold and give_up, every call of ended() returns the same value, until you call restart().
///
/// @cost  32 bytes, trivially copyable, constexpr, noexcept.
class retry {
  public:
    /// What to do after an attempt.
    enum class next : uint8_t {
        done,     ///< connected
        again,    ///< make the next attempt at the time due(), to target()
        hold,     ///< wait until an operator restarts the transfer
        give_up,  ///< the last attempt has failed, or the schedule is invalid
    };

    /// Schedules count minutes, and the clock counts seconds.
    static constexpr uint64_t seconds_per_minute = 60;

    constexpr retry() noexcept = default;
    /// Begins to count. `hosts` and `protocols` are the numbers of targets, and 0 means 1.
    constexpr explicit retry(const retry_schedule& schedule, uint32_t hosts = 1,
                             uint32_t protocols = 1) noexcept
        : schedule_(schedule), hosts_(hosts), protocols_(protocols) {}

    /// Reports the end of an attempt.
    /// @param now  the time, in seconds of any clock that does not go backwards.
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

    /// Starts again from the beginning: the next attempt is due immediately and uses the first target.
    constexpr void restart() noexcept {
        failed_ = 0;
        due_ = 0;
        state_ = next::again;
    }

    /// The time of the next attempt, in seconds of your clock. It is 0 for the first attempt, which is due
    /// immediately.
    [[nodiscard]] constexpr uint64_t due() const noexcept { return due_; }

    /// The target of the next attempt, or of the attempt in progress.
    [[nodiscard]] constexpr retry_target target() const noexcept {
        return target_of(schedule_, failed_, hosts_, protocols_);
    }

    /// The number of failed attempts since the last restart(), without those whose disposition was hold.
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
