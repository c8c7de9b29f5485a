// A datagram between a client and the UDP relay of its proxy: a header and the data. A datagram is complete
// or invalid; there is no "need more".

#ifndef SOCKS_WIRE_DATAGRAM_HPP
#define SOCKS_WIRE_DATAGRAM_HPP

#include <socks/wire/endpoint5.hpp>

namespace socks {

class datagram;

namespace detail {

// Makes a datagram without checking it. Only decoders call it: `message` begins with a valid header of
// `header` bytes.
constexpr datagram validated_datagram(bytes message, size_t header, uint8_t fragment) noexcept;

}  // namespace detail

/// One received datagram with a valid header. Its parts are read on demand.
///
/// @lifetime  the datagram, its data and its name point into the bytes that it was decoded from.
/// @cost      O(1), constexpr, noexcept.
class datagram {
  public:
    /// A datagram without a host and without data.
    constexpr datagram() noexcept = default;

    /// FRAG: 0 if the datagram is not a fragment.
    [[nodiscard]] constexpr uint8_t fragment() const noexcept { return fragment_; }

    /// The remote end: the destination of a datagram from a client, or the source of a datagram from a relay.
    /// Some relays write no useful source, so do not use it to match answers to questions. A name is as
    /// received.
    [[nodiscard]] constexpr endpoint remote() const noexcept {
        if (header_ == 0) return {};
        return detail::read_endpoint5(message_);
    }

    /// The bytes after the header.
    [[nodiscard]] constexpr bytes data() const noexcept { return message_.subspan(header_); }

  private:
    friend constexpr datagram detail::validated_datagram(bytes message, size_t header,
                                                         uint8_t fragment) noexcept;

    constexpr datagram(bytes message, size_t header, uint8_t fragment) noexcept
        : message_(message), header_(static_cast<uint16_t>(header)), fragment_(fragment) {}

