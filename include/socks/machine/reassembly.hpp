// The reassembly queue and timer of RFC 1928 for the fragments of datagrams, in the caller's storage and by the
// caller's clock. One sequence at a time, in order: fragments carry no number of their datagram, so whatever does not
// continue the sequence ends it.

#ifndef SOCKS_MACHINE_REASSEMBLY_HPP
#define SOCKS_MACHINE_REASSEMBLY_HPP

#include <socks/wire/datagram.hpp>

namespace socks {

/// Puts the fragments of one sender's datagrams together.
///
///     reassembly queue(5'000);                             // milliseconds, as now() counts
///     char storage[4096];
///     const auto s = queue.step(in, now(), storage);
///     switch (s.next()) {
///     case reassembly::next::deliver: relay(s.whole()); break;
///     case reassembly::next::wait:    break;               // a fragment was kept
///     case reassembly::next::drop:    break;               // without a word; s.error() says why
///     }
///
/// What is no fragment is delivered as it is, from `in`. A fragment at position 1 begins a sequence; one at the next
/// position to the same far end continues it; the one with the high bit set completes it. All else is dropped, and
/// where it shows that the sequence has been left (a lower position, another far end, a gap, the timer), what was kept
/// is abandoned. A repetition of the last fragment is dropped alone.
///
/// Nothing is kept here but numbers: `storage` keeps the bytes, header and data of the datagram that grows.
///
/// @cost  step is O(size of the datagram), constexpr, noexcept; 32 bytes of state, trivially copyable.
/// @rfc   1928 section 7
class reassembly {
  public:
    enum class next : uint8_t { deliver, wait, drop };

    /// What became of a datagram.
    class [[nodiscard]] action {
      public:
        [[nodiscard]] constexpr reassembly::next next() const noexcept { return next_; }

        /// The whole datagram; only for next::deliver. Its fragment() is 0.
        /// @lifetime  points into `in` if that was no fragment, and into `storage` until the next step otherwise.
        [[nodiscard]] constexpr datagram whole() const noexcept {
            SOCKS_ASSERT(next_ == reassembly::next::deliver);
            return whole_;
        }

        /// Why it was dropped; errc::none otherwise.
        [[nodiscard]] constexpr errc error() const noexcept { return error_; }

      private:
        friend class reassembly;
        constexpr action(const datagram& whole) noexcept : whole_(whole), next_(reassembly::next::deliver) {}
        constexpr action(errc e) noexcept
            : error_(e), next_(e == errc::none ? reassembly::next::wait : reassembly::next::drop) {}

        datagram whole_{};
        errc error_ = errc::none;
        reassembly::next next_;
    };

    /// @param limit  how long a sequence may take, from its first fragment to its last, in ticks of the caller's
    ///               clock: at least 5 seconds, says the document.
    constexpr explicit reassembly(uint64_t limit) noexcept : limit_(limit) {}

    /// Takes one datagram.
    ///
    /// @param in       the bytes of one datagram, all of them; may lie in the part of `storage` that keeps nothing.
    /// @param now      the time in ticks of any length, of a clock that does not go back.
    /// @param storage  the same at each step of a sequence, and left alone between them.
    /// @param accept   as for decode_datagram.
    /// @returns   deliver, wait or drop.
    /// @errors    all of decode_datagram, which leave the sequence as it was; and
    ///            fragmented  out of its turn
    ///            no_space    storage is too small for the datagram so far; the sequence is abandoned
    ///            overlap     `in` lies where earlier fragments are kept; the sequence is abandoned
    [[nodiscard]] constexpr action step(bytes in SOCKS_LIFETIMEBOUND, uint64_t now,
                                        buffer storage SOCKS_LIFETIMEBOUND,
                                        tolerance tolerated = lenient) noexcept {
        if (waiting() && now - began_ >= limit_) abandon();
        const decoded<datagram> d = decode_datagram(in, tolerated, fragments::keep);
        if (!d) return d.error();
        if (d->fragment() == 0) {
            abandon();
            return *d;
        }
        const auto position = static_cast<uint8_t>(d->fragment() & 0x7f);
        const size_t header = in.size() - d->data().size();
        bytes kept = d->data();
        if (position == 1) {
            began_ = now;
            size_ = 0;
            header_ = static_cast<uint16_t>(header);
            kept = in;
        } else {
            if (waiting() && detail::overlap(in.data(), in.size(), storage.data(), size_)) {
                abandon();
                return errc::overlap;
            }
            const bool same = belongs(in.first(header), storage);
            if (same && position == highest_) return errc::fragmented;
            if (!same || position != highest_ + 1) {
                abandon();
                return errc::fragmented;
            }
        }
        if (storage.capacity() - size_ < kept.size()) {
            abandon();
            return errc::no_space;
        }
        detail::move_bytes(storage.data() + size_, kept.data(), kept.size());
        size_ += kept.size();
        highest_ = position;
        if ((d->fragment() & 0x80) == 0) return errc::none;
        storage.data()[2] = 0;
        const datagram whole(bytes(storage.data(), size_), header_, 0);
        abandon();
        return whole;
    }

    /// Whether a sequence has begun: its fragments are in the storage.
    [[nodiscard]] constexpr bool waiting() const noexcept { return highest_ != 0; }

    /// Gives up what was kept, if anything.
    constexpr void abandon() noexcept { highest_ = 0; }

  private:
    // Whether a header is that of the sequence, but for RSV and FRAG: the far end is the same.
    [[nodiscard]] constexpr bool belongs(bytes header, buffer storage) const noexcept {
        return waiting() && storage.capacity() >= size_ &&
               header.subspan(3) == bytes(storage.data(), header_).subspan(3);
    }

    uint64_t began_ = 0;
    uint64_t limit_;
    size_t size_ = 0;      // bytes kept, header included
    uint16_t header_ = 0;  // of them the header
    uint8_t highest_ = 0;  // the position that came last; 0: none
};

}  // namespace socks

#endif
