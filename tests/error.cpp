// Each failure has its own name and a party to blame. A number without a meaning says so.

#include <socks/core/error.hpp>

#include "check.hpp"
#include "text_of.hpp"

namespace {

using ::check;
using namespace socks;

// Typed again, so that a number that moves is noticed: they are stable.
constexpr errc peers[] = {errc::peer_is_http,
                          errc::peer_is_tls,
                          errc::peer_is_ssh,
                          errc::not_socks,
                          errc::bad_version,
                          errc::version_refused,
                          errc::authentication_required,
                          errc::bad_reserved,
                          errc::bad_address_type,
                          errc::empty_name,
                          errc::nul_in_name,
                          errc::name_too_long,
                          errc::user_too_long,
                          errc::empty_credentials,
                          errc::no_methods,
                          errc::no_acceptable_method,
                          errc::method_not_offered,
                          errc::credentials_refused,
                          errc::negotiation_failed,
                          errc::refused,
                          errc::fragmented,
                          errc::bad_length,
                          errc::bad_message_type,
                          errc::weak_protection,
                          errc::spoke_first,
                          errc::bad_command};
constexpr errc streams[] = {errc::closed,      errc::truncated, errc::closed_while_bound,
                            errc::unreachable, errc::timed_out, errc::stream_failed};
constexpr errc callers[] = {errc::no_space,
                            errc::out_of_turn,
                            errc::finished,
                            errc::bad_host,
                            errc::no_host,
                            errc::bad_user,
                            errc::bad_password,
                            errc::no_credentials,
                            errc::bad_methods,
                            errc::command_over_socks4,
                            errc::name_over_socks4,
                            errc::ipv6_over_socks4,
                            errc::reserved_over_socks4,
                            errc::bad_port,
                            errc::bad_route,
                            errc::bad_scheme,
                            errc::bad_escape,
                            errc::bad_path,
                            errc::bad_schedule,
                            errc::bad_token,
                            errc::bad_host_byte,
                            errc::bad_count,
                            errc::input_shrank,
                            errc::overlap,
                            errc::unsupported_version,
                            errc::unsupported_command,
                            errc::unsupported_method,
                            errc::unsupported_option,
                            errc::bad_attribute};

template <size_t N>
constexpr void are_numbered_from(check& t, const errc (&list)[N], unsigned first, party whose) {
    for (unsigned i = 0; i < N; ++i) {
        const auto entered = t.in(size_t{i});
        t.ok(static_cast<unsigned>(list[i]) == first + i);
        t.ok(blame(list[i]) == whose);
        t.ok(text_of(to_string(list[i])) != "unknown error");
    }
}

constexpr void every_failure_blames_who_caused_it(check& t) {
    are_numbered_from(t, peers, 1, party::peer);
    are_numbered_from(t, streams, 32, party::stream);
    are_numbered_from(t, callers, 64, party::caller);
    t.ok(blame(errc::none) == party::none && errc{} == errc::none);
}
PROVE_AND_RUN(every_failure_blames_who_caused_it)

constexpr void every_failure_has_a_name_of_its_own(check& t) {
    size_t named = 0;
    for (unsigned a = 0; a < 256; ++a) {
        const auto entered = t.in(size_t{a});
        const bytes text = text_of(to_string(errc{static_cast<uint8_t>(a)}));
        t.ok(!text.empty() && text[text.size() - 1] != '.');
        if (text == "unknown error") continue;
        ++named;
        for (unsigned b = 0; b < a; ++b)
            t.in(size_t{b}).ok(text_of(to_string(errc{static_cast<uint8_t>(b)})) != text);
    }
    t.ok(named == 1 + sizeof(peers) + sizeof(streams) + sizeof(callers));
}
PROVE_AND_RUN(every_failure_has_a_name_of_its_own)

// V5, V6: all 256 first bytes.
constexpr void the_first_byte_identifies_a_foreign_protocol(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const errc what = identify_foreign_protocol(static_cast<uint8_t>(v));
        const bool letter = v >= 'A' && v <= 'Z';
        t.ok((what == errc::peer_is_http) == (letter && v != 'S'));
        t.ok((what == errc::peer_is_ssh) == (v == 'S'));
        t.ok((what == errc::peer_is_tls) == (v == 0x15 || v == 0x16));
        t.ok((what == errc::bad_version) == (v == 0 || v == 4 || v == 5));
        t.ok((what == errc::not_socks) == (!letter && v != 0 && v != 4 && v != 5 && v != 0x15 && v != 0x16));
        t.ok(blame(what) == party::peer);
    }
    for (const bytes http : {bytes("HTTP/1.1 400"), bytes("GET / HTTP/1.1"), bytes("CONNECT a:443")})
        t.in(http).ok(identify_foreign_protocol(http[0]) == errc::peer_is_http);
    t.ok(identify_foreign_protocol(bytes("SSH-2.0-x")[0]) == errc::peer_is_ssh);
}
PROVE_AND_RUN(the_first_byte_identifies_a_foreign_protocol)

}  // namespace
