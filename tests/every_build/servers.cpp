// Every server that can be written compiles, with every function that it has.

#include "sets.hpp"

namespace every_build {

template <feature Parts>
struct server {
    static void everything() {
        using machine = socks::basic_server<Parts>;
        machine m(socks::server_options{});
        char out[1];
        socks::inbox<machine::max_input> rx;
        socks::outbox<machine::max_pending> tx;
        auto a = m.step({}, out);
        a = m.step(rx, out);
        a = m.step(rx, tx);
        m.end_of_stream();
        static_cast<void>(m.authenticated(true, out));
        m.authenticated(true, tx);
        m.negotiated(true);
        static_cast<void>(m.answer({}, out));
        m.answer({}, tx);
        static_cast<void>(a.user());
        static_cast<void>(a.password());
        static_cast<void>(a.method());
        static_cast<void>(a.version());
        static_cast<void>(a.command());
        static_cast<void>(a.to());
        static_cast<void>(a.result());
        static_cast<void>(m.state());
        static_cast<void>(m.method());
    }
};

template void use_each<server>();

}  // namespace every_build
