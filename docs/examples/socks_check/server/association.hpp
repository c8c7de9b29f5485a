// A UDP association that cases drive, and a destination for datagrams.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_ASSOCIATION_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_ASSOCIATION_HPP

#include "bind.hpp"

namespace example {

/// A UDP socket on an address of this machine.
inline unique_fd udp_socket(const socks::endpoint& at) {
    socket_address local(at);
    unique_fd fd(must(::socket(local.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
    if (::bind(fd.get(), local.data(), local.size()) != 0) return {};
    return fd;
}

/// A destination for datagrams. The case answers them itself. A proxy that does not connect to this machine
/// does not send datagrams there either.
class udp_destination {
  public:
    struct arrived {
        std::string data;
        socket_address from;
    };

    /// @param wanted  as of a destination of connections.
    udp_destination(const target& to, evidence& record,
                    destination::family wanted = destination::family::ipv4)
        : record_(&record) {
        needs(to.no_reach);
        const bool six = wanted == destination::family::ipv6;
        if ((six ? to.here6 : detail::here(to)).kind() == socks::host_kind::none)
            throw skipped("there is no address of that family for a destination; see --here");
        for (int tries = 0; tries < 16; ++tries) {
            first_ = udp_socket({six ? to.here6 : detail::here(to), 0});
            must(first_.get(), "a destination cannot bind");
            at_ = local_endpoint(first_.get());
            if (wanted != destination::family::any || to.here6.kind() == socks::host_kind::none) return;
            second_ = udp_socket({to.here6, at_.port});
            if (second_) return;
        }
    }

    [[nodiscard]] const socks::endpoint& at() const noexcept { return at_; }

    /// The next datagram, if one arrives within this time.
    std::optional<arrived> receive(std::chrono::milliseconds limit) {
        pollfd watched[2] = {{first_.get(), POLLIN, 0}, {second_.get(), POLLIN, 0}};
        must(uninterrupted([&] { return ::poll(watched, 2, static_cast<int>(limit.count())); }), "poll");
        for (const pollfd& each : watched) {
            if (each.revents == 0) continue;
            std::string room(65'536, '\0');
            arrived a;
            const ssize_t n = receive_from(each.fd, room, a.from);
            if (n < 0) continue;
            a.data = room.substr(0, static_cast<size_t>(n));
            last_ = each.fd;
            record_->note("the destination receives " +
                          (a.data.empty() ? "an empty datagram" : shown(a.data)));
            return a;
        }
        return {};
    }

    /// Answers the last datagram.
    void answer(std::string_view data, socket_address to) {
        record_->note("the destination answers " + (data.empty() ? "with an empty datagram" : shown(data)));
        send_to(last_, data, to);
    }

  private:
    evidence* record_;
    unique_fd first_, second_;
    int last_ = -1;
    socks::endpoint at_;
};

class association {
  public:
    /// @param declared  ATYP, address and port of the request; all zeros if the client does not know its own.
    association(const target& to, evidence& record, const std::string& declared = hex("01 00000000 0000"))
        : association(to, record, declared, unique_fd()) {}

    /// Sends from `source`, which is bound already and whose address may be declared.
    association(const target& to, evidence& record, const std::string& declared, unique_fd source)
        : control(to, record),
          reply(control.granted(request5(cmd_associate, declared), "UDP ASSOCIATE")),
          relay(detail::usable(to, reply.bound())),
          record_(&record),
          fd_(source ? std::move(source)
                     : unique_fd(must(::socket(socket_address(relay).family(),
                                               SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                                      "socket"))) {}

    session control;
    reply5 reply;
    socks::endpoint relay;

    /// Sends a datagram to the relay. @param from  another socket than that of the association.
    void send(const std::string& datagram, int from = -1) {
        record_->datagram(true, datagram);
        socket_address to(relay);
        if (!send_to(from < 0 ? fd_.get() : from, datagram, to))
            record_->note(std::string("could not send: ") + std::generic_category().message(errno));
    }

    /// The next datagram of the relay, if one arrives within this time.
    std::optional<std::string> receive(std::chrono::milliseconds limit) {
        pollfd watched{fd_.get(), POLLIN, 0};
        if (must(uninterrupted([&] { return ::poll(&watched, 1, static_cast<int>(limit.count())); }),
                 "poll") == 0)
            return {};
        std::string room(65'536, '\0');
        socket_address from;
        const ssize_t n = receive_from(fd_.get(), room, from);
        if (n < 0) return {};
        room.resize(static_cast<size_t>(n));
        record_->datagram(false, room);
        return room;
    }

    /// Sends data to `there` as `address`, and an answer back. UDP may lose datagrams, so this tries three
    /// times.
    /// @returns the datagram with the answer.
    std::string exchange(udp_destination& there, const std::string& address, const std::string& question,
                         const std::string& answer) {
        const std::chrono::milliseconds limit = std::chrono::milliseconds(control.patience()) / 3;
        const char* missing = "";
        for (int tries = 0; tries < 3; ++tries) {
            send(hex("00 00 00") + address + question);
            missing = "no datagram came to the destination in three tries";
            const auto there_came = there.receive(limit);
            if (!there_came) continue;
            if (there_came->data != question)
                throw failed("the data of the client at the destination",
                             "the proxy sent " + shown(there_came->data));
            there.answer(answer, there_came->from);
            missing = "no answer came to the client in three tries";
            const auto back = receive(limit);
            if (!back) continue;
            if (!back->ends_with(answer) || back->size() < answer.size() + 7)
                throw failed("a header and the data of the destination", "the relay sent " + shown(*back));
            return *back;
        }
        throw failed("a datagram in each direction", missing);
    }

    std::string exchange(udp_destination& there) {
        return exchange(there, address5(there.at()), "question", "the answer");
    }

  private:
    evidence* record_;
    unique_fd fd_;
};

}  // namespace example

#endif
