// A serial line to a modem, with blocking calls that end at a deadline.

#ifndef EXAMPLES_CORTEX_M_UART_HPP
#define EXAMPLES_CORTEX_M_UART_HPP

#include <socks/machine/run.hpp>

#include "board.hpp"

namespace uart {

class deadline {
  public:
    constexpr deadline() = default;  // never
    explicit deadline(uint32_t milliseconds) : end_(board::now() + milliseconds), set_(true) {}

    [[nodiscard]] bool passed() const { return set_ && static_cast<int32_t>(board::now() - end_) >= 0; }

  private:
    uint32_t end_ = 0;
    bool set_ = false;
};

/// Sets up the UART. A real board also needs its pins and its baud rate.
void start();

/// What the modem reports about the connection. A board has a pin for it, DCD. QEMU has none, so the modem
/// writes one of these letters to a second UART.
enum class carrier : char {
    none = 0,
    up = 'U',       // connected
    refused = 'N',  // cannot connect
    ended = 'E',    // the stream has ended
    reset = 'R',    // the connection was reset
};
carrier modem();

/// Waits for bytes and copies them to `room`.
/// @returns  their number; 0 at the end of the stream; socks::io::would_block after the deadline
socks::io_result receive(socks::buffer room, const deadline& end);

/// Waits until the UART has taken all of `data`.
/// @returns  data.size(); socks::io::would_block after the deadline
socks::io_result transmit(socks::bytes data, const deadline& end);

}  // namespace uart

#endif
