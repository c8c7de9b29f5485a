// What request, reply and UDP header of SOCKS5 share, the part behind their first three bytes: an address of one of
// three types, and a port.
//
//     x  x  x  ATYP  ADDR           PORT
//     1  1  1   1    4 | 16 | 1+n    2             7..262 bytes
//
// An address is measured first, then read without further checks.

#ifndef SOCKS_WIRE_ENDPOINT5_HPP
#define SOCKS_WIRE_ENDPOINT5_HPP

#include <socks/core/address.hpp>
#include <socks/core/numbers.hpp>
#include <socks/core/tolerance.hpp>
#include <socks/wire/reader.hpp>
#include <socks/wire/writer.hpp>

namespace socks::detail {

// The verdict falls as soon as its byte is there, and never changes when more arrive. The bound counts towards 7,
// a name of no bytes: 8 would read past the shortest reply that real servers send.
SOCKS_INLINE_UNLESS_SIZE constexpr message_size measure_endpoint5(bytes in) noexcept {
    const size_t n = in.size();
    if (n < 4) return message_size::incomplete(7 - n);
    size_t whole = 0;
    switch (static_cast<address_type>(in[3])) {
        case address_type::ipv4: whole = 4 + 4 + 2; break;
        case address_type::ipv6: whole = 4 + 16 + 2; break;
        case address_type::name:
            if (n < 5) return message_size::incomplete(7 - n);
            whole = 4 + 1 + size_t{in[4]} + 2;
            break;
        default: return errc::bad_address_type;
    }
    if (n < whole) return message_size::incomplete(whole - n);
    return message_size::complete(whole);
}

// VER, CMD or REP, RSV, and the endpoint.
SOCKS_INLINE_UNLESS_SIZE constexpr message_size measure5(bytes in, tolerance tolerated) noexcept {
    if (!in.empty() && in[0] != 5) return errc::bad_version;
    if (in.size() > 2 && in[2] != 0 && !tolerated.reserved) return errc::bad_reserved;
    return measure_endpoint5(in);
}

// The address and port of a frame that was found whole.
SOCKS_INLINE_UNLESS_SIZE constexpr endpoint read_endpoint5(bytes whole) noexcept {
    reader r(whole.subspan(3));
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
    return {checked_name{name}, r.u16()};
}

constexpr size_t endpoint_size5(const endpoint& e) noexcept {
    switch (e.host.kind()) {
        case host_kind::ipv6: return 1 + 16 + 2;
        case host_kind::name: return 1 + 1 + e.host.name().size() + 2;
        case host_kind::none:
        case host_kind::ipv4:
        case host_kind::bad: break;
    }
    return 1 + 4 + 2;
}

// No host is written as 0.0.0.0: real clients misread an IPv6 wildcard in a reply.
SOCKS_INLINE_UNLESS_SIZE constexpr encoded encode_frame5(uint8_t second, const endpoint& e,
                                                         buffer out) noexcept {
    using kind = host_kind;
    if (!e.host.is_sendable()) return e.host.error();
    const kind is = e.host.kind();
    const bool six = is == host_kind::ipv6;
    const size_t whole = is == host_kind::name ? 4 + 1 + e.host.name().size() + 2
                         : six                 ? 4 + 16 + 2
                                               : 4 + 4 + 2;
    if (out.capacity() < whole) return encoded::no_space(whole);
    const bytes name = e.host.name();
    if (is == host_kind::name) move_text(out.data() + 5, name.data(), name.size());
    writer w(out);
    w.u8(5).u8(second).u8(0);
    if (is == host_kind::name) {
        w.u8(static_cast<uint8_t>(address_type::name))
            .u8(static_cast<uint8_t>(name.size()))
            .skip(name.size());
    } else if (six) {
        w.u8(static_cast<uint8_t>(address_type::ipv6)).v6(e.host.v6());
    } else {
        w.u8(static_cast<uint8_t>(address_type::ipv4)).v4(is == host_kind::ipv4 ? e.host.v4() : ipv4{});
    }
    return w.u16(e.port).written();
}

// Whether the name in a frame that is whole is one that may be used as a name.
SOCKS_ALWAYS_INLINE constexpr errc name_fault(bytes name) noexcept {
    if (name.empty()) return errc::empty_name;
    return name.contains('\0') ? errc::nul_in_name : errc::none;
}

}  // namespace socks::detail

#endif
