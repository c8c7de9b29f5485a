"""The faults that each oracle must see by itself, whether or not a test of tests/ would find them first.

A fault has the form of a mutation of mutations.py, and is one that a user would notice: a byte that is lost or sent
twice, a refusal that succeeds, a limit that is off by one. Its oracle is fuzz/NAME, which replays its corpus;
simulation, which runs handshakes; or simulation/associations, which runs UDP associations. The oracle sees the fault
only if one of its own demands is not met.
"""

FAULTS = []


def fault(oracle, what, header, old, new):
    FAULTS.append((what, header, old, new, (oracle,)))


CHAIN = "machine/chain.hpp"
CLIENT = "machine/client_core.hpp"
ENDPOINT5 = "wire/endpoint5.hpp"
LOGIN = "wire/username_password.hpp"
MAILBOX = "machine/mailbox.hpp"
REQUEST = "core/request.hpp"
S4 = "wire/socks4.hpp"
S5 = "wire/socks5.hpp"
SERVER = "machine/server.hpp"
SERVER_ACTION = "machine/server_action.hpp"
TOLERANCE = "core/tolerance.hpp"

# A client and any bytes of its proxy
ORACLE = "fuzz/client"
fault(ORACLE, "a client that has sent its request early sends it again after the login", CLIENT,
      "if (!pipelines || !early_request_) return then::send_request;",
      "if (!pipelines || !early_request_ || state_ == client_state::auth_status) return then::send_request;")
fault(ORACLE, "a refused login succeeds if the request was sent early", CLIENT,
      "return status == 0 ? after_authentication()", "return status == 0 || early_request_ ? after_authentication()")
fault(ORACLE, "a client loses the code of a refusal if the rest of the reply is invalid", CLIENT,
      "size.error() != errc::bad_version &&\n", "size.error() == errc::none &&\n")
fault(ORACLE, "a client that waits for the full refusal loses its code if the stream ends first", CLIENT,
      "if (size.needed() != 0 && !closed_) return need_more(size, t);",
      "if (size.needed() != 0) return need_more(size, t);")
fault(ORACLE, "the port of a bound IPv6 address is read from the end of the address", ENDPOINT5,
      "const ipv6 address = r.v6();\n            return {address, r.u16()};",
      "const ipv6 address = r.v6();\n"
      "            return {address, static_cast<uint16_t>(address.bytes[14] << 8 | address.bytes[15])};")
fault(ORACLE, "a client offers its methods in the reverse order", S5,
      ".put(methods);", ".put(methods.subspan(methods.size() / 2)).put(methods.first(methods.size() / 2));")
fault(ORACLE, "a client with an empty user name does not offer its credentials", REQUEST,
      "return credentials.given ? method", "return credentials.given && !credentials.user.empty() ? method")
fault(ORACLE, "a client that pipelines follows a method that it did not offer", CLIENT,
      "if (!offered_.contains(chosen)) return", "if (!offered_.contains(chosen) && !early_request_) return")

# A server and any bytes of its client
ORACLE = "fuzz/server"
fault(ORACLE, "a server prefers the first method of the client to its own", SERVER,
      "const socks::method chosen = options_.methods.first_in(offer->methods);",
      "const auto theirs = static_cast<socks::method>(offer->methods[0]);\n"
      "        const socks::method chosen = options_.methods.contains(theirs) ? theirs : "
      "options_.methods.first_in(offer->methods);")
fault(ORACLE, "a SOCKS4 client that is refused is told that its request was granted", SERVER,
      "refuse(why, detail::write_frame4(static_cast<uint8_t>(code4::rejected), {}, t.out), t, byte);",
      "refuse(why, detail::write_frame4(static_cast<uint8_t>(code4::granted), {}, t.out), t, byte);")
fault(ORACLE, "a bound name is answered as 0.0.0.0", SERVER,
      "if (!is4()) return detail::write_frame5(code, bound, out);",
      "if (!is4()) return detail::write_frame5(\n"
      "            code, bound.host.kind() == host_kind::name ? endpoint{{}, bound.port} : bound, out);")
fault(ORACLE, "a complete request counts as truncated if the stream has ended", SERVER,
      "        byte_ = t.in[1];\n", "        if (closed_) return fail(errc::truncated, t);\n        byte_ = t.in[1];\n")
fault(ORACLE, "a client whose sub-negotiation failed is served", SERVER,
      "fail_for_good(errc::negotiation_failed);", "state_ = server_state::request;")
fault(ORACLE, "the password is shown without its last byte", LOGIN,
      "return {user, r.take(r.u8())};", "const uint8_t size = r.u8();\n    return {user, r.take(size - (size != 0))};")
fault(ORACLE, "the refusal of a code of the client's own version becomes a general failure", SERVER,
      "if ((code.version != version::v5) == is4()) return code.value;",
      "if ((code.version != version::v5) == is4() && (is4() || code.value <= 1)) return code.value;")
fault(ORACLE, "the user ID is shown as empty if a name follows it", SERVER_ACTION,
      "return version() == version::v5 ? bytes() :", "return version() != version::v4 ? bytes() :")

