// Cases for the first byte: versions of SOCKS, and protocols that are not SOCKS.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_VERSIONS_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_VERSIONS_HPP

#include "suite.hpp"

namespace example {

namespace detail {

enum class closing { required, optional };

// A peer that does not speak SOCKS gets no answer that looks like a success, and the connection closes. A
// proxy that serves HTTP on the same port may answer by HTTP.
inline void require_foreign_refused(const target& to, evidence& record, const std::string& bytes,
                                    closing closes = closing::required) {
    stream s = connect_to_proxy(to, record);
    s.send(bytes);
    if (closes == closing::optional) static_cast<void>(s.hears(silence));
    const remainder answer = closes == closing::optional ? s.drain() : s.drain(closing_limit);
    if (answer.bytes.starts_with("HTTP/") || answer.bytes.starts_with(hex("15 03"))) return;
    if (answer.bytes.size() >= 2 && answer.bytes[0] == 5 && answer.bytes[1] != '\xff')
        throw failed("the proxy does not take this for SOCKS",
                     "it selected a method: " + shown(answer.bytes));
    if (answer.how == ending::open && closes == closing::required)
        throw failed("the proxy closes the connection",
                     "it kept it open for " + deadline(closing_limit).text().substr(7));
}

}  // namespace detail

inline void add_versions(suite& s) {
    s.add({"versions-silent-before-client", level::must, "The proxy sends nothing before the client.",
           "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              stream c = connect_to_proxy(to, record);
              if (c.hears(silence))
                  throw failed("silence until the greeting", "the proxy sent " + shown(c.drain().bytes));
          });
    s.add({"versions-selection", level::must, "The method selection begins with version 5.",
           "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              session c(to, record);
              c.send(to.no_anonymous.empty() ? hex("05 01 00") : hex("05 01 02"));
              const std::string selection = c.take(2, "a method selection, 05 and the method");
              if (selection[0] != 5) throw failed("the version 05", "the proxy sent " + shown(selection));
          });
    s.add({"versions-six", level::must, "A greeting of version 6 is not served.", "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              detail::require_foreign_refused(to, record, hex("06 01 00"), detail::closing::optional);
          });
    s.add({"versions-zero", level::robustness, "A connection that begins with zeros is closed.", "field"},
          [](const target& to, evidence& record) {
              detail::require_foreign_refused(to, record, std::string(16, '\0'));
          });
    s.add({"versions-http", level::robustness, "An HTTP request is not taken for SOCKS.", "field"},
          [](const target& to, evidence& record) {
              detail::require_foreign_refused(to, record, "GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n");
          });
    s.add({"versions-http-connect", level::robustness, "An HTTP CONNECT is not taken for SOCKS.", "field"},
          [](const target& to, evidence& record) {
              detail::require_foreign_refused(to, record,
                                              "CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n");
          });
    s.add({"versions-tls", level::robustness, "A ClientHello of TLS is not taken for SOCKS.", "field"},
          [](const target& to, evidence& record) {
              detail::require_foreign_refused(to, record,
                                              hex("16 03 01 00 2f 01 00 00 2b 03 03") +
                                                  std::string(32, '\x5a') +
                                                  hex("00 00 04 13 01 13 02 01 00"));
          });
    s.add(
        {"versions-garbage", level::robustness, "A connection that begins with garbage is closed.", "field"},
        [](const target& to, evidence& record) {
            detail::require_foreign_refused(to, record, std::string(600, '\xff'));
        });
    s.add({"versions-request", level::must, "A request of another version after the greeting is not granted.",
           "RFC 1928 section 4"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.open();
              c.send(hex("04 01 00") + address5(there.at()));
              if (there.arrived(silence))
                  throw failed("no connection", "the proxy connected to the destination");
          });
    s.add({"versions-socks4-form", level::must, "SOCKS4 is answered with a message of SOCKS4, or by closing.",
           "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              if (to.here4.kind() == socks::host_kind::none) needs(to.no_socks4);
              destination there(to, record);
              stream c = connect_to_proxy(to, record);
              c.send(request4(cmd_connect, there.at()));
              static_cast<void>(c.hears(closing_limit));
              const remainder answer = c.drain();
              if (answer.bytes.empty() ? answer.how != ending::open
                                       : answer.bytes[0] == 0 || answer.bytes[0] == 4)
                  return;
              throw failed("a reply of SOCKS4, which begins with 00, or the end of the connection",
                           "the proxy sent " + (answer.bytes.empty() ? "nothing" : shown(answer.bytes)));
          });
}

}  // namespace example

#endif
