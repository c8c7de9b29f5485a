// The rows of the measurement: one for each contender of an operation. A row is a plain function over a
// sample that is opaque to the optimiser. It has the expected result.

#ifndef SOCKS_BENCH_BENCH_HPP
#define SOCKS_BENCH_BENCH_HPP

#include <cstddef>
#include <string>
#include <vector>

#include <socks/socks.hpp>

// Behind the parameters of a lambda: what is measured is one function, as the floor is.
#define INLINED __attribute__((always_inline))

namespace bench {

// From here on the compiler knows neither the value nor what memory holds.
template <class T>
inline void opaque(T& value) {
    asm volatile("" : "+r"(value) : : "memory");
}

// What a row works on. `in` is what the peer sent, `out` has room for whatever is made.
struct sample {
    const char* in = nullptr;
    size_t size = 0;
    size_t chunk = 0;  // bytes of `in` that become visible at a time
    char* out = nullptr;
    const void* with = nullptr;  // what else the operation is given: a request, a value to encode
};

// The bytes made go to sample.out; what was decoded goes into the result, so that it has to be decoded.
struct outcome {
    size_t made = 0;
    size_t digest = 0;
};
using operation = outcome (*)(const sample&);

struct row {
    std::string name;       // of the operation: all rows of a name do the same work
    std::string contender;  // ours, floor, memcpy
    operation run = nullptr;
    std::string in;
    size_t chunk = 0;  // 0: complete
    const void* with = nullptr;
    std::string out;    // the bytes that must be made
    size_t digest = 0;  // what must be decoded
    size_t times = 1;   // how often one call does the operation, with different data
};

// The bytes in and out once through memcpy, lengths unknown to the compiler: what moving them alone costs.
struct moved {
    const char* out;
    size_t size;
    size_t digest;
};
outcome copy(const sample&);

// For the life of the program: rows point to it.
template <class T>
const T* keep(const T& value) {
    return new T(value);
}

// The rows beside ours: the floor, and memcpy of the bytes.
void add_floor(std::vector<row>&, const std::string& name, operation floor, const std::string& in,
               const void* with, const std::string& out, size_t digest);

// A copy followed by a NUL, for the life of the program, at the begin of a cache line. The C library is
// slower near the end of a page, so the place of a text would change the figures.
char* apart(const std::string& text);

// All rows of a program: rows.cpp or users_rows.cpp.
void add_rows(std::vector<row>&);

// The rows of a file are added by its own function, in the order in which the table shows them.
void add_handshakes(std::vector<row>&);
void add_decoders(std::vector<row>&);
void add_encoders(std::vector<row>&);
void add_mappings(std::vector<row>&);
void add_users(std::vector<row>&);
void add_guides(std::vector<row>&);
void add_parts(std::vector<row>&);
void add_interleaved(std::vector<row>&);

// Folds what was decoded into one number, with a multiplication less than a hash would take.
constexpr size_t mix(size_t a, size_t b) { return (a << 5) + b; }

// "05 01 'text'" as bytes.
std::string unhex(const char* spelled);

}  // namespace bench

#endif
