// Cases for the request of SOCKS5: commands, addresses and names.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_REQUESTS_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_REQUESTS_HPP

#include "suite.hpp"

namespace example {

namespace detail {

// Requires a connection by a request with `address`, in both directions.
inline void require_connection(const target& to, evidence& record, destination& there,
                               const std::string& address, const char* part) {
    session c(to, record);
    c.open();
    const reply5 r = c.ask(request5(cmd_connect, address), lookup_limit);
    if (r.code() == 2) throw skipped(std::string("the rules of the proxy forbid ") + part + " (reply 02)");
    session::require_granted(r, part);
    stream far = there.accept();
    require_echo(c, far);
}

// Requires that a request is refused, or ends the connection. A proxy that replies before it connects may
// grant it first.
inline void require_no_connection(const target& to, evidence& record, const std::string& request) {
    session c(to, record);
    c.open();
    c.send(request);
    if (c.ends_silently(lookup_limit) || c.take_reply("a refusal").code() != 0) return;
    if (!to.replies_early || c.drain(closing_limit).how == ending::open)
        throw failed("a refusal, or the end of the connection", "the proxy granted the request");
}

// Requires that a request, valid or not, is answered or ends the connection.
inline void require_some_answer(const target& to, evidence& record, const std::string& request) {
    session c(to, record);
    c.open();
    c.send(request);
    if (!c.hears(to.patience))
        throw failed("an answer, or the end of the connection", "the proxy sent nothing");
}

inline std::string name_of(const target& to) {
    if (to.name.empty()) throw skipped("no name of --here is known; see --name");
    return to.name;
}

// Requires that a name with bytes that no host name has does not lead to the destination.
inline void require_name_refused(const target& to, evidence& record, const std::string& end) {
    needs(to.no_reach);
    destination there(to, record, destination::family::any);
    session c(to, record);
    c.open();
    c.send(request5(cmd_connect, name5(name_of(to) + end, there.port())));
    const bool answered = c.hears(to.patience);
    // Some proxies grant a request before they connect.
    if (there.arrived(c.drain().bytes.starts_with(hex("05 00")) ? std::chrono::milliseconds(2000) : silence))
        throw failed("no connection", "the proxy connected to the destination");
    if (!answered) throw failed("a refusal, or the end of the connection", "the proxy sent nothing");
    session(to, record, "another connection").open();  // the proxy still serves others
}

}  // namespace detail

inline void add_names(suite& s) {
    s.add({"requests-name", level::must, "CONNECT to a name.", "RFC 1928 section 5"}, [](const target& to,
                                                                                         evidence& record) {
        needs(to.no_reach);
        destination there(to, record, destination::family::any);
        detail::require_connection(to, record, there, name5(detail::name_of(to), there.port()), "names");
    });
    s.add({"requests-name-capitals", level::should, "A name in capital letters is the same name.",
           "RFC 4343 section 2"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record, destination::family::any);
              std::string name = detail::name_of(to);
              for (char& c : name)
                  if (c >= 'a' && c <= 'z') c = static_cast<char>(c ^ 0x20);
              detail::require_connection(to, record, there, name5(name, there.port()), "names");
          });
    s.add({"requests-name-ipv4", level::should, "A name that spells an IPv4 address leads to that address.",
           "field"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              detail::require_connection(to, record, there, name5(text(there.at().host), there.port()),
                                         "names");
          });
    s.add({"requests-name-ipv6", level::should, "A name that spells an IPv6 address leads to that address.",
           "field"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record, destination::family::ipv6);
              // A proxy without IPv6 refuses the address too.
              session(to, record, "whether the proxy has IPv6: a connection")
                  .granted(request5(cmd_connect, address5(there.at())), "IPv6");
              there.accept();
              detail::require_connection(to, record, there, name5(text(there.at().host), there.port()),
                                         "names");
          });
    s.add(
        {"requests-name-1-byte", level::robustness, "A name of one byte is answered.", "RFC 1928 section 5"},
        [](const target& to, evidence& record) {
            detail::require_some_answer(to, record, request5(cmd_connect, name5("?", 9)));
        });
    s.add({"requests-name-255-bytes", level::must, "A name of 255 bytes is read completely and answered.",
           "RFC 1928 section 5"},
          [](const target& to, evidence& record) {
              std::string name;
              for (int i = 0; i < 4; ++i) name += std::string(59, 'n') + '.';
              // What a proxy does for a short name, it must do for a long one. Some close without a reply.
              session c(to, record, "a short name: a connection");
              c.open();
              c.send(request5(cmd_connect, name5("no-such-host.invalid", 9)));
              const bool closes = c.ends_silently(lookup_limit);
              if (!c.hears(std::chrono::milliseconds(0)))
                  throw skipped("the proxy looks for a name that does not exist for more than 20 s");
              session other(to, record, "a name of 255 bytes: a connection");
              other.open();
              other.send(request5(cmd_connect, name5(name + std::string(7, 'n') + ".invalid", 9)));
              if (!other.ends_silently(lookup_limit) || !closes) static_cast<void>(other.take_reply());
          });
    s.add({"requests-name-empty", level::robustness, "An empty name is refused.", "field"},
          [](const target& to, evidence& record) {
              detail::require_no_connection(to, record, request5(cmd_connect, name5("", 9)));
          });
    s.add({"requests-name-nul", level::security, "A NUL does not end a name.", "RFC 1928 section 5"},
          [](const target& to, evidence& record) {
              detail::require_name_refused(to, record, hex("00 '.example.com'"));
          });
    s.add({"requests-name-line-end", level::security, "A name with CR and LF is refused.", "field"},
          [](const target& to, evidence& record) { detail::require_name_refused(to, record, "\r\nX: 1"); });
    s.add(
        {"requests-name-space", level::security, "A name with a space is refused.", "field"},
        [](const target& to, evidence& record) { detail::require_name_refused(to, record, " example.com"); });
}

