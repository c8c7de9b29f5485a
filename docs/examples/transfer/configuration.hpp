// Reads a Transfer CFT configuration for one attempt, and keeps no password after it.

#ifndef EXAMPLES_TRANSFER_CONFIGURATION_HPP
#define EXAMPLES_TRANSFER_CONFIGURATION_HPP

#include <fcntl.h>
#include <socks/transfer_cft/resolve.hpp>

#include "../common/options.hpp"
#include "../common/posix.hpp"

namespace example {

/// The targets of a partner. They contain passwords from load() to forget(). An attempt loads them again, so
/// an operator can correct the file between two attempts.
class configuration {
  public:
    configuration(std::string path, std::string_view partner) : path_(std::move(path)), partner_(partner) {}
    configuration(const configuration&) = delete;
    configuration& operator=(const configuration&) = delete;
    ~configuration() { forget(); }

    /// Reads the file, unless its content is still here. Prints its errors, and at first its warnings too.
    /// @returns false if it is unusable.
    bool load() {
        if (loaded_) return true;
        std::vector<char> content = read_file();
        socks::cft::finding room[64];
        socks::cft::findings found(room);
        const bool usable = resolve(socks::bytes(content.data(), content.size()), partner_, targets_, found);
        if (!usable || !std::exchange(printed_, true)) print(found);
        socks::wipe(content);
        wipe_stack();
        return loaded_ = usable;
    }

    [[nodiscard]] const socks::cft::targets& targets() const noexcept { return targets_; }

    void forget() noexcept {
        socks::wipe({reinterpret_cast<char*>(&targets_), sizeof targets_});
        targets_ = {};
        loaded_ = false;
    }

  private:
    std::vector<char> read_file() const {
        const unique_fd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        std::vector<char> content(64 * 1024);
        size_t size = 0;
        for (;;) {
            const ssize_t n = uninterrupted(
                [&] { return ::read(file.get(), content.data() + size, content.size() - size); });
            if (n < 0) throw bad_argument("cannot read " + path_);
            size += static_cast<size_t>(n);
            if (n == 0) break;
            if (size < content.size()) continue;
            std::vector<char> larger(2 * size);
            std::copy(content.begin(), content.end(), larger.begin());
            socks::wipe(content);
            content = std::move(larger);
        }
        content.resize(size);
        return content;
    }

    // The parser leaves passwords in the part of the stack that it has used.
    [[gnu::noinline]] static void wipe_stack() noexcept {
        char room[64 * 1024];
        socks::wipe(room);
    }

    // Prints one line for each fault of the configuration.
    void print(const socks::cft::findings& found) const {
        for (const socks::cft::finding& f : found) {
            std::string words(format(f, {}).required(), '\0');
            static_cast<void>(format(f, words));
            std::string line;  // escaped, except for the blanks between the words
            for (const char c : words) line += c == ' ' ? std::string(1, c) : escaped({&c, 1});
            std::fprintf(stderr, "%s:%s%s (%s)\n", path_.c_str(), f.position.line == 0 ? " " : "",
                         line.c_str(), is_warning(f.what) ? "warning" : "error");
        }
        if (found.total() > found.size())
            std::fprintf(stderr, "%s: %zu more\n", path_.c_str(), found.total() - found.size());
    }

    std::string path_;
    std::string_view partner_;
    bool printed_ = false;
    bool loaded_ = false;
    socks::cft::targets targets_;
};

}  // namespace example

#endif
