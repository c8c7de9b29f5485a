// Decodes and encodes the messages of CHAP, method 3 (draft-ietf-aft-socks-chap-01): a list of attributes.
// Your code computes the responses. With HMAC-MD5 the key is the password, and the text is the challenge.
//
//     client                                   server
//     ALGORITHMS, USER-IDENTITY           ->
//                                         <-   ALGORITHMS (the selected one), CHALLENGE
//     RESPONSE                            ->
//                                         <-   STATUS
//
// USER-IDENTITY may also come together with RESPONSE. A client that wants proof of the server adds a
// CHALLENGE to its RESPONSE. Then the server adds a RESPONSE to its STATUS, and the client sends a STATUS.

#ifndef SOCKS_WIRE_CHAP_HPP
#define SOCKS_WIRE_CHAP_HPP

#include <socks/core/numbers.hpp>
#include <socks/wire/reader.hpp>
#include <socks/wire/writer.hpp>

namespace socks {

inline constexpr size_t max_chap_message = 2 + 255 * (2 + 255);  ///< 255 attributes of 255 bytes each

/// One attribute of a CHAP message. The type may be unassigned.
/// @lifetime  the value points into the decoded bytes, or into the bytes that you passed.
struct chap_attribute {
    chap_type type = chap_type::status;  ///< what the value means
    bytes value{};                       ///< 0 to 255 bytes
};

class chap_message;
[[nodiscard]] constexpr decoded<chap_message> decode_chap(bytes in SOCKS_LIFETIMEBOUND,
                                                          size_t max_size) noexcept;

/// One received CHAP message: its attributes, in the order of the wire. Skip those that you do not know.
/// @lifetime  the values point into the decoded bytes.
/// @cost      two words; O(number of attributes), constexpr, noexcept.
class chap_message {
  public:
    constexpr chap_message() noexcept = default;

    /// A forward iterator. Its values are chap_attribute.
    class iterator {
      public:
        using value_type = chap_attribute;  ///< what the iterator returns
        using difference_type = ptrdiff_t;  ///< the difference of two iterators

        constexpr iterator() noexcept = default;
        /// The attribute at this place.
        [[nodiscard]] constexpr chap_attribute operator*() const noexcept {
            reader r(rest_);
            const auto type = static_cast<chap_type>(r.u8());
            return {type, r.take(r.u8())};
        }
        /// Moves to the next attribute.
        constexpr iterator& operator++() noexcept {
            rest_ = rest_.subspan(size_t{2} + rest_[1]);
            return *this;
        }
        /// Moves to the next attribute, and returns the iterator as it was.
        constexpr iterator operator++(int) noexcept {
            const iterator before = *this;
            ++*this;
            return before;
        }
        /// Whether both are at the same place.
        friend constexpr bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.rest_.size() == b.rest_.size();
        }

      private:
        friend class chap_message;
        constexpr explicit iterator(bytes rest) noexcept : rest_(rest) {}

        bytes rest_{};
    };

    /// The first attribute, for a loop.
    [[nodiscard]] constexpr iterator begin() const noexcept { return iterator(attributes_); }
    /// The place after the last attribute.
    [[nodiscard]] constexpr iterator end() const noexcept {
        return iterator(attributes_.subspan(attributes_.size()));
    }

    /// The value of the first attribute of this type. It is empty if there is none.
    [[nodiscard]] constexpr bytes value(chap_type type) const noexcept {
        for (const chap_attribute a : *this)
            if (a.type == type) return a.value;
        return {};
    }

    /// Whether ALGORITHMS contains `a`: the client offers it, or the server selected it.
    [[nodiscard]] constexpr bool offers(chap_algorithm a) const noexcept {
        return value(chap_type::algorithms).contains(static_cast<char>(a));
    }

    /// Whether the message says that the authentication succeeded: it has a STATUS, and each STATUS is the
    /// byte 0. A message without a STATUS does not say so.
    [[nodiscard]] constexpr bool succeeded() const noexcept {
        bool found = false;
        for (const chap_attribute a : *this) {
            if (a.type != chap_type::status) continue;
            if (a.value != bytes("\0")) return false;
            found = true;
        }
        return found;
    }

