// Every chain that can be written compiles, with every function that it has.

#include "sets.hpp"

namespace every_build {

template <feature Parts>
struct chain {
    static void everything() {
        using machine = socks::basic_chain<Parts>;
        const socks::route route;
        machine m(socks::client_options{});
        char out[1];
        socks::inbox<machine::max_input> rx;
        socks::outbox<machine::max_output> tx;
        auto a = m.step(route, {}, out);
        a = m.step(route, rx, out);
        a = m.step(route, rx, tx);
        m.end_of_stream();
        m.negotiated(true);
        static_cast<void>(m.hop());
        static_cast<void>(m.state());
        static_cast<void>(m.sent_early());
        static_cast<void>(m.may_send_early());
    }
};

template void use_each<chain>();

}  // namespace every_build
