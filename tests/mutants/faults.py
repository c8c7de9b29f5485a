"""The planted faults. Each is one change of one header: what is there exactly once, and what stands there instead.

A fault names what it is, with the id of docs/conformance.md or the defect of the wild that it brings back, and the
suites that are asked to catch it, in order: NAME is tests/NAME.cpp, fuzz/NAME replays a corpus, simulation plays one,
and optimised/NAME is tests/optimised/NAME.cpp at -O2 -DNDEBUG.
"""

FAULTS = []


def fault(what, header, old, new, *suites):
    FAULTS.append((what, header, old, new, suites))


# SOCKS5 messages
S5 = "wire/socks5.hpp"
ENDPOINT5 = "wire/endpoint5.hpp"
fault("a reply's name length is signed (CVE-2017-18350, CVE-2026-56123)", ENDPOINT5,
      "whole = 4 + 1 + size_t{in[4]} + 2;",
      "whole = 4 + 1 + static_cast<size_t>(static_cast<signed char>(in[4])) + 2;", "socks5")
fault("need counts towards eight octets, past a reply without a name (curl; R4)", ENDPOINT5, "(7 - n);\n            whole",
      "(8 - n);\n            whole", "socks5", "laws_precision")
fault("the version of a choice is not looked at (socksio)", S5,
      "if (!in.empty() && in[0] != 5) return errc::bad_version;\n    return in.size() < 2",
      "return in.size() < 2", "socks5", "client")
fault("a name keeps its length octet (socksio)", ENDPOINT5, "r.take(r.u8())", "r.take(size_t{whole[4]} + 1)", "socks5")
fault("a reserved octet is always refused (D20, R17)", ENDPOINT5, "in[2] != 0 && !accept.reserved", "in[2] != 0", "socks5",
      "tolerance")
fault("a greeting may offer nothing (A7)", S5, "if (n == 0) return errc::no_methods;", "", "socks5")
fault("a request may be for a name of no octets (D7)", ENDPOINT5, "if (name.empty()) return errc::empty_name;", "", "socks5",
      "server")
fault("a request's name may hold a NUL (D9)", ENDPOINT5, "name.contains('\\0') ? errc::nul_in_name",
      "name.contains('\\x7f') ? errc::nul_in_name", "socks5")
fault("a name is sent with the length of its neighbour", ENDPOINT5, ".u8(static_cast<uint8_t>(name.size()))",
      ".u8(static_cast<uint8_t>(name.size() + 1))", "socks5")
fault("an IPv6 address is sent with the type of IPv4", ENDPOINT5, "w.u8(static_cast<uint8_t>(address_type::ipv6))",
      "w.u8(static_cast<uint8_t>(address_type::ipv4))", "socks5")
fault("a reply's empty bound name is an error (R4, R5)", S5, "return may_be_empty && is_no_name(name, n)",
      "return !may_be_empty && is_no_name(name, n)", "socks5", "tolerance")
fault("a reply tells a name that may not be sent", ENDPOINT5, "if (!e.host.is_sendable()) return e.host.error();", "",
      "socks5")
fault("0xff may be offered (A8)", S5, " || g.offers(method::no_acceptable)", "", "socks5")
fault("no host is written as the IPv6 wildcard (R13)", ENDPOINT5, "const bool six = is == kind::ipv6;",
      "const bool six = is == kind::ipv6 || is == kind::none;", "endpoint5")

# Logins
LOGIN = "wire/login.hpp"
fault("PLEN is taken from the user name (socks_proto)", LOGIN, "static_cast<uint8_t>(password.size())",
      "static_cast<uint8_t>(user.size())", "login", "fuzz/login")
fault("a user name of 256 octets wraps its length (curl#3737, weechat#2325, CVE-2002-2368)", LOGIN,
      "if (l.user.size() > 255) return errc::bad_user;", "", "login")
fault("PLEN is looked for at the wrong place (netch#856)", LOGIN, "in[2 + user];", "in[1 + user];", "login")
fault("only status 1 refuses (A20)", LOGIN, "return {in[1], *whole};", "return {static_cast<uint8_t>(in[1] & 1), *whole};",
      "login", "client")
