// Fetches a real file through a SOCKS proxy with every variant of the protocol, and explains each message of
// each handshake. Without arguments, proxy and file are in this process, on loopback.

#include <chrono>
#include <csignal>
#include <fstream>

#include "../common/udp_client.hpp"
#include "../common/via.hpp"
#include "../proxy/server.hpp"
#include "fetch.hpp"
#include "origin.hpp"

namespace {

constexpr const char* help =
    R"(usage: demo
       demo --via PROXY --fetch URL [--output FILE]

Without arguments: starts a SOCKS proxy and an HTTP server with a file of 16 MiB
on loopback, fetches the file by SOCKS4, SOCKS4a and SOCKS5, and through two
proxies in a row, checks every byte, sends datagrams, and prints the messages of
the handshakes and some refusals.

  --via PROXY      use this proxy instead: SCHEME://[USER[:PASSWORD]@]HOST[:PORT]
                   socks4, socks5    names are resolved here
                   socks4a, socks5h  names are resolved by the proxy
                   A user name or password may contain %XX. Default port: 1080.
  --fetch URL      fetch this through the proxy: http://HOST[:PORT][/PATH]
  --output FILE    write it to FILE (default: discard it)
  --patience SECONDS
                   the time limit of look-ups, connection and handshake together
                   (default 30)
  --help           this text

Exit status: 0 success, 1 failure, 2 invalid argument.
)";

constexpr std::chrono::seconds patience{30};

class stopwatch {
  public:
    [[nodiscard]] std::string text() const {
        using std::chrono::milliseconds;
        const auto passed = std::chrono::steady_clock::now() - began_;
        return std::to_string(std::chrono::duration_cast<milliseconds>(passed).count()) + " ms";
    }

  private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

// A proxy in its own thread.
class local_proxy {
  public:
    explicit local_proxy(std::vector<example::credentials> users) : server_(options(std::move(users))) {}
    [[nodiscard]] socks::endpoint address() const noexcept { return server_.address(); }

  private:
    static example::proxy_options options(std::vector<example::credentials> users) {
        example::proxy_options o;
        o.listen.port = 0;
        o.users = std::move(users);
        return o;
    }

    example::proxy_server server_;
    example::background thread_{[this](int stop) { server_.run(stop); }};
};

// Runs every variant on loopback, and counts passes and failures.
class show {
  public:
    int run() {
        using socks::version;
        const socks::ipv4 four{127, 0, 0, 1};
        std::printf("A file of %s bytes at %s%s, proxies at %s and, with username/password, at %s.\n",
                    std::to_string(example::origin::file_size).c_str(),
                    example::text({four, origin_.port()}).c_str(), origin_.has_ipv6() ? " and [::1]" : "",
                    example::text(open_.address()).c_str(), example::text(closed_.address()).c_str());
        const socks::hop open{.proxy = open_.address()};
        const socks::hop closed{.proxy = closed_.address(), .credentials = {"john", "foo"}};
        const socks::endpoint name{"localhost", origin_.port()};
        transfer("SOCKS4, IPv4", {{.proxy = open.proxy, .version = version::v4, .credentials = {"john"}}},
                 {four, name.port});
        transfer("SOCKS4a, name", {{.proxy = open.proxy, .version = version::v4a}}, name);
        transfer("SOCKS5, IPv4", {open}, {four, name.port});
        if (origin_.has_ipv6())
            transfer("SOCKS5, IPv6", {open}, {"::1", name.port});
        else
            std::printf("\nSKIPPED SOCKS5, IPv6: %s\n", origin_.why_no_ipv6().c_str());
        transfer("SOCKS5, name", {open}, name);
        transfer("SOCKS5, username/password", {closed}, name);
        transfer("SOCKS5 through SOCKS4", {{.proxy = open.proxy, .version = version::v4}, closed}, name);
        datagrams("SOCKS5, datagrams", closed);
        refusal("a port where nothing listens", open, {four, silent_port()},
                socks::code5::connection_refused);
        refusal("a wrong password", {.proxy = closed.proxy, .credentials = {"john", "bar!"}}, name,
                socks::errc::credentials_refused);
        std::printf("\n%d passed, %d failed\n", passed_, failed_);
        return failed_ == 0 ? 0 : 1;
    }

  private:
    static example::tunnel open(const socks::hops& through, const socks::endpoint& to) {
        return open_tunnel({through[0].proxy}, {.through = through, .to = to}, example::deadline(patience));
    }

    void transfer(const char* title, const std::vector<socks::hop>& through, const socks::endpoint& to) {
        std::printf("\n%s\n", title);
        const stopwatch watch;
        uint64_t size = 0;
        uint64_t wrong = 0;
        try {
            http_get(open(through, to), url_, [&](std::string_view bytes) {
                for (const char c : bytes) wrong += c != example::file_byte(size++) ? 1 : 0;
            });
            if (wrong != 0) throw std::runtime_error(std::to_string(wrong) + " bytes are wrong");
            if (size != example::origin::file_size)
                throw std::runtime_error("only " + std::to_string(size) + " bytes came");
            result(true, std::string(title) + ": " + std::to_string(size) + " bytes, each checked, " +
                             watch.text());
        } catch (const std::exception& e) {
            result(false, std::string(title) + ": " + e.what());
        }
    }

