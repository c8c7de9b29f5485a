// Runs a command in a process group of its own, and collects what it prints. At the deadline, or as soon as
// the judgement is known, all processes of the group are killed.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_COMMAND_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_COMMAND_HPP

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstring>
#include <mutex>
#include <set>

#include "../../common/client_io.hpp"

namespace example::client_mode {

/// The command does not exist, or the system does not run it.
class cannot_start : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The process groups of the commands that are running.
class process_groups {
  public:
    /// @param start  starts a command and returns its process group.
    template <class Start>
    pid_t add(Start start) {
        const std::lock_guard hold(guard_);
        return *groups_.insert(start()).first;
    }
    void kill(pid_t group) noexcept {
        const std::lock_guard hold(guard_);
        ::kill(-group, SIGKILL);
        groups_.erase(group);
    }
    /// For the end of the program: after this no command can start.
    void kill_all() noexcept {
        guard_.lock();
        for (const pid_t group : groups_) ::kill(-group, SIGKILL);
    }

  private:
    std::mutex guard_;
    std::set<pid_t> groups_;
};

inline process_groups& running_groups() noexcept {
    static process_groups groups;
    return groups;
}

/// How a command ended, and what it printed.
struct command_end {
    siginfo_t how{};
    bool killed = false;  ///< by this program: the command was still running
    std::string output{};
    std::string errors{};
    std::chrono::milliseconds took{};

    [[nodiscard]] bool succeeded() const noexcept {
        return !killed && how.si_code == CLD_EXITED && how.si_status == 0;
    }

    /// By a signal that reports a fault of a program.
    [[nodiscard]] bool crashed() const noexcept {
        if (killed || how.si_code == CLD_EXITED) return false;
        const std::array faults{SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGTRAP};
        return std::find(faults.begin(), faults.end(), how.si_status) != faults.end();
    }

    /// "exit status 1", "killed by signal 11 (Segmentation fault)"
    [[nodiscard]] std::string text() const {
        if (killed) return "still running, so it was killed";
        if (how.si_code == CLD_EXITED) return "exit status " + std::to_string(how.si_status);
        return "killed by signal " + std::to_string(how.si_status) + " (" + ::strsignal(how.si_status) + ')';
    }
};

/// A command that is running. The destructor kills it.
class running_command {
  public:
    /// The command reads `input` and then the end of its standard input. Throws cannot_start.
    running_command(const std::vector<std::string>& words, std::string_view input) {
        const two_ends in = make_pipe();
        two_ends out = make_pipe();
        two_ends errors = make_pipe();
        write_all(in.to.get(), input);  // a pipe holds more
        pid_ =
            running_groups().add([&] { return start(words, in.from.get(), out.to.get(), errors.to.get()); });
        out_ = std::move(out.from);
        errors_ = std::move(errors.from);
        exit_ = unique_fd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
        if (exit_) return;
        const int error = errno;
        kill_all();
        throw std::system_error(error, std::generic_category(), "pidfd_open");
    }
    running_command(const running_command&) = delete;
    running_command& operator=(const running_command&) = delete;
    ~running_command() { kill_all(); }

    /// Collects the output until the command ends, until the deadline, or until `enough` is readable.
    command_end wait(const deadline& until, int enough) {
        command_end end;
        std::array<pollfd, 4> watched{{{exit_.get(), POLLIN, 0},
                                       {enough, POLLIN, 0},
                                       {out_.get(), POLLIN, 0},
                                       {errors_.get(), POLLIN, 0}}};
        while (watched[0].revents == 0 && watched[1].revents == 0 && !until.passed()) {
            const auto poll = [&] {
                return ::poll(watched.data(), watched.size(), static_cast<int>(until.left().count()));
            };
            must(uninterrupted(poll), "poll");
            if (watched[2].revents != 0 && !collect(out_, end.output)) watched[2].fd = -1;
            if (watched[3].revents != 0 && !collect(errors_, end.errors)) watched[3].fd = -1;
        }
        end.killed = watched[0].revents == 0;
        end.took = std::chrono::duration_cast<std::chrono::milliseconds>(deadline::clock::now() - began_);
        end.how = kill_all();
        // Now no process of the group can write. What it has written is still in the pipes.
        drain(out_, end.output);
        drain(errors_, end.errors);
        return end;
    }

  private:
    static constexpr size_t most_output = 1024 * 1024;

    struct two_ends {
        unique_fd from;
        unique_fd to;
    };

    static two_ends make_pipe() {
        std::array<int, 2> ends{};
        must(::pipe2(ends.data(), O_CLOEXEC), "pipe2");
        return {unique_fd(ends[0]), unique_fd(ends[1])};
    }

    static pid_t start(const std::vector<std::string>& words, int in, int out, int errors) {
        std::vector<char*> list;
        for (const std::string& w : words) list.push_back(const_cast<char*>(w.c_str()));
        list.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
        ::posix_spawnattr_init(&attributes);
        ::posix_spawnattr_setflags(&attributes,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        sigset_t none;  // this program blocks signals, and the command must not inherit that either
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        sigset_t defaults;  // this program ignores SIGPIPE, and the command must not inherit that
        ::sigemptyset(&defaults);
        ::sigaddset(&defaults, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&attributes, &defaults);
        pid_t pid = -1;
        const int error = ::posix_spawnp(&pid, list[0], &actions, &attributes, list.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
        if (error != 0) throw cannot_start("cannot start " + escaped(words[0]) + ": " + std::strerror(error));
        return pid;
    }

    // Reads once. What exceeds the limit is read too, because a full pipe would stop the command.
    static bool collect(const unique_fd& from, std::string& text) {
        std::array<char, 16 * 1024> room;
        const ssize_t n = uninterrupted([&] { return ::read(from.get(), room.data(), room.size()); });
        if (n <= 0) return false;
        text.append(room.data(), std::min(static_cast<size_t>(n), most_output - text.size()));
        return true;
    }

    // A process that has left the group may hold the pipe open, so this does not wait.
    static void drain(const unique_fd& from, std::string& text) {
        ::fcntl(from.get(), F_SETFL, O_NONBLOCK);
        for (int reads = 0; reads < 100 && collect(from, text); ++reads) {
        }
    }

    // Until the leader is reaped, no other group can have its number.
    siginfo_t kill_all() noexcept {
        siginfo_t how{};
        if (pid_ <= 0) return how;
        running_groups().kill(pid_);
        uninterrupted([&] { return ::waitid(P_PID, static_cast<id_t>(pid_), &how, WEXITED); });
        pid_ = -1;
        return how;
    }

    deadline::clock::time_point began_ = deadline::clock::now();
    pid_t pid_ = -1;
    unique_fd out_;
    unique_fd errors_;
    unique_fd exit_;
};

}  // namespace example::client_mode

#endif
