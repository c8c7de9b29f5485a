// The handshakes of a SOCKS client and of a SOCKS server for programs in C. No function opens a socket,
// allocates memory or reads a clock: each step returns what you must do next. Compile socks_c.cpp with a
// C++20 compiler, and link it with your C compiler. The program needs no C++ library.

#ifndef SOCKS_C_H
#define SOCKS_C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Values

/// Bytes to read. There is no closing NUL.
typedef struct socks_bytes {
    const char* data;
    size_t size;
} socks_bytes;

/// Memory to write to.
typedef struct socks_buffer {
    char* data;
    size_t capacity;
} socks_buffer;

typedef enum socks_version { SOCKS_VERSION_5, SOCKS_VERSION_4, SOCKS_VERSION_4A } socks_version;

/// The command of a request. A server may receive any other number from 0 to 255 too.
typedef enum socks_command {
    SOCKS_CONNECT = 1,
    SOCKS_BIND = 2,
    SOCKS_UDP_ASSOCIATE = 3,
} socks_command;

/// An authentication method of SOCKS5. The other numbers from 1 to 254 are methods too.
typedef enum socks_method {
    SOCKS_METHOD_NONE = 0,
    SOCKS_METHOD_GSSAPI = 1,
    SOCKS_METHOD_USERNAME_PASSWORD = 2,
} socks_method;

/// A reply code of SOCKS5.
typedef enum socks_code {
    SOCKS_SUCCEEDED = 0,
    SOCKS_GENERAL_FAILURE = 1,
    SOCKS_NOT_ALLOWED = 2,
    SOCKS_NETWORK_UNREACHABLE = 3,
    SOCKS_HOST_UNREACHABLE = 4,
    SOCKS_CONNECTION_REFUSED = 5,
    SOCKS_TTL_EXPIRED = 6,
    SOCKS_COMMAND_NOT_SUPPORTED = 7,
    SOCKS_ADDRESS_TYPE_NOT_SUPPORTED = 8,
} socks_code;

/// Why a handshake failed. To print it, use socks_describe().
typedef enum socks_error {
    SOCKS_ERROR_NONE = 0,

    // The peer is at fault: 1 to 31.
    SOCKS_ERROR_PEER_IS_HTTP = 1,
    SOCKS_ERROR_PEER_IS_TLS = 2,
    SOCKS_ERROR_PEER_IS_SSH = 3,
    SOCKS_ERROR_NOT_SOCKS = 4,
    SOCKS_ERROR_BAD_VERSION = 5,
    SOCKS_ERROR_AUTHENTICATION_REQUIRED = 7,  ///< server: SOCKS4 cannot authenticate
    SOCKS_ERROR_BAD_ADDRESS_TYPE = 9,
    SOCKS_ERROR_EMPTY_NAME = 10,
    SOCKS_ERROR_NUL_IN_NAME = 11,
    SOCKS_ERROR_NAME_TOO_LONG = 12,
    SOCKS_ERROR_USER_TOO_LONG = 13,
    SOCKS_ERROR_NO_METHODS = 15,
    SOCKS_ERROR_NO_ACCEPTABLE_METHOD = 16,
    SOCKS_ERROR_METHOD_NOT_OFFERED = 17,
    SOCKS_ERROR_CREDENTIALS_REFUSED = 18,
    SOCKS_ERROR_NEGOTIATION_FAILED = 19,
    SOCKS_ERROR_REFUSED = 20,  ///< the request was refused; the reply code says why
    SOCKS_ERROR_BAD_COMMAND = 26,

    // The stream is at fault: 32 to 63.
    SOCKS_ERROR_CLOSED = 32,              ///< the stream ended before a message
    SOCKS_ERROR_TRUNCATED = 33,           ///< the stream ended inside a message
    SOCKS_ERROR_CLOSED_WHILE_BOUND = 34,  ///< the stream ended between the two replies to BIND
    SOCKS_ERROR_TIMED_OUT = 36,           ///< your deadline passed
    SOCKS_ERROR_STREAM_FAILED = 37,       ///< reading or writing failed

    // Your program is at fault: 64 to 127.
    SOCKS_ERROR_OUT_OF_TURN = 65,  ///< an answer without a question
    SOCKS_ERROR_FINISHED = 66,     ///< a step after the end of the handshake
    SOCKS_ERROR_BAD_HOST = 67,     ///< text that is neither an address nor a host name
    SOCKS_ERROR_NO_HOST = 68,
    SOCKS_ERROR_BAD_USER = 69,             ///< more than 255 bytes, or a NUL over SOCKS4
    SOCKS_ERROR_BAD_PASSWORD = 70,         ///< more than 255 bytes
    SOCKS_ERROR_COMMAND_OVER_SOCKS4 = 73,  ///< a command that only SOCKS5 has
    SOCKS_ERROR_NAME_OVER_SOCKS4 = 74,     ///< use SOCKS_VERSION_4A
    SOCKS_ERROR_IPV6_OVER_SOCKS4 = 75,
    SOCKS_ERROR_RESERVED_OVER_SOCKS4 = 76,  ///< 0.0.0.1 to 0.0.0.255
    SOCKS_ERROR_BAD_PORT = 77,
    SOCKS_ERROR_BAD_HOST_BYTE = 84,  ///< a host with a byte other than visible ASCII
    SOCKS_ERROR_BAD_COUNT = 85,      ///< an impossible number of bytes in sent(), received() or consume()
} socks_error;

