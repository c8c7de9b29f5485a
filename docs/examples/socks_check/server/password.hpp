// Cases for the authentication by user name and password.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_PASSWORD_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_PASSWORD_HPP

#include "suite.hpp"

namespace example {

namespace detail {

// Negotiates username/password.
inline session asked_for_login(const target& to, evidence& record,
                               const std::string& title = "a connection") {
    needs(to.no_login);
    session c(to, record, title);
    c.send(hex("05 01 02"));
    c.take_selection();
    return c;
}

// A text of the same length that differs in each letter.
inline std::string changed(std::string text) {
    for (char& c : text) c = static_cast<char>(c ^ 1);
    return text;
}

inline std::string other_case(std::string text) {
    for (char& c : text)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) c = static_cast<char>(c ^ 0x20);
    return text;
}

// Requires a refusal of a login: a status that is not 0, or the end of the connection.
inline void require_refused(const target& to, evidence& record, const std::string& message) {
    session c = asked_for_login(to, record);
    c.send(message);
    static_cast<void>(c.hears(to.patience));
    const remainder answer = c.drain();
    if (answer.bytes.size() >= 2 ? answer.bytes[1] == 0 : answer.bytes.empty() && answer.how == ending::open)
        throw failed("a status that is not 00, or the end of the connection",
                     "the proxy sent " + (answer.bytes.empty() ? "nothing" : shown(answer.bytes)));
}

// Requires that a client which has not logged in gets no connection.
inline void require_unserved(destination& there) {
    if (there.arrived(silence)) throw failed("no connection", "the proxy connected to the destination");
}

}  // namespace detail

inline void add_password_faults(suite& s);

inline void add_password(suite& s) {
    s.add({"password-right", level::must, "The right password is accepted.", "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              session c = detail::asked_for_login(to, record);
              c.send(login(to.user, to.password));
              c.take_status();
          });
    s.add({"password-status-version", level::must,
           "The version of the status is 01, that of this negotiation.", "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              session c = detail::asked_for_login(to, record);
              c.send(login(to.user, to.password));
              const std::string status = c.take(2, "a status");
              if (status[0] != 1) throw failed("the version 01", "the proxy sent " + shown(status));
          });
    s.add({"password-wrong", level::must, "A wrong password is answered by a status that is not 00.",
           "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              session c = detail::asked_for_login(to, record);
              c.send(login(to.user, detail::changed(to.password)));
              const std::string status = c.take(2, "a status that is not 00");
              if (status[1] == 0) throw failed("a status that is not 00", "the proxy sent " + shown(status));
          });
    s.add({"password-wrong-user", level::must, "A wrong user name is refused.", "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              detail::require_refused(to, record, login(detail::changed(to.user), to.password));
          });
    s.add({"password-wrong-closes", level::must, "After a refusal the proxy closes the connection.",
           "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              session c = detail::asked_for_login(to, record);
              c.send(login(to.user, detail::changed(to.password)));
              const remainder answer = c.drain(closing_limit);
              if (answer.how == ending::open)
                  throw failed("the end of the connection", "the proxy kept it open for 10 s");
          });
    s.add({"password-prefix", level::security, "The beginning of the password is refused.",
           "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              detail::require_refused(
                  to, record,
                  login(to.user, std::string_view(to.password).substr(0, to.password.size() - 1)));
          });
    s.add({"password-longer", level::security, "The password with one byte more is refused.",
           "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              if (to.password.size() == 255) throw skipped("the password has 255 bytes already");
              detail::require_refused(to, record, login(to.user, to.password + 'x'));
          });
    s.add({"password-nul", level::security, "A NUL does not end a password.", "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              if (to.password.size() == 255) throw skipped("the password has 255 bytes already");
              detail::require_refused(to, record, login(to.user, to.password + '\0'));
          });
    s.add({"password-user-nul", level::security, "A NUL does not end a user name.", "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              if (to.user.size() == 255) throw skipped("the user name has 255 bytes already");
              detail::require_refused(to, record, login(to.user + '\0', to.password));
          });
    s.add({"password-case", level::security, "Capital letters are not small letters in a password.",
           "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              needs(to.no_login);
              const std::string other = detail::other_case(to.password);
              if (other == to.password) throw skipped("the password has no letters");
              detail::require_refused(to, record, login(to.user, other));
          });
    s.add(
        {"password-empty", level::security, "An empty password is refused.", "RFC 1929 section 2"},
        [](const target& to, evidence& record) { detail::require_refused(to, record, login(to.user, "")); });
    s.add({"password-empty-user", level::security, "An empty user name is refused.", "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              detail::require_refused(to, record, login("", to.password));
          });
    s.add({"password-empty-both", level::security, "An empty user name and password are refused.",
           "RFC 1929 section 2"},
          [](const target& to, evidence& record) { detail::require_refused(to, record, hex("01 00 00")); });
    s.add({"password-1-byte", level::robustness, "A user name and a password of one byte are answered.",
           "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              session c = detail::asked_for_login(to, record);
              c.send(hex("01 01 '~' 01 '~'"));
              c.take(2, "a status");
          });
    s.add({"password-255-bytes", level::robustness, "A user name and a password of 255 bytes are answered.",
           "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              session c = detail::asked_for_login(to, record);
              c.send(login(std::string(255, 'u'), std::string(255, 'p')));
              c.take(2, "a status");
          });
    add_password_faults(s);
}