# A client and a server
ORACLE = "fuzz/pair"
fault(ORACLE, "early bytes are lost only after an IPv6 bound address and with a full inbox", CLIENT,
      "early{data_ + size, size_}", "early{data_ + size, size == 22 && size_ == 240 ? 0 : size_}")
fault(ORACLE, "a server hands over at most 255 early bytes", SERVER,
      "t.now.set(next::done, in, 0, 0);", "t.now.set(next::done, in.first(in.size() < 255 ? in.size() : 255), 0, 0);")
fault(ORACLE, "the last byte is lost if a write leaves only that one", MAILBOX,
      "if (begin_ == end_) begin_ = end_ = 0;", "if (begin_ + 1 >= end_) begin_ = end_ = 0;")
fault(ORACLE, "the password of an empty user name is lost", LOGIN,
      "return {user, r.take(r.u8())};", "return {user, r.take(user.empty() ? 0 : r.u8())};")
fault(ORACLE, "a client treats the first reply to BIND over SOCKS4 as the last one", CLIENT,
      "command_ == command::bind && state_ == client_state::reply) {",
      "command_ == command::bind && is5() && state_ == client_state::reply) {")
fault(ORACLE, "a name of 64 bytes or more cannot be requested", S5,
      "const errc fault = name_fault(in.subspan(5).first(in[4]));",
      "const errc fault = in[4] >= 64 ? errc::empty_name : name_fault(in.subspan(5).first(in[4]));")
fault(ORACLE, "a server does not answer with the second address of BIND but with the port alone", SERVER,
      "const message_size written = write_reply(code, outcome.bound, out);",
      "const bool second = state_ == server_state::second_answer;\n"
      "        const message_size written = write_reply(code, second ? endpoint{{}, outcome.bound.port} : "
      "outcome.bound, out);")
fault(ORACLE, "the outbox keeps bytes after clear() if messages were sent together, the password among them", MAILBOX,
      "if (end_ > used_) used_ = end_;", "if (end_ > used_) used_ = static_cast<uint32_t>(written);")

# A chain of proxies
ORACLE = "fuzz/chain"
fault(ORACLE, "a chain forgets the end of the stream at the third proxy", CHAIN,
      "core_ = core_.restarted();", "core_ = hop_ == 2 ? core() : core_.restarted();")
fault(ORACLE, "only the first proxy gets the options of the chain", CLIENT,
      "client_options options = options_;", "client_options options{};")
fault(ORACLE, "every proxy gets the command of the route", CHAIN,
      "            request.to = route.through[size_t{hop_} + 1].proxy;",
      "            request.command = route.command;\n            request.to = route.through[size_t{hop_} + 1].proxy;")
fault(ORACLE, "every proxy gets the credentials of the first one", CHAIN,
      ".credentials = proxy.credentials", ".credentials = route.through[0].credentials")
fault(ORACLE, "a byte 5 after the reply of a proxy is read as the answer of the next one", CHAIN,
      "if (in.size() != consumed) return", "if (in.size() != consumed && in[consumed] != 5) return")
fault(ORACLE, "only the request to the first proxy is checked before the first byte", CHAIN,
      "for (size_t i = 0; i < n; ++i) {\n            enter", "for (size_t i = 0; i < 1; ++i) {\n            enter")
fault(ORACLE, "the destination gets the port of its proxy", CHAIN,
      "request.to = route.to;", "request.to = {route.to.host, route.through[hop_].proxy.port};")

# A caller that does not know the protocol
ORACLE = "fuzz/abuse"
fault(ORACLE, "authenticated() admits a client before its credentials have arrived", SERVER,
      "if (state_ != server_state::authenticate) {",
      "if (state_ != server_state::authenticate && state_ != server_state::credentials) {")
fault(ORACLE, "an answer is accepted before the request has arrived", SERVER,
      "if (state_ != server_state::serve && state_ != server_state::second_answer) {",
      "if (state_ != server_state::serve && state_ != server_state::second_answer && state_ != "
      "server_state::request) {")
fault(ORACLE, "negotiated() admits a client before the sub-negotiation has begun", SERVER,
      "if (state_ != server_state::negotiation)\n",
      "if (state_ != server_state::negotiation && state_ != server_state::negotiate)\n")
fault(ORACLE, "negotiated() revives a client that has failed", CLIENT,
      "if (state_ != client_state::negotiation)\n",
      "if (state_ != client_state::negotiation && state_ != client_state::failed)\n")
fault(ORACLE, "the end of the stream answers the question about the credentials", SERVER,
      "constexpr void end_of_stream() noexcept { closed_ = true; }",
      "constexpr void end_of_stream() noexcept {\n        closed_ = true;\n"
      "        if (state_ == server_state::authenticate) state_ = server_state::request;\n    }")
fault(ORACLE, "an answer out of turn replaces the reason of a failure", SERVER,
      "if (state_ == server_state::failed) return;",
      "if (state_ == server_state::failed && why != errc::out_of_turn) return;")
fault(ORACLE, "a client is admitted although its status did not fit into the output", SERVER,
      "if (!status) return status;", "if (!status && !accepted) return status;")

