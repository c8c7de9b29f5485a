// std::error_code: values, messages, and what is equal to what.

#include <socks/system/errno.hpp>
#include <socks/system/error_code.hpp>

#include <string>
#include <type_traits>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

static_assert(std::is_error_code_enum_v<errc> && std::is_error_code_enum_v<code5>);
static_assert(std::is_error_code_enum_v<code4> && !std::is_error_code_enum_v<dial_error>);
static_assert(std::is_convertible_v<errc, std::error_code> && std::is_convertible_v<code5, std::error_code>);
static_assert(!std::is_convertible_v<errc, std::error_condition>);

errc errc_at(unsigned i) { return static_cast<errc>(static_cast<uint8_t>(i)); }

void every_errc_is_an_error_code(check& t) {
    t.ok(std::string(errc_category().name()) == "socks");
    for (unsigned i = 0; i < 256; ++i) {
        const auto in = t.in(i);
        const std::error_code ec = errc_at(i);
        t.ok(&ec.category() == &errc_category() && ec.value() == static_cast<int>(i));
        t.ok(ec.message() == to_string(errc_at(i)));
        t.ok(static_cast<bool>(ec) == (i != 0));
        t.ok(ec == errc_at(i) && ec != errc_at(i ^ 1));
    }
    t.ok(std::error_code(errc::timed_out).message() == "the deadline passed");
    t.ok(std::error_code(errc::closed).value() == 32);
}
RUN(every_errc_is_an_error_code)

void a_reply_code_keeps_its_version(check& t) {
    t.ok(std::string(reply_category().name()) == "socks.reply");
    for (const version v : {version::v4, version::v4a, version::v5}) {
        for (unsigned i = 0; i < 256; ++i) {
            const auto in = t.in(i);
            const reply_code code(v, static_cast<uint8_t>(i));
            const std::error_code ec = make_error_code(code);
            t.ok(&ec.category() == &reply_category());
            t.ok(static_cast<bool>(ec) == !code.succeeded());
            const int base = v == version::v5 ? 0x500 : 0x400;
            t.ok(ec.value() == (code.succeeded() ? 0 : base + static_cast<int>(i)));
            t.ok(reply_code_of(ec) == (code.succeeded() ? reply_code(code5::succeeded) : code));
        }
    }
    // 0 grants in SOCKS5 and refuses in SOCKS4, 90 the other way round.
    t.ok(!make_error_code(reply_code(version::v5, 0)) && make_error_code(reply_code(version::v4, 0)));
    t.ok(!make_error_code(reply_code(version::v4, 90)) && make_error_code(reply_code(version::v5, 90)));
    t.ok(make_error_code(reply_code(version::v4, 5)) != code5::connection_refused);
    t.ok(make_error_code(reply_code(version::v5, 5)) == code5::connection_refused);
    t.ok(make_error_code(reply_code(version::v4a, 91)) == code4::rejected);
}
RUN(a_reply_code_keeps_its_version)

void a_message_names_the_version_and_the_byte(check& t) {
    t.ok(std::error_code(code5::connection_refused).message() == "SOCKS5: connection refused (0x05)");
    t.ok(std::error_code(code4::rejected).message() == "SOCKS4: request rejected or failed (0x5B)");
    t.ok(make_error_code(reply_code(version::v5, 0xc8)).message() == "SOCKS5: unassigned (0xC8)");
    t.ok(make_error_code(reply_code(version::v4a, 0x09)).message() == "SOCKS4: unassigned (0x09)");
    for (const std::error_code& ec : {make_error_code(code5::succeeded), make_error_code(code4::granted)})
        t.in().ok(!ec && ec.message() == "succeeded");
}
RUN(a_message_names_the_version_and_the_byte)

// The number of a std::errc is the number of errno, so one may not say something else than the other.
void an_equal_std_errc_says_the_same_as_errno(check& t) {
    unsigned equal = 0;
    for (unsigned i = 0; i < 256; ++i) {
        const auto in = t.in(i);
        const std::error_condition says = std::error_code(errc_at(i)).default_error_condition();
        if (says.category() != std::generic_category()) continue;
        ++equal;
        t.ok(says.value() == errno_for(errc_at(i)));
    }
    t.ok(equal > 40);
    equal = 0;
    for (const version v : {version::v4, version::v5}) {
        for (unsigned i = 0; i < 256; ++i) {
            const auto in = t.in(i);
            const reply_code code(v, static_cast<uint8_t>(i));
            const std::error_condition says = make_error_code(code).default_error_condition();
            if (says.category() != std::generic_category()) continue;
            ++equal;
            t.ok(says.value() == errno_for(code));
        }
    }
    t.ok(equal == 9);
}
RUN(an_equal_std_errc_says_the_same_as_errno)

