// What each of these programs is made of: a handshake, and what the other unit sees of the library.

#ifndef CONSUME_HANDSHAKE_HPP
#define CONSUME_HANDSHAKE_HPP

/// Whether a client with a login reaches files.example.com through a server, both in memory.
bool handshake_succeeds() noexcept;

/// Where the library's constant is, seen from the unit that defines this.
const void* wildcard() noexcept;

#endif
