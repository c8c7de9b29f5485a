/* lwIP in a main loop, without an operating system, in 64 KiB of RAM: IPv4, IPv6 and TCP. */
#ifndef EXAMPLES_CORTEX_M_LWIPOPTS_H
#define EXAMPLES_CORTEX_M_LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0 /* the interrupt of the Ethernet does not call lwIP */
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_STATS 0

#define LWIP_IPV6 1
#define LWIP_UDP 0
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define LWIP_IPV6_FRAG 0
#define LWIP_IPV6_REASS 0
#define LWIP_IPV6_DHCP6 0
#define LWIP_IPV6_MLD 0
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 0

#define MEM_ALIGNMENT 4
#define MEM_SIZE (12 * 1024) /* what is queued for sending */
#define TCP_MSS 1440
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_WND (4 * TCP_MSS)
#define PBUF_POOL_SIZE 8 /* what is received: one frame for each */
#define MEMP_NUM_TCP_SEG 16
#define MEMP_NUM_TCP_PCB 2
#define MEMP_NUM_TCP_PCB_LISTEN 1

#endif
