// Failed handshakes in words: what happened, at which proxy and when, and who is at fault.

#ifndef EXAMPLES_COMMON_FAILURE_HPP
#define EXAMPLES_COMMON_FAILURE_HPP

#include <stdexcept>

#include "dial.hpp"

namespace example {

/// A proxy refused, or a handshake failed without a reply.
class not_granted : public std::runtime_error {
  public:
    not_granted(const std::string& words, socks::outcome o) : std::runtime_error(words), why(o) {}
    socks::outcome why;
};

/// Whether another address of the same destination may be reached: the reply does not forbid it.
inline bool may_reach_another_address(const socks::outcome& refusal) noexcept {
    if (!refusal.has_code()) return false;
    const socks::dial_error why = dial_error_for(refusal.code());
    return why != socks::dial_error::not_allowed && why != socks::dial_error::command_not_supported;
}

/// Formats a reply code as text.
using code_format = socks::encoded (*)(const socks::reply_code&, socks::buffer);

/// What a failure without a reply means. `when` is the state of the machine before it failed.
inline const char* meaning(socks::errc why, socks::client_state when) noexcept {
    const bool asked = when == socks::client_state::reply || when == socks::client_state::second_reply;
    if (why == socks::errc::credentials_refused) return "the user name or the password is wrong";
    if (why == socks::errc::no_acceptable_method)
        return "the proxy accepts none of the offered methods; it may require a password, or accept none";
    if (why == socks::errc::timed_out)
        return asked ? "the proxy or the destination does not answer" : "the proxy does not answer";
    switch (blame(why)) {
        case socks::party::none: break;
        case socks::party::peer: return "the proxy is at fault, or it is no SOCKS proxy";
        case socks::party::stream:
            return asked ? "the proxy gives no reason; many proxies do so if the destination fails"
                         : "the proxy gives no reason";
        case socks::party::caller: return "a proxy cannot carry this request";
    }
    return "nothing failed";
}

/// Describes a refusal: the name of the code, and the reason. Tor has codes of its own without a reason.
inline std::string described(const socks::reply_code& code, code_format format) {
    char room[socks::max_text_code];
    const std::string name(std::string_view(format(code, socks::buffer(room)).data()));
    if (name != text(code)) return name;
    return name + ": " + reason(socks::outcome(code));
}

/// Describes a failure of the handshake with `proxy`.
inline std::string described(const std::string& proxy, const socks::outcome& why, socks::client_state when,
                             const deadline& until, code_format format = socks::format) {
    const socks::errc error = why.error();
    if (blame(error) == socks::party::caller) return to_string(error);
    if (why.has_code()) return "the proxy at " + proxy + " refused: " + described(why.code(), format);
    std::string words = "the proxy at " + proxy + ": " + to_string(error);
    if (blame(error) == socks::party::stream) words += std::string(", ") + to_string(when);
    if (error == socks::errc::timed_out) words += ", not done " + until.text();
    return words + " (" + meaning(error, when) + ")";
}

/// The exception for a handshake that the deadline or a failure of the connection has ended.
inline not_granted interrupted(const std::string& proxy, const std::system_error& e, socks::client_state when,
                               const deadline& until) {
    const bool late = e.code() == std::errc::timed_out;
    const auto why = late ? socks::errc::timed_out : socks::errc::stream_failed;
    return {described(proxy, why, when, until) + (late ? "" : std::string(": ") + e.what()), why};
}

}  // namespace example

#endif
