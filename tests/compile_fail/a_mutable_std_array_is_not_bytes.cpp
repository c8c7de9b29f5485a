// Its size says how much room there is, not how much was received.
// says: conversion from .*array.* to .*bytes

#include <array>
#include <socks/socks.hpp>

size_t received() {
    std::array<char, 3> bytes{5, 1, 0};
#if defined(REFUSED)
    const socks::bytes in = bytes;
#else
    const std::array<char, 3>& filled = bytes;
    const socks::bytes in = filled;
#endif
    return in.size();
}
