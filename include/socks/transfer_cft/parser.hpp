// CFTUTIL, the notation in which Transfer CFT is configured: commands, their parameters, and the values of those.
// The parser goes forward only, one event at a time; it knows the syntax and no command. Its first error is final.

#ifndef SOCKS_TRANSFER_CFT_PARSER_HPP
#define SOCKS_TRANSFER_CFT_PARSER_HPP

#include <socks/transfer_cft/lexer.hpp>

namespace socks::cft {

/// Reads a CFTUTIL text.
///
///     CFTNET ID = 'NSOCKS5', PORT = 1080       /* a command and two parameters */
///     CFTTCP HOST = ('IP1', 'IP2'),            /* two values, and a comma too many, which is allowed */
///
/// Lines mean nothing. A command ends where the next one's keyword begins, or with the text: a word is a parameter
/// if an equals sign follows, and a keyword if not.
///
///     parser in(text);
///     for (;;) {
///         const auto e = in.step();
///         switch (e.next) { ... }  // complete without default
///     }
///
/// @lifetime  points into the text; so do its events.
/// @cost      O(size of the text) in all, no allocation, constexpr, noexcept.
class parser {
  public:
    enum class next : uint8_t {
        command,    ///< text is its keyword
        parameter,  ///< text is its name; at least one value follows
        value,      ///< text is the value as it was written: see decode_value()
        end,        ///< the end of the text
        fail,       ///< at `at` there should be what `expected` says
    };

    static constexpr size_t max_keyword = 8;

    /// What comes next, and where it stands. For a value in apostrophes `at` is the place of the first of them.
    struct event {
        parser::next next = parser::next::end;
        bytes text;
        position at;
        bool quoted = false;             ///< value: it stood in apostrophes
        const char* expected = nullptr;  ///< fail: what should have been there, a static phrase
    };

    constexpr explicit parser(bytes text SOCKS_LIFETIMEBOUND) noexcept
        : lexer_(text), ahead_(lexer_.next()) {}

    /// The next event. After end and fail it is the same for ever.
    [[nodiscard]] constexpr event step() noexcept {
        while (skip_punctuation()) {
        }
        if (const char* const end = missing_end()) return fail(end);
        const bool ended = ahead_.is == token::kind::end;
        switch (at_) {
            case at::front:
                if (ended) return {next::end, {}, ahead_.at};
                return command("a command");
            case at::argument:
                if (ended) return {next::end, {}, ahead_.at};
                if (ahead_.is == token::kind::word && is_assigned()) return parameter();
                return command("a parameter or a command");
            case at::first_value: return value(at::behind, "a value");
            case at::value: return value(at::listed, "a value");
            case at::listed: return fail("a comma or a closing parenthesis");
            case at::behind:
                if (ended) return {next::end, {}, ahead_.at};
                return command("a comma or a command");
            case at::failed: break;
        }
        return failure_;
    }

  private:
    enum class at : uint8_t {
        front,        // before the first command
        argument,     // a parameter, the next command, or the end
        first_value,  // behind an equals sign
        value,        // in parentheses
        listed,       // behind a value in parentheses
        behind,       // behind all values of a parameter
        failed,
    };

    constexpr token take(at then) noexcept {
        const token taken = ahead_;
        at_ = then;
        ahead_ = lexer_.next();
        return taken;
    }

    // Takes what stands between values, and opens or closes a list of them.
    constexpr bool skip_punctuation() noexcept {
        const bool comma = ahead_.is == token::kind::comma;
        const bool opens = at_ == at::first_value && ahead_.is == token::kind::open;
        if (opens || (at_ == at::listed && comma))
            take(at::value);
        else if (at_ == at::listed && ahead_.is == token::kind::close)
            take(at::behind);
        else if (at_ == at::behind && comma)
            take(at::argument);
        else
            return false;
        return true;
    }

    // What would have ended the text ahead, if nothing did.
    [[nodiscard]] constexpr const char* missing_end() const noexcept {
        if (ahead_.is == token::kind::open_quote)
            return "an apostrophe that ends the value which begins here";
        if (ahead_.is == token::kind::open_comment) return "the end of the comment which begins here";
        return nullptr;
    }

    // Whether an equals sign follows the word.
    [[nodiscard]] constexpr bool is_assigned() const noexcept {
        lexer further = lexer_;
        return further.next().is == token::kind::equals;
    }

    static constexpr bool is_keyword(bytes word) noexcept {
        return word.size() <= max_keyword && socks::detail::is_letter(word.data()[0]);
    }

    constexpr event command(const char* expected) noexcept {
        if (ahead_.is != token::kind::word || is_assigned()) return fail(expected);
        if (!is_keyword(ahead_.text))
            return fail("a keyword of at most 8 characters, the first of them a letter");
        const token t = take(at::argument);
        return {next::command, t.text, t.at};
    }

    constexpr event parameter() noexcept {
        const token t = take(at::argument);
        take(at::first_value);
        return {next::parameter, t.text, t.at};
    }

    constexpr event value(at then, const char* expected) noexcept {
        if (ahead_.is != token::kind::word && ahead_.is != token::kind::quoted) return fail(expected);
        const token t = take(then);
        return {next::value, t.text, t.at, t.is == token::kind::quoted};
    }

    // The only way into failed.
    constexpr event fail(const char* expected) noexcept {
        at_ = at::failed;
        failure_ = {next::fail, ahead_.text, ahead_.at, false, expected};
        return failure_;
    }

    lexer lexer_;
    token ahead_;
    at at_ = at::front;
    event failure_;
};

}  // namespace socks::cft

#endif
