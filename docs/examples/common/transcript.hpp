// Prints a handshake: every field of every message beside its bytes, in both directions. It describes invalid
// bytes correctly too, and never prints a password.

#ifndef EXAMPLES_COMMON_TRANSCRIPT_HPP
#define EXAMPLES_COMMON_TRANSCRIPT_HPP

#include "posix.hpp"

namespace example {

/// Converts bytes to lines of text, message by message.
class annotator {
  public:
    [[nodiscard]] const std::string& lines() const noexcept { return lines_; }

    void annotate(bool by_client, socks::bytes bytes) {
        by_client_ = by_client;
        while (!bytes.empty()) {
            starts_ = true;
            bytes = bytes.subspan(by_client ? client_message(bytes) : proxy_message(bytes));
        }
    }

    /// A line of words between the messages.
    void note(const std::string& words) { lines_ += "           " + words + '\n'; }

    /// Annotates one complete datagram to or from a relay.
    void datagram(bool by_client, socks::bytes in) {
        by_client_ = by_client;
        starts_ = true;
        const auto d = socks::decode_datagram(in, socks::lenient, socks::fragments::keep);
        if (!d) {
            strange(in, "datagram", d.error());
            return;
        }
        const std::string fragment = std::to_string(d->fragment());
        line(in.first(4), "RSV " + std::to_string(in[0] << 8 | in[1]) + ", FRAG " + fragment + ", ATYP " +
                              coded(static_cast<socks::address_type>(in[3])));
        place(in.first(in.size() - d->data().size()), "DST", d->remote());
        line(d->data(), "DATA " + escaped(std::string_view(d->data())));
    }

  private:
    enum class due { greeting, credentials, request, method_selection, auth_status, reply, data };
    enum secrecy { shown, hidden };

    // A client may send its messages without waiting for the answers. Their first byte tells them apart.
    size_t client_message(socks::bytes in) {
        four_ |= client_ == due::greeting && in[0] == 4;
        if (client_ == due::greeting) return four_ ? request4(in) : greeting(in);
        if (client_ == due::credentials || (client_ == due::request && in[0] == 1)) return credentials(in);
        return client_ == due::request ? request5(in) : data(in);
    }

    size_t proxy_message(socks::bytes in) {
        if (proxy_ == due::data) return data(in);
        if (four_) return reply4(in);
        if (proxy_ == due::method_selection) return method_selection(in);
        return proxy_ == due::auth_status ? auth_status(in) : reply5(in);
    }

    size_t greeting(socks::bytes in) {
        const auto g = socks::decode_greeting(in);
        if (!g) return strange(in, "greeting", g.error());
        std::string words = "VER 5, NMETHODS " + std::to_string(in[1]) + ", METHODS";
        for (size_t i = 0; i < g->methods.size(); ++i)
            words += (i == 0 ? " " : ", ") + coded(static_cast<socks::method>(g->methods[i]));
        line(in.first(g.consumed()), words);
        client_ = due::request;
        return g.consumed();
    }

    size_t method_selection(socks::bytes in) {
        const auto m = socks::decode_method_selection(in);
        if (!m) return strange(in, "method selection", m.error());
        line(in.first(m.consumed()), "VER 5, METHOD " + coded(*m));
        const bool asks = *m == socks::method::username_password;
        proxy_ = asks ? due::auth_status : due::reply;
        if (asks && client_ == due::request) client_ = due::credentials;
        return m.consumed();
    }

    size_t credentials(socks::bytes in) {
        const auto l = socks::decode_credentials(in);
        if (!l) return strange(in, "username/password request", l.error(), hidden);
        line(in.first(2), "VER " + std::to_string(in[0]) + ", ULEN " + std::to_string(l->user.size()));
        line(l->user, "UNAME " + escaped(l->user));
        line(in.subspan(2 + l->user.size()).first(1), "PLEN " + std::to_string(l->password.size()));
        line(l->password, "PASSWD " + std::string(l->password.size(), '*'), hidden);
        client_ = due::request;
        return l.consumed();
    }

    size_t auth_status(socks::bytes in) {
        const auto s = socks::decode_auth_status(in);
        if (!s) return strange(in, "username/password status", s.error());
        line(in.first(s.consumed()), "VER " + std::to_string(in[0]) + ", STATUS " + std::to_string(*s) +
                                         (*s == 0 ? " user name and password accepted" : " refused"));
        proxy_ = due::reply;
        return s.consumed();
    }

    size_t request5(socks::bytes in) {
        const auto r = socks::decode_request5(in);
        if (!r) return strange(in, "request", r.error());
        address5(in.first(r.consumed()), "CMD " + coded(r->command), "DST", r->to);
        replies_ = r->command == socks::command::bind ? 2 : 1;
        client_ = due::data;
        return r.consumed();
    }

    size_t reply5(socks::bytes in) {
        const auto r = socks::decode_reply5(in);
        if (!r) return strange(in, "reply", r.error());
        address5(in.first(r.consumed()), "REP " + coded(r->code), "BND", r->bound);
        replied(r->code == socks::code5::succeeded);
        return r.consumed();
    }

    // The common part of request and reply: four bytes, an address, a port.
    void address5(socks::bytes in, const std::string& second, const std::string& prefix,
                  const socks::endpoint& e) {
        line(in.first(4), "VER 5, " + second + ", RSV " + std::to_string(in[2]) + ", ATYP " +
                              coded(static_cast<socks::address_type>(in[3])));
        place(in, prefix, e);
    }

