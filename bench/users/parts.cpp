// What programs call beside a machine: they wipe secrets, compare them, make room in an inbox, and read a
// host from text. These rows have no other contender.

#include "../bench.hpp"

namespace bench {
namespace {

using socks::bytes;

// `with` is the size.
outcome wipe(const sample& s) {
    const size_t n = *static_cast<const size_t*>(s.with);
    s.out[n - 1] = 'x';
    socks::wipe({s.out, n});
    return {n, 0};
}

using client_outbox = socks::outbox<socks::client::max_pipelined>;
using server_inbox = socks::inbox<socks::server::max_input>;

// A mailbox that every call finds as the call before left it.
template <class Mailbox>
Mailbox& mailbox(const sample& s) {
    return *static_cast<Mailbox*>(const_cast<void*>(s.with));
}

outcome clear(const sample& s) {
    auto& tx = mailbox<client_outbox>(s);
    tx.clear();
    return {0, tx.prepare().capacity()};
}

// The inbox is full, 40 bytes are consumed, and the others have to move to the front.
outcome compact(const sample& s) {
    auto& rx = mailbox<server_inbox>(s);
    rx.commit(size_t{40});
    rx.consume(size_t{40});
    return {0, rx.prepare().capacity()};
}

outcome equal(const sample& s) {
    return {0, constant_time_equal(bytes{s.in, s.size}, *static_cast<const bytes*>(s.with))};
}

outcome host(const sample& s) {
    const socks::host h(bytes{s.in, s.size});
    return {0, mix(static_cast<size_t>(h.kind()), h.is_sendable())};
}

}  // namespace

void add_parts(std::vector<row>& rows) {
    const auto add = [&](const char* name, operation ours, const std::string& in, const void* with,
                         const std::string& out, size_t digest) {
        rows.push_back({name, "ours", ours, in, 0, with, out, digest});
    };
    const std::string secret = "correct horse battery staple, forty byte";
    auto* const rx = new server_inbox;
    rx->commit(rx->prepare().capacity() - 40);
    add("wipe() of 520 bytes", wipe, {}, keep(size_t{520}), std::string(520, '\0'), 0);
    add("clear() of an outbox of 778 bytes, all written", clear, {}, new client_outbox, {}, 778);
    add("constant_time_equal() of 40 bytes", equal, secret, keep(bytes{apart(secret), 40}), {}, 1);
    add("prepare() of an inbox with 480 bytes unread", compact, {}, rx, {}, 40);

    using socks::host_kind;
    const auto add_host = [&](const char* name, const std::string& text, host_kind kind) {
        add(name, host, text, nullptr, {}, mix(static_cast<size_t>(kind), 1));
    };
    add_host("host of a name of 17 bytes", "files.example.com", host_kind::name);
    add_host("host of a name of 80 bytes",
             "files-of-the-year.archive-of-the-department.a-very-long-organisation.example.com",
             host_kind::name);
    add_host("host of an IPv4 address as text", "203.0.113.207", host_kind::ipv4);
    add_host("host of an IPv6 address as text", "2001:db8:85a3::8a2e:370:7334", host_kind::ipv6);
}

}  // namespace bench
