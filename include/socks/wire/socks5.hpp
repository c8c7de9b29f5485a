// The four messages of SOCKS5: greeting and choice, request and reply. Bytes to values and back, stateless.

#ifndef SOCKS_WIRE_SOCKS5_HPP
#define SOCKS_WIRE_SOCKS5_HPP

#include <socks/core/request.hpp>
#include <socks/wire/endpoint5.hpp>

namespace socks {

/// The client's first message: the methods it offers, one byte each.
/// @lifetime  points into the decoded bytes, or wherever it was made.
struct greeting {
    bytes methods;

    [[nodiscard]] constexpr bool offers(method m) const noexcept {
        return methods.contains(static_cast<char>(m));
    }
};

/// The client's request.
struct request5 {
    socks::command command = socks::command::connect;
    endpoint to{};
};

/// The server's reply.
struct reply5 {
    code5 code = code5::general_failure;
    endpoint bound{};
};

/// Decodes one greeting from the front of `in`.
///
///     VER  NMETHODS  METHODS
///      1       1      1..255                      3..257 bytes
///
/// Repeated methods and 0xff among them are let through; 0xff can never be chosen.
///
/// @param in  received, not yet used, oldest first. May be short; may hold later messages.
/// @returns   a value with consumed() in 3..257, or needed() >= 1, or error().
/// @errors    bad_version  byte 0 is not 5            (as soon as 1 byte is there)
///            no_methods   NMETHODS is 0               (as soon as 2 bytes are there)
/// @lifetime  the methods point into `in`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1928 section 3
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<greeting> decode_greeting(
    bytes in SOCKS_LIFETIMEBOUND) noexcept {
    if (!in.empty() && in[0] != 5) return errc::bad_version;
    if (in.size() < 2) return decoded<greeting>::incomplete(3 - in.size());
    const size_t n = in[1];
    if (n == 0) return errc::no_methods;
    if (in.size() < 2 + n) return decoded<greeting>::incomplete(2 + n - in.size());
    return {{in.subspan(2).first(n)}, 2 + n};
}

/// Bytes that encode_greeting makes.
[[nodiscard]] constexpr size_t encoded_size(const greeting& g) noexcept { return 2 + g.methods.size(); }

namespace detail {

// Of methods that lie elsewhere than in `out`.
SOCKS_ALWAYS_INLINE constexpr encoded write_greeting(bytes methods, buffer out) noexcept {
    if (out.capacity() < 2 + methods.size()) return encoded::no_space(2 + methods.size());
    return writer(out).u8(5).u8(static_cast<uint8_t>(methods.size())).put(methods).written();
}

}  // namespace detail

/// Encodes a greeting into `out`; the picture is decode_greeting's. Methods that lie in `out` are moved.
/// @errors    bad_methods  no methods, more than 255, or 0xff among them
///            no_space     out is smaller than encoded_size
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1928 section 3
SOCKS_ALWAYS_INLINE constexpr encoded encode_greeting(const greeting& g,
                                                      buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (g.methods.empty() || g.methods.size() > 255 || g.offers(method::no_acceptable))
        return errc::bad_methods;
    if (out.capacity() < encoded_size(g)) return encoded::no_space(encoded_size(g));
    const bytes methods = g.methods;
    detail::move_bytes(out.data() + 2, methods.data(), methods.size());
    return writer(out).u8(5).u8(static_cast<uint8_t>(methods.size())).skip(methods.size()).written();
}

namespace detail {

SOCKS_ALWAYS_INLINE constexpr message_size measure_method_selection(bytes in) noexcept {
    if (!in.empty() && in[0] != 5) return errc::bad_version;
    return in.size() < 2 ? message_size::incomplete(2 - in.size()) : message_size::complete(2);
}

}  // namespace detail

/// Decodes the server's choice of a method from the front of `in`.
///
///     VER  METHOD
///      1      1                                   2 bytes
///
/// Method 0xff, "no acceptable methods", is a value: the peer answered correctly.
///
/// @returns   a value with consumed() == 2, or needed() >= 1, or error().
/// @errors    bad_version  byte 0 is not 5            (as soon as 1 byte is there)
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1928 section 3
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<method> decode_method_selection(bytes in) noexcept {
    const message_size whole = detail::measure_method_selection(in);
    if (!whole) return decoded<method>(whole);
    return {static_cast<method>(in[1]), *whole};
}

/// Bytes that encode_method_selection makes.
inline constexpr size_t method_selection_size = 2;

/// Encodes the server's choice into `out`; the picture is decode_method_selection's.
/// @errors    no_space  out is smaller than 2 bytes
/// @lifetime  the bytes are in `out`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1928 section 3
SOCKS_ALWAYS_INLINE constexpr encoded encode_method_selection(method m,
                                                              buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (out.capacity() < method_selection_size) return encoded::no_space(method_selection_size);
    return writer(out).u8(5).u8(static_cast<uint8_t>(m)).written();
}

namespace detail {

SOCKS_ALWAYS_INLINE constexpr message_size measure_request5(bytes in, tolerance tolerated) noexcept {
    const message_size whole = measure5(in, tolerated);
    if (!whole) {  // a name of no bytes is known for what it is before the port arrives
        const bool empty = in.size() > 4 && in[3] == static_cast<uint8_t>(address_type::name) && in[4] == 0;
        return empty && whole.needed() != 0 ? errc::empty_name : whole;
    }
    if (static_cast<address_type>(in[3]) != address_type::name) return whole;
    const errc fault = name_fault(in.subspan(5).first(in[4]));
    return fault == errc::none ? whole : message_size(fault);
}

// No bytes, or a single NUL, which stand for no name.
constexpr bool is_no_name(const char* name, size_t n) noexcept {
    return n == 0 || (n == 1 && name[0] == '\0');
}

// Hardly any server answers with a name.
SOCKS_NOINLINE constexpr errc bound_name_fault(const char* name, size_t n, bool may_be_empty) noexcept {
    return may_be_empty && is_no_name(name, n) ? errc::none : name_fault({name, n});
}

SOCKS_ALWAYS_INLINE constexpr message_size measure_reply5(bytes in, tolerance tolerated) noexcept {
    const message_size whole = measure5(in, tolerated);
    if (!whole || static_cast<address_type>(in[3]) != address_type::name) return whole;
    const errc fault = bound_name_fault(in.data() + 5, in[4], tolerated.empty_bound);
    return fault == errc::none ? whole : message_size(fault);
}

SOCKS_ALWAYS_INLINE constexpr endpoint read_bound5(bytes whole) noexcept {
    endpoint bound = read_endpoint5(whole);
    const bytes name = bound.host.name();
    if (bound.host.kind() == host_kind::name && is_no_name(name.data(), name.size())) bound.host = host();
    return bound;
}

}  // namespace detail

/// Decodes one SOCKS5 request from the front of `in`.
///
///     VER  CMD  RSV  ATYP  DST.ADDR           DST.PORT
///      1    1    1    1    4 | 16 | 1+n       2, big endian     8..262 bytes
///
/// An unknown command is a value. A name is given as received: it may spell an address.
///
/// @param in  received, not yet used, oldest first. May be short; may hold later bytes.
/// @returns   a value with consumed() in 8..262, or needed() >= 1, or error().
/// @errors    bad_version       byte 0 is not 5                  (as soon as 1 byte is there)
///            bad_reserved      byte 2 is not 0, strict only     (as soon as 3 bytes are there)
///            bad_address_type  byte 3 is not 1, 3 or 4          (as soon as 4 bytes are there)
///            empty_name        a name of length 0                (as soon as 5 bytes are there)
///            nul_in_name       a NUL in the name                 (when the request is whole)
/// @lifetime  a name points into `in`.
/// @cost      O(size of the name), constexpr, noexcept.
/// @rfc       1928 sections 4 and 5
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<request5> decode_request5(
    bytes in SOCKS_LIFETIMEBOUND, tolerance tolerated = lenient) noexcept {
    const message_size whole = detail::measure_request5(in, tolerated);
    if (!whole) return decoded<request5>(whole);
    const auto read = [&]() SOCKS_LAMBDA_ALWAYS_INLINE {
        return request5{static_cast<command>(in[1]), detail::read_endpoint5(in.first(*whole))};
    };
    return {read, *whole};
}

/// Bytes that encode_request5 makes.
[[nodiscard]] constexpr size_t encoded_size(const request5& r) noexcept {
    return detail::frame_size5(r.to.host);
}

/// Encodes a SOCKS5 request into `out`; the picture is decode_request5's. No host is written as 0.0.0.0. A name that lies in
/// `out` is moved.
/// @errors    bad_host, bad_host_byte  as the host's error()
///            no_space  out is smaller than encoded_size
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1928 section 4
SOCKS_ALWAYS_INLINE constexpr encoded encode_request5(const request5& r,
                                                      buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::encode_frame5(static_cast<uint8_t>(r.command), r.to, out);
}

/// Decodes one SOCKS5 reply from the front of `in`.
///
///     VER  REP  RSV  ATYP  BND.ADDR           BND.PORT
///      1    1    1    1    4 | 16 | 1+n       2, big endian     7..262 bytes
///
/// A refusal (REP != 0) is a value: the peer answered correctly. A bound name of no bytes, or a single NUL,
/// is no host unless strict.
///
/// @param in  received, not yet used, oldest first. May be short; may hold later bytes.
/// @returns   a value with consumed() in 7..262, or needed() >= 1, or error().
/// @errors    bad_version       byte 0 is not 5                  (as soon as 1 byte is there)
///            bad_reserved      byte 2 is not 0, strict only     (as soon as 3 bytes are there)
///            bad_address_type  byte 3 is not 1, 3 or 4          (as soon as 4 bytes are there)
///            empty_name        a bound name of length 0, strict  (when the reply is whole)
///            nul_in_name       a NUL in the bound name           (when the reply is whole)
/// @lifetime  a name points into `in`.
/// @cost      O(size of the name), constexpr, noexcept.
/// @rfc       1928 section 6
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<reply5> decode_reply5(
    bytes in SOCKS_LIFETIMEBOUND, tolerance tolerated = lenient) noexcept {
    const message_size whole = detail::measure_reply5(in, tolerated);
    if (!whole) return decoded<reply5>(whole);
    const auto read = [&]() SOCKS_LAMBDA_ALWAYS_INLINE {
        return reply5{static_cast<code5>(in[1]), detail::read_bound5(in.first(*whole))};
    };
    return {read, *whole};
}

/// Bytes that encode_reply5 makes.
[[nodiscard]] constexpr size_t encoded_size(const reply5& r) noexcept {
    return detail::frame_size5(r.bound.host);
}

/// Encodes a SOCKS5 reply into `out`; the picture is decode_reply5's. No host is written as 0.0.0.0. A name that lies in
/// `out` is moved.
/// @errors    bad_host, bad_host_byte  as the error() of the bound host
///            no_space  out is smaller than encoded_size
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1928 section 6
SOCKS_ALWAYS_INLINE constexpr encoded encode_reply5(const reply5& r,
                                                    buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::encode_frame5(static_cast<uint8_t>(r.code), r.bound, out);
}

}  // namespace socks

#endif
