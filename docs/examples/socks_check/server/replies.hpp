// Cases for the replies of SOCKS5, and for what follows a refusal.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_REPLIES_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_REPLIES_HPP

#include "suite.hpp"

namespace example {

namespace detail {

// A session in which the destination refuses the connection.
struct refusal {
    silent_port nobody;
    session c;
    bool closed;  // without a reply

    refusal(const target& to, evidence& record)
        : nobody((needs(to.no_reach), to.here4.kind() == socks::host_kind::none ? to.here6 : to.here4)),
          c(to, record) {
        c.open();
        c.send(request5(cmd_connect, address5(nobody.at)));
        closed = c.ends_silently(to.patience);
    }

    // The reply, for a case that judges a part of it.
    reply5 reply() {
        if (closed) throw skipped("the proxy closes without a reply if a connection fails");
        const reply5 r = c.take_reply();
        if (r.code() == 0) throw skipped("the proxy replies before it connects");
        return r;
    }
};

// The reply to a request that cannot be granted.
inline reply5 refused(const target& to, evidence& record, const std::string& request) {
    session c(to, record);
    c.open();
    c.send(request);
    if (c.ends_silently(lookup_limit))
        throw skipped("the proxy closes without a reply if a connection fails");
    const reply5 r = c.take_reply();
    if (r.code() == 8) throw skipped("the proxy does not offer this type of address (reply 08)");
    if (r.code() == 0) throw skipped("the proxy replies before it connects");
    return r;
}

inline void require_code(const reply5& r, std::initializer_list<unsigned> codes, const std::string& what) {
    for (const unsigned code : codes)
        if (r.code() == code) return;
    throw failed(what, "the proxy replied " + shown_code(r.code()));
}

}  // namespace detail

inline void add_refusals(suite& s) {
    s.add({"replies-refused-not-granted", level::must,
           "Success is not reported before the connection exists.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::refusal r(to, record);
              if (!r.closed && r.c.take_reply().code() == 0)
                  throw failed("a refusal, because nobody listens there", "the proxy granted it");
          });
    s.add({"replies-refused", level::should, "A connection that the destination refuses has the code 05.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::require_code(detail::refusal(to, record).reply(), {5},
                                   "the code 05 connection refused");
          });
    s.add({"replies-refused-version", level::must, "A refusal begins with version 5.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              const reply5 r = detail::refusal(to, record).reply();
              if (r.bytes[0] != 5) throw failed("the version 05", "the proxy sent " + shown(r.bytes));
          });
    s.add({"replies-refused-complete", level::must,
           "A connection that fails is answered by a complete reply.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::refusal r(to, record);
              if (r.closed) throw failed("a reply of at least 10 bytes", "the proxy closed the connection");
              const reply5 reply = r.reply();
              if (!reply.complete())
                  throw failed("a reply of at least 10 bytes with address and port",
                               "the proxy sent " + shown(reply.bytes));
          });
    s.add({"replies-refused-type", level::should, "A refusal too has RSV 0 and the address type 1, 3 or 4.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              const reply5 r = detail::refusal(to, record).reply();
              if (r.bytes.size() < 4) throw skipped("the refusal is cut short");
              if (r.bytes[2] != 0 || (r.atyp() != 1 && r.atyp() != 3 && r.atyp() != 4))
                  throw failed("RSV 00 and ATYP 01, 03 or 04", "the proxy sent " + shown(r.bytes));
          });
    s.add({"replies-refused-closes", level::must, "After a refusal the proxy closes within 10 s.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::refusal r(to, record);
              if (!r.closed) static_cast<void>(r.reply());
              if (r.c.drain(closing_limit).how == ending::open)
                  throw failed("the end of the connection", "the proxy kept it open for 10 s");
          });
    s.add({"replies-refused-once", level::must, "Nothing follows a refusal.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              detail::refusal r(to, record);
              static_cast<void>(r.reply());
              if (!r.c.hears(silence)) return;
              const std::string more = r.c.drain().bytes;
              if (!more.empty()) throw failed("nothing after the refusal", "the proxy sent " + shown(more));
          });
    s.add({"replies-command-closes", level::must, "After an unknown command the proxy closes within 10 s.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              session c(to, record);
              c.open();
              c.send(hex("05 7e 00 01 7f 00 00 01 00 09"));
              if (c.drain(closing_limit).how == ending::open)
                  throw failed("the end of the connection", "the proxy kept it open for 10 s");
          });
    s.add({"replies-type-closes", level::must, "After an unknown address type the proxy closes within 10 s.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              session c(to, record);
              c.open();
              c.send(hex("05 01 00 02 7f 00 00 01 00 09"));
              if (c.drain(closing_limit).how == ending::open)
                  throw failed("the end of the connection", "the proxy kept it open for 10 s");
          });
    s.add({"replies-unknown-name", level::should, "A name that does not exist has the code 04.", "field"},
          [](const target& to, evidence& record) {
              const std::string request = request5(cmd_connect, name5("no-such-host.invalid", 9));
              detail::require_code(detail::refused(to, record, request), {4}, "the code 04 host unreachable");
          });
    s.add(
        {"replies-unreachable", level::should, "An address without a route has the code 03 or 04.",
         "RFC 1928 section 6"},
        [](const target& to, evidence& record) {
            needs(to.no_reach);
            session c(to, record);
            c.open();
            c.send(hex("05 01 00 01 f0 00 00 01 00 09"));  // 240.0.0.1 is reserved; nobody has a route to it
            if (!c.hears(to.patience)) throw skipped("the network of the proxy drops packets to 240.0.0.1");
            if (c.ends_silently(to.patience))
                throw skipped("the proxy closes without a reply if a connection fails");
            const reply5 r = c.take_reply();
            if (r.code() == 2) throw skipped("the rules of the proxy forbid 240.0.0.1");
            if (r.code() == 0) throw skipped("something in the network of the proxy answers for 240.0.0.1");
            detail::require_code(r, {3, 4}, "the code 03 network unreachable, or 04 host unreachable");
        });
    s.add({"replies-forbidden", level::should, "A destination that the rules forbid has the code 02.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              if (!to.forbidden) throw skipped("no forbidden destination is known; see --forbidden");
              session c(to, record);
              c.open();
              const std::string where =
                  to.forbidden->host.kind() == socks::host_kind::name
                      ? name5(std::string_view(to.forbidden->host.name()), to.forbidden->port)
                      : address5(*to.forbidden);
              detail::require_code(c.ask(request5(cmd_connect, where), lookup_limit), {2},
                                   "the code 02 not allowed by ruleset");
          });
    s.add({"replies-refused-name", level::should, "A refused connection to a name has the code 05.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              if (to.name.empty()) throw skipped("no name of --here is known; see --name");
              // The port is silent in both families, because it is reserved in both.
              const silent_port nobody(to.here4.kind() == socks::host_kind::none ? to.here6 : to.here4);
              const std::string request = request5(cmd_connect, name5(to.name, nobody.at.port));
              detail::require_code(detail::refused(to, record, request), {5},
                                   "the code 05 connection refused");
          });
    s.add({"replies-refused-ipv6", level::should, "A refused connection to an IPv6 address has the code 05.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              if (to.here6.kind() == socks::host_kind::none)
                  throw skipped("there is no IPv6 address; see --here");
              const silent_port nobody(to.here6);
              const std::string request = request5(cmd_connect, address5(nobody.at));
              detail::require_code(detail::refused(to, record, request), {5},
                                   "the code 05 connection refused");
          });
}

