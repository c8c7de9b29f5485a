// How a session reaches its destination: CONNECT, BIND and UDP ASSOCIATE, and the reply to each. The
// resolver looks up names in other threads. Nothing here blocks.

#ifndef EXAMPLES_PROXY_DESTINATION_HPP
#define EXAMPLES_PROXY_DESTINATION_HPP

#include <socks/system/errno.hpp>

#include "session.hpp"

namespace example {

/// A socket that connects to `to`; invalid, with errno set, if that failed at once.
inline unique_fd connect_to(const socks::endpoint& to) noexcept {
    socket_address remote(to);
    unique_fd fd(::socket(remote.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return fd;
    prepare(fd.get());
    if (::connect(fd.get(), remote.data(), remote.size()) == 0 || errno == EINPROGRESS) return fd;
    const int error = errno;
    fd.reset();
    errno = error;
    return fd;
}

/// The local address of the route to `to`. Asks the system and sends no packet.
inline socks::host route_to(const socks::host& to) noexcept {
    socket_address remote({to, 9});
    const unique_fd probe(::socket(remote.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!probe || ::connect(probe.get(), remote.data(), remote.size()) != 0) return {};
    return local_endpoint(probe.get()).host;
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
        return refuse(socks::dial_error::not_allowed);
    if (spelled.kind() != socks::host_kind::none) return reached({{{socks::unmap(spelled), to.port}}});
    at_ = at::resolving;
    handshake_->asked = common_.names.resolve(std::string(std::string_view(to.host.name())), to.port,
                                              [weak = weak_from_this()](looked_up found) {
                                                  const auto self = weak.lock();
                                                  if (!self || self->at_ != at::resolving) return;
                                                  self->reached(std::move(found));
                                                  self->talk();
                                              });
}

// The rules apply to the addresses that a name resolved to. BIND accepts the unspecified address: it means
// any caller.
inline void proxy_session::reached(looked_up found) {
    const bool bind = handshake_->command == socks::command::bind;
    const size_t erased = std::erase_if(found.addresses, [&](const socks::endpoint& e) {
        const bool anyone = bind && socks::is_unspecified(e.host);
        return !anyone && !common_.options.rules.permit(peer_.host, e);
    });
    if (found.addresses.empty()) return refuse(erased != 0 ? socks::dial_error::not_allowed : found.failure);
    handshake_->addresses = std::move(found.addresses);
    bind ? listen() : dial();
}

// Tries the next address of the destination. After the last one, sends the client the reason of its failure.
inline void proxy_session::dial() {
    handshake& h = *handshake_;
    while (h.tried < h.addresses.size()) {
        target_.adopt(connect_to(h.addresses[h.tried++]));
        if (target_.fd && common_.loop.watch(target_.fd.get(), event_loop::stream_events, target_)) {
            at_ = at::dialing;
            deadline_ = std::min(h.deadline, common_.loop.now() + common_.options.dial_limit);
            return;
        }
        h.error = errno;
    }
    refuse(socks::dial_error_from_errno(h.error, h.addresses.back().host));
}

inline void proxy_session::dialed() {
    if (target_.failed) {
        socklen_t size = sizeof handshake_->error;
        ::getsockopt(target_.fd.get(), SOL_SOCKET, SO_ERROR, &handshake_->error, &size);
        dial();
    } else if (target_.writable) {
        answer({socks::code5::succeeded,
                common_.options.tell_bound ? local_endpoint(target_.fd.get()) : socks::endpoint{}});
    } else {
        return;
    }
    talk();
}

// BIND listens on the local address of the route to the expected caller. If that caller is unspecified, it
// listens on the address that the client connected to.
inline void proxy_session::listen() {
    handshake& h = *handshake_;
    const socks::host& caller = h.addresses[0].host;
    const socks::host here =
        socks::is_unspecified(caller) ? local_endpoint(client_.fd.get()).host : route_to(caller);
    if (here.kind() == socks::host_kind::none) return refuse(socks::dial_error::network_unreachable);
    target_.adopt(listen_on({here, 0}, 1, SOCK_NONBLOCK));
    if (!target_.fd || !common_.loop.watch(target_.fd.get(), EPOLLIN | EPOLLET, target_))
        return refuse(socks::dial_error_from_errno(errno));
    prepare(target_.fd.get());
    answer({socks::code5::succeeded, local_endpoint(target_.fd.get())});
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
        refuse(socks::dial_error::not_allowed);
    } else if (!target_.fd || !common_.loop.watch(target_.fd.get(), event_loop::stream_events, target_)) {
        refuse(socks::dial_error_from_errno(errno));
    } else {
        answer({socks::code5::succeeded, caller});
    }
    talk();
}

// The relay listens on the address that the client connected to, because the client can reach that address.
// If a NAT is in between, `relay_address` replaces it in the reply.
inline void proxy_session::associate(const socks::endpoint& declared) {
    association_ = std::make_shared<association>(common_, peer_, declared);
    if (association_->open(local_endpoint(client_.fd.get()).host)) {
        socks::endpoint told = association_->address();
        const socks::host& outside = common_.options.relay_address;
        if (outside.kind() != socks::host_kind::none) told.host = outside;
        return answer({socks::code5::succeeded, told});
    }
    const int error = errno;
    association_.reset();
    refuse(socks::dial_error_from_errno(error));
}

inline void proxy_session::answer(const socks::reply& outcome) {
    handshake_->machine.answer(outcome, handshake_->tx);
    handshake_->asked.reset();
    const bool five = handshake_->via == socks::version::v5;
    if (outcome.code.succeeded())
        outcome_ = five ? to_string(socks::code5::succeeded) : to_string(socks::code4::granted);
    at_ = at::talking;
    deadline_ = common_.loop.now() + seconds(5);
}

}  // namespace example

#endif
