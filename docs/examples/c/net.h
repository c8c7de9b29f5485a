// What client.c and server.c need of POSIX: socket addresses, deadlines, and sockets that do not block.

#ifndef NET_H
#define NET_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "socks_c.h"

/// The socket address of an endpoint that is an address. @returns its size, or 0 for a name or no host.
static inline socklen_t to_sockaddr(const socks_endpoint* from, struct sockaddr_storage* to) {
    struct sockaddr_in* const four = (struct sockaddr_in*)to;
    struct sockaddr_in6* const six = (struct sockaddr_in6*)to;
    memset(to, 0, sizeof *to);
    switch (from->kind) {
        case SOCKS_HOST_IPV4:
            four->sin_family = AF_INET;
            four->sin_port = htons(from->port);
            memcpy(&four->sin_addr, from->address, sizeof four->sin_addr);
            return sizeof *four;
        case SOCKS_HOST_IPV6:
            six->sin6_family = AF_INET6;
            six->sin6_port = htons(from->port);
            memcpy(&six->sin6_addr, from->address, sizeof six->sin6_addr);
            return sizeof *six;
        case SOCKS_HOST_NAME:
        case SOCKS_HOST_NONE: break;
    }
    return 0;
}

/// The local address of a socket; without a host if the system does not report it.
static inline socks_endpoint local_endpoint(int fd) {
    socks_endpoint local = {.kind = SOCKS_HOST_NONE};
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    if (getsockname(fd, (struct sockaddr*)&from, &size) != 0) return local;
    if (from.ss_family == AF_INET) {
        const struct sockaddr_in* const four = (const struct sockaddr_in*)&from;
        local.kind = SOCKS_HOST_IPV4;
        local.port = ntohs(four->sin_port);
        memcpy(local.address, &four->sin_addr, sizeof four->sin_addr);
    } else if (from.ss_family == AF_INET6) {
        const struct sockaddr_in6* const six = (const struct sockaddr_in6*)&from;
        local.kind = SOCKS_HOST_IPV6;
        local.port = ntohs(six->sin6_port);
        memcpy(local.address, &six->sin6_addr, sizeof six->sin6_addr);
    }
    return local;
}

/// Milliseconds of a clock that nobody sets.
static inline int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/// Waits until a socket is ready for `events`. @returns false, with errno set, if the deadline passes first.
static inline bool wait_for(int fd, short events, int64_t deadline) {
    for (;;) {
        struct pollfd socket = {.fd = fd, .events = events};
        const int64_t left = deadline - now_ms();
        const int ready = left > 0 ? poll(&socket, 1, (int)left) : 0;
        if (ready > 0) return true;
        if (ready == 0) errno = ETIMEDOUT;
        if (ready == 0 || errno != EINTR) return false;
    }
}

static inline bool would_block(void) { return errno == EAGAIN || errno == EWOULDBLOCK; }

static inline bool set_nonblocking(int fd) {
    const int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/// Connects a socket that does not block. @returns 0 or the value of errno.
static inline int connect_until(int fd, const struct sockaddr* to, socklen_t size, int64_t deadline) {
    if (connect(fd, to, size) == 0) return 0;
    if ((errno != EINPROGRESS && errno != EINTR) || !wait_for(fd, POLLOUT, deadline)) return errno;
    int error = 0;
    socklen_t error_size = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size) == 0 ? error : errno;
}

/// A new connection, on a socket that does not block. @returns -1, with errno set, if that fails.
static inline int dial(const struct sockaddr* to, socklen_t size, int64_t deadline) {
    const int fd = socket(to->sa_family, SOCK_STREAM, 0);
    if (fd < 0) return -1;
    const int error = set_nonblocking(fd) ? connect_until(fd, to, size, deadline) : errno;
    if (error == 0) return fd;
    close(fd);
    errno = error;
    return -1;
}

#endif