# The first bytes of a stream
ERROR = "core/error.hpp"
SNIFF = "wire/sniff.hpp"
ORACLE = "fuzz/sniff"
fault(ORACLE, "an alert of TLS is not identified as TLS", ERROR, "first == 0x16 || first == 0x15", "first == 0x16")
fault(ORACLE, "TRACE is not identified as a method of HTTP", ERROR, "first <= 'Z'", "first < 'T'")
fault(ORACLE, "a lower-case letter is identified as HTTP", ERROR,
      "first >= 'A' && first <= 'Z'", "(first & 0xdf) >= 'A' && (first & 0xdf) <= 'Z'")
fault(ORACLE, "SOCKS5 is identified by its second byte", SNIFF,
      "if (in[0] == 5) return", "if (in[0] == 5 && (in.size() < 2 || in[1] != 0)) return")
fault(ORACLE, "a version 6 is identified as SOCKS5", SNIFF,
      "if (in[0] == 5) return", "if (in[0] == 5 || in[0] == 6) return")
fault(ORACLE, "one byte is not enough to identify SOCKS4", SNIFF,
      "if (in[0] == 4) return", "if (in[0] == 4 && in.size() > 1) return")
fault(ORACLE, "SSH is identified as HTTP", SNIFF,
      "verdict == errc::peer_is_http  ?", "verdict == errc::peer_is_http || verdict == errc::peer_is_ssh ?")

# SOCKS4 messages
IP = "core/ip.hpp"
ORACLE = "fuzz/socks4"
fault(ORACLE, "a user ID of 255 bytes is refused", S4,
      "if (n > detail::head4 + detail::max_string4) return", "if (n >= detail::head4 + detail::max_string4) return")
fault(ORACLE, "only the address 0.0.0.1 marks a name", IP, "return number - 1 < 255;", "return number == 1;")
fault(ORACLE, "the address of a reply is read from its port", S4,
      "reader r(message.subspan(2));\n    const uint16_t port = r.u16();\n    return {r.v4(), port};",
      "reader r(message.subspan(2));\n    const ipv4 address = r.v4();\n    return {address, r.u16()};")
fault(ORACLE, "the user ID is lost if a name follows it", S4, "- 2)), port}, user_id};", "- 2)), port}, {}};")
fault(ORACLE, "a user ID with a NUL is sent, so that its rest is read as a name", S4,
      " || r.user.contains('\\0')) return", ") return")
fault(ORACLE, "a strict client accepts a reply of version 4", TOLERANCE,
      "(version == observed && allowed == leeway::known)", "version == observed")
fault(ORACLE, "a name of 255 bytes counts as too long", S4,
      "if (n > begin + detail::max_string4) return", "if (n >= begin + detail::max_string4) return")

# SOCKS5 messages
NUMBERS = "core/numbers.hpp"
ORACLE = "fuzz/socks5"
fault(ORACLE, "names and IPv6 addresses have exchanged their types in every message", NUMBERS,
      "ipv4 = 0x01, name = 0x03, ipv6 = 0x04", "ipv4 = 0x01, name = 0x04, ipv6 = 0x03")
fault(ORACLE, "an address of an unknown type is read as a name", ENDPOINT5,
      "default: return errc::bad_address_type;",
      "default:\n            if (n < 5) return message_size::incomplete(name_frame5(0) - n);\n"
      "            size = name_frame5(in[4]);")
fault(ORACLE, "a strict decoder accepts a reserved byte that is not 0", ENDPOINT5,
      "in[2] != 0 && !tolerated.reserved", "in[2] > 0x7f && !tolerated.reserved")
fault(ORACLE, "the last of several methods of a greeting is not read", S5,
      "{{in.subspan(2).first(n)}, 2 + n}", "{{in.subspan(2).first(n - (n > 1))}, 2 + n}")
fault(ORACLE, "a NUL in a bound name is accepted", S5,
      "return may_be_empty && is_empty_or_nul(name, n) ? errc::none :", "return may_be_empty ? errc::none :")
fault(ORACLE, "a bound name of one byte means no host", S5,
      "(n == 1 && name[0] == '\\0')", "(n == 1 && name[0] >= '\\0')")
fault(ORACLE, "a name of 255 bytes is sent with its length off by one", ENDPOINT5,
      ".u8(static_cast<uint8_t>(name.size()))", ".u8(static_cast<uint8_t>(name.size() - name.size() / 255))")

# The credentials
ORACLE = "fuzz/username_password"
fault(ORACLE, "user name and password are exchanged", LOGIN,
      "return {user, r.take(r.u8())};", "return {r.take(r.u8()), user};")
fault(ORACLE, "a strict decoder accepts an empty password", LOGIN,
      "if (password < min_size) return errc::empty_credentials;", "")
fault(ORACLE, "credentials of version 5 are always accepted", LOGIN,
      "!(in[0] == 5 && tolerated.credentials_version_5)", "in[0] != 5")
fault(ORACLE, "a status of any version is accepted unless strict", TOLERANCE,
      "allowed == leeway::any ||", "allowed != leeway::strict ||")
fault(ORACLE, "secrets that differ only in the highest bit of a byte are equal", LOGIN,
      "static_cast<uint8_t>(p[i] ^ q[i]);", "static_cast<uint8_t>((p[i] ^ q[i]) & 0x7f);")
fault(ORACLE, "only the first and the last bytes of long secrets are compared", LOGIN,
      "difference |= detail::word_at<size_t>(p + i) ^ detail::word_at<size_t>(q + i);",
      "if (i == 0) difference |= detail::word_at<size_t>(p + i) ^ detail::word_at<size_t>(q + i);")
