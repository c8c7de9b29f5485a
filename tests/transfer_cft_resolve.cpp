// From the ID of a partner to the requests for its proxy, and the errors that prevent them.

#include <socks/transfer_cft/resolve.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"
#include "sweep.hpp"
#include "transfer_cft_example.hpp"
#include "transfer_cft_findings.hpp"

namespace {

using ::check;
using namespace socks;
using cft::flaw;

template <size_t N>
constexpr bool stands_in_the_way(bytes text, bytes id, const lack (&wanted)[N]) {
    cft::finding room[N + 1];
    cft::findings found(room);
    cft::targets targets;
    return cft::resolve(text, id, targets, found) == found.usable() && found_are(found, wanted);
}

constexpr bool resolves(bytes text, bytes id, cft::targets& targets) {
    cft::findings found;
    return cft::resolve(text, id, targets, found) && found.total() == 0;
}

// "PORT is not a number, the CFTPART names no PROT, and no CFTTCP has its ID."
constexpr void the_documents_example_lacks_exactly_three_things(check& t) {
    t.ok(stands_in_the_way(documented_example, "PARIS_NSOCKS5",
                           {{flaw::bad_number, {13, 8}, "PORT"},
                            {flaw::missing_parameter, {20, 1}, "PROT"},
                            {flaw::no_such_object, {20, 14}, "CFTTCP"}}));
}
PROVE_AND_RUN(the_documents_example_lacks_exactly_three_things)

// The same with the three put right, and what it leaves open: the address and the port of the partner.
constexpr bytes corrected_example =
    "CFTNET ID = 'NET0', TYPE = 'TCP', CALL = 'INOUT', MAXCNX = '128', CLASS = '1', HOST = 'localhost'\n"
    "CFTNET ID = 'NSOCKS5', TYPE = 'TCP', CALL = 'INOUT', MAXCNX = '32', CLASS = '2', HOST = proxy_address,\n"
    "PORT = 1081, INET = 'NET0', PROTOCOL = 'SOCKS5', USER = 'john', PASSWORD = 'foo'\n"
    "CFTPROT ID = 'PESITANY_SOCKS5', NET = 'NSOCKS5'\n"
    "CFTPART ID = 'PARIS_NSOCKS5', PROT = 'PESITANY_SOCKS5', SAP = '1761'\n"
    "CFTTCP ID = 'PARIS_NSOCKS5', CLASS = '2', HOST = 'paris.example.com'\n";

constexpr void the_corrected_example_leads_through_its_proxy(check& t) {
    cft::targets targets;
    t.ok(resolves(corrected_example, "PARIS_NSOCKS5", targets));
    t.ok(targets.hosts() == 1 && targets.protocols() == 1 && targets.schedule() == retry_schedule{1, 4, 12});
    const cft::attempt a = targets.attempt_for({0, 0});
    t.ok(a.proxy == endpoint{"proxy_address", 1081} && a.maxcnx == 32 && a.service.empty());
    t.ok(a.request.version == version::v5 && a.request.command == command::connect);
    t.ok(a.request.to == endpoint{"paris.example.com", 1761});
    t.ok(a.request.credentials.given && a.request.credentials.user == bytes("john") &&
         a.request.credentials.password == bytes("foo"));
    t.ok(a.request.offer().as_bytes() == "02"_bytes);  // username/password only
    // A copy holds its own texts.
    const cft::targets copy = targets;
    targets = {};
    t.ok(copy.attempt_for({0, 0}).request.to == endpoint{"paris.example.com", 1761});
}
PROVE_AND_RUN(the_corrected_example_leads_through_its_proxy)

constexpr bytes socks4_example =
    "CFTNET ID=n0 CFTNET ID=n4, CLASS=3, INET=n0, PROTOCOL=SOCKS4, HOST='192.0.2.8', USER='Jo/x68n', "
    "MAXCNX=2000\n"
    "CFTPROT ID=p4, NET=n4 CFTPART ID=lyon, PROT=p4, SAP=4711\n"
    "CFTTCP ID=lyon, CLASS=3, HOST=(192.0.2.7, lyon.example.com), RETRYW=2, RETRYN=1, RETRYM=7";

constexpr void socks4_sends_the_user_and_names_by_its_extension(check& t) {
    cft::targets targets;
    t.ok(resolves(socks4_example, "lyon", targets) && targets.hosts() == 2);
    t.ok(targets.schedule() == retry_schedule{2, 1, 7});
    const cft::attempt by_address = targets.attempt_for({0, 0});
    t.ok(by_address.proxy == endpoint{ipv4{192, 0, 2, 8}, 1080} && by_address.maxcnx == 2000);
    t.ok(by_address.request.version == version::v4 &&
         by_address.request.to == endpoint{ipv4{192, 0, 2, 7}, 4711});
    t.ok(by_address.request.credentials.user == bytes("John") &&
         by_address.request.credentials.password.empty());
    const cft::attempt by_name = targets.attempt_for({1, 0});
    t.ok(by_name.request.version == version::v4a && by_name.request.to == endpoint{"lyon.example.com", 4711});
}
PROVE_AND_RUN(socks4_sends_the_user_and_names_by_its_extension)

// Whatever is resolved goes out as the documents' bytes.
constexpr void a_resolved_request_is_sent_as_the_documents_say(check& t) {
    cft::targets targets;
    char out[client::max_output] = {};
    t.ok(resolves(socks4_example, "lyon", targets));
    client four;
    t.ok(four.step(targets.attempt_for({0, 0}).request, {}, out).data() ==
         "04 01 1267 c0000207 'John' 00"_bytes);
    client four_a;
    t.ok(four_a.step(targets.attempt_for({1, 0}).request, {}, out).data() ==
         "04 01 1267 00000001 'John' 00 'lyon.example.com' 00"_bytes);
    t.ok(resolves(corrected_example, "PARIS_NSOCKS5", targets));
    const cft::attempt a = targets.attempt_for({0, 0});
    client five;
    t.ok(five.step(a.request, {}, out).data() == "05 01 02"_bytes);
    t.ok(five.step(a.request, "05 02"_bytes, out).data() == "01 04 'john' 03 'foo'"_bytes);
    t.ok(five.step(a.request, "01 00"_bytes, out).data() == "05 01 00 03 11 'paris.example.com' 06e1"_bytes);
}
PROVE_AND_RUN(a_resolved_request_is_sent_as_the_documents_say)

constexpr void several_hosts_and_protocols_take_turns(check& t) {
    constexpr bytes text =
        "CFTNET ID=n0 CFTNET ID=n1, CLASS=2, INET=n0, PROTOCOL=SOCKS5, HOST=proxy1, USER=a, PASSWORD=b\n"
        "CFTNET ID=n2, CLASS=2, INET=n0, PROTOCOL=SOCKS4, HOST=proxy2, PORT=1082, MAXCNX=5\n"
        "CFTPROT ID=PROT1, NET=n1 CFTPROT ID=PROT2, NET=n2\n"
        "CFTPART ID=x, PROT=(PROT1, PROT2), SAP=(1761, odette)\n"
        "CFTTCP ID=x, CLASS=2, HOST=(ip1, ip2), RETRYN=1";
    cft::targets targets;
    t.ok(resolves(text, "x", targets) && targets.hosts() == 2 && targets.protocols() == 2);
    constexpr bytes hosts[] = {"ip1", "ip1", "ip2", "ip2", "ip1", "ip1", "ip2", "ip2"};
    for (uint32_t failed = 0; failed < 8; ++failed) {
        const auto entered = t.in(size_t{failed});
        const cft::attempt a =
            targets.attempt_for(target_of(targets.schedule(), failed, targets.hosts(), targets.protocols()));
        const bool second = failed >= 4;
        t.ok(a.request.to.host == host(hosts[failed]) && a.request.to.port == (second ? 0 : 1761));
        t.ok(a.proxy == (second ? endpoint{"proxy2", 1082} : endpoint{"proxy1", 1080}));
        t.ok(a.service == (second ? bytes("odette") : bytes()) && a.maxcnx == (second ? 5 : 32));
        t.ok(a.request.version == (second ? version::v4a : version::v5));
    }
}
PROVE_AND_RUN(several_hosts_and_protocols_take_turns)

// Lines 1 to 5, with some of them replaced. The usual ones have names, because clang 14 takes a literal that
// initialises a member for a call at run time.
constexpr bytes usual_first_net = "CFTNET ID=n0";
constexpr bytes usual_net = "CFTNET ID=n, CLASS=2, INET=n0, PROTOCOL=SOCKS5, HOST=h, USER=u, PASSWORD=p";
constexpr bytes usual_prot = "CFTPROT ID=pr, NET=n";
constexpr bytes usual_part = "CFTPART ID=x, PROT=pr, SAP=1";
constexpr bytes usual_tcp = "CFTTCP ID=x, CLASS=2, HOST=h";

struct five_lines {
    bytes first_net = usual_first_net;
    bytes net = usual_net;
    bytes prot = usual_prot;
    bytes part = usual_part;
    bytes tcp = usual_tcp;
};

template <size_t N>
constexpr bool with(const five_lines& lines, const lack (&wanted)[N]) {
    message<512> text;
    for (const bytes line : {lines.first_net, lines.net, lines.prot, lines.part, lines.tcp})
        text.put(line).put(uint8_t{'\n'});
    return stands_in_the_way(text.view(), "x", wanted);
}

constexpr void every_missing_link_is_told_where_its_name_stands(check& t) {
    t.ok(with({.first_net = "CFTNET ID=m"}, {{flaw::no_such_object, {2, 28}, "CFTNET"}}));
    t.ok(with({.net = "CFTNET ID=m"}, {{flaw::no_such_object, {3, 20}, "CFTNET"}}));
    t.ok(with({.prot = "CFTPROT ID=PR, NET=n"}, {{flaw::no_such_object, {4, 20}, "CFTPROT"}}));
    t.ok(with({.prot = "CFTPROT ID=pr"}, {{flaw::missing_parameter, {3, 1}, "NET"}}));
    t.ok(with({.part = "CFTPART ID=y, PROT=pr, SAP=1"}, {{flaw::no_such_object, {}, "CFTPART"}}));
    t.ok(with({.part = "CFTPART ID=x"}, {{flaw::missing_parameter, {4, 1}, "PROT"}}));
    t.ok(with({.part = "CFTPART ID=x, SAP=1"}, {{flaw::missing_parameter, {4, 1}, "PROT"}}));
    t.ok(with({.part = "CFTPART ID=x, PROT=pr"}, {{flaw::missing_parameter, {4, 1}, "SAP"}}));
    t.ok(with({.tcp = "CFTTCP ID=X, CLASS=2, HOST=h"}, {{flaw::no_such_object, {4, 12}, "CFTTCP"}}));
    t.ok(with({.tcp = "CFTTCP ID=x, CLASS=2"}, {{flaw::missing_parameter, {5, 1}, "HOST"}}));
    t.ok(with({.prot = "CFTPROT ID=q, NET=n", .tcp = "CFTTCP ID=y"},
              {{flaw::no_such_object, {4, 20}, "CFTPROT"}, {flaw::no_such_object, {4, 12}, "CFTTCP"}}));
}
PROVE_AND_RUN(every_missing_link_is_told_where_its_name_stands)

constexpr void links_that_lead_nowhere_are_told(check& t) {
    t.ok(with({.net = "CFTNET ID=n, CLASS=2"}, {{flaw::no_proxy, {2, 1}, "CFTNET"}}));
    t.ok(with({.net = "CFTNET ID=n, CLASS=2, PROTOCOL=' '"}, {{flaw::no_proxy, {2, 1}, "CFTNET"}}));
    t.ok(with({.net = "CFTNET ID=n, CLASS=2, CALL=IN, INET=n0, PROTOCOL=SOCKS4, HOST=h"},
              {{flaw::incoming_only, {2, 28}, "CALL"}}));
    t.ok(with({.first_net = "CFTNET ID=n0, INET=n, PROTOCOL=SOCKS4, HOST=h"},
              {{flaw::proxy_behind_proxy, {2, 28}, "INET"}}));
    t.ok(with({.net = "CFTNET ID=n, CLASS=2, INET=n, PROTOCOL=SOCKS4, HOST=h"},
              {{flaw::proxy_behind_proxy, {2, 28}, "INET"}}));
    t.ok(with({.tcp = "CFTTCP ID=x, CLASS=3, HOST=h"}, {{flaw::other_class, {5, 20}, "CLASS"}}));
    t.ok(with({.tcp = "CFTTCP ID=x, HOST=h"}, {{flaw::other_class, {5, 1}, "CLASS"}}));
    t.ok(with({.tcp = "CFTTCP ID=x, CLASS=0, HOST=h"}, {{flaw::other_class, {5, 20}, "CLASS"}}));
    t.ok(with({.tcp = "CFTTCP ID=x, CLASS=64, HOST=h"}, {{flaw::other_class, {5, 20}, "CLASS"}}));
}
PROVE_AND_RUN(links_that_lead_nowhere_are_told)

// The places are those of the IDs; what is of another key, was deleted, or is in nobody's way is no obstacle.
constexpr void what_is_to_be_created_is_not_there_yet(check& t) {
    cft::targets targets;
    t.ok(
        resolves("CFTNET ID=n0,MODE=CREATE CFTNET ID=n,INET=n0,PROTOCOL=SOCKS4,HOST=h CFTPROT ID=n,NET=n "
                 "CFTPROT ID=n,NET=n,MODE=DELETE CFTPROT ID=n,NET=n,MODE=CREATE CFTPART ID=n,PROT=n,SAP=1 "
                 "CFTTCP ID=n,CLASS=2 CFTTCP ID=n,HOST=h,MODE=CREATE CFTNET ID=m CFTNET ID=m,MODE=CREATE",
                 "n", targets));
    t.ok(with({.first_net = "CFTNET ID=n0 CFTNET ID=n0,MODE=CREATE CFTNET ID=n0"},
              {{flaw::already_exists, {1, 24}, "CFTNET"}}));
    t.ok(with({.prot = "CFTPROT ID=pr CFTPROT ID=pr,MODE=CREATE,NET=n"},
              {{flaw::already_exists, {3, 26}, "CFTPROT"}}));
    t.ok(with({.part = "CFTPART ID=x CFTPART ID=x,MODE=CREATE,PROT=(pr,pr),SAP=(1,2)"},
              {{flaw::already_exists, {4, 25}, "CFTPART"}}));
    t.ok(with({.tcp = "CFTTCP ID=x,CLASS=2 CFTTCP ID=x,CLASS=2,HOST=h,MODE=CREATE"},
              {{flaw::already_exists, {5, 31}, "CFTTCP"}}));
    t.ok(with({.prot = "CFTPROT ID=pr,NET=n CFTPROT ID=pr,MODE=CREATE CFTPROT ID=pr,MODE=DELETE"},
              {{flaw::already_exists, {3, 32}, "CFTPROT"}, {flaw::no_such_object, {4, 20}, "CFTPROT"}}));
}
PROVE_AND_RUN(what_is_to_be_created_is_not_there_yet)

// What an object lacks by itself, or a value that is at fault, is told once, and does not look like a missing
// link too.
constexpr void a_fault_is_told_once(check& t) {
    t.ok(with({.net = "CFTNET ID=n, CLASS=2, PROTOCOL=SOCKS4, HOST=h"},
              {{flaw::missing_parameter, {2, 1}, "INET"}}));
    // Without the network that reaches the proxy, everything else is still checked.
    t.ok(with({.net = "CFTNET ID=n, CLASS=2, PROTOCOL=SOCKS4, HOST=h", .tcp = "CFTTCP ID=x, CLASS=3, HOST=h"},
              {{flaw::missing_parameter, {2, 1}, "INET"}, {flaw::other_class, {5, 20}, "CLASS"}}));
    t.ok(with({.net = "CFTNET ID=n, CLASS=2, PROTOCOL=SOCKS4, HOST=h, INET=/9"},
              {{flaw::bad_escape, {2, 53}, "INET"}}));
    t.ok(with({.net = "CFTNET ID=n, CLASS=2, PROTOCOL=SOCKS6"}, {{flaw::bad_choice, {2, 32}, "PROTOCOL"}}));
    t.ok(with({.net = "CFTNET ID=n, CLASS=x, PROTOCOL=SOCKS4, HOST=h, INET=n0"},
              {{flaw::bad_number, {2, 20}, "CLASS"}}));
    t.ok(with({.prot = "CFTPROT ID=pr, NET=/9"}, {{flaw::bad_escape, {3, 20}, "NET"}}));
    t.ok(with({.prot = "CFTPROT ID=pr, NET=''"}, {{flaw::missing_parameter, {3, 1}, "NET"}}));
    t.ok(with({.part = "CFTPART ID=x, PROT='', SAP=1"}, {{flaw::bad_length, {4, 20}, "PROT"}}));
    t.ok(with({.part = "CFTPART ID=x, PROT=pr, SAP='/9'"}, {{flaw::bad_escape, {4, 29}, "SAP"}}));
    t.ok(with({.tcp = "CFTTCP ID=x, CLASS=/9, HOST=h"}, {{flaw::bad_escape, {5, 20}, "CLASS"}}));
    t.ok(with({.tcp = "CFTTCP ID=x, CLASS=2, HOST=(h, '')"}, {{flaw::bad_length, {5, 32}, "HOST"}}));
}
PROVE_AND_RUN(a_fault_is_told_once)

// Two protocols by one network, and two networks by one: what is wrong with it is told once.
constexpr void what_two_protocols_share_is_told_once(check& t) {
    constexpr bytes two = "CFTPART ID=x, PROT=(pr, pr), SAP=(1, 2)";
    t.ok(with({.net = "CFTNET ID=n, CLASS=2, CALL=IN, INET=n0, PROTOCOL=SOCKS4, HOST=h", .part = two},
              {{flaw::incoming_only, {2, 28}, "CALL"}}));
    t.ok(with({.net = "CFTNET ID=n, CLASS=2", .part = two}, {{flaw::no_proxy, {2, 1}, "CFTNET"}}));
    t.ok(with({.first_net = "CFTNET ID=m", .part = two}, {{flaw::no_such_object, {2, 28}, "CFTNET"}}));
    t.ok(with({.first_net = "CFTNET ID=m",
               .net = "CFTNET ID=n, CLASS=2, CALL=IN, INET=n0, PROTOCOL=SOCKS4, HOST=h",
               .part = two},
              {{flaw::incoming_only, {2, 28}, "CALL"}, {flaw::no_such_object, {2, 37}, "CFTNET"}}));
    t.ok(with({.prot = "CFTPROT ID=pr", .part = two}, {{flaw::missing_parameter, {3, 1}, "NET"}}));
    t.ok(with({.first_net =
                   "CFTPARM NET=(n, n2) CFTNET ID=n0 CFTNET ID=n2, CLASS=2, INET=n0, PROTOCOL=SOCKS4, HOST=h",
               .prot = "CFTPROT ID=pr, NET=n CFTPROT ID=p2, NET=n2",
               .part = "CFTPART ID=x, PROT=(pr, p2), SAP=(1, 2)"},
              {{flaw::not_active, {1, 31}, "CFTNET"}}));
    // The same fault of two networks is told twice.
    t.ok(with({.first_net = "CFTNET ID=n0 CFTNET ID=n2, CLASS=2, CALL=IN, INET=n0, PROTOCOL=SOCKS4, HOST=h",
               .net = "CFTNET ID=n, CLASS=2, CALL=IN, INET=n0, PROTOCOL=SOCKS4, HOST=h",
               .prot = "CFTPROT ID=pr, NET=n CFTPROT ID=p2, NET=n2",
               .part = "CFTPART ID=x, PROT=(pr, p2), SAP=(1, 2)"},
              {{flaw::incoming_only, {2, 28}, "CALL"}, {flaw::incoming_only, {1, 42}, "CALL"}}));
    // Two faults of one place are two.
    t.ok(with({.first_net = "CFTPARM NET=n CFTNET ID=n0 CFTNET ID=n0,MODE=CREATE"},
              {{flaw::already_exists, {1, 38}, "CFTNET"}, {flaw::not_active, {1, 38}, "CFTNET"}}));
    t.ok(stands_in_the_way("CFTPART SAP=1", "",
                           {{flaw::missing_parameter, {1, 1}, "ID"},
                            {flaw::missing_parameter, {1, 1}, "PROT"},
                            {flaw::no_such_object, {}, "CFTTCP"}}));
}
PROVE_AND_RUN(what_two_protocols_share_is_told_once)

constexpr void every_protocol_goes_by_one_class(check& t) {
    t.ok(with({.first_net = "CFTNET ID=n0 CFTNET ID=n2, CLASS=7, INET=n0, PROTOCOL=SOCKS4, HOST=h",
               .prot = "CFTPROT ID=pr, NET=n CFTPROT ID=p2, NET=n2",
               .part = "CFTPART ID=x, PROT=(pr, p2), SAP=(1, 2)"},
              {{flaw::other_class, {1, 34}, "CLASS"}}));
    t.ok(with({.first_net = "CFTNET ID=n0 CFTNET ID=n2, INET=n0, PROTOCOL=SOCKS4, HOST=h",
               .prot = "CFTPROT ID=pr, NET=n CFTPROT ID=p2, NET=n2",
               .part = "CFTPART ID=x, PROT=(pr, p2), SAP=(1, 2)"},
              {{flaw::other_class, {1, 14}, "CLASS"}}));
}
PROVE_AND_RUN(every_protocol_goes_by_one_class)

constexpr void the_tcp_of_the_network_s_class_is_taken(check& t) {
    message<512> text;
    const five_lines lines;
    for (const bytes line :
         {lines.first_net, lines.net, lines.prot, lines.part, lines.tcp,
          bytes("CFTTCP ID=x, CLASS=1, HOST=other"), bytes("CFTTCP ID=y, CLASS=2, HOST=other")})
        text.put(line).put(uint8_t{'\n'});
    cft::targets targets;
    t.ok(resolves(text.view(), "x", targets) && targets.attempt_for({0, 0}).request.to == endpoint{"h", 1});
    // Another one that came and went leaves it as it is.
    text.put(bytes(" CFTTCP ID=x, CLASS=64 CFTTCP ID=x, CLASS=64, MODE=DELETE"));
    t.ok(resolves(text.view(), "x", targets) && targets.attempt_for({0, 0}).request.to == endpoint{"h", 1});
    text.put(bytes(" CFTTCP ID=x, CLASS=2, MODE=DELETE"));
    t.ok(stands_in_the_way(text.view(), "x", {{flaw::other_class, {6, 20}, "CLASS"}}));
    text.put(bytes(" CFTTCP ID=x, CLASS=1, MODE=DELETE"));
    t.ok(stands_in_the_way(text.view(), "x", {{flaw::no_such_object, {4, 12}, "CFTTCP"}}));
}
PROVE_AND_RUN(the_tcp_of_the_network_s_class_is_taken)

constexpr void what_is_not_active_is_not_used(check& t) {
    t.ok(with({.first_net = "CFTPARM ID=a, NET=n0 CFTNET ID=n0"}, {{flaw::not_active, {2, 11}, "CFTNET"}}));
    t.ok(with({.first_net = "CFTPARM ID=a, NET=n CFTNET ID=n0"}, {{flaw::not_active, {1, 31}, "CFTNET"}}));
    t.ok(with({.first_net = "CFTPARM ID=a, PART=y CFTNET ID=n0"}, {{flaw::not_active, {4, 12}, "CFTPART"}}));
    cft::targets targets;
    message<512> text;
    const five_lines lines{.first_net = "CFTPARM ID=a, NET=(n, n0), PART=x CFTNET ID=n0"};
    for (const bytes line : {lines.first_net, lines.net, lines.prot, lines.part, lines.tcp})
        text.put(line).put(uint8_t{'\n'});
    t.ok(resolves(text.view(), "x", targets));
}
PROVE_AND_RUN(what_is_not_active_is_not_used)

constexpr void each_protocol_has_its_port_or_service(check& t) {
    for (const bytes bad : {bytes("CFTPART ID=x, PROT=pr, SAP=0"), bytes("CFTPART ID=x, PROT=pr, SAP=65536"),
                            bytes("CFTPART ID=x, PROT=pr, SAP=1a"), bytes("CFTPART ID=x, PROT=pr, SAP='1 '"),
                            bytes("CFTPART ID=x, PROT=pr, SAP=http/000x")})
        t.in(bad).ok(with({.part = bad}, {{flaw::bad_service, {4, 28}, "SAP"}}));
    t.ok(with({.part = "CFTPART ID=x, PROT=pr, SAP=''"}, {{flaw::bad_length, {4, 28}, "SAP"}}));
    t.ok(with({.part = "CFTPART ID=x, PROT=(pr,pr), SAP=1"}, {{flaw::bad_service, {4, 24}, "PROT"}}));
    t.ok(with({.part = "CFTPART ID=x, PROT=(pr,pr,pr), SAP=1"},
              {{flaw::bad_service, {4, 24}, "PROT"}, {flaw::bad_service, {4, 27}, "PROT"}}));
    t.ok(with({.part = "CFTPART ID=x, PROT=(pr,pr)"}, {{flaw::missing_parameter, {4, 1}, "SAP"}}));
    t.ok(with({.part = "CFTPART ID=x, PROT=pr, SAP=(1,2)"}, {{flaw::bad_service, {4, 31}, "SAP"}}));
    // One parameter is missing, however many protocols need it, even if no finding can be stored.
    cft::findings counted;
    cft::targets targets;
    t.ok(
        !cft::resolve("CFTNET ID=n0 CFTNET ID=n,INET=n0,PROTOCOL=SOCKS4,HOST=h CFTPROT ID=pr,NET=n "
                      "CFTPART ID=x,PROT=(pr,pr) CFTTCP ID=x,HOST=h",
                      "x", targets, counted));
    t.ok(counted.total() == 1);
}
PROVE_AND_RUN(each_protocol_has_its_port_or_service)

constexpr void what_no_request_can_carry_is_found_before_any_call(check& t) {
    constexpr bytes four = "CFTNET ID=n, CLASS=2, INET=n0, PROTOCOL=SOCKS4, HOST=h";
    t.ok(with({.tcp = "CFTTCP ID=x, CLASS=2, HOST=(h, '::x')"}, {{flaw::bad_host, {5, 32}, "HOST"}}));
    t.ok(with({.tcp = "CFTTCP ID=x, CLASS=2, HOST=(h, 'h i')"}, {{flaw::invalid_request, {5, 32}, "HOST"}}));
    t.ok(with({.net = four, .tcp = "CFTTCP ID=x, CLASS=2, HOST=(h, '::1')"},
              {{flaw::invalid_request, {5, 32}, "HOST"}}));
    t.ok(with({.net = four, .tcp = "CFTTCP ID=x, CLASS=2, HOST=0.0.0.9"},
              {{flaw::invalid_request, {5, 28}, "HOST"}}));
    t.ok(with({.net = "CFTNET ID=n, CLASS=2, INET=n0, PROTOCOL=SOCKS4, HOST=h, USER='a/000b'"},
              {{flaw::invalid_request, {5, 28}, "HOST"}}));
    // One of two protocols cannot carry what the other can.
    for (const bytes part :
         {bytes("CFTPART ID=x, PROT=(pr, p2), SAP=(1, 2)"), bytes("CFTPART ID=x, PROT=(p2, pr), SAP=(1, 2)")})
        t.in(part).ok(
            with({.first_net = "CFTNET ID=n0 CFTNET ID=n2, CLASS=2, INET=n0, PROTOCOL=SOCKS4, HOST=h",
                  .prot = "CFTPROT ID=pr, NET=n CFTPROT ID=p2, NET=n2",
                  .part = part,
                  .tcp = "CFTTCP ID=x, CLASS=2, HOST='::1'"},
                 {{flaw::invalid_request, {5, 28}, "HOST"}}));
    // Once for each host, however many protocols would reach it.
    t.ok(with({.net = four,
               .part = "CFTPART ID=x, PROT=(pr,pr), SAP=(1,2)",
               .tcp = "CFTTCP ID=x, CLASS=2, HOST='::1'"},
              {{flaw::invalid_request, {5, 28}, "HOST"}}));
}
PROVE_AND_RUN(what_no_request_can_carry_is_found_before_any_call)

constexpr void warnings_do_not_stand_in_the_way(check& t) {
    t.ok(with({.net = "CFTNET ID=n, CLASS=2, INET=n0, PROTOCOL=SOCKS5, HOST=h, COLOUR=red"},
              {{flaw::unknown_parameter, {2, 57}, "COLOUR"},
               {flaw::incomplete_credentials, {2, 1}, "USER"},
               {flaw::incomplete_credentials, {2, 1}, "PASSWORD"}}));
}
PROVE_AND_RUN(warnings_do_not_stand_in_the_way)

// What seems to be missing may stand behind the fault: only the fault is told.
constexpr void a_fault_of_the_syntax_is_told_alone(check& t) {
    t.ok(with({.prot = "CFTPROT ID=pr NET=n"}, {{flaw::bad_syntax, {3, 15}, {}}}));
}
PROVE_AND_RUN(a_fault_of_the_syntax_is_told_alone)

// Whatever the text is cut to, or one of its bytes is replaced by, it has its targets or a reason at a place
// of it.
void every_text_has_its_targets_or_a_reason(check& t) {
    char text[1024];
    const size_t size = corrected_example.size();
    for (size_t cut = 0; cut < size; ++cut) {
        for (const bool whole : {false, true}) {
            const auto entered = t.in(size_t{whole});
            for (size_t i = 0; i < size; ++i) text[i] = corrected_example.data()[i];
            text[cut] = whole ? '/' : '\'';
            const exact_copy copy({text, whole ? size : cut + 1});
            cft::finding room[16];
            cft::findings found(room);
            cft::targets targets;
            const bool usable = cft::resolve(copy.view(), "PARIS_NSOCKS5", targets, found);
            t.ok(usable ? targets.hosts() != 0 && targets.protocols() != 0 : found.size() != 0);
            for (const cft::finding& f : found) t.in().ok(f.position.line <= 7);
        }
    }
}
RUN(every_text_has_its_targets_or_a_reason)

}  // namespace