fault("a status uses one octet of its two", LOGIN, "extent::whole(2)", "extent::whole(1)", "login", "client")
fault("the version of a status is not looked at (curl; V2)", LOGIN, "in[0] != 1 && accept.status_version != leeway::any",
      "in[0] == 2 && accept.status_version != leeway::any", "login", "tolerance")
fault("a login is taken one octet too early", LOGIN, "if (n < whole) return", "if (n + 1 < whole) return", "login",
      "guard_page")
fault("need asks past a login without a password", LOGIN, "3 + user + least - n", "3 + user + 1 - n", "login",
      "laws_precision")
fault("empty credentials are refused (A9)", LOGIN, "accept.empty_credentials ? 0 : 1", "1", "login")
fault("secrets of different lengths are equal (A17)", LOGIN, "a.size() == b.size() ? 0U : 1U", "0U", "login",
      "fuzz/login")
fault("comparing secrets ends at the first difference", LOGIN, "difference |= x ^ y;",
      "difference |= x ^ y;\n        if (difference != 0) break;", "optimised/secrets")

# SOCKS4
S4 = "wire/socks4.hpp"
fault("a user ID has no end (CVE-2002-1930, CVE-2000-1183)", S4, "if (n > detail::head4 + detail::string4) return errc::user_too_long;", "",
      "socks4")
fault("a SOCKS4a name has no end (CVE-2002-1001)", S4, "if (n > begin + detail::string4) return errc::name_too_long;", "", "socks4")
fault("a string may have 256 octets (S4-5)", S4, "string4 = 255;", "string4 = 256;", "socks4")
fault("a SOCKS4a name may be empty", S4, "if (seen_ == begin) return errc::empty_name;", "", "socks4")
fault("a SOCKS4a name is sent without its NUL", S4, "w.skip(name.size()).u8(0);", "w.skip(name.size());", "socks4")
fault("a name is sent behind 0.0.0.0", S4, "address.octets[3] = 1;", "address.octets[3] = 0;", "socks4")
fault("a reply of version 4 is refused (V1)", S4, "in[0] == 4 && accept.reply4_version", "in[0] == 5 && accept.reply4_version",
      "socks4", "quirks_client")
fault("the search for the name begins anew with each octet", S4, "            in_name_ = true;\n", "", "socks4",
      "laws_chunking")
fault("command 3 of SOCKS4 is shown as UDP ASSOCIATE (X4)", S4,
      "if (n > 1 && is_socks5_only(static_cast<command>(in[1]))) return errc::bad_command;", "", "quirks_server")
fault("a command of SOCKS5 is written as one of SOCKS4 (X4)", S4,
      "if (is_socks5_only(r.command)) return errc::command_over_socks4;", "", "socks4")
fault("the search for the end of a string begins anew with each byte", S4, "find(in.data(), seen_, stop,",
      "find(in.data(), begin, stop,", "optimised/work")
fault("a SOCKS4 reply has seven octets", S4, "if (in.size() < head4)", "if (in.size() + 1 < head4)", "socks4",
      "guard_page")

# The server
SERVER = "machine/server_states.hpp"
fault("a request is served without its login (CVE-2023-43644; A16)", SERVER, "? at::login\n", "? at::request\n", "server",
      "laws_abuse")
fault("a refused login lets the next request in (A16)", SERVER, "fuse(errc::login_refused, 1);", "at_ = at::request;",
      "server")
fault("a refused login is told success", SERVER, "encode_status(granted ? 0 : 1, out)", "encode_status(0, out)", "server")
fault("early data is dropped (TROVE-2024-010; F4)", "machine/server.hpp", "return {message()};", "return {bytes()};",
      "server", "laws_chunking")
fault("the end of a stream is waited for again (TROVE-2024-011; F8)", SERVER, "if (!closed_) return", "if (true) return",
      "fuzz/server", "simulation")
fault("a second answer is taken (wstunnel#485; F12)", SERVER, "if (at_ != at::serving && at_ != at::bound) {",
      "if (at_ != at::serving && at_ != at::bound && at_ != at::answered) {", "server", "answers_later")
