// GSSAPI messages of every type, with every cap: the decoder keeps its invariants, never waits for a token
// that is longer than the caller can hold, and finds each message that there is, and no other. Each encodes
// to the bytes it came from.

#include "requests.hpp"

using namespace fuzzing;

namespace {

// A head, and a token of at least a byte unless the security context is still being made.
bool has_message(bytes in, uint8_t due, size_t cap, socks::tolerance accept) {
    if (in.size() < 4 || in[1] != due) return false;
    const bool version = in[0] == 1 || accept.auth_status_version == socks::leeway::any ||
                         (in[0] == 5 && accept.auth_status_version == socks::leeway::known);
    const size_t size = in[2] * size_t{256} + in[3];
    return version && size <= cap && in.size() - 4 >= size && (size != 0 || due == 1);
}

void message(input in, socks::tolerance accept) {
    constexpr socks::gssapi_type types[] = {socks::gssapi_type::authentication,
                                            socks::gssapi_type::protection_level,
                                            socks::gssapi_type::user_data};
    const socks::gssapi_type due = types[in.byte() % 3];
    const size_t cap = in.u16();
    const bytes rest = in.rest();
    const auto decode = [&](bytes b) { return socks::decode_gssapi(b, due, cap, accept); };
    const auto whole = decode(rest);
    demand(whole.needed() <= socks::gssapi_head_size + cap);
    const size_t used = decode_checked(rest, decode);
    if (rest.size() >= 2 && rest[0] == 1 && rest[1] == 0xff)
        demand(whole.error() == errc::negotiation_failed);
    demand((used != 0) == has_message(rest, static_cast<uint8_t>(due), cap, accept));
    if (used == 0) return;
    demand(whole->type == due && whole->token.size() <= cap && used == socks::encoded_size(*whole));
    std::string canonical = text(rest.first(used));
    canonical[0] = 1;
    demand(encode_exactly([&](buffer out) { return socks::encode_gssapi(*whole, out); }) == canonical);
}

void datagram(input in, socks::tolerance accept) {
    const block bytes(in.rest());
    const auto d = socks::decode_gssapi_datagram(bytes.view(), accept);
    demand(d.needed() == 0 && static_cast<bool>(d) == (d.error() == errc::none));
    if (d)
        demand(d.consumed() == bytes.view().size() && d->type == socks::gssapi_type::user_data &&
               !d->token.empty());
}

// What is chosen is enough for whatever demanded it, and confidentiality is enough for all.
void levels(input in) {
    const auto chosen = static_cast<socks::protection>(in.byte());
    const auto least = static_cast<socks::protection>(in.byte());
    const errc verdict = socks::protection_fault(chosen, socks::at_least{least});
    demand(verdict == errc::none || verdict == errc::weak_protection);
    const bool named = static_cast<uint8_t>(chosen) <= 3 && static_cast<uint8_t>(least) <= 3;
    constexpr int strength[] = {0, 1, 2, 1};
    if (named)
        demand((verdict == errc::none) ==
               (strength[static_cast<uint8_t>(chosen)] >= strength[static_cast<uint8_t>(least)]));
    else
        demand(verdict == errc::weak_protection);
    const std::string made =
        encode_exactly([&](buffer out) { return socks::encode_protection(chosen, out); });
    demand(*socks::decode_protection(made) == chosen);
    const bytes rest = in.rest();
    demand(static_cast<bool>(socks::decode_protection(rest)) == (rest.size() == 1));
}

}  // namespace

//     what  tolerance  bytes
void fuzz(input in) {
    const uint8_t which = in.byte() % 3;
    const socks::tolerance accept = any_tolerance(in.byte());
    switch (which) {
        case 0: return message(in, accept);
        case 1: return datagram(in, accept);
        default: return levels(in);
    }
}
