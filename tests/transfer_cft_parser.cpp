// Commands, parameters and values, and the errors at each place of the syntax.

#include <socks/transfer_cft/parser.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"
#include "sweep.hpp"
#include "transfer_cft_example.hpp"

namespace {

using ::check;
using namespace socks;
using cft::position;
using next = cft::parser::next;

struct expected_event {
    cft::parser::next next;
    bytes text;
    cft::position position;
    bool quoted = false;
};

// The events of `text` are these, and then the last one for ever.
template <size_t N>
constexpr bool parses(bytes text, const expected_event (&events)[N]) {
    const exact_copy copy(text);
    cft::parser in(copy.view());
    for (size_t i = 0; i < N + 2; ++i) {
        const expected_event& wanted = events[i < N ? i : N - 1];
        const auto e = in.step();
        if (e.next != wanted.next || e.text != wanted.text || e.position != wanted.position ||
            e.quoted != wanted.quoted)
            return false;
        if ((e.expected != nullptr) != (e.next == next::fail)) return false;
    }
    return true;
}

// A keyword is not case-sensitive, a value keeps its case.
constexpr void a_command_has_parameters_and_these_have_values(check& t) {
    t.ok(parses("cftNet ID='Net 0', port = 1080", {{next::command, "cftNet", {1, 1}},
                                                   {next::parameter, "ID", {1, 8}},
                                                   {next::value, "Net 0", {1, 11}, true},
                                                   {next::parameter, "port", {1, 20}},
                                                   {next::value, "1080", {1, 27}},
                                                   {next::end, "", {1, 31}}}));
    t.ok(parses("", {{next::end, "", {1, 1}}}));
    t.ok(parses(" /* nothing */\n", {{next::end, "", {2, 1}}}));
    t.ok(parses("A", {{next::command, "A", {1, 1}}, {next::end, "", {1, 2}}}));
    t.ok(
        parses("A B", {{next::command, "A", {1, 1}}, {next::command, "B", {1, 3}}, {next::end, "", {1, 4}}}));
    t.ok(parses("A x = ''", {{next::command, "A", {1, 1}},
                             {next::parameter, "x", {1, 3}},
                             {next::value, "", {1, 7}, true},
                             {next::end, "", {1, 9}}}));
}
PROVE_AND_RUN(a_command_has_parameters_and_these_have_values)

constexpr void several_values_stand_in_parentheses(check& t) {
    t.ok(parses("T HOST=(a,'b c' , d)E", {{next::command, "T", {1, 1}},
                                          {next::parameter, "HOST", {1, 3}},
                                          {next::value, "a", {1, 9}},
                                          {next::value, "b c", {1, 11}, true},
                                          {next::value, "d", {1, 19}},
                                          {next::command, "E", {1, 21}},
                                          {next::end, "", {1, 22}}}));
    t.ok(parses("T x=(1),y=2", {{next::command, "T", {1, 1}},
                                {next::parameter, "x", {1, 3}},
                                {next::value, "1", {1, 6}},
                                {next::parameter, "y", {1, 9}},
                                {next::value, "2", {1, 11}},
                                {next::end, "", {1, 12}}}));
}
PROVE_AND_RUN(several_values_stand_in_parentheses)

// A comma before the next command, or before the end, is one too many and does no harm.
constexpr void a_command_ends_where_the_next_one_begins(check& t) {
    t.ok(parses("A x=1,B y=2,", {{next::command, "A", {1, 1}},
                                 {next::parameter, "x", {1, 3}},
                                 {next::value, "1", {1, 5}},
                                 {next::command, "B", {1, 7}},
                                 {next::parameter, "y", {1, 9}},
                                 {next::value, "2", {1, 11}},
                                 {next::end, "", {1, 13}}}));
    t.ok(parses("A x=1B\ny\n=\nB", {{next::command, "A", {1, 1}},
                                    {next::parameter, "x", {1, 3}},
                                    {next::value, "1B", {1, 5}},
                                    {next::fail, "y", {2, 1}}}));
    t.ok(parses("A x=1 B/*y*/y/*=*/=/**/B", {{next::command, "A", {1, 1}},
                                             {next::parameter, "x", {1, 3}},
                                             {next::value, "1", {1, 5}},
                                             {next::command, "B", {1, 7}},
                                             {next::parameter, "y", {1, 13}},
                                             {next::value, "B", {1, 24}},
                                             {next::end, "", {1, 25}}}));
}
PROVE_AND_RUN(a_command_ends_where_the_next_one_begins)

constexpr void the_documents_example_parses_as_it_stands(check& t) {
    cft::parser in(documented_example);
    size_t commands = 0;
    size_t values = 0;
    position last_command;
    bytes last_id;
    cft::parser::event e = in.step();
    for (; e.next != next::end && e.next != next::fail; e = in.step()) {
        if (e.next == next::command) {
            ++commands;
            last_command = e.position;
        }
        if (e.next == next::value) ++values;
        if (e.next == next::value && values == 21) last_id = e.text;
    }
    t.ok(e.next == next::end && e.position == position{23, 1});
    t.ok(commands == 5 && values == 22 && last_command == position{21, 1});
    t.ok(last_id == bytes("PARIS_ NSOCKS5"));
}
PROVE_AND_RUN(the_documents_example_parses_as_it_stands)

// The text up to its fault is read; then the fault is told for ever.
constexpr bool fails(bytes text, position at, bytes expected) {
    const exact_copy copy(text);
    cft::parser in(copy.view());
    size_t steps = 0;
    cft::parser::event e = in.step();
    for (; e.next != next::fail; e = in.step())
        if (e.next == next::end || ++steps > text.size()) return false;
    const cft::parser::event again = in.step();
    size_t size = 0;
    while (e.expected[size] != '\0') ++size;
    return e.position == at && bytes(e.expected, size) == expected && again.next == next::fail &&
           again.position == at && again.expected == e.expected;
}

constexpr void every_error_says_where_and_what_was_expected(check& t) {
    t.ok(fails("=", {1, 1}, "a command") && fails(",", {1, 1}, "a command") &&
         fails("'A'", {1, 1}, "a command"));
    t.ok(fails("\n ID = x", {2, 2}, "a command"));
    t.ok(fails("A =", {1, 1}, "a command") && fails("A ,", {1, 3}, "a parameter or a command"));
    t.ok(fails("A x=1,,y=2", {1, 7}, "a parameter or a command"));
    t.ok(fails("A 'x'=1", {1, 3}, "a parameter or a command"));
    t.ok(fails("A x=", {1, 5}, "a value") && fails("A x=,", {1, 5}, "a value") &&
         fails("A x=)", {1, 5}, "a value"));
    t.ok(fails("A x==1", {1, 5}, "a value") && fails("A x=()", {1, 6}, "a value"));
    t.ok(fails("A x=(1,)", {1, 8}, "a value") && fails("A x=((1))", {1, 6}, "a value"));
    t.ok(fails("A x=(1", {1, 7}, "a comma or a closing parenthesis"));
    t.ok(fails("A x=(1 2)", {1, 8}, "a comma or a closing parenthesis"));
    t.ok(fails("A x=1 y=2", {1, 7}, "a comma or a command"));
    t.ok(fails("A x='1'B'", {1, 9}, "an apostrophe that ends the value which begins here"));
    t.ok(fails("A x='1''2'", {1, 8}, "a comma or a command") &&
         fails("A x=1)", {1, 6}, "a comma or a command"));
    t.ok(fails("A x='1", {1, 5}, "an apostrophe that ends the value which begins here"));
    t.ok(fails("A x=1 /* y", {1, 7}, "the end of the comment which begins here"));
}
PROVE_AND_RUN(every_error_says_where_and_what_was_expected)

constexpr void a_keyword_is_short_and_begins_with_a_letter(check& t) {
    constexpr bytes wanted = "a keyword of at most 8 characters, the first of them a letter";
    t.ok(parses("ABCDEFGH", {{next::command, "ABCDEFGH", {1, 1}}, {next::end, "", {1, 9}}}));
    t.ok(parses("z", {{next::command, "z", {1, 1}}, {next::end, "", {1, 2}}}));
    t.ok(fails("ABCDEFGHI", {1, 1}, wanted) && fails("1A", {1, 1}, wanted) && fails("_A", {1, 1}, wanted));
    t.ok(fails("A x=1\n2", {2, 1}, wanted) && fails("[", {1, 1}, wanted) && fails("@", {1, 1}, wanted));
}
PROVE_AND_RUN(a_keyword_is_short_and_begins_with_a_letter)

// Whatever the text is cut to, or whichever byte is put into it, the parser comes to an end.
void no_text_keeps_the_parser_busy(check& t) {
    char text[1024];
    const size_t size = documented_example.size();
    for (size_t cut = 0; cut <= size; ++cut) {
        for (const char c : {'\'', '/', '*', '(', ')', ',', '=', '\0', '\n', 'x', '\xff'}) {
            const auto entered = t.in(static_cast<size_t>(c));
            for (size_t i = 0; i < cut; ++i) text[i] = documented_example.data()[i];
            text[cut] = c;
            cft::parser in(bytes(text, cut + 1));
            size_t steps = 0;
            for (auto e = in.step(); e.next != next::end && e.next != next::fail; e = in.step()) ++steps;
            t.ok(steps <= cut + 1);
        }
    }
}
RUN(no_text_keeps_the_parser_busy)

constexpr void an_event_ends_a_text_unless_told_otherwise(check& t) {
    const cft::parser::event e;
    t.ok(e.next == cft::parser::next::end && e.text.empty() && e.position == cft::position{});
    t.ok(!e.quoted && e.expected == nullptr);
}
PROVE_AND_RUN(an_event_ends_a_text_unless_told_otherwise)

}  // namespace
