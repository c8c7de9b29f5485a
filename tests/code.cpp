// Reply codes as text: a code without a name is printed with its number.

#include <socks/text/code.hpp>

#include <socks/core/bytes.hpp>

#include "check.hpp"
#include "text_of.hpp"

namespace {

using ::check;
using namespace socks;

template <class Number>
constexpr bool prints(const Number& number, bytes text) {
    char room[max_text_code] = {};
    const encoded made = format(number, room);
    return made && made.data() == text;
}

constexpr void a_number_with_a_name_is_printed_by_it(check& t) {
    t.ok(prints(version::v4a, "SOCKS4a") && prints(version{4}, "SOCKS4"));
    t.ok(prints(method::username_password, "username/password") &&
         prints(method{0xff}, "no acceptable methods"));
    t.ok(prints(command::udp_associate, "UDP ASSOCIATE") && prints(address_type{3}, "domain name"));
    t.ok(prints(code5::connection_refused, "connection refused"));
    t.ok(prints(code4::rejected, "request rejected or failed"));
    t.ok(prints(reply_code(version::v5, 6), "TTL expired"));
    t.ok(prints(reply_code(version::v4a, 90), "request granted"));
    t.ok(prints(gssapi_type::protection_level, "protection level") && prints(gssapi_type{0xff}, "abort"));
    t.ok(prints(protection::confidentiality, "integrity and confidentiality"));
    t.ok(prints(chap_type::user_identity, "USER-IDENTITY") && prints(chap_algorithm{0x85}, "HMAC-MD5"));
}
PROVE_AND_RUN(a_number_with_a_name_is_printed_by_it)

constexpr void a_number_without_a_name_is_printed_as_it_is(check& t) {
    t.ok(prints(reply_code(version::v5, 0xc8), "0xC8") && prints(code5{0x09}, "0x09"));
    t.ok(prints(reply_code(version::v4, 0x00), "0x00") && prints(code4{0x5e}, "0x5E"));
    t.ok(prints(command{0xf0}, "0xF0") && prints(command{0}, "0x00") && prints(version{6}, "0x06"));
    t.ok(prints(method{0x04}, "0x04") && prints(method{0x7f}, "0x7F") && prints(address_type{2}, "0x02"));
    t.ok(prints(method{0x80}, "private method 0x80") && prints(method{0xfe}, "private method 0xFE"));
    t.ok(prints(gssapi_type{0x10}, "0x10") && prints(protection{0xab}, "0xAB"));
    t.ok(prints(chap_type{0x06}, "0x06") && prints(chap_algorithm{0x05}, "0x05"));
}
PROVE_AND_RUN(a_number_without_a_name_is_printed_as_it_is)

// Of two numbers no text is the same, and each text is the name or holds the number.
template <class Number>
constexpr size_t longest(check& t, Number (*of)(uint8_t)) {
    constexpr char digits[] = "0123456789ABCDEF";
    size_t most = 0;
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        const auto byte = static_cast<uint8_t>(i);
        const char number[] = {'0', 'x', digits[byte >> 4], digits[byte & 0xf], '\0'};
        char room[max_text_code] = {};
        const bytes text = format(of(byte), room).data();
        const bytes words = text_of(to_string(of(byte)));
        const bool ends = text.size() >= 4 && text.subspan(text.size() - 4) == bytes(number, 4);
        t.ok(words == "unassigned"
                 ? ends && text.size() == 4
                 : text.first(words.size()) == words && ends == (words == "private method"));
        most = text.size() > most ? text.size() : most;
    }
    return most;
}

constexpr void no_text_loses_a_number(check& t) {
    const auto as = []<class Number>(Number) { return +[](uint8_t v) { return Number{v}; }; };
    t.ok(longest<version>(t, as(version{})) == 7);
    t.ok(longest<method>(t, as(method{})) == 43);
    t.ok(longest<command>(t, as(command{})) == 13);
    t.ok(longest<address_type>(t, as(address_type{})) == 12);
    t.ok(longest<code5>(t, as(code5{})) == 33);
    t.ok(longest<code4>(t, as(code4{})) == max_text_code);
    t.ok(longest<gssapi_type>(t, as(gssapi_type{})) == 16);
    t.ok(longest<protection>(t, as(protection{})) == 38);
    t.ok(longest<chap_type>(t, as(chap_type{})) == 13);
    t.ok(longest<chap_algorithm>(t, as(chap_algorithm{})) == 8);
    t.ok(longest<reply_code>(t, [](uint8_t v) { return reply_code(version::v5, v); }) == 33);
    t.ok(longest<reply_code>(t, [](uint8_t v) { return reply_code(version::v4, v); }) == max_text_code);
}
PROVE_AND_RUN(no_text_loses_a_number)

constexpr void a_text_that_does_not_fit_says_what_it_takes(check& t) {
    char room[4] = {};
    t.ok(format(code5{0xc8}, room).data() == "0xC8");
    const encoded cut = format(code5{0xc8}, buffer(room, 3));
    t.ok(cut.error() == errc::no_space && cut.required() == 4);
    const encoded named = format(command::connect, room);
    t.ok(named.error() == errc::no_space && named.required() == 7);
    t.ok(format(method{0x80}, {}).required() == 19);
}
PROVE_AND_RUN(a_text_that_does_not_fit_says_what_it_takes)

}  // namespace
