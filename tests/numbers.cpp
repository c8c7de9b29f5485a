// Each registered number has a name. Each other byte has none, but is a valid value.

#include <socks/core/numbers.hpp>

#include <socks/core/bytes.hpp>

#include "check.hpp"
#include "text_of.hpp"

namespace {

using ::check;
using namespace socks;

// How many of the 256 bytes have a name other than "unassigned"; each of these differs from the others.
template <class Number>
constexpr int named(check& t) {
    int count = 0;
    for (unsigned a = 0; a < 256; ++a) {
        const auto entered = t.in(size_t{a});
        const bytes text = text_of(to_string(Number{static_cast<uint8_t>(a)}));
        t.ok(!text.empty());
        if (text == "unassigned" || text == "private method") continue;
        ++count;
        for (unsigned b = 0; b < a; ++b)
            t.in(size_t{b}).ok(text_of(to_string(Number{static_cast<uint8_t>(b)})) != text);
    }
    return count;
}

constexpr void every_byte_has_a_name_or_is_unassigned(check& t) {
    t.ok(named<version>(t) == 3);
    t.ok(named<method>(t) == 10);
    t.ok(named<command>(t) == 3);
    t.ok(named<address_type>(t) == 3);
    t.ok(named<code5>(t) == 9);
    t.ok(named<code4>(t) == 4);
    t.ok(named<gssapi_type>(t) == 4);
    t.ok(named<protection>(t) == 4);
    t.ok(named<chap_type>(t) == 8);
    t.ok(named<chap_algorithm>(t) == 1);
}
PROVE_AND_RUN(every_byte_has_a_name_or_is_unassigned)

// RFC 1928 sections 3 to 6, the IANA registry "SOCKS Methods", the SOCKS4 memo, RFC 1961, and
// the draft of CHAP.
constexpr void numbers_are_those_of_the_documents(check& t) {
    t.ok(version::v5 == version{5} && version::v4 == version{4});
    t.ok(method::none == method{0} && method::gssapi == method{1} && method::username_password == method{2});
    t.ok(method::chap == method{3} && method::challenge_response == method{5} && method::ssl == method{6});
    t.ok(method::nds == method{7} && method::multi_authentication == method{8});
    t.ok(method::json_parameter_block == method{9} && method::no_acceptable == method{0xff});
    t.ok(command::connect == command{1} && command::bind == command{2} &&
         command::udp_associate == command{3});
    t.ok(address_type::ipv4 == address_type{1} && address_type::name == address_type{3});
    t.ok(address_type::ipv6 == address_type{4});
    t.ok(code5::succeeded == code5{0} && code5::general_failure == code5{1} &&
         code5::not_allowed == code5{2});
    t.ok(code5::network_unreachable == code5{3} && code5::host_unreachable == code5{4});
    t.ok(code5::connection_refused == code5{5} && code5::ttl_expired == code5{6});
    t.ok(code5::command_not_supported == code5{7} && code5::address_type_not_supported == code5{8});
    t.ok(code4::granted == code4{90} && code4::rejected == code4{91});
    t.ok(code4::identd_unreachable == code4{92} && code4::identd_mismatch == code4{93});
    t.ok(gssapi_type::authentication == gssapi_type{1} && gssapi_type::protection_level == gssapi_type{2});
    t.ok(gssapi_type::user_data == gssapi_type{3} && gssapi_type::abort == gssapi_type{0xff});
    t.ok(protection::none == protection{0} && protection::integrity == protection{1});
    t.ok(protection::confidentiality == protection{2} && protection::selective == protection{3});
    t.ok(chap_type::status == chap_type{0} && chap_type::text_message == chap_type{1});
    t.ok(chap_type::user_identity == chap_type{2} && chap_type::challenge == chap_type{3});
    t.ok(chap_type::response == chap_type{4} && chap_type::charset == chap_type{5});
    t.ok(chap_type::identifier == chap_type{0x10} && chap_type::algorithms == chap_type{0x11});
    t.ok(chap_algorithm::hmac_md5 == chap_algorithm{0x85});
}
PROVE_AND_RUN(numbers_are_those_of_the_documents)

// Tor takes RESOLVE over SOCKS4a, and RESOLVE_PTR over SOCKS5 only.
void socks5_has_three_commands_that_socks4_lacks(check& t) {
    for (unsigned i = 0; i < 256; ++i)
        t.in(size_t{i}).ok(is_socks5_only(command{static_cast<uint8_t>(i)}) ==
                           (i == 3 || i == 5 || i == 0xf1));
}
RUN(socks5_has_three_commands_that_socks4_lacks)

constexpr void names_are_the_words_of_the_documents(check& t) {
    t.ok(text_of(to_string(version::v4a)) == "SOCKS4a" && text_of(to_string(version::v5)) == "SOCKS5");
    t.ok(text_of(to_string(method::username_password)) == "username/password");
    t.ok(text_of(to_string(command::udp_associate)) == "UDP ASSOCIATE");
    t.ok(text_of(to_string(code5::not_allowed)) == "connection not allowed by ruleset");
    t.ok(text_of(to_string(code5::ttl_expired)) == "TTL expired");
    t.ok(text_of(to_string(code4::rejected)) == "request rejected or failed");
    t.ok(text_of(to_string(method{4})) == "unassigned" && text_of(to_string(code5{9})) == "unassigned");
}
PROVE_AND_RUN(names_are_the_words_of_the_documents)

// A18.
constexpr void methods_from_80_to_fe_are_private(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const method m{static_cast<uint8_t>(v)};
        t.ok(is_private_use(m) == (v >= 0x80 && v <= 0xfe));
        t.ok((text_of(to_string(m)) == "private method") == is_private_use(m));
    }
}
PROVE_AND_RUN(methods_from_80_to_fe_are_private)

// R10: an unknown code is a refusal, and keeps its byte.
constexpr void one_byte_of_each_version_means_success(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto byte = static_cast<uint8_t>(v);
        t.ok(reply_code(version::v5, byte).succeeded() == (v == 0));
        t.ok(reply_code(version::v4, byte).succeeded() == (v == 90));
        t.ok(reply_code(version::v4a, byte).succeeded() == (v == 90));
        t.ok(reply_code(version::v5, byte).value == byte && reply_code(version::v4, byte).value == byte);
        t.ok(reply_code(code5{byte}) == reply_code(version::v5, byte));
        t.ok(reply_code(code4{byte}) == reply_code(version::v4, byte));
        t.ok(text_of(to_string(reply_code(code5{byte}))) == text_of(to_string(code5{byte})));
        t.ok(text_of(to_string(reply_code(code4{byte}))) == text_of(to_string(code4{byte})));
        t.ok(text_of(to_string(reply_code(version::v4a, byte))) == text_of(to_string(code4{byte})));
    }
    t.ok(!reply_code{}.succeeded());
}
PROVE_AND_RUN(one_byte_of_each_version_means_success)

constexpr void codes_of_different_versions_are_never_equal(check& t) {
    t.ok(reply_code(code5::general_failure) == code5::general_failure);
    t.ok(reply_code(code4::granted) != reply_code(version::v5, 90));
    t.ok(reply_code(version::v5, 90) != code4::granted);
    t.ok(reply_code(version::v4, 91) == reply_code(version::v4a, 91));
    t.ok(reply_code(version::v4a, 91) == reply_code(version::v4, 91));
    t.ok(reply_code(code5::succeeded) != code5::general_failure);
    t.ok(reply_code(code4::rejected) != code4::granted && reply_code(code4::rejected) != code5::succeeded);
}
PROVE_AND_RUN(codes_of_different_versions_are_never_equal)

}  // namespace
