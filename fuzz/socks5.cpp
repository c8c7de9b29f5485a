// The four messages of SOCKS5: the decoders keep their invariants for any bytes, each value that they find
// encodes to the bytes it came from, reserved bytes aside, and the encoders write what is built by hand.

#include "by_hand.hpp"
#include "requests.hpp"

using namespace fuzzing;

namespace {

// The bytes of a message with its reserved byte as it is encoded.
std::string canonical(bytes in, size_t used) {
    std::string s = text(in.first(used));
    s[2] = 0;
    return s;
}

void greeting(bytes in) {
    const auto decode = [](bytes b) { return socks::decode_greeting(b); };
    const size_t used = decode_checked(in, decode);
    if (used == 0) return;
    const socks::greeting g = *decode(in);
    errc refusal = errc::none;
    const std::string made =
        encode_exactly([&](buffer out) { return socks::encode_greeting(g, out); }, &refusal);
    if (g.offers(socks::method::no_acceptable))
        demand(refusal == errc::bad_methods);
    else
        demand(made == text(in.first(used)));
}

void choice(bytes in) {
    const auto decode = [](bytes b) { return socks::decode_method_selection(b); };
    const size_t used = decode_checked(in, decode);
    if (used == 0) return;
    const socks::method m = *decode(in);
    demand(encode_exactly([&](buffer out) { return socks::encode_method_selection(m, out); }) ==
           text(in.first(used)));
}

void request(bytes in, socks::tolerance accept) {
    const auto decode = [&](bytes b) { return socks::decode_request5(b, accept); };
    const size_t used = decode_checked(in, decode);
    if (used == 0) return;
    const socks::request5 r = *decode(in);
    demand(accept.reserved || in[2] == 0);
    demand(r.to == by_hand::endpoint_of5(in) && !r.to.host.name().contains('\0'));
    demand(encode_exactly([&](buffer out) { return socks::encode_request5(r, out); }) == canonical(in, used));
}

void reply(bytes in, socks::tolerance accept) {
    const auto decode = [&](bytes b) { return socks::decode_reply5(b, accept); };
    const size_t used = decode_checked(in, decode);
    if (used == 0) return;
    const socks::reply5 r = *decode(in);
    demand(accept.reserved || in[2] == 0);
    demand(r.bound == by_hand::endpoint_of5(in) && !r.bound.host.name().contains('\0'));
    if (r.bound.host.kind() == socks::host_kind::none) return demand(accept.empty_bound && in[3] == 3);
    demand(encode_exactly([&](buffer out) { return socks::encode_reply5(r, out); }) == canonical(in, used));
}

// The other way round: whatever can be encoded is decoded as it was.
void there_and_back(input in) {
    const socks::request5 r{static_cast<socks::command>(in.byte()), any_endpoint(in)};
    errc refusal = errc::none;
    const std::string made =
        encode_exactly([&](buffer out) { return socks::encode_request5(r, out); }, &refusal);
    demand(made.empty() == (refusal != errc::none) && refusal == r.to.host.error());
    if (made.empty()) return;
    demand(made == by_hand::message5(static_cast<uint8_t>(r.command), r.to));
    demand(made.size() == socks::encoded_size(r));
    const auto d = socks::decode_request5(made);
    demand(d && d.consumed() == made.size() && d->command == r.command && d->to.port == r.to.port);
    demand(r.to.host.kind() == socks::host_kind::none ? d->to.host == socks::host(socks::ipv4{})
                                                      : d->to.host == r.to.host);
}

}  // namespace

//     which message  tolerance  bytes
void fuzz(input in) {
    const uint8_t which = in.byte() % 5;
    const socks::tolerance accept = any_tolerance(in.byte());
    switch (which) {
        case 0: return greeting(in.rest());
        case 1: return choice(in.rest());
        case 2: return request(in.rest(), accept);
        case 3: return reply(in.rest(), accept);
        default: return there_and_back(in);
    }
}
