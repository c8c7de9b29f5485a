// Cases for SOCKS4 and SOCKS4a.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_SOCKS4_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_SOCKS4_HPP

#include "requests.hpp"
#include "suite.hpp"

namespace example {

namespace detail {

inline stream connect4(const target& to, evidence& record) {
    needs(to.no_socks4);
    return connect_to_proxy(to, record);
}

// Requires the reply "granted".
inline void take_granted4(stream& c) {
    const std::string reply = c.take(8, "a reply of 8 bytes, 00 5a");
    if (reply[1] != 0x5a) throw failed("the reply 00 5a, granted", "the proxy sent " + shown(reply));
}

// Requires a connection by a request, in both directions.
inline void require_connection4(const target& to, evidence& record, destination& there,
                                const std::string& request) {
    stream c = connect4(to, record);
    c.send(request);
    take_granted4(c);
    stream far = there.accept();
    require_echo(c, far);
}

// SOCKS4a is younger than SOCKS4, so a proxy may lack it.
inline void require_name4(const target& to, evidence& record, const std::string& marker) {
    needs(to.no_socks4);
    destination there(to, record, destination::family::any);
    stream c = connect4(to, record);
    c.send(hex("04 01") + number(there.port()) + hex(marker) + hex("00") + name_of(to) + hex("00"));
    const std::string reply = c.take(8, "a reply of 8 bytes");
    if (reply[1] != 0x5a)
        throw skipped("the proxy does not offer SOCKS4a (reply " + shown(reply.substr(1, 1)) + ')');
    stream far = there.accept();
    require_echo(c, far);
}

// Requires a refusal, or the end of the connection.
inline void require_refused4(const target& to, evidence& record, const std::string& request,
                             std::chrono::seconds limit = lookup_limit) {
    stream c = connect4(to, record);
    c.send(request);
    if (!c.hears(limit)) throw failed("a refusal, or the end of the connection", "the proxy sent nothing");
    const std::string answer = c.drain().bytes;
    if (answer.size() < 2 || answer[1] != 0x5a) return;
    if (!to.replies_early || c.drain(closing_limit).how == ending::open)
        throw failed("a refusal, or the end of the connection", "the proxy granted the request");
}

// Requires that a proxy closes while a string without its NUL arrives.
inline void require_flood_ended(const target& to, evidence& record, const std::string& beginning) {
    stream c = connect4(to, record);
    c.send(beginning);
    const std::string part(4096, 'u');
    for (int i = 0; i < 256 && !c.hears(std::chrono::milliseconds(0)); ++i) c.send(part);
    if (!c.hears(closing_limit))
        throw failed("a refusal, or the end of the connection, after 1 MiB without a NUL",
                     "the proxy sent nothing");
}

// The address of a port where nobody listens.
inline socks::endpoint silent4(const target& to, std::optional<silent_port>& reserved) {
    needs(to.no_socks4);
    return reserved.emplace(to.here4).at;
}

}  // namespace detail

inline void add_socks4a(suite& s) {
    s.add({"socks4-name", level::should, "SOCKS4a: CONNECT to a name.", "SOCKS4a memo"},
          [](const target& to, evidence& record) { detail::require_name4(to, record, "00 00 00 01"); });
    s.add({"socks4-name-marker", level::should,
           "SOCKS4a: every address 0.0.0.x with x from 1 to 255 announces a name.", "SOCKS4a memo"},
          [](const target& to, evidence& record) { detail::require_name4(to, record, "00 00 00 ff"); });
    s.add({"socks4-name-after-user", level::should, "SOCKS4a: the name follows the NUL of a user ID.",
           "SOCKS4a memo"},
          [](const target& to, evidence& record) { detail::require_name4(to, record, "00 00 00 07 'ivy'"); });
    s.add({"socks4-name-255-bytes", level::robustness, "SOCKS4a: a name of 255 bytes is answered.",
           "SOCKS4a memo"},
          [](const target& to, evidence& record) {
              std::string name;
              for (int i = 0; i < 4; ++i) name += std::string(59, 'n') + '.';
              stream c = detail::connect4(to, record);
              c.send(request4a(name + std::string(7, 'n') + ".invalid", 9));
              if (!c.hears(lookup_limit)) throw failed("an answer", "the proxy sent nothing");
          });
    s.add({"socks4-name-empty", level::robustness, "SOCKS4a: an empty name is refused.", "field"},
          [](const target& to, evidence& record) { detail::require_refused4(to, record, request4a("", 9)); });
    s.add({"socks4-name-flood", level::security, "SOCKS4a: a name without an end is not read for ever.",
           "field"},
          [](const target& to, evidence& record) {
              detail::require_flood_ended(to, record, hex("04 01 00 09 00 00 00 01 00"));
          });
    s.add({"socks4-zero-address", level::robustness,
           "0.0.0.0 is an address, so no name follows and none is awaited.", "SOCKS4a memo"},
          [](const target& to, evidence& record) {
              stream c = detail::connect4(to, record);
              c.send(hex("04 01 00 09 00 00 00 00 00"));
              if (!c.hears(to.patience)) throw failed("a reply", "the proxy waits for more");
          });
}

inline void add_socks4(suite& s) {
    s.add({"socks4-connect", level::must, "CONNECT to an IPv4 address.", "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              needs(to.no_socks4);
              destination there(to, record);
              detail::require_connection4(to, record, there, request4(cmd_connect, there.at(), "ivy"));
          });
    s.add({"socks4-reply-version", level::must, "The version of a reply is 0.", "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              needs(to.no_socks4);
              destination there(to, record);
              stream c = detail::connect4(to, record);
              c.send(request4(cmd_connect, there.at()));
              const std::string reply = c.take(2, "a reply");
              if (reply[0] != 0) throw failed("the version 00", "the proxy sent " + shown(reply));
          });
    s.add({"socks4-reply-size", level::must, "A reply has 8 bytes, and nothing follows it.", "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              needs(to.no_socks4);
              destination there(to, record);
              stream c = detail::connect4(to, record);
              c.send(request4(cmd_connect, there.at()));
              c.take(8, "a reply of 8 bytes");
              stream far = there.accept();
              far.send("data");
              c.expect("data", "the data of the destination after 8 bytes of reply");
          });
    s.add({"socks4-user-empty", level::must, "A user ID may be empty.", "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              needs(to.no_socks4);
              destination there(to, record);
              detail::require_connection4(to, record, there, request4(cmd_connect, there.at()));
          });
    s.add({"socks4-user-255-bytes", level::robustness, "A user ID of 255 bytes is answered.", "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              needs(to.no_socks4);
              destination there(to, record);
              stream c = detail::connect4(to, record);
              c.send(request4(cmd_connect, there.at(), std::string(255, 'u')));
              if (!c.hears(to.patience)) throw failed("a reply", "the proxy sent nothing");
          });
    s.add({"socks4-user-2000-bytes", level::security,
           "A user ID of 2000 bytes is answered, or ends the connection.", "field"},
          [](const target& to, evidence& record) {
              needs(to.no_socks4);
              destination there(to, record);
              stream c = detail::connect4(to, record);
              c.send(request4(cmd_connect, there.at(), std::string(2000, 'u')));
              if (!c.hears(closing_limit)) throw failed("an answer, or the end", "the proxy sent nothing");
          });
    s.add({"socks4-user-flood", level::security, "A user ID without an end is not read for ever.", "field"},
          [](const target& to, evidence& record) {
              detail::require_flood_ended(to, record, hex("04 01 00 09 7f 00 00 01"));
          });
    s.add({"socks4-missing-nul", level::must, "Nothing happens before the NUL after the user ID.",
           "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              needs(to.no_socks4);
              destination there(to, record);
              const std::string request = request4(cmd_connect, there.at(), "ivy");
              stream c = detail::connect4(to, record);
              c.send(request.substr(0, request.size() - 1));
              if (there.arrived(silence)) throw failed("no connection before the NUL", "the proxy connected");
              c.send(hex("00"));
              detail::take_granted4(c);
              static_cast<void>(there.accept());
          });
    add_socks4a(s);
    s.add({"socks4-refused", level::must, "A connection that the destination refuses is answered by 00 5b.",
           "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              std::optional<silent_port> reserved;
              const std::string request = request4(cmd_connect, detail::silent4(to, reserved));
              stream c = detail::connect4(to, record);
              c.send(request);
              const std::string reply = c.take(2, "a refusal, 00 5b");
              if (reply[1] != 0x5b)
                  throw failed("the code 5b, rejected or failed", "the proxy sent " + shown(reply));
          });
    s.add({"socks4-refused-size", level::must, "A refusal has 8 bytes too, and nothing follows it.",
           "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              std::optional<silent_port> reserved;
              const std::string request = request4(cmd_connect, detail::silent4(to, reserved));
              stream c = detail::connect4(to, record);
              c.send(request);
              if (c.ends_silently(to.patience))
                  throw skipped("the proxy closes without a reply if a connection fails");
              c.take(8, "a refusal of 8 bytes");
              if (c.hears(silence))
                  if (const std::string more = c.drain().bytes; !more.empty())
                      throw failed("nothing after the refusal", "the proxy sent " + shown(more));
          });
    s.add({"socks4-refused-closes", level::must, "After a refusal the proxy closes the connection.",
           "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              std::optional<silent_port> reserved;
              const std::string request = request4(cmd_connect, detail::silent4(to, reserved));
              stream c = detail::connect4(to, record);
              c.send(request);
              if (c.drain(closing_limit).how == ending::open)
                  throw failed("the end of the connection", "the proxy kept it open for 10 s");
          });
    s.add({"socks4-command-3", level::must, "SOCKS4 has no UDP ASSOCIATE: command 3 is not granted.",
           "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              std::optional<silent_port> reserved;
              detail::require_refused4(to, record, request4(3, detail::silent4(to, reserved)), closing_limit);
          });
    s.add({"socks4-command-0", level::robustness, "Command 0 is not granted.", "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              std::optional<silent_port> reserved;
              detail::require_refused4(to, record, request4(0, detail::silent4(to, reserved)), closing_limit);
          });
}

}  // namespace example

#endif
