// Every parameter of every object: its name, its default, its limits.

#include <socks/transfer_cft/objects.hpp>

#include "check.hpp"
#include "text_of.hpp"
#include "transfer_cft_findings.hpp"

namespace {

using ::check;
using namespace socks;
using cft::flaw;

constexpr void a_network_has_the_documents_defaults(check& t) {
    constexpr cft::network n;
    t.ok(n.call.value == cft::call::inout && n.net_class.value == 1 && n.maxcnx.value == 32);
    t.ok(n.buflen.value == 0 && n.protocol.value == cft::proxy_protocol::none && n.port.value == 1080);
    t.ok(n.mode.value == cft::mode::replace && n.origin.value == cft::origin::none);
    t.ok(n.id.value.empty() && n.host.value.empty() && n.inet.value.empty() && n.user.value.empty());
    t.ok(n.password.value.empty() && n.type.value.empty() && n.comment.value.empty() &&
         n.srchost.value.empty());
}
PROVE_AND_RUN(a_network_has_the_documents_defaults)

template <class Object>
constexpr Object read(bytes text) {
    Object o;
    static_cast<void>(cft::configuration(text).find_if(o, [](const Object&) { return true; }));
    return o;
}

constexpr bytes whole_network =
    "CFTNET id = 'N 1', call = out, class = 64, maxcnx = 2000, type = tcp, buflen = 32766, "
    "comment = 'Hello, World',\n"
    "origin = o, protocol = socks5, inet = n0, host = proxy.example.com, port = 65535, user = John, "
    "password = 'f/'o',\n"
    "mode = create, srchost = 192.0.2.9";

constexpr void every_parameter_of_a_network_is_read(check& t) {
    t.ok(lacks_nothing(whole_network));
    const auto n = read<cft::network>(whole_network);
    t.ok(n.id.value.view() == bytes("N 1") && n.call.value == cft::call::out && n.net_class.value == 64);
    t.ok(n.maxcnx.value == 2000 && n.type.value.view() == bytes("tcp") && n.buflen.value == 32766);
    t.ok(n.comment.value.view() == bytes("Hello, World") && n.origin.value == cft::origin::copilot);
    t.ok(n.protocol.value == cft::proxy_protocol::socks5 && n.inet.value.view() == bytes("n0"));
    t.ok(n.host.value.view() == bytes("proxy.example.com") && n.port.value == 65535);
    t.ok(n.user.value.view() == bytes("John") && n.password.value.view() == bytes("f'o"));
    t.ok(n.mode.value == cft::mode::create && n.srchost.value.view() == bytes("192.0.2.9"));
    t.ok(n.position == cft::position{1, 1} && n.id.position == cft::position{1, 13} &&
         n.port.position == cft::position{2, 76});
}
PROVE_AND_RUN(every_parameter_of_a_network_is_read)

constexpr void numbers_of_a_network_have_limits(check& t) {
    t.ok(lacks_nothing("CFTNET ID=a, CLASS=0, MAXCNX=1, BUFLEN=0, PORT=1"));
    t.ok(lacks_nothing("CFTNET ID=a, BUFLEN=32"));
    t.ok(lacks("CFTNET ID=a,CLASS=65", {{flaw::bad_number, {1, 19}, "CLASS"}}));
    t.ok(lacks("CFTNET ID=a,MAXCNX=0", {{flaw::bad_number, {1, 20}, "MAXCNX"}}));
    t.ok(lacks("CFTNET ID=a,MAXCNX=2001", {{flaw::bad_number, {1, 20}, "MAXCNX"}}));
    t.ok(lacks("CFTNET ID=a,PORT=0", {{flaw::bad_number, {1, 18}, "PORT"}}));
    t.ok(lacks("CFTNET ID=a,PORT=65536", {{flaw::bad_number, {1, 18}, "PORT"}}));
    t.ok(lacks("CFTNET ID=a,BUFLEN=1", {{flaw::bad_number, {1, 20}, "BUFLEN"}}));
    t.ok(lacks("CFTNET ID=a,BUFLEN=31", {{flaw::bad_number, {1, 20}, "BUFLEN"}}));
    t.ok(lacks("CFTNET ID=a,BUFLEN=32767", {{flaw::bad_number, {1, 20}, "BUFLEN"}}));
    cft::finding room[1];
    cft::findings found(room);
    t.ok(cft::validate(cft::configuration("CFTNET ID=a,BUFLEN=31"), found));
    t.ok(found[0].least == 32 && found[0].most == 32766);
}
PROVE_AND_RUN(numbers_of_a_network_have_limits)

// "<before>", `n` letters, "<after>" as a configuration.
template <size_t N>
constexpr bool text_fits(bytes before, bytes after) {
    char room[256] = {};
    const auto faults = [&](size_t n) {
        size_t size = 0;
        for (size_t i = 0; i < before.size(); ++i) room[size++] = before.data()[i];
        for (size_t i = 0; i < n; ++i) room[size++] = 'x';
        for (size_t i = 0; i < after.size(); ++i) room[size++] = after.data()[i];
        cft::finding list[2];
        cft::findings found(list);
        cft::validate(cft::configuration(bytes(room, size)), found);
        return found.total() == 1 && found[0].what == flaw::bad_length && found[0].most == N
                   ? size_t{1}
                   : found.total() * 2;
    };
    return faults(N) == 0 && faults(N + 1) == 1 && faults(N + 7) == 1;
}

constexpr void texts_of_a_network_have_limits(check& t) {
    t.ok(text_fits<32>("CFTNET ID=", ""));
    t.ok(text_fits<80>("CFTNET ID=a,COMMENT=", ""));
    t.ok(text_fits<32>("CFTNET ID=a,INET=", ""));
    t.ok(text_fits<64>("CFTNET ID=a,HOST=", ""));
    t.ok(text_fits<32>("CFTNET ID=a,USER=", ""));
    t.ok(text_fits<32>("CFTNET ID=a,PASSWORD='", "'"));
    t.ok(text_fits<64>("CFTNET ID=a,SRCHOST=", ""));
    t.ok(lacks("CFTNET ID=''", {{flaw::bad_length, {1, 11}, "ID"}}));
    t.ok(lacks_nothing("CFTNET ID=a, USER='', PASSWORD='', COMMENT='', INET='', HOST='', SRCHOST=''"));
}
PROVE_AND_RUN(texts_of_a_network_have_limits)

// The detail of the only finding.
constexpr bytes detail_of(bytes text) {
    cft::finding room[1];
    cft::findings found(room);
    cft::validate(cft::configuration(text), found);
    if (found.total() != 1) return "not one finding";
    return room[0].detail != nullptr ? text_of(room[0].detail) : bytes();
}

constexpr void choices_of_a_network_are_listed(check& t) {
    t.ok(lacks("CFTNET ID=a,CALL=BOTH", {{flaw::bad_choice, {1, 18}, "CALL"}}));
    t.ok(lacks("CFTNET ID=a,TYPE=LU62", {{flaw::bad_choice, {1, 18}, "TYPE"}}));
    t.ok(detail_of("CFTNET ID=a,TYPE=LU62") == "TCP");
    t.ok(lacks("CFTNET ID=a,ORIGIN=ME", {{flaw::bad_choice, {1, 20}, "ORIGIN"}}));
    t.ok(lacks("CFTNET ID=a,PROTOCOL=HTTP", {{flaw::bad_choice, {1, 22}, "PROTOCOL"}}));
    t.ok(lacks("CFTNET ID=a,MODE=ADD", {{flaw::bad_choice, {1, 18}, "MODE"}}));
    t.ok(lacks_nothing("CFTNET ID=a,PROTOCOL=' '"));
    // A value that is at fault is told once.
    t.ok(lacks("CFTNET ID=a,TYPE=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", {{flaw::bad_length, {1, 18}, "TYPE"}}));
    t.ok(lacks("CFTNET ID=a,TYPE=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", {{flaw::bad_choice, {1, 18}, "TYPE"}}));
    t.ok(lacks("CFTNET ID=a,TYPE=/9", {{flaw::bad_escape, {1, 18}, "TYPE"}}));
}
PROVE_AND_RUN(choices_of_a_network_are_listed)

constexpr void a_proxy_needs_its_address_and_the_network_before_it(check& t) {
    t.ok(lacks("CFTNET ID=a,PROTOCOL=SOCKS4",
               {{flaw::missing_parameter, {1, 1}, "INET"}, {flaw::missing_parameter, {1, 1}, "HOST"}}));
    t.ok(lacks("CFTNET ID=a,PROTOCOL=SOCKS4,INET='',HOST=''",
               {{flaw::missing_parameter, {1, 1}, "INET"}, {flaw::missing_parameter, {1, 1}, "HOST"}}));
    t.ok(lacks("CFTNET ID=a,PROTOCOL=SOCKS4,INET=/9,HOST=/9",
               {{flaw::bad_escape, {1, 34}, "INET"}, {flaw::bad_escape, {1, 42}, "HOST"}}));
    t.ok(lacks_nothing("CFTNET ID=a,PROTOCOL=SOCKS4,INET=b,HOST=c"));
    t.ok(lacks_nothing("CFTNET ID=a,PROTOCOL=SOCKS4,INET=b,HOST='[::1]',USER=u"));
    t.ok(lacks("CFTNET ID=a,PROTOCOL=SOCKS4,INET=b,HOST='c:1080'", {{flaw::bad_host, {1, 41}, "HOST"}}));
    t.ok(lacks("CFTNET ID=a,PROTOCOL=SOCKS4,INET=b,HOST='c d'", {{flaw::bad_host, {1, 41}, "HOST"}}));
    t.ok(detail_of("CFTNET ID=a,PROTOCOL=SOCKS4,INET=b,HOST='c:1080'").empty());
    t.ok(detail_of("CFTNET ID=a,PROTOCOL=SOCKS4,INET=b,HOST='c d'") ==
         "host name with a control byte, a space or non-ASCII (write A-labels)");
    t.ok(lacks_nothing("CFTNET ID=a,HOST='c:1080'"));  // not the address of a proxy
}
PROVE_AND_RUN(a_proxy_needs_its_address_and_the_network_before_it)

constexpr void credentials_that_do_not_suit_the_version_are_warned_of(check& t) {
    t.ok(lacks("CFTNET ID=a,PROTOCOL=SOCKS4,INET=b,HOST=c,PASSWORD=d",
               {{flaw::password_not_sent, {1, 52}, "PASSWORD"}}));
    t.ok(lacks("\nCFTNET ID=a,PROTOCOL=SOCKS5,INET=b,HOST=c,USER=d",
               {{flaw::incomplete_credentials, {2, 1}, "PASSWORD"}}));
    t.ok(lacks("CFTNET ID=a,PROTOCOL=SOCKS5,INET=b,HOST=c",
               {{flaw::incomplete_credentials, {1, 1}, "USER"},
                {flaw::incomplete_credentials, {1, 1}, "PASSWORD"}}));
}
PROVE_AND_RUN(credentials_that_do_not_suit_the_version_are_warned_of)

constexpr void protocols_and_partners_are_read(check& t) {
    const auto p = read<cft::protocol>("CFTPROT ID=p, NET='n 1', TYPE=PESIT, MODE=replace");
    t.ok(p.id.value.view() == bytes("p") && p.net.value.view() == bytes("n 1") &&
         p.type.value.view() == bytes("PESIT"));
    constexpr bytes text = "CFTPART ID=a, PROT=(p1, p2, p3, p4), SAP=('1761', pesit, 1762, 1763)";
    t.ok(lacks_nothing(text));
    const auto q = read<cft::partner>(text);
    t.ok(q.prot.size == 4 && q.sap.size == 4 && q.prot.items[3].value.view() == bytes("p4"));
    t.ok(q.prot.items[1].position == cft::position{1, 25} && q.sap.items[1].value.view() == bytes("pesit"));
    t.ok(lacks("CFTPART ID=a,PROT=(a,b,c,d,e,f)", {{flaw::too_many_values, {1, 28}, "PROT"}}));
    t.ok(lacks("CFTPART ID=a,SAP=(a,b,c,d,e)", {{flaw::too_many_values, {1, 27}, "SAP"}}));
    t.ok(lacks("CFTPART ID=(a,b)", {{flaw::too_many_values, {1, 15}, "ID"}}));
    t.ok(text_fits<32>("CFTPART ID=a,PROT=(", ")") && text_fits<64>("CFTPART ID=a,SAP=", ""));
    t.ok(text_fits<32>("CFTPROT ID=a,NET=", ""));
}
PROVE_AND_RUN(protocols_and_partners_are_read)

constexpr void every_object_has_an_id_and_a_mode(check& t) {
    t.ok(text_fits<32>("CFTPROT ID=", "") && text_fits<32>("CFTPART ID=", "") &&
         text_fits<32>("CFTTCP ID=", "") && text_fits<32>("CFTPARM ID=", "") &&
         text_fits<32>("CFTPROT ID=a,TYPE=", ""));
    t.ok(lacks("CFTPROT ID=''", {{flaw::bad_length, {1, 12}, "ID"}}));
    t.ok(lacks("CFTPART ID=''", {{flaw::bad_length, {1, 12}, "ID"}}));
    t.ok(lacks("CFTTCP ID=''", {{flaw::bad_length, {1, 11}, "ID"}}));
    t.ok(lacks("CFTPARM ID=''", {{flaw::bad_length, {1, 12}, "ID"}}));
    t.ok(lacks("CFTPROT ID=a,MODE=ADD", {{flaw::bad_choice, {1, 19}, "MODE"}}));
    t.ok(lacks("CFTPART ID=a,MODE=ADD", {{flaw::bad_choice, {1, 19}, "MODE"}}));
    t.ok(lacks("CFTTCP ID=a,MODE=ADD", {{flaw::bad_choice, {1, 18}, "MODE"}}));
    t.ok(lacks("CFTPARM ID=a,MODE=ADD", {{flaw::bad_choice, {1, 19}, "MODE"}}));
    t.ok(lacks("CFTPARM ID=a,NET='',PART=''",
               {{flaw::bad_length, {1, 18}, "NET"}, {flaw::bad_length, {1, 26}, "PART"}}));
}
PROVE_AND_RUN(every_object_has_an_id_and_a_mode)

constexpr void a_cfttcp_has_hosts_and_a_schedule(check& t) {
    t.ok(cft::tcp{}.schedule() == retry_schedule{1, 4, 12} && cft::tcp{}.net_class.value == 1);
    constexpr bytes text =
        "CFTTCP ID=a, HOST=(h1, h2, h3, h4), CLASS=2, "
        "RETRYW=5, RETRYN=0, RETRYM=32767, CNXIN=3, CNXOUT=4, CNXINOUT=6";
    t.ok(lacks_nothing(text));
    const auto c = read<cft::tcp>(text);
    t.ok(c.schedule() == retry_schedule{5, 0, 32767} && c.net_class.value == 2 && c.host.size == 4);
    t.ok(c.cnxin.value == 3 && c.cnxout.value == 4 && c.cnxinout.value == 6);
    t.ok(lacks("CFTTCP ID=a,RETRYW=32768", {{flaw::bad_number, {1, 20}, "RETRYW"}}));
    t.ok(lacks("CFTTCP ID=a,RETRYN=-1", {{flaw::bad_number, {1, 20}, "RETRYN"}}));
    t.ok(lacks("CFTTCP ID=a,RETRYM=99999", {{flaw::bad_number, {1, 20}, "RETRYM"}}));
    t.ok(lacks("CFTTCP ID=a,CLASS=65", {{flaw::bad_number, {1, 19}, "CLASS"}}));
    t.ok(lacks("CFTTCP ID=a,HOST=(a,b,c,d,e)", {{flaw::too_many_values, {1, 27}, "HOST"}}));
    t.ok(lacks_nothing("CFTTCP ID=a,CLASS=0,RETRYW=0,RETRYM=0,CNXIN=0,CNXOUT=0,CNXINOUT=0"));
    t.ok(lacks_nothing("CFTTCP ID=a,RETRYW=32767,RETRYN=32767,CNXIN=32767,CNXOUT=32767,CNXINOUT=32767"));
    t.ok(lacks("CFTTCP ID=a,CNXIN=32768", {{flaw::bad_number, {1, 19}, "CNXIN"}}));
    t.ok(lacks("CFTTCP ID=a,CNXOUT=32768", {{flaw::bad_number, {1, 20}, "CNXOUT"}}));
    t.ok(lacks("CFTTCP ID=a,CNXINOUT=32768", {{flaw::bad_number, {1, 22}, "CNXINOUT"}}));
    t.ok(text_fits<64>("CFTTCP ID=a,HOST=", ""));
}
PROVE_AND_RUN(a_cfttcp_has_hosts_and_a_schedule)

}  // namespace
