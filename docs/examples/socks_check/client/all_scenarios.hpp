// All scenarios, in the order of a handshake.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_ALL_SCENARIOS_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_ALL_SCENARIOS_HPP

#include "scenarios/foreign.hpp"
#include "scenarios/framing.hpp"
#include "scenarios/greeting.hpp"
#include "scenarios/login.hpp"
#include "scenarios/refusal.hpp"
#include "scenarios/reply.hpp"
#include "scenarios/request.hpp"
#include "scenarios/stages.hpp"

namespace example::client_mode {

inline const scenarios& all_scenarios() {
    static const scenarios all = [] {
        scenarios list;
        add_greeting(list);
        add_method(list);
        add_login_forms(list);
        add_login_answers(list);
        add_request_forms(list);
        add_request_addresses(list);
        add_request_names(list);
        add_framing(list);
        add_reply(list);
        add_reply_versions(list);
        add_refusal_codes(list);
        add_refusal_forms(list);
        add_foreign(list);
        add_flood(list);
        add_stages(list);
        add_slow(list);
        add_tunnel(list);
        return list;
    }();
    return all;
}

}  // namespace example::client_mode

#endif
