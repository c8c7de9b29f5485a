// How the faulty proxy compares user names and passwords.

#ifndef SOCKS_TESTS_FAULTY_PROXY_LOGIN_HPP
#define SOCKS_TESTS_FAULTY_PROXY_LOGIN_HPP

#include <strings.h>

#include "faults.hpp"

namespace faulty {

struct account {
    std::string user, password;

    [[nodiscard]] bool matches(std::string_view name, std::string_view secret) const {
        if (has(fault::any_password)) return true;
        if (has(fault::empty_user) && name.empty()) return true;
        const bool known = name == user;
        if (has(fault::any_user)) return secret == password;
        if (has(fault::empty_password) && secret.empty()) return known;
        if (has(fault::password_prefix) && !secret.empty()) return known && password.starts_with(secret);
        if (has(fault::password_longer)) return known && secret.starts_with(password);
        if (has(fault::password_nul)) return until_nul(name) == user && until_nul(secret) == password;
        if (has(fault::password_case))
            return known && secret.size() == password.size() &&
                   ::strncasecmp(secret.data(), password.data(), password.size()) == 0;
        return known && secret == password;
    }

  private:
    static std::string_view until_nul(std::string_view s) { return s.substr(0, s.find('\0')); }
};

}  // namespace faulty

#endif
