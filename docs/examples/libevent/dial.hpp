// Connects a bufferevent to a host name or an address: looks up the name, and tries each of its addresses. It
// needs nothing of the handshake.

#ifndef EXAMPLES_LIBEVENT_DIAL_HPP
#define EXAMPLES_LIBEVENT_DIAL_HPP

#include <functional>
#include <socks/system/errno.hpp>
#include <socks/system/sockaddr.hpp>

#include "handle.hpp"
#include "lookup.hpp"

class dialler {
  public:
    struct callbacks {
        std::function<void(handle<bufferevent>)> connected;
        std::function<void(socks::dial_error)> failed;
    };

    /// Calls one of the callbacks later. A dialler that is destroyed before calls none.
    dialler(event_base* base, const socks::endpoint& to, callbacks on)
        : base_(base), on_(std::move(on)), lookup_(to) {
        const auto ready = [](evutil_socket_t, short, void* d) { static_cast<dialler*>(d)->looked_up(); };
        ready_.reset(event_new(base, lookup_.descriptor(), EV_READ, ready, this));
        if (lookup_.descriptor() < 0 || event_add(ready_.get(), nullptr) != 0)
            event_active(ready_.get(), EV_READ, 0);
    }

  private:
    void looked_up() {
        address_ = lookup_.addresses();
        failure_ = lookup_.failure();
        dial();
    }

    // After the last address, the reason is that of the last failure.
    void dial() {
        if (address_ == nullptr) return on_.failed(failure_);
        stream_.reset(bufferevent_socket_new(base_, -1, BEV_OPT_CLOSE_ON_FREE));
        const auto happened = [](bufferevent*, short what, void* d) {
            const int error = EVUTIL_SOCKET_ERROR();
            static_cast<dialler*>(d)->dialled((what & BEV_EVENT_CONNECTED) != 0 ? 0 : error);
        };
        bufferevent_setcb(stream_.get(), nullptr, nullptr, happened, this);
        const auto size = static_cast<int>(address_->ai_addrlen);
        if (bufferevent_socket_connect(stream_.get(), address_->ai_addr, size) != 0)
            dialled(EVUTIL_SOCKET_ERROR());
    }

    void dialled(int error) {
        if (error == 0) {
            bufferevent_setcb(stream_.get(), nullptr, nullptr, nullptr, nullptr);
            return on_.connected(std::move(stream_));
        }
        const auto to = socks::from_sockaddr(address_->ai_addr, address_->ai_addrlen);
        failure_ = socks::dial_error_from_errno(error, to.host);
        address_ = address_->ai_next;
        dial();
    }

    event_base* base_;
    callbacks on_;
    lookup lookup_;
    handle<event> ready_;
    handle<bufferevent> stream_;
    const addrinfo* address_ = nullptr;  // the one that is dialled
    socks::dial_error failure_ = socks::dial_error::other;
};

#endif
