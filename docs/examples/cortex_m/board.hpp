// The LM3S6965 as QEMU emulates it: a clock, and a serial line to a modem. A real board also needs a set-up
// of its clocks, pins and baud rate.

#ifndef EXAMPLES_CORTEX_M_BOARD_HPP
#define EXAMPLES_CORTEX_M_BOARD_HPP

#include <socks/machine/run.hpp>

namespace board {

/// Milliseconds since the reset, in steps of 100. SysTick counts them.
uint32_t now();

class deadline {
  public:
    constexpr deadline() = default;  // never
    explicit deadline(uint32_t milliseconds) : end_(now() + milliseconds), set_(true) {}

    [[nodiscard]] bool passed() const { return set_ && static_cast<int32_t>(now() - end_) >= 0; }

  private:
    uint32_t end_ = 0;
    bool set_ = false;
};

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

/// Waits for an interrupt, for at most 100 milliseconds.
void sleep();

}  // namespace board

#endif