    bytes message_;
    uint16_t header_ = 0;
    uint8_t fragment_ = 0;
};

namespace detail {

constexpr datagram validated_datagram(bytes message, size_t header, uint8_t fragment) noexcept {
    return {message, header, fragment};
}

}  // namespace detail

/// Whether to decode fragments. By default they are dropped, as RFC 1928 requires without reassembly.
enum class fragments : uint8_t { drop, keep };

/// The largest header: 4 bytes, a length, a name of 255 bytes, and the port.
inline constexpr size_t max_datagram_header = detail::name_frame5(255);

/// No datagram is larger, because the length of UDP has 16 bits.
inline constexpr size_t max_datagram = 65535;

namespace detail {

// The caller has checked that the buffer is large enough. Without a writer, the compiler stores an address at
// once. The endpoint is read before anything is written, because it may lie in the buffer.
SOCKS_ALWAYS_INLINE constexpr void write_datagram_header(char* to, const endpoint& remote,
                                                         uint8_t fragment) noexcept {
    const uint16_t number = remote.port;
    char* port = to + 8;
    if (remote.host.kind() == host_kind::name) {
        const bytes name = remote.host.name();
        move_text(to + 5, name.data(), name.size());
        to[3] = static_cast<char>(address_type::name);
        to[4] = static_cast<char>(name.size());
        port = to + 5 + name.size();
    } else if (remote.host.kind() == host_kind::ipv6) {
        const ipv6 a = remote.host.v6();
        to[3] = static_cast<char>(address_type::ipv6);
        for (size_t i = 0; i < 16; ++i) to[4 + i] = static_cast<char>(a.bytes[i]);
        port = to + 20;
    } else {
        const ipv4 a = remote.host.kind() == host_kind::ipv4 ? remote.host.v4() : ipv4{};
        to[3] = static_cast<char>(address_type::ipv4);
        for (size_t i = 0; i < 4; ++i) to[4 + i] = static_cast<char>(a.bytes[i]);
    }
    port[0] = static_cast<char>(number >> 8);
    port[1] = static_cast<char>(number & 0xff);
    to[0] = to[1] = 0;
    to[2] = static_cast<char>(fragment);
}

// Moves the data to `to`. Returns false if that would overwrite the name.
SOCKS_ALWAYS_INLINE constexpr bool move_data(const endpoint& remote, bytes data, char* to) noexcept {
    const bytes name = remote.host.name();
    if (remote.host.kind() == host_kind::name && overlap(name.data(), name.size(), to, data.size()))
        return false;
    move_bytes(to, data.data(), data.size());
    return true;
}

}  // namespace detail

/// Decodes a datagram.
///
///     RSV  FRAG  ATYP  DST.ADDR           DST.PORT        DATA
///      2     1     1   4 | 16 | 1+n       2, big endian   the rest       8..262 bytes, and the data
///
/// A relay drops invalid datagrams and sends no answer.
///
/// @param in     all bytes of one datagram.
/// @param parts  whether to decode fragments too.
/// @returns      a value with consumed() == in.size(), or error(); never needed().
/// @errors       truncated         in has fewer than 7 bytes, or ends before the port does
///               bad_reserved      byte 0 or 1 is not 0, strict only
///               fragmented        byte 2 is not 0, unless fragments are kept
///               bad_address_type  byte 3 is not 1, 3 or 4
///               empty_name        a name of length 0
///               nul_in_name       a NUL in the name
/// @lifetime     the value points into `in`.
/// @cost         O(size of the name), constexpr, noexcept.
/// @rfc          1928 section 7
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<datagram> decode_datagram(
    bytes in SOCKS_LIFETIMEBOUND, tolerance tolerated = lenient, fragments parts = fragments::drop) noexcept {
    if (in.size() < 7) return errc::truncated;
    if (!tolerated.reserved && (in[0] != 0 || in[1] != 0)) return errc::bad_reserved;
    if (in[2] != 0 && parts == fragments::drop) return errc::fragmented;
    const message_size header = detail::measure_endpoint5(in);
    if (!header) return header.needed() != 0 ? errc::truncated : header.error();
    if (static_cast<address_type>(in[3]) == address_type::name) {
        const errc fault = detail::name_fault(in.subspan(5).first(in[4]));
        if (fault != errc::none) return fault;
    }
    return {detail::validated_datagram(in, *header, in[2]), in.size()};
}

/// The size of the header before the data to or from `remote`: 10, 22, or 7 and the size of the name.
[[nodiscard]] constexpr size_t datagram_header_size(const endpoint& remote) noexcept {
    return detail::frame_size5(remote.host);
}

/// Encodes a datagram into `out`. Wire format: see decode_datagram. host_kind::none is written as 0.0.0.0.
/// Data and a name may be in `out` already; they are moved.
/// @param remote    the remote end: in a client the destination of the data, in a relay their source.
/// @param fragment  FRAG. Few relays support fragments.
/// @returns   header and data.
/// @errors    bad_host, bad_host_byte  as the host's error()
///            no_space  out is smaller than header and data; required() is 0 if they exceed max_datagram
///            overlap   the name lies where the data must be written
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1928 section 7
constexpr encoded encode_datagram(const endpoint& remote, bytes data, buffer out SOCKS_LIFETIMEBOUND,
                                  uint8_t fragment = 0) noexcept {
    const size_t header = datagram_header_size(remote);
    if (!remote.host.is_sendable()) return remote.host.error();
    if (data.size() > max_datagram - header) return errc::no_space;
    if (out.capacity() < header + data.size()) return encoded::no_space(header + data.size());
    if (!detail::move_data(remote, data, out.data() + header)) return errc::overlap;
    detail::write_datagram_header(out.data(), remote, fragment);
    return {out.data(), header + data.size()};
}

namespace detail {

// The caller has checked that the host can be sent and that its header has `header` bytes.
SOCKS_ALWAYS_INLINE constexpr encoded encode_datagram_header(const endpoint& remote, buffer packet,
                                                             size_t headroom, size_t header) noexcept {
    const size_t data = packet.capacity() - headroom;
    if (data > max_datagram - header) return errc::no_space;
    if (headroom < header) return encoded::no_space(header);
    char* const begin = packet.data() + (headroom - header);
    write_datagram_header(begin, remote, 0);
    return {begin, header + data};
}

}  // namespace detail

/// Encodes the header directly before data that is already in the buffer. The data does not move.
///
///     char packet[max_datagram_header + 1500];
///     const ssize_t n = recv(fd, packet + max_datagram_header, 1500, 0);
///     if (n < 0) return;
///     const buffer all(packet, max_datagram_header + static_cast<size_t>(n));
///     auto d = socks::encode_datagram_in_place(from, all, max_datagram_header);
///
/// @param remote    the remote end; its name may lie anywhere in `packet`.
/// @param packet    `headroom` free bytes, then the data.
/// @param headroom  bytes before the data, at most packet.capacity(); max_datagram_header is always enough.
/// @returns   header and data, up to the end of `packet`.
/// @errors    bad_host, bad_host_byte  as the host's error()
///            no_space  headroom is smaller than the header, and required() is the size of the header;
///                      or header and data exceed max_datagram, and required() is 0
/// @lifetime  the bytes are in `packet`.
/// @cost      O(size of the name), constexpr, noexcept.
/// @rfc       1928 section 7
SOCKS_ALWAYS_INLINE constexpr encoded encode_datagram_in_place(const endpoint& remote,
                                                               buffer packet SOCKS_LIFETIMEBOUND,
                                                               size_t headroom) noexcept {
    SOCKS_ASSERT(headroom <= packet.capacity());
    switch (remote.host.kind()) {
        case host_kind::none:
        case host_kind::ipv4:
            return detail::encode_datagram_header(remote, packet, headroom, detail::ipv4_frame5);
        case host_kind::ipv6:
            return detail::encode_datagram_header(remote, packet, headroom, detail::ipv6_frame5);
        case host_kind::name:
            if (!remote.host.is_sendable()) break;
            return detail::encode_datagram_header(remote, packet, headroom, datagram_header_size(remote));
        case host_kind::bad: break;
    }
    return remote.host.error();
}

}  // namespace socks

#endif
