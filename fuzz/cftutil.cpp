// The notation alone. The tokens and the gaps between them are the complete text, each at its position. A
// text that was cut has the same tokens up to the cut. The events, printed again with other blanks, are the
// same events, and so are commands that any bytes choose. A value is what a decoder without a buffer reads,
// and any bytes can be spelled.

#include <socks/transfer_cft/parser.hpp>

#include "fuzz.hpp"

#include <string_view>
#include <vector>

using namespace fuzzing;

namespace {

using socks::cft::parser;
using socks::cft::position;
using socks::cft::token;
using kind = socks::cft::token_kind;

bool is_last(const token& t) {
    return t.kind == kind::end || t.kind == kind::open_quote || t.kind == kind::open_comment;
}

// Where the token begins; for a value in apostrophes that is the first of them.
size_t begin_of(const token& t, bytes text) {
    return static_cast<size_t>(t.text.data() - text.data()) - (t.kind == kind::quoted ? 1 : 0);
}

size_t end_of(const token& t, bytes text) {
    return begin_of(t, text) + t.text.size() + (t.kind == kind::quoted ? 2 : 0);
}

// Blanks and whole comments.
bool separates(std::string_view s) {
    size_t i = 0;
    while (i < s.size()) {
        const size_t blank = s.find_first_not_of(" \t\n\v\f\r", i);
        if (blank != i) {
            i = blank;
            continue;
        }
        const size_t end = s.compare(i, 2, "/*") == 0 ? s.find("*/", i + 2) : std::string::npos;
        if (end == std::string_view::npos) return false;
        i = end + 2;
    }
    return true;
}

// What stands for itself, or begins something else, at the front of `s`.
bool is_mark(std::string_view s) {
    return std::string_view("=,()'").find(s[0]) != std::string_view::npos || s == "/*";
}

// Nothing in a word would end it, and nothing in a value between apostrophes.
bool hangs_together(const token& t) {
    const std::string_view s = t.text;
    if (t.kind != kind::word && t.kind != kind::quoted) return s.size() == 1;
    for (size_t i = 0; i < s.size(); ++i) {
        if (s.compare(i, 2, "//") == 0 || s.compare(i, 2, "/'") == 0)
            ++i;
        else if (t.kind == kind::quoted ? s[i] == '\'' : separates(s.substr(i, 1)) || is_mark(s.substr(i, 2)))
            return false;
    }
    return t.kind == kind::quoted || !s.empty();
}

// The places of a text, asked for from front to back.
class places {
  public:
    explicit places(bytes all) : all_(all) {}
    position of(size_t n) {
        for (; i_ < n; ++i_)
            at_ = all_.data()[i_] == '\n' ? position{at_.line + 1, 1} : position{at_.line, at_.column + 1};
        return at_;
    }

