// Tokens, their positions, and the escapes of a value.

#include <socks/transfer_cft/lexer.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"
#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;
using cft::position;
using kind = cft::token_kind;

static_assert(socks::cft::position().line == 0 && socks::cft::position().column == 0);
static_assert(socks::cft::token().kind == socks::cft::token_kind::end);

struct expected_token {
    cft::token_kind kind;
    bytes text;
    cft::position position;
};

// The tokens of `text` are these, and then the last one for ever. The text lies in storage of exactly its
// size.
template <size_t N>
constexpr bool lexes(bytes text, const expected_token (&tokens)[N]) {
    const exact_copy copy(text);
    cft::lexer in(copy.view());
    for (size_t i = 0; i < N + 2; ++i) {
        const expected_token& wanted = tokens[i < N ? i : N - 1];
        const cft::token t = in.next();
        if (t.kind != wanted.kind || t.text != wanted.text || t.position != wanted.position) return false;
    }
    return true;
}

constexpr void words_and_marks_need_no_blanks_between_them(check& t) {
    t.ok(lexes("ID=('a',b)", {{kind::word, "ID", {1, 1}},
                              {kind::equals, "=", {1, 3}},
                              {kind::open, "(", {1, 4}},
                              {kind::quoted, "a", {1, 5}},
                              {kind::comma, ",", {1, 8}},
                              {kind::word, "b", {1, 9}},
                              {kind::close, ")", {1, 10}},
                              {kind::end, "", {1, 11}}}));
    t.ok(lexes("", {{kind::end, "", {1, 1}}}));
    t.ok(lexes("x", {{kind::word, "x", {1, 1}}, {kind::end, "", {1, 2}}}));
    t.ok(lexes("a'b'", {{kind::word, "a", {1, 1}}, {kind::quoted, "b", {1, 2}}, {kind::end, "", {1, 5}}}));
}
PROVE_AND_RUN(words_and_marks_need_no_blanks_between_them)

constexpr void blanks_and_lines_only_separate(check& t) {
    t.ok(lexes(" \t\v\fa\r\n  b\n\nc", {{kind::word, "a", {1, 5}},
                                        {kind::word, "b", {2, 3}},
                                        {kind::word, "c", {4, 1}},
                                        {kind::end, "", {4, 2}}}));
    t.ok(lexes("a \n", {{kind::word, "a", {1, 1}}, {kind::end, "", {2, 1}}}));
}
PROVE_AND_RUN(blanks_and_lines_only_separate)

constexpr void apostrophes_hold_anything(check& t) {
    t.ok(lexes("'a, b=(/*c*/)'", {{kind::quoted, "a, b=(/*c*/)", {1, 1}}, {kind::end, "", {1, 15}}}));
    t.ok(lexes("''x", {{kind::quoted, "", {1, 1}}, {kind::word, "x", {1, 3}}, {kind::end, "", {1, 4}}}));
    t.ok(lexes("'a\nb' c",
               {{kind::quoted, "a\nb", {1, 1}}, {kind::word, "c", {2, 4}}, {kind::end, "", {2, 5}}}));
    t.ok(lexes("'PARIS_ NSOCKS5'", {{kind::quoted, "PARIS_ NSOCKS5", {1, 1}}, {kind::end, "", {1, 17}}}));
}
PROVE_AND_RUN(apostrophes_hold_anything)

constexpr void an_escaped_apostrophe_ends_no_value(check& t) {
    t.ok(lexes("'J /' A '", {{kind::quoted, "J /' A ", {1, 1}}, {kind::end, "", {1, 10}}}));
    t.ok(lexes("'a//' b",
               {{kind::quoted, "a//", {1, 1}}, {kind::word, "b", {1, 7}}, {kind::end, "", {1, 8}}}));
    t.ok(lexes("'///'' b",
               {{kind::quoted, "///'", {1, 1}}, {kind::word, "b", {1, 8}}, {kind::end, "", {1, 9}}}));
    t.ok(lexes("x/'y z", {{kind::word, "x/'y", {1, 1}}, {kind::word, "z", {1, 6}}, {kind::end, "", {1, 7}}}));
    t.ok(lexes("/'y z", {{kind::word, "/'y", {1, 1}}, {kind::word, "z", {1, 5}}, {kind::end, "", {1, 6}}}));
}
PROVE_AND_RUN(an_escaped_apostrophe_ends_no_value)

constexpr void comments_stand_anywhere_but_in_apostrophes(check& t) {
    t.ok(lexes("/* a\n 'b */c/**/d/***/",
               {{kind::word, "c", {2, 7}}, {kind::word, "d", {2, 12}}, {kind::end, "", {2, 18}}}));
    t.ok(lexes("a//*b", {{kind::word, "a//*b", {1, 1}}, {kind::end, "", {1, 6}}}));
    t.ok(lexes("//*b", {{kind::word, "//*b", {1, 1}}, {kind::end, "", {1, 5}}}));
    t.ok(lexes("a///*b*/c",
               {{kind::word, "a//", {1, 1}}, {kind::word, "c", {1, 9}}, {kind::end, "", {1, 10}}}));
    t.ok(lexes("a/", {{kind::word, "a/", {1, 1}}, {kind::end, "", {1, 3}}}));
    t.ok(lexes("/a /", {{kind::word, "/a", {1, 1}}, {kind::word, "/", {1, 4}}, {kind::end, "", {1, 5}}}));
}
PROVE_AND_RUN(comments_stand_anywhere_but_in_apostrophes)

