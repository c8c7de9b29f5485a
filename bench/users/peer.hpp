// The functions that docs/guides/loops.md leaves to you, over memory. They are compiled in a unit of their
// own, because the compiler knows as little about a system call.

#ifndef SOCKS_BENCH_USERS_PEER_HPP
#define SOCKS_BENCH_USERS_PEER_HPP

#include "users.hpp"

namespace bench {

// Begins a row: what read_some() returns is the input of the sample, and what is written goes to its output.
// `with` is what the program of a server knows, or null.
int open_peer(const sample&, const service* with = nullptr);

// Ends it: what was written, and what relay() and dial() were told.
outcome close_peer(int fd);
inline outcome made(int fd, size_t digest) { return {close_peer(fd).made, digest}; }

size_t read_some(int fd, socks::buffer room);
size_t write_some(int fd, socks::bytes data);
void write_all(int fd, socks::bytes data);

bool known(socks::bytes user, socks::bytes password);
socks::reply dial(socks::command, const socks::endpoint& to);
void relay(int fd, const socks::reply&, socks::bytes early);
void relay(int fd, socks::bytes early);

// No handshake of the rows comes here.
void tell_peer(const socks::endpoint& bound);
void report(const socks::outcome& why);
template <class Inbox>
bool authenticate(socks::method, Inbox&) {
    return false;
}

}  // namespace bench

#endif
