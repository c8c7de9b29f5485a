// How a session reaches its destination: the question that the client's request puts to the proxy, and all that
// it takes to answer it. Names are looked up elsewhere; nothing here blocks.

#ifndef EXAMPLES_PROXY_DESTINATION_HPP
#define EXAMPLES_PROXY_DESTINATION_HPP

#include "proxy_session.hpp"

namespace example {

/// What a failed system call means to a client.
inline socks::code5 code_for(int error) noexcept {
    switch (error) {
        case ECONNREFUSED: return socks::code5::connection_refused;
        case ENETUNREACH:
        case ENETDOWN: return socks::code5::network_unreachable;
        case EHOSTUNREACH:
        case EHOSTDOWN:
        case ETIMEDOUT: return socks::code5::host_unreachable;
        case EACCES:
        case EPERM: return socks::code5::not_allowed;
        case EAFNOSUPPORT: return socks::code5::address_type_not_supported;
        default: return socks::code5::general_failure;
    }
}

/// A socket on its way to `to`; invalid, with errno set, when it has failed already.
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

/// The local address from which `to` is reached, by asking the system for a route; no packet is sent.
inline socks::host route_to(const socks::host& to) noexcept {
    socket_address remote({to, 9});
    const unique_fd probe(::socket(remote.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!probe || ::connect(probe.get(), remote.data(), remote.size()) != 0) return {};
    return local_endpoint(probe.get()).host;
}

inline void proxy_session::serve(const socks::server::action& s) {
    request_ = std::string(name(s.via())) + ' ' + name(s.command()) + ' ' + text(s.to());
    handshake_->via = s.via();
    handshake_->command = s.command();
    switch (s.command()) {
        case socks::command::connect:
        case socks::command::bind: return reach(s.to());
        case socks::command::udp_associate: break;
    }
    answer({socks::code5::command_not_supported, {}});
}

// A name that spells an address is that address: what looks at addresses must not be passed by with a name.
// One that only a resolver would take for an address, such as 127.1, is refused.
// By way of the system's form ::ffff:a.b.c.d becomes the IPv4 address that a caller from there will have.
inline void proxy_session::reach(const socks::endpoint& to) {
    using kind = socks::host::kind;
    const socks::host spelled = to.host.is() == kind::name ? socks::host(to.host.name()) : to.host;
    switch (spelled.is()) {
        case kind::ipv4:
        case kind::ipv6: return reached({socket_address({spelled, to.port}).endpoint()});
        case kind::name:
            at_ = at::resolving;
            handshake_->asked =
                common_.names.resolve(std::string(std::string_view(spelled.name())), to.port,
                                      [weak = weak_from_this()](std::vector<socks::endpoint> addresses) {
                                          const auto self = weak.lock();
                                          if (!self || self->at_ != at::resolving) return;
                                          self->reached(std::move(addresses));
                                          self->talk();
                                      });
            return;
        case kind::none:
        case kind::bad: break;
    }
    answer({socks::code5::not_allowed, {}});
}

inline void proxy_session::reached(std::vector<socks::endpoint> addresses) {
    handshake_->addresses = std::move(addresses);
    handshake_->command == socks::command::bind ? listen() : dial();
}

// Tries the next address of the destination; after the last one, tells the client why that failed.
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
    answer({code_for(h.error), {}});
}

inline void proxy_session::dialed() {
    if (target_.failed) {
        socklen_t size = sizeof handshake_->error;
        ::getsockopt(target_.fd.get(), SOL_SOCKET, SO_ERROR, &handshake_->error, &size);
        dial();
    } else if (target_.writable) {
        answer({socks::code5::succeeded, local_endpoint(target_.fd.get())});
    } else {
        return;
    }
    talk();
}

// BIND listens where the expected caller would reach this host; without one, where the client did.
inline void proxy_session::listen() {
    handshake& h = *handshake_;
    if (h.addresses.empty()) return answer({code_for(h.error), {}});
    const socks::host& caller = h.addresses[0].host;
    const socks::host here =
        is_unspecified(caller) ? local_endpoint(client_.fd.get()).host : route_to(caller);
    if (here.is() == socks::host::kind::none) return answer({socks::code5::network_unreachable, {}});
    target_.adopt(listen_on({here, 0}, 1, SOCK_NONBLOCK));
    if (!target_.fd || !common_.loop.watch(target_.fd.get(), EPOLLIN | EPOLLET, target_))
        return answer({code_for(errno), {}});
    prepare(target_.fd.get());
    answer({socks::code5::succeeded, local_endpoint(target_.fd.get())});
    at_ = at::listening;
    deadline_ = common_.loop.now() + common_.options.bind_limit;
}

// The second answer. By the SOCKS4 memo a caller from another address than the expected one ends the wait.
inline void proxy_session::accept_caller() {
    talk();  // the first answer may still be on its way
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
        expected |= is_unspecified(e.host) || e.host == caller.host;
    if (target_.fd && !expected) {
        answer({socks::code5::not_allowed, {}});
    } else if (!target_.fd || !common_.loop.watch(target_.fd.get(), event_loop::stream_events, target_)) {
        answer({code_for(errno), {}});
    } else {
        answer({socks::code5::succeeded, caller});
    }
    talk();
}

inline void proxy_session::answer(const socks::reply& outcome) {
    handshake_->machine.answer(outcome, handshake_->tx);
    handshake_->asked.reset();
    const bool five = handshake_->via == socks::version::v5;
    if (outcome.code.succeeded())
        outcome_ = five ? name(socks::code5::succeeded) : name(socks::code4::granted);
    at_ = at::talking;
    deadline_ = common_.loop.now() + seconds(5);
}

}  // namespace example

#endif
