// One run of the command with a scripted proxy, and the judgement of it.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_TRIAL_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_TRIAL_HPP

#include <random>

#include "command.hpp"
#include "scripted_proxy.hpp"

namespace example::client_mode {

/// The input of the command. A client that passes its input on speaks first, as one of HTTP does.
constexpr std::string_view command_input = "GET / HTTP/1.0\r\n\r\n";

/// A line that cannot occur by chance. As an answer to git it is a list of one branch.
inline std::string make_token() {
    std::random_device random;
    std::string token;
    for (int i = 0; i < 40; ++i) token += "0123456789abcdef"[random() % 16];
    return token + "\trefs/heads/socks-check\n";
}

/// The answer of the destination to a request of HTTP.
inline std::string make_page(const std::string& token) {
    return "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(token.size()) +
           "\r\n\r\n" + token;
}

/// The words of the command, with values in place of {host}, {port} and the others. An IPv6 address gets
/// brackets if a colon follows.
inline std::vector<std::string> substitute(std::vector<std::string> words, const placeholders& values,
                                           uint16_t port) {
    const std::array<std::pair<std::string, std::string>, 6> replacements{
        {{"{host}", "127.0.0.1"},
         {"{port}", std::to_string(port)},
         {"{user}", values.user},
         {"{password}", values.password},
         {"{target_host}", values.target_host},
         {"{target_port}", values.target_port}}};
    for (std::string& word : words) {
        std::string done;
        for (size_t i = 0; i < word.size();) {
            const auto here = [&](const auto& r) { return word.compare(i, r.first.size(), r.first) == 0; };
            const auto found = std::find_if(replacements.begin(), replacements.end(), here);
            if (found == replacements.end()) {
                done += word[i++];
                continue;
            }
            i += found->first.size();
            const bool bracketed = found->second.find(':') != std::string::npos && word.substr(i, 1) == ":";
            done += bracketed ? '[' + found->second + ']' : found->second;
        }
        word = std::move(done);
    }
    return words;
}

/// Text of the command in one line. Only its spaces stay as they are.
inline std::string readable(std::string_view text) {
    std::string line;
    for (const char& c : text) line += c == ' ' ? " " : c == '\n' ? "\\n" : escaped({&c, 1});
    return line;
}

/// Runs the command once. It stays alive as long as its results are read.
class trial {
  public:
    // The proxy stays longer than the command may, so its end cannot end the command.
    trial(const scenario& s, const facts& client, const std::vector<std::string>& words,
          std::chrono::seconds patience)
        : scenario_(s),
          client_(client),
          until_(patience),
          proxy_(s, client, make_page(token_), deadline(patience + std::chrono::seconds(1))) {
        running_command command(substitute(words, s.values, proxy_.port()), command_input);
        end_ = command.wait(until_, proxy_.settled());
        proxy_.stop();
    }

    [[nodiscard]] const command_end& end() const noexcept { return end_; }
    [[nodiscard]] const std::string& token() const noexcept { return token_; }
    [[nodiscard]] const std::vector<played>& connections() const noexcept { return proxy_.connections(); }

    /// Whether the command did not end in time, and no script has found a fault.
    [[nodiscard]] bool is_late() const {
        return end_.killed && std::none_of(connections().begin(), connections().end(),
                                           [](const played& p) { return p.failure != nullptr; });
    }

    /// The first connection whose script came to its end. Call it after judge().
    [[nodiscard]] const played& first_complete() const {
        return *std::find_if(connections().begin(), connections().end(),
                             [](const played& p) { return p.complete; });
    }

    void record(evidence& into) const {
        for (const played& p : connections()) {
            into.begin("connection " + std::to_string(&p - connections().data() + 1));
            for (const conversation::event& e : p.events) {
                if (e.bytes.empty())
                    into.note(e.words);
                else
                    into.bytes(e.by_client, e.bytes);
            }
        }
        into.begin("the command: " + end_.text() + ", after " + std::to_string(end_.took.count()) + " ms");
        if (!end_.output.empty()) into.note("output: " + shown(end_.output));
        if (!end_.errors.empty()) into.note("errors: " + shown(end_.errors));
    }