fault(ORACLE, "the status 2 is read as 0", LOGIN,
      "return {in[1], *size};", "return {static_cast<uint8_t>(in[1] & ~2U), *size};")

# GSSAPI
GSSAPI = "wire/gssapi.hpp"
ORACLE = "fuzz/gssapi"
fault(ORACLE, "a selective level counts as confidentiality", GSSAPI,
      "case protection::integrity:\n        case protection::selective: return 1;",
      "case protection::integrity: return 1;\n        case protection::selective: return 2;")
fault(ORACLE, "a level that is not assigned is enough if none is demanded", GSSAPI,
      "detail::strength(chosen, -1)", "detail::strength(chosen, 0)")
fault(ORACLE, "a token as long as the limit of the caller is refused", GSSAPI,
      "length > max_token) return", "length >= max_token) return")
fault(ORACLE, "an abort counts as a wrong type of message", GSSAPI,
      "if (type == gssapi_type::abort) return errc::negotiation_failed;", "")
fault(ORACLE, "a datagram may have bytes after its token", GSSAPI,
      "d && d.consumed() == datagram.size();", "d && d.consumed() <= datagram.size();")
fault(ORACLE, "protected data may be empty, and so without protection", GSSAPI,
      "return type == gssapi_type::authentication ? 0 : 1;", "return type == gssapi_type::protection_level ? 1 : 0;")
fault(ORACLE, "the longest token is refused by the encoder already at 256 bytes", GSSAPI,
      "m.token.size() > max_gssapi_token))", "m.token.size() > 255))")

# CHAP
CHAP = "wire/chap.hpp"
ORACLE = "fuzz/chap"
fault(ORACLE, "a STATUS of several bytes that begins with 0 is a success", CHAP,
      'if (a.value != bytes("\\0")) return false;', "if (a.value.empty() || a.value[0] != 0) return false;")
fault(ORACLE, "a message as long as the limit of the caller is refused", CHAP,
      "if (size + 2 * left > max_size) return", "if (size + 2 * left >= max_size) return")
fault(ORACLE, "the shortest message waits for a byte of the next one", CHAP,
      "if (n < 2) return message::incomplete(4 - n);", "if (n < 2) return message::incomplete(5 - n);")
fault(ORACLE, "the value of the last attribute of a type is used", CHAP,
      "        for (const chap_attribute a : *this)\n            if (a.type == type) return a.value;\n"
      "        return {};",
      "        bytes last{};\n        for (const chap_attribute a : *this)\n"
      "            if (a.type == type) last = a.value;\n        return last;")
fault(ORACLE, "an empty attribute hides a later one of its type", CHAP,
      "if (a.type == type) return a.value;", "if (a.type == type || a.value.empty()) return a.value;")
fault(ORACLE, "the last attribute is not encoded", CHAP,
      "w.u8(1).u8(static_cast<uint8_t>(count));", "w.u8(1).u8(static_cast<uint8_t>(count > 1 ? count - 1 : count));")

# Datagrams of a UDP relay
DATAGRAM = "wire/datagram.hpp"
ORACLE = "fuzz/datagram"
fault(ORACLE, "the first fragment is accepted as a complete datagram", DATAGRAM,
      "if (in[2] != 0 && parts", "if (in[2] > 1 && parts")
fault(ORACLE, "a strict decoder ignores the second reserved byte", DATAGRAM,
      "(in[0] != 0 || in[1] != 0)", "(in[0] != 0)")
fault(ORACLE, "a datagram without data is refused", DATAGRAM,
      "if (!header) return header.needed() != 0 ? errc::truncated : header.error();",
      "if (!header || *header == in.size()) return header.error() != errc::none ? header.error() : errc::truncated;")
fault(ORACLE, "the header of an IPv6 address overwrites data in the buffer of the caller", DATAGRAM,
      "headroom, detail::ipv6_frame5);", "headroom, detail::ipv4_frame5);")
fault(ORACLE, "a name with a NUL is accepted", DATAGRAM,
      "if (fault != errc::none) return fault;", "if (fault == errc::empty_name) return fault;")
fault(ORACLE, "the fragment number is not sent", DATAGRAM,
      "detail::write_datagram_header(out.data(), remote, fragment);",
      "detail::write_datagram_header(out.data(), remote, 0);")

# Fragments
REASSEMBLY = "machine/reassembly.hpp"
ORACLE = "fuzz/reassembly"
fault(ORACLE, "a fragment of an abandoned sequence is accepted", REASSEMBLY,
      "if (!same || position != highest_ + 1) {\n                abandon();",
      "if (!same || position != highest_ + 1) {")
fault(ORACLE, "the time limit counts from the last fragment instead of the first", REASSEMBLY,
      "highest_ = position;\n", "highest_ = position;\n        began_ = now;\n")
fault(ORACLE, "the time limit is one tick longer", REASSEMBLY, "now - began_ >= limit_", "now - began_ > limit_")
fault(ORACLE, "a repetition of the last fragment ends the sequence", REASSEMBLY,
      "if (same && position == highest_) return errc::fragmented;", "")
