// The second unit of the program that includes everything: what both define must be one and the same.

#include <socks/socks.hpp>

#include "handshake.hpp"

int main() {
    const bool is_one = wildcard() == static_cast<const void*>(&socks::unspecified_ipv4);
    return is_one && handshake_succeeds() ? 0 : 1;
}
