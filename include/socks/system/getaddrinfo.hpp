// The failures of getaddrinfo. It has its own numbers, not those of errno: EAI_* of <netdb.h>, and WSA* on
// Windows. It is not part of socks.hpp, because bare-metal toolchains often have no <netdb.h>.

#ifndef SOCKS_SYSTEM_GETADDRINFO_HPP
#define SOCKS_SYSTEM_GETADDRINFO_HPP

#if !defined(_WIN32)
#include <netdb.h>
#endif

#include <socks/policy/dial_error.hpp>
#include <socks/system/errno.hpp>

namespace socks {

/// The failure of a look-up. An unknown name, a failed name service, and a name service that does not answer
/// in time have three different reply codes:
///
///     EAI_NONAME, EAI_NODATA       WSAHOST_NOT_FOUND, WSANO_DATA   name_not_found      04 host unreachable
///     EAI_FAIL                     WSANO_RECOVERY                  name_not_resolved   01 general failure
///     EAI_AGAIN                    WSATRY_AGAIN                    timed_out           06 TTL expired
///     EAI_FAMILY, EAI_ADDRFAMILY   WSAEAFNOSUPPORT                 no_address_of_family
///     EAI_MEMORY                   WSA_NOT_ENOUGH_MEMORY           out_of_resources
///     EAI_SYSTEM                                                   the error for errno
///
/// glibc also returns EAI_AGAIN if the name server answers SERVFAIL. EAI_NODATA means that the name exists
/// but has no address.
///
///     const int failed = getaddrinfo(name, nullptr, &hints, &list);
///     const auto why = socks::dial_error_from_getaddrinfo(failed, errno);
///     if (failed) handshake.answer({socks::code_for(why), {}}, tx);
///
/// @param result  the result of getaddrinfo. The numbers of Winsock, from 10000 on, are accepted on every
///                system.
/// @param number  the value of errno, for EAI_SYSTEM.
/// @returns       `other` for a number that says nothing about a name, including 0.
/// @lifetime      by value.
/// @cost          O(1), constexpr, noexcept.
/// @rfc           3493 section 6.1
[[nodiscard]] constexpr dial_error dial_error_from_getaddrinfo(int result,
                                                               [[maybe_unused]] int number) noexcept {
    switch (result) {
#if defined(_WIN32)
        case 8: return dial_error::out_of_resources;  // WSA_NOT_ENOUGH_MEMORY
#else
#if defined(EAI_NODATA) && EAI_NODATA != EAI_NONAME  // no longer in POSIX
        case EAI_NODATA:
#endif
        case EAI_NONAME: return dial_error::name_not_found;
        case EAI_FAIL: return dial_error::name_not_resolved;
        case EAI_AGAIN: return dial_error::timed_out;
#if defined(EAI_ADDRFAMILY)  // no longer in POSIX
        case EAI_ADDRFAMILY:
#endif
        case EAI_FAMILY: return dial_error::no_address_of_family;
        case EAI_MEMORY: return dial_error::out_of_resources;
        case EAI_SYSTEM: return dial_error_from_errno(number);
#endif
        default: break;
    }
    return detail::is_winsock(result) ? dial_error_from_errno(result) : dial_error::other;
}

}  // namespace socks

#endif
