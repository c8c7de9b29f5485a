"""The mutations. Each changes one place of one header: a text that is there exactly once is replaced by another.

A mutation has a description, with the id of docs/conformance.md or the defect of other software that it restores, and
the suites that must catch it, in order: NAME is tests/NAME.cpp, fuzz/NAME replays a corpus, simulation runs one,
optimised/NAME is tests/optimised/NAME.cpp at -O2 -DNDEBUG, and exploration/NAME:INVARIANT is tests/exploration/NAME.cpp,
which must find that INVARIANT is broken.
"""

MUTATIONS = []


def mutation(what, header, old, new, *suites):
    MUTATIONS.append((what, header, old, new, suites))


# SOCKS5 messages
S5 = "wire/socks5.hpp"
ENDPOINT5 = "wire/endpoint5.hpp"
mutation("the decoder reads the name length of a reply as a signed number (CVE-2017-18350, CVE-2026-56123)", ENDPOINT5,
      "size = name_frame5(in[4]);", "size = name_frame5(static_cast<size_t>(static_cast<signed char>(in[4])));", "socks5")
mutation("the decoder asks for a byte after a reply with an empty name (curl; R4)", ENDPOINT5,
      "(name_frame5(0) - n);\n            size", "(name_frame5(1) - n);\n            size", "socks5", "invariants_precision")
mutation("the decoder does not check the version of a method selection (socksio)", S5,
      "if (!in.empty() && in[0] != 5) return errc::bad_version;\n    return in.size() < 2",
      "return in.size() < 2", "socks5", "client")
mutation("the decoder includes the length byte in a name (socksio)", ENDPOINT5,
      "r.take(r.u8())", "r.take(size_t{frame[4]} + 1)", "socks5")
mutation("the decoder always refuses a reserved byte that is not 0 (D20, R17)", ENDPOINT5,
      "in[2] != 0 && !tolerated.reserved", "in[2] != 0", "socks5",
      "tolerance")
mutation("the decoder accepts a greeting without methods (A7)", S5, "if (n == 0) return errc::no_methods;", "", "socks5")
mutation("the decoder accepts a request for an empty name (D7)", ENDPOINT5,
      "if (name.empty()) return errc::empty_name;", "", "socks5",
      "server")
mutation("the decoder accepts a NUL in the name of a request (D9)", ENDPOINT5, "name.contains('\\0') ? errc::nul_in_name",
      "name.contains('\\x7f') ? errc::nul_in_name", "socks5")
mutation("the encoder writes a name length that is one too large", ENDPOINT5, ".u8(static_cast<uint8_t>(name.size()))",
      ".u8(static_cast<uint8_t>(name.size() + 1))", "socks5")
mutation("the encoder writes an IPv6 address with the address type of IPv4", ENDPOINT5,
      "w.u8(static_cast<uint8_t>(address_type::ipv6))",
      "w.u8(static_cast<uint8_t>(address_type::ipv4))", "socks5")
mutation("the decoder refuses an empty bound name in a reply (R4, R5)", S5, "return may_be_empty && is_empty_or_nul(name, n)",
      "return !may_be_empty && is_empty_or_nul(name, n)", "socks5", "tolerance")
mutation("the encoder writes an invalid host into a reply", ENDPOINT5, "if (!e.host.is_sendable()) return e.host.error();", "",
      "socks5")
mutation("the encoder accepts 0xff in the methods of a greeting (A8)", S5, " || g.offers(method::no_acceptable)", "", "socks5")
mutation("the encoder writes an absent host as the IPv6 wildcard (R13)", ENDPOINT5, "if (kind == host_kind::ipv6) {",
      "if (kind == host_kind::ipv6 || kind == host_kind::none) {", "endpoint5")

# Logins
LOGIN = "wire/username_password.hpp"
mutation("the encoder writes the length of the user name as PLEN (socks_proto)", LOGIN, "static_cast<uint8_t>(password.size())",
      "static_cast<uint8_t>(user.size())", "username_password", "fuzz/username_password")
mutation("the encoder truncates the length of a user name of 256 bytes to 0 (curl#3737, weechat#2325, CVE-2002-2368)", LOGIN,
      "if (c.user.size() > 255) return errc::bad_user;", "", "username_password")
mutation("the decoder reads PLEN from the wrong position (netch#856)", LOGIN, "in[2 + user];", "in[1 + user];", "username_password")
mutation("the decoder treats every even status as success (A20)", LOGIN,
      "return {in[1], *size};", "return {static_cast<uint8_t>(in[1] & 1), *size};",
      "username_password", "client")
mutation("the decoder consumes only one of the two bytes of a status", LOGIN,
      "message_size::complete(2)", "message_size::complete(1)", "username_password", "client")
mutation("the decoder does not check the version of a status (curl; V2)", LOGIN,
      "if (!in.empty() && !is_auth_version(in[0], tolerated)) return errc::bad_version;", "", "username_password", "tolerance")
mutation("the decoder accepts credentials without their last byte", LOGIN,
      "if (n < size) return", "if (n + 1 < size) return", "username_password",
      "guard_page")
mutation("the decoder asks for a byte after credentials with an empty password", LOGIN,
      "3 + user + min_size - n", "3 + user + 1 - n", "username_password",
      "invariants_precision")
mutation("the decoder always refuses empty credentials (A9)", LOGIN, "tolerated.empty_credentials ? 0 : 1", "1", "username_password")
mutation("secrets of different lengths compare as equal (A17)", LOGIN, "difference = same_size ? 0 : 1", "difference = 0",
      "username_password", "fuzz/username_password")
mutation("the comparison of secrets stops at the first difference", LOGIN, "for (; i < n; ++i) {", "for (; i < n && difference == 0; ++i) {",
      "optimised/secrets")
mutation("the comparison of long secrets stops at the first difference", LOGIN, "n - i >= sizeof(size_t); i",
      "n - i >= sizeof(size_t) && difference == 0; i", "optimised/secrets")
mutation("the comparison of secrets of different lengths ends early", LOGIN, "const size_t n = longer.size();",
      "const size_t n = same_size ? longer.size() : 0;", "optimised/secrets")
mutation("the comparison of secrets omits the last bytes", LOGIN, "for (; i < n; ++i) {", "for (; i + 1 < n; ++i) {", "username_password")
mutation("the comparison of secrets reads one byte at a time", LOGIN, "if constexpr (detail::use_words) {", "if constexpr (false) {",
      "optimised/work")

# SOCKS4
S4 = "wire/socks4.hpp"
mutation("the decoder does not limit the length of a user ID (CVE-2002-1930, CVE-2000-1183)", S4,
      "if (n > detail::head4 + detail::max_string4) return errc::user_too_long;", "",
      "socks4")
mutation("the decoder does not limit the length of a SOCKS4a name (CVE-2002-1001)", S4,
      "if (n > begin + detail::max_string4) return errc::name_too_long;", "", "socks4")
mutation("the codec of SOCKS4 accepts a string of 256 bytes (S4-5)", S4, "max_string4 = 255;", "max_string4 = 256;", "socks4")
mutation("the decoder accepts an empty SOCKS4a name", S4, "if (seen_ == begin) return errc::empty_name;", "", "socks4")
mutation("the encoder omits the NUL after a SOCKS4a name", S4, "w.skip(name.size()).u8(0);", "w.skip(name.size());", "socks4")
mutation("the encoder writes 0.0.0.0 before a SOCKS4a name instead of 0.0.0.1", S4,
      "address.bytes[3] = 1;", "address.bytes[3] = 0;", "socks4")
mutation("the decoder refuses a SOCKS4 reply of version 4 (V1)", "core/tolerance.hpp",
      "tolerated.reply4_version, 0, 4", "tolerated.reply4_version, 0, 5",
      "socks4", "quirks_client")