/// The end of a handshake that failed. `version` and `code` are valid for SOCKS_ERROR_REFUSED.
typedef struct socks_failure {
    socks_error error;
    socks_version version;
    uint8_t code;  ///< the reply code that the client received or the server sent
} socks_failure;

typedef enum socks_host_kind {
    SOCKS_HOST_NONE = 0,  ///< no host: an unspecified address
    SOCKS_HOST_IPV4,
    SOCKS_HOST_IPV6,
    SOCKS_HOST_NAME,
} socks_host_kind;

/// A host and a port.
typedef struct socks_endpoint {
    socks_host_kind kind;
    uint16_t port;        ///< in host byte order
    uint8_t address[16];  ///< in network byte order; an IPv4 address has the first four bytes
    char name[256];       ///< SOCKS_HOST_NAME: the name and a NUL
} socks_endpoint;

/// The size of the longest text of an endpoint and of a failure, with its NUL.
#define SOCKS_MAX_ENDPOINT_TEXT 262
#define SOCKS_MAX_FAILURE_TEXT 69

/// The bytes of a string without its NUL. For NULL, `data` is NULL.
socks_bytes socks_text(const char* string);

/// Whether both have the same bytes. The time depends only on the sizes, so use it for passwords.
bool socks_equal(socks_bytes a, socks_bytes b);

/// Parses "192.0.2.1:80", "[2001:db8::1]:80" or "files.example.com:80". Nothing is resolved.
/// @returns  SOCKS_ERROR_NONE, BAD_HOST, BAD_HOST_BYTE or BAD_PORT
socks_error socks_parse_endpoint(const char* text, socks_endpoint* endpoint);

/// Writes an endpoint in the same form. SOCKS_HOST_NONE is written as "*".
/// @returns  `text`
const char* socks_format_endpoint(const socks_endpoint* endpoint, char text[SOCKS_MAX_ENDPOINT_TEXT]);

/// Describes a failure in one phrase, for example "the destination refused the connection".
/// @returns  `text`
const char* socks_describe(const socks_failure* failure, char text[SOCKS_MAX_FAILURE_TEXT]);

/// The reply code for a server's connect() that failed with this value of errno. `to` is the address that was
/// dialled, or NULL.
socks_code socks_code_for_errno(int number, const socks_endpoint* to);

/// The reply code for a server's getaddrinfo() that failed with this result and this value of errno.
socks_code socks_code_for_getaddrinfo(int result, int number);

// Client

/// The request of a client. Members that are zero are not given: {.to = destination} is a CONNECT over SOCKS5
/// without authentication.
typedef struct socks_request {
    socks_version version;
    socks_command command;  ///< 0 is SOCKS_CONNECT
    socks_endpoint to;
    socks_bytes user;      ///< 0 to 255 bytes; if `data` is NULL there are no credentials
    socks_bytes password;  ///< 0 to 255 bytes; not used over SOCKS4
} socks_request;

/// What a client must do next.
typedef enum socks_client_next {
    SOCKS_CLIENT_SEND,   ///< send `data`, and report the bytes with socks_client_sent()
    SOCKS_CLIENT_RECV,   ///< receive into `room`, and report the bytes with socks_client_received()
    SOCKS_CLIENT_BOUND,  ///< BIND: the server listens at `bound`; continue, for the second reply
    SOCKS_CLIENT_DONE,   ///< the handshake succeeded; every byte that follows comes from the destination
    SOCKS_CLIENT_FAIL,   ///< the handshake failed; each later step returns the same failure
} socks_client_next;

/// The result of a step. The views in it are valid until the next call with the same client.
typedef struct socks_client_action {
    socks_client_next next;
    socks_bytes data;       ///< SEND
    socks_buffer room;      ///< RECV: exactly what the message still needs, so no byte after it is read
    socks_endpoint bound;   ///< BOUND, DONE: the address in the reply
    socks_failure failure;  ///< FAIL
} socks_client_action;

/// The handshake of a client with one proxy. It is only storage: keep it where you want, but do not copy or
/// move it during a handshake. It holds no pointer and needs no clean-up.
#define SOCKS_CLIENT_SIZE 824
typedef struct socks_client {
    uint64_t storage[SOCKS_CLIENT_SIZE / 8];
} socks_client;

/// Begins a handshake. Call it for each new connection.
void socks_client_init(socks_client* client);

