// Datagrams framed in a stream: the decoder keeps its laws whatever the two lengths claim, and each frame that it finds
// encodes to the octets it came from, beside its data and around them.

#include "wishes.hpp"

using namespace fuzzing;

void fuzz(input in) {
    const bytes octets = in.rest();
    const auto decode = [](bytes b) { return socks::decode_framed(b); };
    const size_t used = decode_lawfully(octets, decode);
    if (used == 0) return;
    const socks::datagram d = *decode(octets);
    demand(d.fragment() == 0 && used == octets[2] + d.data().size());
    const std::string canonical = text(octets.first(used));
    const auto encode = [&](buffer out) { return socks::encode_framed(d.at(), d.data(), out); };
    demand(encode_exactly(encode) == canonical);
    const size_t header = octets[2];
    block packet(header + 5 + d.data().size());
    if (!d.data().empty()) std::memcpy(packet.room().data() + header + 5, d.data().data(), d.data().size());
    const socks::encoded made = socks::encode_framed_in_place(d.at(), packet.room(), header + 5);
    demand(made && text(made.data()) == canonical);
}