mutation("the decoder restarts the search for the SOCKS4a name with each byte", S4,
      "            in_name_ = true;\n", "", "socks4",
      "invariants_chunking")
mutation("the decoder reads command 3 of SOCKS4 as UDP ASSOCIATE (X4)", S4,
      "if (n > 1 && is_socks5_only(static_cast<command>(in[1]))) return errc::bad_command;", "", "quirks_server")
mutation("the encoder writes a command of SOCKS5 into a SOCKS4 request (X4)", S4,
      "if (is_socks5_only(r.command)) return errc::command_over_socks4;", "", "socks4")
mutation("the decoder restarts the search for the end of a string with each byte", S4, "find(in.data(), seen_, stop,",
      "find(in.data(), begin, stop,", "optimised/work")
mutation("the decoder accepts a SOCKS4 reply of seven bytes", S4,
      "if (in.size() < head4)", "if (in.size() + 1 < head4)", "socks4",
      "guard_page")

# The server
SERVER = "machine/server.hpp"
mutation("the server serves a request without the required credentials (CVE-2023-43644; A16)", SERVER,
      "? server_state::credentials\n", "? server_state::request\n", "server",
      "invariants_abuse")
mutation("the server accepts a request after it refused the credentials (A16)", SERVER,
      "fail_for_good(errc::credentials_refused, 1);", "state_ = server_state::request;",
      "server")
mutation("the server sends status 0 for refused credentials", SERVER,
      "encode_auth_status(accepted ? 0 : 1, out)", "encode_auth_status(0, out)", "server")
mutation("the server drops early data (TROVE-2024-010; F4)", "machine/server_action.hpp", "return {message()};", "return {bytes()};",
      "server", "invariants_chunking")
mutation("the server waits for input after the end of the stream (TROVE-2024-011; F8)", SERVER,
      "if (!closed_) return", "if (true) return",
      "fuzz/server", "simulation")
mutation("the server accepts a second answer (wstunnel#485; F12)", SERVER, "if (state_ != server_state::serve && state_ != server_state::second_answer) {",
      "if (state_ != server_state::serve && state_ != server_state::second_answer && state_ != server_state::success) {", "server", "answers_later")
mutation("a call of negotiated() without a negotiation lets the client in", SERVER,
      "if (state_ != server_state::negotiation)\n            fail_for_good(errc::out_of_turn);",
      "if (state_ == server_state::done)\n            fail_for_good(errc::out_of_turn);", "server", "answers_later")
mutation("SOCKS4 bypasses the authentication that the server requires (A16)", SERVER,
      "if (!options_.methods.contains(socks::method::none))",
      "if (options_.methods.empty())", "server", "quirks_server")
mutation("the server ends BIND after one reply", SERVER, "? server_state::second_answer", "? server_state::success", "server")
mutation("the server identifies a non-SOCKS peer by 0 instead of the first byte", SERVER,
      "fail(identify_foreign_protocol(t.in[0]),", "fail(identify_foreign_protocol(0),",
      "quirks_server", "server")
mutation("the server serves SOCKS4a although SOCKS4a is off (V8)", SERVER,
      "detail::is_named4(t.in) ? options_.v4a :", "detail::is_named4(t.in) ? options_.v4 :",
      "server", "quirks_server")
mutation("the server writes an invalid bound host as 0.0.0.0 into a SOCKS4 reply", SERVER,
      "if (!bound.host.is_sendable()) return bound.host.error();", "",
      "server")
mutation("the server reports a refused SOCKS5 request as a refused SOCKS4 request", SERVER,
      "is4() ? version::v4 : version::v5", "version::v4", "server")
mutation("a later failure of the server replaces the first one", "machine/server.hpp",
      "if (state_ == server_state::failed) return;", "", "invariants_finality",
      "invariants_abuse")

# The client
CLIENT = "machine/client_core.hpp"
mutation("the client follows a method that it did not offer (curl#18937; A1)", CLIENT, "!offered_.contains(chosen)", "false",
      "client", "quirks_client")
mutation("the client drops the first bytes of the destination (nmap#2534, curl#18938; F5)", CLIENT, "{reply, t.in.size()}",
      "{reply, 0}", "client", "invariants_chunking")
mutation("the client waits for input after the end of the stream", CLIENT, "if (closed_) {", "if (false) {",
      "fuzz/client", "simulation")
mutation("the client sends a changed request without a check (CVE-2023-38545)", CLIENT,
      "= host_fault(command_, to.host);", "= errc::none;", "client", "invariants_purity")
mutation("the client ends BIND after the first reply (B1)", CLIENT, "command_ == command::bind && state_ == client_state::reply",
      "false && state_ == client_state::reply", "client")
mutation("the client changes its state although the output does not fit", CLIENT, "if (written.needed() != 0) {",
      "if (written.needed() != 0) {\n            state_ = after;", "invariants_space")
mutation("the client does not report the code of a truncated refusal (R1)", CLIENT,
      "if (t.in.size() >= 2 &&", "if (t.in.size() >= 3 &&",
      "client", "invariants_end_of_stream")
mutation("the client treats a reply of another version as a refusal", CLIENT,
      "size.error() != errc::bad_version &&\n            !reply_code", "!reply_code",
      "client")
mutation("a later failure of the client replaces the first one", CLIENT,
      "if (state_ != client_state::failed) {", "if (true) {", "invariants_finality",
      "invariants_abuse")
mutation("the client reports credentials as early after the proxy chose their method", CLIENT, "early_credentials_ = false;", "",
      "pipelining")
mutation("the chain asks the first proxy for the final destination", "machine/chain.hpp",
      "request.to = route.through[size_t{hop_} + 1].proxy;", "request.to = route.to;", "chain", "fuzz/chain")

# The parts of a machine
FEATURE = "machine/feature.hpp"
mutation("a set that has one of several parts has all of them", FEATURE, "return part - set == feature{};",
      "return part - set != part || part == feature{};", "feature")
mutation("only the first method of a list needs a part", FEATURE, "i < methods::max", "i < 1", "feature")
mutation("the part for user name and password is also the part for other methods", FEATURE,
      "feature::credentials : feature::other_methods", "feature::credentials : feature::credentials", "feature")
mutation("a client speaks a version that it was built without", CLIENT,
      "if (!(socks5 ? speaks5 : speaks4)) return errc::unsupported_version;", "", "feature")
mutation("a client sends BIND although it was built without it", CLIENT,
      "if (!has(Parts, feature::bind) && request.command == command::bind) return errc::unsupported_command;", "", "feature")
mutation("a client sends UDP ASSOCIATE although it was built without it", CLIENT,
      "if (!has(Parts, feature::udp_associate) && request.command == command::udp_associate)\n            return errc::unsupported_command;",
      "", "feature")
mutation("a client offers a method that it was built without", CLIENT,
      "if (socks5 && fault == errc::none && !can_run_all_of(request)) return errc::unsupported_method;", "", "feature")
mutation("a client offers by default a method that it was built without", CLIENT,
      "if (by_default && !has(Parts, feature::credentials)) return false;", "", "feature")
mutation("a missing method hides that the request is invalid", CLIENT,
      "if (socks5 && fault == errc::none && !can_run_all_of(request))", "if (socks5 && !can_run_all_of(request))", "feature")
mutation("a client without pipelining ignores its option", CLIENT, "(options.pipelined && !has(Parts, feature::pipelining)) ||",
      "", "feature")
mutation("a client without full refusals ignores their option", CLIENT,
      "(options.wait_for_full_refusal && !has(Parts, feature::full_refusals)) ||", "", "feature")
