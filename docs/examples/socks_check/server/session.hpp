// A SOCKS5 client that cases drive step by step. It tolerates what is not the subject of the case, so that
// one fault of a proxy fails one case.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_SESSION_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_SESSION_HPP

#include "target.hpp"

namespace example {

constexpr uint8_t cmd_connect = 1, cmd_bind = 2, cmd_associate = 3;

/// A reply of SOCKS5.
struct reply5 {
    std::string bytes;  ///< as it came; a refusal may be cut short

    [[nodiscard]] unsigned code() const { return static_cast<unsigned char>(bytes.at(1)); }
    [[nodiscard]] unsigned atyp() const { return static_cast<unsigned char>(bytes.at(3)); }

    /// Whether address and port have come too.
    [[nodiscard]] bool complete() const { return bytes.size() >= 4 && bytes.size() >= expected_size(); }

    /// The size that follows from ATYP. A reply with an unknown one has the size of one with an IPv4 address.
    [[nodiscard]] size_t expected_size() const {
        if (atyp() == 4) return 22;
        if (atyp() != 3) return 10;
        return bytes.size() < 5 ? 5 : 7 + static_cast<size_t>(static_cast<unsigned char>(bytes[4]));
    }

    /// The bound address. It has no host if the reply holds no IP address.
    [[nodiscard]] socks::endpoint bound() const {
        std::string valid = bytes;  // its version and RSV are the subject of other cases
        valid.at(0) = 5;
        valid.at(2) = 0;
        const auto decoded = socks::decode_reply5(valid);
        return decoded && decoded->bound.host.kind() != socks::host_kind::name ? decoded->bound
                                                                               : socks::endpoint{};
    }
};

/// "05 connection refused"
inline std::string shown_code(unsigned code) {
    return shown(byte(code)) + ' ' + to_string(static_cast<socks::code5>(code));
}

class session : public stream {
  public:
    session(const target& to, evidence& record, const std::string& title = "a connection")
        : stream(connect(to, record, title)), to_(&to) {}

    /// The messages before the request, as one would send them without waiting.
    static std::string opening(const target& to) {
        return to.logs_in() ? hex("05 01 02") + login(to.user, to.password) : hex("05 01 00");
    }

    /// Negotiates a method and authenticates.
    void open() {
        needs(to_->no_session);
        send(to_->logs_in() ? hex("05 01 02") : hex("05 01 00"));
        take_selection();
        if (!to_->logs_in()) return;
        send(login(to_->user, to_->password));
        take_status();
    }

    void take_selection() {
        const std::string expected = to_->logs_in() ? "02" : "00";
        const std::string selection = take(2, "a method selection, 05 " + expected);
        if (selection[1] != (to_->logs_in() ? 2 : 0))
            throw failed("the method selection 05 " + expected, "the proxy sent " + shown(selection));
    }
    void take_status() {
        const std::string status = take(2, "the status 01 00");
        if (status[1] != 0) throw failed("the status 01 00", "the proxy sent " + shown(status));
    }

    /// The next reply. The end of a refusal may be missing.
    reply5 take_reply(const std::string& what = "a reply") {
        reply5 r{take(2, what)};
        if (r.code() != 0) {
            while (!r.complete() && take_more(r)) continue;
            return r;
        }
        r.bytes += take(2, what + " of at least 10 bytes");
        if (r.atyp() == 3) r.bytes += take(1, what + " with the length of a name");
        r.bytes += take(r.expected_size() - r.bytes.size(), what + " with a bound address and port");
        return r;
    }

    /// Sends a request and reads the reply.
    /// @param limit  how long the reply may take to begin; more than `patience` for a slow look-up.
    reply5 ask(const std::string& request, seconds limit = {}) {
        send(request);
        static_cast<void>(hears(limit));
        return take_reply();
    }

    /// Requires a success. A part of the protocol that the proxy does not offer or forbids, by its reply, is
    /// no failure.
    /// @param part  the part, such as "BIND", or nothing if every proxy has it.
    static void require_granted(const reply5& r, const char* part = nullptr) {
        if (part != nullptr && (r.code() == 7 || r.code() == 8))
            throw skipped(std::string("the proxy does not offer ") + part + " (reply " +
                          shown(byte(r.code())) + ')');
        if (part != nullptr && r.code() == 2)
            throw skipped(std::string("the rules of the proxy forbid ") + part + " (reply 02)");
        if (r.code() != 0) throw failed("the reply 05 00", "the proxy replied " + shown_code(r.code()));
    }

    /// Opens a session, sends a request that must be granted, and reads the reply.
    /// @param part  as for require_granted. A proxy without it may also close.
    reply5 granted(const std::string& request, const char* part = nullptr) {
        open();
        send(request);
        if (part != nullptr && ends_silently(patience()))
            throw skipped(std::string("the proxy does not offer ") + part + " (it closes the connection)");
        const reply5 r = take_reply();
        require_granted(r, part);
        return r;
    }

  private:
    static stream connect(const target& to, evidence& record, const std::string& title) {
        needs(to.no_socks5);
        return connect_to_proxy(to, record, title);
    }

    bool take_more(reply5& r) {
        try {
            r.bytes += take(1, "more of the reply");
            return true;
        } catch (const failed&) {
            return false;
        }
    }

    const target* to_;
};

/// An open connection through the proxy, with both ends in the hands of the case.
struct tunnel {
    destination there;
    session near;
    stream far;

    tunnel(const target& to, evidence& record) : tunnel(to, record, (needs(to.no_reach), 0)) {}

  private:
    tunnel(const target& to, evidence& record, int)
        : there(to, record), near(to, record), far(connect(*this)) {}
    static stream connect(tunnel& t) {
        t.near.granted(request5(cmd_connect, address5(t.there.at())));
        return t.there.accept();
    }
};

/// Sends bytes at one end, and requires them at the other.
inline void carry(stream& from, stream& to, std::string_view bytes, const std::string& what) {
    from.send(bytes);
    to.expect(bytes, what);
}

/// Requires that both directions carry data.
inline void require_echo(stream& near, stream& far) {
    carry(near, far, "from the client", "the data of the client at the destination");
    carry(far, near, "from the destination", "the data of the destination at the client");
}

}  // namespace example

#endif
