// Puts fragments of datagrams together, with the queue and the timer of RFC 1928. You provide the storage and
// the time. A fragment does not say to which datagram it belongs, so only one sequence is kept at a time.

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
///     case reassembly::next::deliver: relay(s.datagram()); break;
///     case reassembly::next::wait:    break;               // a fragment was kept
///     case reassembly::next::drop:    break;               // s.error() is the reason; send no answer
///     }
///
/// A datagram that is not a fragment is delivered unchanged, from `in`. A fragment at position 1 begins a
/// sequence. A fragment at the next position to the same remote endpoint continues it. The fragment with the
/// high bit set completes it. Every other fragment is dropped. A lower position, another remote endpoint, a
/// gap and the timer also end the sequence. A repetition of the last fragment does not end it.
///
/// This object keeps numbers only; the bytes of the incomplete datagram are in `storage`.
///
/// @cost  step is O(size of the datagram), constexpr, noexcept; 32 bytes of state, trivially copyable.
/// @rfc   1928 section 7
class reassembly {
  public:
    /// What to do with a datagram: pass on datagram(), wait for more fragments, or ignore it.
    enum class next : uint8_t { deliver, wait, drop };

    /// What to do with a datagram.
    class action {
      public:
        /// What to do with the datagram.
        [[nodiscard]] constexpr reassembly::next next() const noexcept { return next_; }

        /// deliver: the complete datagram. Its fragment() is 0.
        /// @lifetime  points into `in` if that was not a fragment; otherwise into `storage`, until the next
        ///            step.
        [[nodiscard]] constexpr socks::datagram datagram() const noexcept {
            SOCKS_ASSERT(next_ == reassembly::next::deliver);
            return complete_;
        }

        /// drop: the reason; otherwise errc::none.
        [[nodiscard]] constexpr errc error() const noexcept { return error_; }

      private:
        friend class reassembly;
        constexpr action(const socks::datagram& complete) noexcept
            : complete_(complete), next_(reassembly::next::deliver) {}
        constexpr action(errc e) noexcept
            : error_(e), next_(e == errc::none ? reassembly::next::wait : reassembly::next::drop) {}

        socks::datagram complete_{};
        errc error_ = errc::none;
        reassembly::next next_;
    };

    /// @param limit  how long a sequence may take, from its first fragment to its last, in ticks of your
    ///               clock. RFC 1928 asks for at least 5 seconds.
    constexpr explicit reassembly(uint64_t limit) noexcept : limit_(limit) {}

    /// Takes one datagram.
    ///
    /// @param in         all bytes of one datagram; they may lie in the unused part of `storage`.
    /// @param now        the time in ticks of any length. The clock must not go backwards.
    /// @param storage    the same at each step of a sequence; do not write to it between the steps.
    /// @param tolerated  as for decode_datagram.
    /// @returns   deliver, wait or drop.
    /// @errors    all of decode_datagram, which do not change the sequence; and
    ///            fragmented  the fragment does not continue the sequence
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
        const datagram complete = detail::validated_datagram({storage.data(), size_}, header_, 0);
        abandon();
        return complete;
    }

    /// Whether a sequence has begun and is not complete.
    [[nodiscard]] constexpr bool waiting() const noexcept { return highest_ != 0; }

    /// Ends the sequence, if there is one, and drops its fragments.
    constexpr void abandon() noexcept { highest_ = 0; }

  private:
    // Whether a header equals that of the sequence, except RSV and FRAG: the remote endpoint is the same.
    [[nodiscard]] constexpr bool belongs(bytes header, buffer storage) const noexcept {
        return waiting() && storage.capacity() >= size_ &&
               header.subspan(3) == bytes(storage.data(), header_).subspan(3);
    }

    uint64_t began_ = 0;
    uint64_t limit_;
    size_t size_ = 0;      // bytes in the storage, header included
    uint16_t header_ = 0;  // how many of them are the header
    uint8_t highest_ = 0;  // the last position; 0: no sequence
};

}  // namespace socks

#endif