mutation("a client that cannot continue after a greeting ignores the option", CLIENT,
      "(options.after_greeting && !has(Parts, feature::after_greeting)) ||", "", "feature")
mutation("a client without tolerances ignores them", CLIENT,
      "(options.tolerance != lenient && !has(Parts, feature::tolerances));", "false;", "feature")
mutation("a client without the names of foreign protocols names them", CLIENT,
      "has(Parts, feature::foreign_protocols) && first", "first", "feature")
mutation("a SOCKS4 client with pipelining never says that you may send early", CLIENT,
      "return has(Parts, feature::pipelining) && options_.pipelined", "return pipelines && options_.pipelined", "feature")
mutation("a server without BIND shows it to the application", SERVER,
      "(requested == command::bind && !has(Parts, feature::bind)) ||", "", "feature")
mutation("a server without UDP ASSOCIATE shows it to the application", SERVER,
      "(requested == command::udp_associate && !has(Parts, feature::udp_associate));", "false;", "feature")
mutation("a server without BIND shows it to the application over SOCKS4", SERVER,
      "if (is_missing(static_cast<command>(t.in[1])))\n                return refuse4(", "if (false)\n                return refuse4(",
      "feature")
mutation("a command that a server was built without is refused in the wrong version", SERVER,
      "            chosen_ = socks::method::no_acceptable;\n            if (is_missing(static_cast<command>(t.in[1])))\n                return refuse4(errc::refused, t, static_cast<uint8_t>(code4::rejected));",
      "            if (is_missing(static_cast<command>(t.in[1])))\n                return refuse4(errc::refused, t, static_cast<uint8_t>(code4::rejected));\n            chosen_ = socks::method::no_acceptable;",
      "feature")
mutation("a server without SOCKS4 sends no reply to a SOCKS4 request", SERVER,
      "if (!speaks4 || (!options_.v4", "if (!speaks4) return fail(errc::version_refused, t, 4);\n        if ((!options_.v4", "feature")
mutation("a server without SOCKS5 chooses a method", SERVER, "const bool refuses = !speaks5 || !options_.v5;",
      "const bool refuses = !options_.v5;", "feature")
mutation("a server that cannot continue after a greeting ignores the option", SERVER,
      "(options.v4_after_greeting && !has(Parts, feature::after_greeting)) ||", "", "feature")
mutation("a server without tolerances ignores them", SERVER,
      "(options.tolerance != lenient && !has(Parts, feature::tolerances)))", "false)", "feature")
mutation("a server chooses a method that it was built without", SERVER,
      "if (!detail::is_supported(Parts, options.methods[i])) return errc::unsupported_method;", "", "feature")
mutation("a server without the names of foreign protocols names them", SERVER,
      "else if (has(Parts, feature::foreign_protocols))", "else if (true)", "feature")
mutation("the inbox of a server without SOCKS4 is too small for credentials", SERVER,
      "knows_credentials ? 513 : 262", "knows_credentials ? 262 : 262", "feature")
mutation("the outbox of a server without BIND is too small for its reply", SERVER, "? 524 : 262", "? 524 : 261", "feature")

# What is asked for
REQUEST = "core/request.hpp"
mutation("a client with credentials offers only the method \"none\" (curl#21895; A3)", REQUEST,
      "credentials.given ? method::username_password : method::none", "method::none", "request", "client")
mutation("a SOCKS4 user ID may contain a NUL", REQUEST, "user.size() > 255 || user.contains('\\0') ?",
      "user.size() > 255 ?", "request")
mutation("the check of a request accepts a password of 256 bytes (A10)", REQUEST,
      "if (request.credentials.password.size() > 255) return errc::bad_password;", "", "request")
mutation("the check of a request accepts username/password without credentials (A4)", REQUEST,
      "if (!request.credentials.given && request.methods.contains(method::username_password))\n        return errc::no_credentials;",
      "", "request")

# Addresses
ADDRESS = "core/address.hpp"
IP = "core/ip.hpp"
mutation("a name may contain a NUL (D9)", ADDRESS, "text.contains('\\0')", "false", "scope")
mutation("a received name in UTF-8 may contain a colon", ADDRESS, "text.contains(':') || ", "", "address")
mutation("a received name in UTF-8 may contain a bracket", ADDRESS, " || text.contains('[')", "", "address")
mutation("a received name in UTF-8 may end in a number", ADDRESS, "ends_in_a_number(text);", "false;", "address")
mutation("a host name of 256 bytes is truncated (CVE-2008-0378; D6)", ADDRESS, "n == 0 || n > max_name", "n == 0", "address")
mutation("the parser removes a closing bracket that has no opening one (D2)", ADDRESS, "text[0] == '[' && ", "", "address")
mutation("an invalid IPv4 address counts as a host name (D1)", ADDRESS, "if (!detail::ends_in_a_number(text)) return", "if (!parse_ipv4(text)) return",
      "address")
mutation("the text 0x counts as a host name", ADDRESS, "if (last > 'f' && last != 'x')", "if (last > 'f')", "address")
mutation("a hexadecimal number counts as a host name", ADDRESS, "if (last > 'f' &&", "if (last > '9' &&", "address")
mutation("a label that begins with 0x always counts as a number", ADDRESS, "hex_digit(p[i]) < 0", "false", "address")
mutation("an empty label counts as a number", ADDRESS, "if (!is_digit(p[begin])) return false;", "", "address")
mutation("a host reads one byte of its text at a time", ADDRESS, "if constexpr (use_words) {", "if constexpr (false) {", "optimised/work")
mutation("an IPv4 number with a leading zero is decimal", IP, " || (i > begin + 1 && text.data()[begin] == '0')", "", "ip",
      "fuzz/literal")
mutation("an IPv6 address may contain :: twice", IP, "if (groups.has_gap()) return errc::bad_host;", "", "ip", "fuzz/literal")
mutation("words with @ and ` are the same", "core/letters.hpp", "((a ^ b) == 0x20 && is_letter(a))", "(a ^ b) == 0x20", "letters")
mutation("words in other cases differ", "core/letters.hpp", " || ((a ^ b) == 0x20 && is_letter(a))", "", "letters")
mutation("a received name with a NUL can be sent (D9)", ADDRESS, "name.empty() || name.contains('\\0')",
      "name.empty()", "address", "request")
mutation("a search omits the last bytes of a long name", "core/memory.hpp", "return contains_in_16(p + n - 16, c);",
      "return false;", "memory")
mutation("a copy omits the last bytes of a text", "core/memory.hpp", "__builtin_memcpy(to + (n - Size), &last, Size);",
      "", "memory", "writer", "username_password")
mutation("a copy of more than 32 bytes omits bytes in the middle", "core/memory.hpp", "for (; n > 32; to += 16",
      "for (; n > 33; to += 16", "memory")
mutation("a copy writes complete words only", "core/memory.hpp", "else if (n >= 2) {", "else if (n >= 1) {", "memory",
      "writer")
mutation("the decoder reads a name after the address 0.0.0.0", S4,
      "{ return is_name_marker(", "{ return reader(head.subspan(4)).v4() == ipv4{} || is_name_marker(",
      "socks4")
mutation("an SSH server is identified as HTTP (V5)", "core/error.hpp",
      "if (first == 'S') return errc::peer_is_ssh;", "", "error",
      "sniff")
mutation("a failure of the stream is attributed to the peer", "core/error.hpp",
      "n < 32 ? party::peer", "n <= 32 ? party::peer", "error")

# Mailboxes
MAILBOX = "machine/mailbox.hpp"
mutation("an inbox omits the last byte when it moves its data", MAILBOX, "move_bytes(bytes_, bytes_ + begin_, n);",
      "move_bytes(bytes_, bytes_ + begin_, n - (n != 0));", "mailbox")
