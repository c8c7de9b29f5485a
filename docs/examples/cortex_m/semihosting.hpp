// Arguments, stdin, stdout, stderr and the exit status, which the debugger (here QEMU) provides.

#ifndef EXAMPLES_CORTEX_M_SEMIHOSTING_HPP
#define EXAMPLES_CORTEX_M_SEMIHOSTING_HPP

#include <socks/core/bytes.hpp>

namespace semihosting {

enum class operation : uint32_t { open = 0x01, write = 0x05, read = 0x06, command_line = 0x15, exit = 0x20 };

inline uint32_t call(operation what, const void* parameters) {
    register auto r0 asm("r0") = static_cast<uint32_t>(what);
    register const void* r1 asm("r1") = parameters;
    asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

inline uint32_t word(const void* pointer) { return reinterpret_cast<uint32_t>(pointer); }

/// The handle of stdin with the mode "r", of stdout with "w", and of stderr with "a", as fopen names them.
enum class mode : uint32_t { r = 0, w = 4, a = 8 };
inline uint32_t open_console(mode m) {
    const uint32_t parameters[] = {word(":tt"), static_cast<uint32_t>(m), 3};
    return call(operation::open, parameters);
}

/// Reads from stdin. @returns 0 at its end.
inline size_t input(socks::buffer room) {
    static const uint32_t handle = open_console(mode::r);
    const uint32_t parameters[] = {handle, word(room.data()), room.capacity()};
    return room.capacity() - call(operation::read, parameters);  // the result is what was not read
}

/// Writes to stdout. @returns false if it cannot be written.
inline bool print(socks::bytes data) {
    static const uint32_t handle = open_console(mode::w);
    const uint32_t parameters[] = {handle, word(data.data()), data.size()};
    return call(operation::write, parameters) == 0;  // the result is what was not written
}

inline void print_error(const char* text) {
    static const uint32_t handle = open_console(mode::a);
    size_t n = 0;
    while (text[n] != '\0') ++n;
    const uint32_t parameters[] = {handle, word(text), n};
    call(operation::write, parameters);
}

/// Writes a line to stderr. @returns the exit status 1.
inline int report_failure(const char* program, const char* what, const char* why) {
    print_error(program);
    print_error(": ");
    print_error(what);
    print_error(why);
    print_error("\n");
    return 1;
}

/// The arguments, in `room`. @returns nothing if they do not fit.
inline socks::bytes command_line(socks::buffer room) {
    uint32_t parameters[] = {word(room.data()), room.capacity()};
    if (call(operation::command_line, parameters) != 0) return {};
    return {room.data(), parameters[1]};
}

/// The first line of `text`, which is removed from it. Each argument is a line; see run.sh.
inline socks::bytes next_line(socks::bytes& text) {
    size_t n = 0;
    while (n < text.size() && text[n] != '\n') ++n;
    const socks::bytes line = text.first(n);
    text = text.subspan(n < text.size() ? n + 1 : n);
    return line;
}

[[noreturn]] inline void exit(int status) {
    const uint32_t parameters[] = {0x20026, static_cast<uint32_t>(status)};  // the application has ended
    for (;;) call(operation::exit, parameters);
}

}  // namespace semihosting

#endif
