// Cases for the data after the handshake.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_RELAYING_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_RELAYING_HPP

#include "flow.hpp"
#include "suite.hpp"

namespace example {

namespace detail {

// Requires the end of a stream, by whatever means.
inline void require_gone(stream& s, const char* expected) {
    const remainder rest = s.drain(closing_limit);
    if (rest.how == ending::open) throw failed(expected, "the proxy kept the connection open for 10 s");
}

}  // namespace detail

inline void add_endings(suite& s) {
    s.add({"relaying-half-close-client", level::should,
           "If the client ends its direction, the destination sees the end and can still answer.", "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              t.near.send("question");
              t.near.half_close();
              t.far.expect("question", "the data of the client at the destination");
              t.far.expect_end("its connection to the destination after the end of the client", to.patience,
                               true);
              carry(t.far, t.near, "answer", "the answer of the destination");
          });
    s.add({"relaying-half-close-destination", level::should,
           "If the destination ends its direction, the client sees the end and can still send.", "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              t.far.send("answer");
              t.far.half_close();
              t.near.expect("answer", "the data of the destination at the client");
              t.near.expect_end("the direction to the client after the end of the destination", to.patience,
                                true);
              carry(t.near, t.far, "more", "the data of the client after the end of the destination");
          });
    s.add({"relaying-both-ends", level::must, "If both ends close, both connections end.", "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              require_echo(t.near, t.far);
              t.near.half_close();
              t.far.half_close();
              detail::require_gone(t.near, "the end of the connection to the client");
              detail::require_gone(t.far, "the end of the connection to the destination");
          });
    s.add({"relaying-close-client", level::must, "If the client closes, the destination sees the end.",
           "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              require_echo(t.near, t.far);
              t.near.close();
              detail::require_gone(t.far, "the end of the connection to the destination");
          });
    s.add({"relaying-close-destination", level::must, "If the destination closes, the client sees the end.",
           "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              require_echo(t.near, t.far);
              t.far.close();
              detail::require_gone(t.near, "the end of the connection to the client");
          });
    s.add({"relaying-empty", level::must, "A destination that closes without a byte ends the connection.",
           "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              t.far.close();
              t.near.expect_end("its connection to the client", closing_limit);
          });
    s.add({"relaying-rest-to-client", level::must,
           "What the destination sent before it closed reaches the client completely.", "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              const std::string data = pattern(256 * 1024);
              const background_sender sender(t.far, data);
              std::this_thread::sleep_for(std::chrono::milliseconds(300));  // a slow client
              t.near.expect(data, "256 KiB of the destination");
          });
    s.add({"relaying-rest-to-destination", level::must,
           "What the client sent before it closed reaches the destination completely.", "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              const std::string data = pattern(256 * 1024);
              const background_sender sender(t.near, data);
              std::this_thread::sleep_for(std::chrono::milliseconds(300));  // a slow destination
              t.far.expect(data, "256 KiB of the client");
          });
    s.add({"relaying-reset-client", level::must,
           "If the client resets, the connection to the destination ends.", "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              require_echo(t.near, t.far);
              t.near.reset();
              detail::require_gone(t.far, "the end of the connection to the destination");
          });
    s.add({"relaying-reset-destination", level::must,
           "If the destination resets, the connection to the client ends.", "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              require_echo(t.near, t.far);
              t.far.reset();
              detail::require_gone(t.near, "the end of the connection to the client");
          });
    s.add({"relaying-reset-passed-on", level::robustness,
           "A reset of the destination is a reset at the client, so no cut-off stream looks complete.",
           "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              require_echo(t.near, t.far);
              t.far.reset();
              if (t.near.drain(closing_limit).how == ending::closed)
                  throw failed("a reset of the connection",
                               "the proxy closed it as if the stream was complete");
          });
}

inline void add_relaying(suite& s) {
    s.add({"relaying-both-ways", level::must, "Data pass in both directions.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              require_echo(t.near, t.far);
              require_echo(t.near, t.far);
          });
    s.add({"relaying-server-first", level::must, "A destination may send first; its data follow the reply.",
           "field"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              c.open();
              c.send(request5(cmd_connect, address5(there.at())));
              stream far = there.accept();
              far.send("220 ready\r\n");
              session::require_granted(c.take_reply());
              c.expect("220 ready\r\n", "the data of the destination after the reply");
          });
    s.add({"relaying-every-byte", level::must, "Every value of a byte passes unchanged.", "field"},
          [](const target& to, evidence& record) {
              std::string all;
              for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
              tunnel t(to, record);
              carry(t.near, t.far, all, "all values of a byte at the destination");
              carry(t.far, t.near, all, "all values of a byte at the client");
          });
    s.add({"relaying-request-is-data", level::must,
           "After the reply, bytes that look like a request are data.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              const std::string request = hex("05 01 00") + request5(cmd_connect, address5(t.there.at()));
              carry(t.near, t.far, request, "the bytes at the destination");
              carry(t.far, t.near, request, "the bytes at the client");
          });
    s.add({"relaying-16-mib", level::must, "16 MiB in each direction at once arrive complete and in order.",
           "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              exchange(t.near, t.far, 16U * 1024 * 1024, to.patience);
          });
    s.add({"relaying-slow-destination", level::must,
           "A destination that does not read for a while loses nothing.", "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              const std::string data = pattern(8U * 1024 * 1024);
              const background_sender sender(t.near, data);
              std::this_thread::sleep_for(std::chrono::seconds(1));
              t.far.expect(data, "8 MiB of the client");
          });
    s.add({"relaying-blocked-direction", level::must, "A blocked direction does not block the other one.",
           "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              const std::string data = pattern(8U * 1024 * 1024);
              const background_sender sender(t.near, data);  // the destination does not read
              std::this_thread::sleep_for(std::chrono::milliseconds(500));
              carry(t.far, t.near, "through", "the data of the destination");
              t.far.expect(data, "8 MiB of the client");
          });
    s.add({"relaying-small-writes", level::robustness, "1000 writes of one byte arrive in order.", "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              const std::string data = pattern(1000);
              t.near.send_pieces(data, 1, std::chrono::milliseconds(0));
              t.far.expect(data, "1000 bytes of the client");
              t.far.send_pieces(data, 1, std::chrono::milliseconds(0));
              t.near.expect(data, "1000 bytes of the destination");
          });
    s.add({"relaying-pause", level::must, "A pause of three seconds does not end the connection.", "field"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              require_echo(t.near, t.far);
              std::this_thread::sleep_for(std::chrono::seconds(3));
              require_echo(t.near, t.far);
          });
    s.add({"relaying-urgent", level::robustness, "Urgent data do not disturb the data around them.",
           "RFC 6093"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              t.near.send("before");
              t.far.expect("before", "the data before the urgent byte");
              t.near.note("sends one urgent byte");
              static_cast<void>(::send(t.near.fd(), "!", 1, MSG_OOB | MSG_NOSIGNAL));
              t.near.send("after");
              std::string came = t.far.take(5, "the data after the urgent byte");
              if (came.starts_with("!"))
                  came = came.substr(1) + t.far.take(1, "the data after the urgent byte");
              if (came != "after")
                  throw failed("the data after the urgent byte", "the proxy sent " + shown(came));
              carry(t.far, t.near, "answer", "the answer of the destination");
          });
    s.add({"relaying-two-at-once", level::must, "Two connections at once are not mixed up.", "field"},
          [](const target& to, evidence& record) {
              tunnel one(to, record), other(to, record);
              one.near.send("one");
              other.near.send("other");
              one.far.expect("one", "the data of the first client");
              other.far.expect("other", "the data of the second client");
              other.far.send("to the other");
              one.far.send("to the one");
              one.near.expect("to the one", "the data for the first client");
              other.near.expect("to the other", "the data for the second client");
          });
    add_endings(s);
}

}  // namespace example

#endif
