// A retry schedule with any numbers, against a loop that counts each attempt. A finished transfer stays
// finished until it is restarted, and its times only grow.

#include "requests.hpp"

using namespace fuzzing;

namespace {

// How many minutes there are before each attempt, told plainly.
struct model {
    socks::retry_schedule s;
    uint64_t interval = s.interval;
    uint32_t portion = s.attempts;
    uint32_t left = s.attempts;

    uint64_t next() {
        const uint64_t minutes = interval;
        if (portion != 0 && --left == 0) {
            portion /= 2;
            left = portion;
            interval *= 2;
        }
        return minutes;
    }
};

}  // namespace

//     interval  attempts  limit  hosts  protocols  how each attempt ends
void fuzz(input in) {
    using next = socks::retry::next;
    const socks::retry_schedule s{.interval = in.u16(), .attempts = in.u16(), .limit = in.u16()};
    const uint32_t hosts = 1 + in.byte() % 4U;
    const uint32_t protocols = 1 + in.byte() % 4U;
    const bool good = validate(s) == errc::none;
    demand(good == (s.interval < 32768 && s.attempts < 32768 && s.limit < 32768));
    model expected{s};
    socks::retry transfer(s, hosts, protocols);
    uint64_t now = in.byte();
    uint32_t failed = 0;
    next state = next::again;
    for (int i = 0; i < 2000 && state == next::again; ++i) {
        const uint8_t how = in.empty() ? uint8_t{0} : in.byte();
        const uint32_t row = failed / (s.attempts + 1U);
        demand(transfer.target() == socks::retry_target{row % hosts, row / hosts % protocols});
        const auto d = how == 1   ? socks::disposition::connected
                       : how == 2 ? socks::disposition::hold
                                  : socks::disposition::retry;
        state = transfer.ended(d, now);
        if (how == 1 || how == 2) {
            demand(state == (how == 1 ? next::done : next::hold));
            break;
        }
        ++failed;
        demand(state == (good && failed <= s.limit ? next::again : next::give_up));
        if (state != next::again) break;
        demand(transfer.due() == now + expected.next() * 60 && transfer.failed() == failed);
        now = transfer.due();
    }
    if (state == next::again) return;
    demand(transfer.ended(socks::disposition::connected, now) == state);
    transfer.restart();
    demand(transfer.due() == 0 && transfer.failed() == 0 && transfer.target() == socks::retry_target{});
}
