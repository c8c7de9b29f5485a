// Command lines: `--name value`, `--name=value`, flags and operands. An invalid argument prints a sentence
// and ends the program with 2. Every other failure ends it with 1.

#ifndef EXAMPLES_COMMON_OPTIONS_HPP
#define EXAMPLES_COMMON_OPTIONS_HPP

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <socks/socks.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace example {

class bad_argument : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Iterates over the arguments: `while (args.next()) if (args.is("--user")) user = args.value(); else ...`
class arguments {
  public:
    arguments(int count, char** list) noexcept : list_(list), count_(count) {}

    /// Goes to the next argument. @returns false after the last one.
    bool next() {
        if (inline_value_) throw bad_argument(std::string(name_) + " takes no value");
        if (++i_ >= count_) return false;
        name_ = list_[i_];
        const size_t equals = name_.find('=');
        inline_value_ = name_.starts_with("--") && equals != std::string_view::npos;
        if (inline_value_) {
            value_ = name_.substr(equals + 1);
            name_ = name_.substr(0, equals);
        }
        return true;
    }

    [[nodiscard]] bool is(std::string_view name) const noexcept { return name_ == name; }
    [[nodiscard]] bool is_help() const noexcept { return is("--help") || is("-h"); }
    [[nodiscard]] bool is_operand() const noexcept { return !name_.starts_with("-") || name_ == "-"; }
    [[nodiscard]] std::string_view name() const noexcept { return name_; }

    /// The value of the current option. It lives as long as the arguments of main.
    std::string_view value() {
        if (inline_value_) {
            inline_value_ = false;
            return value_;
        }
        if (i_ + 1 >= count_) throw bad_argument(std::string(name_) + " needs a value");
        return list_[++i_];
    }

    /// Overwrites a part of the last value, such as a password, so that a list of processes does not show it.
    void hide(std::string_view part) noexcept {
        if (part.empty()) return;  // it may point nowhere
        std::fill_n(list_[i_] + (part.data() - list_[i_]), part.size(), '*');
    }

    /// The value of the current option as a number of `least`..`most`.
    unsigned number(unsigned least, unsigned most) {
        const std::string option(name_);
        const std::string_view digits = value();
        unsigned long n = 0;
        for (const char c : digits)
            n = c >= '0' && c <= '9' && n <= most ? n * 10 + static_cast<unsigned long>(c - '0') : most + 1UL;
        if (digits.empty() || n < least || n > most)
            throw bad_argument(option + " needs a number of " + std::to_string(least) + ".." +
                               std::to_string(most) + ", not \"" + std::string(digits) + "\"");
        return static_cast<unsigned>(n);
    }

    /// All arguments after the current one, verbatim.
    [[nodiscard]] std::vector<std::string> rest() const {
        return {list_ + std::min(i_ + 1, count_), list_ + count_};
    }

    [[noreturn]] void unknown() const {
        throw bad_argument("unexpected argument \"" + std::string(name_) + "\"");
    }

  private:
    char** list_;
    int count_;
    int i_ = 0;
    std::string_view name_;
    std::string_view value_;
    bool inline_value_ = false;
};

/// Parses HOST:PORT, or HOST if `fallback` is a port. The result points into the argument.
inline socks::endpoint parse_endpoint(const char* what, std::string_view text, int fallback = -1) {
    const auto e = socks::parse_endpoint(text, fallback);
    if (e) return *e;
    const bool bare = text.find(':') != text.rfind(':') && text.find('[') == text.npos;
    throw bad_argument(std::string(what) + " \"" + std::string(text) + "\": " + to_string(e.error()) +
                       (bare ? "; an IPv6 address needs brackets, as [::1]:1080" : ""));
}

/// Parses the ADDRESS:PORT of --listen.
inline socks::endpoint parse_listen(std::string_view text) {
    const auto e = socks::parse_endpoint(text);
    if (!e || e->host.kind() == socks::host_kind::name)
        throw bad_argument("--listen needs ADDRESS:PORT, not \"" + std::string(text) + '"');
    return *e;
}

/// Throws if a line of standard output was not written.
inline void flush_output() {
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
        throw std::runtime_error("cannot write standard output");
}

/// Replaces standard streams that are closed by streams that fail. Otherwise a socket would get the number.
inline void reserve_standard_streams() noexcept {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/// Runs a program that reports failures by exceptions.
template <class Program>
int run(const char* name, Program program) noexcept {
    try {
        reserve_standard_streams();
        return program();
    } catch (const bad_argument& e) {
        std::fprintf(stderr, "%s: %s\nTry \"%s --help\".\n", name, e.what(), name);
        return 2;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s: %s\n", name, e.what());
        return 1;
    }
}

}  // namespace example

#endif