fault(ORACLE, "fragments to another port are joined", REASSEMBLY,
      "header.subspan(3) == bytes(storage.data(), header_).subspan(3)",
      "header.size() == header_ &&\n"
      "               header.first(header_ - 2).subspan(3) == bytes(storage.data(), header_ - 2U).subspan(3)")
fault(ORACLE, "a complete datagram does not end the sequence", REASSEMBLY,
      "if (d->fragment() == 0) {\n            abandon();", "if (d->fragment() == 0) {")
fault(ORACLE, "a datagram that fills the storage is refused", REASSEMBLY,
      "if (storage.capacity() - size_ < kept.size()) {", "if (storage.capacity() - size_ <= kept.size()) {")

# Datagrams in a stream
FRAMED = "wire/udp_over_tcp.hpp"
ORACLE = "fuzz/udp_over_tcp"
fault(ORACLE, "the size of the data includes the header", FRAMED,
      "const size_t size = header + (n < 2 ? 0 : size_t{in[0]} << 8 | in[1]);",
      "const size_t both = n < 2 ? 0 : size_t{in[0]} << 8 | in[1];\n"
      "    const size_t size = header > both ? header : both;")
fault(ORACLE, "a header that is shorter than its length is accepted", FRAMED,
      "if (header != (size ? *size : n + size.needed())) return",
      "if (header < (size ? *size : n + size.needed())) return")
fault(ORACLE, "the shortest frame is refused", FRAMED,
      "inline constexpr size_t min_framed_header = name_frame5(1);",
      "inline constexpr size_t min_framed_header = name_frame5(2);")
fault(ORACLE, "a name with a NUL is accepted", FRAMED,
      "return named && size && in.subspan(5).first(in[4]).contains('\\0') ?",
      "return named && size && in[5] == 0 && in[4] > 1 ?")
fault(ORACLE, "the size of the data in the buffer of the caller includes the header", FRAMED,
      "detail::write_framed_header(begin, remote, data);", "detail::write_framed_header(begin, remote, data + header);")
fault(ORACLE, "the size of 256 bytes or more is sent without its high byte", FRAMED,
      "to[0] = static_cast<char>(data >> 8);", "to[0] = 0;")

# Addresses as text
LITERAL = "text/literal.hpp"
ORACLE = "fuzz/literal"
fault(ORACLE, "a single group of zeros is shortened", LITERAL, "if (n > length && n >= 2) {", "if (n > length) {")
fault(ORACLE, "the last of several longest runs of zeros is shortened", LITERAL,
      "if (n > length && n >= 2) {", "if (n >= length && n >= 2) {")
fault(ORACLE, "an IPv4-mapped address is printed in hexadecimal", LITERAL,
      "return (g0 == 0 && g1 == 0 && g5 == 0xffff) ||", "return (g0 == 0 && g1 == 1 && g5 == 0xffff) ||")
fault(ORACLE, "a port of more than 65535 becomes another one", LITERAL, "if (value > 65535) return errc::bad_port;", "")
fault(ORACLE, "256 is accepted as a number of an IPv4 address", IP, "value > 255 ||", "value > 256 ||")
fault(ORACLE, "a :: that stands for no group is accepted", IP,
      "if (size > 14) return false;", "if (size > 16) return false;")
fault(ORACLE, "an IPv6 address in brackets needs a port even if there is a default", LITERAL,
      "if (text.data()[i] == ']') colon = text.size();", "")
fault(ORACLE, "an IPv6 address with a port is printed without brackets", LITERAL,
      "w.put('[').address(e.host).put(']');", "w.address(e.host);")
fault(ORACLE, "capital hexadecimal digits are refused", IP, "const int letter = c | 0x20;", "const int letter = c;")

# URIs of proxies
URI = "text/uri.hpp"
ORACLE = "fuzz/uri"
fault(ORACLE, "the credentials end at the first @", URI,
      "size_t stop = end_;\n        while (stop > position_ && text_[stop - 1] != '@') --stop;\n",
      "size_t stop = find(text_.first(end_), '@', position_);\n        stop = stop == end_ ? position_ : stop + 1;\n")
fault(ORACLE, "with socks5:// the proxy resolves names, and learns them", URI,
      "uri_.resolve_here = scheme_ == proxy_scheme::socks4 || scheme_ == proxy_scheme::socks5;",
      "uri_.resolve_here = scheme_ == proxy_scheme::socks4;")
fault(ORACLE, "the port 0 is accepted", URI, "if (!port || *port == 0) return", "if (!port) return")
fault(ORACLE, "a password of 255 bytes is refused", URI,
      "if (written_ - begin == 255 ||", "if (written_ - begin == 254 ||")
fault(ORACLE, "credentials with an empty user name are not printed", URI,
      "if (uri.credentials.given) {", "if (uri.credentials.given && !uri.credentials.user.empty()) {")
fault(ORACLE, "a colon in the password begins the port", URI,
      "find(text_.first(stop - 1), ':', position_);",
      "[&] {\n            size_t i = stop - 1;\n            while (i > position_ && text_[i - 1] != ':') --i;\n"
      "            return i > position_ ? i - 1 : stop - 1;\n        }();")
