// Each assertion of the library: the call that fails it, and the nearest call that does not. A failed
// assertion is no constant expression. Where the call would not be one without the assertion either, a
// process shows that it fails.

#if !defined(NDEBUG)

#include <socks/transfer_cft/resolve.hpp>

#include "bytes_literal.hpp"
#include "is_constant.hpp"
#if defined(__unix__) || defined(__APPLE__)
#include <socks/system/error_code.hpp>

#include "end_of.hpp"
#endif
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr void a_view_ends_with_its_last_byte(check& t) {
    t.ok(is_constant([] { return bytes("abc")[2]; }) && !is_constant([] { return bytes("abc")[3]; }) &&
         !is_constant([] { return bytes("abcd", 2)[3]; }));
    t.ok(is_constant([] { return bytes("abc").first(3); }) &&
         !is_constant([] { return bytes("abc", 2).first(3); }));
    t.ok(is_constant([] { return bytes("abc").subspan(3); }) &&
         !is_constant([] { return bytes("abc").subspan(4); }));
}
PROVE_AND_RUN(a_view_ends_with_its_last_byte)

constexpr void an_outcome_without_an_error_is_no_failure(check& t) {
    t.ok(is_constant([] { return decoded<int>(errc::closed).error(); }) &&
         !is_constant([] { return decoded<int>(errc::none).error(); }));
    t.ok(is_constant([] { return message_size(errc::closed).error(); }) &&
         !is_constant([] { return message_size(errc::none).error(); }));
    t.ok(is_constant([] { return parsed<int>(errc::closed).error(); }) &&
         !is_constant([] { return parsed<int>(errc::none).error(); }));
}
PROVE_AND_RUN(an_outcome_without_an_error_is_no_failure)

constexpr void what_is_incomplete_needs_a_byte(check& t) {
    t.ok(is_constant([] { return decoded<int>::incomplete(1).needed(); }) &&
         !is_constant([] { return decoded<int>::incomplete(0).needed(); }));
    t.ok(is_constant([] { return message_size::incomplete(1).needed(); }) &&
         !is_constant([] { return message_size::incomplete(0).needed(); }));
    t.ok(is_constant([] { return message_size::complete(65535).consumed(); }) &&
         !is_constant([] { return message_size::complete(65536).consumed(); }));
}
PROVE_AND_RUN(what_is_incomplete_needs_a_byte)

constexpr void a_failure_has_no_value(check& t) {
    t.ok(is_constant([] { return *message_size::complete(7); }) &&
         !is_constant([] { return *message_size::incomplete(7); }));
    t.ok(is_constant([] { return *decoded<int>(3, 1); }) &&
         !is_constant([] { return *decoded<int>::incomplete(1); }));
    t.ok(is_constant([] { return *parsed<int>(3); }) &&
         !is_constant([] { return *parsed<int>(errc::bad_host); }));
    // The same for an object that has a name.
    t.ok(is_constant([] {
             const decoded<int> made(3, 1);
             return *made;
         }) &&
         !is_constant([] {
             const decoded<int> none(errc::closed);
             return *none;
         }));
    t.ok(is_constant([] {
             const parsed<int> made(3);
             return *made;
         }) &&
         !is_constant([] {
             const parsed<int> none(errc::bad_host);
             return *none;
         }));
    t.ok(is_constant([] { return outcome(code5::succeeded).code(); }) &&
         !is_constant([] { return outcome(errc::none).code(); }));
}
PROVE_AND_RUN(a_failure_has_no_value)

// Whether a writer for three bytes takes what `write` writes. The array behind it is longer.
template <class Write>
constexpr bool fits(Write) {
    return is_constant([] {
        char room[4] = {};
        writer w(buffer(room, 3));
        Write{}(w);
    });
}

constexpr void a_writer_stays_in_its_buffer(check& t) {
    t.ok(fits([](writer& w) { w.u8(1).u8(2).u8(3); }) && !fits([](writer& w) { w.u8(1).u8(2).u8(3).u8(4); }));
    t.ok(fits([](writer& w) { w.u8(1).put("ab"); }) && !fits([](writer& w) { w.u8(1).put("abc"); }));
    t.ok(fits([](writer& w) { w.u8(1).text("ab"); }) && !fits([](writer& w) { w.u8(1).text("abc"); }));
    t.ok(fits([](writer& w) { w.u8(1).skip(2); }) && !fits([](writer& w) { w.u8(1).skip(3); }));
}
PROVE_AND_RUN(a_writer_stays_in_its_buffer)

template <size_t Headroom>
constexpr bool datagram_has_headroom = is_constant([] {
    char packet[10] = {};
    return encode_datagram_in_place(unspecified_ipv4, packet, Headroom).size();
});

