// Cases for UDP ASSOCIATE.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_UDP_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_UDP_HPP

#include "association.hpp"
#include "suite.hpp"

namespace example {

namespace detail {

// Sends datagrams that lead nowhere, and then requires that the association still works.
inline void require_survival(const target& to, evidence& record, const std::vector<std::string>& datagrams) {
    udp_destination there(to, record);
    association a(to, record);
    a.exchange(there);
    for (const std::string& d : datagrams) a.send(d);
    if (there.receive(silence)) throw failed("no datagram at the destination", "the proxy passed one on");
    a.exchange(there);
}

// Sends a datagram from another address than the client's. It must be dropped, and the client still served.
inline void require_foreign_dropped(const target& to, evidence& record, association& a,
                                    udp_destination& there) {
    if (to.here4 != loopback || a.relay.host != loopback)
        throw skipped("this machine has a second address on loopback only");
    const unique_fd foreign = udp_socket({other_loopback, 0});
    record.note("from 127.0.0.2, not the client's 127.0.0.1:");
    a.send(hex("00 00 00") + address5(there.at()) + "foreign", foreign.get());
    if (there.receive(silence)) throw failed("no datagram at the destination", "the proxy passed it on");
    a.exchange(there);
}

}  // namespace detail

inline void add_udp_faults(suite& s) {
    s.add({"udp-fragment-alone", level::must, "A fragment whose others are missing is dropped.",
           "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              for (const char* fragment : {"01", "02", "7f", "82"}) {
                  udp_destination there(to, record);
                  association a(to, record);
                  a.exchange(there);
                  a.send(hex("00 00") + hex(fragment) + address5(there.at()) + "fragment");
                  if (there.receive(silence))
                      throw failed("no datagram at the destination", "the proxy passed it on");
                  a.exchange(there);
              }
          });
    s.add({"udp-short", level::robustness, "Datagrams that end inside their header are dropped.", "field"},
          [](const target& to, evidence& record) {
              std::vector<std::string> prefixes;
              const std::string header = hex("00 00 00 01 7f 00 00 01 00 09");
              for (size_t n = 0; n < header.size(); ++n) prefixes.push_back(header.substr(0, n));
              prefixes.push_back(hex("00 00 00 03 20 'short' 00 09"));
              prefixes.push_back(hex("00 00 00 04 00 00 00 00 00 09"));
              detail::require_survival(to, record, prefixes);
          });
    s.add({"udp-garbage", level::robustness, "Garbage is dropped, and the association goes on.", "field"},
          [](const target& to, evidence& record) {
              detail::require_survival(
                  to, record, {std::string(100, '\xff'), std::string(1400, '\0'), "GET / HTTP/1.1\r\n\r\n"});
          });
    s.add({"udp-type-unknown", level::robustness, "A datagram with an unknown address type is dropped.",
           "field"},
          [](const target& to, evidence& record) {
              detail::require_survival(
                  to, record,
                  {hex("00 00 00 00 7f 00 00 01 00 09 'x'"), hex("00 00 00 02 7f 00 00 01 00 09 'x'"),
                   hex("00 00 00 ff 7f 00 00 01 00 09 'x'")});
          });
    s.add({"udp-name-unknown", level::robustness, "A name that does not exist does not end the association.",
           "field"},
          [](const target& to, evidence& record) {
              detail::require_survival(
                  to, record,
                  {hex("00 00 00") + name5("no-such-host.invalid", 9) + "x",
                   hex("00 00 00") + name5("", 9) + "x", hex("00 00 00 03 04 'a' 00 'b.' 00 09 'x'")});
          });
    s.add({"udp-port-0", level::robustness, "A datagram to port 0 is dropped, and the association goes on.",
           "field"},
          [](const target& to, evidence& record) {
              detail::require_survival(to, record, {hex("00 00 00") + address5({detail::here(to), 0}) + "x"});
          });
    s.add({"udp-nobody", level::robustness,
           "A destination where nobody listens does not end the association.", "field"},
          [](const target& to, evidence& record) {
              const socks::endpoint nobody = local_endpoint(udp_socket({detail::here(to), 0}).get());
              detail::require_survival(
                  to, record,
                  {hex("00 00 00") + address5(nobody) + "x", hex("00 00 00") + address5(nobody) + "y"});
          });
    s.add({"udp-foreign-sender", level::must, "Datagrams from another address than the client's are dropped.",
           "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              association a(to, record);
              a.exchange(there);
              detail::require_foreign_dropped(to, record, a, there);
          });
    s.add({"udp-foreign-first", level::must,
           "Another address cannot take the association before the client sends.", "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              association a(to, record);
              detail::require_foreign_dropped(to, record, a, there);
          });
}

