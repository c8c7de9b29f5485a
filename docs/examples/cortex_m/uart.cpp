#include "uart.hpp"

namespace {

// A PL011, the UART of this processor, as far as it is used here.
struct pl011 {
    uint32_t data;
    uint32_t unused0[5];
    uint32_t flags;
    uint32_t unused1[4];
    uint32_t line_control;
    uint32_t control;
    uint32_t unused2;
    uint32_t interrupt_mask;
};
constexpr uint32_t nothing_received = 1U << 4;   // flags
constexpr uint32_t cannot_transmit = 1U << 5;    // flags
constexpr uint32_t fifo_of_8_bits = 0x70;        // line_control
constexpr uint32_t enabled = 0x301;              // control
constexpr uint32_t receive_interrupt = 1U << 4;  // interrupt_mask

volatile pl011& data_line() { return board::at<pl011>(0x4000C000); }
volatile pl011& carrier_line() { return board::at<pl011>(0x4000D000); }

// Bytes that the interrupt has received and the task has not taken yet. If the ring is full, the interrupt is
// masked, and the flow control of the line stops the modem.
constexpr uint32_t ring_size = 48;
volatile char ring[ring_size];
volatile uint32_t ring_written = 0;  // changed by the interrupt only
volatile uint32_t ring_taken = 0;    // changed by the task only

volatile uart::carrier reported = uart::carrier::none;

size_t take(socks::buffer room) {
    size_t n = 0;
    for (uint32_t taken = ring_taken; n < room.capacity() && taken != ring_written; ++n) {
        room.data()[n] = ring[taken % ring_size];
        ring_taken = ++taken;
    }
    data_line().interrupt_mask = receive_interrupt;
    return n;
}

void enable(volatile pl011& line) {
    line.line_control = fifo_of_8_bits;
    line.control = enabled;
    line.interrupt_mask = receive_interrupt;
}

}  // namespace

void uart0_interrupt() {
    while ((data_line().flags & nothing_received) == 0) {
        const uint32_t written = ring_written;
        if (written - ring_taken == ring_size) {
            data_line().interrupt_mask = 0;
            return;
        }
        ring[written % ring_size] = static_cast<char>(data_line().data);
        ring_written = written + 1;
    }
}

void uart1_interrupt() {
    while ((carrier_line().flags & nothing_received) == 0)
        reported = static_cast<uart::carrier>(carrier_line().data);
}

namespace uart {

void start() {
    enable(data_line());
    enable(carrier_line());
    board::enable_interrupt(5);
    board::enable_interrupt(6);
}

carrier modem() { return reported; }

socks::io_result receive(socks::buffer room, const deadline& end) {
    for (;;) {
        // In this order, no byte is missed. A byte goes from the UART to the ring, and the modem reports the
        // end after the last byte.
        const carrier before = modem();
        const bool in_uart = (data_line().flags & nothing_received) == 0;
        if (const size_t n = take(room)) return n;
        if (in_uart) continue;
        if (before == carrier::ended) return 0U;
        if (before == carrier::reset) return socks::errc::stream_failed;
        if (end.passed()) return socks::io::would_block;
        const board::without_interrupts between_test_and_sleep;
        if (ring_taken == ring_written && modem() == before) board::sleep();
    }
}

socks::io_result transmit(socks::bytes data, const deadline& end) {
    for (const uint8_t byte : data) {
        while ((data_line().flags & cannot_transmit) != 0)
            if (end.passed()) return socks::io::would_block;
        data_line().data = byte;
    }
    if (modem() == carrier::reset) return socks::errc::stream_failed;
    return data.size();
}

}  // namespace uart