mutation("an inbox copies data onto itself in the wrong direction", MAILBOX, "detail::move_bytes(bytes_, bytes_ + begin_, n);",
      "for (uint32_t i = n; i > 0; --i) bytes_[i - 1] = bytes_[begin_ + i - 1];", "mailbox")
mutation("an inbox moves one byte at a time", MAILBOX, "detail::move_bytes(bytes_, bytes_ + begin_, n);",
      "for (uint32_t i = 0; i < n; ++i) static_cast<volatile char*>(bytes_)[i] = bytes_[begin_ + i];", "optimised/work")
mutation("an outbox sends bytes again after a short write (curl#17942; F7)", MAILBOX,
      "begin_ += static_cast<uint32_t>(n);\n        if (begin_ == end_)",
      "if (n == size_t{end_} - begin_) begin_ = end_;\n        if (begin_ == end_)", "mailbox", "simulation")
mutation("a cleared inbox still returns its old data", MAILBOX,
      "    /// machine that failed with errc::bad_count stays failed.\n    constexpr void clear() noexcept {\n        wipe({bytes_, N});\n        begin_ = end_ = 0;",
      "    /// machine that failed with errc::bad_count stays failed.\n    constexpr void clear() noexcept {\n        wipe({bytes_, N});", "mailbox")
mutation("a cleared outbox keeps what was committed without a prepare", MAILBOX, "used_ = N;  // prepare() may", "// prepare() may",
      "mailbox")
mutation("an outbox does not mark the bytes in flight", MAILBOX, "submitted_ = !empty();", "", "completion")
mutation("an empty outbox has bytes in flight", MAILBOX, "submitted_ = !empty();", "submitted_ = true;", "completion")
mutation("a completion does not end the mark of an outbox", MAILBOX,
      "        submitted_ = false;\n        if (n > size_t{end_}", "        if (n > size_t{end_}", "completion")
mutation("a step sends the bytes in flight again", MAILBOX, "if (!out.submitted_) now.set(", "now.set(", "completion")
mutation("a step continues while bytes are in flight", MAILBOX, "if (!out.empty()) {", "if (!out.empty() && !out.submitted_) {",
      "completion")
mutation("an outbox is cleared while its bytes are in flight", MAILBOX, "        SOCKS_ASSERT(!submitted_);\n", "", "completion")
mutation("the optimiser removes the wipe of a secret", "core/bytes.hpp", """__asm__ volatile("" : : "r"(p) : "memory");""", "",
      "optimised/secrets")
mutation("a wipe writes one byte at a time", "core/bytes.hpp", "if (n != 0) __builtin_memset(p, 0, n);",
      "for (size_t i = 0; i < n; ++i) static_cast<volatile char*>(p)[i] = 0;", "optimised/work")
mutation("a wipe omits the last byte", "core/bytes.hpp", "__builtin_memset(p, 0, n);", "__builtin_memset(p, 0, n - 1);", "mailbox")

# The loop in one call, and a stream that fails
RUN = "machine/run.hpp"
mutation("the loop reads bytes of the destination", RUN, "rx.prepare(s.needed());", "rx.prepare();", "run")
mutation("the loop waits for bytes after the end of the stream", RUN, "handshake.end_of_stream();", "return false;", "run")
mutation("the loop ignores a failed read", RUN, "handshake.stream_failed(arrived.error());", "return false;", "run")
mutation("the loop ignores a failed write", RUN, "handshake.stream_failed(tx, written.error());", "tx.clear();", "run")
mutation("the loop returns when a signal interrupts a write", RUN, "if (written.is(io::interrupted)) return true;",
      "if (written.is(io::interrupted)) return false;", "run")
mutation("the loop returns when a signal interrupts a read", RUN, "if (arrived.is(io::interrupted)) return true;",
      "if (arrived.is(io::interrupted)) return false;", "run")
mutation("the loop leaves a sent password in the outbox", RUN, "if (tx.empty()) tx.clear();  // wipes the password", "", "run")
mutation("an interrupted call is a call that would block", "core/io_result.hpp", "return paused_ && reason_ == why;",
      "return paused_;", "io_result", "run")
mutation("a failed stream ends a client that is done", CLIENT,
      "if (state_ == client_state::done) return;\n        fail_for_good(blame", "fail_for_good(blame", "stream_failed")
mutation("a failed stream ends a server that is done", "machine/server.hpp",
      "if (state_ == server_state::done) return;\n        fail_for_good(blame", "fail_for_good(blame", "stream_failed")
mutation("a client takes every error as a failure of the stream", CLIENT,
      "fail_for_good(blame(why) == party::stream ? why : errc::out_of_turn);", "fail_for_good(why);", "stream_failed")
mutation("a server takes every error as a failure of the stream", "machine/server.hpp",
      "fail_for_good(blame(why) == party::stream ? why : errc::out_of_turn);", "fail_for_good(why);", "stream_failed")
mutation("EINTR is a failure of the stream", "system/errno.hpp", "case EINTR:\n        case 10004: return io::interrupted;",
      "case 10004: return io::interrupted;", "errno")

# Actions
ACTION = "machine/action.hpp"
mutation("release() does not end the use of an action", ACTION, "        next_ = released;\n", "", "release")
mutation("release() returns nothing to remove", ACTION, "const size_t n = consumed();", "const size_t n = 0;", "release")
mutation("next() returns an action that was released", ACTION,
      "        SOCKS_ASSERT(next_ != released);\n        return next_;", "        return next_;", "release")
mutation("the bytes of an action are removed twice", ACTION,
      "        SOCKS_ASSERT(next_ != released);\n        return consumed_;", "        return consumed_;", "release")
mutation("a client returns a bound address after release()", CLIENT,
      "        const reply_code refusal = code();  // asserts for every other action\n"
      "        return data_ == nullptr ? endpoint{} : answer(refusal.version).reply.bound;",
      "        return data_ == nullptr ? endpoint{} : answer(code().version).reply.bound;", "release")

# Datagrams
DATAGRAM = "wire/datagram.hpp"
mutation("the decoder accepts a fragment as a complete datagram (U14)", DATAGRAM,
      "if (in[2] != 0 && parts == fragments::drop) return errc::fragmented;", "", "datagram")
mutation("the decoder reads past the end of a datagram", DATAGRAM,
      "if (!header) return header.needed() != 0 ? errc::truncated : header.error();",
      "if (header.error() != errc::none) return header.error();", "datagram",
      "fuzz/datagram")
mutation("the reassembly joins fragments of different senders", "machine/reassembly.hpp",
      "header.subspan(3) == bytes(storage.data(), header_).subspan(3)", "header.size() == header_", "reassembly",
      "fuzz/reassembly")
mutation("the reassembly has no time limit", "machine/reassembly.hpp", "now - began_ >= limit_", "false",
      "reassembly")
mutation("the time limit of the reassembly ends after one tick", "machine/reassembly.hpp", "now - began_ >= limit_",
      "now - began_ == limit_", "reassembly")
mutation("fragments overflow their storage", "machine/reassembly.hpp", "if (storage.capacity() - size_ < kept.size()) {",
      "if (storage.capacity() < kept.size()) {", "reassembly", "fuzz/reassembly")
mutation("HDRLEN may differ from the length of the name (X2)", "wire/udp_over_tcp.hpp",
      "if (header != (size ? *size : n + size.needed())) return errc::bad_length;", "", "udp_over_tcp", "fuzz/udp_over_tcp")