template <size_t Headroom>
constexpr bool frame_has_headroom = is_constant([] {
    char packet[10] = {};
    return encode_framed_in_place(unspecified_ipv4, packet, Headroom).size();
});

constexpr void the_place_for_a_header_is_in_the_packet(check& t) {
    t.ok(datagram_has_headroom<10> && !datagram_has_headroom<11>);
    t.ok(frame_has_headroom<10> && !frame_has_headroom<11>);
}
PROVE_AND_RUN(the_place_for_a_header_is_in_the_packet)

constexpr void bytes_in_flight_are_not_cleared(check& t) {
    t.ok(is_constant([] {
             outbox<4> out;
             out.commit(size_t{2});
             static_cast<void>(out.submit());
             out.consume(size_t{0});
             out.clear();
         }) &&
         !is_constant([] {
             outbox<4> out;
             out.commit(size_t{2});
             static_cast<void>(out.submit());
             out.clear();
         }));
}
PROVE_AND_RUN(bytes_in_flight_are_not_cleared)

constexpr void an_element_is_in_its_list(check& t) {
    t.ok(is_constant([] {
             const hop list[2];
             return hops(list, 1)[0].version;
         }) &&
         !is_constant([] {
             const hop list[2];
             return hops(list, 1)[1].version;
         }) &&
         !is_constant([] {
             const hop list[3];
             return hops(list, 1)[2].version;
         }));
    t.ok(is_constant([] {
             cft::finding room[2];
             cft::findings found(room);
             found.add({});
             return found[0].what;
         }) &&
         !is_constant([] {
             cft::finding room[2];
             cft::findings found(room);
             found.add({});
             return found[1].what;
         }) &&
         !is_constant([] {
             cft::finding room[3];
             cft::findings found(room);
             found.add({});
             return found[2].what;
         }));
}
PROVE_AND_RUN(an_element_is_in_its_list)

constexpr cft::targets two_hosts_and_one_protocol() {
    cft::findings found;
    cft::targets targets;
    static_cast<void>(
        cft::resolve("CFTPART ID = A, PROT = P, SAP = 1\n"
                     "CFTPROT ID = P, NET = N\n"
                     "CFTNET ID = N, CALL = OUT, CLASS = 1, PROTOCOL = SOCKS4, HOST = p, PORT = 9\n"
                     "CFTTCP ID = A, CLASS = 1, HOST = (a.example, b.example)\n",
                     "A", targets, found));
    return targets;
}

template <uint32_t Host, uint32_t Protocol>
constexpr bool has_target = is_constant([] {
    return two_hosts_and_one_protocol().attempt_for({Host, Protocol}).proxy.port;
});

constexpr void an_attempt_has_a_host_and_a_protocol(check& t) {
    t.ok(has_target<0, 0> && has_target<1, 0>);
    t.ok(!has_target<2, 0> && !has_target<0, 1> && !has_target<1, 1>);
}
PROVE_AND_RUN(an_attempt_has_a_host_and_a_protocol)

// The messages have names, because clang 14 crashes where a lambda in these calls has such a literal.
constexpr bytes datagram_alone = "000000 01 c0000207 01bb"_bytes;
constexpr bytes first_fragment = "000001 01 c0000207 01bb"_bytes;
constexpr bytes selects_private = "05 80"_bytes;
constexpr bytes selects_none = "05 00"_bytes;
constexpr bytes grants = "05 00 00 01 c0000207 01bb"_bytes;
constexpr bytes refuses = "05 01"_bytes;
constexpr bytes offers_none = "05 01 00"_bytes;
constexpr bytes offers_private = "05 01 80"_bytes;
constexpr bytes offers_login = "05 01 02"_bytes;
constexpr bytes login = "01 01 'j' 01 'p'"_bytes;
constexpr bytes request_of_5 = "05 01 00 01 c0000207 01bb"_bytes;
constexpr bytes request_without_a_name = "05 01 00 03 00"_bytes;
constexpr bytes request_of_4 = "04 01 01bb c0000207 'j' 00"_bytes;

constexpr void only_a_complete_datagram_is_delivered(check& t) {
    t.ok(is_constant([] { return reassembly(1).step(datagram_alone, 0, {}).datagram().fragment(); }));
    t.ok(!is_constant([] { return reassembly(1).step(first_fragment, 0, {}).datagram().fragment(); }));
    t.ok(!is_constant([] {
        char storage[20] = {};
        return reassembly(1).step(first_fragment, 0, storage).datagram().fragment();
    }));
}
PROVE_AND_RUN(only_a_complete_datagram_is_delivered)

