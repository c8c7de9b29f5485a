// Cases for BIND. The caller, the host that connects to the proxy, is in this process.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_BIND_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_BIND_HPP

#include "socks4.hpp"
#include "suite.hpp"

namespace example {

namespace detail {

constexpr socks::ipv4 loopback{127, 0, 0, 1}, other_loopback{127, 0, 0, 2}, documentation{192, 0, 2, 1};

// The address of which the proxy says that a peer can reach it. Throws if this run may not use it.
inline socks::endpoint usable(const target& to, socks::endpoint named) {
    const socks::host proxy = to.proxy.endpoint().host;
    if (named.port == 0) throw failed("an address with a port", "the proxy names port 0");
    named = socks::relay_endpoint(named, proxy);
    for (const socks::host& known : {proxy, to.here4, to.here6})
        if (same_address(named.host, known)) return named;
    throw skipped("the proxy names " + text(named.host) + ", which is not its address and not --here");
}

inline socks::host here(const target& to) {
    return to.here4.kind() == socks::host_kind::none ? to.here6 : to.here4;
}

// A session that waits for a caller.
struct waiting {
    session c;
    reply5 first;
    socks::endpoint at;

    waiting(const target& to, evidence& record, const socks::endpoint& expected, const char* part = "BIND")
        : c(to, record),
          first(c.granted(request5(cmd_bind, address5(expected)), part)),
          at(usable(to, first.bound())) {}
    waiting(const target& to, evidence& record) : waiting(to, record, {here(to), 9}) {}
};

inline stream call(const target& to, evidence& record, const socks::endpoint& at,
                   const socks::host& from = {}) {
    record.note("the caller connects to " + text(at));
    try {
        const socket_address source =
            from.kind() == socks::host_kind::none ? socket_address() : socket_address({from, 0});
        return {connect_to(socket_address(at), to.patience, source), to.patience, record, "the caller"};
    } catch (const std::system_error& e) {
        throw failed("the proxy listens on the address of its reply, " + text(at), e.what());
    }
}

// What a proxy must not do for a caller that the client does not expect.
inline void require_not_granted(stream& c, size_t index, unsigned char granted) {
    static_cast<void>(c.hears(std::chrono::milliseconds(500)));
    const std::string answer = c.drain().bytes;
    if (answer.size() > index && static_cast<unsigned char>(answer[index]) == granted)
        throw failed("no connection from an address that the client does not expect", "the proxy granted it");
}

// On loopback the caller has another address. Otherwise the client expects another one.
inline socks::host expected_by_client(const target& to) {
    return to.here4 == loopback ? socks::host(loopback) : socks::host(documentation);
}
inline socks::host foreign_caller(const target& to) {
    return to.here4 == loopback ? socks::host(other_loopback) : socks::host();
}

// The first reply of SOCKS4, and its address.
inline socks::endpoint waiting4(const target& to, stream& c, const socks::endpoint& expected) {
    c.send(request4(cmd_bind, expected));
    if (c.ends_silently(to.patience))
        throw skipped("the proxy does not offer BIND in SOCKS4 (it closes the connection)");
    const std::string reply = c.take(8, "a first reply of 8 bytes");
    if (reply[1] != 0x5a)
        throw skipped("the proxy does not offer BIND in SOCKS4 (reply " + shown(reply.substr(1, 1)) + ')');
    const auto decoded = socks::decode_reply4(hex("00") + reply.substr(1));
    return usable(to, decoded ? decoded->bound : socks::endpoint{});
}

}  // namespace detail

inline void add_bind4(suite& s) {
    s.add(
        {"bind-socks4", level::must, "BIND of SOCKS4 has two replies, and then carries data.", "SOCKS4 memo"},
        [](const target& to, evidence& record) {
            stream c = detail::connect4(to, record);
            const socks::endpoint at = detail::waiting4(to, c, {to.here4, 9});
            stream caller = detail::call(to, record, at);
            const std::string second = c.take(8, "a second reply of 8 bytes");
            if (second[1] != 0x5a) throw failed("a second reply 00 5a", "the proxy sent " + shown(second));
            require_echo(c, caller);
        });
    s.add({"bind-socks4-foreign-caller", level::must,
           "A caller that does not have the address of the request is refused.", "SOCKS4 memo"},
          [](const target& to, evidence& record) {
              stream c = detail::connect4(to, record);
              const socks::endpoint at = detail::waiting4(to, c, {detail::expected_by_client(to), 9});
              const stream caller = detail::call(to, record, at, detail::foreign_caller(to));
              detail::require_not_granted(c, 1, 0x5a);
          });
}

inline void add_bind(suite& s) {
    s.add({"bind-answered", level::must, "BIND is granted, or refused by a reply.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              session c(to, record);
              c.open();
              static_cast<void>(c.ask(request5(cmd_bind, address5({detail::here(to), 9}))));
          });
    s.add({"bind-first-reply", level::must, "The first reply names the port where the proxy listens.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              const detail::waiting w(to, record);
              static_cast<void>(detail::call(to, record, w.at));
          });
    s.add({"bind-second-reply", level::must, "A caller causes a second reply.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::waiting w(to, record);
              const stream caller = detail::call(to, record, w.at);
              const reply5 second = w.c.take_reply("a second reply");
              if (second.code() != 0)
                  throw failed("a second reply 05 00", "the proxy replied " + shown_code(second.code()));
          });
    s.add({"bind-caller-address", level::should, "The second reply names the address of the caller.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::waiting w(to, record);
              const stream caller = detail::call(to, record, w.at);
              const reply5 second = w.c.take_reply("a second reply");
              const socks::endpoint from = local_endpoint(caller.fd());
              if (second.bound() != from)
                  throw failed("the address of the caller, " + text(from),
                               "the proxy named " + text(second.bound()));
          });
    s.add({"bind-data", level::must, "After the second reply, data pass in both directions.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::waiting w(to, record);
              stream caller = detail::call(to, record, w.at);
              static_cast<void>(w.c.take_reply("a second reply"));
              require_echo(w.c, caller);
          });
    s.add({"bind-caller-first", level::must, "Data that the caller sends at once follow the second reply.",
           "field"},
          [](const target& to, evidence& record) {
              detail::waiting w(to, record);
              stream caller = detail::call(to, record, w.at);
              caller.send("150 opening");
              static_cast<void>(w.c.take_reply("a second reply"));
              w.c.expect("150 opening", "the data of the caller after the second reply");
          });
    s.add({"bind-no-caller", level::must, "Without a caller there is no second reply.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::waiting w(to, record);
              if (w.c.hears(std::chrono::seconds(1)))
                  throw failed("silence until a caller connects",
                               "the proxy sent " + shown(w.c.drain().bytes));
          });
    s.add({"bind-caller-leaves", level::must, "If the caller closes, the client sees the end.", "field"},
          [](const target& to, evidence& record) {
              detail::waiting w(to, record);
              stream caller = detail::call(to, record, w.at);
              static_cast<void>(w.c.take_reply("a second reply"));
              require_echo(w.c, caller);
              caller.close();
              w.c.expect_end("the connection to the client", closing_limit);
          });
    s.add({"bind-one-caller", level::security, "Only one caller is connected to the client.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::waiting w(to, record);
              stream caller = detail::call(to, record, w.at);
              static_cast<void>(w.c.take_reply("a second reply"));
              std::optional<stream> other;
              try {
                  other.emplace(detail::call(to, record, w.at));
              } catch (const failed&) {
                  return;  // nobody listens any more
              }
              other->send("intruder");
              require_echo(w.c, caller);
          });
    s.add({"bind-client-leaves", level::should,
           "If the client closes while it waits, the proxy stops listening.", "field"},
          [](const target& to, evidence& record) {
              detail::waiting w(to, record);
              w.c.close();
              for (const deadline until(closing_limit); !until.passed();) {
                  std::this_thread::sleep_for(std::chrono::milliseconds(100));
                  try {
                      stream caller = detail::call(to, record, w.at);
                      if (caller.drain(std::chrono::seconds(1)).how != ending::open) return;
                  } catch (const failed&) {
                      return;
                  }
              }
              throw failed("a closed port", "the proxy kept listening for 10 s");
          });
    s.add({"bind-foreign-caller", level::security,
           "A caller that does not have the address of the request is not connected.", "RFC 1928 section 4"},
          [](const target& to, evidence& record) {
              detail::waiting w(to, record, {detail::expected_by_client(to), 9});
              const stream caller = detail::call(to, record, w.at, detail::foreign_caller(to));
              detail::require_not_granted(w.c, 1, 0);
          });
    s.add({"bind-any-caller", level::should, "0.0.0.0:0 in the request means that any caller is expected.",
           "field"},
          [](const target& to, evidence& record) {
              detail::waiting w(to, record, {socks::ipv4{}, 0});
              const stream caller = detail::call(to, record, w.at);
              const reply5 second = w.c.take_reply("a second reply");
              if (second.code() != 0)
                  throw failed("a second reply 05 00", "the proxy replied " + shown_code(second.code()));
          });
    s.add({"bind-two-at-once", level::must, "Two clients that wait at once have different ports.", "field"},
          [](const target& to, evidence& record) {
              const detail::waiting one(to, record), other(to, record);
              if (one.at == other.at) throw failed("different ports", "both replies name " + text(one.at));
          });
    s.add({"bind-ipv6", level::should, "BIND for a caller with an IPv6 address.", "RFC 1928 section 4"},
          [](const target& to, evidence& record) {
              if (to.here6.kind() == socks::host_kind::none)
                  throw skipped("there is no IPv6 address; see --here");
              session c(to, record);
              const reply5 first = c.granted(request5(cmd_bind, address5({to.here6, 9})), "BIND");
              if (first.bound().host.kind() != socks::host_kind::ipv6)
                  throw skipped("the proxy listens on an IPv4 address for BIND");
              stream caller = detail::call(to, record, detail::usable(to, first.bound()));
              static_cast<void>(c.take_reply("a second reply"));
              require_echo(c, caller);
          });
    add_bind4(s);
}

}  // namespace example

#endif
