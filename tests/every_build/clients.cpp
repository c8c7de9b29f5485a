// Every client that can be written compiles, with every function that it has.

#include "sets.hpp"

namespace every_build {

template <feature Parts>
struct client {
    static void everything() {
        using machine = socks::basic_client<Parts>;
        const socks::request request;
        machine m(socks::client_options{});
        char out[1];
        socks::inbox<machine::max_input> rx;
        socks::outbox<machine::max_output> tx;
        auto a = m.step(request, {}, out);
        a = m.step(request, rx, out);
        a = m.step(request, rx, tx);
        m.end_of_stream();
        m.negotiated(true);
        static_cast<void>(a.bound());
        static_cast<void>(a.result());
        static_cast<void>(a.method());
        static_cast<void>(m.state());
        static_cast<void>(m.sent_early());
        static_cast<void>(m.may_send_early());
    }
};

template void use_each<client>();

}  // namespace every_build
