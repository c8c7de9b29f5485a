// A SOCKS4, SOCKS4a and SOCKS5 server in C, with one thread for each connection. It uses the library through
// socks_c.h.
//
//     server 127.0.0.1:0 [USER PASSWORD]

#define _POSIX_C_SOURCE 200809L

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "net.h"

enum { handshake_ms = 10000, dial_ms = 10000, linger_ms = 2000 };

// The user name and password that clients must send; without data if they need none. No thread changes them.
static socks_bytes known_user;
static socks_bytes known_password;

// Closes a connection with a reset, so that what was cut off does not look finished.
static void reset(int fd) {
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

// Closes a connection after the peer has read the refusal. If unread bytes are left, close() alone sends a
// reset, which destroys the refusal.
static void close_gently(int fd) {
    const int64_t deadline = now_ms() + linger_ms;
    char discarded[4096];
    ssize_t n = shutdown(fd, SHUT_WR) == 0 ? 1 : 0;
    while (n > 0 && wait_for(fd, POLLIN, deadline)) {
        n = recv(fd, discarded, sizeof discarded, 0);
        if (n < 0 && (errno == EINTR || would_block())) n = 1;
    }
    close(fd);
}

// Connects to the destination of a request. @returns -1, with the reply code, if that fails.
static int reach(const socks_endpoint* to, int64_t deadline, socks_code* code) {
    struct sockaddr_storage address;
    const socklen_t size = to_sockaddr(to, &address);
    if (size != 0) {
        const int fd = dial((const struct sockaddr*)&address, size, deadline);
        *code = fd < 0 ? socks_code_for_errno(errno, to) : SOCKS_SUCCEEDED;
        return fd;
    }
    char port[6];
    snprintf(port, sizeof port, "%u", (unsigned)to->port);
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo* list;
    const int failed = getaddrinfo(to->name, port, &hints, &list);
    if (failed != 0) {
        *code = socks_code_for_getaddrinfo(failed, errno);
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo* a = list; a != NULL && fd < 0; a = a->ai_next) {
        fd = dial(a->ai_addr, a->ai_addrlen, deadline);
        *code = fd < 0 ? socks_code_for_errno(errno, NULL) : SOCKS_SUCCEEDED;
    }
    freeaddrinfo(list);
    return fd;
}

// Answers a request. Only CONNECT is supported. @returns the connection to the destination, or -1.
static int serve(socks_server* server, const socks_server_action* request) {
    socks_code code = SOCKS_COMMAND_NOT_SUPPORTED;
    int destination = -1;
    if (request->command == SOCKS_CONNECT) destination = reach(&request->to, now_ms() + dial_ms, &code);
    const socks_endpoint bound = local_endpoint(destination);
    socks_server_answer(server, code, &bound);
    return destination;
}

static bool is_known(socks_bytes user, socks_bytes password) {
    const bool same_user = socks_equal(user, known_user);
    const bool same_password = socks_equal(password, known_password);
    return same_user && same_password;
}

// Runs the handshake. @returns the connection to the destination. If the handshake fails, it closes `fd` and
// returns -1.
static int shake_hands(int fd, socks_server* server, socks_bytes* early) {
    int64_t deadline = now_ms() + handshake_ms;
    int destination = -1;
    bool has_received = false;
    for (;;) {
        const socks_server_action now = socks_server_step(server);
        short events = POLLIN;
        ssize_t n = 0;
        switch (now.next) {
            case SOCKS_SERVER_SEND:
                events = POLLOUT;
                n = send(fd, now.data.data, now.data.size, MSG_NOSIGNAL);
                if (n >= 0) socks_server_sent(server, (size_t)n);
                break;
            case SOCKS_SERVER_RECV:
                n = recv(fd, now.room.data, now.room.capacity, 0);
                if (n > 0) socks_server_received(server, (size_t)n);
                if (n == 0) socks_server_end_of_stream(server);
                has_received = has_received || n > 0;
                break;
            case SOCKS_SERVER_AUTHENTICATE:
                socks_server_authenticated(server, is_known(now.user, now.password));
                break;
            case SOCKS_SERVER_SERVE:
                destination = serve(server, &now);
                deadline = now_ms() + handshake_ms;  // for the reply
                break;
            case SOCKS_SERVER_NEGOTIATE: socks_server_negotiated(server, false); break;
            case SOCKS_SERVER_WAIT: break;  // does not occur, because every question is answered at once
            case SOCKS_SERVER_DONE: *early = now.data; return destination;
            case SOCKS_SERVER_FAIL: {
                char text[SOCKS_MAX_FAILURE_TEXT];
                if (has_received) fprintf(stderr, "server: %s\n", socks_describe(&now.failure, text));
                if (destination >= 0) close(destination);
                close_gently(fd);
                return -1;
            }
        }
        if (n >= 0 || errno == EINTR || (would_block() && wait_for(fd, events, deadline))) continue;
        if (errno == ETIMEDOUT) {
            fprintf(stderr, "server: timed out %s\n", socks_server_state(server));
            if (destination >= 0) close(destination);
            close(fd);
            return -1;
        }
        socks_server_failed(server, SOCKS_ERROR_STREAM_FAILED);
    }
}

// One way of a relay. It reads no more before the bytes that it has read are sent.
struct way {
    int from, to;
    size_t begin, end;  // the bytes that are not sent yet
    bool ended;         // the end of the stream was read and passed on
    char bytes[32768];
};

// Moves what can be moved now. @returns false if one of the two connections failed.
static bool carry(struct way* w) {
    if (w->begin == w->end && !w->ended) {
        const ssize_t n = recv(w->from, w->bytes, sizeof w->bytes, 0);
        if (n < 0) return would_block() || errno == EINTR;
        w->ended = n == 0;
        if (w->ended) return shutdown(w->to, SHUT_WR) == 0;
        w->begin = 0;
        w->end = (size_t)n;
    }
    if (w->begin != w->end) {
        const ssize_t n = send(w->to, w->bytes + w->begin, w->end - w->begin, MSG_NOSIGNAL);
        if (n < 0) return would_block() || errno == EINTR;
        w->begin += (size_t)n;
    }
    return true;
}

// What to wait for on the socket that `away` reads from and `back` writes to. Without events, poll() still
// reports a reset. After the end of `back`, it would also report the end of the peer, so ignore the socket.
static struct pollfd watch(const struct way* away, const struct way* back) {
    struct pollfd socket = {.fd = away->from, .events = 0};
    if (away->begin == away->end && !away->ended) socket.events |= POLLIN;
    if (back->begin != back->end) socket.events |= POLLOUT;
    if (socket.events == 0 && back->ended) socket.fd = -1;
    return socket;
}

// Relays both ways until both have ended, and closes both connections. If one fails, it resets both.
static void relay(struct way* up, struct way* down) {
    bool intact = true;
    while (intact && !(up->ended && down->ended)) {
        struct pollfd sockets[] = {watch(up, down), watch(down, up)};
        const int ready = poll(sockets, 2, -1);
        if (ready < 0 && errno == EINTR) continue;
        intact = ready >= 0 && carry(up) && carry(down);
        for (int i = 0; i < 2; ++i)
            if (sockets[i].events == 0 && sockets[i].revents != 0) intact = false;
    }
    if (intact) {
        close(up->from);
        close(down->from);
    } else {
        reset(up->from);
        reset(down->from);
    }
}

static void* run_connection(void* argument) {
    const int fd = (int)(intptr_t)argument;
    const uint8_t method = known_user.data == NULL ? SOCKS_METHOD_NONE : SOCKS_METHOD_USERNAME_PASSWORD;
    socks_server server;
    socks_server_init(&server, &method, 1);
    socks_bytes early;
    const int destination = shake_hands(fd, &server, &early);
    if (destination < 0) {
        socks_server_wipe(&server);
        return NULL;
    }
    struct way up = {.from = fd, .to = destination, .end = early.size};
    struct way down = {.from = destination, .to = fd};
    memcpy(up.bytes, early.data, early.size);
    socks_server_wipe(&server);
    relay(&up, &down);
    return NULL;
}

// @returns a listening socket, or -1 with errno set.
static int listen_on(const struct sockaddr* address, socklen_t size) {
    const int on = 1;
    const int fd = socket(address->sa_family, SOCK_STREAM, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, address, size) != 0 || listen(fd, SOMAXCONN) != 0)
        return -1;
    return fd;
}

