// Room to write in holds nothing to read yet.
// says: conversion from .*buffer.* to .*bytes

#include <socks/socks.hpp>

size_t received(socks::buffer room, size_t n) {
#if defined(REFUSED)
    static_cast<void>(n);
    const socks::bytes in = room;
#else
    const socks::bytes in{room.data(), n};
#endif
    return in.size();
}
