// A node of the walk over one machine: the machine, the bytes that it has not consumed, and what its caller
// knows. Steps and answers are tried on copies, with memory of exactly the size that they are given.

#ifndef SOCKS_TESTS_EXPLORATION_NODE_HPP
#define SOCKS_TESTS_EXPLORATION_NODE_HPP

#include "invariants.hpp"
#include "machine.hpp"

#include <memory>

namespace exploration {

struct node {
    image bytes{};
    question open = question::none;
    bool binds = false;     // the request that is served is BIND
    bool admitted = false;  // a server selected no method, or the caller accepted the client
    bool ended = false;     // the stream
    size_t ahead = 0;       // how many of the unread bytes the machine can go on without
    std::string unread{};

    friend bool operator==(const node&, const node&) = default;
    [[nodiscard]] size_t hash() const {
        const std::string_view own(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        const size_t rest = std::hash<std::string>()(unread) + ahead * 64 + (ended ? 32 : 0) +
                            (admitted ? 16 : 0) + (binds ? 8 : 0) + static_cast<size_t>(open);
        return std::hash<std::string_view>()(own) * 31 + rest;
    }
};

struct move {
    enum : uint8_t { begin, receive, step, take, end_of_stream, stream_failed, call } kind = begin;
    uint8_t detail = 0;  // the byte, the error or the number of the answer
    size_t room = 0;

    [[nodiscard]] std::string in_words(const machine& m) const {
        const std::string with_room = " with room for " + std::to_string(room) + " bytes";
        switch (kind) {
            case begin: return "begin";
            case receive: return "receive " + hexadecimal(std::string(1, static_cast<char>(detail)));
            case step: return "step" + with_room;
            case take: return "take one byte for the sub-negotiation";
            case end_of_stream: return "end_of_stream()";
            case stream_failed:
                return std::string("stream_failed: ") + socks::to_string(static_cast<socks::errc>(detail));
            case call: return m.answers[detail].name + with_room;
        }
        return "?";
    }
};

inline constexpr size_t ample = 520;  // at least the max_output of every machine

// What a call returned, and the machine after it.
struct tried {
    image bytes;
    said result;
};

// Memory for output, with bytes behind it that must stay as they are.
class room {
  public:
    explicit room(size_t n) : size_(n), bytes_(new char[n + behind]) {
        for (size_t i = 0; i < behind; ++i) bytes_[n + i] = '\xa5';
    }
    [[nodiscard]] socks::buffer output() const { return {bytes_.get(), size_}; }
    void check() const {
        for (size_t i = 0; i < behind; ++i)
            require(bytes_[size_ + i] == '\xa5', invariant::outside, "a byte behind the output changed");
    }

  private:
    static constexpr size_t behind = 8;
    size_t size_;
    std::unique_ptr<char[]> bytes_;
};

inline tried step(const machine& m, const image& of, std::string_view unread, size_t space = ample) {
    const std::unique_ptr<char[]> in(new char[unread.size()]);
    std::copy(unread.begin(), unread.end(), in.get());
    const room out(space);
    tried t{of, {}};
    t.result = m.step(t.bytes, {in.get(), unread.size()}, out.output());
    out.check();
    require(std::equal(unread.begin(), unread.end(), in.get()), invariant::outside, "the input changed");
    return t;
}

inline tried make(const answer& a, const image& of, size_t space = ample) {
    const room out(space);
    tried t{of, {}};
    t.result = a.make(t.bytes, out.output());
    out.check();
    return t;
}

// All steps until the machine needs its caller: with all bytes at once, or each byte as late as possible.
struct journey {
    image end{};
    said last{};
    size_t consumed = 0;
    size_t steps = 0;
    std::string sent{}, told{};

    [[nodiscard]] bool leads_as(const journey& other) const {
        return end == other.end && last.next == other.last.next && last.error == other.last.error &&
               last.byte == other.last.byte && last.number == other.last.number &&
               consumed == other.consumed && sent == other.sent && told == other.told;
    }
};

inline constexpr size_t too_many_steps = 16;

inline journey travel(const machine& m, const node& n, bool at_once) {
    journey j{.end = n.bytes};
    size_t here = n.unread.size() - (at_once ? 0 : n.ahead);
    for (size_t waiting = 0; waiting < too_many_steps;) {
        const tried t = step(m, j.end, std::string_view(n.unread).substr(j.consumed, here - j.consumed));
        ++j.steps;
        j.end = t.bytes;
        j.last = t.result;
        j.consumed += t.result.consumed;
        j.sent += t.result.sent;
        j.told += t.result.told;
        if (t.result.next == act::recv) {
            if (here == n.unread.size()) return j;
            ++here;
            waiting = 0;
        } else if (t.result.next == act::send || t.result.next == act::bound) {
            ++waiting;
        } else {
            return j;
        }
    }
    throw broken{invariant::bounded, "it does not end after " + std::to_string(j.steps) + " steps"};
}

}  // namespace exploration

#endif
