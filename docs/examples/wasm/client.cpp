// The handshake of a SOCKS5 client as a WebAssembly module that imports nothing. client.js has the socket and
// the deadline, and calls these functions. One instance of the module runs one handshake.

#include <emscripten.h>

#include <socks/socks.hpp>

namespace {

// Only the parts that this client uses, because the others would make the module larger.
using socks::feature;
using client = socks::basic_client<feature::socks5 | feature::credentials | feature::foreign_protocols>;

client handshake;
socks::inbox<client::max_input> rx;
socks::outbox<client::max_output> tx;
socks::endpoint proxy;
socks::request request;  // its texts are in `arguments`

char arguments[1024];
socks::bytes output;
socks::buffer input;
char text[socks::max_text_endpoint + 1];

// JavaScript reads a text up to its NUL.
const char* with_nul(const socks::encoded& written) noexcept {
    text[written.size()] = '\0';
    return text;
}

}  // namespace

extern "C" {

// JavaScript writes strings here, one directly after the other. A string that does not fit is truncated. It
// is then still too long for a request.
EMSCRIPTEN_KEEPALIVE char* arguments_data() { return arguments; }
EMSCRIPTEN_KEEPALIVE size_t arguments_size() { return sizeof arguments; }

// Parses the address of the proxy. @returns its port, or -1 if it is invalid.
EMSCRIPTEN_KEEPALIVE int parse_proxy(size_t size) {
    const auto parsed = socks::parse_endpoint({arguments, size});
    if (!parsed || parsed->host.kind() == socks::host_kind::name) return -1;
    proxy = *parsed;
    return proxy.port;
}
EMSCRIPTEN_KEEPALIVE const char* proxy_host() { return with_nul(socks::format(proxy.host, text)); }

// Sets the request to strings of these sizes. @returns false if the destination is invalid.
EMSCRIPTEN_KEEPALIVE bool set_request(size_t to, size_t user, size_t password, bool authenticates) {
    const auto parsed = socks::parse_endpoint({arguments, to});
    if (!parsed) return false;
    request.to = *parsed;
    if (authenticates) request.credentials = {{arguments + to, user}, {arguments + to + user, password}};
    return true;
}

// What step() returns. client.js has the same numbers.
enum : int { must_send, must_receive, is_done, has_failed };

EMSCRIPTEN_KEEPALIVE int step() {
    using next = client::next;
    const auto s = handshake.step(request, rx, tx);
    switch (s.next()) {
        case next::send: output = s.data(); return must_send;
        case next::recv: input = rx.prepare(s.needed()); return must_receive;
        case next::done: return is_done;
        case next::fail: with_nul(socks::format(socks::outcome_of(s), text)); return has_failed;
        case next::bound:  // these three belong to parts that the client does not have
        case next::negotiate:
        case next::wait: break;
    }
    __builtin_unreachable();
}

// must_send: the bytes to send. sent() overwrites them, so JavaScript copies them first.
EMSCRIPTEN_KEEPALIVE const char* output_data() { return output.data(); }
EMSCRIPTEN_KEEPALIVE size_t output_size() { return output.size(); }
EMSCRIPTEN_KEEPALIVE void sent() { tx.clear(); }

// must_receive: where to write what has arrived, and exactly how many bytes the message still needs.
EMSCRIPTEN_KEEPALIVE char* input_data() { return input.data(); }
EMSCRIPTEN_KEEPALIVE size_t input_capacity() { return input.capacity(); }
EMSCRIPTEN_KEEPALIVE void received(size_t n) { rx.commit(n); }

EMSCRIPTEN_KEEPALIVE void end_of_stream() { handshake.end_of_stream(); }
EMSCRIPTEN_KEEPALIVE void stream_failed() { handshake.stream_failed(); }

// What the handshake waits for, and why it has failed.
EMSCRIPTEN_KEEPALIVE const char* state() { return to_string(handshake.state()); }
EMSCRIPTEN_KEEPALIVE const char* failure() { return text; }

// Overwrites the password. Call it after the handshake.
EMSCRIPTEN_KEEPALIVE void wipe_arguments() { socks::wipe(arguments); }
}