fault("an answer without its question lets a client in", SERVER, "if (at_ != at::negotiating)\n        fuse(errc::out_of_turn);",
      "if (at_ == at::over)\n        fuse(errc::out_of_turn);", "server", "answers_later")
fault("SOCKS4 gets around a login (A16)", SERVER, "if (!methods_.contains(socks::method::none)) return",
      "if (methods_.empty()) return", "server", "quirks_server")
fault("BIND is done with one reply", SERVER, "? at::bound", "? at::answered", "server")
fault("a peer that is not SOCKS is named without looking", SERVER, "die(stranger(in[0]),", "die(stranger(0),",
      "quirks_server", "server")
fault("SOCKS4a is served where it is off (V8)", SERVER, "detail::is_named4(in) ? v4a_ : v4_", "detail::is_named4(in) ? v4_ : v4_",
      "server", "quirks_server")
fault("a bad bound host answers SOCKS4 with 0.0.0.0", SERVER, "if (!bound.host.is_sendable()) return bound.host.error();", "",
      "server")
fault("a refusal in SOCKS5 is told as one in SOCKS4", SERVER, "speaks4_ ? version::v4 : version::v5", "version::v4", "server")
fault("the first failure does not stay", "machine/server.hpp", "if (at_ == at::failed) return;", "", "laws_fuse",
      "laws_abuse")

# The client
CLIENT = "machine/client_states.hpp"
fault("a method that was not offered is followed (curl#18937; A1)", CLIENT, "!offered_.contains(chosen)", "false",
      "client", "quirks_client")
fault("what the destination said first is dropped (nmap#2534, curl#18938; F5)", CLIENT, "in.size() - *whole",
      "0 * in.size()", "client", "laws_chunking")
fault("the end of a stream is waited for again", CLIENT, "if (closed_) {", "if (false) {",
      "fuzz/client", "simulation")
fault("a changed request is sent unchecked (CVE-2023-38545)", CLIENT,
      "= detail::destination_fault(via_, command_, want.to.host);", "= errc::none;", "client", "laws_purity")
fault("BIND is done with the first reply (B1)", CLIENT, "command_ == socks::command::bind && at_ == at::reply",
      "false && at_ == at::reply", "client")
fault("want of room moves the machine on", CLIENT, "if (made.error() == errc::no_space) {",
      "if (made.error() == errc::no_space) {\n        at_ = then;", "laws_space")
fault("a refusal that is cut short is only a cut (R1)", CLIENT, "if (in.size() >= 2 &&", "if (in.size() >= 3 &&",
      "client", "laws_end_of_stream")
fault("a reply of another version is a refusal", CLIENT, "whole.error() != errc::bad_version && !reply_code", "!reply_code",
      "client")
fault("the first failure does not stay", "machine/client.hpp", "if (at_ != at::failed) {", "if (true) {", "laws_fuse",
      "laws_abuse")
fault("the login goes ahead without being said so", CLIENT, "login_ahead_ = false;", "",
      "pipelining")
fault("the first proxy of a chain is asked for the destination", "machine/chain.hpp",
      "want.to = way.through[size_t{hop_} + 1].at;", "want.to = way.to;", "chain", "fuzz/chain")

# What is asked for
REQUEST = "core/request.hpp"
fault("credentials are configured, and none is offered (curl#21895; A3)", REQUEST,
      "login.given ? method::login : method::none", "method::none", "request", "client")
fault("a SOCKS4 user ID may hold a NUL", REQUEST, "want.login.user.contains('\\0') ? errc::bad_user : errc::none",
      "errc::none", "request")
fault("a password of 256 octets is found out too late (A10)", REQUEST,
      "if (want.login.password.size() > 255) return errc::bad_password;", "", "request")
fault("a login is offered without credentials (A4)", REQUEST,
      "if (!want.login.given && want.methods.contains(method::login)) return errc::no_credentials;", "", "request")

# Addresses
ADDRESS = "core/address.hpp"
IP = "core/ip.hpp"
fault("a name may hold a NUL (D9)", ADDRESS, "text.contains('\\0')", "false", "address")
fault("a name of 256 octets is cut (CVE-2008-0378; D6)", ADDRESS, "text.size() > 255 || ", "", "address")
fault("a closing bracket alone is taken off (D2)", ADDRESS, "text[0] == '[' && ", "", "address")
fault("numbers that are no address are names (D1)", ADDRESS, "ends_in_a_number(text);", "false;",
      "address")
