// Fragments in any order, at any time, with storage of any size: a queue with its own copies agrees on each
// result.

#include "requests.hpp"

using namespace fuzzing;

namespace {

// The same rules, told plainly, with strings.
struct model {
    using next = socks::reassembly::next;
    uint64_t limit;
    size_t room;
    uint64_t began = 0;
    int last = 0;  // 0: no sequence
    std::string header{};
    std::string kept{};

    next give_up(next n) {
        last = 0;
        return n;
    }

    next take(const socks::datagram& d, const std::string& head, uint64_t now, std::string& delivered) {
        if (d.fragment() == 0) {
            delivered = text(d.data());
            return give_up(next::deliver);
        }
        const int position = d.fragment() & 0x7f;
        const bool same = last != 0 && head.substr(3) == header.substr(3);
        if (position == 1) {
            last = 0;
            header = head;
            kept.clear();
            began = now;
        } else if (same && position == last) {
            return next::drop;
        } else if (!same || position != last + 1) {
            return give_up(next::drop);
        }
        kept += text(d.data());
        if (header.size() + kept.size() > room) return give_up(next::drop);
        last = position;
        if ((d.fragment() & 0x80) == 0) return next::wait;
        delivered = kept;
        return give_up(next::deliver);
    }
};

}  // namespace

//     limit  room  and for each datagram: ticks  length  bytes
void fuzz(input in) {
    using next = socks::reassembly::next;
    const uint64_t limit = in.byte();
    block storage(in.byte());
    socks::reassembly queue(limit);
    model expected{.limit = limit, .room = storage.view().size()};
    uint64_t now = 0;
    while (!in.empty()) {
        now += in.byte();
        const block bytes(in.counted());
        const auto d = socks::decode_datagram(bytes.view(), socks::lenient, socks::fragments::keep);
        if (expected.last != 0 && now - expected.began >= limit) expected.last = 0;
        const auto s = queue.step(bytes.view(), now, storage.room());
        if (!d) {
            demand(s.next() == next::drop && s.error() == d.error());
        } else {
            std::string delivered;
            const std::string head = text(bytes.view().first(bytes.view().size() - d->data().size()));
            demand(s.next() == expected.take(*d, head, now, delivered));
            demand((s.next() == next::drop) == (s.error() != errc::none));
            if (s.next() == next::deliver) {
                demand(text(s.datagram().data()) == delivered && s.datagram().fragment() == 0);
                demand(s.datagram().remote() == d->remote());
            }
        }
        demand(queue.waiting() == (expected.last != 0));
    }
}