inline void add_requests(suite& s) {
    s.add({"requests-ipv4", level::must, "CONNECT to an IPv4 address.", "RFC 1928 section 4"},
          [](const target& to, evidence& record) {
              destination there(to, record);
              detail::require_connection(to, record, there, address5(there.at()), "IPv4 addresses");
          });
    s.add({"requests-ipv6", level::must, "CONNECT to an IPv6 address.", "RFC 1928 section 4"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record, destination::family::ipv6);
              detail::require_connection(to, record, there, address5(there.at()), "IPv6 addresses");
          });
    add_names(s);
    s.add({"requests-reserved", level::robustness, "A reserved byte that is not 0 is ignored or refused.",
           "RFC 1928 section 4"},
          [](const target& to, evidence& record) {
              detail::require_some_answer(to, record, hex("05 01 01 01 7f 00 00 01 00 09"));
          });
    s.add({"requests-command-unknown", level::must, "An unknown command is answered by the code 07.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              for (const char* command : {"00", "7e", "ff"}) {
                  session c(to, record);
                  c.open();
                  const reply5 r = c.ask(hex("05") + hex(command) + hex("00 01 7f 00 00 01 00 09"));
                  if (r.code() != 7)
                      throw failed("the reply 07 command not supported",
                                   "the proxy replied " + shown_code(r.code()));
              }
          });
    s.add({"requests-type-unknown", level::must, "An unknown address type is answered by the code 08.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              for (const char* type : {"00", "02", "05", "ff"}) {
                  session c(to, record);
                  c.open();
                  const reply5 r = c.ask(hex("05 01 00") + hex(type) + hex("7f 00 00 01 00 09"));
                  if (r.code() != 8)
                      throw failed("the reply 08 address type not supported",
                                   "the proxy replied " + shown_code(r.code()));
              }
          });
    s.add({"requests-port-0", level::robustness, "CONNECT to port 0 is refused.", "field"},
          [](const target& to, evidence& record) {
              if (to.here4.kind() == socks::host_kind::none)
                  throw skipped("there is no IPv4 address; see --here");
              detail::require_no_connection(to, record, request5(cmd_connect, address5({to.here4, 0})));
          });
    s.add({"requests-unspecified", level::robustness, "CONNECT to 0.0.0.0 is answered.", "field"},
          [](const target& to, evidence& record) {
              detail::require_some_answer(to, record, hex("05 01 00 01 00 00 00 00 00 09"));
          });
    s.add({"requests-mapped", level::robustness,
           "CONNECT to an IPv4 address in the form of IPv6 is answered.", "field"},
          [](const target& to, evidence& record) {
              if (to.here4.kind() == socks::host_kind::none)
                  throw skipped("there is no IPv4 address; see --here");
              const silent_port nobody(to.here4);
              detail::require_some_answer(
                  to, record,
                  hex("05 01 00 04 00000000 00000000 0000ffff") + raw(to.here4) + number(nobody.at.port));
          });
    s.add({"requests-without-greeting", level::security, "A request without a greeting is not granted.",
           "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.send(request5(cmd_connect, address5(there.at())));
              if (there.arrived(silence))
                  throw failed("no connection", "the proxy connected to the destination");
          });
}

}  // namespace example

#endif
