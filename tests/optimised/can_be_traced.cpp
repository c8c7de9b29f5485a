// Whether tests can be built and run that need traced.hpp: 0 if so.

#include "traced.hpp"

int main() {
    return traced::instructions([](socks::bytes in) { return in.size(); }, "x") != 0 ? 0 : 1;
}