fault("a leading zero is decimal", IP, " || (i > begin + 1 && text.data()[begin] == '0')", "", "ip",
      "fuzz/literal")
fault("an IPv6 address may have two gaps", IP, "if (groups.gapped()) return errc::bad_host;", "", "ip", "fuzz/literal")
fault("a name as received is sent with a NUL inside (D9)", ADDRESS, "name.empty() || name.contains('\\0')",
      "name.empty()", "address", "request")
fault("a search stops before the last octets of a long name", "core/memory.hpp", "return among_sixteen(p + n - 16, c);",
      "return false;", "memory")
fault("a copy stops before the last octets of a text", "core/memory.hpp", "__builtin_memcpy(to + (n - Size), &last, Size);",
      "", "memory", "writer", "login")
fault("a copy of two blocks leaves out what lies between them", "core/memory.hpp", "for (; n > 32; to += 16",
      "for (; n > 33; to += 16", "memory")
fault("a copy writes whole words only", "core/memory.hpp", "else if (n >= 2) {", "else if (n >= 1) {", "memory",
      "writer")
fault("0.0.0.0 announces a name", S4, "{ return is_name_marker(", "{ return reader(head.from(4)).v4() == ipv4{} || is_name_marker(",
      "socks4")
fault("an SSH server is taken for HTTP (V5)", "core/error.hpp", "if (first == 'S') return errc::peer_is_ssh;", "", "error",
      "sniff")
fault("the stream is blamed on the peer", "core/error.hpp", "n < 32 ? party::peer", "n <= 32 ? party::peer", "error")

# Mailboxes
MAILBOX = "machine/mailbox.hpp"
fault("an inbox repeats an octet when it makes room", MAILBOX, "octets_[i] = octets_[begin_ + i];",
      "octets_[i] = octets_[begin_];", "mailbox")
fault("a short write sends its octets again (curl#17942; F7)", MAILBOX,
      "begin_ += static_cast<uint32_t>(n);\n        if (begin_ == end_)",
      "if (n == size_t{end_} - begin_) begin_ = end_;\n        if (begin_ == end_)", "mailbox", "simulation")
fault("a cleared inbox still hands out what was unread", MAILBOX,
      "used octets included.\n    constexpr void clear() noexcept {\n        wipe({octets_, N});\n        begin_ = end_ = 0;",
      "used octets included.\n    constexpr void clear() noexcept {\n        wipe({octets_, N});", "mailbox")
fault("the optimiser may leave out a wipe", "core/bytes.hpp", "volatile char* const v = p;", "char* const v = p;",
      "optimised/secrets")

# Datagrams
DATAGRAM = "wire/datagram.hpp"
fault("a fragment is taken for a datagram (U14)", DATAGRAM,
      "if (in[2] != 0 && parts == fragments::drop) return errc::fragmented;", "", "datagram")
fault("a datagram is read past its end", DATAGRAM, "if (in.size() < header) return errc::truncated;", "", "datagram",
      "fuzz/datagram")
fault("fragments of two senders are put together", "machine/reassembly.hpp",
      "header.from(3) == bytes(storage.data(), header_).from(3)", "header.size() == header_", "reassembly",
      "fuzz/reassembly")
fault("a sequence of fragments has no time limit", "machine/reassembly.hpp", "now - began_ >= limit_", "false",
      "reassembly")
fault("the timer of fragments is over for one tick only", "machine/reassembly.hpp", "now - began_ >= limit_",
      "now - began_ == limit_", "reassembly")
fault("the storage of fragments overflows", "machine/reassembly.hpp", "if (storage.room() - size_ < kept.size()) {",
      "if (storage.room() < kept.size()) {", "reassembly", "fuzz/reassembly")
fault("HDRLEN may contradict the name (X2)", "wire/udp_over_tcp.hpp",
      "if (header != 3 + 1 + 1 + size_t{in[4]} + 2) return errc::bad_length;", "", "udp_over_tcp", "fuzz/udp_over_tcp")
