// foreign_peer ANSWER [echo]
// A TCP server that does not speak SOCKS: it answers each connection with the text ANSWER and closes it. An
// empty ANSWER means that it stays silent. With "echo" it sends back all that follows, until the client
// closes.

#include <array>
#include <csignal>
#include <cstdio>
#include <list>

#include "../../docs/examples/common/client_io.hpp"

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) return 2;
    const std::string_view answer = argv[1];
    const example::unique_fd listener = example::listen_on(socks::endpoint{socks::ipv4{127, 0, 0, 1}, 0}, 16);
    std::printf("listening on %s\n", example::text(example::local_endpoint(listener.get())).c_str());
    std::fflush(stdout);
    std::list<example::unique_fd> silent;
    std::signal(SIGPIPE, SIG_IGN);
    for (;;) {
        example::unique_fd client(example::must(::accept(listener.get(), nullptr, nullptr), "accept"));
        if (answer.empty()) {
            silent.push_back(std::move(client));
            continue;
        }
        std::array<char, 1024> request;
        try {
            example::read_some(client.get(), request);  // unread bytes would make the end a reset
            example::write_all(client.get(), answer);
            while (const size_t n = argc == 3 ? example::read_some(client.get(), request) : 0)
                example::write_all(client.get(), {request.data(), n});
        } catch (const std::system_error&) {
            continue;  // the client has reset the connection
        }
    }
}