    // The destination is in this process too, and returns each datagram.
    void datagrams(const char* title, const socks::hop& proxy) {
        constexpr int count = 100;
        std::printf("\n%s\n", title);
        try {
            example::udp_client client(proxy, {proxy.proxy}, example::deadline(patience));
            const example::unique_fd far(
                example::must(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
            example::socket_address local({socks::ipv4{127, 0, 0, 1}, 0});
            example::must(::bind(far.get(), local.data(), local.size()), "bind");
            const timeval limit{10, 0};
            for (const int fd : {client.socket(), far.get()})
                example::must(::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), "setsockopt");
            const socks::endpoint to = example::local_endpoint(far.get());
            for (int i = 0; i < count; ++i) {
                const std::string data = "datagram-" + std::to_string(i);
                example::annotator shown;
                shown.datagram(true, client.send(to, data));
                char room[64];
                example::socket_address from;
                const auto n =
                    example::must(example::receive_from(far.get(), room, from), "no datagram came");
                if (!example::send_to(far.get(), {room, static_cast<size_t>(n)}, from))
                    example::must(-1, "sendto");
                const auto answer = client.receive();
                if (!answer || answer->remote() != to || answer->data() != data)
                    throw std::runtime_error(data + " came back changed");
                shown.datagram(false, client.received());
                if (i == 0) std::fputs(shown.lines().c_str(), stdout);
            }
            result(true, std::string(title) + ": " + std::to_string(count) + " there and back, each checked");
        } catch (const std::exception& e) {
            result(false, std::string(title) + ": " + e.what());
        }
    }

    // Passes if the proxy refuses with the expected outcome.
    void refusal(const char* title, const socks::hop& proxy, const socks::endpoint& to,
                 const socks::outcome& why) {
        std::printf("\nRefused: %s\n", title);
        try {
            open({&proxy, 1}, to);
            result(false, std::string(title) + " was not refused");
        } catch (const example::not_granted& e) {
            result(e.why == why, std::string(title) + ": " + e.what());
        } catch (const std::exception& e) {
            result(false, std::string(title) + ": " + e.what());
        }
    }

    void result(bool good, const std::string& words) {
        ++(good ? passed_ : failed_);
        std::printf("%s %s\n", good ? "PASS" : "FAIL", words.c_str());
        std::fflush(stdout);
    }

    // A port without a listener. A bound socket that does not listen reserves it.
    uint16_t silent_port() {
        example::socket_address local({socks::ipv4{127, 0, 0, 1}, 0});
        silent_ =
            example::unique_fd(example::must(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
        example::must(::bind(silent_.get(), local.data(), local.size()), "bind");
        return example::local_endpoint(silent_.get()).port;
    }

    const example::http_url url_{.host = {}, .authority = "localhost", .path = "/file"};
    example::origin origin_;
    local_proxy open_{{}};
    local_proxy closed_{{{"john", "foo"}}};
    example::unique_fd silent_;
    int passed_ = 0;
    int failed_ = 0;
};

int fetch_via(example::via& proxy, const example::http_url& url, const std::string& path,
              std::chrono::seconds limit) {
    const example::deadline until(limit);
    const socks::hop hop = proxy.route(socks::command::connect, url.host, until).through[0];
    const socks::errc fault =
        validate(socks::request{.version = hop.version, .to = url.host, .credentials = hop.credentials});
    if (fault != socks::errc::none && fault != socks::errc::name_over_socks4)  // it is resolved here
        throw example::bad_argument(to_string(fault));
    std::ofstream output(path, std::ios::binary);
    if (!output) throw example::bad_argument("cannot write \"" + path + '"');
    output.exceptions(std::ios::failbit | std::ios::badbit);
    const auto sink = [&](std::string_view bytes) {
        output.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    };
    const std::string title = std::string(to_string(hop.version)) + " via " + proxy.first().text();
    std::string why;
    try {
        for (const socks::endpoint& to : proxy.destinations(url.host, until)) {
            std::printf("%s to %s\n", title.c_str(), example::text(to).c_str());
            try {
                const stopwatch watch;
                const socks::route route = proxy.route(socks::command::connect, to, until);
                example::tunnel opened = open_tunnel(proxy.first(), route, until);
                proxy.forget();
                const uint64_t size = http_get(std::move(opened), url, sink);
                output.close();
                std::printf("PASS %s: %s bytes, %s\n", title.c_str(), std::to_string(size).c_str(),
                            watch.text().c_str());
                return 0;
            } catch (const example::not_granted& e) {
                why = e.what();
                if (!example::may_reach_another_address(e.why)) break;
            }
        }
    } catch (const std::exception& e) {
        why = e.what();
    }
    std::printf("FAIL %s: %s\n", title.c_str(), why.c_str());
    return 1;
}

int demo(example::arguments args) {
    example::via proxy;
    std::string_view url, output;
    std::chrono::seconds limit = patience;
    while (args.next()) {
        if (args.is("--help")) {
            std::fputs(help, stdout);
            return 0;
        }
        if (args.is("--via"))
            proxy.add(args);
        else if (args.is("--fetch"))
            url = args.value();
        else if (args.is("--output"))
            output = args.value();
        else if (args.is("--patience"))
            limit = std::chrono::seconds(args.number(1, 86'400));
        else
            args.unknown();
    }
    std::signal(SIGPIPE, SIG_IGN);
    if (proxy.size() == 0 && url.empty() && output.empty()) return show().run();
    if (proxy.size() != 1 || url.empty()) throw example::bad_argument("one --via and --fetch go together");
    return fetch_via(proxy, example::parse_http_url(url), output.empty() ? "/dev/null" : std::string(output),
                     limit);
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("demo", [&] { return demo({argc, argv}); });
}
