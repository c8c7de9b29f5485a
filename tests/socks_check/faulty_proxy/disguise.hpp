// Faults that change what the machine receives. The machine of the library has none of these faults, so the
// driver shows it the messages of a correct client.

#ifndef SOCKS_TESTS_FAULTY_PROXY_DISGUISE_HPP
#define SOCKS_TESTS_FAULTY_PROXY_DISGUISE_HPP

#include <socks/socks.hpp>

#include "login.hpp"

namespace faulty {

using state = socks::server_state;

namespace detail {

using namespace std::string_literals;

inline uint8_t byte_of(const std::string& bytes, size_t i) { return static_cast<uint8_t>(bytes[i]); }

inline std::string login_of(const account& user) {
    return "\1"s + static_cast<char>(user.user.size()) + user.user + static_cast<char>(user.password.size()) +
           user.password;
}

inline bool repeats(const std::string& methods) {
    return std::any_of(methods.begin(), methods.end(),
                       [&](char m) { return std::count(methods.begin(), methods.end(), m) > 1; });
}

// Changes a complete greeting. Returns false to close.
inline bool disguise_greeting(std::string& rx, size_t size) {
    std::string methods = rx.substr(2, size - 2);
    const std::string rest = rx.substr(size);
    if (has(fault::few_methods) && methods.size() > 128) return false;
    if (has(fault::first_method_only)) methods.resize(std::min<size_t>(methods.size(), 1));
    if (has(fault::no_method_is_none) && methods.empty()) methods = "\0"s;
    if (has(fault::repeated_method) && repeats(methods)) methods = "\xfd";  // which the machine does not know
    rx = "\5"s + static_cast<char>(methods.size()) + methods + rest;
    return true;
}

// Whether a SOCKS4 request has all its strings.
inline bool complete4(const std::string& rx) {
    const size_t user = rx.size() < 9 ? rx.npos : rx.find('\0', 8);
    const bool named = rx.size() >= 8 && rx.compare(4, 3, std::string(3, '\0')) == 0 && rx[7] != 0;
    return user != rx.npos && (!named || rx.find('\0', user + 1) != rx.npos);
}

// Changes a request for a name.
inline bool disguise_name(std::string& rx) {
    if (rx.size() < 5) return true;
    const size_t length = byte_of(rx, 4);
    if (has(fault::long_name) && length > 128) return false;
    if (rx.size() < 7 + length) return true;
    const std::string name = rx.substr(5, length);
    const size_t cut = has(fault::name_nul)     ? name.find('\0')
                       : has(fault::name_space) ? name.find(' ')
                                                : name.npos;
    if (cut != name.npos && cut != 0)
        rx = rx.substr(0, 4) + static_cast<char>(cut) + name.substr(0, cut) + rx.substr(5 + length);
    return true;
}

}  // namespace detail

/// Changes the received bytes as the active fault has it. Returns false to close the connection.
inline bool disguise(std::string& rx, state at, const account& user) {
    using namespace std::string_literals;
    if (rx.empty()) return true;
    const uint8_t first = detail::byte_of(rx, 0);
    if (at == state::start) {
        if (has(fault::greeting_of_any_version) && first > 5) rx[0] = 5;
        if (has(fault::http_is_socks) && first != 4 && first != 5) rx = "\5\1\0"s;
        if (has(fault::request_without_greeting) && rx.starts_with("\5\1\0\1"s)) rx = "\5\1\0"s + rx;
        if (has(fault::socks4_without_nul) && first == 4 && rx.size() >= 8 && rx.find('\0', 8) == rx.npos)
            rx += '\0';
        if (first == 5 && rx.size() >= 2 && rx.size() >= 2U + detail::byte_of(rx, 1))
            return detail::disguise_greeting(rx, 2U + detail::byte_of(rx, 1));
    }
    if (at == state::credentials && has(fault::login_skipped) && first == 5 && rx.size() >= 4 && rx[2] == 0)
        rx = detail::login_of(user) + rx;
    if (at == state::request) {
        if (has(fault::request_of_any_version) && first == 4) rx[0] = 5;
        if (rx.size() >= 4 && first == 5 && rx[3] == 3) return detail::disguise_name(rx);
    }
    return true;
}

}  // namespace faulty

#endif
