// Complete configurations: which object an ID names, and all errors of a text in one pass.

#include <socks/transfer_cft/configuration.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"
#include "transfer_cft_example.hpp"
#include "transfer_cft_findings.hpp"

namespace {

using ::check;
using namespace socks;
using cft::flaw;

constexpr void the_documents_example_has_one_fault_by_itself(check& t) {
    t.ok(lacks(documented_example, {{flaw::bad_number, {13, 8}, "PORT"}}));
}
PROVE_AND_RUN(the_documents_example_has_one_fault_by_itself)

constexpr void unknown_parameters_of_known_commands_are_reported(check& t) {
    t.ok(lacks("CFTNET ID=a, SPEED=1, port=2, 'x'=3",
               {{flaw::unknown_parameter, {1, 14}, "SPEED"}, {flaw::bad_syntax, {1, 31}, {}}}));
    t.ok(lacks("CFTPROT ID=a, SSL=b", {{flaw::unknown_parameter, {1, 15}, "SSL"}}));
    t.ok(lacks("CFTPART ID=a, PRT=(b, c)", {{flaw::unknown_parameter, {1, 15}, "PRT"}}));
    t.ok(lacks("CFTTCP ID=a, RETRY=b", {{flaw::unknown_parameter, {1, 14}, "RETRY"}}));
    t.ok(lacks("CFTPARM ID=a, KEY=b, NET=c, PART=(d,e)", {{flaw::unknown_parameter, {1, 15}, "KEY"}}));
    t.ok(lacks("CFTPART ID=a, NET=b", {{flaw::unknown_parameter, {1, 15}, "NET"}}));
}
PROVE_AND_RUN(unknown_parameters_of_known_commands_are_reported)

// A path as CFTSEND has it is no business of ours, slashes included.
constexpr void other_commands_are_skipped(check& t) {
    t.ok(lacks_nothing("CFTSEND ID=flow, FNAME=/tmp/file, PORT=x CFTNET ID=a CFTLOG CFTACCNT ID=''"));
    t.ok(lacks_nothing("") && lacks_nothing("/* nothing yet */"));
    cft::network n;
    t.ok(!cft::configuration("CFTSEND ID=a").find(n, "a"));
}
PROVE_AND_RUN(other_commands_are_skipped)

constexpr void all_findings_come_at_once_and_in_order(check& t) {
    t.ok(
        lacks("CFTNET CLASS=65, PORT=x, ID=a, ID=b\n"
              "CFTPROT NET=(n, m)\n"
              "CFTPART ID='/9'\n"
              "CFTTCP ID=a, RETRYW='/x3', HOST=''\n",
              {{flaw::bad_number, {1, 14}, "CLASS"},
               {flaw::bad_number, {1, 23}, "PORT"},
               {flaw::repeated_parameter, {1, 32}, "ID"},
               {flaw::too_many_values, {2, 17}, "NET"},
               {flaw::missing_parameter, {2, 1}, "ID"},
               {flaw::bad_escape, {3, 13}, "ID"},
               {flaw::bad_escape, {4, 22}, "RETRYW"},
               {flaw::bad_length, {4, 33}, "HOST"}}));
}
PROVE_AND_RUN(all_findings_come_at_once_and_in_order)

// What the cut-off object seems to lack may stand behind the fault.
constexpr void a_fault_of_the_syntax_ends_the_check(check& t) {
    t.ok(lacks("CFTNET CLASS=65 CFTNET PROTOCOL=SOCKS5, HOST=,", {{flaw::bad_number, {1, 14}, "CLASS"},
                                                                  {flaw::missing_parameter, {1, 1}, "ID"},
                                                                  {flaw::bad_syntax, {1, 46}, {}}}));
    t.ok(lacks("CFTPART ID='a", {{flaw::bad_syntax, {1, 12}, {}}}));
    t.ok(lacks("1", {{flaw::bad_syntax, {1, 1}, {}}}));
}
PROVE_AND_RUN(a_fault_of_the_syntax_ends_the_check)

constexpr bool port_is(bytes text, bytes id, uint16_t port) {
    cft::network n;
    return cft::configuration(text).find(n, id) && n.port.value == port;
}

constexpr bool is_absent(bytes text, bytes id) {
    cft::network n;
    return !cft::configuration(text).find(n, id);
}

constexpr void the_last_object_of_an_id_counts(check& t) {
    constexpr bytes text = "CFTNET ID=a,PORT=1 CFTNET ID=b,PORT=2 cftnet id=a,port=3 CFTPROT ID=a";
    t.ok(port_is(text, "a", 3) && port_is(text, "b", 2) && is_absent(text, "c") && is_absent(text, ""));
    t.ok(lacks_nothing(text));
    t.ok(port_is("CFTNET PORT=5, ID='/x41 B'", "A B", 5) &&
         is_absent("CFTNET ID=A", "a"));  // IDs keep their case
}
PROVE_AND_RUN(the_last_object_of_an_id_counts)

constexpr void deleted_objects_are_not_there(check& t) {
    t.ok(is_absent("CFTNET ID=a CFTNET ID=a,MODE=DELETE", "a"));
    t.ok(is_absent("CFTNET ID=a,MODE=DELETE", "a"));
    t.ok(port_is("CFTNET ID=a CFTNET ID=b,MODE=DELETE", "a", 1080));
    t.ok(port_is("CFTNET ID=a CFTNET ID=a,MODE=DELETE CFTNET ID=a,PORT=7", "a", 7));
}
PROVE_AND_RUN(deleted_objects_are_not_there)

constexpr uint16_t interval_of(bytes text, bytes id, uint16_t net_class) {
    cft::tcp c;
    return cft::configuration(text).find(c, id, net_class) ? c.retryw.value : uint16_t{0};
}

// What one class replaces or deletes leaves the other as it is, in whatever order.
constexpr void a_cfttcp_is_found_by_its_id_and_class(check& t) {
    constexpr bytes text = "CFTTCP ID=a,CLASS=3,RETRYW=7 CFTTCP ID=b,CLASS=3,RETRYW=8 CFTTCP ID=a,RETRYW=9";
    t.ok(interval_of(text, "a", 3) == 7 && interval_of(text, "b", 3) == 8 && interval_of(text, "a", 1) == 9);
    t.ok(interval_of(text, "b", 1) == 0 && interval_of(text, "c", 3) == 0);
    for (const bytes rest :
         {bytes("CFTTCP ID=a,CLASS=1,RETRYW=2 CFTTCP ID=a,CLASS=2 CFTTCP ID=a,CLASS=2,MODE=DELETE"),
          bytes("CFTTCP ID=a,CLASS=2 CFTTCP ID=a,RETRYW=2 CFTTCP ID=a,CLASS=2,MODE=DELETE")}) {
        const auto entered = t.in(rest);
        t.ok(interval_of(rest, "a", 1) == 2 && interval_of(rest, "a", 2) == 0);
    }
}
PROVE_AND_RUN(a_cfttcp_is_found_by_its_id_and_class)

// More objects than a constant evaluation could look for in all that stands before each.
constexpr void a_check_reads_a_text_once(check& t) {
    message<400 * 24> text;
    for (int i = 0; i < 400; ++i) text.put(bytes("CFTNET ID=a,MODE=CREATE "));
    t.ok(lacks_nothing(text.view()));
}
PROVE_AND_RUN(a_check_reads_a_text_once)

constexpr bool active(bytes text, bytes list_name, bytes id) {
    return cft::configuration(text).is_active(list_name, id);
}

constexpr void only_what_cftparm_names_is_active(check& t) {
    constexpr bytes text = "CFTNET ID=n1 CFTPARM ID=x, NET=(n0, 'n/x31'), part=p CFTPART ID=p, NET=n7";
    t.ok(active(text, "NET", "n0") && active(text, "NET", "n1") && !active(text, "NET", "n7"));
    t.ok(active(text, "PART", "p") && !active(text, "PART", "P") && !active(text, "PART", "n0"));
    t.ok(active("CFTNET ID=n1, NET=n2", "NET", "n1") && active("", "PART", "p"));
    t.ok(active("CFTPARM ID=x, NET=n", "PART", "p"));  // no list of partners
    // Whatever their ID and MODE, the lists add up.
    t.ok(active("CFTPARM ID=x,NET=n CFTPARM ID=x,NET=m,NET=l,MODE=DELETE", "NET", "n"));
    t.ok(active("CFTPARM ID=x,NET=n CFTPARM ID=x,NET=m,NET=l,MODE=DELETE", "NET", "m"));
    t.ok(active("CFTPARM ID=x,NET=n CFTPARM ID=x,NET=m,NET=l,MODE=DELETE", "NET", "l"));
    // A value that can not be read is no ID, and the text ends where its syntax does.
    for (const bytes unread :
         {bytes("CFTPARM NET='/9'"), bytes("CFTPARM NET='123456789 123456789 123456789 123'"),
          bytes("CFTPARM NET=(m, =, n)")})
        t.in(unread).ok(!active(unread, "NET", "n"));
    t.ok(active("CFTPARM NET=(m, =, n)", "NET", "m"));
    // An ID has at most 32 bytes, and no other word of the text is one.
    t.ok(active("CFTPARM NET=12345678901234567890123456789012", "NET", "12345678901234567890123456789012"));
    t.ok(
        !active("CFTPARM NET=123456789012345678901234567890123", "NET", "123456789012345678901234567890123"));
    t.ok(!active("CFTPARM NET=n CFTNET ID=n", "NET", "NET") &&
         !active("CFTPARM NET=n CFTNET ID=n", "NET", "CFTNET"));
    t.ok(active("CFTPARM NET=n CFTPARM NET=m", "NET", "n") &&
         active("CFTPARM NET=n CFTPARM NET=m", "NET", "m"));
}
PROVE_AND_RUN(only_what_cftparm_names_is_active)

constexpr void the_names_in_cftparm_are_checked_too(check& t) {
    t.ok(lacks("CFTPARM ID=a, NET=(n, '/9', ''), PART=123456789012345678901234567890123",
               {{flaw::bad_escape, {1, 24}, "NET"},
                {flaw::bad_length, {1, 29}, "NET"},
                {flaw::bad_length, {1, 39}, "PART"}}));
    t.ok(lacks_nothing("CFTPARM ID=a, NET=(n, m, l, k, j), PART=12345678901234567890123456789012"));
}
PROVE_AND_RUN(the_names_in_cftparm_are_checked_too)

}  // namespace
