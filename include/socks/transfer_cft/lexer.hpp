// The words and marks of a CFTUTIL text, each with its place, and what the escapes inside a value mean.
// A token is a view of the text as it was written; nothing is decoded before somebody wants the value.

#ifndef SOCKS_TRANSFER_CFT_LEXER_HPP
#define SOCKS_TRANSFER_CFT_LEXER_HPP

#include <socks/core/address.hpp>
#include <socks/core/decoded.hpp>
#include <socks/core/letters.hpp>

namespace socks::cft {

/// A place in a text, as editors count: both from 1, columns in bytes. Line 0 is nowhere.
struct position {
    uint32_t line = 0;
    uint32_t column = 0;

    /// The place behind `text`, which begins here.
    [[nodiscard]] constexpr position behind(bytes text) const noexcept {
        position p = *this;
        for (size_t i = 0; i < text.size(); ++i) {
            ++p.column;
            if (text.data()[i] == '\n') p = {p.line + 1, 1};
        }
        return p;
    }

    friend constexpr bool operator==(const position&, const position&) noexcept = default;
};

/// One word or mark.
struct token {
    enum class kind : uint8_t {
        word,          ///< a keyword, the name of a parameter, or a value without apostrophes
        quoted,        ///< a value between apostrophes; text is what stands between them
        equals,        ///< =
        comma,         ///< ,
        open,          ///< (
        close,         ///< )
        end,           ///< the end of the text
        open_quote,    ///< an apostrophe without its second one
        open_comment,  ///< a comment without its end
    };

    kind is = kind::end;
    bytes text;
    position at;
};

namespace detail {

constexpr bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr bool is_mark(char c) noexcept { return c == '=' || c == ',' || c == '(' || c == ')' || c == '\''; }

}  // namespace detail

/// Takes a text apart, token by token.
///
/// Blanks, the ends of lines and comments, from `/*` to the next `*/`, separate tokens and mean nothing else. Between
/// apostrophes there are no comments. `//` and `/'` belong together wherever they stand, so neither of them begins a
/// comment or ends a value.
///
/// @lifetime  points into the text; so do its tokens.
/// @cost      O(size of the text) in all, constexpr, noexcept.
class lexer {
  public:
    constexpr explicit lexer(bytes text SOCKS_LIFETIMEBOUND) noexcept : rest_(text) {}

    /// The next token. At the end, and behind what has no end, it is the same for ever.
    [[nodiscard]] constexpr token next() noexcept {
        while (!rest_.empty()) {
            if (detail::is_blank(rest_.data()[0])) {
                advance(1);
            } else if (begins("/*")) {
                const size_t size = comment();
                if (size == 0) return {token::kind::open_comment, rest_, at_};
                advance(size);
            } else {
                return visible();
            }
        }
        return {token::kind::end, {}, at_};
    }

  private:
    [[nodiscard]] constexpr bool begins(bytes with) const noexcept {
        return rest_.size() >= with.size() && rest_.first(with.size()) == with;
    }

    // Its bytes, "/*" and "*/" included; 0 without an end.
    [[nodiscard]] constexpr size_t comment() const noexcept {
        for (size_t i = 2; i + 1 < rest_.size(); ++i)
            if (rest_.data()[i] == '*' && rest_.data()[i + 1] == '/') return i + 2;
        return 0;
    }

    // "//" and "/'" are two bytes of one value.
    [[nodiscard]] constexpr bool is_pair(size_t i) const noexcept {
        return i + 1 < rest_.size() && rest_.data()[i] == '/' &&
               (rest_.data()[i + 1] == '/' || rest_.data()[i + 1] == '\'');
    }

