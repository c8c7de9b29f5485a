// A deterministic network in memory. The seed of a connection decides each of its delays, splits, merges,
// short writes and resets, so it runs the same way alone and among a million others.

#ifndef SOCKS_TESTS_SIMULATION_NETWORK_HPP
#define SOCKS_TESTS_SIMULATION_NETWORK_HPP

#include <socks/socks.hpp>

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace simulation {

using socks::buffer;
using socks::bytes;

// The same draws for the same seed (splitmix64).
class dice {
  public:
    explicit dice(uint64_t seed) : state_(seed) {}

    uint64_t draw() {
        uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    uint32_t below(uint32_t n) { return static_cast<uint32_t>((draw() >> 32) * n >> 32); }
    bool once_in(uint32_t n) { return below(n) == 0; }

  private:
    uint64_t state_;
};

// What happens to a connection: bytes arrive in one direction, a side has reason to go on, an application
// found its answer, or the time is up.
enum class happening : uint8_t { arrival_up, arrival_down, client_wakes, server_wakes, answer_due, deadline };

struct event {
    uint32_t connection;
    // Connections take each other's places. An event of an earlier life is void, but an event of life 0 is
    // not.
    uint32_t life;
    happening what;
};

// Events in order of time, and of those at one time in the order in which they were set.
class calendar {
  public:
    static constexpr uint32_t horizon = 1U << 15;

    void set(uint32_t ticks, event e) { slots_[(now_ + ticks) % horizon].push_back(e); }
    [[nodiscard]] uint64_t now() const { return now_; }

    // All events of the next tick that has any.
    void next(std::vector<event>& due) {
        while (slots_[now_ % horizon].empty()) ++now_;
        due = std::exchange(slots_[now_ % horizon],
                            {});  // a slot that keeps its room keeps it for a turn of the wheel
    }

  private:
    std::vector<std::vector<event>> slots_{horizon};
    uint64_t now_ = 0;
};

// One direction: bytes on their way, then bytes that arrived. It holds little, so that writes are short.
class link {
  public:
    static constexpr size_t capacity = 128;

    // Writes what fits.
    size_t write(bytes from) {
        if (ended_ || gone_) return gone_ ? from.size() : 0;
        size_t n = 0;
        for (; n < from.size() && size_ < capacity; ++n)
            bytes_[(begin_ + size_++) % capacity] = from.data()[n];
        written_ += n;
        return n;
    }
    void end() { ended_ = true; }

    // Everything on its way is lost, in both senses.
    void reset() {
        gone_ = true;
        size_ = arrived_ = 0;
    }

    void arrive(size_t n) { arrived_ += n; }
    [[nodiscard]] size_t on_its_way() const { return size_ - arrived_; }
    [[nodiscard]] size_t readable() const { return arrived_; }
    [[nodiscard]] size_t room() const { return capacity - size_; }
    [[nodiscard]] bool at_end() const { return gone_ || (ended_ && size_ == 0); }
    [[nodiscard]] bool gone() const { return gone_; }
    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] uint64_t written() const { return written_; }
    [[nodiscard]] uint64_t read() const { return read_; }

    // Reads at most what arrived.
    size_t read(buffer to) {
        size_t n = 0;
        for (; n < to.capacity() && arrived_ != 0; ++n, --arrived_, --size_) {
            to.data()[n] = bytes_[begin_];
            begin_ = (begin_ + 1) % capacity;
        }
        read_ += n;
        return n;
    }

  private:
    uint64_t written_ = 0;
    uint64_t read_ = 0;
    size_t begin_ = 0;
    size_t size_ = 0;
    size_t arrived_ = 0;
    bool ended_ = false;
    bool gone_ = false;
    char bytes_[capacity];
};

// What a side sends through the tunnel: any byte of it is known by its place.
class payload {
  public:
    payload() = default;
    explicit payload(dice& d) : seed_(static_cast<uint32_t>(d.draw())), size_(d.below(200)) {}

    [[nodiscard]] char at(uint32_t i) const { return static_cast<char>((seed_ + i) * 2654435761U >> 24); }
    [[nodiscard]] uint32_t size() const { return size_; }

  private:
    uint32_t seed_ = 0;
    uint32_t size_ = 0;
};

}  // namespace simulation

#endif
