// What is known of the client that is checked: what its command says, and how it behaves with a good proxy.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_FACTS_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_FACTS_HPP

#include <string>

namespace example::client_mode {

struct facts {
    // From the words of the command.
    bool has_user = false;    ///< {user}
    bool has_login = false;   ///< {user} and {password}
    bool has_target = false;  ///< {target_host} and {target_port}

    bool may_pipeline = false;  ///< --pipelining

    // From two runs with a proxy that does everything right.
    bool is_known = false;        ///< whether they are over
    bool waits_for_data = false;  ///< it sends nothing to the destination before bytes come
    int version = 5;              ///< of SOCKS: 4 or 5
    bool offers_login = false;    ///< username/password
    bool pipelines = false;       ///< it sends a message before it has the answer to the one before
    bool prints_all = false;      ///< its output is the complete page, not the body alone
    bool repeats_itself = true;   ///< both runs printed the same
    std::string before{};         ///< what it prints before the token
    std::string after{};          ///< what it prints after the token
    std::string upstream{};       ///< what it sends to the destination, if always the same
};

/// What the placeholders of the command stand for in one run.
struct placeholders {
    std::string target_host = "192.0.2.1";  // reserved for documentation (RFC 5737)
    std::string target_port = "8080";
    std::string user = "socks";
    std::string password = "open-sesame";
};

}  // namespace example::client_mode

#endif
