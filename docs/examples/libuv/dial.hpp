// Connects to a host name or an address over libuv: looks up the name, and tries each of its addresses. It
// needs nothing of the handshake.

#ifndef EXAMPLES_LIBUV_DIAL_HPP
#define EXAMPLES_LIBUV_DIAL_HPP

#include <uv.h>

#include <functional>
#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/sockaddr.hpp>
#include <string>
#include <string_view>

// libuv has its own numbers for the failures of getaddrinfo. All others are negated values of errno.
inline socks::dial_error dial_error_from_uv(int failed, const socks::host& to = {}) {
    switch (failed) {
        case UV_EAI_NONAME:
        case UV_EAI_NODATA: return socks::dial_error::name_not_found;
        case UV_EAI_FAIL: return socks::dial_error::name_not_resolved;
        case UV_EAI_AGAIN: return socks::dial_error::timed_out;
        case UV_EAI_ADDRFAMILY:
        case UV_EAI_FAMILY: return socks::dial_error::no_address_of_family;
        case UV_EAI_MEMORY: return socks::dial_error::out_of_resources;
        default: return socks::dial_error_from_errno(-failed, to);
    }
}

class dialler {
  public:
    struct callbacks {
        std::function<void()> connected;
        std::function<void(socks::dial_error)> failed;
        std::function<void()> closed;
    };

    dialler(uv_loop_t* loop, callbacks c) : loop_(loop), on_(std::move(c)) {}
    ~dialler() { uv_freeaddrinfo(found_); }

    /// Calls `connected` or `failed`, possibly before it returns.
    void start(const socks::endpoint& to) {
        char room[socks::max_text_host];
        const std::string host(std::string_view(socks::format(to.host, room).data()));
        const std::string port = std::to_string(to.port);
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        lookup_.data = this;
        if (to.host.kind() != socks::host_kind::name) {
            hints.ai_flags = AI_NUMERICHOST;  // without a callback, libuv converts an address at once
            const int failed = uv_getaddrinfo(loop_, &lookup_, nullptr, host.c_str(), port.c_str(), &hints);
            return looked_up(failed, lookup_.addrinfo);
        }
        looking_up_ = true;
        const auto done = [](uv_getaddrinfo_t* l, int e, addrinfo* found) { self(l).looked_up(e, found); };
        const int failed = uv_getaddrinfo(loop_, &lookup_, done, host.c_str(), port.c_str(), &hints);
        if (failed != 0) looked_up(failed, nullptr);
    }

    /// The connection.
    [[nodiscard]] uv_tcp_t& tcp() { return tcp_; }

    /// Ends the dial or the connection, and then calls `closed`. A reset tells the
    /// peer that the stream is not complete.
    void finish(bool with_reset) {
        over_ = true;
        if (looking_up_)
            uv_cancel(reinterpret_cast<uv_req_t*>(&lookup_));  // looked_up() is called in any case
        else if (!open_)
            on_.closed();
        else
            close_tcp(with_reset);
    }

  private:
    void looked_up(int failed, addrinfo* found) {
        looking_up_ = false;
        address_ = found_ = found;
        if (over_) return on_.closed();
        failure_ = dial_error_from_uv(failed);
        dial_next();
    }

    // After the last address, the reason is that of the last failure.
    void dial_next() {
        if (address_ == nullptr) return on_.failed(failure_);
        uv_tcp_init(loop_, &tcp_);
        tcp_.data = this;
        open_ = true;
        const auto done = [](uv_connect_t* c, int e) { self(c->handle).connected(e); };
        const int failed = uv_tcp_connect(&connecting_, &tcp_, address_->ai_addr, done);
        if (failed != 0) connected(failed);
    }

    void connected(int failed) {
        if (over_) return;
        if (failed == 0) return on_.connected();
        const auto to = socks::from_sockaddr(address_->ai_addr, address_->ai_addrlen);
        failure_ = dial_error_from_uv(failed, to.host);
        address_ = address_->ai_next;
        close_tcp(false);
    }

    void close_tcp(bool with_reset) {
        auto* const h = reinterpret_cast<uv_handle_t*>(&tcp_);
        if (uv_is_closing(h)) return;
        tcp_.data = this;  // a relay has used it
        const auto done = [](uv_handle_t* closed) { self(closed).tcp_closed(); };
        if (!with_reset || uv_tcp_close_reset(&tcp_, done) != 0) uv_close(h, done);
    }

    void tcp_closed() {
        open_ = false;
        over_ ? on_.closed() : dial_next();
    }

    template <class Handle>
    static dialler& self(const Handle* h) {
        return *static_cast<dialler*>(h->data);
    }

    uv_loop_t* loop_;
    callbacks on_;
    uv_getaddrinfo_t lookup_{};
    uv_tcp_t tcp_{};
    uv_connect_t connecting_{};
    addrinfo* found_ = nullptr;
    const addrinfo* address_ = nullptr;  // the one that is dialled
    socks::dial_error failure_ = socks::dial_error::other;
    bool looking_up_ = false;
    bool open_ = false;
    bool over_ = false;
};

#endif
