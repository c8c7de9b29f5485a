// The meaning of a reply: each code, failure and errno has one. A table that was changed row by row answers
// as a map does, and the tables of the library as the lists of the documents do. A code translated to the
// other version still refuses or still succeeds, and one that was taken apart is the same when put together.

#include "requests.hpp"

#include <socks/system/errno.hpp>
#include <socks/transfer_cft/disposition.hpp>

#include <map>

using namespace fuzzing;

namespace {

socks::outcome any_outcome(input& in) {
    const uint8_t kind = in.byte();
    const uint8_t byte = in.byte();
    if (kind % 3 == 2) return static_cast<errc>(byte);
    return socks::reply_code(kind % 3 == 0 ? socks::version::v5 : socks::version::v4, byte);
}

int number(const socks::outcome& o) {
    if (!o.has_code()) return 512 + static_cast<int>(o.error());
    return (o.code().version == socks::version::v5 ? 256 : 0) + o.code().value;
}

// No reply: the stream was not there, or it ended. Nothing else is temporary.
bool is_temporary(const socks::outcome& o) {
    if (o.has_code()) return false;
    for (const errc e : {errc::closed, errc::truncated, errc::closed_while_bound, errc::unreachable,
                         errc::timed_out, errc::stream_failed})
        if (o.error() == e) return true;
    return o.error() > errc::stream_failed && o.error() < errc::no_space;  // numbers of later ones
}

// The table of Transfer CFT tries two more codes again.
bool is_temporary_for_cft(const socks::outcome& o) {
    return is_temporary(o) || number(o) == 91 || number(o) == 256 + 5;
}

// The codes 2 to 8 of SOCKS5 have a meaning each, which survives the way through a dial_error and an errno.
void check_code(const socks::reply_code& code) {
    const bool five = code.version == socks::version::v5;
    const bool meant = five && code.value >= 2 && code.value <= 8;
    const bool identd = !five && (code.value == 92 || code.value == 93);
    const socks::code5 expected = meant    ? static_cast<socks::code5>(code.value)
                                  : identd ? socks::code5::not_allowed
                                           : socks::code5::general_failure;
    const socks::dial_error e = socks::dial_error_for(code);
    demand(socks::code_for(e) == expected);
    demand(socks::code_for(socks::dial_error_from_errno(socks::errno_for(e))) == expected);
    if (!five)
        demand(socks::translate(code, socks::version::v5).value ==
               (code.value == 90 ? 0 : static_cast<int>(expected)));
}

void check_names(const socks::outcome& o) {
    demand(*socks::reason(o) != '\0' &&
           *to_string(socks::decide(o, socks::conservative_dispositions)) != '\0');
    demand((socks::errno_for(o) == 0) == o.succeeded());
    if (o.has_code()) check_code(o.code());
    if (!o.has_code()) return;
    const socks::dial_error e = socks::dial_error_for(o.code());
    demand(*to_string(e) != '\0' && socks::code_for(e) != socks::code5::succeeded &&
           socks::errno_for(e) != 0);
    for (const socks::version via : {socks::version::v4, socks::version::v4a, socks::version::v5}) {
        const socks::reply_code t = socks::translate(o.code(), via);
        demand(t.version == via && t.succeeded() == o.code().succeeded());
        demand(socks::translate(t, via) == t);
    }
}

}  // namespace

//     number of changes  and for each: what to do  which row;  errno
void fuzz(input in) {
    socks::disposition_table table = socks::conservative_dispositions;
    std::map<int, socks::disposition> rows;
    for (int n = in.byte() % 16; n != 0; --n) {
        const bool again = (in.byte() & 1) != 0;
        const socks::outcome o = any_outcome(in);
        table = again ? table.retrying(o) : table.holding(o);
        rows[number(o)] = again ? socks::disposition::retry : socks::disposition::hold;
        check_names(o);
    }
    const auto check = [&](const socks::outcome& o) {
        const auto row = rows.find(number(o));
        const socks::disposition expected =
            row == rows.end() ? socks::decide(o, socks::conservative_dispositions) : row->second;
        demand(socks::decide(o, table) == (o.succeeded() ? socks::disposition::connected : expected));
        const auto decision = [&](bool again) {
            return o.succeeded() ? socks::disposition::connected
                   : again       ? socks::disposition::retry
                                 : socks::disposition::hold;
        };
        demand(socks::decide(o, socks::conservative_dispositions) == decision(is_temporary(o)));
        demand(socks::decide(o, socks::cft::dispositions) == decision(is_temporary_for_cft(o)));
    };
    for (int i = 0; i < 256; ++i) {
        check(socks::reply_code(socks::version::v4, static_cast<uint8_t>(i)));
        check(socks::reply_code(socks::version::v5, static_cast<uint8_t>(i)));
        check(static_cast<errc>(i));
    }
    const int e = static_cast<int>(in.u16()) - 32768;
    demand(socks::code_for(socks::dial_error_from_errno(e)) != socks::code5::succeeded);
}