    /// Throws `failed` or `skipped` if the client did not end as the scenario expects.
    void judge() const {
        for (const played& p : connections())
            if (p.failure) std::rethrow_exception(p.failure);
        if (end_.killed)
            throw failed("an end of the command " + until_.text(), "it was still running, so it was killed");
        if (end_.crashed()) throw failed("no crash", "the command was " + end_.text());
        const bool may_refuse = scenario_.expected == ending::either;
        if (!has_played() && !may_refuse) return judge_early_end();
        switch (scenario_.expected) {
            case ending::delivered: return judge_delivered();
            case ending::refused: return judge_refused();
            case ending::unless_first:
                return client_.prints_all || end_.succeeded() ? judge_delivered() : judge_refused();
            case ending::either: return end_.succeeded() ? judge_delivered() : judge_refused();
            case ending::cut:
                if (end_.succeeded()) throw failed("an exit status other than 0", "it is 0");
                return;
            case ending::any: return judge_no_leak();
        }
    }

  private:
    [[nodiscard]] bool has_played() const {
        return !scenario_.listens || std::any_of(connections().begin(), connections().end(),
                                                 [](const played& p) { return p.complete; });
    }

    void judge_early_end() const {
        const bool none = connections().empty();
        const std::string reason =
            none ? "the command did not connect to the proxy" : connections()[0].interruption;
        const std::string came = reason + ", and ended with " + end_.text();
        if (scenario_.before_the_end == early_end::fails)
            throw failed(none ? "a connection to the proxy" : "a client that goes on", came);
        if (end_.succeeded()) throw failed("an exit status other than 0", came);
        judge_no_leak();
        if (scenario_.before_the_end == early_end::skips) throw skipped(reason);
    }

    void judge_delivered() const {
        if (!end_.succeeded()) throw failed("exit status 0", end_.text());
        if (end_.output.find('\0') != std::string::npos)
            throw failed("an output without the bytes of the proxy", "the output is " + shown(end_.output));
        if (end_.output.find(token_) == std::string::npos)
            throw failed("everything that the destination sent", "the output is " + shown(end_.output));
        if (client_.repeats_itself && end_.output != client_.before + token_ + client_.after)
            throw failed("what the destination sent and nothing else", "the output is " + shown(end_.output));
    }

    void judge_refused() const {
        if (end_.succeeded())
            throw failed("an exit status other than 0", "the output is " + shown(end_.output));
        judge_no_leak();
    }

    // A client that prints the complete page prints nothing else. Another one may print words of its own.
    void judge_no_leak() const {
        const bool leaks =
            end_.output.find('\0') != std::string::npos ||
            (scenario_.expected == ending::refused && end_.output.find(token_) != std::string::npos) ||
            (client_.prints_all && client_.repeats_itself && !end_.output.empty());
        if (leaks)
            throw failed("an output without the bytes of the proxy", "the output is " + shown(end_.output));
    }

    [[nodiscard]] std::string shown(std::string_view text) const {
        constexpr size_t most = 300;
        std::string line = text.empty() ? "empty" : readable(text.substr(0, most));
        if (text.size() > most) line += "... (" + std::to_string(text.size()) + " bytes)";
        const std::string& secret = scenario_.values.password;
        for (size_t i = 0; (i = line.find(secret, i)) != line.npos; i += secret.size())
            line.replace(i, secret.size(), secret.size(), '*');
        return line;
    }

    const scenario& scenario_;
    const facts& client_;
    std::string token_ = make_token();
    deadline until_;
    scripted_proxy proxy_;
    command_end end_;
};

}  // namespace example::client_mode

#endif