fault("UDP ASSOCIATE always asks for the IPv4 wildcard (U7)", "policy/relay.hpp",
      "return unmap(proxy).is() == host::kind::ipv6 ? any_ipv6 : any_ipv4;", "return any_ipv4;", "relay")
fault("an IPv4-mapped proxy is asked for the IPv6 wildcard (U7)", "policy/relay.hpp",
      "return unmap(proxy).is() == host::kind::ipv6 ? any_ipv6 : any_ipv4;",
      "return proxy.is() == host::kind::ipv6 ? any_ipv6 : any_ipv4;", "relay")
fault("any source may use an association (v2ray; U9)", "policy/relay.hpp", "!same_address(source.host, source_.host) || ",
      "", "relay", "fuzz/relay")
fault("6to4 hides an address from an access list (D5)", "policy/scope.hpp", "group(a, 0) == 0x2002", "group(a, 0) == 0x2003",
      "scope")
fault("the address in Teredo is read as it stands (D5)", "policy/scope.hpp", "a.octets[i] ^ 0xff", "a.octets[i]", "scope")
fault("any network may hide an IPv4 address in its last octets (D5)", "policy/scope.hpp", "(front(a) == 0 && number", "(number",
      "scope")
fault("ISATAP hides an address from an access list (D5)", "policy/scope.hpp",
      "return is_isatap(a) ? host(tail(a)) : host(a);", "return a;", "scope")
fault("an IPv4-translated address hides another one (D5)", "policy/scope.hpp", " || is_siit(a)) return tail(a);",
      ") return tail(a);", "scope")
fault("an IPv4 address inside hides that its prefix is link-local (D5)", "policy/scope.hpp",
      "if (detail::in_ipv6_network(h, 0xfe800000, 10)) return true;",
      "if (access_view(h) == h && detail::in_ipv6_network(h, 0xfe800000, 10)) return true;", "scope")
fault("the relays of 6to4 are global", "policy/scope.hpp", "!within(a, 0xc0586300, 24) &&", "", "scope")
fault("a second port may use an association (U8)", "policy/relay.hpp",
      " && ports_ == source_ports::locked) return false;", " && false) return false;", "relay", "fuzz/relay")

# GSSAPI
GSSAPI = "wire/gssapi.hpp"
fault("a protected message may be empty (curl#21159; G2)", GSSAPI, "length < least || ", "", "gssapi")
fault("a token may be longer than the room for it (G2)", GSSAPI, " || length > max_token", "", "gssapi", "fuzz/gssapi")
fault("need asks past an abort (G5)", GSSAPI, "if (n < 2) return message::more(2 - n);", "if (n < 2) return message::more(3 - n);",
      "gssapi")
fault("a weaker protection is accepted (curl#22004; G4)", GSSAPI, "return enough ? errc::none : errc::weak_protection;",
      "return enough ? errc::none : errc::none;", "gssapi", "fuzz/gssapi")

# Text and policy
fault("the last of the longest runs of zeros is shortened", "text/literal.hpp", "n > length && n >= 2",
      "n >= length && n >= 2", "literal")
fault("a space may stand in the text of a host (D10)", "core/address.hpp", "text[i] > ' '", "text[i] >= ' '", "address")
fault("the text of a host may be UTF-8 (D11)", "core/address.hpp", " && text[i] < 0x7f) ++i;", ") ++i;", "address")
fault("a name in UTF-8 that a peer sent passes for bad text", "policy/scope.hpp",
      "return spelled.is() != host::kind::bad || detail::is_no_name(h.name()) ? spelled : host();", "return spelled;", "scope")
fault("socks:// means SOCKS4 to everybody", "text/uri.hpp", "scheme_(plain) {}", "scheme_(proxy_scheme::socks4) {}", "uri")
fault("a code without a name loses its number", "text/code.hpp", "const bool unassigned = is_unassigned(name);",
      "const bool unassigned = false;", "code", "tor")
fault("an operator is not told the number of an unknown code", "policy/disposition.hpp", "w.put(\": 0x\").hex(o.code().octet);",
      "w.put(\"\");", "disposition")
