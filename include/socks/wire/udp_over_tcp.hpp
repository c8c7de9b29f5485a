// Datagrams inside the TCP connection to the proxy, an extension of the hev-socks5 family: each is framed by its
// lengths, and after the reply to command 5 nothing but frames follows, in both directions.

#ifndef SOCKS_WIRE_UDP_OVER_TCP_HPP
#define SOCKS_WIRE_UDP_OVER_TCP_HPP

#include <socks/wire/datagram.hpp>

namespace socks {

/// The command that asks for it. Its destination is without meaning: unspecified_ipv4. Other servers answer
/// command_not_supported.
inline constexpr command udp_over_tcp{0x05};

/// The longest header, because HDRLEN is one byte, and the most data, because MSGLEN is two.
inline constexpr size_t max_framed_header = 255;
inline constexpr size_t max_framed_data = 65535;

namespace detail {

// The shortest header, of a name of one byte.
inline constexpr size_t least_framed_header = name_frame5(1);

// Whether HDRLEN agrees with the address, as soon as it can be told; address types aside.
constexpr errc framed_fault(bytes in) noexcept {
    const size_t n = in.size();
    if (n < 3) return errc::none;
    const size_t header = in[2];
    if (header < least_framed_header) return errc::bad_length;
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
/// MSGLEN counts the data, and HDRLEN what stands before them, MSGLEN itself included. (The document of the extension
/// lets MSGLEN count the header too; the programs that it comes with do not.) fragment() is 0.
///
/// @param in  received, not yet used, oldest first. May be short; may hold later frames.
/// @returns   a value with consumed() == HDRLEN + MSGLEN, or needed() >= 1, or error().
/// @errors    bad_length        HDRLEN is less than 8, or not what the address takes
///                                                           (as soon as 3, 4 or, for a name, 5 bytes are there)
///            bad_address_type  byte 3 is not 1, 3 or 4     (as soon as 4 bytes are there)
///            nul_in_name       a NUL in the name            (when the header is whole)
/// @lifetime  the value points into `in`.
/// @cost      O(size of the name), constexpr, noexcept.
[[nodiscard]] constexpr decoded<datagram> decode_framed(bytes in SOCKS_LIFETIMEBOUND) noexcept {
    const size_t n = in.size();
    const errc fault = detail::framed_fault(in);
    if (fault != errc::none) return fault;
    const size_t header = n < 3 ? detail::least_framed_header : in[2];
    const size_t whole = header + (n < 2 ? 0 : size_t{in[0]} << 8 | in[1]);
    if (n < whole) return decoded<datagram>::incomplete(whole - n);
    return {detail::validated_datagram(in.first(whole), header, 0), whole};
}

namespace detail {

// What keeps header and data from being encoded, in `room` bytes of which the header may take `headroom`; nothing made
// and no error where nothing does.
constexpr encoded framed_refusal(const endpoint& remote, size_t data, size_t headroom, size_t room) noexcept {
    const size_t header = datagram_header_size(remote);
    if (!remote.host.is_sendable()) return remote.host.error();
    if (header > max_framed_header) return errc::bad_host;
    if (data > max_framed_data) return errc::no_space;
    if (headroom < header) return encoded::no_space(header);
    if (room < header + data) return encoded::no_space(header + data);
    return {};
}

constexpr void write_framed_header(char* to, const endpoint& remote, size_t data) noexcept {
    write_datagram_header(to, remote, static_cast<uint8_t>(datagram_header_size(remote)));
    to[0] = static_cast<char>(data >> 8);
    to[1] = static_cast<char>(data & 0xff);
}

}  // namespace detail

/// Encodes a framed datagram into `out`; the picture is decode_framed's. No host is written as 0.0.0.0. Data and a name
/// that lie in `out` are moved.
///
/// Whatever a frame can hold is written, as it is read: UDP holds less, and a relay drops what it cannot send on.
///
/// @errors    bad_host, bad_host_byte  as the host's error(); bad_host also for a name of more than the 248 bytes that
///                                     HDRLEN can count
///            no_space  out is smaller than datagram_header_size and the data; or the data are more than
///                      max_framed_data, and required() is 0
///            overlap   the name lies where the data are to be written
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
constexpr encoded encode_framed(const endpoint& remote, bytes data, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    const encoded verdict = detail::framed_refusal(remote, data.size(), max_framed_header, out.capacity());
    if (!verdict) return verdict;
    const size_t header = datagram_header_size(remote);
    if (!detail::move_data(remote, data, out.data() + header)) return errc::overlap;
    detail::write_framed_header(out.data(), remote, data.size());
    return {out.data(), header + data.size()};
}

/// Encodes the header in front of data that is in its place already, and does not move.
/// @param packet    `headroom` bytes of room, and then the data.
/// @param headroom  bytes before the data, at most packet.capacity(); max_framed_header always suffices.
/// @returns   header and data, which end where the packet does.
/// @errors    as encode_framed; where the headroom is smaller than the header, required() is the header's size
/// @lifetime  the bytes are in `packet`.
/// @cost      O(size of the name), constexpr, noexcept.
constexpr encoded encode_framed_in_place(const endpoint& remote, buffer packet SOCKS_LIFETIMEBOUND,
                                         size_t headroom) noexcept {
    SOCKS_ASSERT(headroom <= packet.capacity());
    const size_t data = packet.capacity() - headroom;
    const encoded verdict = detail::framed_refusal(remote, data, headroom, packet.capacity());
    if (!verdict) return verdict;
    const size_t header = datagram_header_size(remote);
    char* const begin = packet.data() + (headroom - header);
    detail::write_framed_header(begin, remote, data);
    return {begin, header + data};
}

}  // namespace socks

#endif
