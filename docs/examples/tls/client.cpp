// A SOCKS5 client that speaks to its proxy through TLS. The handshake of SOCKS sees decrypted bytes only. One
// deadline covers the connect, the handshake of TLS and the handshake of SOCKS.
//
//     client PROXY DESTINATION [USER PASSWORD] <what-to-send >what-was-received
//
// SOCKS_TLS_CA    the file with the certificates to trust; without it, those of the system
// SOCKS_TLS_NAME  the name that the certificate of the proxy must have; without it, the address of the proxy

#include <openssl/x509v3.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "tls_stream.hpp"

namespace {

using namespace example;
using std::chrono::seconds;

constexpr seconds handshake_limit{10};
constexpr seconds close_limit{2};

int fail(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    return 1;
}

tls_context client_context() {
    tls_context context = make_context(TLS_client_method());
    if (const char* const file = std::getenv("SOCKS_TLS_CA"))
        must_be_1(SSL_CTX_load_verify_locations(context.get(), file, nullptr), file);
    else
        must_be_1(SSL_CTX_set_default_verify_paths(context.get()), "certificates of the system");
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return context;
}

// Without this, a valid certificate of any other host would be accepted.
void expect_certificate_of(SSL* ssl, const socks::host& address) {
    if (const char* const name = std::getenv("SOCKS_TLS_NAME")) {
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        must_be_1(SSL_set1_host(ssl, name), name);
        must_be_1(SSL_set_tlsext_host_name(ssl, name), name);
    } else {
        char room[socks::max_text_host];
        const std::string text(std::string_view(socks::format(address, room).data()));
        must_be_1(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), text.c_str()), text);
    }
}

// Sends `input` and prints what it receives, at the same time.
int relay(tls_stream& tunnel, socks::bytes input) {
    char room[16 * 1024];
    for (bool ended = false;;) {
        bool moved = false;
        if (!ended) {
            const socks::io_result received = tunnel.read_some(room, at_once);
            if (received.error() != socks::errc::none) break;
            ended = received == end_of_stream;
            moved = received.size() != 0;
            if (std::fwrite(room, 1, received.size(), stdout) != received.size() || std::fflush(stdout) != 0)
                return fail(std::string("standard output: ") + std::strerror(errno));
        }
        // A renegotiation is left to read_some(), because a write fails if data arrives during it.
        if (!input.empty() && !tunnel.in_handshake()) {
            const socks::io_result sent = tunnel.write_some(input, at_once);
            moved = moved || sent.size() != 0;
            // After a failure it only prints what the proxy sent before.
            input = sent.error() == socks::errc::none ? input.subspan(sent.size()) : socks::bytes();
        }
        if (ended && input.empty() && tunnel.flush(at_once)) break;
        if (!moved) wait_for(tunnel.fd(), tunnel.events(), never);
    }
    if (!tunnel.reason().empty()) return fail("the tunnel failed: " + tunnel.reason());
    if (tunnel.end_output())
        tunnel.flush(now() + close_limit);  // all data has arrived, so a failure is harmless
    return 0;
}

int fetch(const socks::endpoint& proxy, const socks::request& request, socks::bytes input) {
    const tls_context context = client_context();
    const time_point deadline = now() + handshake_limit;
    unique_fd fd = open_socket(proxy.host);
    const int error = connect_until(fd.get(), proxy, deadline);
    if (error == EAGAIN) return fail("timed out connecting to the proxy");
    if (error != 0) return fail(std::string("cannot connect to the proxy: ") + std::strerror(error));

    tls_stream tunnel(context.get(), std::move(fd));
    SSL_set_connect_state(tunnel.ssl());
    expect_certificate_of(tunnel.ssl(), proxy.host);
    const socks::io_result secured = tunnel.handshake(deadline);
    if (secured.is(socks::io::would_block)) return fail("timed out connecting to the proxy");
    if (secured.error() != socks::errc::none) return fail("cannot connect to the proxy: " + tunnel.reason());

    socks::client handshake;
    socks::inbox<socks::client::max_input> rx;
    socks::outbox<socks::client::max_output> tx;
    const auto s = socks::run(
        handshake, request, rx, tx, [&](socks::buffer room) { return tunnel.read_some(room, deadline); },
        [&](socks::bytes data) { return tunnel.write_some(data, deadline); });
    using next = socks::client::next;
    if (s.next() == next::done) return relay(tunnel, input);  // result().early is empty after run()
    if (s.next() != next::fail) return fail(std::string("timed out ") + to_string(handshake.state()));
    char room[socks::max_text_outcome];
    const std::string why(std::string_view(socks::format(socks::outcome_of(s), room).data()));
    return fail(tunnel.reason().empty() ? why : tunnel.reason() + ": " + why);
}

int run(int argc, char** argv) {
    const auto proxy = socks::parse_endpoint(std::string_view(argc > 1 ? argv[1] : ""));
    const auto destination = socks::parse_endpoint(std::string_view(argc > 2 ? argv[2] : ""));
    if ((argc != 3 && argc != 5) || !proxy || !destination || proxy->host.kind() == socks::host_kind::name) {
        std::fprintf(stderr, "usage: client PROXY DESTINATION [USER PASSWORD]\n");
        return 2;
    }
    socks::request request{.to = *destination};
    if (argc == 5) request.credentials = {std::string_view(argv[3]), std::string_view(argv[4])};

    std::string input;
    char room[16 * 1024];
    while (const size_t n = std::fread(room, 1, sizeof room, stdin)) input.append(room, n);
    if (std::ferror(stdin) != 0) return fail(std::string("standard input: ") + std::strerror(errno));
    return fetch(*proxy, request, input);
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed standard output then fails with EPIPE
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        return fail(e.what());
    }
}