fault(ORACLE, "the user ID of SOCKS4 is printed as if it had a password", URI,
      'w.put(uri.version == version::v5 ? bytes(":***@") : bytes("@"));', 'w.put(":***@");')
fault(ORACLE, "the default port is that of HTTP proxies", URI,
      "inline constexpr uint16_t default_port = 1080;", "inline constexpr uint16_t default_port = 8080;")

# The notation of Transfer CFT
LEXER = "transfer_cft/lexer.hpp"
PARSER = "transfer_cft/parser.hpp"
ORACLE = "fuzz/cftutil"
fault(ORACLE, "the columns of every line but the first are one too large", LEXER,
      "p = {p.line + 1, 1};", "p = {p.line + 1, 2};")
fault(ORACLE, "/*/ is a complete comment", LEXER,
      "for (size_t i = 2; i + 1 < rest_.size(); ++i)\n            if (rest_",
      "for (size_t i = 1; i + 1 < rest_.size(); ++i)\n            if (rest_")
fault(ORACLE, "an apostrophe ends a value although a slash stands before it", LEXER,
      "(rest_.data()[i + 1] == '/' || rest_.data()[i + 1] == '\\'');", "rest_.data()[i + 1] == '/';")
fault(ORACLE, "the escape /400 becomes the byte 0", LEXER, "if (p[1] > '3') return {};", "")
fault(ORACLE, "a value in apostrophes includes the last one", LEXER,
      "return take(token_kind::quoted, 1, i, i + 1);", "return take(token_kind::quoted, 1, i + 1, i + 1);")
fault(ORACLE, "a carriage return is a part of a word", LEXER,
      "(c >= '\\t' && c <= '\\r')", "(c >= '\\t' && c <= '\\f')")
fault(ORACLE, "a value in apostrophes is reported as one without", PARSER,
      "return {next::value, t.text, t.position, t.kind == token_kind::quoted};",
      "return {next::value, t.text, t.position, t.kind != token_kind::word && t.text.empty()};")
fault(ORACLE, "a list of several values is refused", PARSER,
      "if (opens || (state_ == state::after_list_value && comma))", "if (opens)")

# Tor
TOR = "policy/tor.hpp"
ORACLE = "fuzz/tor"
fault(ORACLE, "RESOLVE finds a name", TOR,
      "asked == resolve ? address :", "asked == resolve ? h.kind() != host_kind::none :")
fault(ORACLE, "RESOLVE_PTR finds an address", TOR,
      "asked == resolve_ptr && h.kind() == host_kind::name;", "asked == resolve_ptr;")
fault(ORACLE, "a refused lookup finds an address", TOR, "return fits && answer.code.succeeded() ? h", "return fits ? h")
fault(ORACLE, "tokens repeat because the counter loses its highest digit", TOR,
      "counter >> 4 * i & 0xf", "(i == 15 ? 0 : counter >> 4 * i) & 0xf")
fault(ORACLE, "a token whose prefix has 239 bytes is refused", TOR,
      "if (prefix.size() > 255 - counter_size) return", "if (prefix.size() >= 255 - counter_size) return")
fault(ORACLE, "an unknown format of credentials counts as the legacy one", TOR,
      "return {isolation_format::invalid, {}, {}};", "return {isolation_format::legacy, {}, {}};")
fault(ORACLE, "streams of one object share a circuit whatever their tokens", TOR,
      "who.user.subspan(detail::prefix1().size()), who.password};", "who.user.subspan(detail::prefix1().size()), {}};")

# What follows a failed handshake
DIAL_ERROR = "policy/dial_error.hpp"
DISPOSITION = "policy/disposition.hpp"
ERRNO = "system/errno.hpp"
ORACLE = "fuzz/disposition"
fault(ORACLE, "a violation of the protocol is tried again", DISPOSITION,
      "if (blame(failure) == party::stream)", "if (blame(failure) == party::stream || failure == errc::bad_version)")
fault(ORACLE, "the last code of SOCKS4 shares its row with the first one of SOCKS5", DISPOSITION,
      "? size_t{256} : size_t{0})", "? size_t{255} : size_t{0})")
fault(ORACLE, "holding one outcome holds all of its 32 rows", DISPOSITION,
      "t.retried_[i / 32] &= ~(uint32_t{1} << i % 32);", "t.retried_[i / 32] = 0;")
fault(ORACLE, "a refusal by identd becomes a general failure", DIAL_ERROR,
      "case code4::identd_mismatch: return dial_error::not_allowed;",
      "case code4::identd_mismatch: return dial_error::other;")
fault(ORACLE, "a destination without a route is reported as an unreachable host", ERRNO,
      "case ENETUNREACH: return dial_error::network_unreachable;",
      "case ENETUNREACH: return dial_error::host_unreachable;")
fault(ORACLE, "Transfer CFT tries again when a host is unreachable instead of when it refuses",
      "transfer_cft/disposition.hpp", ".retrying(code5::connection_refused)", ".retrying(code5::host_unreachable)")
fault(ORACLE, "a success of SOCKS4 becomes a refusal of SOCKS5", DIAL_ERROR,
      "return code.succeeded() ? code5::succeeded : code_for", "return code.value == 0 ? code5::succeeded : code_for")

