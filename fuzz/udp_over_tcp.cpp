// Datagrams framed in a stream: the decoder keeps its invariants for any two lengths, and each frame that it
// finds encodes to the bytes it came from, beside its data and around them. The remote end is the one that is
// read by hand.

#include "by_hand.hpp"
#include "requests.hpp"

using namespace fuzzing;

namespace {

// Whether there is a complete frame, both of whose lengths are right.
bool is_frame(bytes in) {
    if (in.size() < 8 || (in[3] != 1 && in[3] != 3 && in[3] != 4)) return false;
    const size_t header = by_hand::size5(in);
    if (in[2] != header || in.size() < header + in[0] * size_t{256} + in[1]) return false;
    return in[3] != 3 || (in[4] != 0 && !in.subspan(5).first(in[4]).contains('\0'));
}

}  // namespace

void fuzz(input in) {
    const bytes rest = in.rest();
    const auto decode = [](bytes b) { return socks::decode_framed(b); };
    const size_t used = decode_checked(rest, decode);
    demand((used != 0) == is_frame(rest));
    if (used == 0) return;
    const socks::datagram d = *decode(rest);
    demand(d.fragment() == 0 && used == rest[2] + d.data().size());
    demand(rest[2] == by_hand::size5(rest) && d.data().size() == rest[0] * size_t{256} + rest[1]);
    demand(d.remote() == by_hand::endpoint_of5(rest) && !d.remote().host.name().contains('\0'));
    const std::string canonical = text(rest.first(used));
    const auto encode = [&](buffer out) { return socks::encode_framed(d.remote(), d.data(), out); };
    demand(encode_exactly(encode) == canonical);
    const size_t header = rest[2];
    block packet(header + 5 + d.data().size());
    if (!d.data().empty()) std::memcpy(packet.room().data() + header + 5, d.data().data(), d.data().size());
    const socks::encoded made = socks::encode_framed_in_place(d.remote(), packet.room(), header + 5);
    demand(made && text(made.data()) == canonical);
}
