// The fields of a row: words with a space in between, bytes as hexadecimal digits, "-" for nothing.
// rows.py writes the rows.

#ifndef TESTS_ORACLE_ROW_HPP
#define TESTS_ORACLE_ROW_HPP

#include <cstdio>
#include <cstdlib>
#include <socks/socks.hpp>
#include <string>
#include <string_view>

namespace oracle {

[[noreturn]] inline void unreadable(std::string_view what) {
    std::fprintf(stderr, "unreadable row: %.*s\n", static_cast<int>(what.size()), what.data());
    std::exit(2);
}

// Removes the text before the next `end` from `rest`, and returns it.
inline std::string_view cut(std::string_view& rest, char end) {
    const size_t at = rest.find(end);
    const std::string_view word = rest.substr(0, at);
    rest.remove_prefix(at == rest.npos ? rest.size() : at + 1);
    return word;
}

inline unsigned number(std::string_view text, int base = 10) {
    unsigned n = 0;
    for (const char c : text) {
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : base;
        if (digit >= base) unreadable(text);
        n = n * static_cast<unsigned>(base) + static_cast<unsigned>(digit);
    }
    return n;
}

inline std::string unhex(std::string_view text) {
    std::string out;
    if (text == "-") return out;
    if (text.size() % 2 != 0) unreadable(text);
    for (size_t i = 0; i < text.size(); i += 2) out += static_cast<char>(number(text.substr(i, 2), 16));
    return out;
}

inline uint8_t byte(std::string_view text) { return static_cast<uint8_t>(number(text, 16)); }

inline socks::version version(std::string_view text) {
    return text == "5" ? socks::version::v5 : text == "4a" ? socks::version::v4a : socks::version::v4;
}

// A host owns the text of its name.
class host {
  public:
    explicit host(std::string_view word) : kind_(cut(word, '=')), value_(unhex(word)) {}

    [[nodiscard]] socks::host get() const {
        if (kind_ == "none") return {};
        if (kind_ == "ipv4") return address<socks::ipv4>();
        if (kind_ == "ipv6") return address<socks::ipv6>();
        if (kind_ == "text") return socks::host(std::string_view(value_));
        if (kind_ == "name") return socks::host::as_received(std::string_view(value_));
        unreadable(kind_);
    }

  private:
    template <class Address>
    [[nodiscard]] Address address() const {
        Address a{};
        if (value_.size() != sizeof a.bytes) unreadable(value_);
        for (size_t i = 0; i < value_.size(); ++i) a.bytes[i] = static_cast<uint8_t>(value_[i]);
        return a;
    }

    std::string kind_;
    std::string value_;
};

inline socks::methods methods(std::string_view word) {
    socks::methods list;
    for (const char m : unhex(word)) static_cast<void>(list.add(static_cast<socks::method>(m)));
    return list;
}

// The options that a client and a server have. A word sets the option of its name.
struct options {
    socks::client_options client{};
    socks::server_options server{};
    socks::fragments parts = socks::fragments::drop;
    bool mailboxes = false;
    bool patient = false;

    explicit options(std::string_view list) {
        if (list != "-")
            while (!list.empty()) set(cut(list, ','));
        server.tolerance = client.tolerance;
    }

  private:
    void set(std::string_view word) {
        socks::tolerance& t = client.tolerance;
        if (word == "reply4_strict")
            t.reply4_version = socks::leeway::strict;
        else if (word == "reply4_any")
            t.reply4_version = socks::leeway::any;
        else if (word == "status_strict")
            t.auth_status_version = socks::leeway::strict;
        else if (word == "status_any")
            t.auth_status_version = socks::leeway::any;
        else if (word == "credentials_5")
            t.credentials_version_5 = true;
        else if (word == "no_reserved")
            t.reserved = false;
        else if (word == "no_empty_credentials")
            t.empty_credentials = false;
        else if (word == "no_empty_bound")
            t.empty_bound = false;
        else if (word == "full")
            client.wait_for_full_refusal = true;
        else if (word == "pipelined")
            client.pipelined = true;
        else if (word == "after_greeting")
            client.after_greeting = server.v4_after_greeting = true;
        else if (word == "no_v4")
            server.v4 = false;
        else if (word == "no_v4a")
            server.v4a = false;
        else if (word == "no_v5")
            server.v5 = false;
        else if (word == "patient")
            patient = true;
        else if (word == "mailboxes")
            mailboxes = true;
        else if (word == "fragments")
            parts = socks::fragments::keep;
        else
            unreadable(word);
    }
};

}  // namespace oracle

#endif
