#include "board.hpp"

#include "semihosting.hpp"

extern "C" {
extern uint32_t stack_top, data_in_flash, data_begin, data_end, bss_begin, bss_end;
}

int main();

namespace {

template <class T>
volatile T& at(uint32_t address) {
    return *reinterpret_cast<volatile T*>(address);
}

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

volatile pl011& data_line() { return at<pl011>(0x4000C000); }
volatile pl011& carrier_line() { return at<pl011>(0x4000D000); }

// The period of SysTick. It is long, because an emulator that is late loses interrupts, and then time.
constexpr uint32_t tick = 100;  // milliseconds
volatile uint32_t milliseconds = 0;

volatile board::carrier reported = board::carrier::none;

// Bytes that the interrupt has received and the task has not taken yet. If the ring is full, the interrupt is
// masked, and the flow control of the line stops the modem.
constexpr uint32_t ring_size = 48;
volatile char ring[ring_size];
volatile uint32_t ring_written = 0;  // changed by the interrupt only
volatile uint32_t ring_taken = 0;    // changed by the task only

void tick_passed() { milliseconds = milliseconds + tick; }

void letter_arrived() {
    while ((carrier_line().flags & nothing_received) == 0)
        reported = static_cast<board::carrier>(carrier_line().data);
}

void bytes_arrived() {
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

size_t take(socks::buffer room) {
    size_t n = 0;
    for (uint32_t taken = ring_taken; n < room.capacity() && taken != ring_written; ++n) {
        room.data()[n] = ring[taken % ring_size];
        ring_taken = ++taken;
    }
    data_line().interrupt_mask = receive_interrupt;
    return n;
}

void start(volatile pl011& uart) {
    uart.line_control = fifo_of_8_bits;
    uart.control = enabled;
    uart.interrupt_mask = receive_interrupt;
}

void fault() {
    semihosting::print_error("the processor reports a fault\n");
    semihosting::exit(1);
}

void reset() {
    const uint32_t* from = &data_in_flash;
    for (uint32_t* to = &data_begin; to < &data_end;) *to++ = *from++;
    for (uint32_t* to = &bss_begin; to < &bss_end;) *to++ = 0;

    constexpr uint32_t clock = 12'500;            // cycles in a millisecond
    at<uint32_t>(0xE000E014) = clock * tick - 1;  // SysTick: the period,
    at<uint32_t>(0xE000E018) = 0;                 // the current value,
    at<uint32_t>(0xE000E010) = 7;                 // start, with interrupts, by the clock of the processor

    start(data_line());
    start(carrier_line());
    at<uint32_t>(0xE000E100) = 1U << 5 | 1U << 6;  // NVIC: both UARTs
    semihosting::exit(main());
}

using handler = void();
struct {
    uint32_t* stack = &stack_top;
    handler* exceptions[15] = {reset, fault, fault, fault, fault, fault, fault,      fault,
                               fault, fault, fault, fault, fault, fault, tick_passed};
    handler* interrupts[7] = {fault, fault, fault, fault, fault, bytes_arrived, letter_arrived};
} const vectors [[gnu::section(".vectors"), gnu::used]];

}  // namespace

namespace board {

uint32_t now() { return milliseconds; }

void sleep() { asm volatile("wfi" ::: "memory"); }

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
        // While interrupts are off, none can come between the test and wfi. An interrupt still ends wfi.
        asm volatile("cpsid i" ::: "memory");
        if (ring_taken == ring_written && modem() == before) sleep();
        asm volatile("cpsie i" ::: "memory");
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

}  // namespace board