    constexpr token visible() noexcept {
        switch (rest_.data()[0]) {
            case '=': return take(token::kind::equals, 0, 1, 1);
            case ',': return take(token::kind::comma, 0, 1, 1);
            case '(': return take(token::kind::open, 0, 1, 1);
            case ')': return take(token::kind::close, 0, 1, 1);
            case '\'': return quoted();
        }
        size_t i = 0;
        while (i < rest_.size() && !detail::is_blank(rest_.data()[i]) && !detail::is_mark(rest_.data()[i])) {
            if (rest_.data()[i] == '/' && i + 1 < rest_.size() && rest_.data()[i + 1] == '*') break;
            i += is_pair(i) ? size_t{2} : size_t{1};
        }
        return take(token::kind::word, 0, i, i);
    }

    constexpr token quoted() noexcept {
        size_t i = 1;
        while (i < rest_.size() && rest_.data()[i] != '\'') i += is_pair(i) ? size_t{2} : size_t{1};
        if (i >= rest_.size()) return {token::kind::open_quote, rest_, at_};
        return take(token::kind::quoted, 1, i, i + 1);
    }

    // A token of the first `size` bytes, whose text begins and ends within them.
    constexpr token take(token::kind is, size_t begin, size_t end, size_t size) noexcept {
        const token t{is, rest_.first(end).subspan(begin), at_};
        advance(size);
        return t;
    }

    constexpr void advance(size_t n) noexcept {
        at_ = at_.behind(rest_.first(n));
        rest_ = rest_.subspan(n);
    }

    bytes rest_;
    position at_{1, 1};
};

namespace detail {

struct escape {
    char meaning = 0;
    size_t size = 0;  // bytes that spell it; 0: it is none
};

// What the slash at the front of `text` begins.
constexpr escape read_escape(bytes text) noexcept {
    const char* const p = text.data();
    if (text.size() >= 2 && (p[1] == '/' || p[1] == '\'')) return {p[1], 2};
    if (text.size() < 4) return {};
    if (p[1] == 'x') {
        const int high = socks::detail::hex_digit(p[2]);
        const int low = socks::detail::hex_digit(p[3]);
        if (high < 0 || low < 0) return {};
        return {static_cast<char>(high * 16 + low), 4};
    }
    for (size_t i = 1; i < 4; ++i)
        if (p[i] < '0' || p[i] > '7') return {};
    if (p[1] > '3') return {};  // more than a byte
    return {static_cast<char>((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0')), 4};
}

}  // namespace detail

/// What a value means whose `text` may hold escapes: `/ooo` is a byte in octal digits, up to 377, `/xhh` one in
/// hexadecimal digits, `/'` an apostrophe and `//` a slash.
///
/// @param text  a value as it was written, without its apostrophes.
/// @param out   room for the value; as much as `text` has always suffices.
/// @returns     the value made in `out`.
/// @errors      bad_escape  a slash that begins none of the four; escape_fault() says where
///              no_space    `out` is too small; required() says how much it takes. Or `text` has more than 4294967295 bytes,
///                          and required() is 0
///              overlap     `out` begins in `text`, behind its front
///              and in either case `out` may have been written to
/// @lifetime    the value is in `out`.
/// @cost        O(size), constexpr, noexcept.
constexpr encoded decode_value(bytes text, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (text.size() > UINT32_MAX) return errc::no_space;
    if (socks::detail::is_ahead(out.data(), text.data(), text.size())) return errc::overlap;
    size_t made = 0;
    for (size_t i = 0; i < text.size();) {
        detail::escape e{text.data()[i], 1};
        if (e.meaning == '/') e = detail::read_escape(text.subspan(i));
        if (e.size == 0) return errc::bad_escape;
        if (made < out.capacity()) out.data()[made] = e.meaning;
        ++made;
        i += e.size;
    }
    return made <= out.capacity() ? encoded(out.data(), made) : encoded::no_space(made);
}

/// How many bytes of a value stand before its first bad escape; all of them if there is none.
/// @cost  O(size), constexpr, noexcept.
[[nodiscard]] constexpr size_t escape_fault(bytes text) noexcept {
    size_t i = 0;
    while (i < text.size()) {
        const size_t size = text.data()[i] == '/' ? detail::read_escape(text.subspan(i)).size : 1;
        if (size == 0) break;
        i += size;
    }
    return i;
}

}  // namespace socks::cft

#endif