constexpr void what_has_no_end_is_told_where_it_begins(check& t) {
    t.ok(lexes("a 'b", {{kind::word, "a", {1, 1}}, {kind::open_quote, "'b", {1, 3}}}));
    t.ok(lexes("\n'", {{kind::open_quote, "'", {2, 1}}}));
    t.ok(lexes("'a/'", {{kind::open_quote, "'a/'", {1, 1}}}));
    t.ok(lexes("/*", {{kind::open_comment, "/*", {1, 1}}}));
    t.ok(lexes("x /*/", {{kind::word, "x", {1, 1}}, {kind::open_comment, "/*/", {1, 3}}}));
    t.ok(lexes("a/*", {{kind::word, "a", {1, 1}}, {kind::open_comment, "/*", {1, 2}}}));
    t.ok(lexes("/* *", {{kind::open_comment, "/* *", {1, 1}}}));
}
PROVE_AND_RUN(what_has_no_end_is_told_where_it_begins)

constexpr bool decodes(bytes text, bytes value) {
    const exact_copy from(text);
    exact_copy to(value);
    const encoded made = cft::decode_value(from.view(), to.room());
    return made && made.data() == value && cft::escape_fault(from.view()) == text.size();
}

constexpr void escapes_mean_what_the_documents_say(check& t) {
    t.ok(decodes("V/x41LUE WITH BL/101NKS", "VALUE WITH BLANKS"));
    t.ok(decodes("J /' APOSTROPHE ", "J ' APOSTROPHE "));
    t.ok(decodes("//", "/") && decodes("a//b", "a/b") && decodes("////", "//") && decodes("///'", "/'"));
    t.ok(decodes("", "") && decodes("foo", "foo"));
    t.ok(decodes("/x411", "A1") && decodes("/1011", "A1") && decodes("/x4A/x4a", "JJ"));
    t.ok(decodes("/000/x00", "00 00"_bytes) && decodes("/377/xff", "ff ff"_bytes));
}
PROVE_AND_RUN(escapes_mean_what_the_documents_say)

constexpr bool refused(bytes text, size_t fault) {
    const exact_copy from(text);
    char room[32] = {};
    return cft::decode_value(from.view(), room).error() == errc::bad_escape &&
           cft::escape_fault(from.view()) == fault;
}

constexpr void other_escapes_are_refused_and_located(check& t) {
    t.ok(refused("/", 0));
    t.ok(refused("a/", 1));
    t.ok(refused("ab/c", 2));
    t.ok(refused("///", 2));
    t.ok(refused("/x4", 0));
    t.ok(refused("/x4g", 0));
    t.ok(refused("/xg4", 0));
    t.ok(refused("/x", 0));
    t.ok(refused("/X41", 0));
    t.ok(refused("/10", 0));
    t.ok(refused("/108", 0));
    t.ok(refused("/180", 0));
    t.ok(refused("/810", 0));
    t.ok(refused("/400", 0));
    t.ok(refused("/.00", 0) && refused("/1.0", 0) && refused("/10.", 0));
    t.ok(refused("/777", 0));
    t.ok(refused("/x41/101abc/de", 11));
}
PROVE_AND_RUN(other_escapes_are_refused_and_located)

constexpr void too_little_room_is_told(check& t) {
    for (size_t n = 0; n < 3; ++n) {
        const auto entered = t.in(n);
        char room[3] = {'\xa5', '\xa5', '\xa5'};
        const encoded made = cft::decode_value("a/x42/'", buffer(room, n));
        t.ok(made.error() == errc::no_space && made.required() == 3);
        for (size_t i = n; i < 3; ++i) t.in(i).ok(room[i] == '\xa5');
    }
}
PROVE_AND_RUN(too_little_room_is_told)

#if SIZE_MAX > UINT32_MAX
// Its size would have to be counted in 32 bits: nobody looks at it.
constexpr void a_value_of_4_gib_is_refused_unread(check& t) {
    const char text[] = {'a'};
    char room[4] = {};
    for (const size_t size : {size_t{1} << 32, (size_t{1} << 32) + 3, SIZE_MAX}) {
        const auto entered = t.in(size);
        const encoded made = cft::decode_value(bytes(text, size), room);
        t.ok(made.error() == errc::no_space && made.required() == 0 && made.size() == 0);
    }
}
PROVE_AND_RUN(a_value_of_4_gib_is_refused_unread)

// That it overlaps `out` is found without reading it.
void a_value_of_one_byte_less_is_not_too_long(check& t) {
    char room[4] = {};
    t.ok(cft::decode_value(bytes(room, UINT32_MAX), buffer(room + 1, 3)).error() == errc::overlap);
}
RUN(a_value_of_one_byte_less_is_not_too_long)
#endif

}  // namespace
