// Scenarios of the client's request: each kind of destination, byte by byte.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_REQUEST_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIOS_REQUEST_HPP

#include "greeting.hpp"

namespace example::client_mode {

/// The host of a request: ATYP and DST.ADDR; for SOCKS4, DSTIP and the name with its NUL.
inline std::string host_in(const conversation& c) {
    const std::string& r = c.request();
    if (!c.is_socks4()) return r.substr(3, r.size() - 5);
    return r.substr(4, 4) + r.substr(r.find('\0', 8) + 1);
}

inline void expect_port(const conversation& c, const std::string& right) {
    const std::string& r = c.request();
    const std::string came = c.is_socks4() ? r.substr(2, 2) : r.substr(r.size() - 2);
    if (came != right) throw failed("port " + hexadecimal(right), hexadecimal(came) + " came");
}

/// Whether the client sent an address in place of the name that it was given.
inline bool resolved_here(const conversation& c) {
    const std::string& r = c.request();
    if (!c.is_socks4()) return r[3] != 3;
    return r.compare(4, 3, {"\0\0\0", 3}) != 0 || r[7] == 0;
}

/// Checks that the request asks for one of these hosts, in the form of host_in().
inline void expect_host(const conversation& c, const std::vector<std::string>& right) {
    const std::string came = host_in(c);
    if (std::find(right.begin(), right.end(), came) == right.end())
        throw failed("a request for " + hexadecimal(right[0]), hexadecimal(came) + " came");
}

/// A name as a proxy of either version gets it.
inline std::vector<std::string> named(const conversation& c, const std::string& name) {
    if (c.is_socks4()) return {raw("\x00\x00\x00") + c.request()[7] + name + '\0'};
    return {'\x03' + std::string(1, static_cast<char>(name.size())) + name};
}

inline auto asks_for_name(std::string name) {
    return [name = std::move(name)](conversation& c) {
        c.until_request();
        if (resolved_here(c)) throw skipped("the client resolves names itself");
        expect_host(c, named(c, name));
        c.answer(c.granting_reply());
        c.serve();
    };
}

/// A name that no request of SOCKS5 can carry. SOCKS4a has no such limit.
inline void expect_no_request(conversation& c) {
    c.until_greeting();
    c.authenticate();
    const std::string_view request = c.next_bytes();
    throw failed("no request, because it carries a name of 255 bytes at most",
                 "the client sent " + hexadecimal(request));
}

inline void add_request_forms(scenarios& list) {
    const auto add = [&list](rule r, auto play, needs needed = needs::socks, placeholders values = {}) {
        list.push_back({r, ending::delivered, play, needed, early_end::fails, std::move(values)});
    };
    add({"request-form", level::must, "The request has the version of the greeting and asks for CONNECT.",
         "RFC 1928 section 4"},
        [](conversation& c) {
            c.until_request();
            if (c.request()[1] != 1) throw failed("CMD 1", hexadecimal(c.request()) + " came");
            c.answer(c.granting_reply());
            c.serve();
        });
    add(
        {"request-rsv", level::must, "RSV of the request is 0.", "RFC 1928 section 4"},
        [](conversation& c) {
            c.until_request();
            if (c.request()[2] != 0) throw failed("RSV 0", hexadecimal(c.request()) + " came");
            c.answer(c.granting_reply());
            c.serve();
        },
        needs::socks5);
    add(
        {"request-user-id", level::should, "The user ID of SOCKS4 is the user name of the command.",
         "SOCKS4 memo"},
        [](conversation& c) {
            if (!c.client.has_user) throw skipped("the command has no {user}");
            c.until_request();
            if (c.request().compare(8, 6, {"socks\0", 6}) != 0)
                throw failed("the user ID \"socks\" and its NUL", hexadecimal(c.request()) + " came");
            c.answer(c.granting_reply());
            c.serve();
        },
        needs::socks4);
    add({"request-waits", level::should, "The client sends nothing between its request and the reply.",
         "RFC 1928 section 6"},
        [](conversation& c) {
            if (c.client.may_pipeline) throw skipped("--pipelining");
            c.until_request();
            const std::string_view more = c.listen_for(std::chrono::milliseconds(300));
            if (!more.empty()) throw failed("a client that waits", "it sent " + hexadecimal(more));
            c.answer(c.granting_reply());
            c.serve();
        });
}

inline void add_request_addresses(scenarios& list) {
    const auto add = [&list](rule r, placeholders values, auto play,
                             early_end before_the_end = early_end::fails) {
        list.push_back({r, ending::delivered, play, needs::target, before_the_end, std::move(values)});
    };
    const auto asks = [](std::string socks5, std::string socks4) {
        return [socks5 = std::move(socks5), socks4 = std::move(socks4)](conversation& c) {
            c.until_request();
            expect_host(c, {c.is_socks4() ? socks4 : socks5});
            c.answer(c.granting_reply());
            c.serve();
        };
    };
    add({"request-ipv4", level::must, "The destination 192.0.2.1 is sent as it is.", "RFC 1928 section 5"},
        {}, [](conversation& c) {
            c.until_request();
            if (c.is_socks4())
                expect_host(c, {raw("\xc0\x00\x02\x01"), named(c, "192.0.2.1")[0]});
            else
                expect_host(c, {raw("\x01\xc0\x00\x02\x01"), raw("\x03\x09") + "192.0.2.1"});
            c.answer(c.granting_reply());
            c.serve();
        });
    add({"request-ipv4-as-address", level::should, "An IPv4 address is sent as an address, not as a name.",
         "field"},
        {}, asks(raw("\x01\xc0\x00\x02\x01"), raw("\xc0\x00\x02\x01")));
    add({"request-port-low", level::must, "Port 258 is sent with its high byte first.", "RFC 1928 section 4"},
        {.target_port = "258"}, [](conversation& c) {
            c.until_request();
            expect_port(c, "\x01\x02");
            c.answer(c.granting_reply());
            c.serve();
        });
    add({"request-port-high", level::must, "Port 65535 is sent as it is.", "RFC 1928 section 4"},
        {.target_port = "65535"}, [](conversation& c) {
            c.until_request();
            expect_port(c, "\xff\xff");
            c.answer(c.granting_reply());
            c.serve();
        });
    const std::string ipv6 = "2001:db8::7391";
    const std::string address = raw("\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\x73\x91");
    add(
        {"request-ipv6", level::must,
         "An IPv6 address is sent as an address, or as its text without brackets.", "RFC 1928 section 5"},
        {.target_host = ipv6},
        [=](conversation& c) {
            c.until_request();
            if (c.is_socks4()) throw skipped("SOCKS4 cannot carry an IPv6 address");
            expect_host(c, {address, named(c, ipv6)[0]});
            c.answer(c.granting_reply());
            c.serve();
        },
        early_end::skips);
    add(
        {"request-ipv6-as-address", level::should, "An IPv6 address is sent as an address, not as a name.",
         "field"},
        {.target_host = ipv6},
        [=](conversation& c) {
            c.until_request();
            if (c.is_socks4()) throw skipped("SOCKS4 cannot carry an IPv6 address");
            expect_host(c, {address});
            c.answer(c.granting_reply());
            c.serve();
        },
        early_end::skips);
}

inline void add_request_names(scenarios& list) {
    const auto add = [&list](rule r, const std::string& name, auto play, early_end before_the_end,
                             needs needed = needs::target) {
        list.push_back(
            {r, ending::delivered, play, needed, before_the_end, placeholders{.target_host = name}});
    };
    const auto name_of = [](size_t size) {  // labels of 63 bytes at most
        std::string name;
        while (name.size() < size) name += name.size() % 64 == 63 ? '.' : 'n';
        if (name.back() == '.') name.back() = 'n';
        return name;
    };
    const std::string name = "files.socks-check.example";
    add({"request-name", level::must, "A name is sent as it is, with its length.", "RFC 1928 section 5"},
        name, asks_for_name(name), early_end::skips);
    add({"request-name-1-byte", level::must, "A name of 1 byte is sent as it is.", "RFC 1928 section 5"}, "x",
        asks_for_name("x"), early_end::skips);
    add({"request-name-253-bytes", level::must, "A name of 253 bytes, the longest of DNS, is sent complete.",
         "RFC 1035 section 2.3.4"},
        name_of(253), asks_for_name(name_of(253)), early_end::skips);
    add({"request-name-255-bytes", level::must, "A name of 255 bytes is sent complete, or refused.",
         "RFC 1928 section 5"},
        name_of(255), asks_for_name(name_of(255)), early_end::passes);
    add({"request-name-256-bytes", level::security,
         "The client refuses a name of 256 bytes, and does not cut it.", "field"},
        name_of(256), expect_no_request, early_end::passes, needs::target_of_socks5);
    add({"request-name-300-bytes", level::security,
         "The client refuses a name of 300 bytes: its length would become 44.", "field"},
        name_of(300), expect_no_request, early_end::passes, needs::target_of_socks5);
}

}  // namespace example::client_mode

#endif
