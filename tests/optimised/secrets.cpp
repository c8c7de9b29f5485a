// What the optimiser must leave alone: the time of comparing secrets, and the zeros over those that are done
// with. Built at every level of optimisation.

#include "../check.hpp"
#include "traced.hpp"

namespace {

using socks::bytes;

char room[1024];

// Both halves of its input.
size_t compare(bytes both) {
    const size_t half = both.size() / 2;
    return socks::constant_time_equal(both.first(half), both.subspan(half)) ? 1 : 0;
}

// A first byte that says how long the first secret is, and both secrets.
size_t compare_uneven(bytes both) {
    const bytes secrets = both.subspan(1);
    return socks::constant_time_equal(secrets.first(both[0]), secrets.subspan(both[0])) ? 1 : 0;
}

void comparing_secrets_of_one_length_takes_one_number_of_instructions(check& t) {
    for (const size_t size : {1U, 2U, 7U, 8U, 9U, 16U, 33U, 40U}) {
        for (size_t i = 0; i < 2 * size; ++i) room[i] = 'a';
        const bytes both(room, 2 * size);
        const uint64_t same = traced::instructions(compare, both);
        t.ok(same > size);
        for (const size_t i : {size_t{0}, size / 2, size - 1}) {
            for (const char c : {'b', '\0', '\xff'}) {
                room[i] = c;
                t.ok(traced::instructions(compare, both) == same);
            }
            room[i] = 'a';
        }
        for (size_t i = 0; i < size; ++i) room[i] = 'b';
        t.ok(traced::instructions(compare, both) == same);
    }
}
RUN(comparing_secrets_of_one_length_takes_one_number_of_instructions)

void comparing_secrets_of_two_lengths_takes_one_number_of_instructions(check& t) {
    const uint64_t one_byte = traced::instructions(compare_uneven, bytes("\0a"));
    for (const char first : {'\0', '\3', '\20'}) {
        const bytes both(room, 1 + size_t{16});
        room[0] = first;
        for (size_t i = 1; i < both.size(); ++i) room[i] = 'a';
        const uint64_t equal_in_part = traced::instructions(compare_uneven, both);
        t.ok(equal_in_part > 16 && equal_in_part > one_byte);
        for (const size_t i : {1U, 4U, 16U}) {
            room[i] = 'b';
            t.ok(traced::instructions(compare_uneven, both) == equal_in_part);
            room[i] = 'a';
        }
    }
}
RUN(comparing_secrets_of_two_lengths_takes_one_number_of_instructions)

// Secrets are made where they are used, of a pattern that is nowhere else; the key says which.
char at(size_t key, size_t i) { return static_cast<char>((i * i * 31 + i * 7 + key * 89) >> 3); }

// Opaque to the compiler: neither what it writes nor that it reads is known.
[[gnu::noinline]] void fill(char* to, size_t size, size_t key) {
    for (size_t i = 0; i < size; ++i) to[i] = at(key, i);
    asm volatile("" : : "r"(to) : "memory");
}

bool is_left(traced::function f, size_t key) {
    char name[] = {static_cast<char>(key)};
    const traced::child c(f, bytes(name, 1));
    if (!c.ran()) return true;
    char secret[8];
    for (size_t from = 0; from + sizeof secret <= 500; ++from) {
        for (size_t i = 0; i < sizeof secret; ++i) secret[i] = at(key, from + i);
        if (c.left_on_stack(bytes(secret, sizeof secret))) return true;
    }
    return false;
}

size_t forget(bytes key) {
    char secret[500];
    fill(secret, sizeof secret, key[0]);
    return 1;
}

size_t wipe(bytes key) {
    char secret[500];
    fill(secret, sizeof secret, key[0]);
    socks::wipe(secret);
    return 1;
}

template <class Box>
size_t clear(bytes key) {
    Box box;
    const socks::buffer to = box.prepare();
    fill(to.data(), to.capacity(), key[0]);
    box.commit(to.capacity());
    box.clear();
    return 1;
}

size_t clear_fixed_bytes(bytes key) {
    char secret[500];
    socks::fixed_bytes<500> copy;
    fill(secret, sizeof secret, key[0]);
    const bool fits = copy.store(bytes(secret, sizeof secret));
    asm volatile("" : : "r"(&copy) : "memory");
    copy.clear();
    socks::wipe(secret);
    return fits ? 1 : 0;
}

void what_was_wiped_is_not_left_on_the_stack(check& t) {
    t.ok(is_left(forget, 1));  // or nothing could be seen
    t.ok(!is_left(wipe, 2));
    t.ok(!is_left(clear<socks::inbox<500>>, 3));
    t.ok(!is_left(clear<socks::outbox<500>>, 4));
    t.ok(!is_left(clear_fixed_bytes, 5));
}
RUN(what_was_wiped_is_not_left_on_the_stack)

}  // namespace
