// The users of the proxy: their names and passwords, from the command line or from a file.

#ifndef EXAMPLES_PROXY_USERS_HPP
#define EXAMPLES_PROXY_USERS_HPP

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <socks/socks.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "../common/options.hpp"

namespace example {

struct credentials {
    std::string user;
    std::string password;
};

/// Compares every pair completely, so that the time does not depend on the result.
inline bool known(const std::vector<credentials>& list, socks::bytes user, socks::bytes password) noexcept {
    bool found = false;
    for (const credentials& c : list) {
        const bool same_user = socks::constant_time_equal(user, c.user);
        const bool same_password = socks::constant_time_equal(password, c.password);
        found |= same_user & same_password;
    }
    return found;
}

/// What is wrong with the line `user:password` of a file; null if it is good. An editor adds a blank or a
/// control byte without showing it, and the user would then search for a wrong password.
inline const char* fault_of(std::string_view line) noexcept {
    const auto is_blank_end = [](std::string_view s) { return s.starts_with(' ') || s.ends_with(' '); };
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    const size_t colon = line.find(':');
    if (std::any_of(line.begin(), line.end(), is_control))
        return "a tab or another control byte; remove it, and save the file as UTF-8";
    if (colon == line.npos) return "not user:password";
    const std::string_view user = line.substr(0, colon);
    const std::string_view password = line.substr(colon + 1);
    if (user.empty()) return "no user before the colon";
    if (user.size() > 255 || password.size() > 255) return "more than 255 bytes of a user or a password";
    if (is_blank_end(user) || is_blank_end(password))
        return "a space before or after a user or a password; remove it";
    return nullptr;
}

/// Reads a file of lines `user:password`. Ignores blank lines, lines that begin with #, a byte order mark,
/// and the CR of a line that Windows has written.
inline std::vector<credentials> read_credentials(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw bad_argument("cannot read \"" + path + "\": " + std::strerror(errno));
    std::vector<credentials> list;
    size_t number = 0;
    for (std::string text; std::getline(file, text);) {
        ++number;
        std::string_view line = text;
        if (number == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(" \t") == line.npos || line.front() == '#') continue;
        if (const char* fault = fault_of(line))
            throw bad_argument(path + ":" + std::to_string(number) + ": " + fault);
        const size_t colon = line.find(':');
        list.push_back({std::string(line.substr(0, colon)), std::string(line.substr(colon + 1))});
    }
    if (file.bad()) throw bad_argument("cannot read \"" + path + "\"");
    if (list.empty()) throw bad_argument("\"" + path + "\" has no user:password in it");
    return list;
}

}  // namespace example

#endif
