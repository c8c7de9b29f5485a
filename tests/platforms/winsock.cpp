// Compiled for Windows only: what errno.hpp and getaddrinfo.hpp have as numbers is what Winsock's headers
// name.

#include <winsock2.h>
#include <ws2tcpip.h>

#include <socks/system/getaddrinfo.hpp>

namespace {

using namespace socks;

constexpr bool means(int number, dial_error e) {
    return dial_error_from_errno(number) == e && dial_error_from_getaddrinfo(number, 0) == e;
}

static_assert(means(WSAEACCES, dial_error::not_allowed));
static_assert(means(WSAEMFILE, dial_error::out_of_resources));
static_assert(means(WSAEOPNOTSUPP, dial_error::command_not_supported));
static_assert(means(WSAEPFNOSUPPORT, dial_error::no_address_of_family));
static_assert(means(WSAEAFNOSUPPORT, dial_error::no_address_of_family));
static_assert(means(WSAEADDRINUSE, dial_error::out_of_resources));
static_assert(means(WSAEADDRNOTAVAIL, dial_error::out_of_resources));
static_assert(means(WSAENETDOWN, dial_error::network_unreachable));
static_assert(means(WSAENETUNREACH, dial_error::network_unreachable));
static_assert(means(WSAENOBUFS, dial_error::out_of_resources));
static_assert(means(WSAETIMEDOUT, dial_error::timed_out));
static_assert(means(WSAECONNREFUSED, dial_error::refused));
static_assert(means(WSAEHOSTDOWN, dial_error::host_unreachable));
static_assert(means(WSAEHOSTUNREACH, dial_error::host_unreachable));
static_assert(means(WSAEPROCLIM, dial_error::out_of_resources));
static_assert(means(WSAHOST_NOT_FOUND, dial_error::name_not_found));
static_assert(means(WSATRY_AGAIN, dial_error::timed_out));
static_assert(means(WSANO_RECOVERY, dial_error::name_not_resolved));
static_assert(means(WSANO_DATA, dial_error::name_not_found));
static_assert(means(WSAECONNRESET, dial_error::other) && means(WSAEWOULDBLOCK, dial_error::other));

static_assert(dial_error_from_getaddrinfo(EAI_NONAME, 0) == dial_error::name_not_found);
static_assert(dial_error_from_getaddrinfo(EAI_AGAIN, 0) == dial_error::timed_out);
static_assert(dial_error_from_getaddrinfo(EAI_FAIL, 0) == dial_error::name_not_resolved);
static_assert(dial_error_from_getaddrinfo(EAI_FAMILY, 0) == dial_error::no_address_of_family);
static_assert(dial_error_from_getaddrinfo(EAI_MEMORY, 0) == dial_error::out_of_resources);
static_assert(dial_error_from_getaddrinfo(EAI_SERVICE, 0) == dial_error::other);

// Both have errno, too.
static_assert(dial_error_from_errno(ECONNREFUSED) == dial_error::refused);
static_assert(errno_for(dial_error::refused) == ECONNREFUSED);

}  // namespace
