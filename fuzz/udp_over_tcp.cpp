// Datagrams framed in a stream: the decoder keeps its invariants for any two lengths, and each frame that it
// finds encodes to the bytes it came from, beside its data and around them.

#include "requests.hpp"

using namespace fuzzing;

void fuzz(input in) {
    const bytes rest = in.rest();
    const auto decode = [](bytes b) { return socks::decode_framed(b); };
    const size_t used = decode_checked(rest, decode);
    if (used == 0) return;
    const socks::datagram d = *decode(rest);
    demand(d.fragment() == 0 && used == rest[2] + d.data().size());
    const std::string canonical = text(rest.first(used));
    const auto encode = [&](buffer out) { return socks::encode_framed(d.remote(), d.data(), out); };
    demand(encode_exactly(encode) == canonical);
    const size_t header = rest[2];
    block packet(header + 5 + d.data().size());
    if (!d.data().empty()) std::memcpy(packet.room().data() + header + 5, d.data().data(), d.data().size());
    const socks::encoded made = socks::encode_framed_in_place(d.remote(), packet.room(), header + 5);
    demand(made && text(made.data()) == canonical);
}
