// Cases for the negotiation of a method.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_METHODS_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_METHODS_HPP

#include "suite.hpp"

namespace example {

namespace detail {

// The method that a run negotiates, as a byte.
inline std::string usual_method(const target& to) { return to.logs_in() ? hex("02") : hex("00"); }

// Requires this method. The version is the subject of another case.
inline void require_selection(session& c, const char* method) {
    const std::string selection = c.take(2, std::string("the method selection 05 ") + method);
    if (selection[1] != hex(method)[0])
        throw failed(std::string("the method selection 05 ") + method, "the proxy sent " + shown(selection));
}

// Requires the selection of the usual method as the answer to a greeting.
inline void require_usual(const target& to, evidence& record, const std::string& methods) {
    needs(to.no_session);
    session c(to, record);
    c.send(hex("05") + byte(methods.size()) + methods);
    c.take_selection();
}

// Requires that the answer to a greeting selects none of its methods: 05 ff, or the end.
inline void require_none(const target& to, evidence& record, const std::string& greeting) {
    session c(to, record);
    c.send(greeting);
    static_cast<void>(c.hears(to.patience));
    const std::string answer = c.drain().bytes;
    if (answer.size() >= 2 && answer[1] != '\xff')
        throw failed("05 ff, because no acceptable method is offered", "the proxy sent " + shown(answer));
}

}  // namespace detail

inline void add_methods(suite& s) {
    s.add({"methods-anonymous", level::must,
           "\"No authentication\" alone is selected if the proxy needs none.", "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              needs(to.no_anonymous);
              session c(to, record);
              c.send(hex("05 01 00"));
              detail::require_selection(c, "00");
          });
    s.add({"methods-password", level::should,
           "Username/password alone is selected if the proxy has passwords.", "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              needs(to.no_login);
              session c(to, record);
              c.send(hex("05 01 02"));
              detail::require_selection(c, "02");
          });
    s.add({"methods-one-answer", level::must,
           "A greeting is answered by two bytes, and nothing follows them.", "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              needs(to.no_session);
              session c(to, record);
              c.send(hex("05 01") + detail::usual_method(to));
              c.take(2, "a method selection");
              if (c.hears(silence))
                  throw failed("nothing after the selection", "the proxy sent " + shown(c.drain().bytes));
          });
    s.add({"methods-order", level::should, "The order in which a client lists the methods does not matter.",
           "field"},
          [](const target& to, evidence& record) {
              const auto selected = [&](const char* greeting) {
                  session c(to, record);
                  c.send(hex(greeting));
                  return c.take(2, "a method selection");
              };
              const std::string one = selected("05 02 00 02"), other = selected("05 02 02 00");
              if (one != other)
                  throw failed("the same selection for 00 02 and 02 00",
                               "the proxy selected " + shown(one) + " and " + shown(other));
          });
    s.add({"methods-among-unknown", level::must, "Unknown methods beside a known one are ignored.",
           "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              detail::require_usual(to, record, hex("80 fe 0a") + detail::usual_method(to));
          });
    s.add({"methods-repeated", level::robustness, "A method may occur more than once.", "field"},
          [](const target& to, evidence& record) {
              const std::string m = detail::usual_method(to);
              detail::require_usual(to, record, m + m + m);
          });
    s.add({"methods-255-first", level::must, "255 methods are read; the first is the known one.",
           "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              detail::require_usual(to, record, detail::usual_method(to) + std::string(254, '\xfe'));
          });
    s.add({"methods-255-last", level::must, "255 methods are read; the last is the known one.",
           "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              detail::require_usual(to, record, std::string(254, '\xfe') + detail::usual_method(to));
          });
    s.add({"methods-none-acceptable", level::must, "If no offered method is acceptable, the answer is 05 ff.",
           "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              session c(to, record);
              c.send(hex("05 01 fe"));
              detail::require_selection(c, "ff");
          });
    s.add({"methods-none-acceptable-closes", level::should,
           "After 05 ff the connection closes; the client does not have to do it.", "field"},
          [](const target& to, evidence& record) {
              session c(to, record);
              c.send(hex("05 01 fe"));
              const remainder answer = c.drain(closing_limit);
              if (answer.how == ending::open)
                  throw failed("the end of the connection", "the proxy kept it open for 10 s");
          });
    s.add({"methods-only-offered", level::must, "A method that the client did not offer is never selected.",
           "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              for (const char* method : {"00", "01", "02", "03", "06", "80"}) {
                  session c(to, record, std::string("method ") + method);
                  c.send(hex("05 01") + hex(method));
                  static_cast<void>(c.hears(to.patience));
                  const std::string answer = c.drain().bytes;
                  if (answer.size() >= 2 && answer[1] != hex(method)[0] && answer[1] != '\xff')
                      throw failed(std::string("05 ") + method + " or 05 ff",
                                   "the proxy sent " + shown(answer));
              }
          });
    s.add({"methods-zero", level::robustness, "A greeting without methods selects none.", "field"},
          [](const target& to, evidence& record) { detail::require_none(to, record, hex("05 00")); });
    s.add({"methods-ff-offered", level::security,
           "A client that offers ff, \"none acceptable\", is not served.", "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.send(hex("05 01 ff") + request5(cmd_connect, address5(there.at())));
              if (there.arrived(silence))
                  throw failed("no connection", "the proxy connected to the destination");
          });
    s.add({"methods-request-after-refusal", level::security,
           "After 05 ff, a request that the client sends nevertheless is not granted.", "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.send(hex("05 01 fe"));
              static_cast<void>(c.hears(to.patience));
              static_cast<void>(c.drain());
              c.send(request5(cmd_connect, address5(there.at())));
              if (there.arrived(silence))
                  throw failed("no connection", "the proxy connected to the destination");
          });
    s.add({"methods-second-greeting", level::robustness, "A second greeting is not taken for a request.",
           "RFC 1928 section 4"},
          [](const target& to, evidence& record) {
              session c(to, record);
              c.open();
              c.send(hex("05 01 00 05 01 00 05 01 00 05"));
              static_cast<void>(c.hears(to.patience));
              const std::string answer = c.drain().bytes;
              if (answer.size() >= 2 && answer[1] == 0)
                  throw failed("a refusal, or the end of the connection", "the proxy sent " + shown(answer));
          });
}

}  // namespace example

#endif
