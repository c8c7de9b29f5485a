// A SOCKS5 client on a Cortex-M3 with a modem at its UART: one task with blocking calls, without a heap and
// without an operating system. All messages of the handshake share one array. Data is relayed in pieces of 48
// bytes.

#include <socks/machine/client.hpp>
#include <socks/policy/disposition.hpp>
#include <socks/text/literal.hpp>

#include "semihosting.hpp"
#include "uart.hpp"

namespace {

using small_client = socks::basic_client<socks::feature::socks5 | socks::feature::credentials |
                                         socks::feature::foreign_protocols>;
using next = socks::client_next;

constexpr uint32_t handshake_time = 10'000;  // milliseconds, for connecting and the handshake
constexpr size_t piece = 48;

int failed(const char* what, const char* why) {
    return semihosting::report_failure("uart_client", what, why);
}

int timed_out(const small_client& handshake) {
    return failed("timed out ", socks::to_string(handshake.state()));
}

int report(const small_client::action& s) {
    char text[socks::max_text_outcome + 1] = {};  // with a closing NUL
    static_cast<void>(socks::format(socks::outcome_of(s), {text, socks::max_text_outcome}));
    return failed(text, "");
}

// Runs the handshake. The received bytes are at the beginning of `memory`. The machine writes its messages
// after them. Only the needed bytes are received, so at most two are there when it writes. If your names and
// passwords are short, max_input bytes are enough.
//
// It is not inlined, so that relay() can use the same stack. With -Os -DNDEBUG, it and the machine have about
// 2.3 KiB of code, and it has 700 bytes of stack.
[[gnu::noinline]] int open_tunnel(const socks::request& request, const uart::deadline& end) {
    small_client handshake;
    char memory[2 + small_client::max_output];
    size_t received = 0;
    for (;;) {
        const auto s =
            handshake.step(request, {memory, received}, {memory + received, sizeof memory - received});
        received -= s.consumed();
        switch (s.next()) {
            case next::send: {
                const socks::io_result sent = uart::transmit(s.data(), end);
                socks::wipe(memory);  // it may have held the password
                if (sent.is(socks::io::would_block)) return timed_out(handshake);
                if (sent.error() != socks::errc::none) handshake.stream_failed();
                break;
            }
            case next::recv: {
                const socks::io_result arrived = uart::receive({memory + received, s.needed()}, end);
                if (arrived.is(socks::io::would_block)) return timed_out(handshake);
                if (arrived.error() != socks::errc::none)
                    handshake.stream_failed();
                else if (arrived.size() == 0)
                    handshake.end_of_stream();
                received += arrived.size();
                break;
            }
            case next::done: return 0;  // it has read exactly the reply, so there are no early bytes
            case next::fail: return report(s);
            case next::bound:
            case next::negotiate:
            case next::wait: break;  // these occur only with BIND and with other methods
        }
    }
}

// Sends stdin, then prints what arrives. Even if sending fails, it prints what arrived before.
int relay() {
    const uart::deadline never;
    char data[piece];
    bool lost = false;
    while (!lost) {
        const size_t n = semihosting::input(data);
        if (n == 0) break;
        lost = uart::transmit({data, n}, never).error() != socks::errc::none;
    }
    for (;;) {
        const socks::io_result arrived = uart::receive(data, never);
        if (arrived.error() != socks::errc::none) return failed("the tunnel failed: ", "connection reset");
        if (arrived.size() == 0) return 0;
        if (!semihosting::print({data, arrived.size()}))
            return failed("cannot write the standard output", "");
    }
}

// Waits until the modem has connected to the proxy.
int wait_for_carrier(const uart::deadline& end) {
    while (uart::modem() == uart::carrier::none) {
        if (end.passed()) return failed("timed out ", "connecting to the proxy");
        board::sleep();
    }
    return uart::modem() == uart::carrier::refused ? failed("cannot connect to the proxy: ", "no carrier")
                                                   : 0;
}

}  // namespace

// The arguments are lines: DESTINATION, and optionally USER and PASSWORD. The modem knows the proxy.
int main() {
    const uart::deadline end(handshake_time);
    uart::start();
    char room[261 + 2 * 256 + 1];
    socks::bytes arguments = semihosting::command_line(room);
    const auto to = socks::parse_endpoint(semihosting::next_line(arguments));
    if (!to) {
        failed("usage: ", "DESTINATION:PORT [USER PASSWORD]");
        return 2;
    }
    socks::request request{.to = *to};
    if (!arguments.empty()) {
        const socks::bytes user = semihosting::next_line(arguments);
        request.credentials = {user, semihosting::next_line(arguments)};
    }
    int status = wait_for_carrier(end);
    if (status == 0) status = open_tunnel(request, end);
    socks::wipe(room);
    return status == 0 ? relay() : status;
}
