// The failures of a name lookup, by the numbers of this system's getaddrinfo and by those of Winsock.

#if defined(_WIN32)
#include <winsock2.h>
#include <ws2tcpip.h>
#endif

#include <socks/system/getaddrinfo.hpp>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

struct row {
    int result;
    dial_error error;
    uint8_t byte;
};

constexpr row rows[] = {
    {EAI_NONAME, dial_error::name_not_found, 4},
    {EAI_FAIL, dial_error::name_not_resolved, 1},
    {EAI_AGAIN, dial_error::timed_out, 6},
    {EAI_FAMILY, dial_error::no_address_of_family, 8},
    {EAI_MEMORY, dial_error::out_of_resources, 1},
    {EAI_BADFLAGS, dial_error::other, 1},
    {EAI_SERVICE, dial_error::other, 1},
    {EAI_SOCKTYPE, dial_error::other, 1},
#if defined(EAI_NODATA)
    {EAI_NODATA, dial_error::name_not_found, 4},
#endif
#if defined(EAI_ADDRFAMILY)
    {EAI_ADDRFAMILY, dial_error::no_address_of_family, 8},
#endif
    {11001, dial_error::name_not_found, 4},
    {11004, dial_error::name_not_found, 4},
    {11003, dial_error::name_not_resolved, 1},
    {11002, dial_error::timed_out, 6},
    {10047, dial_error::no_address_of_family, 8},
    {10022, dial_error::other, 1},
    {0, dial_error::other, 1},
};

// R15.
constexpr void a_failed_look_up_has_its_reply_code(check& t) {
    for (const row& r : rows) {
        const auto entered = t.in();
        t.ok(dial_error_from_getaddrinfo(r.result, ECONNREFUSED) == r.error);
        t.ok(static_cast<uint8_t>(code_for(dial_error_from_getaddrinfo(r.result, 0))) == r.byte);
    }
}
PROVE_AND_RUN(a_failed_look_up_has_its_reply_code)

// R15: an unknown name, a name service that failed, and one that did not answer in time.
constexpr void three_failures_of_a_look_up_are_three_replies(check& t) {
    constexpr int systems[][3] = {{EAI_NONAME, EAI_FAIL, EAI_AGAIN}, {11001, 11003, 11002}};
    for (const auto& of : systems) {
        const auto entered = t.in();
        const code5 unknown = code_for(dial_error_from_getaddrinfo(of[0], 0));
        const code5 failed = code_for(dial_error_from_getaddrinfo(of[1], 0));
        const code5 silent = code_for(dial_error_from_getaddrinfo(of[2], 0));
        t.ok(unknown != failed && failed != silent && silent != unknown);
    }
}
PROVE_AND_RUN(three_failures_of_a_look_up_are_three_replies)

#if defined(EAI_SYSTEM)
constexpr void a_failure_of_the_system_is_what_errno_says(check& t) {
    t.ok(dial_error_from_getaddrinfo(EAI_SYSTEM, EMFILE) == dial_error::out_of_resources);
    t.ok(dial_error_from_getaddrinfo(EAI_SYSTEM, ENETUNREACH) == dial_error::network_unreachable);
    t.ok(dial_error_from_getaddrinfo(EAI_SYSTEM, 0) == dial_error::other);
    // Nothing else looks at errno; and a number of errno is none of getaddrinfo.
    t.ok(dial_error_from_getaddrinfo(0, EMFILE) == dial_error::other);
    if constexpr (EAI_NONAME < 0) t.ok(dial_error_from_getaddrinfo(ECONNREFUSED, 0) == dial_error::other);
}
PROVE_AND_RUN(a_failure_of_the_system_is_what_errno_says)
#endif

}  // namespace
