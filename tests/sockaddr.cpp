// Socket addresses of the system, byte by byte, and what a socket itself makes of them.

#include <socks/system/sockaddr.hpp>

#if defined(_WIN32)
#define close_socket closesocket
#else
#include <arpa/inet.h>
#include <sys/time.h>
#include <unistd.h>
#define close_socket ::close
#endif

#include <string.h>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr ipv4 four{192, 0, 2, 7};
constexpr ipv6 six{0x20, 0x01, 0x0d, 0xb8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
constexpr ipv6 mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7};
constexpr ipv6 link_local{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};
constexpr uint16_t port = 0x1f90;  // 8080

template <class T>
bool holds(const T& field, bytes expected) {
    return sizeof field == expected.size() && memcmp(&field, expected.data(), sizeof field) == 0;
}

void an_ipv4_address_becomes_a_sockaddr_in(check& t) {
    const sockaddr_in to = to_sockaddr_in(four, port);
    t.ok(to.sin_family == AF_INET);
    t.ok(holds(to.sin_port, "\x1f\x90") && holds(to.sin_addr, "\xc0\x00\x02\x07"));
    t.ok(ntohs(to.sin_port) == 8080 && ntohl(to.sin_addr.s_addr) == 0xc0000207);
    t.ok(from_sockaddr(to) == endpoint{four, 8080});
}
RUN(an_ipv4_address_becomes_a_sockaddr_in)

void an_ipv6_address_becomes_a_sockaddr_in6(check& t) {
    const sockaddr_in6 to = to_sockaddr_in6(six, port);
    t.ok(to.sin6_family == AF_INET6);
    t.ok(holds(to.sin6_port, "\x1f\x90"));
    t.ok(holds(to.sin6_addr, "\x20\x01\x0d\xb8\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b"));
    t.ok(to.sin6_flowinfo == 0 && to.sin6_scope_id == 0);
    t.ok(from_sockaddr(to) == endpoint{six, 8080});
}
RUN(an_ipv6_address_becomes_a_sockaddr_in6)