int main(int argc, char** argv) {
    socks_endpoint where;
    struct sockaddr_storage address;
    if ((argc != 2 && argc != 4) || socks_parse_endpoint(argv[1], &where) != SOCKS_ERROR_NONE ||
        to_sockaddr(&where, &address) == 0) {
        fputs("usage: server ADDRESS:PORT [USER PASSWORD]\n", stderr);
        return 2;
    }
    if (argc == 4) {
        known_user = socks_text(argv[2]);
        known_password = socks_text(argv[3]);
    }
    signal(SIGPIPE, SIG_IGN);
    const int listener = listen_on((const struct sockaddr*)&address, to_sockaddr(&where, &address));
    pthread_attr_t detached;
    if (listener < 0 || pthread_attr_init(&detached) != 0 ||
        pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) != 0) {
        fprintf(stderr, "server: cannot listen: %s\n", strerror(errno));
        return 1;
    }
    const socks_endpoint local = local_endpoint(listener);
    char text[SOCKS_MAX_ENDPOINT_TEXT];
    printf("listening on %s\n", socks_format_endpoint(&local, text));
    fflush(stdout);
    for (;;) {
        const int fd = accept(listener, NULL, NULL);
        pthread_t thread;
        if (fd < 0) {
            // Without free descriptors, accept() fails at once: wait until a connection ends.
            if (errno != EINTR && errno != ECONNABORTED) poll(NULL, 0, 100);
        } else if (!set_nonblocking(fd) ||
                   pthread_create(&thread, &detached, run_connection, (void*)(intptr_t)fd) != 0) {
            close(fd);
        }
    }
}
