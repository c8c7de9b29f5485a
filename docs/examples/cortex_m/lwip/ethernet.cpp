#include "ethernet.hpp"

#include <lwip/etharp.h>
#include <lwip/ethip6.h>
#include <string.h>

#include "../board.hpp"

namespace {

struct controller {
    uint32_t interrupts;  // reads the pending ones, writes acknowledge them
    uint32_t interrupt_mask;
    uint32_t receive_control;
    uint32_t transmit_control;
    uint32_t data;  // a FIFO in both directions
    uint32_t address[2];
    uint32_t unused[6];
    uint32_t packets;  // frames in the receive FIFO
    uint32_t transmit_request;
};
volatile controller& mac() { return board::at<controller>(0x40048000); }

constexpr uint32_t frame_received = 1;  // interrupts
constexpr size_t max_frame = 1514;
constexpr uint8_t address[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

// The FIFO takes words. Before the frame it takes two bytes: the size without the header.
err_t transmit(netif*, pbuf* frame) {
    static uint8_t bytes[2 + max_frame + 3];
    if (frame->tot_len > max_frame) return ERR_BUF;
    const auto payload = static_cast<uint16_t>(frame->tot_len - SIZEOF_ETH_HDR);
    memcpy(bytes, &payload, 2);
    pbuf_copy_partial(frame, bytes + 2, frame->tot_len, 0);
    while ((mac().transmit_request & 1) != 0) {
    }
    for (size_t i = 0; i < 2U + frame->tot_len; i += 4) {
        uint32_t word = 0;
        memcpy(&word, bytes + i, 4);
        mac().data = word;
    }
    mac().transmit_request = 1;
    return ERR_OK;
}

// The FIFO has two bytes of size, which counts them too, then the frame and four bytes of checksum.
pbuf* receive() {
    static uint8_t bytes[2 + max_frame + 4 + 3];
    size_t size = 4;
    for (size_t i = 0; i < size; i += 4) {
        const uint32_t word = mac().data;
        if (i == 0) size = word & 0xffff;
        if (i + 4 <= sizeof bytes) memcpy(bytes + i, &word, 4);
    }
    if (size < 2 + SIZEOF_ETH_HDR + 4 || size > 2 + max_frame + 4) return nullptr;
    const auto length = static_cast<u16_t>(size - 6);
    pbuf* const frame = pbuf_alloc(PBUF_RAW, length, PBUF_POOL);
    if (frame != nullptr) pbuf_take(frame, bytes + 2, length);
    return frame;
}

}  // namespace

// Only ends the sleep. wait() enables the interrupt again.
void ethernet_interrupt() { mac().interrupt_mask = 0; }

namespace ethernet {

err_t start(netif* interface) {
    interface->name[0] = 'e';
    interface->name[1] = 'n';
    interface->mtu = 1500;
    interface->hwaddr_len = sizeof address;
    memcpy(interface->hwaddr, address, sizeof address);
    interface->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    interface->output = etharp_output;
    interface->output_ip6 = ethip6_output;
    interface->linkoutput = transmit;

    uint32_t words[2] = {};
    memcpy(words, address, sizeof address);
    mac().address[0] = words[0];
    mac().address[1] = words[1];
    mac().transmit_control = 0x17;  // full duplex, checksum, padding, on
    mac().receive_control = 0x13;   // reset the FIFO, multicast, on
    board::enable_interrupt(42);
    return ERR_OK;
}

void poll(netif* interface) {
    mac().interrupts = frame_received;  // first, so that a frame that arrives now interrupts again
    while (mac().packets != 0) {
        pbuf* const frame = receive();
        if (frame != nullptr && interface->input(frame, interface) != ERR_OK) pbuf_free(frame);
    }
}

void wait() {
    const board::without_interrupts between_test_and_sleep;
    mac().interrupt_mask = frame_received;
    if (mac().packets == 0) board::sleep();
}

}  // namespace ethernet
