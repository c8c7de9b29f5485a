// The table in the documents of Transfer CFT, row by row: C connected, R retry, H hold.

#include <socks/transfer_cft/disposition.hpp>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

// 16 codes a line. SOCKS4: 90 connected, 91 retried, 92 and 93 held. The documents name no other code: held.
constexpr char socks4_codes[] =
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHCRHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH";

// SOCKS5: 0 connected, 5 retried, any other held.
constexpr char socks5_codes[] =
    "CHHHHRHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH";

// Without a code: 0 nothing failed; 1..31 the peer's doing; 32..63 the stream's; from 64 the caller's.
constexpr char failures[] =
    "CHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "RRRRRRRRRRRRRRRR"
    "RRRRRRRRRRRRRRRR"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH";

static_assert(sizeof socks4_codes == 257 && sizeof socks5_codes == 257 && sizeof failures == 257);

constexpr char letter(disposition d) {
    switch (d) {
        case disposition::connected: return 'C';
        case disposition::retry: return 'R';
        case disposition::hold: return 'H';
    }
    return '?';
}

constexpr reply_code code_of(version via, unsigned byte) { return {via, static_cast<uint8_t>(byte)}; }

constexpr disposition documented(const outcome& o) { return decide(o, cft::dispositions); }

constexpr void the_documents_decide_on_every_reply_code_of_socks4(check& t) {
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        t.ok(letter(documented(code_of(version::v4, i))) == socks4_codes[i]);
        t.ok(letter(documented(code_of(version::v4a, i))) == socks4_codes[i]);
    }
    t.ok(documented(code4::granted) == disposition::connected);
    t.ok(documented(code4::rejected) == disposition::retry);
    t.ok(documented(code4::identd_unreachable) == disposition::hold);
    t.ok(documented(code4::identd_mismatch) == disposition::hold);
}
PROVE_AND_RUN(the_documents_decide_on_every_reply_code_of_socks4)

constexpr void the_documents_decide_on_every_reply_code_of_socks5(check& t) {
    for (unsigned i = 0; i < 256; ++i) t.ok(letter(documented(code_of(version::v5, i))) == socks5_codes[i]);
    t.ok(documented(code5::connection_refused) == disposition::retry);
    t.ok(documented(code5{6}) == disposition::hold);
}
PROVE_AND_RUN(the_documents_decide_on_every_reply_code_of_socks5)

constexpr void the_documents_decide_on_every_failure_without_a_reply(check& t) {
    for (unsigned i = 0; i < 256; ++i)
        t.in(size_t{i}).ok(letter(documented(static_cast<errc>(static_cast<uint8_t>(i)))) == failures[i]);
    for (const errc e : {errc::unreachable, errc::timed_out, errc::closed, errc::truncated})
        t.in().ok(documented(e) == disposition::retry);
    for (const errc e : {errc::credentials_refused, errc::no_acceptable_method, errc::bad_version})
        t.in().ok(documented(e) == disposition::hold);
}
PROVE_AND_RUN(the_documents_decide_on_every_failure_without_a_reply)

}  // namespace