mutation("UDP ASSOCIATE always asks for the IPv4 wildcard (U7)", "policy/relay.hpp",
      "return unmap(proxy).kind() == host_kind::ipv6 ? unspecified_ipv6 : unspecified_ipv4;", "return unspecified_ipv4;", "relay")
mutation("UDP ASSOCIATE asks an IPv4-mapped proxy for the IPv6 wildcard (U7)", "policy/relay.hpp",
      "return unmap(proxy).kind() == host_kind::ipv6 ? unspecified_ipv6 : unspecified_ipv4;",
      "return proxy.kind() == host_kind::ipv6 ? unspecified_ipv6 : unspecified_ipv4;", "relay")
mutation("a UDP association accepts datagrams from any address (v2ray; U9)", "policy/relay.hpp",
      "!same_address(source.host, source_.host) || ",
      "", "relay", "fuzz/relay")
mutation("an access list does not see the address inside a 6to4 address (D5)", "policy/scope.hpp",
      "group(a, 0) == 0x2002", "group(a, 0) == 0x2003",
      "scope")
mutation("an access list reads the address inside a Teredo address without inversion (D5)", "policy/scope.hpp",
      "a.bytes[i] ^ 0xff", "a.bytes[i]", "scope")
mutation("an access list finds an IPv4 address at the end of any IPv6 address (D5)", "policy/scope.hpp",
      "(front(a) == 0 && number", "(number",
      "scope")
mutation("an access list does not see the address inside an ISATAP address (D5)", "policy/scope.hpp",
      "return is_isatap(a) ? host(tail(a)) : host(a);", "return a;", "scope")
mutation("an access list does not see the address inside an IPv4-translated address (D5)", "policy/scope.hpp",
      " || is_siit(a)) return tail(a);",
      ") return tail(a);", "scope")
mutation("an IPv6 link-local address with an IPv4 address inside does not count as link-local (D5)", "policy/scope.hpp",
      "if (detail::in_ipv6_network(h, 0xfe800000, 10)) return true;",
      "if (effective_host(h) == h && detail::in_ipv6_network(h, 0xfe800000, 10)) return true;", "scope")
mutation("the relay addresses of 6to4 count as global", "policy/scope.hpp", "!within(a, 0xc0586300, 24) &&", "", "scope")
mutation("a UDP association accepts datagrams from a second port (U8)", "policy/relay.hpp",
      " && ports_ == source_ports::locked) return false;", " && false) return false;", "relay", "fuzz/relay")
mutation("the families of the addresses do not take turns", "policy/address_order.hpp",
      "family(other) == family(i - 1)", "false", "address_order")
mutation("an IPv4-mapped address counts as an IPv6 address in the order of attempts", "policy/address_order.hpp",
      "unmap(addresses[i].host).kind()", "addresses[i].host.kind()", "address_order")
mutation("an address changes its place with another one of its family", "policy/address_order.hpp",
      "for (; other > i; --other) addresses[other] = addresses[other - 1];", "addresses[other] = addresses[i];", "address_order")

# GSSAPI
GSSAPI = "wire/gssapi.hpp"
mutation("the decoder accepts an empty protected message (curl#21159; G2)", GSSAPI, "length < min_size || ", "", "gssapi")
mutation("the decoder accepts a token longer than the limit of the caller (G2)", GSSAPI,
      " || length > max_token", "", "gssapi", "fuzz/gssapi")
mutation("the decoder asks for a byte after an abort (G5)", GSSAPI,
      "if (n < 2) return message::incomplete(2 - n);", "if (n < 2) return message::incomplete(3 - n);",
      "gssapi")
mutation("the negotiation accepts a weaker protection than the required one (curl#22004; G4)", GSSAPI,
      "return enough ? errc::none : errc::weak_protection;",
      "return enough ? errc::none : errc::none;", "gssapi", "fuzz/gssapi")

# CHAP
CHAP = "wire/chap.hpp"
mutation("the decoder does not check the version of a CHAP message", CHAP,
      "if (n > 0 && in[0] != 1) return errc::bad_version;", "", "chap", "fuzz/chap")
mutation("the decoder accepts a CHAP message without attributes", CHAP,
      "if (left == 0) return errc::bad_length;", "", "chap")
mutation("the decoder accepts a CHAP message longer than the limit of the caller (G10)", CHAP,
      "if (size + 2 * left > max_size) return errc::bad_length;", "", "chap", "fuzz/chap")
mutation("the decoder reads the length of a CHAP attribute as a signed number", CHAP,
      "size += size_t{2} + in[size + 1];", "size += size_t{2} + static_cast<size_t>(static_cast<signed char>(in[size + 1]));",
      "chap", "fuzz/chap")
mutation("a CHAP message without a STATUS counts as success (G9)", CHAP, "bool found = false;", "bool found = true;",
      "chap", "fuzz/chap")
mutation("a later STATUS of CHAP hides a failure (G9)", CHAP,
      'if (a.value != bytes("\\0")) return false;\n            found = true;', 'found = a.value == bytes("\\0");',
      "chap", "fuzz/chap")
mutation("the last attribute of a type counts (G8)", CHAP,
      "        for (const chap_attribute a : *this)\n            if (a.type == type) return a.value;\n        return {};",
      "        bytes last{};\n        for (const chap_attribute a : *this)\n            if (a.type == type) last = a.value;\n        return last;",
      "chap")
mutation("the encoder writes the length of a CHAP value of 256 bytes as 0", CHAP,
      "if (attributes[i].value.size() > 255) return errc::bad_attribute;", "static_cast<void>(i);", "chap")

# Text and policy
mutation("a printed IPv6 address shortens the last of several longest runs of zeros", "text/literal.hpp",
      "n > length && n >= 2",
      "n >= length && n >= 2", "literal")
mutation("the text of a host may contain a space (D10)", ADDRESS, "c > ' '", "c >= ' '", "address")
mutation("the text of a host may contain a DEL (D10)", ADDRESS, "c < 0x7f && ", "", "address")
mutation("the text of a long host may contain a space (D10)", ADDRESS, "x - ones * 0x21", "x - ones * 0x20", "address")
mutation("the text of a long host may be UTF-8 (D11)", ADDRESS, "(x + ones) | ", "", "address")
mutation("the text of a long host may contain a bracket", ADDRESS, "((x ^ ones * '[') - ones) | ", "", "address")
mutation("the last bytes of a long host are not tested", ADDRESS, "return are_8_name_bytes(p + n - 8);", "return true;", "address")
mutation("the error of a host with a space does not say so", ADDRESS, "text[i] > ' '", "text[i] >= ' '", "address")
mutation("the error of a host in UTF-8 does not say so", ADDRESS, " && text[i] < 0x7f) ++i;", ") ++i;", "address")
mutation("a received name in UTF-8 counts as an invalid address", "policy/scope.hpp",
      "return spelled.kind() != host_kind::bad || detail::is_invalid_name(h.name()) ? spelled : host();", "return spelled;", "scope")
mutation("the parser always reads socks:// as SOCKS4", "text/uri.hpp",
      "scheme_(socks_scheme) {}", "scheme_(proxy_scheme::socks4) {}", "uri")
mutation("the text of an unassigned code omits the number", "text/code.hpp", "const bool unassigned = is_unassigned(name);",
      "const bool unassigned = false;", "code", "tor")
mutation("the message for the operator omits the number of an unknown code", "policy/disposition.hpp",
      "w.put(\": 0x\").hex(o.code().value);",
      "w.put(\"\");", "disposition")
mutation("a printed URI contains the password (bitcoin#5911; P3)", "text/uri.hpp",
      'w.put(uri.version == version::v5 ? bytes(":***@") : bytes("@"));',
      "w.put(':').put(uri.credentials.password).put('@');", "uri", "fuzz/uri")
