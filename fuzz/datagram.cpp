// A datagram of a UDP relay: any bytes are complete or invalid, and never a part of a message. They are valid
// if they are so by hand. A valid datagram encodes to the bytes it came from, beside its data and around
// them.

#include "by_hand.hpp"
#include "requests.hpp"

using namespace fuzzing;

namespace {

// Whether the bytes are a datagram that must be accepted.
bool is_datagram(bytes in, socks::tolerance accept, socks::fragments parts) {
    if (in.size() < 7 || (in[3] != 1 && in[3] != 3 && in[3] != 4) || in.size() < by_hand::size5(in))
        return false;
    if (!accept.reserved && text(in.first(2)) != std::string(2, '\0')) return false;
    if (in[3] == 3 && (in[4] == 0 || in.subspan(5).first(in[4]).contains('\0'))) return false;
    return in[2] == 0 || parts == socks::fragments::keep;
}

void check_round_trip(const socks::datagram& d, const std::string& canonical) {
    const auto encode = [&](buffer out) {
        return socks::encode_datagram(d.remote(), d.data(), out, d.fragment());
    };
    demand(encode_exactly(encode) == canonical);
    if (d.fragment() != 0) return;
    const size_t header = socks::datagram_header_size(d.remote());
    for (const size_t spare : {size_t{0}, size_t{3}}) {
        block packet(header + spare + d.data().size());
        char* const data = packet.room().data() + header + spare;
        if (!d.data().empty()) std::memcpy(data, d.data().data(), d.data().size());
        const socks::encoded made =
            socks::encode_datagram_in_place(d.remote(), packet.room(), header + spare);
        demand(made && text(made.data()) == canonical);
    }
    block tight(header - 1 + d.data().size());
    const socks::encoded refused = socks::encode_datagram_in_place(d.remote(), tight.room(), header - 1);
    demand(refused.error() == errc::no_space && refused.required() == header);
}

}  // namespace

//     options  tolerance  bytes of the datagram
void fuzz(input in) {
    const socks::fragments parts = (in.byte() & 1) != 0 ? socks::fragments::keep : socks::fragments::drop;
    const socks::tolerance accept = any_tolerance(in.byte());
    const bytes bytes = in.rest();
    for (size_t n = 0; n <= bytes.size(); n = n < 300 ? n + 1 : bytes.size() + (n == bytes.size() ? 1 : 0)) {
        const block exact(bytes.first(n));
        const auto d = socks::decode_datagram(exact.view(), accept, parts);
        demand(d.needed() == 0 && static_cast<bool>(d) == (d.error() == errc::none));
        demand(static_cast<bool>(d) == is_datagram(exact.view(), accept, parts));
        if (!d) continue;
        demand(d->remote() == by_hand::endpoint_of5(exact.view()));
        demand(d.consumed() == n && d->data().size() + socks::datagram_header_size(d->remote()) == n);
        demand(d->fragment() == bytes[2] && (parts == socks::fragments::keep || d->fragment() == 0));
        demand(accept.reserved || (bytes[0] == 0 && bytes[1] == 0));
        if (n != bytes.size()) continue;
        std::string canonical = text(bytes);
        canonical[0] = canonical[1] = 0;
        check_round_trip(*d, canonical);
    }
}
