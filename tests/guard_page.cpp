// No decoder looks past its input and no encoder past its room: both end where a page begins that nobody may touch.
// Unlike a sanitizer this sees every build, a release build with its vectorised loops included.

#if defined(__unix__) || defined(__APPLE__)

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.hpp"
#include "octets.hpp"

namespace {

using ::check;
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

    // The last `n` octets before the guard.
    [[nodiscard]] buffer last(size_t n) { return {begin_ + size_ - n, n}; }

    [[nodiscard]] bytes copy(bytes from) {
        const buffer to = last(from.size());
        if (!from.empty()) memcpy(to.data(), from.data(), from.size());
        return {to.data(), to.room()};
    }

  private:
    size_t size_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    char* begin_ = nullptr;
    bool guarded_ = false;
};

constexpr bytes messages[] = {
    "05 01 00"_octets,
    "05 04 00 01 02 80"_octets,
    "05 02"_octets,
    "01 04 'john' 03 'foo'"_octets,
    "01 00 00"_octets,
    "01 00"_octets,
    "05 01 00 01 c0000207 01bb"_octets,
    "05 02 00 04 20010db8 10325476 98badcfe 0f1e2d3c 0050"_octets,
    "05 03 00 03 11 'files.example.com' fffe"_octets,
    "05 00 00 03 00 1234"_octets,
    "05 00 00 03 01 00 1234"_octets,
    "05 00 00 03 ff 'no name of 255 octets'"_octets,
    "04 01 01bb c0000207 'john' 00"_octets,
    "04 01 01bb 00000001 'john' 00 'files.example.com' 00"_octets,
    "00 5a 01bb c0000207"_octets,
    "0000 00 03 11 'files.example.com' 0035 'data'"_octets,
    "0000 00 01 c0000207 0035 'data'"_octets,
    "0004 18 03 11 'files.example.com' 0035 'data'"_octets,
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
    if (const auto d = socks::decode_choice(in)) n += static_cast<size_t>(*d);
    if (const auto d = socks::decode_login(in, accept)) n += sum(d->user) + sum(d->password);
    if (const auto d = socks::decode_status(in, accept)) n += *d;
    if (const auto d = socks::decode_request5(in, accept)) n += sum(d->to);
    if (const auto d = socks::decode_reply5(in, accept)) n += sum(d->bound);
    if (const auto d = socks::decode_request4(in)) n += sum(d->user) + sum(d->to);
    if (const auto d = socks::decode_reply4(in, accept)) n += sum(d->bound);
    if (const auto d = socks::decode_datagram(in, accept)) n += sum(d->at()) + sum(d->data());
    if (const auto d = socks::decode_framed(in)) n += sum(d->at()) + sum(d->data());
    n += static_cast<size_t>(socks::sniff(in));
    return n;
}

void no_decoder_looks_past_its_input(check& t) {
    guarded_page page;
    if (!t.ok(page.ready())) return;
    for (const bytes whole : messages) {
        for (size_t n = 0; n <= whole.size(); ++n) {
            const bytes in = page.copy(whole.first(n));
            // The guard must not change what comes out either.
            t.ok(decode_all(in, socks::lenient) == decode_all(whole.first(n), socks::lenient));
            t.ok(decode_all(in, socks::strict) == decode_all(whole.first(n), socks::strict));
        }
    }
}
RUN(no_decoder_looks_past_its_input)

// Longer than any cap, and without the NUL that the search is for.
void no_search_looks_past_its_input(check& t) {
    guarded_page page;
    if (!t.ok(page.ready())) return;
    message<600> endless;
    endless.put("04 01 01bb 00000001"_octets).letters(592);
    for (size_t n = 0; n <= 600; ++n) {
        const auto d = socks::decode_request4(page.copy(endless.view().first(n)));
        t.ok(!d && d.error() == (n < 264 ? socks::errc::none : socks::errc::user_too_long));
    }
}
RUN(no_search_looks_past_its_input)

void no_text_is_read_past_its_end(check& t) {
    guarded_page page;
    if (!t.ok(page.ready())) return;
    for (const bytes whole :
         {bytes("[2001:db8::ffff:192.0.2.7]:443"), bytes("192.0.2.7:443"), bytes("0x7f.0x1."),
          bytes("files.example.com:443"), bytes("1:2:3:4:5:6:7:8"), bytes("::"), bytes("[::1]")}) {
        for (size_t n = 0; n <= whole.size(); ++n) {
            const bytes text = page.copy(whole.first(n));
            socks::endpoint near;
            socks::endpoint far;
            t.ok(socks::host(text) == socks::host(whole.first(n)));
            t.ok(socks::parse_endpoint(text, near, 1080) == socks::parse_endpoint(whole.first(n), far, 1080));
            t.ok(near == far);
        }
    }
}
RUN(no_text_is_read_past_its_end)

void no_encoder_writes_past_its_room(check& t) {
    guarded_page page;
    if (!t.ok(page.ready())) return;
    const socks::endpoint name{"files.example.com", 443};
    const socks::endpoint address{"2001:db8::1", 443};
    for (size_t n = 0; n <= 40; ++n) {
        const buffer room = page.last(n);
        t.ok(static_cast<bool>(encode_greeting({"00 02"_octets}, room)) == (n >= 4));
        t.ok(static_cast<bool>(encode_choice(socks::method::none, room)) == (n >= 2));
        t.ok(static_cast<bool>(encode_login({"john", "foo"}, room)) == (n >= 10));
        t.ok(static_cast<bool>(socks::encode_status(1, room)) == (n >= 2));
        t.ok(static_cast<bool>(encode_request5({socks::command::connect, name}, room)) == (n >= 24));
        t.ok(static_cast<bool>(encode_reply5({socks::code5::succeeded, address}, room)) == (n >= 22));
        t.ok(static_cast<bool>(encode_request4({socks::command::connect, name, "john"}, room)) == (n >= 31));
        t.ok(static_cast<bool>(encode_reply4({socks::code4::granted, {}}, room)) == (n >= 8));
        t.ok(static_cast<bool>(encode_datagram(name, "00 ff 0d"_octets, room)) == (n >= 27));
        t.ok(static_cast<bool>(encode_datagram_in_place(name, room, n)) == (n >= 24));
        t.ok(static_cast<bool>(encode_framed(name, "00 ff 0d"_octets, room)) == (n >= 27));
        t.ok(static_cast<bool>(encode_framed_in_place(name, room, n)) == (n >= 24));
        t.ok(static_cast<bool>(format(name, room)) == (n >= 21));
        t.ok(static_cast<bool>(format(address, room)) == (n >= 17));
    }
}
RUN(no_encoder_writes_past_its_room)

}  // namespace

#endif
