// Decodes and encodes the four messages of SOCKS5: greeting, method selection, request and reply.

#ifndef SOCKS_WIRE_SOCKS5_HPP
#define SOCKS_WIRE_SOCKS5_HPP

#include <socks/core/request.hpp>
#include <socks/wire/endpoint5.hpp>

namespace socks {

/// The first message of a client: the methods that it offers, one byte each.
/// @lifetime  points into the decoded bytes, or into the bytes that you passed.
struct greeting {
    bytes methods;  ///< the methods in the order of the message

    /// Whether `m` is among the methods.
    [[nodiscard]] constexpr bool offers(method m) const noexcept {
        return methods.contains(static_cast<char>(m));
    }
};

/// The request of a client.
struct request5 {
    socks::command command = socks::command::connect;  ///< what the proxy must do
    endpoint to{};                                     ///< the destination
};

/// The reply of a server.
struct reply5 {
    code5 code = code5::general_failure;  ///< whether the request was granted, or why not
    endpoint bound{};                     ///< as reply::bound
};

/// Decodes one greeting from the front of `in`.
///
///     VER  NMETHODS  METHODS
///      1       1      1..255                      3..257 bytes
///
/// Repeated methods and the method 0xff are accepted, but 0xff is never selected.
///
/// @param in  received bytes that are not yet consumed. May end early; may contain later messages.
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

/// The number of bytes that encode_greeting writes. Meaningless if the message is invalid.
[[nodiscard]] constexpr size_t encoded_size(const greeting& g) noexcept { return 2 + g.methods.size(); }

namespace detail {

// The methods must not overlap `out`. If `out` is too small, needed() is the capacity that it needs.
SOCKS_ALWAYS_INLINE constexpr message_size write_greeting(bytes methods, buffer out) noexcept {
    const size_t size = 2 + methods.size();
    if (out.capacity() < size) return message_size::incomplete(size);
    writer(out).u8(5).u8(static_cast<uint8_t>(methods.size())).put(methods);
    return message_size::complete(size);
}

}  // namespace detail

/// Encodes a greeting into `out`. Wire format: see decode_greeting. The methods may be in `out` already; they
/// are moved.
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

/// Decodes the method selection of a server from the front of `in`.
///
///     VER  METHOD
///      1      1                                   2 bytes
///
/// Method 0xff, "no acceptable methods", is a value, because the message is valid.
///
/// @returns   a value with consumed() == 2, or needed() >= 1, or error().
/// @errors    bad_version  byte 0 is not 5            (as soon as 1 byte is there)
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1928 section 3
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<method> decode_method_selection(bytes in) noexcept {
    const message_size size = detail::measure_method_selection(in);
    if (!size) return decoded<method>(size);
    return {static_cast<method>(in[1]), *size};
}

/// The number of bytes that encode_method_selection writes.
inline constexpr size_t method_selection_size = 2;

/// Encodes a method selection into `out`. Wire format: see decode_method_selection.
/// @errors    no_space  out is smaller than 2 bytes
/// @lifetime  the bytes are in `out`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1928 section 3
SOCKS_ALWAYS_INLINE constexpr encoded encode_method_selection(method m,
                                                              buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return {out, detail::write_pair(5, static_cast<uint8_t>(m), out)};
}

namespace detail {

SOCKS_ALWAYS_INLINE constexpr message_size measure_request5(bytes in, tolerance tolerated) noexcept {
    const message_size size = measure5(in, tolerated);
    if (!size) {  // an empty name is an error as soon as its length is known
        const bool empty = in.size() > 4 && in[3] == static_cast<uint8_t>(address_type::name) && in[4] == 0;
        return empty && size.needed() != 0 ? errc::empty_name : size;
    }
    if (static_cast<address_type>(in[3]) != address_type::name) return size;
    const errc fault = name_fault(in.subspan(5).first(in[4]));
    return fault == errc::none ? size : message_size(fault);
}

constexpr bool is_empty_or_nul(const char* name, size_t n) noexcept {
    return n == 0 || (n == 1 && name[0] == '\0');
}

// This is not inlined, because few servers answer with a name.
SOCKS_NOINLINE constexpr errc bound_name_fault(const char* name, size_t n, bool may_be_empty) noexcept {
    return may_be_empty && is_empty_or_nul(name, n) ? errc::none : name_fault({name, n});
}

SOCKS_ALWAYS_INLINE constexpr message_size measure_reply5(bytes in, tolerance tolerated) noexcept {
    const message_size size = measure5(in, tolerated);
    if (!size || static_cast<address_type>(in[3]) != address_type::name) return size;
    const errc fault = bound_name_fault(in.data() + 5, in[4], tolerated.empty_bound);
    return fault == errc::none ? size : message_size(fault);
}

SOCKS_ALWAYS_INLINE constexpr endpoint read_bound5(bytes message) noexcept {
    endpoint bound = read_endpoint5(message);
    const bytes name = bound.host.name();
    if (bound.host.kind() == host_kind::name && is_empty_or_nul(name.data(), name.size()))
        bound.host = host();
    return bound;
}

}  // namespace detail

/// Decodes one SOCKS5 request from the front of `in`.
///
///     VER  CMD  RSV  ATYP  DST.ADDR           DST.PORT
///      1    1    1    1    4 | 16 | 1+n       2, big endian     8..262 bytes
///
/// An unknown command is a value. A name is as received, so it may be the text of an address.
///
/// @param in  received bytes that are not yet consumed. May end early; may contain later bytes.
/// @returns   a value with consumed() in 8..262, or needed() >= 1, or error().
/// @errors    bad_version       byte 0 is not 5                  (as soon as 1 byte is there)
///            bad_reserved      byte 2 is not 0, strict only     (as soon as 3 bytes are there)
///            bad_address_type  byte 3 is not 1, 3 or 4          (as soon as 4 bytes are there)
///            empty_name        a name of length 0                (as soon as 5 bytes are there)
///            nul_in_name       a NUL in the name                 (when the request is complete)
/// @lifetime  a name points into `in`.
/// @cost      O(size of the name), constexpr, noexcept.
/// @rfc       1928 sections 4 and 5
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<request5> decode_request5(
    bytes in SOCKS_LIFETIMEBOUND, tolerance tolerated = lenient) noexcept {
    const message_size size = detail::measure_request5(in, tolerated);
    if (!size) return decoded<request5>(size);
    const auto read = [&]() SOCKS_LAMBDA_ALWAYS_INLINE {
        return request5{static_cast<command>(in[1]), detail::read_endpoint5(in.first(*size))};
    };
    return {read, *size};
}

/// The number of bytes that encode_request5 writes. Meaningless if the message is invalid.
[[nodiscard]] constexpr size_t encoded_size(const request5& r) noexcept {
    return detail::frame_size5(r.to.host);
}

/// Encodes a SOCKS5 request into `out`. Wire format: see decode_request5. host_kind::none is written as
/// 0.0.0.0. A name may be in `out` already; it is moved.
/// @errors    bad_host, bad_host_byte  as the host's error()
///            no_space  out is smaller than encoded_size
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1928 section 4
SOCKS_ALWAYS_INLINE constexpr encoded encode_request5(const request5& r,
                                                      buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return {out, detail::write_frame5(static_cast<uint8_t>(r.command), r.to, out)};
}

/// Decodes one SOCKS5 reply from the front of `in`.
///
///     VER  REP  RSV  ATYP  BND.ADDR           BND.PORT
///      1    1    1    1    4 | 16 | 1+n       2, big endian     7..262 bytes
///
/// A refusal (REP != 0) is a value, because the reply is valid. Unless strict, a bound name that is empty or
/// a single NUL means no host.
///
/// @param in  received bytes that are not yet consumed. May end early; may contain later bytes.
/// @returns   a value with consumed() in 7..262, or needed() >= 1, or error().
/// @errors    bad_version       byte 0 is not 5                  (as soon as 1 byte is there)
///            bad_reserved      byte 2 is not 0, strict only     (as soon as 3 bytes are there)
///            bad_address_type  byte 3 is not 1, 3 or 4          (as soon as 4 bytes are there)
///            empty_name        a bound name of length 0, strict  (when the reply is complete)
///            nul_in_name       a NUL in the bound name           (when the reply is complete)
/// @lifetime  a name points into `in`.
/// @cost      O(size of the name), constexpr, noexcept.
/// @rfc       1928 section 6
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<reply5> decode_reply5(
    bytes in SOCKS_LIFETIMEBOUND, tolerance tolerated = lenient) noexcept {
    const message_size size = detail::measure_reply5(in, tolerated);
    if (!size) return decoded<reply5>(size);
    const auto read = [&]() SOCKS_LAMBDA_ALWAYS_INLINE {
        return reply5{static_cast<code5>(in[1]), detail::read_bound5(in.first(*size))};
    };
    return {read, *size};
}

/// The number of bytes that encode_reply5 writes. Meaningless if the message is invalid.
[[nodiscard]] constexpr size_t encoded_size(const reply5& r) noexcept {
    return detail::frame_size5(r.bound.host);
}

/// Encodes a SOCKS5 reply into `out`. Wire format: see decode_reply5. host_kind::none is written as 0.0.0.0.
/// A name may be in `out` already; it is moved.
/// @errors    bad_host, bad_host_byte  as the error() of the bound host
///            no_space  out is smaller than encoded_size
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1928 section 6
SOCKS_ALWAYS_INLINE constexpr encoded encode_reply5(const reply5& r,
                                                    buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return {out, detail::write_frame5(static_cast<uint8_t>(r.code), r.bound, out)};
}

}  // namespace socks

#endif
