// The two messages of SOCKS4 and 4a: the decoders keep their invariants for any bytes, the search that is
// resumed byte by byte finds what the search in one go finds, each value encodes to the bytes it came from,
// and the encoders write what is built by hand.

#include "by_hand.hpp"
#include "requests.hpp"

using namespace fuzzing;

namespace {

void request(bytes in) {
    const auto decode = [](bytes b) { return socks::decode_request4(b); };
    const size_t used = decode_checked(in, decode);
    const auto whole = decode(in);
    socks::scan4 scan;
    for (size_t n = 0; n <= in.size(); ++n) {
        const block prefix(in.first(n));
        const auto so_far = scan.resume(prefix.view());
        const auto afresh = decode(prefix.view());
        demand(static_cast<bool>(so_far) == static_cast<bool>(afresh) && so_far.needed() == afresh.needed());
        demand(so_far.error() == afresh.error() && so_far.consumed() == afresh.consumed());
    }
    if (used == 0) return;
    demand(scan.user_size() == whole->user.size());
    const bool marked = in[4] == 0 && in[5] == 0 && in[6] == 0 && in[7] != 0;
    demand((whole->to.host.kind() == socks::host_kind::name) == marked);
    // The marker of a name is written as 0.0.0.1, whatever it was.
    std::string canonical = text(in.first(used));
    if (whole->to.host.kind() == socks::host_kind::name) canonical[7] = 1;
    demand(encode_exactly([&](buffer out) { return socks::encode_request4(*whole, out); }) == canonical);
}

void reply(bytes in, socks::tolerance accept) {
    const auto decode = [&](bytes b) { return socks::decode_reply4(b, accept); };
    const size_t used = decode_checked(in, decode);
    if (used == 0) return;
    const socks::reply4 r = *decode(in);
    demand(r.bound == by_hand::endpoint_of4(in));
    demand(in[0] == 0 || (in[0] == 4 && accept.reply4_version != socks::leeway::strict) ||
           accept.reply4_version == socks::leeway::any);
    std::string canonical = text(in.first(used));
    canonical[0] = 0;
    demand(encode_exactly([&](buffer out) { return socks::encode_reply4(r, out); }) == canonical);
}

// The other way round: whatever can be encoded is decoded as it was.
void there_and_back(input in) {
    const socks::request4 r{static_cast<socks::command>(in.byte()), any_endpoint(in), in.counted()};
    errc refusal = errc::none;
    const std::string made =
        encode_exactly([&](buffer out) { return socks::encode_request4(r, out); }, &refusal);
    demand(made.empty() == (refusal != errc::none) && blame(refusal) != socks::party::peer);
    if (made.empty()) return;
    demand(made == by_hand::request4(static_cast<uint8_t>(r.command), r.to, r.user));
    demand(made.size() == socks::encoded_size(r));
    const auto d = socks::decode_request4(made);
    demand(d && d.consumed() == made.size() && d->command == r.command && d->to.port == r.to.port &&
           d->user == r.user);
    demand(r.to.host.kind() == socks::host_kind::none ? d->to.host == socks::host(socks::ipv4{})
                                                      : d->to.host == r.to.host);
}

}  // namespace

//     which message  tolerance  bytes
void fuzz(input in) {
    const uint8_t which = in.byte() % 3;
    const socks::tolerance accept = any_tolerance(in.byte());
    switch (which) {
        case 0: return request(in.rest());
        case 1: return reply(in.rest(), accept);
        default: return there_and_back(in);
    }
}