// An accessor, and its name.
#define ACCESSOR(name) [](const auto& a) { static_cast<void>(a.name()); }

template <class Result, class Accessor>
constexpr bool has(Result, Accessor) {
    return is_constant([] { Result{}(Accessor{}); });
}

// The accessors that may be called for an action. `Result` makes the action and calls an accessor with it.
template <class Result>
constexpr message<80> accessors_of_each(Result result) {
    message<80> names;
    if (has(result, ACCESSOR(next))) names.put("next ");
    if (has(result, ACCESSOR(consumed))) names.put("consumed ");
    if (has(result, ACCESSOR(data))) names.put("data ");
    if (has(result, ACCESSOR(needed))) names.put("needed ");
    if (has(result, ACCESSOR(method))) names.put("method ");
    if (has(result, ACCESSOR(result))) names.put("result ");
    if (has(result, ACCESSOR(error))) names.put("error ");
    if (has(result, ACCESSOR(byte))) names.put("byte ");
    if (has(result, ACCESSOR(code))) names.put("code ");
    if (has(result, ACCESSOR(required))) names.put("required ");
    return names;
}

template <class Result>
constexpr bool client_has(Result result, bytes wanted) {
    message<80> names = accessors_of_each(result);
    if (has(result, ACCESSOR(bound))) names.put("bound ");
    return names.view() == wanted;
}

template <class Result>
constexpr bool server_has(Result result, bytes wanted) {
    message<80> names = accessors_of_each(result);
    if (has(result, ACCESSOR(user))) names.put("user ");
    if (has(result, ACCESSOR(password))) names.put("password ");
    if (has(result, ACCESSOR(version))) names.put("version ");
    if (has(result, ACCESSOR(command))) names.put("command ");
    if (has(result, ACCESSOR(to))) names.put("to ");
    return names.view() == wanted;
}

// Gives the client one or two messages after its greeting, and uses the action of the last step.
template <class Use>
constexpr void after(const request& request, bytes first, bytes second, Use use) {
    client m;
    char out[client::max_output] = {};
    static_cast<void>(m.step(request, "", out));
    if (second.empty()) return use(m.step(request, first, out));
    static_cast<void>(m.step(request, first, out));
    use(m.step(request, second, out));
}

constexpr void a_client_has_the_accessors_of_its_action(check& t) {
    t.ok(client_has(
        [](auto use) {
            char out[client::max_output] = {};
            use(client().step({.to = {"a", 80}}, "", out));
        },
        "next consumed data "));
    t.ok(client_has([](auto use) { after({.to = {"a", 80}}, "", "", use); }, "next consumed needed "));
    t.ok(client_has(
        [](auto use) {
            after({.to = {"a", 80}, .methods = method{0x80}}, selects_private, "", use);
        },
        "next consumed method "));
    t.ok(client_has(
        [](auto use) {
            client m;
            char out[client::max_output] = {};
            const request request{.to = {"a", 80}, .methods = method{0x80}};
            static_cast<void>(m.step(request, "", out));
            static_cast<void>(m.step(request, selects_private, out));
            use(m.step(request, "", out));
        },
        "next consumed "));
    t.ok(client_has(
        [](auto use) {
            after({.command = command::bind, .to = {"a", 80}}, selects_none, grants, use);
        },
        "next consumed bound "));
    t.ok(client_has(
        [](auto use) {
            after({.to = {"a", 80}}, selects_none, grants, use);
        },
        "next consumed result "));
    t.ok(client_has([](auto use) { after({.to = {"a", 80}}, "HT", "", use); }, "next consumed error byte "));
    t.ok(client_has(
        [](auto use) {
            after({.to = {"a", 80}}, selects_none, refuses, use);
        },
        "next consumed error byte code bound "));
    t.ok(client_has(
        [](auto use) {
            use(client().step({.to = {"a", 80}}, "", {}));
        },
        "next consumed error required "));
    t.ok(client_has([](auto use) { use(client().step({}, "", {})); }, "next consumed error byte "));
    t.ok(client_has(
        [](auto use) {
            char out[client::max_output] = {};
            auto a = client().step({.to = {"a", 80}}, "", out);
            static_cast<void>(a.release());
            use(a);
        },
        ""));
}
PROVE_AND_RUN(a_client_has_the_accessors_of_its_action)

// Gives the server one or two messages, and uses the action of the last step.
template <class Use>
constexpr void after(method only, bytes first, bytes second, Use use) {
    server m({.methods = only});
    char out[server::max_output] = {};
    if (second.empty()) return use(m.step(first, out));
    static_cast<void>(m.step(first, out));
    use(m.step(second, out));
}