fault("a printed URI shows the password (bitcoin#5911; P3)", "text/uri.hpp",
      'w.put(uri.via == version::v5 ? bytes(":***@") : bytes("@"));',
      "w.put(':').put(uri.login.password).put('@');", "uri", "fuzz/uri")
fault("a user ID in a URI may hold a NUL", "text/uri.hpp", " || (c == '\\0' && uri_.via != version::v5)", "", "uri",
      "fuzz/uri")
fault("the prefix of an RPC object is one without an ID (T4)", "policy/tor.hpp", "n > detail::prefix1().size()",
      "n >= detail::prefix1().size()", "tor")
fault("10061 of Winsock is another failure (R15)", "policy/errno.hpp", "case 10061:", "case 10062:", "errno")
fault("a silent name service is one that fails (R15)", "system/getaddrinfo.hpp",
      "case EAI_AGAIN: return dial_error::timed_out;", "case EAI_AGAIN: return dial_error::name_not_resolved;", "getaddrinfo")
fault("92 and 93 are tried again", "policy/disposition.hpp", "o.code() == code4::rejected", "o.code().via != version::v5",
      "disposition")
fault("a table may turn a success into a failure", "policy/disposition.hpp",
      "if (o.succeeded()) return disposition::connected;", "", "disposition", "fuzz/disposition")
fault("the interval of a schedule does not double", "policy/retry.hpp", "interval *= 2;", "", "retry", "fuzz/retry")
fault("a schedule allows one attempt too many", "policy/retry.hpp", "return failed <= s.limit;",
      "return failed <= s.limit + 1U;", "retry", "fuzz/retry")
fault("a transfer that was given up begins again", "policy/retry.hpp", "if (state_ != next::again) return state_;", "",
      "retry", "fuzz/retry")
fault("a second try on a connection that has ended (V9)", "policy/fallback.hpp",
      "return blame(why) == party::peer && detail", "return detail", "fallback")
fault("the first byte of SOCKS4's refusal is left in front of the reply (V9)", "machine/client_states.hpp",
      "        used = 2;\n    }\n", "        used = 1;\n    }\n", "fallback")
fault("a proxy that answers a greeting with 5 is asked by SOCKS4 (V9)", "machine/client_states.hpp",
      "        if (!in.empty() && in[0] == 5) return fuse(errc::bad_version, in[0]);\n", "", "fallback")
fault("a SOCKS4 refusal of a greeting has eight bytes, which Java takes for its reply (V9)", "machine/server_states.hpp",
      "detail::encode_short_refusal4(out)", "encode_reply4({code4::rejected, {}}, out)", "quirks_server")
fault("a greeting is answered again and again by a SOCKS4 refusal", "machine/server_states.hpp",
      "at_ = at::greeted;", "at_ = at::first;", "quirks_server")
fault("a proxy that spoke SOCKS5 is asked again by SOCKS4", "policy/fallback.hpp", " || used != 0) return", ") return", "fallback")
fault("each word has the rest of the text read", "text/cftutil.hpp",
      "return further.next().is == token::kind::equals;",
      "const bool assigned = further.next().is == token::kind::equals;\n        while (further.next().is <= token::kind::close) {\n        }\n        return assigned;",
      "optimised/work")
fault("each byte of a login has the rest of the URI searched", "text/uri.hpp", "if (c == '%') {",
      "if (find(text_, '%', at_) == at_) {", "optimised/work")
fault("an apostrophe that is missing ends with the text", "text/cftutil.hpp",
      "if (ahead_.is == token::kind::open_quote)\n            return \"an apostrophe that ends the value which begins here\";",
      "", "cftutil", "fuzz/transfer_cft")

# Calls that a caller gets wrong
fault("a failed recv is committed as four billion bytes", MAILBOX,
      "if (n - 1 < N - end_) [[likely]]", "if (n != 0) [[likely]]", "mailbox")
fault("no bytes received are committed for ever", MAILBOX,
      "if (n - 1 < N - end_) [[likely]]", "if (n <= N - end_) [[likely]]", "mailbox", "laws_fuse")
fault("the result of recv is committed without a test", MAILBOX,
      "    template <detail::no_unsigned_integer test_the_result_of_recv_first>\n"
      "    void commit(test_the_result_of_recv_first) = delete;\n\n    /// The first", "\n    /// The first", "mailbox")