mutation("a user ID in a URI may contain a NUL", "text/uri.hpp", " || (c == '\\0' && uri_.version != version::v5)", "", "uri",
      "fuzz/uri")
mutation("the parser accepts an RPC object without an ID (T4)", "policy/tor.hpp", "n > detail::prefix1().size()",
      "n >= detail::prefix1().size()", "tor")
mutation("Winsock's number 10061 maps to another failure (R15)", "system/errno.hpp", "case 10061:", "case 10062:", "errno")
mutation("a timeout of the name service counts as a failed look-up (R15)", "system/getaddrinfo.hpp",
      "case EAI_AGAIN: return dial_error::timed_out;", "case EAI_AGAIN: return dial_error::name_not_resolved;", "getaddrinfo")
mutation("the codes 92 and 93 lead to a retry", "transfer_cft/disposition.hpp",
      ".retrying(code4::rejected)", ".retrying(code4::rejected).retrying(code4::identd_unreachable).retrying(code4::identd_mismatch)",
      "transfer_cft_disposition")
mutation("the conservative table tries a violation of the protocol again", "policy/disposition.hpp",
      "if (blame(failure) == party::stream)", "if (blame(failure) != party::caller)", "disposition")
SOCKADDR = "system/sockaddr.hpp"
mutation("a port is written in the byte order of the host", SOCKADDR,
      "bytes[2] = {static_cast<uint8_t>(port >> 8), static_cast<uint8_t>(port & 0xff)}",
      "bytes[2] = {static_cast<uint8_t>(port & 0xff), static_cast<uint8_t>(port >> 8)}", "sockaddr")
mutation("an IPv4 peer of an AF_INET6 socket is reported as an IPv6 address (D5)", SOCKADDR, "return {unmap(address), ", "return {address, ",
      "sockaddr")
mutation("an IPv4 address becomes a sockaddr_in even for a dual-stack socket", SOCKADDR, "if (form == address_form::ipv4_mapped)",
      "if (form != form)", "sockaddr")
mutation("a sockaddr_in6 is read past the size that the system returned", SOCKADDR,
      " || size < static_cast<socklen_t>(sizeof six)) return", ") return", "sockaddr")
mutation("a sockaddr of any family is read as an IPv4 address", SOCKADDR, "if (from.sin_family != AF_INET) return {};", "",
      "sockaddr")
mutation("an invalid host becomes a sockaddr without an address", SOCKADDR, "case host_kind::bad: return e.host.error();",
      "case host_kind::bad: return detail::store_sockaddr(sockaddr_in{}, out);", "sockaddr")
ERROR_CODE = "system/error_code.hpp"
mutation("a SOCKS4 reply code as std::error_code equals the SOCKS5 code of the same number", ERROR_CODE, "0x500 : 0x400",
      "0x500 : 0x500", "error_code")
mutation("a granted SOCKS4 request becomes an error as std::error_code", ERROR_CODE, "if (c.succeeded()) return 0;",
      "if (c.value == 0) return 0;", "error_code")
mutation("the end of the stream equals std::errc::invalid_argument", ERROR_CODE, "blame(e) == party::caller ?",
      "blame(e) != party::none ?", "error_code")
mutation("a refusal by a rule of one side equals std::errc::protocol_error", ERROR_CODE,
      "if (is_refusal(e) || is_wrong_call(e)) return {};", "if (is_wrong_call(e)) return {};", "error_code")
mutation("a table of dispositions changes a success into a failure", "policy/disposition.hpp",
      "if (o.succeeded()) return disposition::connected;", "", "disposition", "fuzz/disposition")
mutation("the interval of a schedule does not double", "policy/retry.hpp", "interval *= 2;", "", "retry", "fuzz/retry")
mutation("a schedule allows one attempt too many", "policy/retry.hpp", "return failed <= s.limit;",
      "return failed <= s.limit + 1U;", "retry", "fuzz/retry")
mutation("a transfer that was given up starts again", "policy/retry.hpp", "if (state_ != next::again) return state_;", "",
      "retry", "fuzz/retry")
mutation("the second try uses a connection that has ended (V9)", "policy/fallback.hpp",
      "return blame(why) == party::peer && detail", "return detail", "fallback")
mutation("the client leaves the first byte of a SOCKS4 refusal before the reply (V9)", CLIENT,
      "t.take(2);", "t.take(1);", "fallback")
mutation("the client sends a SOCKS4 request although the proxy answered the greeting with 5 (V9)", CLIENT,
      "if (!t.in.empty() && t.in[0] == 5) return fail_for_good(errc::bad_version, t.in[0]);", "", "fallback")
mutation("the server refuses a greeting with eight bytes, which Java reads as its reply (V9)", "machine/server.hpp",
      "detail::write_short_refusal4(t.out)",
      "detail::write_frame4(static_cast<uint8_t>(code4::rejected), {}, t.out)", "quirks_server")
mutation("the server answers every further greeting with a SOCKS4 refusal", "machine/server.hpp",
      "t.out), server_state::after_greeting,", "t.out), server_state::start,", "quirks_server")
mutation("the second try uses SOCKS4 although the proxy spoke SOCKS5", "policy/fallback.hpp",
      " || consumed != 0) return", ") return", "fallback")
mutation("the parser reads the rest of the text for each word", "transfer_cft/parser.hpp",
      "return copy.next().kind == token_kind::equals;",
      "const bool assigned = copy.next().kind == token_kind::equals;\n        while (copy.next().kind <= token_kind::close) {\n        }\n        return assigned;",
      "optimised/work")
mutation("the parser searches the rest of the URI for each byte of the credentials", "text/uri.hpp", "if (c == '%') {",
      "if (find(text_, '%', position_) == position_) {", "optimised/work")
mutation("the parser accepts a value without its closing apostrophe", "transfer_cft/parser.hpp",
      "if (lookahead_.kind == token_kind::open_quote)\n            return \"an apostrophe that ends the value which begins here\";",
      "", "transfer_cft_parser", "fuzz/transfer_cft")

# Calls that a caller gets wrong
mutation("an inbox commits a failed recv as four billion bytes", MAILBOX,
      "if (n - 1 < N - end_) [[likely]]", "if (n != 0) [[likely]]", "mailbox")
mutation("an inbox commits 0 bytes without an error", MAILBOX,
      "if (n - 1 < N - end_) [[likely]]", "if (n <= N - end_) [[likely]]", "mailbox", "invariants_finality")
mutation("the result of recv can be committed without a test", MAILBOX,
      "    template <detail::no_unsigned_integer test_the_result_of_recv_first>\n"
      "    void commit(test_the_result_of_recv_first) = delete;\n\n    /// Removes the first", "\n    /// Removes the first", "mailbox")
mutation("the result of send can be consumed without a test", MAILBOX,
      "    template <detail::no_unsigned_integer test_the_result_of_send_first>\n"
      "    void consume(test_the_result_of_send_first) = delete;\n", "", "mailbox")
mutation("an inbox consumes more bytes than it holds", MAILBOX,
      "if (n <= size_t{end_} - begin_) [[likely]]", "if (n != 0) [[likely]]", "mailbox")
mutation("an outbox consumes more bytes than it holds", MAILBOX,
      "if (n > size_t{end_} - begin_) [[unlikely]] {", "if (n > N) [[unlikely]] {", "mailbox")
mutation("a machine reads forever after an invalid count", MAILBOX,
      "now.next() == next::recv && in.miscounted_", "now.next() == next::wait && in.miscounted_", "invariants_finality")
mutation("a machine sends forever after an invalid count", MAILBOX, "if (out.miscounted_)",
      "if (false)", "invariants_finality")
