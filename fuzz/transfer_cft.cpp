// A configuration: each lookup ends, each finding has a position in the text, and each result is a valid
// request. fuzz/cftutil.cpp checks the notation alone.

#include <socks/transfer_cft/resolve.hpp>

#include "requests.hpp"

using namespace fuzzing;

namespace {

// The place behind the last byte.
socks::cft::position end_of(bytes text) { return socks::cft::position{1, 1}.after(text); }

}  // namespace

void fuzz(input in) {
    const block text(in.rest());
    socks::cft::finding room[64];
    socks::cft::findings found(room);
    socks::cft::targets targets;
    const bool usable = socks::cft::resolve(text.view(), "P", targets, found);
    demand(usable == found.usable());
    const socks::cft::position end = end_of(text.view());
    for (const socks::cft::finding& f : found) {
        demand(f.position.line <= end.line);
        demand(!encode_exactly([&](buffer out) { return format(f, out); }).empty());
    }
    if (!usable) return;
    demand(targets.hosts() != 0 && targets.protocols() != 0 && validate(targets.schedule()) == errc::none);
    for (uint32_t failed = 0; failed < 16; ++failed) {
        const auto a =
            targets.attempt_for(target_of(targets.schedule(), failed, targets.hosts(), targets.protocols()));
        demand(socks::validate(a.request) == errc::none && a.proxy.host.kind() != socks::host_kind::bad &&
               a.proxy.port != 0);
        demand(a.request.to.port != 0 || !a.service.empty());
    }
}