  private:
    bytes all_;
    size_t i_ = 0;
    position at_{1, 1};
};

std::vector<token> tokens_of(bytes all) {
    socks::cft::lexer in(all);
    std::vector<token> made;
    places at(all);
    size_t done = 0;
    for (;;) {
        const token t = in.next();
        const size_t begin = t.kind == kind::end ? all.size() : begin_of(t, all);
        demand(begin >= done && begin + t.text.size() <= all.size());
        demand(t.position == at.of(begin) && separates(all.first(begin).subspan(done)));
        if (is_last(t)) {
            const token again = in.next();
            demand(again.kind == t.kind && again.text == t.text && again.position == t.position);
            demand(t.kind == kind::end || begin + t.text.size() == all.size());
            return made;
        }
        done = end_of(t, all);
        demand(done > begin && done <= all.size() && hangs_together(t));
        made.push_back(t);
    }
}

// What ends before the last byte ahead of a cut does not depend on what stands behind it.
void cut_at(size_t n, bytes all, const std::vector<token>& tokens) {
    const block part(all.first(n));
    const std::vector<token> before = tokens_of(part.view());
    for (size_t i = 0; i < tokens.size() && end_of(tokens[i], all) + 1 < n; ++i) {
        demand(i < before.size() && before[i].kind == tokens[i].kind);
        demand(before[i].position == tokens[i].position && before[i].text == tokens[i].text);
    }
}

struct event {
    parser::next next;
    std::string text;
    bool quoted;
    bool operator==(const event&) const = default;
};

std::vector<event> events_of(bytes all) {
    const block copy(all);
    parser in(copy.view());
    std::vector<event> made;
    for (;;) {
        const parser::event e = in.step();
        demand((e.expected != nullptr) == (e.next == parser::next::fail));
        if (e.next == parser::next::end || e.next == parser::next::fail) {
            const parser::event again = in.step();
            demand(again.next == e.next && again.position == e.position && again.expected == e.expected);
            return made;
        }
        const parser::next before = made.empty() ? parser::next::end : made.back().next;
        demand(e.next != parser::next::value || before == parser::next::parameter || before == e.next);
        demand(e.next != parser::next::command || before != parser::next::parameter);
        demand(made.size() < all.size());
        made.push_back({e.next, text(e.text), e.quoted});
    }
}

std::string printed(const std::vector<event>& events) {
    std::string s;
    for (size_t i = 0; i < events.size(); ++i) {
        const auto [next, word, quoted] = events[i];
        const bool listed = i != 0 && events[i - 1].next == parser::next::value;
        const bool first = i != 0 && events[i - 1].next == parser::next::parameter;
        if (next == parser::next::value)
            s += (first ? "(" : "\t,") + (quoted ? "'" + word + "'" : word + "\n");
        else
            s += (listed ? "),/*'*/" : "/*'*/") + word + (next == parser::next::parameter ? " /**/=" : "\r");
    }
    return !events.empty() && events.back().next == parser::next::value ? s + ")" : s;
}

// Each byte chooses a command, a parameter with its first value, or one more value. All of them are read.
void write(bytes choices) {
    using next = parser::next;
    std::vector<event> events;
    for (const uint8_t choice : choices) {
        const bool listed = !events.empty() && events.back().next == next::value;
        if (choice % 4 == 1 && !events.empty()) {
            events.push_back({next::parameter, "P", false});
            events.push_back({next::value, "1", false});
        } else if (choice % 4 > 1 && listed) {
            events.push_back({next::value, choice % 4 == 2 ? "word" : "two words", choice % 4 == 3});
        } else {
            events.push_back({next::command, "COMMAND", false});
        }
    }
    demand(events_of(printed(events)) == events);
}

// Byte by byte, without a buffer: false where a slash begins nothing.
bool meaning_of(std::string_view s, std::string& made) {
    for (size_t i = 0; i < s.size(); ++i) {
        if (s[i] != '/') {
            made += s[i];
        } else if (s.compare(i, 2, "//") == 0 || s.compare(i, 2, "/'") == 0) {
            made += s[++i];
        } else {
            const bool sixteen = s.compare(i, 2, "/x") == 0;
            const std::string digits(s.substr(i + (sixteen ? 2 : 1), sixteen ? 2 : 3));
            const char* known = sixteen ? "0123456789abcdefABCDEF" : "01234567";
            if (digits.size() != (sixteen ? 2 : 3) || digits.find_first_not_of(known) != std::string::npos)
                return false;
            const int byte = std::stoi(digits, nullptr, sixteen ? 16 : 8);
            if (byte > 255) return false;
            made += static_cast<char>(byte);
            i += 3;
        }
    }
    return true;
}

void decode(bytes value) {
    const block copy(value);
    std::string expected;
    const bool sound = meaning_of(value, expected);
    errc refusal = errc::none;
    const std::string made =
        encode_exactly([&](buffer out) { return socks::cft::decode_value(copy.view(), out); }, &refusal);
    demand(sound ? refusal == errc::none && made == expected : refusal == errc::bad_escape);
    const size_t fault = socks::cft::escape_fault(copy.view());
    demand(sound ? fault == value.size() : fault < value.size() && value.data()[fault] == '/');
}

// Any bytes, by every escape in turn, as one value in apostrophes.
void spell(bytes value) {
    std::string s = "'";
    for (size_t i = 0; i < value.size(); ++i) {
        const auto byte = static_cast<unsigned char>(value.data()[i]);
        char room[8];
        std::snprintf(room, sizeof room, i % 2 == 0 ? "/%03o" : "/x%02x", static_cast<unsigned>(byte));
        const bool mark = byte == '/' || byte == '\'';
        s += mark && i % 3 == 0 ? std::string("/") + value.data()[i] : std::string(room);
    }
    s += '\'';
    const block spelled{bytes(s)};
    const std::vector<token> tokens = tokens_of(spelled.view());
    demand(tokens.size() == 1 && tokens[0].kind == kind::quoted);
    const std::string made =
        encode_exactly([&](buffer out) { return socks::cft::decode_value(tokens[0].text, out); });
    demand(made == text(value));
}

}  // namespace

void fuzz(input in) {
    const block copy(in.rest());
    const bytes all = copy.view();
    const std::vector<token> tokens = tokens_of(all);
    for (size_t n = 0; n < all.size(); n += 1 + all.size() / 4) cut_at(n, all, tokens);
    for (const token& t : tokens)
        if (t.kind == kind::word || t.kind == kind::quoted) decode(t.text);
    const std::vector<event> events = events_of(all);
    demand(events_of(printed(events)) == events);
    write(all);
    decode(all);
    spell(all);
}