/// Advances the handshake.
///
///     for (;;) {
///         const socks_client_action now = socks_client_step(&client, &request);
///         switch (now.next) { ... }  // without default, so that -Wswitch reports a missing case
///     }
///
/// @param request  the same request at each step. The client stores no pointer to it.
socks_client_action socks_client_step(socks_client* client, const socks_request* request);

/// SEND: the first `n` bytes of `data` were sent, 0 <= n <= data.size. After the last one, the copy of the
/// password in `client` is overwritten.
void socks_client_sent(socks_client* client, size_t n);

/// RECV: `n` bytes were received into `room`, 1 <= n <= room.capacity.
void socks_client_received(socks_client* client, size_t n);

/// The stream has ended: recv() returned 0.
void socks_client_end_of_stream(socks_client* client);

/// Reading or writing failed, or your deadline passed. The next step fails with `why`.
/// @param why  SOCKS_ERROR_STREAM_FAILED or SOCKS_ERROR_TIMED_OUT
void socks_client_failed(socks_client* client, socks_error why);

/// What the handshake does now, as the end of a sentence that begins with "timed out". An example is "waiting
/// for the reply".
const char* socks_client_state(const socks_client* client);

// Server

/// What a server must do next.
typedef enum socks_server_next {
    SOCKS_SERVER_SEND,          ///< send `data`, and report the bytes with socks_server_sent()
    SOCKS_SERVER_RECV,          ///< receive into `room`, and report the bytes with socks_server_received()
    SOCKS_SERVER_AUTHENTICATE,  ///< compare `user` and `password`, then call socks_server_authenticated()
    SOCKS_SERVER_NEGOTIATE,     ///< run the sub-negotiation of `method`, then call socks_server_negotiated()
    SOCKS_SERVER_SERVE,  ///< carry out `command` for `to`, then call socks_server_answer(); BIND: twice
    SOCKS_SERVER_WAIT,   ///< nothing, until you have answered
    SOCKS_SERVER_DONE,   ///< relay, and begin with `data`
    SOCKS_SERVER_FAIL,   ///< the refusal, if there is one, was sent; close the connection
} socks_server_next;

/// The result of a step. The views in it are valid until the next call with the same server.
typedef struct socks_server_action {
    socks_server_next next;
    socks_bytes data;       ///< SEND; DONE: bytes that the client sent after its request
    socks_buffer room;      ///< RECV: 1 to room.capacity bytes
    socks_bytes user;       ///< AUTHENTICATE; SERVE: the user ID of SOCKS4
    socks_bytes password;   ///< AUTHENTICATE: compare it with socks_equal()
    uint8_t method;         ///< NEGOTIATE
    socks_version version;  ///< SERVE
    uint8_t command;        ///< SERVE: a socks_command or another number
    socks_endpoint to;      ///< SERVE; a name is as received, so it may spell an address
    socks_failure failure;  ///< FAIL
} socks_server_action;

/// The handshake of a server with one client. It is only storage, as socks_client is.
#define SOCKS_SERVER_SIZE 1088
typedef struct socks_server {
    uint64_t storage[SOCKS_SERVER_SIZE / 8];
} socks_server;

/// Begins a handshake over SOCKS4, SOCKS4a or SOCKS5; the first byte of the client decides which.
/// @param methods  the methods that you accept, in the order of preference. Without SOCKS_METHOD_NONE, SOCKS4
///                 is refused, because it cannot authenticate.
/// @param count    1 to 4; any other number accepts no client
void socks_server_init(socks_server* server, const uint8_t* methods, size_t count);

/// Advances the handshake. You see no request before the client is authenticated.
socks_server_action socks_server_step(socks_server* server);

/// These are the same as for a client.
void socks_server_sent(socks_server* server, size_t n);
void socks_server_received(socks_server* server, size_t n);
void socks_server_end_of_stream(socks_server* server);
void socks_server_failed(socks_server* server, socks_error why);
const char* socks_server_state(const socks_server* server);

/// Answers AUTHENTICATE. The next steps send the status; a refusal ends the handshake.
void socks_server_authenticated(socks_server* server, bool accepted);

/// Answers NEGOTIATE. The messages of the method report the result to the client.
void socks_server_negotiated(socks_server* server, bool succeeded);

/// Answers SERVE. The next steps send the reply; a refusal ends the handshake. A SOCKS4 client receives the
/// code of SOCKS4 that is nearest.
/// @param bound  CONNECT: the local address of the connection to the destination. NULL is sent as 0.0.0.0:0.
void socks_server_answer(socks_server* server, socks_code code, const socks_endpoint* bound);

/// NEGOTIATE: the bytes that were received after the method selection. Read them before you read the socket,
/// and remove those that you have used.
socks_bytes socks_server_input(const socks_server* server);
void socks_server_consume(socks_server* server, size_t n);

/// Overwrites a server with zeros, because it may still hold the password of its client.
void socks_server_wipe(socks_server* server);

#ifdef __cplusplus
}
#endif

#endif