    // The part after the address type, which datagrams have too.
    void place(socks::bytes in, const std::string& prefix, const socks::endpoint& e) {
        const bool named = static_cast<socks::address_type>(in[3]) == socks::address_type::name;
        const std::string length = named ? "LEN " + std::to_string(in[4]) + ", " : "";
        const size_t end = in.size() - 2;
        line(in.first(end).subspan(4), length + prefix + ".ADDR " + address(e.host));
        line(in.subspan(end), prefix + ".PORT " + std::to_string(e.port));
    }

    size_t request4(socks::bytes in) {
        const auto r = socks::decode_request4(in);
        if (!r) return strange(in, "request", r.error());
        const bool named = r->to.host.kind() == socks::host_kind::name;
        const std::string ip =
            named ? "0.0.0." + std::to_string(in[7]) + ", a name follows" : address(r->to.host);
        const size_t user = r->user.size() + 1;
        line(in.first(8),
             "VN 4, CD " + coded(r->command) + ", DSTPORT " + std::to_string(r->to.port) + ", DSTIP " + ip);
        line(in.subspan(8).first(user), "USERID " + (r->user.empty() ? "empty" : escaped(r->user)) + ", NUL");
        if (named) line(in.first(r.consumed()).subspan(8 + user), "NAME " + address(r->to.host) + ", NUL");
        replies_ = r->command == socks::command::bind ? 2 : 1;
        client_ = due::data;
        return r.consumed();
    }

    size_t reply4(socks::bytes in) {
        const auto r = socks::decode_reply4(in);
        if (!r) return strange(in, "reply", r.error());
        line(in.first(r.consumed()), "VN " + std::to_string(in[0]) + ", CD " + coded(r->code) + ", DSTPORT " +
                                         std::to_string(r->bound.port) + ", DSTIP " + address(r->bound.host));
        replied(r->code == socks::code4::granted);
        return r.consumed();
    }

    // BIND has a second reply, unless the first one refuses.
    void replied(bool granted) {
        if (!granted || --replies_ <= 0) proxy_ = due::data;
    }

    // What follows the last reply. The first bytes are enough.
    size_t data(socks::bytes in) {
        constexpr size_t most = 16;
        line(in.first(std::min(in.size(), most)), std::to_string(in.size()) + " bytes of data");
        return in.size();
    }

    // The rest of the bytes is not the expected message, or only a part of it.
    size_t strange(socks::bytes in, const char* what, socks::errc why, secrecy s = shown) {
        const std::string reason = why == socks::errc::none ? "incomplete" : to_string(why);
        constexpr size_t most = 64;
        line(in.first(std::min(in.size(), most)),
             std::string("not a ") + what + ": " + reason +
                 (in.size() > most ? ", " + std::to_string(in.size()) + " bytes" : ""),
             s);
        return in.size();
    }

    // Prints eight bytes a line, with the words beside the first line.
    void line(socks::bytes bytes, const std::string& words, secrecy s = shown) {
        constexpr size_t width = 8;
        for (size_t i = 0; i == 0 || i < bytes.size(); i += width) {
            std::string hex;
            for (size_t k = i; k < bytes.size() && k < i + width; ++k)
                hex += s == hidden ? "** " : hexed(bytes[k]) + ' ';
            hex.resize(3 * width + 2, ' ');
            lines_ += !starts_ ? "           " : by_client_ ? "  client > " : "  proxy  < ";
            lines_ += i == 0 ? hex + words : hex.substr(0, hex.find_last_not_of(' ') + 1);
            lines_ += '\n';
            starts_ = false;
        }
    }

    static std::string hexed(uint8_t byte) {
        constexpr std::string_view digits = "0123456789abcdef";
        return {digits[byte >> 4], digits[byte & 0xf]};
    }

    static std::string address(const socks::host& h) {
        if (h.kind() == socks::host_kind::none) return "unspecified";
        char room[socks::max_text_host];
        return escaped(socks::format(h, room).data());
    }

    template <class Code>
    static std::string coded(Code c) {
        return std::to_string(static_cast<unsigned>(c)) + ' ' + text(c);
    }

    std::string lines_;
    bool by_client_ = false;
    bool starts_ = false;  // the next line is the first of its message
    bool four_ = false;
    int replies_ = 1;  // that follow the request
    due client_ = due::greeting;
    due proxy_ = due::method_selection;
};

/// Annotates the bytes sent to and received from the proxies of a route. It keeps no sent bytes, because they
/// may contain a password: a client sends complete messages, so each becomes text at once.
class transcript {
  public:
    void add(size_t proxy, bool by_client, socks::bytes bytes) {
        if (!by_client) {
            received_ += std::string_view(bytes);
            return;
        }
        finish_received();
        if (proxy != proxy_) {
            lines_ += annotator_.lines() + "  and so through to the next proxy:\n";
            annotator_ = {};
            proxy_ = proxy;
        }
        annotator_.annotate(true, bytes);
    }

    /// One or more lines for each message.
    [[nodiscard]] std::string text() {
        finish_received();
        return lines_ + annotator_.lines();
    }

  private:
    // Joins the pieces of a message, because a proxy may send it in several.
    void finish_received() { annotator_.annotate(false, std::exchange(received_, {})); }

    annotator annotator_;
    std::string lines_;  // of the proxies before
    std::string received_;
    size_t proxy_ = 0;
};

}  // namespace example

#endif
