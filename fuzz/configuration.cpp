// A configuration that is written from known values gives these values, for each host and protocol. One more
// command makes it unusable. fuzz/transfer_cft.cpp reads any text as a configuration.

#include <socks/transfer_cft/resolve.hpp>

#include "fuzz.hpp"

#include <iterator>
#include <vector>

using namespace fuzzing;

namespace {

// A network with its proxy, and the protocol and the service that use it.
struct way {
    bool five;
    std::string host, user, password, service;
    uint16_t port;  // 0: not written
    uint16_t maxcnx;
};

struct values {
    std::vector<way> ways;
    std::vector<std::string> hosts;
    uint16_t net_class, interval, attempts, limit;
};

// Any bytes as a value in apostrophes.
std::string spelled(const std::string& s) {
    std::string made = "'";
    for (const char c : s) {
        char room[8];
        std::snprintf(room, sizeof room, "/x%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
        made += room;
    }
    return made + '\'';
}

values any_values(input& in) {
    values v{{}, {}, static_cast<uint16_t>(in.byte() % 65), in.byte(), in.byte(), in.byte()};
    for (int i = 0, n = 1 + in.byte() % 4; i < n; ++i) {
        const std::string number = std::to_string(i);
        way w{in.byte() % 2 != 0,
              "proxy" + number,
              text(in.take(in.byte() % 33)),
              text(in.take(in.byte() % 33)),
              in.byte() % 2 != 0 ? "service" + number : std::to_string(1 + in.byte()),
              in.byte(),
              static_cast<uint16_t>(1 + in.byte())};
        for (char& c : w.user)
            if (c == '\0') c = '?';  // SOCKS4 cannot carry it
        v.ways.push_back(w);
    }
    for (int i = 0, n = 1 + in.byte() % 4; i < n; ++i)
        v.hosts.push_back(in.byte() % 2 != 0 ? "192.0.2." + std::to_string(i) : "host" + std::to_string(i));
    return v;
}

// The name of each item in a list: (a,b,c).
template <class Item, class Name>
std::string list_of(const std::vector<Item>& items, Name name_of) {
    std::string s;
    for (size_t i = 0; i < items.size(); ++i) s += (i == 0 ? '(' : ',') + name_of(i);
    return s + ')';
}

// Every network of a protocol is defined twice, and what counts is the later one. There are hosts of another
// CLASS too.
std::string configuration_of(const values& v) {
    const auto name = [](const char* what) { return [what](size_t i) { return what + std::to_string(i); }; };
    const std::string net_class = std::to_string(v.net_class);
    std::string s =
        "CFTNET ID=first CFTNET ID=unused,INET=first,HOST=h,PROTOCOL=SOCKS5,CLASS=" + net_class + '\n';
    std::string active = "first";
    for (size_t i = 0; i < v.ways.size(); ++i) {
        const way& w = v.ways[i];
        const std::string id = 'n' + std::to_string(i);
        active += ',' + id;
        s += "CFTNET ID=" + id + ",INET=first,HOST=other,PROTOCOL=SOCKS5,PORT=9,USER=u,PASSWORD=p\n";
        s += "CFTNET ID=" + id + ",INET=first,CLASS=" + net_class + ",HOST=" + w.host +
             ",MAXCNX=" + std::to_string(w.maxcnx) + (w.five ? ",PROTOCOL=SOCKS5" : ",PROTOCOL=SOCKS4") +
             ",USER=" + spelled(w.user) + ",PASSWORD=" + spelled(w.password) +
             (w.port == 0 ? "" : ",PORT=" + std::to_string(w.port)) + '\n';
        s += "CFTPROT ID=p" + std::to_string(i) + ",NET=" + id + '\n';
    }
    const auto service = [&](size_t i) { return v.ways[i].service; };
    const auto host = [&](size_t i) { return v.hosts[i]; };
    s += "CFTPARM NET=(" + active + "),PART=(Q,P)\n";
    s += "CFTPART ID=P,PROT=" + list_of(v.ways, name("p")) + ",SAP=" + list_of(v.ways, service) + '\n';
    s += "CFTTCP ID=P,CLASS=" + net_class + ",HOST=" + list_of(v.hosts, host) +
         ",RETRYW=" + std::to_string(v.interval) + ",RETRYN=" + std::to_string(v.attempts) +
         ",RETRYM=" + std::to_string(v.limit);
    return s + "\nCFTTCP ID=P,CLASS=" + std::to_string((v.net_class + 1) % 65) + ",HOST=other,RETRYM=1\n";
}

void check_target(const socks::cft::attempt& a, const way& w, const std::string& host) {
    const bool is_address = host.front() == '1';
    const bool named = w.service.front() == 's';
    demand(text(a.proxy.host.name()) == w.host && a.proxy.port == (w.port == 0 ? 1080 : w.port));
    demand(a.maxcnx == w.maxcnx && a.request.command == socks::command::connect);
    demand(a.request.version == (w.five       ? socks::version::v5
                                 : is_address ? socks::version::v4
                                              : socks::version::v4a));
    demand(text(a.request.credentials.user) == w.user &&
           text(a.request.credentials.password) == (w.five ? w.password : ""));
    demand(a.request.to.host == socks::host(bytes(host)));
    demand(named ? text(a.service) == w.service
                 : a.service.empty() && std::to_string(a.request.to.port) == w.service);
}

// One more command makes a configuration unusable.
void check_unusable(const std::string& whole, const values& v) {
    using socks::cft::flaw;
    const std::string net_class = std::to_string(v.net_class);
    const std::string proxy = ",INET=first,HOST=h,PROTOCOL=SOCKS5,CLASS=";
    const std::string last_network = "CFTNET ID=n" + std::to_string(v.ways.size() - 1) + proxy;
    const std::string tcp = "CFTTCP ID=P,HOST=h,CLASS=" + net_class;
    const struct {
        std::string command;
        flaw expected;
    } ends[] = {{"CFTPART ID=P,PROT=p0,SAP=1,MODE=DELETE", flaw::no_such_object},
                {last_network + net_class + ",MODE=DELETE", flaw::no_such_object},
                {last_network + std::to_string((v.net_class + 2) % 65), flaw::other_class},
                {tcp + ",MODE=DELETE", flaw::other_class},
                {tcp + ",MODE=CREATE", flaw::already_exists},
                {"CFTPROT ID=p0,NET=unused", flaw::not_active},
                {"CFTNET ID=first,PROTOCOL=SOCKS5,HOST=h,INET=n0", flaw::proxy_behind_proxy}};
    const auto& [command, expected] = ends[v.interval % std::size(ends)];
    const std::string all = whole + command;
    const block text{bytes(all)};
    socks::cft::finding room[16];
    socks::cft::findings found(room);
    socks::cft::targets targets;
    demand(!socks::cft::resolve(text.view(), "P", targets, found));
    bool is_found = false;
    for (const socks::cft::finding& f : found) is_found = is_found || f.what == expected;
    demand(is_found);
}

}  // namespace

void fuzz(input in) {
    const values v = any_values(in);
    const std::string whole = configuration_of(v);
    const block text{bytes(whole)};
    socks::cft::finding room[16];
    socks::cft::findings found(room);
    socks::cft::targets targets;
    demand(socks::cft::resolve(text.view(), "P", targets, found));
    demand(targets.hosts() == v.hosts.size() && targets.protocols() == v.ways.size());
    demand(targets.schedule() ==
           socks::retry_schedule{.interval = v.interval, .attempts = v.attempts, .limit = v.limit});
    for (uint32_t h = 0; h < targets.hosts(); ++h)
        for (uint32_t p = 0; p < targets.protocols(); ++p)
            check_target(targets.attempt_for({h, p}), v.ways[p], v.hosts[h]);
    check_unusable(whole, v);
}
