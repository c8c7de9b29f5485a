// Rows without a message: the translation of a reply code, its disposition, and the texts that name a proxy.
// They have no floor, which would be a table or a second parser.

#include <socks/transfer_cft/resolve.hpp>

#include "bench.hpp"

namespace bench {
namespace {

using socks::bytes;

outcome translate(const sample& s) {
    const auto raw = static_cast<uint8_t>(s.in[0]);
    return {0, translate(socks::reply_code{socks::version::v5, raw}, socks::version::v4).value};
}

outcome refusal(const sample& s) {
    return {0, static_cast<size_t>(code_for(static_cast<socks::dial_error>(s.in[0])))};
}

outcome dispose(const sample& s) {
    const socks::outcome o(socks::reply_code{socks::version::v5, static_cast<uint8_t>(s.in[0])});
    return {0, static_cast<size_t>(decide(o, socks::conservative_dispositions))};
}

outcome parse_uri(const sample& s) {
    const auto uri = socks::parse_proxy_uri(bytes{s.in, s.size}, {s.out, 1024});
    if (!uri) return {};
    return {0, mix(uri->proxy.host.name().size(), uri->proxy.port)};
}

outcome parse_cftutil(const sample& s) {
    using next = socks::cft::parser::next;
    socks::cft::parser in(bytes{s.in, s.size});
    size_t events = 0;
    size_t size = 0;
    for (;;) {
        const auto e = in.step();
        switch (e.next) {
            case next::command:
            case next::parameter:
            case next::value:
                ++events;
                size += e.text.size();
                break;
            case next::end: return {0, mix(events, size)};
            case next::fail: return {};
        }
    }
}

}  // namespace

void add_mappings(std::vector<row>& rows) {
    using namespace socks;
    const auto add = [&](const char* name, operation ours, const std::string& in, size_t digest) {
        rows.push_back({name, "ours, complete", ours, in, 0, nullptr, {}, digest});
    };
    add("reply code, SOCKS5 to SOCKS4", translate, "\x05", 91);
    add("reply code of a failed dial", refusal, "\x03",
        static_cast<size_t>(code_for(static_cast<dial_error>(3))));
    add("disposition of a reply code", dispose, "\x05",
        static_cast<size_t>(decide(code5::connection_refused, conservative_dispositions)));
    add("URI of a proxy, 42 bytes", parse_uri, "socks5h://john:foo@files.example.com:1080/", mix(17, 1080));
    add("CFTUTIL, 98 bytes", parse_cftutil,
        "CFTNET ID = 'NET0', CALL = OUT, HOST = 'proxy.example.com', PROTOCOL = SOCKS, /* x */ MODE=REPLACE",
        mix(11, 64));
}

}  // namespace bench