void a_failure_equals_the_std_errc_that_says_the_same(check& t) {
    const auto is = [](errc e, std::errc other) { return std::error_code(e) == other; };
    t.ok(is(errc::timed_out, std::errc::timed_out));
    for (const errc e : {errc::credentials_refused, errc::negotiation_failed})
        t.in(static_cast<size_t>(e)).ok(is(e, std::errc::permission_denied));
    for (const errc e : {errc::peer_is_http, errc::not_socks, errc::bad_version, errc::bad_reserved,
                         errc::bad_length, errc::method_not_offered, errc::spoke_first, errc::bad_command})
        t.in(static_cast<size_t>(e)).ok(is(e, std::errc::protocol_error));
    for (const errc e : {errc::bad_host, errc::no_host, errc::bad_password, errc::command_over_socks4,
                         errc::bad_scheme, errc::bad_count, errc::overlap})
        t.in(static_cast<size_t>(e)).ok(is(e, std::errc::invalid_argument));
}
RUN(a_failure_equals_the_std_errc_that_says_the_same)

void a_failure_without_an_equal_equals_no_std_errc(check& t) {
    for (const errc e :
         {errc::none, errc::closed, errc::truncated, errc::closed_while_bound, errc::unreachable,
          errc::refused, errc::version_refused, errc::authentication_required, errc::no_acceptable_method,
          errc::fragmented, errc::weak_protection, errc::no_space, errc::out_of_turn, errc::finished,
          errc::input_shrank}) {
        const auto in = t.in(static_cast<size_t>(e));
        const std::error_code ec = e;
        t.ok(ec.default_error_condition() == std::error_condition(ec.value(), errc_category()));
        for (int n = 1; n < 200; ++n) t.ok(ec != static_cast<std::errc>(n));
    }
    const std::error_code refusals[] = {make_error_code(code5::general_failure),
                                        make_error_code(code4::rejected),
                                        make_error_code(reply_code(version::v5, 0xf0))};
    for (const std::error_code& ec : refusals) {
        const auto in = t.in(static_cast<size_t>(ec.value()));
        t.ok(ec.default_error_condition() == std::error_condition(ec.value(), reply_category()));
        for (int n = 1; n < 200; ++n) t.ok(ec != static_cast<std::errc>(n));
    }
}
RUN(a_failure_without_an_equal_equals_no_std_errc)

void a_reply_equals_the_std_errc_that_says_the_same(check& t) {
    const auto is = [](const reply_code& c, std::errc other) { return make_error_code(c) == other; };
    t.ok(is(code5::not_allowed, std::errc::permission_denied));
    t.ok(is(code5::network_unreachable, std::errc::network_unreachable));
    t.ok(is(code5::host_unreachable, std::errc::host_unreachable));
    t.ok(is(code5::connection_refused, std::errc::connection_refused));
    t.ok(is(code5::ttl_expired, std::errc::timed_out));
    t.ok(is(code5::command_not_supported, std::errc::operation_not_supported));
    t.ok(is(code5::address_type_not_supported, std::errc::address_family_not_supported));
    t.ok(is(code4::identd_unreachable, std::errc::permission_denied));
    t.ok(is(code4::identd_mismatch, std::errc::permission_denied));
}
RUN(a_reply_equals_the_std_errc_that_says_the_same)

void the_end_of_a_handshake_is_an_error_code(check& t) {
    t.ok(make_error_code(outcome(code5::host_unreachable)) == code5::host_unreachable);
    t.ok(make_error_code(outcome(code4::rejected)) == code4::rejected);
    t.ok(make_error_code(outcome(errc::truncated)) == errc::truncated);
    t.ok(!make_error_code(outcome(code5::succeeded)) && !make_error_code(outcome(code4::granted)));
    t.ok(!make_error_code(outcome(errc::none)));

    const std::system_error thrown(errc::bad_host);
    t.ok(thrown.code() == errc::bad_host);
    t.ok(std::string(thrown.what()) == "neither an address nor a host name");
}
RUN(the_end_of_a_handshake_is_an_error_code)

}  // namespace
