// From the reset to main(): the vectors, the memory and the clock.

#include "board.hpp"
#include "semihosting.hpp"

extern "C" {
extern uint32_t stack_top, data_in_flash, data_begin, data_end, bss_begin, bss_end;  // of image.ld
}

namespace {

void fault() {
    semihosting::print_error("the processor reports a fault\n");
    semihosting::exit(1);
}

// The period of SysTick. It is long, because an emulator that is late loses interrupts, and then time.
constexpr uint32_t tick = 100;      // milliseconds
constexpr uint32_t clock = 12'500;  // cycles of the processor in a millisecond
volatile uint32_t milliseconds = 0;

void tick_passed() { milliseconds = milliseconds + tick; }

void reset() {
    const uint32_t* from = &data_in_flash;
    for (uint32_t* to = &data_begin; to < &data_end;) *to++ = *from++;
    for (uint32_t* to = &bss_begin; to < &bss_end;) *to++ = 0;

    board::at<uint32_t>(0xE000E014) = clock * tick - 1;  // SysTick: the period,
    board::at<uint32_t>(0xE000E018) = 0;                 // the current value,
    board::at<uint32_t>(0xE000E010) = 7;  // start, with interrupts, by the clock of the processor
    semihosting::exit(main());
}

using handler = void();
struct vector_table {
    uint32_t* stack = &stack_top;
    handler* exceptions[15] = {reset, fault, fault, fault, fault, fault, fault,      fault,
                               fault, fault, fault, fault, fault, fault, tick_passed};
    handler* interrupts[44] = {};
    constexpr vector_table() {
        for (handler*& h : interrupts) h = fault;
        interrupts[5] = uart0_interrupt;
        interrupts[6] = uart1_interrupt;
        interrupts[42] = ethernet_interrupt;
    }
};
[[gnu::section(".vectors"), gnu::used]] constinit const vector_table vectors;

}  // namespace

// An image defines those that it uses.
[[gnu::weak]] void uart0_interrupt() { fault(); }
[[gnu::weak]] void uart1_interrupt() { fault(); }
[[gnu::weak]] void ethernet_interrupt() { fault(); }

uint32_t board::now() { return milliseconds; }
