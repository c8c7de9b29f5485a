// The rows about one message: what its decoder returns.

#ifndef TESTS_ORACLE_CODECS_HPP
#define TESTS_ORACLE_CODECS_HPP

#include "row.hpp"

namespace oracle {

inline void append_byte(std::string& out, uint8_t value) {
    const char c = static_cast<char>(value);
    append_hex(out, {&c, 1});
}

template <class Code, class Endpoint>
void append(std::string& out, Code code, const Endpoint& to) {
    append_byte(out, static_cast<uint8_t>(code));
    out += ' ';
    append(out, to);
}

inline void append(std::string& out, const socks::greeting& g) { append_hex(out, g.methods); }
inline void append(std::string& out, socks::method m) { append_byte(out, static_cast<uint8_t>(m)); }
inline void append(std::string& out, uint8_t status) { append_byte(out, status); }
inline void append(std::string& out, const socks::request5& r) { append(out, r.command, r.to); }
inline void append(std::string& out, const socks::reply5& r) { append(out, r.code, r.bound); }
inline void append(std::string& out, const socks::reply4& r) { append(out, r.code, r.bound); }

inline void append(std::string& out, const socks::request4& r) {
    append(out, r.command, r.to);
    out += ' ';
    append_hex(out, r.user);
}

inline void append(std::string& out, const socks::credentials& c) {
    append_hex(out, c.user);
    out += ':';
    append_hex(out, c.password);
}

inline void append(std::string& out, const socks::datagram& d) {
    append(out, d.fragment(), d.remote());
    out += ' ';
    append_hex(out, d.data());
}

template <class Value>
std::string line_of(const socks::decoded<Value>& d) {
    if (d.needed() != 0) return "need " + std::to_string(d.needed());
    if (!d) return "fail " + std::to_string(static_cast<int>(d.error()));
    std::string out = "value ";
    append(out, *d);
    return out + " +" + std::to_string(d.consumed());
}

inline std::string decode(std::string_view fields) {
    const std::string_view what = cut(fields, ' ');
    const options chosen(cut(fields, ' '));
    const std::string in = unhex(fields);
    const socks::tolerance& tolerated = chosen.server.tolerance;
    if (what == "greeting") return line_of(socks::decode_greeting(in));
    if (what == "method_selection") return line_of(socks::decode_method_selection(in));
    if (what == "request5") return line_of(socks::decode_request5(in, tolerated));
    if (what == "reply5") return line_of(socks::decode_reply5(in, tolerated));
    if (what == "request4") return line_of(socks::decode_request4(in));
    if (what == "reply4") return line_of(socks::decode_reply4(in, tolerated));
    if (what == "credentials") return line_of(socks::decode_credentials(in, tolerated));
    if (what == "auth_status") return line_of(socks::decode_auth_status(in, tolerated));
    if (what == "datagram") return line_of(socks::decode_datagram(in, tolerated, chosen.parts));
    unreadable(what);
}

}  // namespace oracle

#endif