inline void add_replies(suite& s) {
    s.add({"replies-version", level::must, "A reply begins with version 5.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              const reply5 r = c.granted(request5(cmd_connect, address5(there.at())));
              if (r.bytes[0] != 5) throw failed("the version 05", "the proxy sent " + shown(r.bytes));
          });
    s.add({"replies-reserved", level::must, "The reserved byte of a reply is 0.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              const reply5 r = c.granted(request5(cmd_connect, address5(there.at())));
              if (r.bytes[2] != 0) throw failed("RSV 00", "the proxy sent " + shown(r.bytes));
          });
    s.add({"replies-type", level::must, "The address type of a reply is 1, 3 or 4.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              const reply5 r = c.granted(request5(cmd_connect, address5(there.at())));
              if (r.atyp() != 1 && r.atyp() != 3 && r.atyp() != 4)
                  throw failed("ATYP 01, 03 or 04", "the proxy sent " + shown(r.bytes));
          });
    s.add({"replies-size", level::must,
           "The size of a reply follows from its address type, and only data follow.", "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              carry(t.far, t.near, "data", "the data of the destination after the reply");
          });
    s.add({"replies-ip-address", level::should, "The bound address of CONNECT is an IP address, not a name.",
           "field"},
          [](const target& to, evidence& record) {
              needs(to.no_reach);
              destination there(to, record);
              session c(to, record);
              const reply5 r = c.granted(request5(cmd_connect, address5(there.at())));
              if (r.atyp() == 3)
                  throw failed("ATYP 01 or 04, which all clients read", "the proxy sent " + shown(r.bytes));
          });
    s.add({"replies-once", level::must, "Nothing follows a reply before the destination sends.",
           "RFC 1928 section 6"},
          [](const target& to, evidence& record) {
              tunnel t(to, record);
              if (t.near.hears(silence))
                  throw failed("nothing after the reply", "the proxy sent " + shown(t.near.drain().bytes));
          });
    add_refusals(s);
}

}  // namespace example

#endif