fault("the result of send is taken without a test", MAILBOX,
      "    template <detail::no_unsigned_integer test_the_result_of_send_first>\n"
      "    void sent(test_the_result_of_send_first) = delete;\n", "", "mailbox")
fault("more bytes are dropped than an inbox has", MAILBOX,
      "if (n <= size_t{end_} - begin_) [[likely]]", "if (n != 0) [[likely]]", "mailbox")
fault("more bytes are sent than an outbox has", MAILBOX,
      "if (n > size_t{end_} - begin_) [[unlikely]] {", "if (n > N) [[unlikely]] {", "mailbox")
fault("a server reads for ever from what failed", "machine/server_states.hpp",
      "if (now.next() == next::recv && in.miscounted())", "if (now.next() == next::wait && in.miscounted())", "laws_fuse")
fault("a server sends for ever to what failed", "machine/server_states.hpp",
      "if (out.miscounted())", "if (out.miscounted() && closed_)", "laws_fuse")
fault("a client reads for ever from what failed", "machine/client_states.hpp",
      "if (now.next() == next::recv && in.miscounted())", "if (now.next() == next::wait && in.miscounted())", "laws_fuse")
fault("a client sends for ever to what failed", "machine/client_states.hpp",
      "if (!out.empty() && out.miscounted())", "if (out.empty() && out.miscounted())", "laws_fuse")
fault("a chain reads for ever from what failed", "machine/chain.hpp",
      "if (now.next() == next::recv && in.miscounted())", "if (now.next() == next::wait && in.miscounted())", "laws_fuse")
fault("a chain sends for ever to what failed", "machine/chain.hpp",
      "if (!out.empty() && out.miscounted())", "if (out.empty() && out.miscounted())", "laws_fuse")
fault("a received name of 256 octets is cut and sent to another host", ADDRESS,
      "if (name.size() > max_name) return {kind::bad, name, errc::bad_host};", "if (name.size() > max_name) name = name.first(max_name);",
      "address")
fault("the front of a text that is too long is kept", ADDRESS,
      "text.size() <= max_name ? text.size() : 0", "text.size() <= max_name ? text.size() : max_name", "address")
fault("a copy is replaced by its own tail in the wrong order", "core/memory.hpp",
      "const bool ahead = is_ahead(to, from, n);", "const bool ahead = is_ahead(to, from, 0);", "memory", "mailbox")
fault("a bad host that is kept points to what is gone", MAILBOX,
      " && from.host.is() != host::kind::bad) return from;", ") return from;", "mailbox")
fault("a search goes on where input was that is gone", S4, "if (n < seen_) {", "if (n < detail::head4) {", "socks4",
      "laws_fuse")
fault("a server remembers what it found in input that is gone", SERVER, "scan_ = {};", "", "laws_fuse")
OVERLAP = "laws_overlap"
fault("a password is written over the user name that comes next", LOGIN,
      "if (detail::overlap(user.data(), user.size(), behind, password.size())) return errc::overlap;", "", OVERLAP)
fault("a name is written over the user ID that comes next", S4,
      "if (overlap(user.data(), user.size(), behind, name.size() + 1)) return errc::overlap;", "", OVERLAP)
fault("data are written over the name that comes next", "wire/datagram.hpp",
      "if (at.host.is() == host::kind::name && overlap(name.data(), name.size(), to, data.size())) return false;", "", OVERLAP)
fault("a datagram's header is written over its data", "wire/datagram.hpp", "    move_bytes(to, data.data(), data.size());",
      "    copy(to, data.data(), data.size());", OVERLAP)
fault("a datagram's type is written over its name", "wire/datagram.hpp",
      "        move_text(to + 5, name.data(), name.size());\n        to[3] = static_cast<char>(address_type::name);",
      "        to[3] = static_cast<char>(address_type::name);\n        move_text(to + 5, name.data(), name.size());", OVERLAP)
fault("a SOCKS5 head is written over the name", ENDPOINT5,
      "    if (is == kind::name) move_text(out.data() + 5, name.data(), name.size());\n    writer w(out);\n    w.u8(5).u8(second).u8(0);",
      "    writer w(out);\n    w.u8(5).u8(second).u8(0);\n    if (is == kind::name) move_text(out.data() + 5, name.data(), name.size());",
      OVERLAP)
