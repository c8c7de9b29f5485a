// A TCP connection through a SOCKS5 proxy, over the callbacks of lwIP's raw API. It needs no operating
// system. All functions run where lwIP runs: in the main loop if NO_SYS is 1, otherwise with the core locked.

#ifndef EXAMPLES_LWIP_RAW_TUNNEL_HPP
#define EXAMPLES_LWIP_RAW_TUNNEL_HPP

#include "convert.hpp"

#include <lwip/pbuf.h>
#include <lwip/sys.h>
#include <lwip/tcp.h>

/// Derive from it: the pure virtual functions are what the application sends and receives.
class raw_tunnel {
  public:
    /// Connects to the proxy, and asks it for `request`, whose texts must live until opened() or failed().
    void open(const ip_addr_t& proxy, u16_t port, const socks::request& request) {
        request_ = request;
        deadline_ = sys_now() + handshake_time;
        pcb_ = tcp_new_ip_type(IP_GET_TYPE(&proxy));
        if (pcb_ == nullptr) return lost(ERR_MEM);
        tcp_arg(pcb_, this);
        tcp_err(pcb_, [](void* self, err_t why) { of(self).lost(why); });
        tcp_recv(pcb_, [](void* self, tcp_pcb*, pbuf* chain, err_t) { return of(self).arrived(chain); });
        tcp_sent(pcb_, [](void* self, tcp_pcb*, u16_t) { return of(self).advance(); });
        const auto every_half_second = [](void* self, tcp_pcb*) { return of(self).tick(); };
        tcp_poll(pcb_, every_half_second, 1);
        const err_t started = tcp_connect(pcb_, &proxy, port, [](void* self, tcp_pcb*, err_t) {
            of(self).stage_ = stage::handshake;
            return of(self).advance();
        });
        if (started != ERR_OK) finish("cannot connect to the proxy: ", text_of(started));
    }

  protected:
    ~raw_tunnel() = default;

    virtual void opened() = 0;                     // the handshake is complete
    virtual socks::bytes outgoing() = 0;           // the bytes to send next; empty if there are none
    virtual void consume(size_t n) = 0;            // lwIP has copied the first `n` bytes of outgoing()
    virtual void incoming(socks::bytes data) = 0;  // bytes of the destination
    virtual void ended() = 0;                      // the destination has ended the stream
    virtual void failed(const char* what, const char* why) = 0;  // two parts of one line

  private:
    using handshake = socks::basic_client<socks::feature::socks5 | socks::feature::credentials |
                                          socks::feature::foreign_protocols>;
    enum class stage : u8_t { connecting, handshake, relay };

    static constexpr u32_t handshake_time = 10'000;  // milliseconds, for connecting and the handshake

    static raw_tunnel& of(void* self) { return *static_cast<raw_tunnel*>(self); }

    // A null pointer is the end of the stream. The window stays smaller by the bytes that are not read yet.
    err_t arrived(pbuf* chain) {
        if (chain == nullptr)
            end_of_stream_ = true;
        else if (unread_ == nullptr)
            unread_ = chain;
        else
            pbuf_cat(unread_, chain);
        return advance();
    }

    // One deadline covers connecting and the complete handshake. A time-out for each message would never end
    // a proxy that sends a byte every three seconds.
    err_t tick() {
        const bool late = static_cast<s32_t>(sys_now() - deadline_) >= 0;
        if (stage_ == stage::relay || !late) return advance();
        return finish("timed out ", stage_ == stage::connecting ? "connecting to the proxy"
                                                                : socks::to_string(client_.state()));
    }

    // lwIP has freed the pcb already.
    void lost(err_t why) {
        pcb_ = nullptr;
        switch (stage_) {
            case stage::connecting:
                // In this stage, a reset is the answer of a closed port.
                finish("cannot connect to the proxy: ", why == ERR_RST ? "connection refused" : text_of(why));
                return;
            case stage::handshake:
                client_.stream_failed(tx_);
                advance();
                return;
            case stage::relay: finish("the tunnel failed: ", text_of(why)); return;
        }
    }

