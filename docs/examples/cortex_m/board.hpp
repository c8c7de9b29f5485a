// The LM3S6965 as QEMU emulates it: registers, clock and interrupts. A real board also needs a
// set-up of its clocks and pins.

#ifndef EXAMPLES_CORTEX_M_BOARD_HPP
#define EXAMPLES_CORTEX_M_BOARD_HPP

#include <stdint.h>

namespace board {

/// Milliseconds since the reset, in steps of 100. SysTick counts them.
uint32_t now();

/// Waits for an interrupt, for at most 100 milliseconds.
inline void sleep() { asm volatile("wfi" ::: "memory"); }

/// While an object of this type exists, no handler runs. An interrupt still ends sleep().
class without_interrupts {
  public:
    without_interrupts() { asm volatile("cpsid i" ::: "memory"); }
    ~without_interrupts() { asm volatile("cpsie i" ::: "memory"); }
    without_interrupts(const without_interrupts&) = delete;
    without_interrupts& operator=(const without_interrupts&) = delete;
};

template <class T>
volatile T& at(uint32_t address) {
    return *reinterpret_cast<volatile T*>(address);
}

inline void enable_interrupt(uint32_t number) {
    at<uint32_t>(0xE000E100 + number / 32 * 4) = 1U << number % 32;  // NVIC
}

}  // namespace board

// The handlers of an image.
extern "C" {
void uart0_interrupt();
void uart1_interrupt();
void ethernet_interrupt();
}

int main();

#endif