// Messages out of turn.
inline void add_password_faults(suite& s) {
    s.add({"password-version-5", level::should, "A login of version 5 is refused; the version is 1.",
           "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              detail::require_refused(to, record, hex("05") + login(to.user, to.password).substr(1));
          });
    s.add({"password-skipped", level::security, "A request in place of the login is not granted.",
           "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c = detail::asked_for_login(to, record);
              c.send(request5(cmd_connect, address5(there.at())));
              detail::require_unserved(there);
          });
    s.add({"password-skipped-method", level::security,
           "A proxy with passwords does not serve \"no authentication\".", "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              needs(to.no_login);
              needs(to.no_reach);
              if (to.no_anonymous.empty()) throw skipped("the proxy serves clients without a password too");
              destination there(to, record);
              session c(to, record);
              c.send(hex("05 01 00") + request5(cmd_connect, address5(there.at())));
              detail::require_unserved(there);
          });
    s.add({"password-wrong-pipelined", level::security,
           "A request that follows a wrong password is not granted.", "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              needs(to.no_login);
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.send(hex("05 01 02") + login(to.user, detail::changed(to.password)) +
                     request5(cmd_connect, address5(there.at())));
              detail::require_unserved(there);
          });
    s.add({"password-second-try", level::security,
           "A second password on the same connection is not accepted.", "RFC 1929 section 2"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c = detail::asked_for_login(to, record);
              c.send(login(to.user, detail::changed(to.password)));
              c.take(2, "a status");
              c.send(login(to.user, to.password) + request5(cmd_connect, address5(there.at())));
              detail::require_unserved(there);
          });
    s.add({"password-twice", level::robustness, "A second login after a success is not taken for a request.",
           "RFC 1928 section 4"},
          [](const target& to, evidence& record) {
              session c = detail::asked_for_login(to, record);
              c.send(login(to.user, to.password));
              c.take_status();
              c.send(login(to.user, to.password));
              static_cast<void>(c.hears(to.patience));
              const std::string answer = c.drain().bytes;
              if (answer.size() >= 2 && answer[1] == 0)
                  throw failed("a refusal, or the end of the connection", "the proxy sent " + shown(answer));
          });
    s.add({"password-nobody-asked", level::should, "A login that the proxy did not ask for is not accepted.",
           "RFC 1928 section 3"},
          [](const target& to, evidence& record) {
              needs(to.no_anonymous);
              session c(to, record);
              c.send(hex("05 01 00"));
              c.take(2, "a method selection");
              c.send(hex("01 03 'ivy' 03 'oak'"));
              static_cast<void>(c.hears(to.patience));
              const std::string answer = c.drain().bytes;
              if (answer.size() >= 2 && answer[1] == 0)
                  throw failed("a refusal, or the end of the connection", "the proxy sent " + shown(answer));
          });
}

}  // namespace example

#endif
