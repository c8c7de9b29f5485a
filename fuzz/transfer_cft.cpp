// Any text as a configuration: each lookup ends, each finding has a position in the text, and each target is
// a valid request, also after the text is gone. fuzz/cftutil.cpp checks the notation alone, and
// fuzz/configuration.cpp what a configuration says.

#include <socks/transfer_cft/resolve.hpp>

#include "fuzz.hpp"

using namespace fuzzing;

namespace {

using socks::cft::finding;
using socks::cft::position;

// Whether the finding has the position of a byte of the text, or of its end. Only a missing partner has none.
bool is_in(const finding& f, bytes text) {
    position at{1, 1};
    for (size_t i = 0; i < text.size() && f.position != at; ++i)
        at = text.data()[i] == '\n' ? position{at.line + 1, 1} : position{at.line, at.column + 1};
    const bool no_partner = f.what == socks::cft::flaw::no_such_object && f.subject == bytes("CFTPART");
    return f.position == at || (f.position == position{} && no_partner);
}

bool resolve(bytes from, socks::cft::targets& result) {
    const block text(from);
    finding room[16];  // few, so that a text can have more
    socks::cft::findings found(room);
    const bool usable = socks::cft::resolve(text.view(), "P", result, found);
    demand(usable == found.usable());
    for (const finding& f : found) {
        demand(is_in(f, text.view()) && (!usable || is_warning(f.what)));
        demand(!encode_exactly([&](buffer out) { return format(f, out); }).empty());
    }
    return usable;
}

}  // namespace

void fuzz(input in) {
    socks::cft::targets targets;
    if (!resolve(in.rest(), targets)) return;
    const socks::retry_schedule schedule = targets.schedule();
    demand(targets.hosts() != 0 && targets.protocols() != 0 && validate(schedule) == errc::none);
    for (uint32_t failed = 0; failed < 16; ++failed) {
        const auto a = targets.attempt_for(target_of(schedule, failed, targets.hosts(), targets.protocols()));
        demand(a.proxy.host.kind() != socks::host_kind::bad && a.proxy.port != 0);
        demand(validate(a.request) == errc::none);
        const bool named = !a.service.empty();
        demand(named == (a.request.to.port == 0));
        demand(!named || a.service[0] < '0' || a.service[0] > '9');
    }
}