mutation("a wrong count of an empty outbox is no error", MAILBOX, "if (out.miscounted_)",
      "if (out.miscounted_ && !out.empty())", "invariants_finality")
mutation("the method of a SOCKS4 client is not none", SERVER, "return is4() ? socks::method::none : chosen_;", "return chosen_;", "server")
mutation("a state of the client has the name of another one", CLIENT,
      "case client_state::auth_status: return \"waiting for the verdict on user name and password\";",
      "case client_state::auth_status: return \"waiting for the method selection\";", "client_core")
mutation("a state of the server has the name of another one", "machine/server_action.hpp",
      "case server_state::serve: return \"before the answer to the request\";",
      "case server_state::serve: return \"waiting for the request\";", "server_action")
mutation("a received name of 256 bytes is truncated to another host", ADDRESS,
      "if (name.size() > max_name) return {host_kind::bad, name, errc::bad_host};", "if (name.size() > max_name) name = name.first(max_name);",
      "address")
mutation("a host keeps the first bytes of a text that is too long", ADDRESS,
      "text.size() <= max_name ? text.size() : 0", "text.size() <= max_name ? text.size() : max_name", "address")
mutation("an overlapping move copies in the wrong direction", "core/memory.hpp",
      "const bool ahead = is_ahead(to, from, n);", "const bool ahead = is_ahead(to, from, 0);", "memory", "fixed_bytes")
mutation("a stored invalid host points to the original text", "core/address.hpp",
      "if (kind_ == host_kind::name || kind_ == host_kind::bad) result.name_", "if (kind_ == host_kind::name) result.name_", "stored")
mutation("the decoder continues a search in input that was removed", S4, "if (n < seen_) {", "if (n < detail::head4) {", "socks4",
      "invariants_finality")
mutation("the server keeps a search position of input that was removed", SERVER, "scan_ = {};", "", "invariants_finality")
OVERLAP = "invariants_overlap"
mutation("the encoder writes the password over a user name that it did not yet copy", LOGIN,
      "if (overlap(user.data(), user.size(), password_field, password.size())) return errc::overlap;", "", OVERLAP)
mutation("the encoder writes the name over a user ID that it did not yet copy", S4,
      "if (overlap(user.data(), user.size(), name_field, name.size() + 1)) return errc::overlap;", "", OVERLAP)
mutation("the encoder writes the data over a name that it did not yet copy", "wire/datagram.hpp",
      "if (remote.host.kind() == host_kind::name && overlap(name.data(), name.size(), to, data.size()))\n        return false;", "",
      OVERLAP)
mutation("the encoder writes the header of a datagram over the data", "wire/datagram.hpp",
      "    move_bytes(to, data.data(), data.size());",
      "    copy(to, data.data(), data.size());", OVERLAP)
mutation("the encoder writes the address type of a datagram over the name", "wire/datagram.hpp",
      "        move_text(to + 5, name.data(), name.size());\n        to[3] = static_cast<char>(address_type::name);",
      "        to[3] = static_cast<char>(address_type::name);\n        move_text(to + 5, name.data(), name.size());", OVERLAP)
mutation("the encoder writes the head of a SOCKS5 message over the name", ENDPOINT5,
      "    if (kind == host_kind::name) move_text(out.data() + 5, name.data(), name.size());\n    writer w(out);\n    w.u8(5).u8(second).u8(0);",
      "    writer w(out);\n    w.u8(5).u8(second).u8(0);\n    if (kind == host_kind::name) move_text(out.data() + 5, name.data(), name.size());",
      OVERLAP)
mutation("the encoder copies a token as if it did not overlap the output", "wire/gssapi.hpp",
      "if (!abort) detail::move_bytes(out", "if (!abort) detail::copy(out",
      OVERLAP)
mutation("the encoder writes a CHAP message over its values", "wire/chap.hpp",
      "if (detail::overlap(value.data(), value.size(), out.data(), size)) return errc::overlap;",
      "static_cast<void>(value);", OVERLAP)
mutation("a text is printed over itself", "text/literal.hpp", "if (overlaps_) return errc::overlap;", "", OVERLAP)
mutation("a value is decoded over the text that the parser has not yet read", "transfer_cft/lexer.hpp",
      "if (socks::detail::is_ahead(out.data(), text.data(), text.size())) return errc::overlap;", "", OVERLAP)
mutation("credentials are decoded over the rest of their URI", "text/uri.hpp",
      "if (is_ahead(out_.data(), text_.data(), text_.size())) return errc::overlap;", "", OVERLAP)
mutation("a received fragment overwrites the stored fragments", "machine/reassembly.hpp",
      "if (waiting() && detail::overlap(in.data(), in.size(), storage.data(), size_)) {", "if (false) {", OVERLAP)
mutation("a list of only 0xff counts as empty, which selects method 0", REQUEST,
      "        if (m == method::no_acceptable) {", "        if (m == method::no_acceptable) return false;\n        if (false) {", "request",
      "quirks_server")
mutation("the check of a request accepts the method 0xff", REQUEST,
      "if (!request.methods.is_valid()) return errc::bad_methods;", "",
      "request", "invariants_finality")
mutation("a server chooses the marker byte of an invalid list", REQUEST,
      "if (is_free(0)) return method::no_acceptable;", "", "request")
mutation("the size of 4 GiB and 3 bytes becomes 3 bytes", "core/decoded.hpp",
      "return count == n ? count : 0;", "return count;", "decoded")
mutation("an encoder reports 4 GiB without an error", "core/decoded.hpp", "to_count(size) == size ? errc::none : errc::no_space",
      "errc::none", "decoded")
CONFIG = "config.hpp"
mutation("a failed assertion prints nothing", CONFIG, "(fputs(text, stderr));\n    __builtin_abort", "(text);\n    __builtin_abort",
      "assertion")
mutation("a failed assertion does not print its condition", CONFIG, '": SOCKS_ASSERT(" #__VA_ARGS__', '": SOCKS_ASSERT("', "assertion")
mutation("a failed assertion prints the line of another one", CONFIG, "SOCKS_PLACE(__LINE__)", "SOCKS_PLACE(1)", "assertion")
mutation("a program goes on after a failed assertion", CONFIG,
      "[[noreturn]] SOCKS_NOINLINE void assertion_failed(const char* text) noexcept {\n"
      "    static_cast<void>(fputs(text, stderr));\n    __builtin_abort();",
      "SOCKS_NOINLINE void assertion_failed(const char* text) noexcept {\n    static_cast<void>(fputs(text, stderr));", "assertion")
mutation("the decoder accepts a value of 4 GiB", "transfer_cft/lexer.hpp",
      "if (text.size() > UINT32_MAX) return errc::no_space;", "",
      "transfer_cft_lexer")
mutation("a stored name points to the original name", "core/stored.hpp", "endpoint_.host.with_name_at(name_.view().data())",
      "endpoint_.host", "stored")
mutation("a stored password of 256 bytes becomes a password of 255 bytes, which can be sent", "core/stored.hpp",
      "fixed_bytes<256> password_{};", "fixed_bytes<255> password_{};", "stored")
mutation("a stored password remains in memory after destruction", "core/stored.hpp", "constexpr ~stored_request() { clear(); }",
      "constexpr ~stored_request() {}", "stored")
mutation("a stored user ID without a password is lost", "core/stored.hpp",
      "        r.credentials = {user_.view(), password_.view()};\n        r.credentials.given = given_;\n",
      "        if (given_) r.credentials = {user_.view(), password_.view()};\n", "stored")
mutation("an invalid list contains its marker byte", REQUEST, "return found && m != method::no_acceptable && !is_free(0);",
      "return found && m != method::no_acceptable;", "request")
