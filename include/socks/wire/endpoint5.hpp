// The common part of the SOCKS5 request, reply and UDP header: after three bytes come an address of one of
// three types and a port.
//
//     x  x  x  ATYP  ADDR           PORT
//     1  1  1   1    4 | 16 | 1+n    2             7..262 bytes
//
// A decoder first finds the end of the frame, and then reads it without further checks.

#ifndef SOCKS_WIRE_ENDPOINT5_HPP
#define SOCKS_WIRE_ENDPOINT5_HPP

#include <socks/core/address.hpp>
#include <socks/core/numbers.hpp>
#include <socks/core/tolerance.hpp>
#include <socks/wire/reader.hpp>
#include <socks/wire/writer.hpp>

namespace socks::detail {

// The size of a frame with each type of address.
inline constexpr size_t ipv4_frame5 = 4 + 4 + 2;
inline constexpr size_t ipv6_frame5 = 4 + 16 + 2;
constexpr size_t name_frame5(size_t name) noexcept { return 4 + 1 + name + 2; }

// Finds the end of a frame. An error is reported as soon as its byte arrives, and later bytes do not change
// it. An unfinished frame needs at least 7 bytes, because real servers send replies with an empty name.
SOCKS_INLINE_UNLESS_SIZE constexpr message_size measure_endpoint5(bytes in) noexcept {
    const size_t n = in.size();
    if (n < 4) return message_size::incomplete(name_frame5(0) - n);
    size_t size = 0;
    switch (static_cast<address_type>(in[3])) {
        case address_type::ipv4: size = ipv4_frame5; break;
        case address_type::ipv6: size = ipv6_frame5; break;
        case address_type::name:
            if (n < 5) return message_size::incomplete(name_frame5(0) - n);
            size = name_frame5(in[4]);
            break;
        default: return errc::bad_address_type;
    }
    if (n < size) return message_size::incomplete(size - n);
    return message_size::complete(size);
}

// Finds the end of a message: VER, CMD or REP, RSV, and the endpoint.
SOCKS_ALWAYS_INLINE constexpr message_size measure5(bytes in, tolerance tolerated) noexcept {
    if (!in.empty() && in[0] != 5) return errc::bad_version;
    if (in.size() > 2 && in[2] != 0 && !tolerated.reserved) return errc::bad_reserved;
    return measure_endpoint5(in);
}

// The address and port of a complete frame.
SOCKS_INLINE_UNLESS_SIZE constexpr endpoint read_endpoint5(bytes frame) noexcept {
    reader r(frame.subspan(3));
    switch (static_cast<address_type>(r.u8())) {
        case address_type::ipv4: {
            const ipv4 address = r.v4();
            return {address, r.u16()};
        }
        case address_type::ipv6: {
            const ipv6 address = r.v6();
            return {address, r.u16()};
        }
        case address_type::name: break;
    }
    const bytes name = r.take(r.u8());
    return {validated_name(name), r.u16()};
}

// host_kind::none is written as 0.0.0.0, because real clients misread an IPv6 wildcard in a reply.
constexpr size_t frame_size5(const host& h) noexcept {
    return h.kind() == host_kind::name   ? name_frame5(h.name().size())
           : h.kind() == host_kind::ipv6 ? ipv6_frame5
                                         : ipv4_frame5;
}

// Writes a frame. If `out` is too small, needed() is the capacity that it needs.
SOCKS_INLINE_UNLESS_SIZE constexpr message_size write_frame5(uint8_t second, const endpoint& e,
                                                             buffer out) noexcept {
    if (!e.host.is_sendable()) return e.host.error();
    const host_kind kind = e.host.kind();
    const size_t size = frame_size5(e.host);
    if (out.capacity() < size) return message_size::incomplete(size);
    const bytes name = e.host.name();
    if (kind == host_kind::name) move_text(out.data() + 5, name.data(), name.size());
    writer w(out);
    w.u8(5).u8(second).u8(0);
    if (kind == host_kind::name) {
        w.u8(static_cast<uint8_t>(address_type::name))
            .u8(static_cast<uint8_t>(name.size()))
            .skip(name.size());
    } else if (kind == host_kind::ipv6) {
        w.u8(static_cast<uint8_t>(address_type::ipv6)).v6(e.host.v6());
    } else {
        w.u8(static_cast<uint8_t>(address_type::ipv4)).v4(kind == host_kind::ipv4 ? e.host.v4() : ipv4{});
    }
    w.u16(e.port);
    return message_size::complete(size);
}

// The error if the name of a complete frame is not valid.
SOCKS_ALWAYS_INLINE constexpr errc name_fault(bytes name) noexcept {
    if (name.empty()) return errc::empty_name;
    return name.contains('\0') ? errc::nul_in_name : errc::none;
}

}  // namespace socks::detail

#endif