# The rules of a UDP relay
RELAY = "policy/relay.hpp"
SCOPE = "policy/scope.hpp"
ORACLE = "fuzz/relay"
fault(ORACLE, "a source lock takes an IPv6 address of another host for the mapped address of the client", SCOPE,
      "for (size_t i = 0; i < 10; ++i)\n        if (a.bytes[i] != 0) return false;\n    return group(a, 5) == 0xffff;",
      "for (size_t i = 0; i < 9; ++i)\n        if (a.bytes[i] != 0) return false;\n    return group(a, 5) == 0xffff;")
fault(ORACLE, "a declared port is believed although its address is that of another host", RELAY,
      "if (same_address(declared.host, peer)) source_.port", "if (declared.host.kind() == peer.kind()) source_.port")
fault(ORACLE, "a datagram with the port 0 is admitted", RELAY,
      "!same_address(source.host, source_.host) || source.port == 0", "!same_address(source.host, source_.host)")
fault(ORACLE, "a roaming client gets its answers at its first port", RELAY,
      "        source_ = source;\n        return true;",
      "        if (source_.port == 0) source_ = source;\n        return true;")
fault(ORACLE, "datagrams from any port of the relay are accepted", RELAY,
      "return source.port == relay.port && (", "return source.port != 0 && (")
fault(ORACLE, "a BIND accepts a caller with the family of the expected one", RELAY,
      "return is_unspecified(expected) || same_address(caller, expected);",
      "return is_unspecified(expected) || caller.kind() == expected.kind();")
fault(ORACLE, "172.32.0.0 counts as private", SCOPE,
      "return detail::within(a, 0x0a000000, 8) || detail::within(a, 0xac100000, 12) ||",
      "return detail::within(a, 0x0a000000, 8) || detail::within(a, 0xac100000, 10) ||")
fault(ORACLE, "a client of an IPv6 proxy declares the IPv4 wildcard", RELAY,
      "== host_kind::ipv6 ? unspecified_ipv6 : unspecified_ipv4;",
      "== host_kind::name ? unspecified_ipv6 : unspecified_ipv4;")

# The schedule of retries
RETRY = "policy/retry.hpp"
ORACLE = "fuzz/retry"
fault(ORACLE, "the last retry that RETRYM allows is not made", RETRY,
      "return failed <= s.limit;", "return failed < s.limit;")
fault(ORACLE, "each interval lasts as many attempts as the first", RETRY, "        at_this_interval /= 2;\n", "")
fault(ORACLE, "an odd number of attempts is halved upwards", RETRY,
      "at_this_interval /= 2;", "at_this_interval = at_this_interval > 1 ? (at_this_interval + 1) / 2 : 0;")
fault(ORACLE, "the next host is tried one attempt too late", RETRY,
      "failed / (uint32_t{s.attempts} + 1);", "failed / (uint32_t{s.attempts} + 2);")
fault(ORACLE, "the next protocol is tried before every host was tried", RETRY,
      "turn / host_count % protocol_count", "turn % protocol_count")
fault(ORACLE, "a restarted transfer has no attempts left", RETRY,
      "        failed_ = 0;\n        due_ = 0;", "        due_ = 0;")
fault(ORACLE, "the interval changes one attempt too late", RETRY,
      "before >= at_this_interval;) {", "before > at_this_interval;) {")

# A configuration of Transfer CFT
CONFIGURATION = "transfer_cft/configuration.hpp"
OBJECTS = "transfer_cft/objects.hpp"
RESOLVE = "transfer_cft/resolve.hpp"
ORACLE = "fuzz/transfer_cft"
fault(ORACLE, "a line break counts as two lines", LEXER, "p = {p.line + 1, 1};", "p = {p.line + 2, 1};")
fault(ORACLE, "an error is forgotten if there is no room for its finding", "transfer_cft/finding.hpp",
      "        if (total_ < capacity_) room_[total_] = f;\n        ++total_;\n        usable_",
      "        ++total_;\n        if (total_ > capacity_) return;\n        room_[total_ - 1] = f;\n        usable_")
fault(ORACLE, "the port 0 of a partner is accepted", RESOLVE, "(!port || *port == 0)", "!port")
fault(ORACLE, "a service that begins with a digit is accepted", RESOLVE,
      "!socks::detail::is_digit(sap.data()[0]) && !sap", "!sap")
fault(ORACLE, "a partner without CFTTCP can be called", RESOLVE,
      "if (!find_tcp_of_any_class(id, other)) return fail_missing(p.id, tcp::keyword);",
      "if (!find_tcp_of_any_class(id, other)) return false;")
fault(ORACLE, "the host of a proxy is not checked", OBJECTS,
      "host.value.empty() ? errc::none : socks::host(host.value.view()).error();",
      "host.value.empty() ? errc::none : errc::none;")
fault(ORACLE, "the host of a partner is not checked", RESOLVE,
      "if (find_tcp(p)) validate_requests();", "static_cast<void>(find_tcp(p));")

ORACLE = "fuzz/configuration"
fault(ORACLE, "a proxy without a PORT is called at 8080", OBJECTS, "port{1080};", "port{8080};")
fault(ORACLE, "RETRYW and RETRYN are exchanged", OBJECTS,
      ".interval = retryw.value, .attempts = retryn.value", ".interval = retryn.value, .attempts = retryw.value")