  private:
    friend constexpr decoded<chap_message> decode_chap(bytes in, size_t max_size) noexcept;
    constexpr explicit chap_message(bytes attributes) noexcept : attributes_(attributes) {}

    bytes attributes_{};  // complete, because decode_chap checked each length
};

/// Decodes one CHAP message from the front of `in`.
///
///     VER  NAVAS    TYPE  LEN   VALUE
///      1   1..255    1     1    0..255              4..65537 bytes
///                   \_ NAVAS times _/
///
/// VER is 1, the version of the sub-negotiation. NAVAS is the number of attributes. No type is refused, so
/// an attribute of a later draft does not end the negotiation.
///
/// @param in        received bytes that are not yet consumed. May end early; may contain later messages.
/// @param max_size  the size of the longest accepted message: the capacity of your input buffer.
/// @returns   a value with consumed() in 4..max_size, or needed() >= 1, or error().
/// @errors    bad_version  byte 0 is not 1                                (as soon as 1 byte is there)
///            bad_length   NAVAS is 0                                     (as soon as 2 bytes are there)
///                         NAVAS and the received LEN bytes make a message of more than `max_size` bytes
///                                                       (as soon as NAVAS or that LEN byte is there)
/// @lifetime  the values point into `in`.
/// @cost      O(NAVAS), constexpr, noexcept.
/// @rfc       draft-ietf-aft-socks-chap-01
[[nodiscard]] constexpr decoded<chap_message> decode_chap(bytes in SOCKS_LIFETIMEBOUND,
                                                          size_t max_size) noexcept {
    using message = decoded<chap_message>;
    const size_t n = in.size();
    if (n > 0 && in[0] != 1) return errc::bad_version;
    if (n < 2) return message::incomplete(4 - n);
    size_t left = in[1];  // attributes whose length is not yet known
    if (left == 0) return errc::bad_length;
    size_t size = 2;  // everything before them
    for (;;) {
        if (size + 2 * left > max_size) return errc::bad_length;
        if (left == 0 || n < size + 2) break;
        size += size_t{2} + in[size + 1];
        --left;
    }
    size += 2 * left;
    if (n < size) return message::incomplete(size - n);
    return {chap_message(in.first(size).subspan(2)), size};
}

/// The number of bytes that encode_chap writes. Meaningless if the message is invalid.
[[nodiscard]] constexpr size_t encoded_size(const chap_attribute* attributes, size_t count) noexcept {
    size_t size = 2;
    for (size_t i = 0; i < count; ++i) size += 2 + attributes[i].value.size();
    return size;
}

/// Encodes a CHAP message of `count` attributes into `out`. Wire format: see decode_chap.
/// @errors    bad_attribute  `count` is 0 or more than 255, or a value has more than 255 bytes
///            no_space       out is smaller than encoded_size
///            overlap        a value lies where the message must be written
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       draft-ietf-aft-socks-chap-01
constexpr encoded encode_chap(const chap_attribute* attributes, size_t count,
                              buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (count == 0 || count > 255) return errc::bad_attribute;
    for (size_t i = 0; i < count; ++i)
        if (attributes[i].value.size() > 255) return errc::bad_attribute;
    const size_t size = encoded_size(attributes, count);
    if (out.capacity() < size) return encoded::no_space(size);
    for (size_t i = 0; i < count; ++i) {
        const bytes value = attributes[i].value;
        if (detail::overlap(value.data(), value.size(), out.data(), size)) return errc::overlap;
    }
    writer w(out);
    w.u8(1).u8(static_cast<uint8_t>(count));
    for (size_t i = 0; i < count; ++i) {
        const bytes value = attributes[i].value;
        w.u8(static_cast<uint8_t>(attributes[i].type)).u8(static_cast<uint8_t>(value.size())).put(value);
    }
    return w.written();
}

/// Encodes a CHAP message of the attributes of an array or of a list in braces:
///
///     socks::encode_chap({{socks::chap_type::response, hash}}, out)
template <size_t N>
constexpr encoded encode_chap(const chap_attribute (&attributes)[N],
                              buffer out SOCKS_LIFETIMEBOUND) noexcept {
    static_assert(N <= 255, "NAVAS, the number of attributes, is one byte");
    return encode_chap(attributes, N, out);
}

}  // namespace socks

#endif
