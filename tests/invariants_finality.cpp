// The invariant of finality: a failure is final; see finality.hpp. A step after success is an error too.

#include <string_view>

#include "finality.hpp"

namespace {

using namespace drive;

// Which errors the tests below have seen.
struct seen {
    bool flags[256] = {};
    constexpr void add(errc e) { flags[static_cast<uint8_t>(e)] = true; }
};

constexpr void a_client_ends(check& t, seen& s, socks::client m, const socks::request& request, peer from,
                             errc why) {
    const outcome o = run_on<plain>(m, request, from);
    t.ok(o.how == ending::failed && o.why == why);
    s.add(o.why);
    stays_failed(t, m, request, o.why, o.byte);
}

constexpr void a_server_ends(check& t, seen& s, socks::server m, const application& app, peer from,
                             errc why) {
    const outcome o = run_on<plain>(m, app, from);
    t.ok(o.how == ending::failed && o.why == why);
    s.add(o.why);
    stays_failed(t, m, o.why, o.byte);
}

constexpr char many[256] = {};
constexpr bytes too_long{many, 256};

constexpr void client_failures(check& t, seen& s) {
    for (const refusal& r : refusals)
        a_client_ends(t, s, socks::client(), r.request, {.says = r.server}, r.why);
    const socks::client strict({.tolerance = socks::strict});
    a_client_ends(t, s, strict, plain5, {.says = "05 00  05 00 01"_bytes}, errc::bad_reserved);
    a_client_ends(t, s, strict, plain5, {.says = "05 00  05 00 00 03 00 0000"_bytes}, errc::empty_name);
    a_client_ends(t, s, {}, plain5, {.says = "", .closes = true}, errc::closed);
    a_client_ends(t, s, {}, plain5, {.says = "05"_bytes, .closes = true}, errc::truncated);
    a_client_ends(t, s, {}, bind4, {.says = "00 5a 0fa0 cb007105"_bytes, .closes = true},
                  errc::closed_while_bound);
    const struct {
        socks::request request;
        errc why;
    } impossible[] = {
        {{.to = {bytes("localhost:80"), 80}}, errc::bad_host},
        {{}, errc::no_host},
        {{.to = {"a.example", 80}, .credentials = {too_long, "foo"}}, errc::bad_user},
        {{.to = {"a.example", 80}, .credentials = {"john", too_long}}, errc::bad_password},
        {{.to = {"a.example", 80}, .methods = method::username_password}, errc::no_credentials},
        {{.to = {"a.example", 80}, .methods = method::no_acceptable}, errc::bad_methods},
        {{.version = version::v4, .command = command::udp_associate}, errc::command_over_socks4},
        {{.version = version::v4, .to = {"a.example", 80}}, errc::name_over_socks4},
        {{.version = version::v4a, .to = {documentation, 80}}, errc::ipv6_over_socks4},
        {{.version = version::v4, .to = {ipv4{0, 0, 0, 9}, 80}}, errc::reserved_over_socks4},
    };
    for (const auto& i : impossible) a_client_ends(t, s, {}, i.request, {.says = ""}, i.why);
    socks::client early;
    early.negotiated(true);
    a_client_ends(t, s, early, plain5, {.says = ""}, errc::out_of_turn);
}

constexpr void server_failures(check& t, seen& s) {
    const application nobody;
    for (const rejection& r : rejections)
        a_server_ends(t, s, socks::server(r.server_options), r.app, {.says = r.client}, r.why);
    a_server_ends(t, s, {}, nobody, {.says = "", .closes = true}, errc::closed);
    a_server_ends(t, s, {}, nobody, {.says = "04"_bytes, .closes = true}, errc::truncated);
    tape user = tape().put("04 01 0050 00000001"_bytes);
    for (int i = 0; i < 256; ++i) user.put('u');
    a_server_ends(t, s, {}, nobody, {.says = user.view()}, errc::user_too_long);
    tape name = tape().put("04 01 0050 00000001 00"_bytes);
    for (int i = 0; i < 256; ++i) name.put('n');
    a_server_ends(t, s, {}, nobody, {.says = name.view()}, errc::name_too_long);
    const bytes request = "05 01 00  05 01 00 01 42660763 0050"_bytes;
    const application careless{.answers = {{code5::succeeded, {bytes("a:b"), 80}}}};
    a_server_ends(t, s, {}, careless, {.says = request}, errc::bad_host);
}

constexpr void a_client_s_failure_is_final(check& t) {
    seen s;
    client_failures(t, s);
}
PROVE_AND_RUN(a_client_s_failure_is_final)

constexpr void a_server_s_failure_is_final(check& t) {
    seen s;
    server_failures(t, s);
}
PROVE_AND_RUN(a_server_s_failure_is_final)

// What no handshake above ends with: a call to repeat, mistakes that the tests below, invariants_overlap.cpp
// and feature.cpp make, and the errors of other parts of the library.
constexpr errc elsewhere[] = {errc::no_space,
                              errc::bad_port,
                              errc::fragmented,
                              errc::bad_length,
                              errc::bad_message_type,
                              errc::weak_protection,
                              errc::spoke_first,
                              errc::unreachable,
                              errc::timed_out,
                              errc::stream_failed,
                              errc::bad_route,
                              errc::bad_scheme,
                              errc::bad_escape,
                              errc::bad_path,
                              errc::bad_schedule,
                              errc::bad_token,
                              errc::bad_attribute,
                              errc::bad_host_byte,
                              errc::bad_count,
                              errc::input_shrank,
                              errc::overlap,
                              errc::unsupported_version,
                              errc::unsupported_command,
                              errc::unsupported_method,
                              errc::unsupported_option};

void every_error_is_among_the_failures_tried(check& t) {
    seen s;
    client_failures(t, s);
    server_failures(t, s);
    s.add(errc::finished);  // below
    for (int i = 0; i < 256; ++i) {
        const auto entered = t.in(static_cast<size_t>(i));
        const auto e = static_cast<errc>(i);
        bool expected = e != errc::none && std::string_view(to_string(e)) != "unknown error";
        for (const errc other : elsewhere) expected = expected && e != other;
        t.ok(s.flags[i] == expected);
    }
}
RUN(every_error_is_among_the_failures_tried)

// The name that is searched for stands where the input was, not where it is.
constexpr void a_server_s_input_that_shrank_ends_the_handshake(check& t) {
    tape before = tape().put("04 01 01bb 00000001"_bytes);
    for (int i = 0; i < 200; ++i) before.put('u');
    before.put("00 'files'"_bytes);
    const bytes after = "04 01 01bb 00000001 'john' 00 'files.example.com' 00"_bytes;
    char out[socks::server::max_output];
    for (size_t less = 1; less < 30; ++less) {
        const auto entered = t.in(less);
        socks::server s;
        t.ok(s.step(before.view(), out).next() == socks::server::next::recv);
        auto a = s.step(after.first(less), out);
        if (a.next() == socks::server::next::send) {
            t.ok(a.data() == "00 5b 0000 00000000"_bytes);
            a = s.step(after, out);
        }
        t.ok(a.next() == socks::server::next::fail && a.error() == errc::input_shrank);
        stays_failed(t, s, errc::input_shrank, 0);
    }
}
PROVE_AND_RUN(a_server_s_input_that_shrank_ends_the_handshake)

constexpr void a_server_without_any_input_begins_anew(check& t) {
    const bytes before = "04 01 01bb 00000001 'a longer name than the next one' 00 'files'"_bytes;
    const bytes after = "04 01 01bb 00000001 'john' 00 'files.example.com' 00"_bytes;
    char out[socks::server::max_output];
    socks::server s;
    t.ok(s.step(before, out).next() == socks::server::next::recv);
    t.ok(s.step({}, out).next() == socks::server::next::recv);
    const auto a = s.step(after, out);
    t.ok(a.next() == socks::server::next::serve && a.user() == "john" &&
         a.to() == socks::endpoint{"files.example.com", 443} && a.consumed() == after.size());
}
PROVE_AND_RUN(a_server_without_any_input_begins_anew)

// A loop whose reads or writes fail, and which commits their results: it ends.
constexpr size_t failed = static_cast<size_t>(-1);

constexpr void receive(socks::inbox<520>& in, bytes from) {
    const socks::buffer to = in.prepare(from.size());
    for (size_t i = 0; i < from.size(); ++i) to.data()[i] = from.data()[i];
    in.commit(from.size());
}

template <class Step>
constexpr bool ends_with_bad_count(Step step) {
    const auto a = step();
    if (a.next() != decltype(a.next())::fail || a.error() != errc::bad_count) return false;
    const auto again = step();
    return again.next() == a.next() && again.error() == errc::bad_count && again.consumed() == 0;
}

constexpr void a_count_of_received_bytes_that_cannot_be_ends_a_handshake(check& t) {
    const socks::request request{.to = {"files.example.com", 443}};
    const socks::hop proxies[] = {{.proxy = {"gate.example.net", 1080}}};
    const socks::route route{.through = proxies, .to = request.to};
    for (const size_t impossible : {size_t{0}, size_t{521}, failed}) {
        const auto entered = t.in(impossible);
        socks::inbox<520> in;
        socks::outbox<524> out;
        socks::server s;
        t.ok(s.step(in, out).next() == socks::server::next::recv);
        in.commit(impossible);
        t.ok(ends_with_bad_count([&] { return s.step(in, out); }));
    }
    for (const size_t impossible : {size_t{0}, size_t{263}, failed}) {
        const auto entered = t.in(impossible);
        socks::inbox<262> in;
        socks::outbox<520> out;
        socks::client c;
        t.ok(c.step(request, in, out).next() == socks::client::next::send);
        out.consume(3U);
        t.ok(c.step(request, in, out).next() == socks::client::next::recv);
        in.commit(impossible);
        t.ok(ends_with_bad_count([&] { return c.step(request, in, out); }));
        in.clear();
        socks::chain h;
        t.ok(h.step(route, in, out).next() == socks::chain::next::send);
        out.consume(3U);
        t.ok(h.step(route, in, out).next() == socks::chain::next::recv);
        in.commit(impossible);
        t.ok(ends_with_bad_count([&] { return h.step(route, in, out); }));
    }
}
PROVE_AND_RUN(a_count_of_received_bytes_that_cannot_be_ends_a_handshake)

constexpr void a_count_of_sent_bytes_that_cannot_be_ends_a_handshake(check& t) {
    const socks::request request{.to = {"files.example.com", 443}};
    const socks::hop proxies[] = {{.proxy = {"gate.example.net", 1080}}};
    const socks::route route{.through = proxies, .to = request.to};
    {
        socks::inbox<262> in;
        socks::outbox<520> out;  // no byte can be sent before the first step
        out.consume(1U);
        socks::client c;
        t.ok(ends_with_bad_count([&] { return c.step(request, in, out); }) && out.empty());
    }
    for (const size_t impossible : {size_t{4}, failed}) {
        const auto entered = t.in(impossible);
        socks::inbox<520> in;
        socks::outbox<524> out;
        socks::client c;
        t.ok(c.step(request, in, out).next() == socks::client::next::send);
        out.consume(impossible);
        t.ok(ends_with_bad_count([&] { return c.step(request, in, out); }));
        out.clear();
        socks::chain h;
        t.ok(h.step(route, in, out).next() == socks::chain::next::send);
        out.consume(impossible);
        t.ok(ends_with_bad_count([&] { return h.step(route, in, out); }));
        out.clear();
        receive(in, "05 01 00"_bytes);
        socks::server s;
        t.ok(s.step(in, out).next() == socks::server::next::send);
        out.consume(impossible);
        t.ok(ends_with_bad_count([&] { return s.step(in, out); }));
    }
}
PROVE_AND_RUN(a_count_of_sent_bytes_that_cannot_be_ends_a_handshake)

// The next step reads nothing, writes nothing and refuses nobody: clear() would not find a password that the
// step had written, and a refusal would hide the wrong count.
constexpr void a_wrong_count_of_an_empty_outbox_ends_a_handshake(check& t) {
    socks::outbox<524> out;
    const socks::buffer storage = out.prepare();
    for (size_t i = 0; i < out.capacity; ++i) storage.data()[i] = 0;
    const socks::request request{.to = {"files.example.com", 443}, .credentials = {"john", "foo"}};
    socks::inbox<520> in;
    socks::client c;
    out.clear();
    t.ok(c.step(request, in, out).next() == socks::client::next::send);
    out.consume(3U);
    out.consume(1U);
    receive(in, "05 02"_bytes);
    t.ok(ends_with_bad_count([&] { return c.step(request, in, out); }));
    t.ok(in.data() == "05 02"_bytes && out.empty());
    out.clear();
    for (size_t i = 0; i < out.capacity; ++i) t.in(i).ok(storage.data()[i] == 0);
    in.clear();
    receive(in, "05 01 02"_bytes);
    socks::server s;
    out.consume(1U);
    t.ok(ends_with_bad_count([&] { return s.step(in, out); }));
    t.ok(in.data() == "05 01 02"_bytes && out.empty());
}
PROVE_AND_RUN(a_wrong_count_of_an_empty_outbox_ends_a_handshake)

constexpr void after_done_every_step_fails(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        socks::client m;
        t.ok(run_on<plain>(m, c.request, {.says = c.server.all().view()}).how == ending::done);
        stays_failed(t, m, c.request, errc::finished, 0);
        socks::server s(c.server_options);
        t.ok(run_on<plain>(s, c.app, {.says = c.client.all().view()}).how == ending::done);
        stays_failed(t, s, errc::finished, 0);
    }
}
PROVE_AND_RUN(after_done_every_step_fails)

}  // namespace
