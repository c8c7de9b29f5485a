// No decoder reads beyond its input and no encoder writes beyond its output: both end where an inaccessible
// page begins. Unlike a sanitizer, this also checks a release build with vectorised loops.

#if defined(__unix__) || defined(__APPLE__)

#include <socks/transfer_cft/resolve.hpp>

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conversations.hpp"
#include "transfer_cft_example.hpp"

namespace {

using ::check;
using namespace drive;
using socks::buffer;
using socks::bytes;

// One page that can be used, and one behind it that cannot.
class guarded_page {
  public:
    guarded_page() {
        void* const both =
            mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (both == MAP_FAILED) return;
        begin_ = static_cast<char*>(both);
        guarded_ = mprotect(begin_ + size_, size_, PROT_NONE) == 0;
    }
    guarded_page(const guarded_page&) = delete;
    guarded_page& operator=(const guarded_page&) = delete;
    ~guarded_page() {
        if (begin_ != nullptr) munmap(begin_, 2 * size_);
    }

    [[nodiscard]] bool ready() const { return guarded_; }

    // The last `n` bytes before the guard.
    [[nodiscard]] buffer last(size_t n) { return {begin_ + size_ - n, n}; }

    [[nodiscard]] bytes copy(bytes from) {
        const buffer to = last(from.size());
        if (!from.empty()) memcpy(to.data(), from.data(), from.size());
        return {to.data(), to.capacity()};
    }

