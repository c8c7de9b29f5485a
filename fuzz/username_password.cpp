// The username/password request and its status: the decoders keep their invariants, each value encodes to the
// bytes it came from, and secrets are equal exactly when their bytes are.

#include "requests.hpp"

using namespace fuzzing;

namespace {

void request(bytes in, socks::tolerance accept) {
    const auto decode = [&](bytes b) { return socks::decode_credentials(b, accept); };
    const size_t used = decode_checked(in, decode);
    if (used == 0) return;
    const socks::credentials l = *decode(in);
    demand(l.given && used == 3 + l.user.size() + l.password.size());
    demand(in[0] == 1 || (in[0] == 5 && accept.credentials_version_5));
    demand(accept.empty_credentials || (!l.user.empty() && !l.password.empty()));
    std::string canonical = text(in.first(used));
    canonical[0] = 1;
    demand(encode_exactly([&](buffer out) { return socks::encode_credentials(l, out); }) == canonical);
}

void status(bytes in, socks::tolerance accept) {
    const auto decode = [&](bytes b) { return socks::decode_auth_status(b, accept); };
    const size_t used = decode_checked(in, decode);
    if (used == 0) return;
    const uint8_t byte = *decode(in);
    demand(in[0] == 1 || (in[0] == 5 && accept.auth_status_version != socks::leeway::strict) ||
           accept.auth_status_version == socks::leeway::any);
    std::string canonical = text(in.first(used));
    canonical[0] = 1;
    demand(encode_exactly([&](buffer out) { return socks::encode_auth_status(byte, out); }) == canonical);
}

void secrets(input in) {
    const block a(in.counted());
    const block b(in.rest());
    demand(socks::constant_time_equal(a.view(), b.view()) == (text(a.view()) == text(b.view())));
    const block twin(a.view());
    demand(socks::constant_time_equal(a.view(), twin.view()));
}

}  // namespace

//     which message  tolerance  bytes
void fuzz(input in) {
    const uint8_t which = in.byte() % 3;
    const socks::tolerance accept = any_tolerance(in.byte());
    switch (which) {
        case 0: return request(in.rest(), accept);
        case 1: return status(in.rest(), accept);
        default: return secrets(in);
    }
}
