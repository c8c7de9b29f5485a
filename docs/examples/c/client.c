// A SOCKS5 client in C. It sends standard input to a destination through a proxy, and copies the answer to
// standard output. It uses the library through socks_c.h.
//
//     client 127.0.0.1:1080 files.example.com:80 [USER PASSWORD]

#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "net.h"

enum { handshake_ms = 10000 };  // for connecting and the handshake together

static int fail(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("client: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return 1;
}

struct input {
    char* data;
    size_t size;
};

// Reads standard input to its end. @returns false, with errno set, if that fails.
static bool read_input(struct input* in) {
    for (size_t capacity = 0;;) {
        if (in->size == capacity) {
            capacity = capacity == 0 ? 65536 : 2 * capacity;
            char* const larger = realloc(in->data, capacity);
            if (larger == NULL) return false;
            in->data = larger;
        }
        const ssize_t n = read(STDIN_FILENO, in->data + in->size, capacity - in->size);
        if (n == 0) return true;
        if (n > 0)
            in->size += (size_t)n;
        else if (errno != EINTR)
            return false;
    }
}

static bool write_output(const char* data, size_t size) {
    while (size != 0) {
        const ssize_t n = write(STDOUT_FILENO, data, size);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) {
            data += n;
            size -= (size_t)n;
        }
    }
    return true;
}

// Runs the handshake. It reads no byte of the destination. @returns the exit status.
static int shake_hands(int fd, const socks_request* request, int64_t deadline) {
    socks_client client;
    socks_client_init(&client);
    for (;;) {
        const socks_client_action now = socks_client_step(&client, request);
        short events = POLLIN;
        ssize_t n = 0;
        switch (now.next) {
            case SOCKS_CLIENT_SEND:
                events = POLLOUT;
                n = send(fd, now.data.data, now.data.size, MSG_NOSIGNAL);
                if (n >= 0) socks_client_sent(&client, (size_t)n);
                break;
            case SOCKS_CLIENT_RECV:
                n = recv(fd, now.room.data, now.room.capacity, 0);
                if (n > 0) socks_client_received(&client, (size_t)n);
                if (n == 0) socks_client_end_of_stream(&client);
                break;
            case SOCKS_CLIENT_BOUND: break;  // only for SOCKS_BIND
            case SOCKS_CLIENT_DONE: return 0;
            case SOCKS_CLIENT_FAIL: {
                char text[SOCKS_MAX_FAILURE_TEXT];
                return fail("%s", socks_describe(&now.failure, text));
            }
        }
        if (n >= 0 || errno == EINTR || (would_block() && wait_for(fd, events, deadline))) continue;
        if (errno == ETIMEDOUT) return fail("timed out %s", socks_client_state(&client));
        socks_client_failed(&client, SOCKS_ERROR_STREAM_FAILED);
    }
}

// Sends the input and copies what arrives, until the end of the stream. @returns the exit status.
static int relay(int fd, const struct input* in) {
    size_t sent = 0;
    int send_error = 0;
    for (;;) {
        struct pollfd socket = {.fd = fd, .events = POLLIN};
        if (sent != in->size) socket.events |= POLLOUT;
        if (poll(&socket, 1, -1) < 0 && errno != EINTR) return fail("the tunnel failed: %s", strerror(errno));
        if (sent != in->size) {
            const ssize_t n = send(fd, in->data + sent, in->size - sent, MSG_NOSIGNAL);
            if (n >= 0) {
                sent += (size_t)n;
            } else if (!would_block() && errno != EINTR) {
                send_error = errno;  // first copy what has arrived
                sent = in->size;
            }
        }
        char room[65536];
        const ssize_t n = recv(fd, room, sizeof room, 0);
        if (n > 0 && !write_output(room, (size_t)n)) return fail("cannot write: %s", strerror(errno));
        if (n < 0 && !would_block() && errno != EINTR) return fail("the tunnel failed: %s", strerror(errno));
        if (n == 0) return send_error == 0 ? 0 : fail("the tunnel failed: %s", strerror(send_error));
    }
}

// Connects to the proxy, runs the handshake, and relays. @returns the exit status.
static int run(const socks_endpoint* proxy, const socks_request* request, const struct input* in) {
    const int64_t deadline = now_ms() + handshake_ms;
    struct sockaddr_storage address;
    const socklen_t size = to_sockaddr(proxy, &address);
    const int fd = dial((const struct sockaddr*)&address, size, deadline);
    if (fd < 0 && errno == ETIMEDOUT) return fail("timed out connecting to the proxy");
    if (fd < 0) return fail("cannot connect to the proxy: %s", strerror(errno));
    int status = shake_hands(fd, request, deadline);
    if (status == 0) status = relay(fd, in);
    close(fd);
    return status;
}

int main(int argc, char** argv) {
    socks_endpoint proxy;
    socks_request request = {.version = SOCKS_VERSION_5};
    if ((argc != 3 && argc != 5) || socks_parse_endpoint(argv[1], &proxy) != SOCKS_ERROR_NONE ||
        proxy.kind == SOCKS_HOST_NAME || socks_parse_endpoint(argv[2], &request.to) != SOCKS_ERROR_NONE) {
        fputs("usage: client ADDRESS:PORT DESTINATION:PORT [USER PASSWORD]\n", stderr);
        return 2;
    }
    if (argc == 5) {
        request.user = socks_text(argv[3]);
        request.password = socks_text(argv[4]);
    }
    signal(SIGPIPE, SIG_IGN);  // a write to a closed pipe is an error, not a signal
    struct input in = {NULL, 0};
    const int status =
        read_input(&in) ? run(&proxy, &request, &in) : fail("cannot read: %s", strerror(errno));
    free(in.data);
    return status;
}