  private:
    size_t size_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    char* begin_ = nullptr;
    bool guarded_ = false;
};

constexpr bytes messages[] = {
    "05 01 00"_bytes,
    "05 04 00 01 02 80"_bytes,
    "05 02"_bytes,
    "01 04 'john' 03 'foo'"_bytes,
    "01 00 00"_bytes,
    "01 00"_bytes,
    "05 01 00 01 c0000207 01bb"_bytes,
    "05 02 00 04 20010db8 10325476 98badcfe 0f1e2d3c 0050"_bytes,
    "05 03 00 03 11 'files.example.com' fffe"_bytes,
    "05 00 00 03 00 1234"_bytes,
    "05 00 00 03 01 00 1234"_bytes,
    "05 00 00 03 ff 'no name of 255 bytes'"_bytes,
    "04 01 01bb c0000207 'john' 00"_bytes,
    "04 01 01bb 00000001 'john' 00 'files.example.com' 00"_bytes,
    "00 5a 01bb c0000207"_bytes,
    "0000 00 03 11 'files.example.com' 0035 'data'"_bytes,
    "0000 00 01 c0000207 0035 'data'"_bytes,
    "0004 18 03 11 'files.example.com' 0035 'data'"_bytes,
    "0000 01 04 20010db8 10325476 98badcfe 0f1e2d3c 0050 'a fragment'"_bytes,
    "0000 82 04 20010db8 10325476 98badcfe 0f1e2d3c 0050 ', the last'"_bytes,
    "01 01 0005 'token'"_bytes,
    "01 02 0001 02"_bytes,
    "01 03 0009 'user data'"_bytes,
    "01 ff"_bytes,
    "'GET / HTTP/1.1'"_bytes,
};

// Everything that a decoder gives out is read, so that a view past the end is touched.
size_t sum(bytes b) {
    size_t n = b.size();
    for (size_t i = 0; i < b.size(); ++i) n += b[i];
    return n;
}
size_t sum(const socks::endpoint& e) { return sum(e.host.name()) + e.port; }

size_t decode_all(bytes in, socks::tolerance accept) {
    size_t n = 0;
    if (const auto d = socks::decode_greeting(in)) n += sum(d->methods);
    if (const auto d = socks::decode_method_selection(in)) n += static_cast<size_t>(*d);
    if (const auto d = socks::decode_credentials(in, accept)) n += sum(d->user) + sum(d->password);
    if (const auto d = socks::decode_auth_status(in, accept)) n += *d;
    if (const auto d = socks::decode_request5(in, accept)) n += sum(d->to);
    if (const auto d = socks::decode_reply5(in, accept)) n += sum(d->bound);
    if (const auto d = socks::decode_request4(in)) n += sum(d->user) + sum(d->to);
    if (const auto d = socks::decode_reply4(in, accept)) n += sum(d->bound);
    if (const auto d = socks::decode_datagram(in, accept)) n += sum(d->remote()) + sum(d->data());
    if (const auto d = socks::decode_framed(in)) n += sum(d->remote()) + sum(d->data());
    for (const auto due : {socks::gssapi_type::authentication, socks::gssapi_type::protection_level})
        if (const auto d = socks::decode_gssapi(in, due, socks::max_gssapi_token, accept)) n += sum(d->token);
    if (const auto d = socks::decode_gssapi_datagram(in, accept)) n += sum(d->token);
    if (const auto d = socks::decode_protection(in)) n += static_cast<size_t>(*d);
    if (const auto d = socks::decode_chap(in, socks::max_chap_message))
        for (const socks::chap_attribute a : *d) n += sum(a.value);
    n += static_cast<size_t>(socks::sniff(in));
    return n;
}

void no_decoder_looks_past_its_input(check& t) {
    guarded_page page;
    if (!t.ok(page.ready())) return;
    for (const bytes whole : messages) {
        const auto entered = t.in(whole);
        for (size_t n = 0; n <= whole.size(); ++n) {
            const auto nested = t.in(n);
            const bytes in = page.copy(whole.first(n));
            // The guard must not change what comes out either.
            t.ok(decode_all(in, socks::lenient) == decode_all(whole.first(n), socks::lenient));
            t.ok(decode_all(in, socks::strict) == decode_all(whole.first(n), socks::strict));
        }
    }
}
RUN(no_decoder_looks_past_its_input)

// The storage ends where the page does, and so does every fragment.
void no_fragment_is_put_together_past_its_storage(check& t) {
    guarded_page page;
    guarded_page kept;
    if (!t.ok(page.ready() && kept.ready())) return;
    const bytes first = "0000 01 01 c0000207 0035 'two '"_bytes;
    const bytes last = "0000 82 01 c0000207 0035 'fragments'"_bytes;
    for (size_t n = 0; n <= 10 + 4 + 9; ++n) {
        const auto entered = t.in(n);
        socks::reassembly parts(5);
        const buffer storage = kept.last(n);
        const auto a = parts.step(page.copy(first), 0, storage);
        const auto b = parts.step(page.copy(last), 1, storage);
        t.ok(a.error() == (n < 14 ? socks::errc::no_space : socks::errc::none));
        if (b.next() == socks::reassembly::next::deliver)
            t.ok(n == 23 && b.datagram().data() == "two fragments");
        else
            t.ok(n < 23 && b.error() == (n < 14 ? socks::errc::fragmented : socks::errc::no_space));
    }
}
RUN(no_fragment_is_put_together_past_its_storage)

// Longer than any cap, and without the NUL that the search is for.
void no_search_looks_past_its_input(check& t) {
    guarded_page page;
    if (!t.ok(page.ready())) return;
    message<600> endless;
    endless.put("04 01 01bb 00000001"_bytes).letters(592);
    for (size_t n = 0; n <= 600; ++n) {
        const auto entered = t.in(n);
        const auto d = socks::decode_request4(page.copy(endless.view().first(n)));
        t.ok(!d && d.error() == (n < 264 ? socks::errc::none : socks::errc::user_too_long));
    }
}
RUN(no_search_looks_past_its_input)

// User, password and name of every size, each in front of a guard, into room that is just enough. What lies
// in front of a text is looked after in memory.cpp.
void no_text_is_copied_past_its_end_or_its_room(check& t) {
    guarded_page text;
    guarded_page room;
    if (!t.ok(text.ready() && room.ready())) return;
    message<255> letters;
    letters.letters(255);
    for (size_t n = 0; n <= 255; ++n) {
        const bytes one = text.copy(letters.view().first(n));
        const auto holds = [&](const socks::encoded& e, size_t whole, size_t at) {
            t.ok(e.size() == whole && e.data().subspan(at).first(n) == letters.view().first(n));
        };
        holds(socks::encode_credentials({one, "foo"}, room.last(3 + n + 3)), 3 + n + 3, 2);
        holds(socks::encode_credentials({"john", one}, room.last(3 + 4 + n)), 3 + 4 + n, 7);
        if (n == 0) continue;
        const socks::endpoint to{socks::host::as_received(one), 443};
        constexpr auto connect = socks::command::connect;
        holds(socks::encode_request5({connect, to}, room.last(7 + n)), 7 + n, 5);
        holds(socks::encode_request4({connect, to, "fred"}, room.last(14 + n)), 14 + n, 13);
        holds(socks::encode_request4({connect, to, one}, room.last(10 + 2 * n)), 10 + 2 * n, 8);
        holds(socks::encode_datagram(to, "data", room.last(11 + n)), 11 + n, 5);
    }
}
RUN(no_text_is_copied_past_its_end_or_its_room)

void no_text_is_read_past_its_end(check& t) {
    guarded_page page;
    if (!t.ok(page.ready())) return;
    for (const bytes whole :
         {bytes("[2001:db8::ffff:192.0.2.7]:443"), bytes("192.0.2.7:443"), bytes("0x7f.0x1."),
          bytes("files.example.com:443"), bytes("1:2:3:4:5:6:7:8"), bytes("::"), bytes("[::1]")}) {
        const auto entered = t.in(whole);
        for (size_t n = 0; n <= whole.size(); ++n) {
            const auto nested = t.in(n);
            const bytes text = page.copy(whole.first(n));
            const auto near = socks::parse_endpoint(text, 1080);
            const auto far = socks::parse_endpoint(whole.first(n), 1080);
            t.ok(socks::host(text) == socks::host(whole.first(n)));
            t.ok(near.error() == far.error() && near.position() == far.position() &&
                 (!near || *near == *far));
        }
    }
}
RUN(no_text_is_read_past_its_end)

// Every beginning of a URI, with room for its credentials that suffices and that does not.
void no_uri_is_read_past_its_end_nor_decoded_past_its_room(check& t) {
    guarded_page page;
    guarded_page decoded;
    if (!t.ok(page.ready() && decoded.ready())) return;
    for (const bytes whole :
         {bytes("socks5h://jo%68n:f%6fo@[2001:db8::1]:1080/"), bytes("socks4a://fred@files.example.com:80"),
          bytes("socks5://@192.0.2.7"), bytes("SOCKS5://%")}) {
        const auto entered = t.in(whole);
        for (size_t n = 0; n <= whole.size(); ++n) {
            for (const size_t room : {size_t{0}, size_t{3}, size_t{6}, size_t{7}, size_t{16}}) {
                const auto nested = t.in(room);
                char elsewhere[16];
                const auto near = socks::parse_proxy_uri(page.copy(whole.first(n)), decoded.last(room));
                const auto far = socks::parse_proxy_uri(whole.first(n), buffer(elsewhere, room));
                t.ok(near.error() == far.error() && near.position() == far.position());
                if (!near) continue;
                t.ok(near->proxy == far->proxy && near->credentials.user == far->credentials.user);
                t.ok(near->credentials.password == far->credentials.password);
            }
        }
    }
}
RUN(no_uri_is_read_past_its_end_nor_decoded_past_its_room)

size_t sum(const socks::cft::parser::event& e) { return static_cast<size_t>(e.next) + sum(e.text); }

// The configuration of the documents, and what has no end, cut at every byte.
void no_configuration_is_read_past_its_end(check& t) {
    guarded_page page;
    if (!t.ok(page.ready())) return;
    for (const bytes whole :
         {documented_example, bytes("CFTPROT /* a comment */ ID='/x41/101/'', NET=(n0,'n/x31')")}) {
        const auto entered = t.in(whole);
        for (size_t n = 0; n <= whole.size(); ++n) {
            socks::cft::parser near(page.copy(whole.first(n)));
            socks::cft::parser far(whole.first(n));
            for (bool more = true; more;) {
                const auto a = near.step();
                const auto b = far.step();
                t.ok(sum(a) == sum(b) && a.position == b.position);
                more = a.next != socks::cft::parser::next::end && a.next != socks::cft::parser::next::fail;
            }
        }
    }
}
RUN(no_configuration_is_read_past_its_end)

void no_value_is_decoded_past_its_room(check& t) {
    guarded_page page;
    guarded_page decoded;
    if (!t.ok(page.ready() && decoded.ready())) return;
    for (const bytes whole : {bytes("a/x42/103/'//"), bytes("/x4"), bytes("/10"), bytes("/")}) {
        const auto entered = t.in(whole);
        for (size_t n = 0; n <= whole.size(); ++n) {
            char elsewhere[16];
            for (size_t room = 0; room <= 5; ++room) {
                const auto nested = t.in(room);
                const auto a = socks::cft::decode_value(page.copy(whole.first(n)), decoded.last(room));
                const auto b = socks::cft::decode_value(whole.first(n), buffer(elsewhere, room));
                t.ok(a.error() == b.error() && a.data() == b.data() && a.required() == b.required());
            }
        }
    }
}
RUN(no_value_is_decoded_past_its_room)

void no_encoder_writes_past_its_room(check& t) {
    guarded_page page;
    if (!t.ok(page.ready())) return;
    const socks::endpoint name{"files.example.com", 443};
    const socks::endpoint address{"2001:db8::1", 443};
    socks::proxy_uri uri;
    uri.proxy = {"a.example", 1080};
    uri.credentials = {"john", "foo"};
    for (size_t n = 0; n <= 40; ++n) {
        const auto entered = t.in(n);
        const buffer room = page.last(n);
        t.ok(static_cast<bool>(encode_greeting({"00 02"_bytes}, room)) == (n >= 4));
        t.ok(static_cast<bool>(encode_method_selection(socks::method::none, room)) == (n >= 2));
        t.ok(static_cast<bool>(encode_credentials({"john", "foo"}, room)) == (n >= 10));
        t.ok(static_cast<bool>(socks::encode_auth_status(1, room)) == (n >= 2));
        t.ok(static_cast<bool>(encode_request5({socks::command::connect, name}, room)) == (n >= 24));
        t.ok(static_cast<bool>(encode_reply5({socks::code5::succeeded, address}, room)) == (n >= 22));
        t.ok(static_cast<bool>(encode_request4({socks::command::connect, name, "john"}, room)) == (n >= 31));
        t.ok(static_cast<bool>(encode_reply4({socks::code4::granted, {}}, room)) == (n >= 8));
        t.ok(static_cast<bool>(encode_datagram(name, "00 ff 0d"_bytes, room)) == (n >= 27));
        t.ok(static_cast<bool>(encode_datagram_in_place(name, room, n)) == (n >= 24));
        t.ok(static_cast<bool>(encode_framed(name, "00 ff 0d"_bytes, room)) == (n >= 27));
        t.ok(static_cast<bool>(encode_framed_in_place(name, room, n)) == (n >= 24));
        t.ok(static_cast<bool>(encode_gssapi({socks::gssapi_type::user_data, "user data"}, room)) ==
             (n >= 13));
        t.ok(static_cast<bool>(encode_gssapi({socks::gssapi_type::abort}, room)) == (n >= 2));
        t.ok(static_cast<bool>(encode_protection(socks::protection::integrity, room)) == (n >= 1));
        t.ok(static_cast<bool>(encode_chap({{socks::chap_type::challenge, "ab"}}, room)) == (n >= 6));
        t.ok(static_cast<bool>(socks::tor::encode_object_user("object-7", room)) == (n >= 17));
        t.ok(static_cast<bool>(socks::tor::encode_token("mail", 7, room)) == (n >= 20));
        t.ok(static_cast<bool>(format(uri, room)) == (n >= 33));
        t.ok(static_cast<bool>(format(name, room)) == (n >= 21));
        t.ok(static_cast<bool>(format(address, room)) == (n >= 17));
    }
}
RUN(no_encoder_writes_past_its_room)

// Plain views, each of them flush against a guard of its own.
class guarded {
  public:
    template <class Machine, class... Request>
    typename Machine::action step(Machine& machine, const Request&... request) {
        const typename Machine::action a =
            machine.step(request..., in_.copy(unread_), out_.last(Machine::max_output));
        drop(a.consumed());
        return a;
    }

