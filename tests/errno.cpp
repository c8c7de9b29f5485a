// errno on both sides of a proxy: the numbers of a failed system call, and the numbers that a client reports.

#include <socks/system/errno.hpp>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

struct row {
    int number;
    dial_error error;
    uint8_t byte;
};

constexpr row calls[] = {
    {ECONNREFUSED, dial_error::refused, 5},
    {ENETUNREACH, dial_error::network_unreachable, 3},
    {ENETDOWN, dial_error::network_unreachable, 3},
    {EHOSTUNREACH, dial_error::host_unreachable, 4},
    {ETIMEDOUT, dial_error::timed_out, 6},
    {EACCES, dial_error::not_allowed, 2},
    {EPERM, dial_error::not_allowed, 2},
    {EAFNOSUPPORT, dial_error::no_address_of_family, 8},
    {EADDRNOTAVAIL, dial_error::out_of_resources, 1},
    {EOPNOTSUPP, dial_error::command_not_supported, 7},
    {EADDRINUSE, dial_error::out_of_resources, 1},
    {EAGAIN, dial_error::out_of_resources, 1},
    {EMFILE, dial_error::out_of_resources, 1},
    {ENFILE, dial_error::out_of_resources, 1},
    {ENOBUFS, dial_error::out_of_resources, 1},
    {ENOMEM, dial_error::out_of_resources, 1},
    {ECONNRESET, dial_error::other, 1},
    {EINVAL, dial_error::other, 1},
    {0, dial_error::other, 1},
    {-1, dial_error::other, 1},
};

// R15.
constexpr void a_failed_call_has_its_reply_code(check& t) {
    for (const row& r : calls) {
        const auto entered = t.in();
        t.ok(dial_error_from_errno(r.number) == r.error);
        t.ok(static_cast<uint8_t>(code_for(dial_error_from_errno(r.number))) == r.byte);
    }
}
PROVE_AND_RUN(a_failed_call_has_its_reply_code)

// What Linux says both to a host without IPv6 and to one that has used up its ports.
constexpr void an_address_is_not_available_for_two_reasons(check& t) {
    t.ok(dial_error_from_errno(EADDRNOTAVAIL, host("2001:db8::1")) == dial_error::no_address_of_family);
    t.ok(suggests_other_family(dial_error_from_errno(EADDRNOTAVAIL, host("2001:db8::1"))));
    for (const host& to : {host("192.0.2.7"), host("files.example.com"), host()})
        t.in().ok(dial_error_from_errno(EADDRNOTAVAIL, to) == dial_error::out_of_resources);
    for (const row& r : calls)
        if (r.number != EADDRNOTAVAIL) t.ok(dial_error_from_errno(r.number, host("2001:db8::1")) == r.error);
}
PROVE_AND_RUN(an_address_is_not_available_for_two_reasons)

// The numbers of Winsock's documents. Its constants are compared with them in tests/platforms/winsock.cpp.
constexpr row winsock[] = {
    {10013, dial_error::not_allowed, 2},
    {10024, dial_error::out_of_resources, 1},
    {10045, dial_error::command_not_supported, 7},
    {10046, dial_error::no_address_of_family, 8},
    {10047, dial_error::no_address_of_family, 8},
    {10048, dial_error::out_of_resources, 1},
    {10049, dial_error::out_of_resources, 1},
    {10050, dial_error::network_unreachable, 3},
    {10051, dial_error::network_unreachable, 3},
    {10055, dial_error::out_of_resources, 1},
    {10060, dial_error::timed_out, 6},
    {10061, dial_error::refused, 5},
    {10064, dial_error::host_unreachable, 4},
    {10065, dial_error::host_unreachable, 4},
    {10067, dial_error::out_of_resources, 1},
    {11001, dial_error::name_not_found, 4},
    {11002, dial_error::timed_out, 6},
    {11003, dial_error::name_not_resolved, 1},
    {11004, dial_error::name_not_found, 4},
};

// R15.
constexpr void the_numbers_of_winsock_are_known_everywhere(check& t) {
    for (const row& r : winsock) {
        const auto entered = t.in();
        t.ok(dial_error_from_errno(r.number) == r.error);
        t.ok(static_cast<uint8_t>(code_for(dial_error_from_errno(r.number))) == r.byte);
        if (r.number != 10049) t.ok(dial_error_from_errno(r.number, host("2001:db8::1")) == r.error);
    }
    t.ok(dial_error_from_errno(10049, host("2001:db8::1")) == dial_error::no_address_of_family);
    t.ok(dial_error_from_errno(10049, host("192.0.2.7")) == dial_error::out_of_resources);
    // Interrupted, would block, in progress, reset: nothing about a destination.
    for (const int other : {10004, 10035, 10036, 10054})
        t.in(static_cast<size_t>(other)).ok(dial_error_from_errno(other) == dial_error::other);
}
PROVE_AND_RUN(the_numbers_of_winsock_are_known_everywhere)