constexpr void a_server_has_the_accessors_of_its_action(check& t) {
    t.ok(server_has([](auto use) { after(method::none, offers_none, "", use); }, "next consumed data "));
    t.ok(server_has([](auto use) { after(method::none, offers_none, request_without_a_name, use); },
                    "next consumed data "));
    t.ok(server_has([](auto use) { after(method::none, "", "", use); }, "next consumed needed "));
    t.ok(server_has([](auto use) { after(method::username_password, offers_login, login, use); },
                    "next consumed user password "));
    t.ok(server_has(
        [](auto use) {
            server m({.methods = method{0x80}});
            char out[server::max_output] = {};
            static_cast<void>(m.step(offers_private, out));
            use(m.step("", out));
        },
        "next consumed method "));
    t.ok(server_has([](auto use) { after(method::none, offers_none, request_of_5, use); },
                    "next consumed method user version command to "));
    t.ok(server_has([](auto use) { after(method::none, request_of_4, "", use); },
                    "next consumed method user version command to "));
    t.ok(server_has(
        [](auto use) {
            server m;
            char out[server::max_output] = {};
            static_cast<void>(m.step(request_of_4, out));
            use(m.step("", out));
        },
        "next consumed "));
    t.ok(server_has(
        [](auto use) {
            server m;
            char out[server::max_output] = {};
            static_cast<void>(m.step(request_of_4, out));
            static_cast<void>(m.answer(reply{code4::granted}, out));
            use(m.step("", out));
        },
        "next consumed result "));
    t.ok(server_has([](auto use) { after(method::none, "HT", "", use); }, "next consumed error byte "));
    t.ok(server_has([](auto use) { use(server().step(offers_none, {})); }, "next consumed error required "));
    t.ok(server_has(
        [](auto use) {
            server m;
            char out[server::max_output] = {};
            static_cast<void>(m.step(request_of_4, out));
            static_cast<void>(m.answer(reply{code4::rejected}, out));
            use(m.step("", out));
        },
        "next consumed error byte code "));
}
PROVE_AND_RUN(a_server_has_the_accessors_of_its_action)

#if defined(__unix__) || defined(__APPLE__)
void an_address_is_read_only_from_a_host_that_has_it(check& t) {
    const host hosts[] = {host(), ipv4{}, ipv6{}, "localhost", bytes("a b")};
    for (const host& h : hosts) {
        const auto in = t.in(static_cast<size_t>(h.kind()));
        t.ok(fails_an_assertion([&] { static_cast<void>(h.v4()); }) == (h.kind() != host_kind::ipv4));
        t.ok(fails_an_assertion([&] { static_cast<void>(h.v6()); }) == (h.kind() != host_kind::ipv6));
    }
}
RUN(an_address_is_read_only_from_a_host_that_has_it)

void a_method_is_in_its_list(check& t) {
    const methods list{method::none};
    t.ok(!fails_an_assertion([&] { static_cast<void>(list[3]); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(list[4]); }));
    t.ok(fails_an_assertion([&] { static_cast<void>(list[5]); }));
}
RUN(a_method_is_in_its_list)

void a_target_is_in_both_lists(check& t) {
    const cft::targets targets = two_hosts_and_one_protocol();
    for (uint32_t host = 0; host < cft::max_values; ++host)
        for (uint32_t protocol = 0; protocol < cft::max_values; ++protocol) {
            const auto in = t.in(size_t{10 * host + protocol});
            const auto attempt = [&] { static_cast<void>(targets.attempt_for({host, protocol})); };
            t.ok(fails_an_assertion(attempt) == (host >= 2 || protocol >= 1));
        }
}
RUN(a_target_is_in_both_lists)

class other_category final : public std::error_category {
    [[nodiscard]] const char* name() const noexcept override { return "other"; }
    [[nodiscard]] std::string message(int) const override { return {}; }
};

// Categories are compared by address. Some of these lie before the category of the reply codes, others after
// it.
void a_reply_code_is_in_an_error_of_its_category(check& t) {
    static const other_category in_static_memory;
    const other_category on_the_stack;
    t.ok(!fails_an_assertion([] { static_cast<void>(reply_code_of({0x505, reply_category()})); }));
    for (const std::error_category* other :
         {&errc_category(), &std::generic_category(), &std::system_category(),
          static_cast<const std::error_category*>(&in_static_memory),
          static_cast<const std::error_category*>(&on_the_stack)})
        t.in().ok(fails_an_assertion([&] { static_cast<void>(reply_code_of({0x505, *other})); }));
}
RUN(a_reply_code_is_in_an_error_of_its_category)
#endif

}  // namespace

#endif
