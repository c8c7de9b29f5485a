// The meaning of a reply: each code, failure and errno has one. A table that was changed row by row answers
// as a map does. A code translated to the other version still refuses or still succeeds.

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

void check_names(const socks::outcome& o) {
    demand(*socks::reason(o) != '\0' &&
           *to_string(socks::decide(o, socks::conservative_dispositions)) != '\0');
    demand((socks::errno_for(o) == 0) == o.succeeded());
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
        demand((socks::decide(o, socks::cft::dispositions) == socks::disposition::connected) ==
               o.succeeded());
    };
    for (int i = 0; i < 256; ++i) {
        check(socks::reply_code(socks::version::v4, static_cast<uint8_t>(i)));
        check(socks::reply_code(socks::version::v5, static_cast<uint8_t>(i)));
        check(static_cast<errc>(i));
    }
    const int e = static_cast<int>(in.u16()) - 32768;
    demand(socks::code_for(socks::dial_error_from_errno(e)) != socks::code5::succeeded);
}
