// The password of the run, which no output shows.

#ifndef EXAMPLES_SOCKS_CHECK_SECRET_HPP
#define EXAMPLES_SOCKS_CHECK_SECRET_HPP

#include <algorithm>
#include <string>

namespace example {

/// The password. It is set before the first case, and after that only read.
inline std::string& secret() noexcept {
    static std::string password;
    return password;
}

/// Bytes that an output may show: asterisks replace the password, and what cases send in its place. Those are
/// the password with other letters, without its last byte, and with one byte more. A peer may send it back.
inline std::string masked(std::string bytes) {
    const std::string& password = secret();
    if (password.empty()) return bytes;
    const auto alike = [](char a, char b) { return ((a ^ b) & ~0x21) == 0; };
    const auto least = static_cast<std::ptrdiff_t>(password.size() - (password.size() > 4 ? 1 : 0));
    for (auto at = bytes.begin();;) {
        at = std::search(at, bytes.end(), password.begin(), password.begin() + least, alike);
        if (at == bytes.end()) return bytes;
        at = std::fill_n(at, std::min(bytes.end() - at, static_cast<std::ptrdiff_t>(password.size())), '*');
    }
}

}  // namespace example

#endif
