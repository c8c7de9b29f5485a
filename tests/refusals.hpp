// Handshakes that fail, each at one place: the error of the client after a refusal or garbage, and the reply
// of the server, byte by byte, before it ends.

#ifndef SOCKS_TESTS_REFUSALS_HPP
#define SOCKS_TESTS_REFUSALS_HPP

#include "conversations.hpp"

namespace drive {

// A handshake that a proxy ends, and how the client must call it.
struct refusal {
    const char* what;
    socks::request request;
    bytes server;
    errc why;
    uint8_t byte;
    size_t used;
};

inline constexpr socks::request plain5{.to = {"files.example.com", 443}};
inline constexpr socks::request login5{.to = {"files.example.com", 443}, .credentials = {"john", "foo"}};
inline constexpr socks::request bind5{.command = command::bind, .to = {ipv4{198, 51, 100, 4}, 21}};
inline constexpr socks::request plain4{.version = version::v4, .to = {ipv4{66, 102, 7, 99}, 80}};
inline constexpr socks::request bind4{
    .version = version::v4, .command = command::bind, .to = {ipv4{66, 102, 7, 99}, 80}};

inline constexpr refusal refusals[] = {
    {"an HTTP server", plain5, "H", errc::peer_is_http, 0x48, 0},
    {"a TLS alert", plain5, "15"_bytes, errc::peer_is_tls, 0x15, 0},
    {"an SSH banner", plain4, "S", errc::peer_is_ssh, 0x53, 0},
    {"noise", plain4, "99"_bytes, errc::not_socks, 0x99, 0},
    {"a SOCKS4 reply to a greeting", plain5, "00"_bytes, errc::bad_version, 0x00, 0},
    {"a SOCKS5 choice to a SOCKS4 request", plain4, "05"_bytes, errc::bad_version, 0x05, 0},
    {"no acceptable method", plain5, "05 ff"_bytes, errc::no_acceptable_method, 0xff, 2},
    {"a method not offered", plain5, "05 02"_bytes, errc::method_not_offered, 0x02, 2},
    {"a wrong version of the status", login5, "05 02  02"_bytes, errc::bad_version, 0x02, 2},
    {"a refused login", login5, "05 02  01 55"_bytes, errc::credentials_refused, 0x55, 4},
    {"a wrong challenge",
     {.to = {"a.example", 25}, .methods = toy},
     "05 80  80 02 05 '12346'"_bytes,
     errc::negotiation_failed,
     0,
     10},
    {"a wrong version of the reply", plain5, "05 00 04"_bytes, errc::bad_version, 0x04, 2},
    {"connection refused", plain5, "05 00  05 05"_bytes, errc::refused, 0x05, 4},
    {"a code without a name", login5, "05 02  01 00  05 f4"_bytes, errc::refused, 0xf4, 6},
    {"a success of an unknown address type", plain5, "05 00  05 00 00 02"_bytes, errc::bad_address_type, 0,
     2},
    {"a NUL in the bound name", plain5, "05 00  05 00 00 03 03 'a' 00 'b' 0050"_bytes, errc::nul_in_name, 0,
     2},
    {"a SOCKS4 refusal", plain4, "00 5b"_bytes, errc::refused, 0x5b, 2},
    {"a refused second reply to BIND", bind5, "05 00  05 00 00 01 cb007105 0fa0  05 06"_bytes, errc::refused,
     0x06, 14},
    {"a refused second reply to SOCKS4 BIND", bind4, "00 5a 0fa0 cb007105  00 5c"_bytes, errc::refused, 0x5c,
     10},
};

// A handshake that a server ends: the replies that go out first, and the reason.
struct rejection {
    const char* what;
    socks::server_options server_options;
    application app;
    bytes client;
    bytes server;
    errc why;
    uint8_t byte;
    size_t used;
};

inline constexpr socks::server_options any_version{};
inline constexpr socks::server_options only4{.v4a = false, .v5 = false};
inline constexpr socks::server_options only4a{.v4 = false, .v5 = false};
inline constexpr socks::server_options only5{.v4 = false, .v4a = false};
inline constexpr socks::server_options after_greeting{.v5 = false, .v4_after_greeting = true};
inline constexpr socks::server_options with_login{.methods = method::username_password};

inline constexpr rejection rejections[] = {
    {"UDP ASSOCIATE over SOCKS4",
     any_version,
     {},
     "04 03"_bytes,
     "00 5b 0000 00000000"_bytes,
     errc::bad_command,
     0x03,
     0},
    {"an HTTP request", any_version, {}, "G", "", errc::peer_is_http, 0x47, 0},
    {"a TLS hello", any_version, {}, "16"_bytes, "", errc::peer_is_tls, 0x16, 0},
    {"an SSH banner", any_version, {}, "S", "", errc::peer_is_ssh, 0x53, 0},
    {"a SOCKS4 reply", any_version, {}, "00"_bytes, "", errc::bad_version, 0x00, 0},
    {"noise", any_version, {}, "99"_bytes, "", errc::not_socks, 0x99, 0},
    {"SOCKS5 where it is off", only4, {}, "05"_bytes, "05 ff"_bytes, errc::version_refused, 0x05, 0},
    {"SOCKS5 that does not go on by SOCKS4",
     after_greeting,
     {},
     "05 01 00  05 01"_bytes,
     "00 5b"_bytes,
     errc::version_refused,
     0x05,
     3},
    {"SOCKS4 after a greeting where a login is required",
     {.v5 = false, .v4_after_greeting = true, .methods = method::username_password},
     {},
     "05 01 02  04"_bytes,
     "00 5b  00 5b 0000 00000000"_bytes,
     errc::authentication_required,
     0,
     3},
    {"SOCKS4 where it is off",
     only5,
     {},
     "04"_bytes,
     "00 5b 0000 00000000"_bytes,
     errc::version_refused,
     0x04,
     0},
    {"SOCKS4a where it is off",
     only4,
     {},
     "04 01 0050 00000001 00 'a.example' 00"_bytes,
     "00 5b 0000 00000000"_bytes,
     errc::version_refused,
     0x04,
     0},
    {"an address where only SOCKS4a is on",
     only4a,
     {},
     "04 01 0050 42660763 'fred' 00"_bytes,
     "00 5b 0000 00000000"_bytes,
     errc::version_refused,
     0x04,
     0},
    {"SOCKS4 where a login is required",
     with_login,
     {},
     "04"_bytes,
     "00 5b 0000 00000000"_bytes,
     errc::authentication_required,
     0,
     0},
    {"an empty SOCKS4a name",
     any_version,
     {},
     "04 01 0050 00000001 00 00"_bytes,
     "00 5b 0000 00000000"_bytes,
     errc::empty_name,
     0,
     0},
    {"no methods", any_version, {}, "05 00"_bytes, "05 ff"_bytes, errc::no_methods, 0, 0},
    {"no method in common",
     any_version,
     {},
     "05 01 02"_bytes,
     "05 ff"_bytes,
     errc::no_acceptable_method,
     0,
     0},
    {"a login of the wrong version",
     with_login,
     {},
     "05 01 02  05"_bytes,
     "05 02  01 01"_bytes,
     errc::bad_version,
     0x05,
     3},
    {"a login that is not granted",
     with_login,
     {.grants = false},
     "05 01 02  01 04 'john' 03 'fop'"_bytes,
     "05 02  01 01"_bytes,
     errc::credentials_refused,
     1,
     13},
    {"a private method that fails",
     {.methods = toy},
     {},
     "05 01 80  80 01 03 'abd'"_bytes,
     "05 80"_bytes,
     errc::negotiation_failed,
     0,
     9},
    {"a request of the wrong version",
     any_version,
     {},
     "05 01 00  04"_bytes,
     "05 00  05 01 00 01 00000000 0000"_bytes,
     errc::bad_version,
     0x04,
     3},
    {"an unknown address type",
     any_version,
     {},
     "05 01 00  05 01 00 fe"_bytes,
     "05 00  05 08 00 01 00000000 0000"_bytes,
     errc::bad_address_type,
     0,
     3},
    {"an empty name",
     any_version,
     {},
     "05 01 00  05 01 00 03 00"_bytes,
     "05 00  05 01 00 01 00000000 0000"_bytes,
     errc::empty_name,
     0,
     3},
    {"a NUL in the name",
     any_version,
     {},
     "05 01 00  05 01 00 03 04 'a' 00 'bc' 0050"_bytes,
     "05 00  05 01 00 01 00000000 0000"_bytes,
     errc::nul_in_name,
     0,
     3},
    {"a reserved byte, strictly",
     {.tolerance = socks::strict},
     {},
     "05 01 00  05 01 01"_bytes,
     "05 00  05 01 00 01 00000000 0000"_bytes,
     errc::bad_reserved,
     0,
     3},
    {"an empty password, strictly",
     {.methods = method::username_password, .tolerance = socks::strict},
     {},
     "05 01 02  01 04 'john' 00"_bytes,
     "05 02  01 01"_bytes,
     errc::empty_credentials,
     0,
     3},
    {"a request that is refused",
     any_version,
     {.answers = {{code5::connection_refused, {}}}},
     "05 01 00  05 01 00 01 42660763 0050"_bytes,
     "05 00  05 05 00 01 00000000 0000"_bytes,
     errc::refused,
     0x05,
     13},
    {"a SOCKS4 request that is refused",
     any_version,
     {.answers = {{code4::identd_mismatch, {}}}},
     "04 01 0050 42660763 'fred' 00"_bytes,
     "00 5d 0000 00000000"_bytes,
     errc::refused,
     0x5d,
     13},
    {"a BIND that nobody called",
     any_version,
     {.answers = {{code5::succeeded, {ipv4{203, 0, 113, 5}, 4000}}, {code5::ttl_expired, {}}}},
     "05 01 00  05 02 00 01 c6336404 0015"_bytes,
     "05 00  05 00 00 01 cb007105 0fa0  05 06 00 01 00000000 0000"_bytes,
     errc::refused,
     0x06,
     13},
};

}  // namespace drive

#endif
