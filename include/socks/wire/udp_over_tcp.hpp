// UDP datagrams inside the TCP connection to the proxy, an extension of the hev-socks5 programs. Each
// datagram is a frame that begins with its lengths. After the reply to command 5, both directions contain
// frames only.

#ifndef SOCKS_WIRE_UDP_OVER_TCP_HPP
#define SOCKS_WIRE_UDP_OVER_TCP_HPP

#include <socks/wire/datagram.hpp>

namespace socks {

/// The command of this extension. Its destination is ignored: use unspecified_ipv4. Servers without the
/// extension answer command_not_supported.
inline constexpr command udp_over_tcp{0x05};

/// The size of the largest header: HDRLEN has one byte.
inline constexpr size_t max_framed_header = 255;
/// The size of the most data: MSGLEN has two bytes.
inline constexpr size_t max_framed_data = 65535;

namespace detail {

// The shortest header is that of a name of one byte.
inline constexpr size_t min_framed_header = name_frame5(1);

// The error if HDRLEN does not match the address, or if the name contains a NUL. Each error is reported as
// early as possible.
constexpr errc framed_fault(bytes in) noexcept {
    const size_t n = in.size();
    if (n < 3) return errc::none;
    const size_t header = in[2];
    if (header < min_framed_header) return errc::bad_length;
    if (n < 4) return errc::none;
    const message_size size = measure_endpoint5(in);
    if (size.error() != errc::none) return size.error();
    const bool named = static_cast<address_type>(in[3]) == address_type::name;
    if (named && n < 5) return errc::none;
    if (header != (size ? *size : n + size.needed())) return errc::bad_length;
    return named && size && in.subspan(5).first(in[4]).contains('\0') ? errc::nul_in_name : errc::none;
}

}  // namespace detail

/// Decodes one framed datagram from the front of `in`.
///
///     MSGLEN  HDRLEN  ATYP  DST.ADDR           DST.PORT        DATA
///       2       1       1   4 | 16 | 1+n       2, big endian   MSGLEN      8..65790 bytes
///
/// MSGLEN is the size of the data. HDRLEN is the size of everything before the data, including MSGLEN and
/// HDRLEN. (The document of the extension says that MSGLEN includes the header, but its programs do not.)
/// fragment() is 0.
///
/// @param in  received bytes that are not yet consumed. May end early; may contain later frames.
/// @returns   a value with consumed() == HDRLEN + MSGLEN, or needed() >= 1, or error().
/// @errors    bad_length        HDRLEN is less than 8, or does not match the address
///                                                        (as soon as 3, 4 or, for a name, 5 bytes are there)
///            bad_address_type  byte 3 is not 1, 3 or 4     (as soon as 4 bytes are there)
///            nul_in_name       a NUL in the name            (when the header is complete)
/// @lifetime  the value points into `in`.
/// @cost      O(size of the name), constexpr, noexcept.
[[nodiscard]] constexpr decoded<datagram> decode_framed(bytes in SOCKS_LIFETIMEBOUND) noexcept {
    const size_t n = in.size();
    const errc fault = detail::framed_fault(in);
    if (fault != errc::none) return fault;
    const size_t header = n < 3 ? detail::min_framed_header : in[2];
    const size_t size = header + (n < 2 ? 0 : size_t{in[0]} << 8 | in[1]);
    if (n < size) return decoded<datagram>::incomplete(size - n);
    return {detail::validated_datagram(in.first(size), header, 0), size};
}

namespace detail {

// The error if header and data cannot be encoded. The header may have at most `headroom` bytes, header and
// data together at most `capacity`. Otherwise the result has no error.
constexpr encoded framed_refusal(const endpoint& remote, size_t data, size_t headroom,
                                 size_t capacity) noexcept {
    const size_t header = datagram_header_size(remote);
    if (!remote.host.is_sendable()) return remote.host.error();
    if (header > max_framed_header) return errc::bad_host;
    if (data > max_framed_data) return errc::no_space;
    if (headroom < header) return encoded::no_space(header);
    if (capacity < header + data) return encoded::no_space(header + data);
    return {};
}

constexpr void write_framed_header(char* to, const endpoint& remote, size_t data) noexcept {
    write_datagram_header(to, remote, static_cast<uint8_t>(datagram_header_size(remote)));
    to[0] = static_cast<char>(data >> 8);
    to[1] = static_cast<char>(data & 0xff);
}

}  // namespace detail

/// Encodes a framed datagram into `out`. Wire format: see decode_framed. host_kind::none is written as
/// 0.0.0.0. Data and a name may be in `out` already; they are moved.
///
/// A frame can hold more data than a UDP datagram. A relay drops a frame that is too large for a datagram.
///
/// @errors    bad_host, bad_host_byte  as the host's error(); bad_host also for a name of more than 248
///                                     bytes, because HDRLEN has one byte
///            no_space  out is smaller than datagram_header_size and the data; or the data are more than
///                      max_framed_data, and required() is 0
///            overlap   the name lies where the data must be written
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
constexpr encoded encode_framed(const endpoint& remote, bytes data, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    const encoded refusal = detail::framed_refusal(remote, data.size(), max_framed_header, out.capacity());
    if (!refusal) return refusal;
    const size_t header = datagram_header_size(remote);
    if (!detail::move_data(remote, data, out.data() + header)) return errc::overlap;
    detail::write_framed_header(out.data(), remote, data.size());
    return {out.data(), header + data.size()};
}

/// Encodes the header directly before data that is already in the buffer. The data does not move.
/// @param packet    `headroom` free bytes, then the data.
/// @param headroom  bytes before the data, at most packet.capacity(); max_framed_header is always enough.
/// @returns   header and data, up to the end of `packet`.
/// @errors    as encode_framed. If headroom is smaller than the header, required() is the size of the header.
/// @lifetime  the bytes are in `packet`.
/// @cost      O(size of the name), constexpr, noexcept.
constexpr encoded encode_framed_in_place(const endpoint& remote, buffer packet SOCKS_LIFETIMEBOUND,
                                         size_t headroom) noexcept {
    SOCKS_ASSERT(headroom <= packet.capacity());
    const size_t data = packet.capacity() - headroom;
    const encoded refusal = detail::framed_refusal(remote, data, headroom, packet.capacity());
    if (!refusal) return refusal;
    const size_t header = datagram_header_size(remote);
    char* const begin = packet.data() + (headroom - header);
    detail::write_framed_header(begin, remote, data);
    return {begin, header + data};
}

}  // namespace socks

#endif
