// The table in the documents of Transfer CFT, row by row: C connected, R retry, H hold.

#include <socks/transfer_cft/disposition.hpp>

#include "check.hpp"
#include "dispositions.hpp"

namespace {

using ::check;
using namespace socks;
using namespace dispositions;

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

constexpr disposition documented(const outcome& o) { return decide(o, cft::dispositions); }

constexpr void the_documents_decide_on_every_reply_code_of_socks4(check& t) {
    agree_on_socks4(t, cft::dispositions, socks4_codes);
    t.ok(documented(code4::granted) == disposition::connected);
    t.ok(documented(code4::rejected) == disposition::retry);
    t.ok(documented(code4::identd_unreachable) == disposition::hold);
    t.ok(documented(code4::identd_mismatch) == disposition::hold);
}
PROVE_AND_RUN(the_documents_decide_on_every_reply_code_of_socks4)

constexpr void the_documents_decide_on_every_reply_code_of_socks5(check& t) {
    agree_on_socks5(t, cft::dispositions, socks5_codes);
    t.ok(documented(code5::connection_refused) == disposition::retry);
    t.ok(documented(code5{6}) == disposition::hold);
}
PROVE_AND_RUN(the_documents_decide_on_every_reply_code_of_socks5)

constexpr void the_documents_decide_on_every_failure_without_a_reply(check& t) {
    agree_on_failures(t, cft::dispositions);
    for (const errc e : {errc::unreachable, errc::timed_out, errc::closed, errc::truncated})
        t.in().ok(documented(e) == disposition::retry);
    for (const errc e : {errc::credentials_refused, errc::no_acceptable_method, errc::bad_version})
        t.in().ok(documented(e) == disposition::hold);
}
PROVE_AND_RUN(the_documents_decide_on_every_failure_without_a_reply)

}  // namespace
