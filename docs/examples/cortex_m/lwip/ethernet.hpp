// The Ethernet controller of the LM3S6965 as an interface of lwIP.

#ifndef EXAMPLES_CORTEX_M_ETHERNET_HPP
#define EXAMPLES_CORTEX_M_ETHERNET_HPP

#include <lwip/netif.h>

namespace ethernet {

/// Starts the controller; the function for netif_add().
err_t start(netif* interface);

/// Passes the received frames to lwIP.
void poll(netif* interface);

/// Waits for a frame, for at most 100 milliseconds.
void wait();

}  // namespace ethernet

#endif
