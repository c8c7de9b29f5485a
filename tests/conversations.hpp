// Complete handshakes, typed byte by byte from the RFCs and memos, message by message: what each side sends,
// and what each application must get. Client and server are tested against the same literals.

#ifndef SOCKS_TESTS_CONVERSATIONS_HPP
#define SOCKS_TESTS_CONVERSATIONS_HPP

#include "drive.hpp"

namespace drive {

using socks::code4;
using socks::code5;
using socks::command;
using socks::ipv4;
using socks::ipv6;
using socks::method;
using socks::version;

// The messages of one side, in order.
struct script {
    bytes messages[4];

    constexpr script(bytes a, bytes b = {}, bytes c = {}, bytes d = {}) : messages{a, b, c, d} {}

    [[nodiscard]] constexpr tape all() const {
        tape t;
        for (const bytes m : messages) t.put(m);
        return t;
    }

    [[nodiscard]] constexpr bytes last() const {
        bytes found;
        for (const bytes m : messages)
            if (!m.empty()) found = m;
        return found;
    }

    // Whether the first `n` bytes end between two messages.
    [[nodiscard]] constexpr bool between(size_t n) const {
        size_t end = 0;
        for (const bytes m : messages) {
            if (n == end) return true;
            end += m.size();
        }
        return n == end;
    }
};

struct conversation {
    const char* what;
    socks::request request;
    socks::server_options server_options;
    application app;
    script client;
    script server;
    bytes asked;   // what the server's application is told; see run
    bytes result;  // what the client's application is told
    size_t reads;  // of a client that reads precisely
};

inline constexpr ipv6 documentation{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1f};

inline constexpr conversation conversations[] = {
    {"SOCKS4 CONNECT to an address",
     {.version = version::v4, .to = {ipv4{66, 102, 7, 99}, 80}, .credentials = {"fred"}},
     {.v4a = false, .v5 = false},
     {.answers = {{code4::granted, {ipv4{192, 0, 2, 7}, 8080}}}},
     {"04 01 0050 42660763 'fred' 00"_bytes},
     {"00 5a 1f90 c0000207"_bytes},
     "'S' 04 01 01 42660763 0050 00 'fred'"_bytes,
     "'D' 5a 01 c0000207 1f90"_bytes,
     1},
    {"SOCKS4 BIND",
     {.version = version::v4, .command = command::bind, .to = {ipv4{198, 51, 100, 4}, 21}},
     {.v4a = false},
     {.answers = {{code4::granted, {ipv4{203, 0, 113, 5}, 4000}},
                  {code4::granted, {ipv4{198, 51, 100, 4}, 20}}}},
     {"04 02 0015 c6336404 00"_bytes},
     {"00 5a 0fa0 cb007105"_bytes, "00 5a 0014 c6336404"_bytes},
     "'S' 04 02 01 c6336404 0015 00"_bytes,
     "'B' 01 cb007105 0fa0  'D' 5a 01 c6336404 0014"_bytes,
     2},
    {"SOCKS4a CONNECT to a name",
     {.version = version::v4a, .to = {"files.example.com", 443}, .credentials = {"john"}},
     {.v4 = false},
     {.answers = {{code4::granted, {}}}},
     {"04 01 01bb 00000001 'john' 00 'files.example.com' 00"_bytes},
     {"00 5a 0000 00000000"_bytes},
     "'S' 4a 01 03 11 'files.example.com' 01bb 00 'john'"_bytes,
     "'D' 5a 01 00000000 0000"_bytes,
     1},
    {"SOCKS5 CONNECT to an IPv4 address",
     {.to = {ipv4{66, 102, 7, 99}, 80}},
     {},
     {.answers = {{code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}}}},
     {"05 01 00"_bytes, "05 01 00 01 42660763 0050"_bytes},
     {"05 00"_bytes, "05 00 00 01 c0000207 0438"_bytes},
     "'S' 05 01 01 42660763 0050 00"_bytes,
     "'D' 00 01 c0000207 0438"_bytes,
     3},
    {"SOCKS5 CONNECT to an IPv6 address",
     {.to = {documentation, 8443}},
     {},
     {.answers = {{code5::succeeded,
                   {ipv6{0xfe, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}, 513}}}},
     {"05 01 00"_bytes, "05 01 00 04 20010db800000000000000000000001f 20fb"_bytes},
     {"05 00"_bytes, "05 00 00 04 fe800102030405060708090a0b0c0d0e 0201"_bytes},
     "'S' 05 01 04 20010db800000000000000000000001f 20fb 00"_bytes,
     "'D' 00 04 fe800102030405060708090a0b0c0d0e 0201"_bytes,
     3},
    {"SOCKS5 CONNECT to a name, with a login",
     {.to = {"files.example.com", 443}, .credentials = {"john", "foo"}},
     {.methods = method::username_password},
     {.answers = {{code5::succeeded, {"exit.example.net", 40000}}}},
     {"05 01 02"_bytes, "01 04 'john' 03 'foo'"_bytes, "05 01 00 03 11 'files.example.com' 01bb"_bytes},
     {"05 02"_bytes, "01 00"_bytes, "05 00 00 03 10 'exit.example.net' 9c40"_bytes},
     "'Ljohn:foo'  'S' 05 01 03 11 'files.example.com' 01bb 02"_bytes,
     "'D' 00 03 10 'exit.example.net' 9c40"_bytes,
     4},
    {"SOCKS5 BIND, with the login that the server prefers",
     {.command = command::bind,
      .to = {ipv4{198, 51, 100, 4}, 21},
      .credentials = {"mary", "secret"},
      .methods = {method::none, method::username_password}},
     {.methods = {method::username_password, method::none}},
     {.answers = {{code5::succeeded, {ipv4{203, 0, 113, 5}, 4000}}, {code5::succeeded, {documentation, 20}}}},
     {"05 02 00 02"_bytes, "01 04 'mary' 06 'secret'"_bytes, "05 02 00 01 c6336404 0015"_bytes},
     {"05 02"_bytes, "01 00"_bytes, "05 00 00 01 cb007105 0fa0"_bytes,
      "05 00 00 04 20010db800000000000000000000001f 0014"_bytes},
     "'Lmary:secret'  'S' 05 02 01 c6336404 0015 02"_bytes,
     "'B' 01 cb007105 0fa0  'D' 00 04 20010db800000000000000000000001f 0014"_bytes,
     6},
    {"SOCKS5 UDP ASSOCIATE",
     {.command = command::udp_associate},
     {},
     {.answers = {{code5::succeeded, {ipv4{192, 0, 2, 9}, 5353}}}},
     {"05 01 00"_bytes, "05 03 00 01 00000000 0000"_bytes},
     {"05 00"_bytes, "05 00 00 01 c0000209 14e9"_bytes},
     "'S' 05 03 01 00000000 0000 00"_bytes,
     "'D' 00 01 c0000209 14e9"_bytes,
     3},
    {"SOCKS5 CONNECT with a private method",
     {.to = {"a.example", 25}, .methods = {toy, method::none}},
     {.methods = {toy, method::username_password}},
     {.answers = {{code5::succeeded, {}}}},
     {"05 02 80 00"_bytes, toy_hello, toy_proof, "05 01 00 03 09 'a.example' 0019"_bytes},
     {"05 80"_bytes, toy_challenge, "05 00 00 01 00000000 0000"_bytes},
     "'N' 80  'S' 05 01 03 09 'a.example' 0019 80"_bytes,
     "'N' 80  'D' 00 01 00000000 0000"_bytes,
     4},
};

}  // namespace drive

#endif