inline void add_udp_answers(suite& s) {
    s.add({"udp-answer-header", level::must, "The header of an answer has RSV 0 and FRAG 0.",
           "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              const std::string answer = association(to, record).exchange(there);
              if (!answer.starts_with(hex("00 00 00")))
                  throw failed("RSV 00 00 and FRAG 00", "the relay sent " + shown(answer));
          });
    s.add({"udp-answer-source", level::must, "The header of an answer names the host that sent it.",
           "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              const std::string answer = association(to, record).exchange(there);
              const std::string expected = address5(there.at());
              if (answer.substr(3, expected.size()) != expected)
                  throw failed("the address of the destination, " + shown(expected),
                               "the relay sent " + shown(answer));
          });
    s.add({"udp-answer-source-of-name", level::should,
           "The header of an answer names the IP address of the sender, also if the client sent a name.",
           "field"},
          [](const target& to, evidence& record) {
              if (to.name.empty()) throw skipped("no name of --here is known; see --name");
              udp_destination there(to, record, destination::family::any);
              const std::string answer =
                  association(to, record)
                      .exchange(there, name5(to.name, there.at().port), "question", "the answer");
              if (answer[3] == 3) throw failed("ATYP 01 or 04", "the relay sent " + shown(answer));
          });
    s.add({"udp-two-destinations", level::must, "One association serves several destinations.",
           "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              udp_destination one(to, record), other(to, record);
              association a(to, record);
              a.exchange(one, address5(one.at()), "for one", "from one");
              a.exchange(other, address5(other.at()), "for the other", "from the other");
              a.exchange(one, address5(one.at()), "for one", "from one");
          });
    s.add({"udp-two-associations", level::must, "Two associations at once are not mixed up.",
           "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              association one(to, record), other(to, record);
              one.exchange(there, address5(there.at()), "of one", "for one");
              other.exchange(there, address5(there.at()), "of the other", "for the other");
              if (one.receive(silence)) throw failed("no datagram of the other association", "one came");
          });
}

inline void add_udp(suite& s) {
    s.add({"udp-answered", level::must, "UDP ASSOCIATE is granted, or refused by a reply.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              session c(to, record);
              c.open();
              static_cast<void>(c.ask(hex("05 03 00 01 00000000 0000")));
          });
    s.add({"udp-reply", level::must, "The reply names the address and the port of the relay.",
           "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              session c(to, record);
              const reply5 r = c.granted(hex("05 03 00 01 00000000 0000"), "UDP ASSOCIATE");
              if (r.bound().port == 0)
                  throw failed("an address with a port", "the proxy sent " + shown(r.bytes));
          });
    s.add({"udp-relay-address", level::should,
           "The relay has the address by which the client reached the proxy.", "field"},
          [](const target& to, evidence& record) {
              session c(to, record);
              const reply5 r = c.granted(hex("05 03 00 01 00000000 0000"), "UDP ASSOCIATE");
              const socks::host proxy = to.proxy.endpoint().host;
              if (!same_address(r.bound().host, proxy))
                  throw failed("the address " + text(proxy), "the proxy named " + text(r.bound().host));
          });
    s.add({"udp-ipv4", level::must, "A datagram to an IPv4 address, and the answer.", "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              association(to, record).exchange(there);
          });
    s.add({"udp-ipv6", level::should, "A datagram to an IPv6 address, and the answer.", "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination probe(to, record, destination::family::ipv6);
              session(to, record, "whether the proxy has IPv6: a connection")
                  .granted(request5(cmd_connect, address5(probe.at())), "IPv6");
              udp_destination there(to, record, destination::family::ipv6);
              association(to, record).exchange(there);
          });
    s.add({"udp-name", level::must, "A datagram to a name, and the answer.", "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              if (to.name.empty()) throw skipped("no name of --here is known; see --name");
              udp_destination there(to, record, destination::family::any);
              association(to, record)
                  .exchange(there, name5(to.name, there.at().port), "question", "the answer");
          });
    s.add({"udp-empty", level::should, "An empty datagram is a datagram.", "RFC 768"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              association(to, record).exchange(there, address5(there.at()), "", "");
          });
    s.add({"udp-1400-bytes", level::must, "1400 bytes pass in both directions.", "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              association(to, record)
                  .exchange(there, address5(there.at()), std::string(1400, 'q'), std::string(1400, 'a'));
          });
    s.add({"udp-65000-bytes", level::should, "65000 bytes pass in both directions.", "RFC 1928 section 7"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              association(to, record)
                  .exchange(there, address5(there.at()), std::string(65'000, 'q'), std::string(65'000, 'a'));
          });
    s.add({"udp-declared-source", level::must,
           "The request may name the address from which the client sends.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              socket_address reached = local_address(connect_to(to.proxy, to.patience).get());
              unique_fd source = udp_socket({reached.endpoint().host, 0});
              const socks::endpoint own = local_endpoint(source.get());
              association a(to, record, address5(own), std::move(source));
              a.exchange(there);
          });
    s.add({"udp-reserved", level::robustness, "A reserved field that is not 0 does not end the association.",
           "field"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              association a(to, record);
              a.send(hex("00 01 00") + address5(there.at()) + "reserved");
              static_cast<void>(there.receive(silence));  // ignored or dropped
              a.exchange(there);
          });
    s.add({"udp-control-stays-open", level::must, "The proxy keeps the control connection open, and silent.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              association a(to, record);
              a.exchange(there);
              if (a.control.hears(std::chrono::seconds(1)))
                  throw failed(
                      "an open control connection without data",
                      "the proxy " + (std::string(to_string(a.control.drain().how)) + " or sent data"));
              a.exchange(there);
          });
    s.add({"udp-ends-with-control", level::must, "The association ends with its control connection.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              udp_destination there(to, record);
              association a(to, record);
              a.exchange(there);
              a.control.close();
              for (const deadline until(closing_limit); !until.passed();) {
                  std::this_thread::sleep_for(std::chrono::milliseconds(200));
                  a.send(hex("00 00 00") + address5(there.at()) + "late");
                  if (!there.receive(silence)) return;
              }
              throw failed("the end of the association", "the relay passed on datagrams for 10 s");
          });
    add_udp_answers(s);
    add_udp_faults(s);
}

}  // namespace example

#endif
