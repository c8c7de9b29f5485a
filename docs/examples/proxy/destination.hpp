// How a session reaches its destination: CONNECT, BIND and UDP ASSOCIATE, and the reply to each. The
// resolver looks up names in other threads. Nothing here blocks.

#ifndef EXAMPLES_PROXY_DESTINATION_HPP
#define EXAMPLES_PROXY_DESTINATION_HPP

#include <socks/system/errno.hpp>

#include "local_address.hpp"
#include "session.hpp"

namespace example {

/// A socket that connects to `remote`; invalid, with errno set, if that failed at once.
inline unique_fd connect_to(socket_address remote) noexcept {
    unique_fd fd(::socket(remote.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return fd;
    prepare(fd.get());
    if (::connect(fd.get(), remote.data(), remote.size()) == 0 || errno == EINPROGRESS) return fd;
    const int error = errno;
    fd.reset();
    errno = error;
    return fd;
}

inline void proxy_session::serve(const socks::server::action& s) {
    request_ = text(s.version()) + ' ' + text(s.command()) + ' ' + text(s.to());
    handshake_->via = s.version();
    handshake_->command = s.command();
    switch (s.command()) {
        case socks::command::connect:
        case socks::command::bind: return reach(s.to());
        case socks::command::udp_associate: return associate(s.to());
    }
    refuse(socks::dial_error::command_not_supported);
}

// A name that spells an address is treated as that address, so a name cannot bypass a rule for addresses.
// A name that only a resolver reads as an address, for example 127.1, is refused.
// ::ffff:a.b.c.d becomes IPv4, because a caller from there has that IPv4 address.
inline void proxy_session::reach(const socks::endpoint& to) {
    const bool named = to.host.kind() == socks::host_kind::name;
    const socks::host spelled = named ? socks::spelled_address(to.host) : to.host;
    if (spelled.kind() == socks::host_kind::bad || !socks::is_printable(to.host))
        return forbid("a resolver may read this name as an address, or it is not printable");
    if (spelled.kind() != socks::host_kind::none) return reached({{{socks::unmap(spelled), to.port}}});
    const std::string name(std::string_view(to.host.name()));
    if (is_onion(name)) return forbid("only Tor knows .onion names");
    if (const auto failure = common_.names.recent_failure(name)) return refuse(*failure);
    at_ = at::resolving;
    limit_look_up();
    handshake_->asked = common_.names.resolve(peer_.host, name, to.port, [this](looked_up found) {
        if (at_ != at::resolving) return;
        guarded([&] {
            reached(std::move(found));
            talk();
        });
    });
}

// A client that has ended its stream may wait for the reply, but most of them are gone. A silent name must
// not occupy their share for long.
inline void proxy_session::limit_look_up() {
    if (client_.hung_up) deadline_ = std::min(deadline_, common_.loop.now() + seconds(1));
}

// The rules apply to the addresses that a name resolved to. BIND accepts the unspecified address: it means
// any caller.
inline void proxy_session::reached(looked_up found) {
    const bool bind = handshake_->command == socks::command::bind;
    const char* rule = nullptr;
    std::erase_if(found.addresses, [&](const socks::endpoint& e) {
        if (bind && socks::is_unspecified(e.host)) return false;
        const char* const objection = common_.options.rules.objection(peer_.host, e);
        if (objection != nullptr) rule = objection;
        return objection != nullptr;
    });
    if (found.addresses.empty()) return rule != nullptr ? forbid(rule) : refuse(found.failure);
    socks::interleave_families(found.addresses.data(), found.addresses.size());
    handshake_->addresses = std::move(found.addresses);
    bind ? listen() : dial();
}

// A link-local destination is on the network of the client.
inline socket_address proxy_session::remote_address(const socks::endpoint& e) const noexcept {
    return socket_address(e, socks::is_link_local(e.host) ? local_address(client_.fd.get()).scope() : 0);
}

// Begins an attempt to connect to the next address of the destination. Earlier attempts continue. If none is
// left, sends the client the reason of the last failure. RFC 8305, section 5.
inline void proxy_session::dial() {
    handshake& h = *handshake_;
    if (target_.fd) set_aside();
    while (h.tried < h.addresses.size()) {
        h.target = h.addresses[h.tried++];
        target_.adopt(connect_to(remote_address(h.target)));
        if (target_.fd && common_.loop.watch(target_.fd.get(), event_loop::stream_events, target_)) {
            at_ = at::dialing;
            deadline_ = std::min(h.deadline, common_.loop.now() + common_.options.dial_limit);
            if (h.tried < h.addresses.size())
                common_.attempts.push_back(
                    {common_.loop.now() + std::chrono::milliseconds(socks::attempt_delay), weak_from_this(),
                     h.tried});
            return;
        }
        h.error = errno;
        target_.adopt({});
    }
    if (is_dialing()) return;
    refuse(socks::dial_error_from_errno(h.error, h.target.host));
}

inline void proxy_session::dial_again(size_t tried) {
    if (at_ != at::dialing || handshake_->tried != tried) return;
    dial();
    talk();
}

inline bool proxy_session::is_dialing() const noexcept {
    return target_.fd || (earlier_ && !earlier_->empty());
}

// The events of one turn may belong to a socket that has just been closed, so the session takes another one
// as its target after the turn only.
inline void proxy_session::set_aside() {
    if (!earlier_) earlier_ = std::make_unique<earlier_attempts>(common_.loop, [this] { go_on_later(); });
    earlier_->add({std::move(target_.fd), handshake_->target});
    target_.adopt({});
}

// Whether an earlier attempt has connected. It becomes the target then.
inline bool proxy_session::has_connected_earlier() {
    if (!earlier_) return false;
    earlier_attempts::attempt earlier = earlier_->take_connected(handshake_->error);
    if (!earlier.fd) return false;
    handshake_->target = earlier.to;
    target_.adopt(std::move(earlier.fd));
    return common_.loop.change(target_.fd.get(), event_loop::stream_events, target_);
}

inline void proxy_session::dialed() {
    if ((target_.writable && !target_.failed) || has_connected_earlier()) {
        answer({socks::code5::succeeded,
                common_.options.tell_bound ? local_endpoint(target_.fd.get()) : socks::endpoint{}});
    } else if (target_.failed) {
        handshake_->error = error_of(target_.fd.get());
        target_.adopt({});
        dial();
    } else if (!is_dialing()) {
        dial();
    } else {
        return;
    }
    talk();
}

// Where the caller of BIND can connect to: the local address of the route to that caller. If the caller is
// unspecified, it is the address that the client connected to, or one of the same interface in the family of
// the request.
inline socket_address proxy_session::address_for(const socks::host& caller) const noexcept {
    const socket_address near = local_address(client_.fd.get());
    const socks::host& host = near.endpoint().host;
    if (!socks::is_unspecified(caller)) return route_to(caller, near.scope());
    return socket_address({host.kind() == caller.kind() ? host : beside(host, caller), 0}, near.scope());
}

// SOCKS4 has IPv4 only. If a name has addresses of both families, the client can use that of its connection.
inline void proxy_session::listen() {
    handshake& h = *handshake_;
    const socks::host_kind family =
        h.via == socks::version::v5 ? local_endpoint(client_.fd.get()).host.kind() : socks::host_kind::ipv4;
    auto caller = std::find_if(h.addresses.begin(), h.addresses.end(),
                               [&](const socks::endpoint& e) { return e.host.kind() == family; });
    if (caller == h.addresses.end()) {
        if (h.via != socks::version::v5) return refuse(socks::dial_error::no_address_of_family);
        caller = h.addresses.begin();
    }
    const socket_address here = address_for(caller->host);
    if (here.family() == AF_UNSPEC) return refuse(socks::dial_error::network_unreachable);
    target_.adopt(listen_on(socket_address({here.endpoint().host, 0}, here.scope()), 1, SOCK_NONBLOCK));
    if (!target_.fd || !common_.loop.watch(target_.fd.get(), EPOLLIN | EPOLLET, target_))
        return refuse(socks::dial_error_from_errno(errno));
    prepare(target_.fd.get());
    answer({socks::code5::succeeded, told(common_.options, local_endpoint(target_.fd.get()))});
    at_ = at::listening;
    deadline_ = common_.loop.now() + common_.options.bind_limit;
}

// Sends the second reply. By the SOCKS4 memo, a connection from an unexpected address ends the wait.
inline void proxy_session::accept_caller() {
    talk();  // the first reply may not be sent completely
    if (at_ != at::listening || !target_.readable) return;
    socket_address remote;
    unique_fd fd(uninterrupted([&] {
        return ::accept4(target_.fd.get(), remote.data(), remote.room(), SOCK_NONBLOCK | SOCK_CLOEXEC);
    }));
    target_.readable = false;
    if (!fd && (errno == EAGAIN || errno == ECONNABORTED)) return;
    target_.adopt(std::move(fd));
    const socks::endpoint caller = remote.endpoint();
    bool expected = false;
    for (const socks::endpoint& e : handshake_->addresses)
        expected |= socks::is_expected(caller.host, e.host);
    if (target_.fd && !expected) {
        forbid("the caller " + text(caller) + " is not the expected one");
    } else if (!target_.fd || !common_.loop.watch(target_.fd.get(), event_loop::stream_events, target_)) {
        refuse(socks::dial_error_from_errno(errno));
    } else {
        answer({socks::code5::succeeded, caller});
    }
    talk();
}

// The relay listens on the address that the client connected to, because the client can reach that address.
inline void proxy_session::associate(const socks::endpoint& declared) {
    association_ = std::make_shared<association>(common_, peer_, declared);
    if (association_->open(local_address(client_.fd.get())))
        return answer({socks::code5::succeeded, told(common_.options, association_->address())});
    const int error = errno;
    association_.reset();
    refuse(socks::dial_error_from_errno(error));
}

inline void proxy_session::answer(const socks::reply& outcome) {
    handshake_->machine.answer(outcome, handshake_->tx);
    handshake_->asked.reset();
    if (earlier_) earlier_->clear();
    const bool five = handshake_->via == socks::version::v5;
    if (outcome.code.succeeded())
        outcome_ = five ? to_string(socks::code5::succeeded) : to_string(socks::code4::granted);
    at_ = at::talking;
    deadline_ = common_.loop.now() + seconds(5);
}

}  // namespace example

#endif
