// Findings: they are stored while there is room, then only counted, and never printed with a value.

#include <socks/transfer_cft/finding.hpp>

#include "check.hpp"
#include "sweep.hpp"
#include "text_of.hpp"

namespace {

using ::check;
using namespace socks;
using cft::finding;
using cft::flaw;

constexpr void findings_that_do_not_fit_are_counted(check& t) {
    finding room[2];
    cft::findings found(room);
    t.ok(found.usable() && found.size() == 0 && found.begin() == found.end());
    found.add({flaw::unknown_parameter, {1, 2}, "SPEED"});
    t.ok(found.usable() && found.total() == 1);
    found.add({flaw::incomplete_credentials, {3, 4}, "USER"});
    found.add({flaw::bad_host, {5, 6}, "HOST"});
    found.add({flaw::unknown_parameter, {7, 8}, "SPEED"});
    t.ok(!found.usable() && found.total() == 4 && found.size() == 2 && found.end() - found.begin() == 2);
    t.ok(found[0].subject == bytes("SPEED") && found[1].position == cft::position{3, 4});
    cft::findings unheard;
    unheard.add({flaw::bad_host, {5, 6}, "HOST"});
    t.ok(!unheard.usable() && unheard.total() == 1 && unheard.size() == 0);
}
PROVE_AND_RUN(findings_that_do_not_fit_are_counted)

constexpr void a_finding_has_only_what_it_was_given(check& t) {
    constexpr finding f;
    t.ok(f.what == flaw::bad_syntax && f.position == cft::position{} && f.subject.empty());
    t.ok(f.least == 0 && f.most == 0 && f.detail == nullptr);
}
PROVE_AND_RUN(a_finding_has_only_what_it_was_given)

constexpr bool prints(const finding& f, bytes text) {
    exact_copy room(text);
    const encoded made = format(f, room.room());
    char less[1];
    return made && made.data() == text && format(f, buffer(less, 0)).required() == text.size();
}

constexpr void a_finding_is_told_with_its_place_and_its_rule(check& t) {
    t.ok(prints({flaw::bad_number, {13, 8}, "PORT", 1, 65535}, "13:8: PORT: not a number of 1..65535"));
    t.ok(
        prints({flaw::bad_length, {1, 13}, "ID", 1, 32}, "1:13: ID: wrong length, characters allowed 1..32"));
    t.ok(prints({flaw::bad_number, {7, 30}, "BUFLEN", 32, 32766}, "7:30: BUFLEN: not a number of 32..32766"));
    t.ok(prints({flaw::missing_parameter, {20, 1}, "PROT"}, "20:1: PROT: missing"));
    t.ok(prints({flaw::no_such_object, {20, 14}, "CFTTCP"}, "20:14: CFTTCP: none has this ID"));
    t.ok(prints({flaw::no_such_object, {}, "CFTPART"}, "CFTPART: none has this ID"));
    t.ok(prints({flaw::bad_choice, {3, 8}, "call", 0, 0, "INOUT, OUT, IN"},
                "3:8: call: is none of INOUT, OUT, IN"));
    t.ok(prints({flaw::bad_syntax, {7, 1}, {}, 0, 0, "a value"}, "7:1: expected a value"));
    t.ok(prints(
        {flaw::bad_host, {9, 8}, "HOST", 0, 0, to_string(errc::bad_host_byte)},
        "9:8: HOST: neither an address nor a host name: host name with a control byte, a space or non-ASCII "
        "(write A-labels)"));
    t.ok(prints({flaw::invalid_request, {9, 8}, "HOST", 0, 0, to_string(errc::ipv6_over_socks4)},
                "9:8: HOST: cannot be requested from the proxy: SOCKS4 cannot carry an IPv6 address"));
}
PROVE_AND_RUN(a_finding_is_told_with_its_place_and_its_rule)

constexpr void every_flaw_has_words_of_its_own(check& t) {
    constexpr auto last = static_cast<uint8_t>(flaw::invalid_request);
    const auto words = [](unsigned i) { return text_of(to_string(static_cast<flaw>(i))); };
    for (unsigned i = 0; i <= last; ++i) {
        const auto entered = t.in(size_t{i});
        t.ok(words(i) != bytes("unknown flaw") && !words(i).empty());
        for (unsigned k = 0; k < i; ++k) t.in(size_t{k}).ok(words(i) != words(k));
    }
    t.ok(words(last + 1U) == bytes("unknown flaw") && words(255) == bytes("unknown flaw"));
}
PROVE_AND_RUN(every_flaw_has_words_of_its_own)

constexpr void three_flaws_are_warnings(check& t) {
    unsigned warnings = 0;
    for (unsigned i = 0; i < 256; ++i) warnings += is_warning(static_cast<flaw>(i)) ? 1U : 0U;
    t.ok(warnings == 3 && is_warning(flaw::unknown_parameter) && is_warning(flaw::password_not_sent) &&
         is_warning(flaw::incomplete_credentials));
}
PROVE_AND_RUN(three_flaws_are_warnings)

}  // namespace
