/* Standard input and output through a proxy, by GSocketClient of GIO.
 *
 *     gio_client URI HOST PORT
 *
 * URI is one of GIO, such as socks5://USER:PASSWORD@127.0.0.1:1080. With TIME_LIMIT in the environment, each read waits
 * at most so many seconds. */

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static gpointer send_all(gpointer to) {
    char bytes[65536];
    ssize_t n;
    while ((n = read(0, bytes, sizeof bytes)) > 0)
        if (send(GPOINTER_TO_INT(to), bytes, (size_t)n, MSG_NOSIGNAL) != n) break;
    shutdown(GPOINTER_TO_INT(to), SHUT_WR);
    return NULL;
}

int main(int count, char** words) {
    if (count != 4) return 2;
    GSocketClient* client = g_socket_client_new();
    if (getenv("TIME_LIMIT")) g_socket_client_set_timeout(client, (guint)atoi(getenv("TIME_LIMIT")));
    g_socket_client_set_proxy_resolver(client, g_simple_proxy_resolver_new(words[1], NULL));
    GError* error = NULL;
    GSocketConnection* s =
        g_socket_client_connect_to_host(client, words[2], (guint16)atoi(words[3]), NULL, &error);
    if (!s) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    const int fd = g_socket_get_fd(g_socket_connection_get_socket(s));
    g_thread_new("sender", send_all, GINT_TO_POINTER(fd));
    GInputStream* in = g_io_stream_get_input_stream(G_IO_STREAM(s));
    char bytes[65536];
    gssize n;
    while ((n = g_input_stream_read(in, bytes, sizeof bytes, NULL, &error)) > 0)
        if (write(1, bytes, (size_t)n) != n) return 1;
    if (n < 0) fprintf(stderr, "%s\n", error->message);
    return n < 0 ? 1 : 0;
}