fault("a token is copied as if it lay elsewhere", "wire/gssapi.hpp", "if (!abort) detail::move_bytes(out", "if (!abort) detail::copy(out",
      OVERLAP)
fault("a text is printed over itself", "text/literal.hpp", "if (overlaps_) return errc::overlap;", "", OVERLAP)
fault("a value is decoded over what is still to be read", "text/cftutil_lexer.hpp",
      "if (socks::detail::is_ahead(out.data(), text.data(), text.size())) return errc::overlap;", "", OVERLAP)
fault("credentials are decoded over the rest of their URI", "text/uri.hpp",
      "if (is_ahead(room_.data(), text_.data(), text_.size())) return errc::overlap;", "", OVERLAP)
fault("a fragment is received over those that are kept", "machine/reassembly.hpp",
      "if (waiting() && detail::overlap(in.data(), in.size(), storage.data(), size_)) {", "if (false) {", OVERLAP)
fault("a list of no acceptable methods is none at all, and so anonymous", REQUEST,
      "        if (m == method::no_acceptable) {", "        if (m == method::no_acceptable) return false;\n        if (false) {", "request",
      "quirks_server")
fault("a request may offer what is never acceptable", REQUEST, "if (!want.methods.is_valid()) return errc::bad_methods;", "",
      "request", "laws_fuse")
fault("a server chooses the mark of an invalid list", REQUEST, "if (is_free(0)) return method::no_acceptable;", "", "request")
fault("a message of 4 GiB and 3 bytes is one of 3", "core/decoded.hpp", "return count == n ? count : 0;", "return count;", "decoded")
fault("4 GiB that were encoded are no error", "core/decoded.hpp", "counted(made) == made ? errc::none : errc::no_space",
      "errc::none", "decoded")
fault("a value of 4 GiB is decoded", "text/cftutil_lexer.hpp", "if (text.size() > UINT32_MAX) return errc::no_space;", "",
      "cftutil_lexer")
fault("a stored name stays where it was copied from", "core/stored.hpp", "endpoint_.host.with_name_at(name_.data())",
      "endpoint_.host", "stored")
fault("a stored password of 256 bytes becomes one that may be sent", "core/stored.hpp",
      "detail::stored_text<256> password_{};", "detail::stored_text<255> password_{};", "stored")
fault("a stored password stays in memory", "core/stored.hpp", "constexpr ~stored_request() { clear(); }",
      "constexpr ~stored_request() {}", "stored")
fault("a stored user ID is lost where no password was given", "core/stored.hpp",
      "        r.login = {user_.view(), password_.view()};\n        r.login.given = given_;\n",
      "        if (given_) r.login = {user_.view(), password_.view()};\n", "stored")
fault("an invalid list contains its mark", REQUEST, "if (m == method::no_acceptable || is_free(0)) return false;",
      "if (m == method::no_acceptable) return false;", "request")
fault("a floating-point number counts bytes", MAILBOX, "!(requires(T t) { t % 2; } && static_cast<T>(0) < static_cast<T>(-1));",
      "(requires(T t) { t % 2; } && static_cast<T>(-1) < static_cast<T>(0));", "mailbox")
fault("a bool counts bytes", MAILBOX, "same<T, bool> || ", "", "mailbox")
fault("a negative number of bytes is dropped", MAILBOX,
      "    template <detail::no_unsigned_integer only_an_unsigned_integer_counts_bytes>\n"
      "    void drop(only_an_unsigned_integer_counts_bytes) = delete;\n", "", "mailbox")
fault("a negative number of bytes is room", MAILBOX,
      "    template <detail::no_unsigned_integer only_an_unsigned_integer_counts_bytes>\n"
      "    buffer space(only_an_unsigned_integer_counts_bytes) = delete;\n", "", "mailbox")
fault("a name is gone when its text is refused", "text/literal.hpp", "        to_ = {};\n", "", OVERLAP)
fault("the host of a URI is written over before it is looked for", "text/uri.hpp", ".avoid(uri.proxy.host.name())", "", OVERLAP)