constexpr void numbers_without_a_meaning_are_other_failures(check& t) {
    size_t told = 0;
    for (int i = 0; i < 4096; ++i) told += dial_error_from_errno(i) != dial_error::other;
    size_t known = 16;
#if defined(EHOSTDOWN)
    ++known;
    t.ok(dial_error_from_errno(EHOSTDOWN) == dial_error::host_unreachable);
#endif
#if defined(EPFNOSUPPORT)
    ++known;
    t.ok(dial_error_from_errno(EPFNOSUPPORT) == dial_error::no_address_of_family);
#endif
    t.ok(told == known);
    told = 0;
    for (int i = 4096; i < 16384; ++i) told += dial_error_from_errno(i) != dial_error::other;
    t.ok(told == sizeof winsock / sizeof *winsock);
}
PROVE_AND_RUN(numbers_without_a_meaning_are_other_failures)

template <class T>
concept result_of_a_call = requires(T n) {
    io_result_of(n, 0);
};
static_assert(result_of_a_call<int> && result_of_a_call<long> && result_of_a_call<short>);
// An unsigned -1 is 2^64-1 bytes.
static_assert(!result_of_a_call<size_t> && !result_of_a_call<unsigned> && !result_of_a_call<bool> &&
              !result_of_a_call<double>);

constexpr void the_result_of_a_call_is_a_result_of_run(check& t) {
    t.ok(io_result_of(7, EAGAIN) == io_result(7U) && io_result_of(0, EINTR) == io_result(0U));
    t.ok(io_result_of(ptrdiff_t{262}, 0) == io_result(262U));
    for (const int number : {EAGAIN, EWOULDBLOCK, 10035, 10060})
        t.in().ok(io_result_of(-1, number) == io::would_block);
    for (const int number : {EINTR, 10004}) t.in().ok(io_result_of(-1, number) == io::interrupted);
    for (const int number : {ECONNRESET, EPIPE, EBADF, ETIMEDOUT, 0, 10054})
        t.in().ok(io_result_of(-1, number) == errc::stream_failed);
}
PROVE_AND_RUN(the_result_of_a_call_is_a_result_of_run)

// A compiler may evaluate the arguments from right to left.
constexpr void errno_is_read_after_the_call_beside_it(check& t) {
    int number = 0;
    const auto recv = [&number] {
        number = EAGAIN;
        return -1;
    };
    t.ok(io_result_of(recv(), number) == io::would_block);
}
PROVE_AND_RUN(errno_is_read_after_the_call_beside_it)

constexpr void a_reply_is_shown_as_errno(check& t) {
    constexpr int five[] = {0,         EIO,        EACCES,      ENETUNREACH, EHOSTUNREACH, ECONNREFUSED,
                            ETIMEDOUT, EOPNOTSUPP, EAFNOSUPPORT};
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        const auto byte = static_cast<uint8_t>(i);
        t.ok(errno_for(reply_code(version::v5, byte)) == (i < 9 ? five[i] : EIO));
        const int four = i == 90 ? 0 : i == 92 || i == 93 ? EACCES : EIO;
        t.ok(errno_for(reply_code(version::v4, byte)) == four);
    }
}
PROVE_AND_RUN(a_reply_is_shown_as_errno)

constexpr void a_failure_without_a_reply_is_shown_as_errno(check& t) {
    t.ok(errno_for(errc::none) == 0 && errno_for(errc::refused) == EIO);
    t.ok(errno_for(errc::unreachable) == EHOSTUNREACH && errno_for(errc::timed_out) == ETIMEDOUT);
    for (const errc e : {errc::closed, errc::truncated, errc::closed_while_bound, errc::stream_failed})
        t.in().ok(errno_for(e) == ECONNRESET);
    for (const errc e : {errc::credentials_refused, errc::negotiation_failed, errc::no_acceptable_method})
        t.in().ok(errno_for(e) == EACCES);
    for (const errc e : {errc::peer_is_http, errc::bad_version, errc::method_not_offered})
        t.in().ok(errno_for(e) == EPROTO);
    for (const errc e : {errc::bad_host, errc::out_of_turn}) t.in().ok(errno_for(e) == EINVAL);
    for (unsigned i = 1; i < 256; ++i)
        t.in(size_t{i}).ok(errno_for(static_cast<errc>(static_cast<uint8_t>(i))) != 0);
}
PROVE_AND_RUN(a_failure_without_a_reply_is_shown_as_errno)

// A failure that the server reads from errno comes back as the same number, where the code tells it at all.
constexpr void a_number_survives_the_way_through_a_reply(check& t) {
    for (const int number :
         {ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ETIMEDOUT, EACCES, EAFNOSUPPORT, EOPNOTSUPP})
        t.in(static_cast<size_t>(number)).ok(errno_for(code_for(dial_error_from_errno(number))) == number);
}
PROVE_AND_RUN(a_number_survives_the_way_through_a_reply)

constexpr void no_failure_is_shown_as_one_to_repeat_at_once(check& t) {
    for (uint8_t i = 0; i < 12; ++i) {
        const int number = errno_for(dial_error{i});
        t.ok(number != 0 && number != EAGAIN && number != EINTR && number != EINPROGRESS);
    }
    t.ok(errno_for(dial_error::name_not_resolved) == EHOSTUNREACH);
    t.ok(errno_for(dial_error::name_not_found) == EHOSTUNREACH);
    t.ok(errno_for(dial_error::out_of_resources) == ENOBUFS && errno_for(dial_error::other) == EIO);
}
PROVE_AND_RUN(no_failure_is_shown_as_one_to_repeat_at_once)

}  // namespace
