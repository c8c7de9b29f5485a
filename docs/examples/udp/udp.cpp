// Sends each line as a datagram through a SOCKS5 proxy, and prints the answers. Ignores datagrams that do not
// come from the relay.

#include <poll.h>

#include <chrono>
#include <csignal>
#include <optional>

#include "../common/udp_client.hpp"
#include "../common/via.hpp"

namespace {

constexpr const char* help =
    R"(usage: udp --via PROXY --to HOST:PORT [options]

Sends datagrams to HOST:PORT through a SOCKS5 proxy, one for each line of standard
input, and prints each answer after the address of its sender.

  --via PROXY        socks5h://[USER[:PASSWORD]@]HOST[:PORT]; with socks5 the name
                     of HOST is resolved here
  --to HOST:PORT     where to send
  --patience SECONDS the time limit of look-ups, connection and handshake together
                     (default 30)
  --any-relay        use a relay at a private address too, if that is not the
                     address of the proxy
  --send TEXT        send this instead of standard input; may be repeated
  --wait SECONDS     how long to wait for answers after the last datagram (default 5)
  --help             this text

Exit status: 0 as many answers as datagrams, 1 fewer, 2 invalid argument.
)";

using clock = std::chrono::steady_clock;

struct settings {
    example::via via;
    socks::endpoint to;
    std::vector<std::string> lines;  ///< empty: read standard input
    std::chrono::seconds patience{30};
    std::chrono::seconds wait{5};
    example::relays relays = example::relays::of_proxy_or_global;
};

// The views point into the arguments of main. @returns nothing if the user asked for help.
std::optional<settings> parse(example::arguments args) {
    settings s;
    while (args.next()) {
        if (args.is("--help")) return {};
        if (args.is("--via"))
            s.via.add(args);
        else if (args.is("--to"))
            s.to = example::parse_endpoint("--to", args.value());
        else if (args.is("--send"))
            s.lines.emplace_back(args.value());
        else if (args.is("--wait"))
            s.wait = std::chrono::seconds(args.number(1, 3600));
        else if (args.is("--patience"))
            s.patience = std::chrono::seconds(args.number(1, 86'400));
        else if (args.is("--any-relay"))
            s.relays = example::relays::any;
        else
            args.unknown();
    }
    // A chain carries only the request. The datagrams go straight to the last proxy, past the others.
    if (s.via.size() != 1) throw example::bad_argument("exactly one --via is needed");
    if (s.to.host.kind() == socks::host_kind::none) throw example::bad_argument("--to is missing");
    return s;
}

// Receives a datagram and prints it. @returns false if it is not an answer.
bool print(example::udp_client& client) {
    const std::optional<socks::datagram> answer = client.receive();
    if (!answer) return false;
    const std::string data = example::escaped(std::string_view(answer->data()));
    std::printf("%s %s\n", example::text(answer->remote()).c_str(), data.c_str());
    example::flush_output();
    return true;
}

// Waits until one of three descriptors has input, or until `deadline`. @returns false at the deadline.
bool wait(std::array<pollfd, 3>& watched, std::optional<clock::time_point> deadline) {
    using std::chrono::milliseconds;
    const auto left = deadline ? std::chrono::ceil<milliseconds>(*deadline - clock::now()).count() : -1;
    const int limit = deadline && left < 0 ? 0 : static_cast<int>(left);
    const auto poll = [&] { return ::poll(watched.data(), watched.size(), limit); };
    return example::must(example::uninterrupted(poll), "poll") != 0;
}

// The lines of standard input.
class lines {
  public:
    /// Reads once. @returns the complete lines, and at the end of the input also an incomplete last line.
    std::vector<std::string> more() {
        std::array<char, 4096> room;
        const size_t n = example::read_some(STDIN_FILENO, room, "cannot read standard input");
        ended_ = n == 0;
        rest_.append(room.data(), n);
        std::vector<std::string> complete;
        for (size_t end = 0; (end = rest_.find('\n')) != rest_.npos; rest_.erase(0, end + 1))
            complete.push_back(rest_.substr(0, end));
        if (ended_ && !rest_.empty()) complete.push_back(std::exchange(rest_, {}));
        return complete;
    }
    [[nodiscard]] bool ended() const noexcept { return ended_; }

  private:
    std::string rest_;
    bool ended_ = false;
};

int exchange(settings& s) {
    const example::deadline until(s.patience);
    const socks::endpoint to = s.via.destinations(s.to, until)[0];
    const socks::route route = s.via.route(socks::command::udp_associate, to, until);
    example::udp_client client(route.through[0], s.via.first(), until, s.relays);
    s.via.forget();
    lines input;
    size_t sent = 0;
    size_t answered = 0;
    const auto send_all = [&](const std::vector<std::string>& datagrams) {
        for (const std::string& line : datagrams) client.send(to, line);
        sent += datagrams.size();
    };
    send_all(s.lines);
    std::optional<clock::time_point> deadline;  // set after the last datagram was sent
    if (!s.lines.empty()) deadline = clock::now() + s.wait;
    while (!deadline || answered < sent) {
        std::array<pollfd, 3> watched{{{client.socket(), POLLIN, 0},
                                       {client.control(), POLLIN, 0},
                                       {deadline ? -1 : STDIN_FILENO, POLLIN, 0}}};
        if (!wait(watched, deadline)) break;
        if (watched[0].revents != 0 && print(client)) ++answered;
        // The control connection carries no more data, so input there is its end, and the association ends
        // with it.
        if (watched[1].revents != 0) throw std::runtime_error("the proxy has ended the association");
        if (watched[2].revents == 0) continue;
        send_all(input.more());
        if (input.ended()) deadline = clock::now() + s.wait;
    }
    if (answered < sent) std::fprintf(stderr, "udp: %zu of %zu datagrams were answered\n", answered, sent);
    return answered < sent ? 1 : 0;
}

int udp(example::arguments args) {
    std::optional<settings> s = parse(args);
    if (!s) {
        std::fputs(help, stdout);
        return 0;
    }
    std::signal(SIGPIPE, SIG_IGN);
    return exchange(*s);
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("udp", [&] { return udp({argc, argv}); });
}
