// Cases for messages in pieces, and for several messages in one segment. TCP is a stream: where a segment
// ends means nothing.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_FRAMING_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_FRAMING_HPP

#include "socks4.hpp"
#include "suite.hpp"

namespace example {

namespace detail {

// The answers of a proxy to a complete handshake, and then the connection.
inline void take_answers(const target& to, session& c) {
    c.take_selection();
    if (to.logs_in()) c.take_status();
    session::require_granted(c.take_reply());
}

// Sends the messages of a handshake as `send` wants them, reading each answer before the next message.
template <class Send>
void shake_hands(const target& to, evidence& record, Send send, const std::string& title = "a connection") {
    needs(to.no_session);
    needs(to.no_reach);
    destination there(to, record);
    session c(to, record, title);
    send(c, hex("05 01") + (to.logs_in() ? hex("02") : hex("00")));
    c.take_selection();
    if (to.logs_in()) {
        send(c, login(to.user, to.password));
        c.take_status();
    }
    send(c, request5(cmd_connect, address5(there.at())));
    session::require_granted(c.take_reply());
    stream far = there.accept();
    require_echo(c, far);
}

constexpr std::chrono::milliseconds pause{20};

// Cuts one of the messages, the first, second or third, once after each of its bytes.
inline void cut_everywhere(const target& to, evidence& record, int which) {
    if (which == 1 && !to.logs_in()) needs(to.no_login);
    size_t size = 2;
    for (size_t cut = 1; cut < size; ++cut) {
        int message = !to.logs_in() && which == 2 ? 1 : 0;
        const auto send = [&](session& c, const std::string& bytes) {
            if (message++ != which) return c.send(bytes);
            size = std::min<size_t>(bytes.size(), 40);
            c.send(bytes.substr(0, cut));
            std::this_thread::sleep_for(pause);
            c.send(bytes.substr(cut));
        };
        record.restart();
        shake_hands(to, record, send, "cut after byte " + std::to_string(cut) + ": a connection");
    }
}

// Sends `first`, ends the client's direction, and requires that the proxy ends the connection.
inline void require_end_after(const target& to, evidence& record, const std::string& first) {
    needs(to.no_session);
    session c(to, record);
    c.send(first);
    c.half_close();
    if (c.drain(closing_limit).how == ending::open)
        throw failed("the end of the connection, because the client can say nothing more",
                     "the proxy kept it open for 10 s");
}

}  // namespace detail

inline void add_half_closes(suite& s) {
    s.add({"framing-end-at-once", level::robustness, "A client that ends before the greeting is let go.",
           "field"},
          [](const target& to, evidence& record) { detail::require_end_after(to, record, ""); });
    s.add({"framing-end-in-greeting", level::robustness, "A client that ends inside the greeting is let go.",
           "field"},
          [](const target& to, evidence& record) { detail::require_end_after(to, record, hex("05 02 00")); });
    s.add({"framing-end-after-greeting", level::robustness,
           "A client that ends after the greeting is let go.", "field"},
          [](const target& to, evidence& record) {
              detail::require_end_after(to, record, hex("05 02 00 02"));
          });
    s.add({"framing-end-in-login", level::robustness, "A client that ends inside the login is let go.",
           "field"},
          [](const target& to, evidence& record) {
              needs(to.no_login);
              const std::string all = session::opening(to);
              detail::require_end_after(to, record, all.substr(0, all.size() - 1));
          });
    s.add({"framing-end-in-request", level::robustness, "A client that ends inside the request is let go.",
           "field"},
          [](const target& to, evidence& record) {
              needs(to.no_session);
              session c(to, record);
              c.open();
              c.send(hex("05 01 00 01 7f 00"));
              c.half_close();
              if (c.drain(closing_limit).how == ending::open)
                  throw failed("the end of the connection", "the proxy kept it open for 10 s");
          });
    s.add({"framing-end-after-request", level::should,
           "A client that ends its direction after the request still gets the answer of the destination.",
           "field"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.open();
              c.send(request5(cmd_connect, address5(there.at())) + "question");
              c.half_close();
              session::require_granted(c.take_reply());
              stream far = there.accept();
              far.expect("question", "the data of the client at the destination");
              carry(far, c, "answer", "the answer of the destination");
          });
}

inline void add_pipelining(suite& s) {
    s.add({"framing-one-segment", level::must, "Greeting, request and data may arrive in one segment.",
           "field"},
          [](const target& to, evidence& record) {
              needs(to.no_session);
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.send(session::opening(to) + request5(cmd_connect, address5(there.at())) + "early");
              detail::take_answers(to, c);
              stream far = there.accept();
              far.expect("early", "the early data at the destination");
              require_echo(c, far);
          });
    s.add({"framing-pipelined", level::must,
           "A request may follow without waiting for the answers before it.", "field"},
          [](const target& to, evidence& record) {
              needs(to.no_session);
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.send(session::opening(to) + request5(cmd_connect, address5(there.at())));
              detail::take_answers(to, c);
              stream far = there.accept();
              require_echo(c, far);
          });
    s.add({"framing-early-data", level::must, "Data in the segment of the request reach the destination.",
           "field"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.open();
              c.send(request5(cmd_connect, address5(there.at())) + "early");
              session::require_granted(c.take_reply());
              stream far = there.accept();
              far.expect("early", "the early data at the destination");
              require_echo(c, far);
          });
    s.add({"framing-early-64-kib", level::must, "64 KiB of early data reach the destination.", "field"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.open();
              std::string data;
              for (int i = 0; i < 64 * 1024; ++i) data += static_cast<char>(i * 7 + i / 256);
              c.send(request5(cmd_connect, address5(there.at())) + data);
              session::require_granted(c.take_reply());
              stream far = there.accept();
              far.expect(data, "64 KiB of early data at the destination");
          });
    s.add({"framing-greeting-and-half", level::must, "A segment may end inside the second message.", "field"},
          [](const target& to, evidence& record) {
              needs(to.no_session);
              needs(to.no_reach);
              destination there(to, record);
              const std::string all = session::opening(to) + request5(cmd_connect, address5(there.at()));
              session c(to, record);
              c.send(all.substr(0, 6));
              std::this_thread::sleep_for(detail::pause);
              c.send(all.substr(6));
              detail::take_answers(to, c);
              static_cast<void>(there.accept());
          });
    s.add(
        {"framing-early-after-refusal", level::security,
         "Data after a request that is refused are not taken for another request.", "RFC 1928 section 6"},
        [](const target& to, evidence& record) {
            needs(to.no_reach);
            destination there(to, record);
            const silent_port nobody(to.here4);
            session c(to, record);
            c.open();
            c.send(request5(cmd_connect, address5(nobody.at)) + request5(cmd_connect, address5(there.at())));
            if (there.arrived(silence)) throw failed("no connection", "the proxy served a second request");
        });
}

inline void add_framing(suite& s) {
    s.add({"framing-byte-by-byte", level::must, "Each byte of a handshake may arrive alone.", "field"},
          [](const target& to, evidence& record) {
              detail::shake_hands(to, record,
                                  [](session& c, const std::string& bytes) { c.send_pieces(bytes, 1); });
          });
    s.add({"framing-cut-greeting", level::must, "A greeting may be cut after each byte.", "field"},
          [](const target& to, evidence& record) { detail::cut_everywhere(to, record, 0); });
    s.add({"framing-cut-login", level::must, "A login may be cut after each byte.", "field"},
          [](const target& to, evidence& record) { detail::cut_everywhere(to, record, 1); });
    s.add({"framing-cut-request", level::must, "A request may be cut after each byte.", "field"},
          [](const target& to, evidence& record) { detail::cut_everywhere(to, record, 2); });
    s.add({"framing-slow", level::robustness, "A handshake may take more than two seconds.", "field"},
          [](const target& to, evidence& record) {
              detail::shake_hands(to, record, [](session& c, const std::string& bytes) {
                  c.send(bytes.substr(0, 1));
                  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
                  c.send(bytes.substr(1));
              });
          });
    add_pipelining(s);
    add_half_closes(s);
    s.add({"framing-socks4-byte-by-byte", level::must, "Each byte of a SOCKS4 request may arrive alone.",
           "field"},
          [](const target& to, evidence& record) {
              needs(to.no_socks4);
              destination there(to, record);
              stream c = detail::connect4(to, record);
              c.send_pieces(request4(cmd_connect, there.at(), "ivy"), 1);
              detail::take_granted4(c);
              stream far = there.accept();
              require_echo(c, far);
          });
    s.add({"framing-socks4-cut", level::must, "A SOCKS4 request may be cut after each byte.", "field"},
          [](const target& to, evidence& record) {
              needs(to.no_socks4);
              destination there(to, record);
              const std::string request = request4(cmd_connect, there.at(), "ivy");
              for (size_t cut = 1; cut < request.size(); ++cut) {
                  record.restart();
                  stream c = detail::connect4(to, record);
                  c.send(request.substr(0, cut));
                  std::this_thread::sleep_for(detail::pause);
                  c.send(request.substr(cut));
                  detail::take_granted4(c);
                  static_cast<void>(there.accept());
              }
          });
    s.add({"framing-socks4-early-data", level::must,
           "Data in the segment of a SOCKS4 request reach the destination.", "field"},
          [](const target& to, evidence& record) {
              needs(to.no_socks4);
              destination there(to, record);
              stream c = detail::connect4(to, record);
              c.send(request4(cmd_connect, there.at(), "ivy") + "early");
              detail::take_granted4(c);
              stream far = there.accept();
              far.expect("early", "the early data at the destination");
              require_echo(c, far);
          });
    s.add({"framing-socks4-end-in-request", level::robustness,
           "A client that ends inside a SOCKS4 request is let go.", "field"},
          [](const target& to, evidence& record) {
              stream c = detail::connect4(to, record);
              c.send(hex("04 01 00 09 7f 00 00 01 'iv'"));
              c.half_close();
              if (c.drain(closing_limit).how == ending::open)
                  throw failed("the end of the connection", "the proxy kept it open for 10 s");
          });
}

}  // namespace example

#endif
