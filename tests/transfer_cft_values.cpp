// One value at a time: texts, numbers, choices and lists, at their limits and beyond.

#include <socks/transfer_cft/values.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"
#include "text_of.hpp"

namespace {

using ::check;
using namespace socks;
using cft::flaw;
using cft::parser;

constexpr parser::event name_event{parser::next::parameter, "Name", {4, 1}};

constexpr parser::event value_event(bytes text, bool quoted = false) {
    return {parser::next::value, text, {5, 9}, quoted};
}

constexpr void a_text_holds_what_the_value_means(check& t) {
    cft::text<5> s;
    t.ok(s.empty() && s.decode("a/x42c") && s.view() == bytes("aBc"));
    t.ok(s.decode("12345") && s.view() == bytes("12345"));
    t.ok(s.decode("123456").error() == errc::no_space && s.view() == bytes("12345"));
    t.ok(s.decode("12/").error() == errc::bad_escape && s.view() == bytes("12345"));
    t.ok(s.decode("////////////").error() == errc::no_space && s.decode("//////////"));
    t.ok(s.view() == bytes("/////") && s.decode("") && s.empty());
}
PROVE_AND_RUN(a_text_holds_what_the_value_means)

template <class Field, class Give>
constexpr cft::findings given(Field&, bytes text, cft::finding (&room)[4], Give give, bool quoted = false) {
    cft::findings found(room);
    const parser::event value = value_event(text, quoted);
    cft::assignment a(name_event, value, 0, found);
    give(a);
    return found;
}

constexpr bool number_is(bytes text, uint16_t least, uint16_t most, uint16_t wanted) {
    cft::finding room[4];
    cft::field<uint16_t> f{7};
    const auto found = given(f, text, room, [&](cft::assignment& a) { a.number("NAME", f, least, most); });
    return found.total() == 0 && f.value == wanted && f.given && !f.faulty &&
           f.position == cft::position{5, 9};
}

constexpr bool number_is_refused(bytes text, uint16_t least, uint16_t most) {
    cft::finding room[4];
    cft::field<uint16_t> f{7};
    const auto found = given(f, text, room, [&](cft::assignment& a) { a.number("NAME", f, least, most); });
    return found.total() == 1 && found[0].what == flaw::bad_number && found[0].least == least &&
           found[0].most == most && found[0].position == cft::position{5, 9} && f.value == 7 && f.given &&
           f.faulty;
}

constexpr void numbers_are_decimal_and_in_their_range(check& t) {
    t.ok(number_is("0", 0, 64, 0) && number_is("64", 0, 64, 64) && number_is("00001", 1, 2000, 1));
    t.ok(number_is("65535", 1, 65535, 65535) && number_is("32767", 0, 32767, 32767));
    t.ok(number_is("/x31/060", 1, 65535, 10) && number_is("000000000000000002000", 1, 2000, 2000));
    for (const bytes bad :
         {bytes(""), bytes("0"), bytes("65536"), bytes("-1"), bytes("+1"), bytes("1 "), bytes(" 1"),
          bytes("1x"), bytes("0x1"), bytes("4294967297"), bytes("18446744073709551617")})
        t.in(bad).ok(number_is_refused(bad, 1, 65535));
    t.ok(number_is_refused("31", 32, 32766) && number_is_refused("32767", 32, 32766) &&
         number_is_refused("65", 0, 64));
    t.ok(number_is_refused("", 0, 64));
}
PROVE_AND_RUN(numbers_are_decimal_and_in_their_range)

template <class Choice>
constexpr bool chooses(bytes text, Choice wanted) {
    cft::finding room[4];
    cft::field<Choice> f;
    const auto found = given(f, text, room, [&](cft::assignment& a) { a.choice("name", f); });
    return found.total() == 0 && f.value == wanted && f.given && !f.faulty;
}

// The finding lists the words that are allowed.
template <class Choice>
constexpr bool chooses_nothing(bytes text, bytes words) {
    cft::finding room[4];
    cft::field<Choice> f;
    const auto found = given(f, text, room, [&](cft::assignment& a) { a.choice("name", f); });
    return found.total() == 1 && found[0].what == flaw::bad_choice && text_of(found[0].detail) == words &&
           f.value == Choice{} && f.given && f.faulty;
}

constexpr void choices_are_words_in_either_case(check& t) {
    t.ok(chooses("INOUT", cft::call::inout));
    t.ok(chooses("out", cft::call::out));
    t.ok(chooses("In", cft::call::in));
    t.ok(chooses("CFTUTIL", cft::origin::cftutil));
    t.ok(chooses("c", cft::origin::cftutil));
    t.ok(chooses("Designer", cft::origin::designer));
    t.ok(chooses("D", cft::origin::designer));
    t.ok(chooses("COPILOT", cft::origin::copilot));
    t.ok(chooses("o", cft::origin::copilot));
    t.ok(chooses("socks4", cft::proxy_protocol::socks4));
    t.ok(chooses("SOCKS5", cft::proxy_protocol::socks5));
    t.ok(chooses("", cft::proxy_protocol::none));
    t.ok(chooses("  ", cft::proxy_protocol::none));
    t.ok(chooses("REPLACE", cft::mode::replace));
    t.ok(chooses("create", cft::mode::create));
    t.ok(chooses("Delete", cft::mode::erase));
    for (const bytes bad : {bytes(""), bytes("IN OUT"), bytes("INO")})
        t.in(bad).ok(chooses_nothing<cft::call>(bad, "INOUT, OUT, IN"));
    for (const bytes bad : {bytes("X"), bytes(" ")})
        t.in(bad).ok(chooses_nothing<cft::origin>(bad, "CFTUTIL, C, DESIGNER, D, COPILOT, O"));
    for (const bytes bad : {bytes("SOCKS4A"), bytes("SOCKS"), bytes("x "), bytes(" x")})
        t.in(bad).ok(chooses_nothing<cft::proxy_protocol>(bad, "SOCKS4, SOCKS5, blank"));
    for (const bytes bad : {bytes("REMOVE"), bytes("")})
        t.in(bad).ok(chooses_nothing<cft::mode>(bad, "REPLACE, CREATE, DELETE"));
}
PROVE_AND_RUN(choices_are_words_in_either_case)

// One byte more is no word, whatever it means.
constexpr void a_number_or_a_choice_has_at_most_64_bytes(check& t) {
    message<65> zeros;
    message<65> blanks;
    for (size_t n = 0; n < 65; ++n) {
        zeros.put("0");
        blanks.put(" ");
    }
    t.ok(number_is(zeros.view().first(64), 0, 9, 0) &&
         chooses(blanks.view().first(64), cft::proxy_protocol::none));
    cft::finding room[4];
    cft::field<uint16_t> number;
    const auto wrong =
        given(number, zeros.view(), room, [&](cft::assignment& a) { a.number("NAME", number, 0, 9); });
    t.ok(wrong.total() == 1 && wrong[0].what == flaw::bad_length && wrong[0].least == 0 &&
         wrong[0].most == 64);
    t.ok(number.faulty);
    cft::field<cft::proxy_protocol> choice;
    const auto long_one =
        given(choice, blanks.view(), room, [&](cft::assignment& a) { a.choice("NAME", choice); });
    t.ok(long_one.total() == 1 && long_one[0].what == flaw::bad_length && long_one[0].most == 64 &&
         choice.faulty);
}
PROVE_AND_RUN(a_number_or_a_choice_has_at_most_64_bytes)

constexpr void an_id_has_1_to_32_bytes(check& t) {
    cft::finding room[4];
    cft::field<cft::text<32>> unused;
    const auto give = [](cft::assignment& a) { a.ids("NAME"); };
    const message<33> letters = message<33>().letters(33);
    t.ok(given(unused, "a", room, give).total() == 0);
    t.ok(given(unused, letters.view().first(32), room, give).total() == 0);
    for (const bytes bad : {bytes(""), letters.view()}) {
        const auto entered = t.in(bad);
        const auto found = given(unused, bad, room, give);
        t.ok(found.total() == 1 && found[0].what == flaw::bad_length && found[0].least == 1 &&
             found[0].most == 32);
    }
}
PROVE_AND_RUN(an_id_has_1_to_32_bytes)

constexpr void texts_keep_their_length(check& t) {
    cft::finding room[4];
    cft::field<cft::text<4>> f;
    const auto give = [&](cft::assignment& a) { a.string("name", f, 1); };
    t.ok(given(f, "abCd", room, give).total() == 0 && f.value.view() == bytes("abCd"));
    for (const bytes bad : {bytes(""), bytes("abcde")}) {
        const auto entered = t.in(bad);
        f = {};
        const auto found = given(f, bad, room, give);
        t.ok(found.total() == 1 && found[0].what == flaw::bad_length && found[0].least == 1 &&
             found[0].most == 4);
        t.ok(f.value.empty() && f.given && f.faulty);
    }
}
PROVE_AND_RUN(texts_keep_their_length)

constexpr void a_bad_escape_is_located_within_the_value(check& t) {
    cft::finding room[4];
    cft::field<cft::text<16>> f;
    const auto give = [&](cft::assignment& a) { a.string("name", f); };
    const auto plain = given(f, "ab/x4", room, give);
    t.ok(plain.total() == 1 && plain[0].what == flaw::bad_escape &&
         plain[0].position == cft::position{5, 11});
    f = {};
    const auto quoted = given(f, "a/101/?", room, give, true);
    t.ok(quoted.total() == 1 && quoted[0].position == cft::position{5, 15});
    f = {};
    const auto lines = given(f, "a\nbc/", room, give, true);
    t.ok(lines.total() == 1 && lines[0].position == cft::position{6, 3});
}
PROVE_AND_RUN(a_bad_escape_is_located_within_the_value)

constexpr void a_parameter_of_another_name_is_not_taken(check& t) {
    cft::finding room[4];
    cft::findings found(room);
    const parser::event value = value_event("SOCKS5");
    cft::assignment a(name_event, value, 0, found);
    cft::field<cft::text<8>> text;
    cft::field<uint16_t> number{7};
    cft::field<cft::call> choice;
    cft::list<cft::text<8>, 2> list;
    a.string("NAM", text);
    a.number("NAMES", number, 1, 2);
    a.choice("N", choice);
    a.strings("", list);
    a.ids("HAME");
    t.ok(!a.matched() && found.total() == 0 && !text.given && !number.given && !choice.given && !list.given);
    a.ids("NAME");
    t.ok(a.matched() && found.total() == 0);
}
PROVE_AND_RUN(a_parameter_of_another_name_is_not_taken)

constexpr void lists_and_single_values_are_told_apart(check& t) {
    cft::finding room[8];
    cft::findings found(room);
    cft::field<uint16_t> number;
    cft::list<cft::text<3>, 2> list;
    constexpr bytes values[] = {"1", "22", "333", "4"};
    for (size_t i = 0; i < 4; ++i) {
        const auto entered = t.in(i);
        const parser::event value = value_event(values[i]);
        cft::assignment a(name_event, value, i, found);
        a.number("NAME", number, 0, 9);
        a.strings("NAME", list);
        t.ok(a.matched());
    }
    t.ok(found.total() == 2 && found[0].what == flaw::too_many_values &&
         found[1].what == flaw::too_many_values);
    t.ok(number.value == 1 && list.size == 2 && list.items[0].value.view() == bytes("1") &&
         list.items[1].value.view() == bytes("22"));
    t.ok(list.items[0].given && list.items[1].given);
    // The same parameter once more.
    const parser::event again = value_event("5");
    cft::assignment a(name_event, again, 0, found);
    a.number("NAME", number, 0, 9);
    a.strings("NAME", list);
    t.ok(found.total() == 4 && found[2].what == flaw::repeated_parameter &&
         found[2].position == cft::position{4, 1} && found[3].what == flaw::repeated_parameter);
    t.ok(number.value == 5 && list.size == 1 && list.items[0].value.view() == bytes("5"));
    // An empty item, and one that is too long.
    const parser::event empty = value_event("");
    cft::assignment(name_event, empty, 1, found).strings("NAME", list);
    t.ok(found.total() == 5 && found[4].what == flaw::bad_length && list.size == 2);
}
PROVE_AND_RUN(lists_and_single_values_are_told_apart)

}  // namespace
