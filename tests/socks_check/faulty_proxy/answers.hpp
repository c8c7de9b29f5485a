// Faults that change what the machine sends.

#ifndef SOCKS_TESTS_FAULTY_PROXY_ANSWERS_HPP
#define SOCKS_TESTS_FAULTY_PROXY_ANSWERS_HPP

#include "faults.hpp"

namespace faulty {

/// What the client has asked for. The faults of granted replies belong to CONNECT.
enum class request_kind { none, connect, connect_ipv6, other };

namespace detail {

inline void spoil_granted(std::string& reply, request_kind kind) {
    using namespace std::string_literals;
    if (kind == request_kind::other) return;
    if (has(fault::reply_version)) reply[0] = 0;
    if (has(fault::reply_reserved)) reply[2] = 1;
    if (has(fault::reply_type)) reply[3] = 2;
    if (has(fault::reply_name)) reply = "\5\0\0\3\5proxy\0\0"s;
    if (has(fault::reply_type_of_request) && kind == request_kind::connect_ipv6) reply[3] = 4;
}

inline void spoil_refusal(std::string& reply) {
    if (has(fault::refusal_code)) reply[1] = 1;
    if (has(fault::command_code) && reply[1] == 7) reply[1] = 1;
    if (has(fault::type_code) && reply[1] == 8) reply[1] = 1;
    if (has(fault::refusal_version)) reply[0] = 1;
    if (has(fault::refusal_short)) reply.resize(2);
    if (has(fault::refusal_twice)) reply += reply;
}

inline void spoil_socks4(std::string& reply) {
    const bool granted = reply[1] == 0x5a;
    if (has(fault::socks4_reply_version)) reply[0] = 4;
    if (has(granted ? fault::socks4_reply_long : fault::socks4_refusal_long)) reply += '\0';
    if (has(fault::socks4_reply_of_socks5)) reply = "\5\xff";
}

}  // namespace detail

/// Changes a message of the machine as the active fault has it.
inline void spoil(std::string& message, request_kind kind) {
    const bool selection = message.size() == 2 && message[0] == 5;
    const bool status = message.size() == 2 && message[0] == 1;
    if (selection && message[1] == '\xff' && has(fault::method_of_its_own)) message[1] = 2;
    if (status && has(fault::status_version_5)) message[0] = 5;
    if (message.size() == 8) detail::spoil_socks4(message);
    if (message.size() >= 10)
        message[1] == 0 ? detail::spoil_granted(message, kind) : detail::spoil_refusal(message);
}

}  // namespace faulty

#endif