fault(ORACLE, "every protocol uses the service of the first one", RESOLVE,
      "services_[target.protocol].view();", "services_[0].view();")
fault(ORACLE, "the hosts are tried from the last to the first", RESOLVE,
      "tcp_.host.items[target.host].value", "tcp_.host.items[hosts() - 1 - target.host].value")
fault(ORACLE, "MODE = DELETE is ignored", CONFIGURATION, "found = o.mode.value != mode::erase;", "found = true;")
fault(ORACLE, "the first of several definitions counts", CONFIGURATION,
      "if (!wanted(o)) continue;", "if (found || !wanted(o)) continue;")
fault(ORACLE, "the hosts of another CLASS are called", RESOLVE,
      "const auto wanted = [id, net_class](const tcp& t) {\n"
      "            return t.id.value.view() == id && t.net_class.value == net_class;",
      "const auto wanted = [id, net_class](const tcp& t) {\n            static_cast<void>(net_class);\n"
      "            return t.id.value.view() == id;")
fault(ORACLE, "the networks of a partner may have different classes", RESOLVE,
      "if (net.net_class.value != result_.networks_[0].net_class.value)", "if (net.net_class.value > max_class)")
fault(ORACLE, "a network that CFTPARM does not name is used", RESOLVE,
      'if (!in_.is_active("NET", net.id.value.view()))', "if (!net.id.given)")
fault(ORACLE, "a SOCKS4 request carries the password", RESOLVE,
      "a.request.credentials = {user};", "a.request.credentials = {user, net.password.value.view()};")

# Handshakes over a network
ORACLE = "simulation"
fault(ORACLE, "the last byte is lost if a write leaves only that one", MAILBOX,
      "if (begin_ == end_) begin_ = end_ = 0;", "if (begin_ + 1 >= end_) begin_ = end_ = 0;")
fault(ORACLE, "a server hands over at most 64 early bytes", SERVER,
      "t.now.set(next::done, in, 0, 0);", "t.now.set(next::done, in.first(in.size() < 64 ? in.size() : 64), 0, 0);")
fault(ORACLE, "a client reads a byte of the tunnel with a reply that has a name", ENDPOINT5,
      "if (n < size) return message_size::incomplete(size - n);",
      "if (n < size) return message_size::incomplete(size - n + (in[3] == 3));")
fault(ORACLE, "a chain forgets the end of the stream", CLIENT, "c.closed_ = closed_;", "")
fault(ORACLE, "every proxy gets the credentials of the first one", CHAIN,
      ".credentials = proxy.credentials", ".credentials = route.through[0].credentials")
fault(ORACLE, "a server prefers the first method of the client to its own", SERVER,
      "const socks::method chosen = options_.methods.first_in(offer->methods);",
      "const auto theirs = static_cast<socks::method>(offer->methods[0]);\n"
      "        const socks::method chosen = options_.methods.contains(theirs) ? theirs : "
      "options_.methods.first_in(offer->methods);")
fault(ORACLE, "a bound IPv6 address is answered as 0.0.0.0", SERVER,
      "if (!is4()) return detail::write_frame5(code, bound, out);",
      "if (!is4()) return detail::write_frame5(\n"
      "            code, bound.host.kind() == host_kind::ipv6 ? endpoint{{}, bound.port} : bound, out);")
fault(ORACLE, "a user ID of 255 bytes is refused", S4,
      "if (n > detail::head4 + detail::max_string4) return", "if (n >= detail::head4 + detail::max_string4) return")

# UDP associations over a network
ORACLE = "simulation/associations"
fault(ORACLE, "a fragment of an abandoned sequence is accepted", REASSEMBLY,
      "if (!same || position != highest_ + 1) {\n                abandon();",
      "if (!same || position != highest_ + 1) {")
fault(ORACLE, "the time limit counts from the last fragment instead of the first", REASSEMBLY,
      "highest_ = position;\n", "highest_ = position;\n        began_ = now;\n")
fault(ORACLE, "a repetition of the last fragment ends the sequence", REASSEMBLY,
      "if (same && position == highest_) return errc::fragmented;", "")
fault(ORACLE, "fragments to another port are joined", REASSEMBLY,
      "header.subspan(3) == bytes(storage.data(), header_).subspan(3)",
      "header.size() == header_ &&\n"
      "               header.first(header_ - 2).subspan(3) == bytes(storage.data(), header_ - 2U).subspan(3)")
fault(ORACLE, "a complete datagram does not end the sequence", REASSEMBLY,
      "if (d->fragment() == 0) {\n            abandon();", "if (d->fragment() == 0) {")
fault(ORACLE, "the first sender gets the association although the client declared its port", RELAY,
      "if (same_address(declared.host, peer)) source_.port = declared.port;", "static_cast<void>(declared);")
fault(ORACLE, "a neighbour that uses the port of the client is admitted", RELAY,
      "if (!same_address(source.host, source_.host) || source.port == 0) return false;",
      "if ((!same_address(source.host, source_.host) && source.port != source_.port) || source.port == 0) "
      "return false;")
fault(ORACLE, "an invalid datagram ends the sequence", REASSEMBLY,
      "if (!d) return d.error();", "if (!d) {\n            abandon();\n            return d.error();\n        }")
