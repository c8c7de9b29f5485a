// Parses CFTUTIL, the configuration language of Transfer CFT: commands, parameters and values. The parser
// checks the syntax only. Any word can be the keyword of a command.

#ifndef SOCKS_TRANSFER_CFT_PARSER_HPP
#define SOCKS_TRANSFER_CFT_PARSER_HPP

#include <socks/transfer_cft/lexer.hpp>

namespace socks::cft {

/// Parses a CFTUTIL text event by event.
///
///     CFTNET ID = 'NSOCKS5', PORT = 1080       /* a command and two parameters */
///     CFTTCP HOST = ('IP1', 'IP2'),            /* two values, and an additional comma, which is allowed */
///
/// The ends of lines have no meaning. A command ends where the keyword of the next one begins, or at the end
/// of the text. A word is a parameter if an equals sign follows it, and a keyword otherwise.
///
///     parser in(text);
///     for (;;) {
///         const auto e = in.step();
///         switch (e.next) { ... }  // complete without default
///     }
///
/// @lifetime  the parser and its events point into the text.
/// @cost      O(size of the text) for all events together, no allocation, constexpr, noexcept.
class parser {
  public:
    /// What an event is.
    enum class next : uint8_t {
        command,    ///< `text` is its keyword
        parameter,  ///< `text` is its name; at least one value follows
        value,      ///< `text` is the value as written: see decode_value()
        end,        ///< the end of the text
        fail,       ///< `expected` says what should be at `position`
    };

    static constexpr size_t max_keyword = 8;  ///< the longest keyword, in bytes

    /// A part of a command, in the order of the text.
    struct event {
        parser::next next = parser::next::end;  ///< what it is
        bytes text;                             ///< see next
        cft::position position;  ///< its first byte, or the first apostrophe of a value in apostrophes
        bool quoted = false;     ///< value: it was in apostrophes
        const char* expected = nullptr;  ///< fail: a static phrase
    };

    /// Reads `text` from its beginning.
    constexpr explicit parser(bytes text SOCKS_LIFETIMEBOUND) noexcept
        : lexer_(text), lookahead_(lexer_.next()) {}

    /// Returns the next event. After end and fail, every call returns the same event.
    [[nodiscard]] constexpr event step() noexcept {
        while (skip_punctuation()) {
        }
        if (const char* const end = missing_end()) return fail(end);
        const bool ended = lookahead_.kind == token_kind::end;
        switch (state_) {
            case state::before_first_command:
                if (ended) return {next::end, {}, lookahead_.position};
                return command("a command");
            case state::before_parameter:
                if (ended) return {next::end, {}, lookahead_.position};
                if (lookahead_.kind == token_kind::word && is_assigned()) return parameter();
                return command("a parameter or a command");
            case state::before_first_value: return value(state::after_values, "a value");
            case state::before_list_value: return value(state::after_list_value, "a value");
            case state::after_list_value: return fail("a comma or a closing parenthesis");
            case state::after_values: break;
        }
        if (ended) return {next::end, {}, lookahead_.position};
        return command("a comma or a command");
    }

  private:
    enum class state : uint8_t {
        before_first_command,
        before_parameter,    // a command or the end of the text may also follow
        before_first_value,  // after an equals sign
        before_list_value,   // in parentheses
        after_list_value,
        after_values,  // after the last value of a parameter
    };

    constexpr token take(state then) noexcept {
        const token taken = lookahead_;
        state_ = then;
        lookahead_ = lexer_.next();
        return taken;
    }

    // Takes a comma between values or parameters, or a parenthesis around a list.
    constexpr bool skip_punctuation() noexcept {
        const bool comma = lookahead_.kind == token_kind::comma;
        const bool opens = state_ == state::before_first_value && lookahead_.kind == token_kind::open;
        if (opens || (state_ == state::after_list_value && comma))
            take(state::before_list_value);
        else if (state_ == state::after_list_value && lookahead_.kind == token_kind::close)
            take(state::after_values);
        else if (state_ == state::after_values && comma)
            take(state::before_parameter);
        else
            return false;
        return true;
    }

    // If the next token has no end, returns the name of the missing end. Otherwise returns nullptr.
    [[nodiscard]] constexpr const char* missing_end() const noexcept {
        if (lookahead_.kind == token_kind::open_quote)
            return "an apostrophe that ends the value which begins here";
        if (lookahead_.kind == token_kind::open_comment) return "the end of the comment which begins here";
        return nullptr;
    }

    // Whether an equals sign follows the next word.
    [[nodiscard]] constexpr bool is_assigned() const noexcept {
        lexer copy = lexer_;
        return copy.next().kind == token_kind::equals;
    }

    static constexpr bool is_keyword(bytes word) noexcept {
        return word.size() <= max_keyword && socks::detail::is_letter(word.data()[0]);
    }

    constexpr event command(const char* expected) noexcept {
        if (lookahead_.kind != token_kind::word || is_assigned()) return fail(expected);
        if (!is_keyword(lookahead_.text))
            return fail("a keyword of at most 8 characters, the first of them a letter");
        const token t = take(state::before_parameter);
        return {next::command, t.text, t.position};
    }

    constexpr event parameter() noexcept {
        const token t = take(state::before_parameter);
        take(state::before_first_value);
        return {next::parameter, t.text, t.position};
    }

    constexpr event value(state then, const char* expected) noexcept {
        if (lookahead_.kind != token_kind::word && lookahead_.kind != token_kind::quoted)
            return fail(expected);
        const token t = take(then);
        return {next::value, t.text, t.position, t.kind == token_kind::quoted};
    }

    // It changes nothing, so the next call returns the same event.
    [[nodiscard]] constexpr event fail(const char* expected) const noexcept {
        return {next::fail, lookahead_.text, lookahead_.position, false, expected};
    }

    lexer lexer_;
    token lookahead_;
    state state_ = state::before_first_command;
};

}  // namespace socks::cft

#endif
