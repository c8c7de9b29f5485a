// From reset to the verdict: runs every test of the image and hands the number of those that failed to the
// debugger, which is QEMU, whose exit code it becomes.

#include <stddef.h>
#include <stdint.h>

#include <catch2/catch.hpp>

extern "C" {

extern uint32_t stack_top, data_in_flash, data_begin, data_end, bss_begin, bss_end;
extern char heap_begin[];
extern const bare_test tests_begin[], tests_end[];

void* memcpy(void* to, const void* from, size_t n) {
    for (size_t i = 0; i < n; ++i) static_cast<char*>(to)[i] = static_cast<const char*>(from)[i];
    return to;
}

void* memset(void* to, int byte, size_t n) {
    for (size_t i = 0; i < n; ++i) static_cast<char*>(to)[i] = static_cast<char>(byte);
    return to;
}

void* memmove(void* to, const void* from, size_t n) {
    auto* const t = static_cast<char*>(to);
    const auto* const f = static_cast<const char*>(from);
    if (t < f) return memcpy(to, from, n);
    for (size_t i = n; i > 0; --i) t[i - 1] = f[i - 1];
    return to;
}

int memcmp(const void* a, const void* b, size_t n) {
    for (size_t i = 0; i < n; ++i) {
        const int difference =
            static_cast<const unsigned char*>(a)[i] - static_cast<const unsigned char*>(b)[i];
        if (difference != 0) return difference;
    }
    return 0;
}

}  // extern "C"

// The heap of the tests, which copy bytes into blocks of exact size: half of what the variables leave; the
// stack has the other half. The newest block is given back when it is deleted, others when nothing is in use
// any more.
namespace heap {
struct header {
    size_t below;  // what was used before this block
    size_t size;
};
size_t used = 0;
size_t blocks = 0;

char* begin() { return heap_begin; }
size_t room() { return static_cast<size_t>(reinterpret_cast<char*>(&stack_top) - begin()) / 2; }
}  // namespace heap

void* operator new[](size_t n) {
    const size_t size = sizeof(heap::header) + ((n + 7) & ~size_t{7});
    if (size > heap::room() - heap::used) __builtin_trap();
    auto* const h = reinterpret_cast<heap::header*>(heap::begin() + heap::used);
    *h = {heap::used, size};
    heap::used += size;
    ++heap::blocks;
    return h + 1;
}

void operator delete[](void* block) noexcept {
    if (block == nullptr) return;
    const heap::header h = static_cast<heap::header*>(block)[-1];
    if (h.below + h.size == heap::used) heap::used = h.below;
    if (--heap::blocks == 0) heap::used = 0;
}

void operator delete[](void* block, size_t) noexcept { operator delete[](block); }

namespace {

enum class service { write = 4, exit = 0x20 };

void semihost(service what, const void* about) {
    register int r0 asm("r0") = static_cast<int>(what);
    register const void* r1 asm("r1") = about;
    asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

[[noreturn]] void leave(uint32_t code) {
    const uint32_t block[] = {0x20026, code};  // the application ended, with this code
    semihost(service::exit, block);
    for (;;) {
    }
}

[[noreturn]] void fault() {
    semihost(service::write, "FAULT\n");
    leave(125);
}

[[noreturn]] void reset() {
    const uint32_t* from = &data_in_flash;
    for (uint32_t* to = &data_begin; to < &data_end;) *to++ = *from++;
    for (uint32_t* to = &bss_begin; to < &bss_end;) *to++ = 0;
    uint32_t failures = 0;
    if (+tests_begin == +tests_end) failures = 124;
    for (const bare_test* t = tests_begin; t < tests_end; ++t) {
        bare_failed = false;
        t->run();
        if (!bare_failed) continue;
        ++failures;
        semihost(service::write, "FAIL ");
        semihost(service::write, t->name);
        semihost(service::write, "\n");
    }
    leave(failures < 100 ? failures : 100);
}

using handler = void();
[[gnu::section(".vectors"), gnu::used]] handler* const vectors[16] = {
    reinterpret_cast<handler*>(&stack_top), reset, fault, fault, fault, fault, fault};

}  // namespace