    void send(bytes data, tape& sent) { sent.put(data); }
    void authenticate(socks::server& machine, bool granted, tape& sent) {
        sent.put(machine.authenticated(granted, out_.last(socks::auth_status_size)).data());
    }
    void answer(socks::server& machine, const socks::reply& outcome, tape& sent) {
        sent.put(machine.answer(outcome, out_.last(socks::server::max_output)).data());
    }

    void receive(bytes portion) {
        unread_ = {unread_.empty() ? portion.data() : unread_.data(), unread_.size() + portion.size()};
    }
    void drop(size_t n) { unread_ = unread_.subspan(n); }
    [[nodiscard]] bytes remaining() const { return unread_; }
    [[nodiscard]] size_t room() const { return SIZE_MAX; }

  private:
    bytes unread_;
    guarded_page in_;
    guarded_page out_;
};

void no_machine_looks_past_its_input_nor_writes_past_its_room(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        for (const pace how : {bytewise, precise, whole}) {
            const auto nested = t.in();
            const outcome client =
                run<guarded>(socks::client(), c.request, {.says = c.server.all().view(), .how = how});
            t.ok(client.how == ending::done && client.sent == c.client.all() && client.told == c.result);
            const outcome server = run<guarded>(socks::server(c.server_options), c.app,
                                                {.says = c.client.all().view(), .how = how});
            t.ok(server.how == ending::done && server.sent == c.server.all() && server.told == c.asked);
        }
    }
}
RUN(no_machine_looks_past_its_input_nor_writes_past_its_room)

#if UINTPTR_MAX > UINT32_MAX
// All early data are shown, and nobody reads any of them: but for the reply, the input must not be touched.
void more_than_4_gib_of_early_data_are_shown(check& t) {
    const size_t size = (size_t{1} << 32) + (size_t{1} << 20);
    void* const all = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (!t.ok(all != MAP_FAILED)) return;
    char* const in = static_cast<char*>(all);
    const bytes reply = "00 5a 01bb c0000207"_bytes;
    if (t.ok(mprotect(all, reply.size(), PROT_READ | PROT_WRITE) == 0)) {
        memcpy(in, reply.data(), reply.size());
        const socks::request request{.version = version::v4, .to = {ipv4{192, 0, 2, 7}, 443}};
        char out[socks::client::max_output];
        socks::client m;
        t.ok(m.step(request, {}, out).next() == socks::client::next::send);
        const auto a = m.step(request, {in, size}, out);
        if (t.ok(a.next() == socks::client::next::done && a.consumed() == reply.size())) {
            const bytes early = a.result().early;
            t.ok(early.data() == in + reply.size() && early.size() == size - reply.size());
        }
    }
    munmap(all, size);
}
RUN(more_than_4_gib_of_early_data_are_shown)
#endif

}  // namespace

#endif
