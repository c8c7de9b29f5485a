// Splits a CFTUTIL text into tokens with their positions, and decodes the escapes in a value. A token is a
// view of the text. Its escapes are decoded only when you call decode_value().

#ifndef SOCKS_TRANSFER_CFT_LEXER_HPP
#define SOCKS_TRANSFER_CFT_LEXER_HPP

#include <socks/core/address.hpp>
#include <socks/core/decoded.hpp>
#include <socks/core/letters.hpp>

namespace socks::cft {

/// A position in a text. Lines and columns begin at 1, columns count bytes. Line 0 means "not in the text".
struct position {
    uint32_t line = 0;    ///< the line, from 1; 0 if not in the text
    uint32_t column = 0;  ///< the column, from 1

    /// The position after `text`, if `text` begins at this position.
    [[nodiscard]] constexpr position after(bytes text) const noexcept {
        position p = *this;
        for (size_t i = 0; i < text.size(); ++i) {
            ++p.column;
            if (text.data()[i] == '\n') p = {p.line + 1, 1};
        }
        return p;
    }

    /// Whether both are the same place.
    friend constexpr bool operator==(const position&, const position&) noexcept = default;
};

/// The kinds of tokens.
enum class token_kind : uint8_t {
    word,          ///< a keyword, the name of a parameter, or a value without apostrophes
    quoted,        ///< a value in apostrophes; `text` excludes the apostrophes
    equals,        ///< =
    comma,         ///< ,
    open,          ///< (
    close,         ///< )
    end,           ///< the end of the text
    open_quote,    ///< an apostrophe that no second apostrophe closes
    open_comment,  ///< a comment that no */ closes
};

/// A part of a text: a word, a value in apostrophes, or a mark.
struct token {
    token_kind kind = token_kind::end;  ///< what it is
    bytes text;                         ///< its text
    cft::position position;             ///< quoted: the position of the first apostrophe
};

namespace detail {

constexpr bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr bool is_mark(char c) noexcept { return c == '=' || c == ',' || c == '(' || c == ')' || c == '\''; }

}  // namespace detail

/// Reads a text token by token.
///
/// Blanks, ends of lines and comments separate tokens and have no other meaning. A comment begins with `/*`
/// and ends with the next `*/`. There are no comments between apostrophes. `//` and `/'` are pairs everywhere
/// in a text, so neither of them begins a comment or ends a value.
///
/// @lifetime  the lexer and its tokens point into the text.
/// @cost      O(size of the text) for all tokens together, constexpr, noexcept.
class lexer {
  public:
    /// Reads `text` from its beginning.
    constexpr explicit lexer(bytes text SOCKS_LIFETIMEBOUND) noexcept : rest_(text) {}

    /// Returns the next token. After end, open_quote and open_comment, every call returns the same token.
    [[nodiscard]] constexpr token next() noexcept {
        while (!rest_.empty()) {
            if (detail::is_blank(rest_.data()[0])) {
                advance(1);
            } else if (starts_with("/*")) {
                const size_t size = comment_size();
                if (size == 0) return {token_kind::open_comment, rest_, position_};
                advance(size);
            } else {
                return read_token();
            }
        }
        return {token_kind::end, {}, position_};
    }

  private:
    [[nodiscard]] constexpr bool starts_with(bytes prefix) const noexcept {
        return rest_.size() >= prefix.size() && rest_.first(prefix.size()) == prefix;
    }

    // The size of a comment, including "/*" and "*/". 0 means that the comment has no end.
    [[nodiscard]] constexpr size_t comment_size() const noexcept {
        for (size_t i = 2; i + 1 < rest_.size(); ++i)
            if (rest_.data()[i] == '*' && rest_.data()[i + 1] == '/') return i + 2;
        return 0;
    }

    // Whether "//" or "/'" begins at `i`.
    [[nodiscard]] constexpr bool is_pair(size_t i) const noexcept {
        return i + 1 < rest_.size() && rest_.data()[i] == '/' &&
               (rest_.data()[i + 1] == '/' || rest_.data()[i + 1] == '\'');
    }

    constexpr token read_token() noexcept {
        switch (rest_.data()[0]) {
            case '=': return take(token_kind::equals, 0, 1, 1);
            case ',': return take(token_kind::comma, 0, 1, 1);
            case '(': return take(token_kind::open, 0, 1, 1);
            case ')': return take(token_kind::close, 0, 1, 1);
            case '\'': return read_quoted();
        }
        size_t i = 0;
        while (i < rest_.size() && !detail::is_blank(rest_.data()[i]) && !detail::is_mark(rest_.data()[i])) {
            if (rest_.data()[i] == '/' && i + 1 < rest_.size() && rest_.data()[i + 1] == '*') break;
            i += is_pair(i) ? size_t{2} : size_t{1};
        }
        return take(token_kind::word, 0, i, i);
    }

    constexpr token read_quoted() noexcept {
        size_t i = 1;
        while (i < rest_.size() && rest_.data()[i] != '\'') i += is_pair(i) ? size_t{2} : size_t{1};
        if (i >= rest_.size()) return {token_kind::open_quote, rest_, position_};
        return take(token_kind::quoted, 1, i, i + 1);
    }

    // Removes `size` bytes and returns their token. Its text is the bytes from `begin` to `end`.
    constexpr token take(token_kind kind, size_t begin, size_t end, size_t size) noexcept {
        const token t{kind, rest_.first(end).subspan(begin), position_};
        advance(size);
        return t;
    }

    constexpr void advance(size_t n) noexcept {
        position_ = position_.after(rest_.first(n));
        rest_ = rest_.subspan(n);
    }

    bytes rest_;
    position position_{1, 1};
};

namespace detail {

struct escape {
    char meaning = 0;
    size_t size = 0;  // in bytes of the text; 0: not an escape
};

// Reads the escape at the front of `text`, whose first byte is a slash.
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
    if (p[1] > '3') return {};  // the number does not fit into a byte
    return {static_cast<char>((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0')), 4};
}

}  // namespace detail

/// Decodes the escapes in a value.
///
///     /ooo  the byte with this octal number, 000 to 377      /'  an apostrophe
///     /xhh  the byte with this hexadecimal number            //  a slash
///
/// @param text  the value as written, without its apostrophes.
/// @param out   receives the decoded value. text.size() bytes are always enough.
/// @returns     the decoded value in `out`.
/// @errors      bad_escape  a slash that begins none of these escapes; escape_fault() returns its position
///              no_space    `out` is too small; required() is the size of the value, or 0 if `text` has
///                          more than 4294967295 bytes
///              overlap     `out` begins inside `text`, after its first byte
///              After bad_escape and no_space, `out` may have been written.
/// @lifetime    the value is in `out`.
/// @cost        O(size), constexpr, noexcept.
constexpr encoded decode_value(bytes text, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (text.size() > UINT32_MAX) return errc::no_space;
    if (socks::detail::is_ahead(out.data(), text.data(), text.size())) return errc::overlap;
    size_t size = 0;
    for (size_t i = 0; i < text.size();) {
        detail::escape e{text.data()[i], 1};
        if (e.meaning == '/') e = detail::read_escape(text.subspan(i));
        if (e.size == 0) return errc::bad_escape;
        if (size < out.capacity()) out.data()[size] = e.meaning;
        ++size;
        i += e.size;
    }
    return size <= out.capacity() ? encoded(out.data(), size) : encoded::no_space(size);
}

/// Returns the offset of the first invalid escape in a value, or text.size() if all escapes are valid.
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