void an_ipv4_address_becomes_ipv4_mapped_for_a_dual_stack_socket(check& t) {
    const sockaddr_in6 to = to_sockaddr_in6(four, port);
    t.ok(to.sin6_family == AF_INET6 && holds(to.sin6_port, "\x1f\x90"));
    t.ok(holds(to.sin6_addr, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xc0\x00\x02\x07"));
    t.ok(IN6_IS_ADDR_V4MAPPED(&to.sin6_addr) != 0);
    t.ok(from_sockaddr(to) == endpoint{four, 8080});
    t.ok(from_sockaddr(to_sockaddr_in6(mapped, port)) == endpoint{four, 8080});
}
RUN(an_ipv4_address_becomes_ipv4_mapped_for_a_dual_stack_socket)

// The storage is full of other bytes before each call.
void an_endpoint_fills_a_sockaddr_storage(check& t) {
    struct row {
        endpoint from;
        address_form form;
        int family;
        size_t size;
    };
    const row rows[] = {
        {{four, port}, address_form::native, AF_INET, sizeof(sockaddr_in)},
        {{four, port}, address_form::ipv4_mapped, AF_INET6, sizeof(sockaddr_in6)},
        {{six, port}, address_form::native, AF_INET6, sizeof(sockaddr_in6)},
        {{six, port}, address_form::ipv4_mapped, AF_INET6, sizeof(sockaddr_in6)},
    };
    for (const row& r : rows) {
        const auto in = t.in();
        sockaddr_storage out;
        memset(&out, 0xa5, sizeof out);
        const auto size = to_sockaddr(r.from, out, r.form);
        if (!t.ok(static_cast<bool>(size))) return;
        t.ok(*size == static_cast<socklen_t>(r.size));
        t.ok(out.ss_family == r.family);
        t.ok(from_sockaddr(out, *size) == r.from);
        const char* const p = reinterpret_cast<const char*>(&out);
        for (size_t i = r.size; i < sizeof out; ++i) t.ok(p[i] == 0);
    }
}
RUN(an_endpoint_fills_a_sockaddr_storage)

void without_a_form_an_ipv4_address_stays_one(check& t) {
    sockaddr_storage out;
    const auto size = to_sockaddr({four, port}, out);
    t.ok(size && *size == sizeof(sockaddr_in) && out.ss_family == AF_INET);
}
RUN(without_a_form_an_ipv4_address_stays_one)

void every_port_survives_both_ways(check& t) {
    for (unsigned i = 0; i <= 0xffff; ++i) {
        const auto n = static_cast<uint16_t>(i);
        sockaddr_storage out;
        const auto size = to_sockaddr({four, n}, out);
        if (!t.in(i).ok(size && from_sockaddr(out, *size) == endpoint{four, n})) return;
    }
}
RUN(every_port_survives_both_ways)

void a_host_that_is_no_address_changes_nothing(check& t) {
    struct row {
        host from;
        errc error;
    };
    const row rows[] = {
        {{}, errc::no_host},
        {"files.example.com", errc::bad_host},
        {host::as_received("192.0.2.7"), errc::bad_host},
        {host(bytes("localhost:80")), errc::bad_host},
        {host(bytes("fe80::1%eth0")), errc::bad_host},
        {host(bytes("a b")), errc::bad_host_byte},
    };
    for (const row& r : rows) {
        const auto in = t.in();
        sockaddr_storage out;
        memset(&out, 0xa5, sizeof out);
        for (const address_form form : {address_form::native, address_form::ipv4_mapped}) {
            const auto size = to_sockaddr({r.from, port}, out, form);
            t.ok(!size && size.error() == r.error);
        }
        const char* const p = reinterpret_cast<const char*>(&out);
        for (size_t i = 0; i < sizeof out; ++i) t.ok(p[i] == '\xa5');
    }
}
RUN(a_host_that_is_no_address_changes_nothing)

void a_sockaddr_of_another_family_or_size_has_no_host(check& t) {
    sockaddr_storage out;
    const auto size4 = to_sockaddr({four, port}, out);
    for (socklen_t n = 0; n < *size4; ++n)
        t.in(static_cast<size_t>(n)).ok(from_sockaddr(out, n) == endpoint{});
    t.ok(from_sockaddr(out, sizeof out) == endpoint{four, port});
    t.ok(from_sockaddr(out, static_cast<socklen_t>(-1)) ==
         (socklen_t(-1) < 0 ? endpoint{} : endpoint{four, port}));
    const auto size6 = to_sockaddr({six, port}, out);
    for (socklen_t n = 0; n < *size6; ++n)
        t.in(static_cast<size_t>(n)).ok(from_sockaddr(out, n) == endpoint{});
    t.ok(from_sockaddr(out, sizeof out) == endpoint{six, port});
    for (const int family : {AF_UNSPEC, AF_UNIX}) {
        const auto in = t.in();
        memset(&out, 0x11, sizeof out);
        out.ss_family = static_cast<decltype(out.ss_family)>(family);
        t.ok(from_sockaddr(out, sizeof out) == endpoint{});
    }
    t.ok(from_sockaddr(nullptr, sizeof out) == endpoint{} && from_sockaddr(nullptr, 0) == endpoint{});
    sockaddr_in wrong4 = to_sockaddr_in(four, port);
    wrong4.sin_family = AF_INET6;
    sockaddr_in6 wrong6 = to_sockaddr_in6(six, port);
    wrong6.sin6_family = AF_INET;
    t.ok(from_sockaddr(wrong4) == endpoint{} && from_sockaddr(wrong6) == endpoint{});
    wrong4.sin_family = 0xff;
    wrong6.sin6_family = 0xff;
    t.ok(from_sockaddr(wrong4) == endpoint{} && from_sockaddr(wrong6) == endpoint{});
}
RUN(a_sockaddr_of_another_family_or_size_has_no_host)

// As in a received control message: the address is at any position, and the bytes after it do not belong to
// it.
void a_sockaddr_is_read_at_any_alignment_and_not_past_its_end(check& t) {
    for (size_t offset = 0; offset < 8; ++offset) {
        const auto in = t.in(offset);
        const sockaddr_in from4 = to_sockaddr_in(four, port);
        const sockaddr_in6 from6 = to_sockaddr_in6(six, port);
        char* const room = new char[offset + sizeof from6];
        char* const at = room + offset;
        memcpy(at, &from6, sizeof from6);
        t.ok(from_sockaddr(reinterpret_cast<const sockaddr*>(at), sizeof from6) == endpoint{six, port});
        delete[] room;
        char* const less = new char[offset + sizeof from4];
        memcpy(less + offset, &from4, sizeof from4);
        t.ok(from_sockaddr(reinterpret_cast<const sockaddr*>(less + offset), sizeof from4) ==
             endpoint{four, port});
        delete[] less;
    }
}
RUN(a_sockaddr_is_read_at_any_alignment_and_not_past_its_end)

void a_scope_id_is_0_on_the_way_out_and_dropped_on_the_way_in(check& t) {
    sockaddr_storage out;
    sockaddr_in6 to = to_sockaddr_in6(link_local, port);
    t.ok(to.sin6_scope_id == 0);
    to.sin6_scope_id = 3;
    to.sin6_flowinfo = 5;
    t.ok(from_sockaddr(to) == endpoint{link_local, port});
    memcpy(&out, &to, sizeof to);
    const endpoint read = from_sockaddr(out, sizeof to);
    t.ok(read == endpoint{link_local, port});
    t.ok(to_sockaddr(read, out).error() == errc::none);
    memcpy(&to, &out, sizeof to);
    t.ok(to.sin6_scope_id == 0 && to.sin6_flowinfo == 0);
}
RUN(a_scope_id_is_0_on_the_way_out_and_dropped_on_the_way_in)

// A socket that the system can make: it lives as long as this.
struct datagram_socket {
#if defined(_WIN32)
    struct library {
        library() {
            WSADATA data;
            WSAStartup(MAKEWORD(2, 2), &data);
        }
    } started{};
    SOCKET fd;
    [[nodiscard]] bool open() const { return fd != INVALID_SOCKET; }
#else
    int fd;
    [[nodiscard]] bool open() const { return fd >= 0; }
#endif
    explicit datagram_socket(int family) : fd(::socket(family, SOCK_DGRAM, 0)) {}
    ~datagram_socket() {
        if (open()) close_socket(fd);
    }
    datagram_socket(const datagram_socket&) = delete;
    datagram_socket& operator=(const datagram_socket&) = delete;

    [[nodiscard]] bool takes(const endpoint& e, address_form form = address_form::native) const {
        sockaddr_storage to;
        const auto size = to_sockaddr(e, to, form);
        return size && ::bind(fd, reinterpret_cast<const sockaddr*>(&to), *size) == 0;
    }
    [[nodiscard]] bool sends(bytes data, const endpoint& e, address_form form = address_form::native) const {
        sockaddr_storage to;
        const auto size = to_sockaddr(e, to, form);
        const auto n = static_cast<decltype(::recv(fd, nullptr, 0, 0))>(data.size());
        return size && ::sendto(fd, data.data(), static_cast<unsigned>(data.size()), 0,
                                reinterpret_cast<const sockaddr*>(&to), *size) == n;
    }
    [[nodiscard]] endpoint local() const {
        sockaddr_storage from;
        socklen_t size = sizeof from;
        if (::getsockname(fd, reinterpret_cast<sockaddr*>(&from), &size) != 0) return {};
        return from_sockaddr(from, size);
    }
    // Without a host if nothing arrives within two seconds: then it was sent to another address.
    [[nodiscard]] endpoint source_of_one() const {
#if defined(_WIN32)
        const DWORD limit = 2000;
#else
        const timeval limit{2, 0};
#endif
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&limit), sizeof limit);
        char in[16];
        sockaddr_storage from;
        socklen_t size = sizeof from;
        if (::recvfrom(fd, in, sizeof in, 0, reinterpret_cast<sockaddr*>(&from), &size) < 0) return {};
        return from_sockaddr(from, size);
    }
};