    // Does what is possible now. Each callback ends here. After it, lwIP sends what was queued.
    err_t advance() {
        if (stage_ == stage::connecting) return ERR_OK;
        if (stage_ == stage::handshake) {
            const auto s = socks::run(
                client_, request_, rx_, tx_, [this](socks::buffer room) { return take(room); },
                [this](socks::bytes data) { return queue(data); });
            if (s.next() == socks::client_next::fail) {
                char text[socks::max_text_outcome + 1] = {};  // with a closing NUL
                static_cast<void>(socks::format(socks::outcome_of(s), {text, socks::max_text_outcome}));
                return finish(text, "");
            }
            if (s.next() != socks::client_next::done) return ERR_OK;
            stage_ = stage::relay;
            opened();
        }
        for (socks::bytes data = outgoing(); !data.empty(); data = outgoing()) {
            const socks::io_result queued = queue(data);
            if (queued.size() == 0) break;
            consume(queued.size());
        }
        if (unread_ != nullptr) {
            for (const pbuf* p = unread_; p != nullptr; p = p->next)
                incoming({static_cast<const char*>(p->payload), p->len});
            tcp_recved(pcb_, unread_->tot_len);
            pbuf_free(unread_);
            unread_ = nullptr;
        }
        // Bytes that are not acknowledged yet may still be lost.
        const bool all_sent = outgoing().empty() && tcp_sndqueuelen(pcb_) == 0;
        return end_of_stream_ && all_sent ? finish(nullptr, nullptr) : static_cast<err_t>(ERR_OK);
    }

    // Copies what the machine needs out of the chain. The bytes after the handshake stay in the chain.
    socks::io_result take(socks::buffer room) {
        if (unread_ == nullptr && end_of_stream_) return 0U;
        if (unread_ == nullptr) return socks::io::would_block;
        const u16_t n = pbuf_copy_partial(unread_, room.data(), static_cast<u16_t>(room.capacity()), 0);
        unread_ = pbuf_free_header(unread_, n);
        tcp_recved(pcb_, n);
        return n;
    }

    // lwIP copies the bytes, because the outbox is wiped afterwards. If it has no memory or no space for now,
    // the next callback tries again.
    socks::io_result queue(socks::bytes data) {
        const size_t space = tcp_sndbuf(pcb_) < 0xffff ? tcp_sndbuf(pcb_) : 0xffff;
        const auto n = static_cast<u16_t>(data.size() < space ? data.size() : space);
        if (n == 0) return socks::io::would_block;
        const err_t result = tcp_write(pcb_, data.data(), n, TCP_WRITE_FLAG_COPY);
        if (result == ERR_MEM) return socks::io::would_block;
        if (result != ERR_OK) return socks::errc::stream_failed;
        return n;
    }

    // Ends the connection and tells the application. The result of a callback must be ERR_ABRT after
    // tcp_abort().
    err_t finish(const char* what, const char* why) {
        err_t result = ERR_OK;
        if (pcb_ != nullptr) {
            tcp_arg(pcb_, nullptr);
            tcp_err(pcb_, nullptr);
            tcp_recv(pcb_, nullptr);
            tcp_sent(pcb_, nullptr);
            tcp_poll(pcb_, nullptr, 0);
            if (tcp_close(pcb_) != ERR_OK) {
                tcp_abort(pcb_);
                result = ERR_ABRT;
            }
            pcb_ = nullptr;
        }
        if (unread_ != nullptr) pbuf_free(unread_);
        unread_ = nullptr;
        tx_.clear();
        if (what == nullptr)
            ended();
        else
            failed(what, why);
        return result;
    }

    tcp_pcb* pcb_ = nullptr;
    pbuf* unread_ = nullptr;
    u32_t deadline_ = 0;
    stage stage_ = stage::connecting;
    bool end_of_stream_ = false;
    socks::request request_{};
    handshake client_{};
    socks::inbox<handshake::max_input> rx_{};
    socks::outbox<handshake::max_output> tx_{};
};

#endif
