// The line about a row: words, and bytes as hexadecimal digits, "-" for none.

#ifndef TESTS_ORACLE_LINE_HPP
#define TESTS_ORACLE_LINE_HPP

#include <socks/socks.hpp>
#include <string>

namespace oracle {

class line {
  public:
    template <class... Part>
    void add(const Part&... parts) {
        (put(parts), ...);
    }

    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    void put(const char* word) { text_ += word; }
    void put(size_t number) { text_ += std::to_string(number); }
    void put(socks::errc error) { put(static_cast<size_t>(error)); }
    void put(socks::client_state state) { put(static_cast<size_t>(state)); }
    void put(socks::server_state state) { put(static_cast<size_t>(state)); }

    void put(uint8_t value) {
        text_ += "0123456789abcdef"[value >> 4];
        text_ += "0123456789abcdef"[value & 15];
    }
    void put(socks::method value) { put(static_cast<uint8_t>(value)); }
    void put(socks::command value) { put(static_cast<uint8_t>(value)); }
    void put(socks::code4 value) { put(static_cast<uint8_t>(value)); }
    void put(socks::code5 value) { put(static_cast<uint8_t>(value)); }

    void put(socks::bytes data) {
        if (data.empty()) text_ += '-';
        for (const uint8_t value : data) put(value);
    }

    void put(const socks::endpoint& to) {
        const socks::host& h = to.host;
        switch (h.kind()) {
            case socks::host_kind::none: add("none=-"); break;
            case socks::host_kind::bad: add("bad=-"); break;
            case socks::host_kind::ipv4: add("ipv4=", socks::bytes(h.v4().bytes, 4)); break;
            case socks::host_kind::ipv6: add("ipv6=", socks::bytes(h.v6().bytes, 16)); break;
            case socks::host_kind::name: add("name=", h.name()); break;
        }
        add(":", size_t{to.port});
    }

    void put(const socks::greeting& g) { add(g.methods); }
    void put(const socks::request5& r) { add(r.command, " ", r.to); }
    void put(const socks::reply5& r) { add(r.code, " ", r.bound); }
    void put(const socks::request4& r) { add(r.command, " ", r.to, " ", r.user); }
    void put(const socks::reply4& r) { add(r.code, " ", r.bound); }
    void put(const socks::credentials& c) { add(c.user, ":", c.password); }
    void put(const socks::datagram& d) { add(d.fragment(), " ", d.remote(), " ", d.data()); }

    std::string text_{};
};

}  // namespace oracle

#endif