void sockets_take_and_report_these_addresses(check& t) {
    const ipv4 loopback{127, 0, 0, 1};
    const datagram_socket server(AF_INET), client(AF_INET);
    t.ok(server.open() && client.open());
    t.ok(server.takes({loopback, 0}) && client.takes({loopback, 0}));
    t.ok(server.local().host == host(loopback) && server.local().port != 0);
    t.ok(client.sends("hello", server.local()));
    t.ok(server.source_of_one() == client.local());
}
RUN(sockets_take_and_report_these_addresses)

// Both ends are on the same host: an AF_INET6 socket sends to an AF_INET socket, and receives its answer.
void a_dual_stack_socket_reaches_an_ipv4_address(check& t) {
    const ipv4 loopback{127, 0, 0, 1};
    const datagram_socket server(AF_INET), client(AF_INET6);
    t.ok(true);
    if (!client.open()) return;  // a host without IPv6
    const int off = 0;
    t.ok(::setsockopt(client.fd, IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char*>(&off),
                      sizeof off) == 0);
    t.ok(server.takes({loopback, 0}));
    t.ok(client.takes({loopback, 0}, address_form::ipv4_mapped));
    t.ok(client.local().host == host(loopback));
    t.ok(client.sends("hello", server.local(), address_form::ipv4_mapped));
    t.ok(server.source_of_one() == client.local());
    t.ok(server.sends("hello", client.local()));
    t.ok(client.source_of_one() == server.local());
}
RUN(a_dual_stack_socket_reaches_an_ipv4_address)

}  // namespace