CONVERSION = "core/conversion.hpp"
mutation("a floating-point number is accepted as a byte count", CONVERSION,
      "!(requires(T t) { t % 2; } && static_cast<T>(0) < static_cast<T>(-1));",
      "(requires(T t) { t % 2; } && static_cast<T>(-1) < static_cast<T>(0));", "mailbox")
mutation("a bool is accepted as a byte count", CONVERSION, "same<T, bool> || ", "", "mailbox")
mutation("an inbox consumes a negative number of bytes", MAILBOX,
      "    template <detail::no_unsigned_integer only_an_unsigned_integer_counts_bytes>\n"
      "    void consume(only_an_unsigned_integer_counts_bytes) = delete;\n", "", "mailbox")
mutation("an inbox prepares a negative number of bytes", MAILBOX,
      "    template <detail::no_unsigned_integer only_an_unsigned_integer_counts_bytes>\n"
      "    buffer prepare(only_an_unsigned_integer_counts_bytes) = delete;\n", "", "mailbox")
mutation("the formatter writes over a name although it reports an overlap", "text/literal.hpp",
      "        to_ = {};\n", "", OVERLAP)
mutation("the formatter writes over the host of a URI before the overlap check", "text/uri.hpp",
      ".avoid(uri.proxy.host.name())", "", OVERLAP)

# Each invariant of the exploration can break
mutation("a server receives at least 0 bytes", SERVER, "return t.now.set_recv(needed, 0);", "return t.now.set_recv(0, 0);",
      "exploration/server:a_step_returns_one_complete_action")
mutation("a server needs one byte more in every second step", SERVER, "return t.now.set_recv(needed, 0);",
      "return t.now.set_recv(needed + []() { static size_t n = 0; return n++ % 2; }(), 0);",
      "exploration/server:a_step_depends_on_its_arguments_only")
mutation("a client sends its early request again and again", CLIENT, "early ? client_state::method_selection",
      "early ? client_state::early_request", "exploration/client:steps_between_two_reads_are_bounded")
mutation("a server that asks about a request has the state of a second answer", SERVER,
      "byte_ = t.in[1];\n        state_ = server_state::serve;", "byte_ = t.in[1];\n        state_ = server_state::second_answer;",
      "exploration/server:a_state_goes_with_its_actions")
mutation("a server leaves the last byte of a request to its caller", SERVER, "t.in.first(size), byte, size);",
      "t.in.first(size), byte, size - 1);", "exploration/server:a_step_consumes_complete_messages_only")
mutation("a server needs one byte less of a SOCKS4a request", "wire/socks4.hpp", "incomplete(named ? 3 : 1)",
      "incomplete(named ? 2 : 1)", "exploration/server:needed_is_the_shortest_rest_of_the_message")
mutation("a client always waits for the complete refusal", CLIENT,
      "has(Parts, feature::full_refusals) && options_.wait_for_full_refusal) {", "has(Parts, feature::full_refusals)) {",
      "exploration/client:two_bytes_decide_a_refusal")
mutation("a server consumes what follows a greeting", SERVER, "after, offer.consumed(), t))", "after, t.in.size(), t))",
      "exploration/server:the_pace_of_the_input_does_not_matter")
mutation("a server loses the last early byte", SERVER, "t.now.set(next::done, in, 0, 0);",
      "t.now.set(next::done, in.first(in.empty() ? 0 : in.size() - 1), 0, 0);",
      "exploration/server:every_byte_after_the_handshake_is_early")
mutation("a client receives after the end of the stream", CLIENT, "        if (closed_) {\n", "        if (closed_ && !t.in.empty()) {\n",
      "exploration/client:nothing_is_received_after_the_end_of_the_stream")
mutation("a proxy on the way may say more than its reply", "machine/chain.hpp",
      "if (in.size() != consumed) return core_.fail_now(errc::spoke_first, consumed, in[consumed]);", "",
      "exploration/chain:a_proxy_on_the_way_says_nothing_after_its_reply")
mutation("a server writes a NUL behind its output", SERVER, "        state_ = after;\n        t.now.set_send(",
      "        state_ = after;\n        t.out.data()[t.out.capacity()] = 0;\n        t.now.set_send(",
      "exploration/server:nothing_is_written_outside_the_space")
mutation("a server without space for a reply changes its state", SERVER,
      "            t.now.set_no_space(written.needed());\n            return false;",
      "            t.now.set_no_space(written.needed());\n            state_ = after;\n            return false;",
      "exploration/server:no_space_changes_nothing_and_says_how_much")
mutation("a pair of bytes needs space for a third", "wire/writer.hpp", "if (out.capacity() < 2)", "if (out.capacity() <= 2)",
      "exploration/server:the_required_space_is_enough")
mutation("a server goes on before the answer about the credentials", SERVER, "            case server_state::authenticate:\n",
      "            case server_state::authenticate: need_more(1, t); break;\n",
      "exploration/server:a_step_waits_while_a_question_is_open")
mutation("a server ignores the result of a sub-negotiation that did not begin", SERVER,
      "        if (state_ != server_state::negotiation)\n            fail_for_good(errc::out_of_turn);",
      "        if (state_ != server_state::negotiation)\n            return;",
      "exploration/server:an_answer_without_its_question_is_a_final_error")
mutation("a failed sub-negotiation admits a client", SERVER,
      "        else if (succeeded)\n", "        else if (succeeded || negotiates)\n",
      "exploration/server:an_answer_has_its_result")
mutation("a server takes a request instead of the credentials", SERVER, "? server_state::credentials", "? server_state::request",
      "exploration/server:no_request_is_served_before_authentication")
mutation("a client uses a method that it did not offer", CLIENT,
      "if (!offered_.contains(chosen)) return fail_for_good(errc::method_not_offered, byte);", "",
      "exploration/client:nothing_is_accepted_that_was_not_offered")
mutation("a client takes the status 1 for success", CLIENT, "return status == 0 ?", "return status <= 1 ?",
      "exploration/client:a_handshake_succeeds_only_after_a_reply_that_grants")
mutation("a second failure of a client replaces the first", CLIENT, "if (state_ != client_state::failed) {", "if (why != errc::none) {",
      "exploration/client:a_failure_is_final")
mutation("a client waits after it is done", CLIENT, "case client_state::done: due = fail_for_good(errc::finished); break;",
      "case client_state::done: break;", "exploration/client:a_step_after_done_is_an_error")
mutation("every failure of the stream has the same name", CLIENT, "fail_for_good(blame(why) == party::stream ? why : errc::out_of_turn);",
      "fail_for_good(errc::stream_failed);", "exploration/client:a_failure_of_the_stream_ends_the_handshake")
mutation("a server sends its refusal again and again", SERVER, "        fail_for_good(why, byte);\n        t.now.set_send(",
      "        t.now.set_send(", "exploration/product:every_run_ends")
mutation("a client without credentials waits for the status of its credentials", CLIENT,
      "if (chosen == method::none) return after_authentication();",
      "if (chosen == method::none) {\n            state_ = client_state::auth_status;\n            return then::receive_auth_status;\n        }",
      "exploration/product:one_side_can_always_go_on_until_both_have_ended")
mutation("a server succeeds with a reply that refuses", SERVER, "if (!is4()) return detail::write_frame5(code, bound, out);",
      "if (!is4()) return detail::write_frame5(1, bound, out);", "exploration/product:both_sides_agree_on_the_outcome")
mutation("a client loses the bytes after its reply", CLIENT, "t.now.set(next::done, {reply, t.in.size()}, version, t.consumed);",
      "t.now.set(next::done, {reply, 0}, version, t.consumed);", "exploration/product:every_byte_of_the_tunnel_arrives")
