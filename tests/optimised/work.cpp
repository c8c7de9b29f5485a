// Nothing that a peer sends and no text keeps the library busy: the work, counted in instructions, grows with
// the size of the input and no faster. Input that may come in pieces comes in single bytes. What touches all
// bytes of a buffer takes many of them at a time.

#include <socks/transfer_cft/resolve.hpp>

#include "../check.hpp"
#include "traced.hpp"

using namespace socks;

namespace {

char room[1 << 14];

// Puts an input together.
class maker {
  public:
    maker& put(bytes text) {
        for (size_t i = 0; i < text.size(); ++i) room[size_++] = text.data()[i];
        return *this;
    }
    maker& put(size_t byte) {
        room[size_++] = static_cast<char>(byte);
        return *this;
    }
    maker& repeat(bytes unit, size_t n) {
        for (size_t i = 0; i < n; ++i) put(unit);
        return *this;
    }
    [[nodiscard]] bytes text() const { return {room, size_}; }

  private:
    size_t size_ = 0;
};

// Whether the work grows with the input, of n, 2 n and 4 n units: the second step adds at most 2.2 times what
// the first one adds. What costs the same for every size cancels out. Square growth adds four times as much.
template <class Make>
bool is_linear(traced::function f, size_t n, Make make) {
    const uint64_t one = traced::instructions(f, make(n));
    const uint64_t two = traced::instructions(f, make(2 * n));
    const uint64_t four = traced::instructions(f, make(4 * n));
    if (one == 0 || two == 0 || four == 0) return false;
    const uint64_t first = two > one ? two - one : 0;
    const uint64_t second = four > two ? four - two : 0;
    return 10 * second <= 22 * first + 10 * uint64_t{64};
}

bool is_linear_in(traced::function f, size_t n, bytes front, bytes unit, bytes back = {}) {
    return is_linear(f, n, [&](size_t k) { return maker().put(front).repeat(unit, k).put(back).text(); });
}

size_t look_again(bytes in) {
    size_t sum = 0;
    for (size_t i = 0; i <= in.size(); ++i) sum += detail::find(in.data(), 0, i, '\0');
    return sum;
}

void work_that_is_not_linear_is_found_out(check& t) { t.ok(!is_linear_in(look_again, 40, "", "a")); }
RUN(work_that_is_not_linear_is_found_out)

size_t search(bytes in) {
    return in.contains('\0') || in == bytes("a") ? 1 : detail::find(in.data(), 0, in.size(), '\0');
}

size_t judge(bytes text) {
    const host h(text);
    const host received = host::as_received(text.size() < 255 ? text : text.first(255));
    return size_t{canonical_equal(h, received)} + is_printable(received) + is_ldh(received) +
           is_global(received) + parse_endpoint(text, 1).position() + parse_ipv6(text).position() +
           static_cast<size_t>(sniff(text));
}

void the_work_for_a_host_is_linear(check& t) {
    for (const bytes unit : {bytes("a"), bytes("7"), bytes("."), bytes(":"), bytes("a."), bytes("7:")})
        t.ok(is_linear_in(judge, 24, "", unit));
    t.ok(is_linear_in(judge, 24, "a.", "7") && is_linear_in(judge, 24, "", "a", ".7"));
    t.ok(is_linear_in(search, 60, "", "a"));
}
RUN(the_work_for_a_host_is_linear)

size_t read_uri(bytes text) {
    char login[max_uri_credentials];
    char out[max_text_uri];
    const auto uri = parse_proxy_uri(text, login);
    return uri ? format(*uri, out).size() : uri.position();
}

void the_work_for_a_uri_is_linear(check& t) {
    for (const bytes unit : {bytes("a"), bytes("%41"), bytes("@"), bytes(":"), bytes("/"), bytes("7:")}) {
        t.ok(is_linear_in(read_uri, 16, "socks5h://", unit));
        t.ok(is_linear_in(read_uri, 16, "socks5h://a:", unit, "@h"));
    }
}
RUN(the_work_for_a_uri_is_linear)

size_t parse(bytes text) {
    size_t events = 0;
    cft::parser in(text);
    for (auto e = in.step(); e.next != cft::parser::next::end && e.next != cft::parser::next::fail;
         e = in.step())
        ++events;
    return events;
}

size_t unescape(bytes text) { return cft::decode_value(text, room).size() + cft::escape_fault(text); }

void the_work_for_a_cftutil_text_is_linear(check& t) {
    for (const bytes unit :
         {bytes("A "), bytes("A=B,"), bytes("'A',"), bytes("/'"), bytes("/*"), bytes("/**/"), bytes("\n")})
        for (const bytes front : {bytes("CFTNET A"), bytes("CFTNET A=("), bytes("CFTNET A='")})
            t.ok(is_linear_in(parse, 6, front, unit));
    for (const bytes unit : {bytes("A"), bytes("/101"), bytes("/x4")})
        t.ok(is_linear_in(unescape, 20, "", unit));
}
RUN(the_work_for_a_cftutil_text_is_linear)

size_t read_configuration(bytes text) {
    const cft::configuration all(text);
    cft::finding few[4];
    cft::findings found(few);
    cft::network n;
    cft::tcp tcp;
    return size_t{cft::validate(all, found)} + all.find(n, "N") + all.find(tcp, "P", 1) +
           all.is_active("NET", "N");
}

size_t find_targets(bytes text) {
    cft::finding few[4];
    cft::findings found(few);
    cft::targets result;
    return cft::resolve(text, "P", result, found) ? result.hosts() : 0;
}

void the_work_for_a_configuration_is_linear(check& t) {
    for (const bytes unit : {bytes("CFTNET ID=N "), bytes("CFTPARM NET=(M) ")})
        t.ok(is_linear_in(read_configuration, 1, "", unit));
    t.ok(is_linear_in(find_targets, 1, "CFTPART ID=P ", "CFTNET A=B "));
}
RUN(the_work_for_a_configuration_is_linear)

// Takes a handshake through, byte by byte, and says yes to every question. Everything behind it is left.
template <class Step>
size_t byte_by_byte(bytes says, Step step) {
    size_t used = 0;
    for (size_t n = 0; n <= says.size();) {
        switch (step(says.first(n).subspan(used), used)) {
            case 0: return used;
            case 1: break;
            default: ++n;
        }
    }
    return used;
}

// The same through an inbox.
template <class Machine, class Step>
size_t posted(bytes says, Step step) {
    inbox<Machine::max_input> rx;
    for (size_t n = 0;;) {
        const int left = step(rx);
        if (left == 0) return n;
        if (left == 1) continue;
        if (n == says.size()) return n;
        const buffer to = rx.prepare(1U);
        if (to.capacity() == 0) return n;
        to.data()[0] = says.data()[n++];
        rx.commit(1U);
    }
}

// 0: over; 1: step on; 2: receive.
int answered(server& m, const server::action& a, buffer out) {
    using next = server::next;
    switch (a.next()) {
        case next::recv: return 2;
        case next::authenticate: static_cast<void>(m.authenticated(true, out)); return 1;
        case next::negotiate: m.negotiated(true); return 1;
        case next::serve: static_cast<void>(m.answer({code5::succeeded, {}}, out)); return 1;
        case next::send: return 1;
        case next::wait:
        case next::done:
        case next::fail: break;
    }
    return 0;
}

const server_options all_methods{.methods = {method::username_password, method::none}};

size_t serve(bytes says) {
    server m(all_methods);
    char out[server::max_pending];
    return byte_by_byte(says, [&](bytes in, size_t& used) {
        const auto a = m.step(in, out);
        used += a.consumed();
        return answered(m, a, out);
    });
}

size_t serve_posted(bytes says) {
    server m(all_methods);
    char out[server::max_pending];
    return posted<server>(says, [&](auto& rx) { return answered(m, m.step(rx, out), out); });
}

template <class Make>
bool is_served_linearly(size_t n, Make make) {
    return is_linear(serve, n, make) && is_linear(serve_posted, n, make);
}

void the_work_of_a_server_is_linear_byte_by_byte(check& t) {
    const auto greeting = [](size_t n) { return maker().put(5).put(n).repeat("\x80", n).text(); };
    const auto login = [](size_t n) {
        return maker()
            .put("\5\1\2\1")
            .put(n)
            .repeat("u", n)
            .put(n)
            .repeat("p", n)
            .put("\5\1\0\1\300\0\2\7\0\120")
            .text();
    };
    const auto request = [](size_t n) {
        return maker().put("\5\1\0\5\1\0\3").put(n).repeat("h", n).put("\0\120").text();
    };
    const auto user4 = [](size_t n) {
        return maker().put("\4\1\0\120\300\0\2\7").repeat("u", n).put(0U).text();
    };
    const auto name4 = [](size_t n) {
        return maker().put("\4\1\0\120\0\0\0\1").repeat("u", n).put(0U).repeat("h", n).put(0U).text();
    };
    const auto flood = [](size_t n) { return maker().put("\4\1\0\120\0\0\0\1").repeat("u", n).text(); };
    t.ok(is_served_linearly(16, greeting) && is_served_linearly(16, login) &&
         is_served_linearly(16, request));
    t.ok(is_served_linearly(30, user4) && is_served_linearly(20, name4) && is_linear(serve, 120, flood));
}
RUN(the_work_of_a_server_is_linear_byte_by_byte)

template <class Action>
int received(const Action& a) {
    using next = client::next;
    switch (a.next()) {
        case next::recv: return 2;
        case next::send:
        case next::bound: return 1;
        case next::negotiate:
        case next::wait:
        case next::done:
        case next::fail: break;
    }
    return 0;
}

size_t ask(bytes says) {
    const socks::request request{.command = command::bind, .to = {"files.example.com", 443}};
    client m({.wait_for_full_refusal = true});
    char out[client::max_output];
    return byte_by_byte(says, [&](bytes in, size_t& used) {
        const auto a = m.step(request, in, out);
        used += a.consumed();
        return received(a);
    });
}

size_t ask_posted(bytes says) {
    const socks::request request{.to = {"files.example.com", 443}};
    client m({.wait_for_full_refusal = true});
    char out[client::max_output];
    return posted<client>(says, [&](auto& rx) { return received(m.step(request, rx, out)); });
}

// Through 32 proxies.
size_t ask_all(bytes says) {
    hop proxies[32];
    for (hop& h : proxies) h.proxy = {"192.0.2.7", 1080};
    const socks::route route{.through = proxies, .to = {"files.example.com", 443}};
    chain m;
    char out[chain::max_output];
    return byte_by_byte(says, [&](bytes in, size_t& used) {
        const auto a = m.step(route, in, out);
        used += a.consumed();
        return received(a);
    });
}

void the_work_of_a_client_is_linear_byte_by_byte(check& t) {
    for (const char code : {'\0', '\5'}) {
        const auto reply = [&](size_t n) {
            return maker()
                .put("\5\0")
                .put(5)
                .put(static_cast<size_t>(code))
                .put("\0\3")
                .put(n)
                .repeat("h", n)
                .put("\0\120")
                .text();
        };
        t.ok(is_linear(ask, 20, reply) && is_linear(ask_posted, 20, reply));
    }
    t.ok(is_linear_in(ask_all, 3, "", "\5\0\5\0\0\1\300\0\2\7\0\120"));
}
RUN(the_work_of_a_client_is_linear_byte_by_byte)

// Datagrams and tokens in a stream, each decoded anew whenever a byte has come.
size_t unframe(bytes in) {
    size_t used = 0;
    for (size_t n = 0; n <= in.size(); ++n)
        if (const auto d = decode_framed(in.first(n).subspan(used))) used += d.consumed();
    return used;
}

size_t unwrap(bytes in) {
    size_t used = 0;
    for (size_t n = 0; n <= in.size(); ++n)
        if (const auto m = decode_gssapi(in.first(n).subspan(used), gssapi_type::user_data, max_gssapi_token))
            used += m.consumed();
    return used;
}

// A datagram in as many fragments as there are bytes.
size_t reassemble(bytes in) {
    reassembly queue(5);
    char storage[512];
    char fragment[11] = "\0\0\0\1\300\0\2\7\0\105";
    size_t delivered = 0;
    for (size_t i = 0; i < in.size(); ++i) {
        fragment[2] = static_cast<char>(i + 1 == in.size() ? i + 0x81 : i + 1);
        fragment[10] = in.data()[i];
        const auto a = queue.step(bytes(fragment, sizeof fragment), 0, storage);
        if (a.next() == reassembly::next::deliver) delivered += a.datagram().data().size();
    }
    return delivered;
}

void the_work_for_what_is_relayed_is_linear_byte_by_byte(check& t) {
    // Its verdict falls when the header is there, so whoever calls again for more data has the name searched
    // again.
    t.ok(is_linear(unframe, 20, [](size_t n) {
        return maker().put("\0\1").put(n + 7).put(3).put(n).repeat("h", n).put("\0\105d").text();
    }));
    t.ok(is_linear(unframe, 20, [](size_t n) {
        return maker().put(0U).put(n).put("\12\3\3abc\0\105").repeat("d", n).text();
    }));
    t.ok(is_linear(unwrap, 20,
                   [](size_t n) { return maker().put("\1\3").put(0U).put(n).repeat("t", n).text(); }));
    t.ok(is_linear_in(reassemble, 15, "", "d"));
}
RUN(the_work_for_what_is_relayed_is_linear_byte_by_byte)

// Whether a function that works on `size` bytes takes less than half an instruction for each of them. A loop
// over single bytes takes more than one.
bool is_faster_than_bytes(traced::function f, size_t size) {
    const uint64_t n = traced::instructions(f, bytes(room, size));
    return n != 0 && 2 * n <= size;
}

size_t wipe_all(bytes secret) {
    wipe({room, secret.size()});
    return 1;
}

template <class Box>
Box mailbox;

template <class Box>
size_t clear(bytes) {
    mailbox<Box>.clear();
    return 1;
}

void a_wipe_takes_less_than_half_an_instruction_a_byte(check& t) {
    t.ok(is_faster_than_bytes(wipe_all, 520));
    t.ok(is_faster_than_bytes(clear<inbox<520>>, 520) && is_faster_than_bytes(clear<outbox<778>>, 778));
}
RUN(a_wipe_takes_less_than_half_an_instruction_a_byte)

// All but 40 bytes move by 40.
size_t compact(bytes) {
    auto& rx = mailbox<inbox<520>>;
    rx.consume(rx.data().size());
    rx.commit(rx.prepare().capacity());
    rx.consume(40U);
    return rx.prepare(40U).capacity();
}

void moving_the_bytes_of_an_inbox_takes_less_than_half_an_instruction_a_byte(check& t) {
    t.ok(is_faster_than_bytes(compact, 520));
}
RUN(moving_the_bytes_of_an_inbox_takes_less_than_half_an_instruction_a_byte)

size_t classify(bytes text) {
    const host h(text);
    return h.name().size();
}

void a_host_of_17_letters_takes_at_most_150_instructions(check& t) {
    const uint64_t n = traced::instructions(classify, "files.example.com");
    t.ok(n > 0 && n <= 150);
}
RUN(a_host_of_17_letters_takes_at_most_150_instructions)

size_t compare(bytes both) {
    const size_t half = both.size() / 2;
    return constant_time_equal(both.first(half), both.subspan(half)) ? 1 : 0;
}

void comparing_secrets_of_40_bytes_takes_at_most_120_instructions(check& t) {
    const uint64_t n = traced::instructions(compare, bytes(room, 80));
    t.ok(n > 0 && n <= 120);
}
RUN(comparing_secrets_of_40_bytes_takes_at_most_120_instructions)

bool takes_less_than(uint64_t most, traced::function f, bytes in) {
    const uint64_t n = traced::instructions(f, in);
    return n != 0 && n < most;
}

size_t write_credentials(bytes both) {
    static char out[520];
    return encode_credentials({both.first(255), both.subspan(255)}, out).size();
}

void writing_credentials_takes_less_than_an_instruction_a_byte(check& t) {
    t.ok(takes_less_than(510, write_credentials, bytes(room, 510)));
}
RUN(writing_credentials_takes_less_than_an_instruction_a_byte)

size_t contains_nul(bytes text) { return text.contains('\0') ? 1 : 0; }
size_t find_nul(bytes text) { return detail::find(text.data(), 0, text.size(), '\0'); }
size_t halves_are_equal(bytes both) {
    const size_t half = both.size() / 2;
    return both.first(half) == both.subspan(half) ? 1 : 0;
}

void a_search_takes_less_than_two_instructions_a_byte(check& t) {
    t.ok(takes_less_than(256, contains_nul, maker().repeat("a", 256).text()));
    t.ok(takes_less_than(512, find_nul, maker().repeat("a", 256).text()));
}
RUN(a_search_takes_less_than_two_instructions_a_byte)

void a_comparison_takes_less_than_two_instructions_a_byte(check& t) {
    t.ok(takes_less_than(512, halves_are_equal, maker().repeat("a", 512).text()));
}
RUN(a_comparison_takes_less_than_two_instructions_a_byte)

}  // namespace
