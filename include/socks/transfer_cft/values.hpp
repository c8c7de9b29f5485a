// The values of parameters: texts with a limit, numbers with a range, choices, and lists of texts. An object
// stores each value together with its position, which later findings need.

#ifndef SOCKS_TRANSFER_CFT_VALUES_HPP
#define SOCKS_TRANSFER_CFT_VALUES_HPP

#include <socks/transfer_cft/finding.hpp>
#include <socks/transfer_cft/parser.hpp>

namespace socks::cft {

/// A text of at most N bytes, stored by value.
template <size_t N>
class text {
  public:
    static constexpr size_t max = N;  ///< the longest text, in bytes

    /// The text.
    [[nodiscard]] constexpr bytes view() const noexcept SOCKS_LIFETIMEBOUND { return {bytes_, size_}; }
    /// Whether there is no byte.
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

    /// Stores a value, and decodes its escapes. On an error nothing changes.
    /// @errors  as decode_value()
    /// @cost    O(size), constexpr, noexcept.
    constexpr encoded decode(bytes value) noexcept {
        char room[N] = {};
        const encoded decoded = decode_value(value, room);
        if (!decoded) return decoded;
        for (size_t i = 0; i < N; ++i) bytes_[i] = room[i];
        size_ = static_cast<uint8_t>(decoded.size());
        return decoded;
    }

  private:
    static_assert(N <= 255);
    char bytes_[N] = {};
    uint8_t size_ = 0;
};

/// A parameter. `value` is the default if the parameter is missing or its value is invalid.
template <class T>
struct field {
    T value{};                 ///< the value, or the default
    cft::position position{};  ///< the position of the value
    bool given = false;        ///< whether the parameter has a value
    bool faulty = false;       ///< the value is invalid, and a finding reports it
};

/// A parameter with up to N values.
template <class T, size_t N>
struct list {
    field<T> items[N] = {};  ///< the values; the first `size` are in use
    size_t size = 0;         ///< the number of values
    bool given = false;      ///< whether the parameter has a value
};

/// CALL: the directions in which a network is called.
enum class call : uint8_t { inout, out, in };
/// ORIGIN: the program that has written a command.
enum class origin : uint8_t { none, cftutil, designer, copilot };
/// PROTOCOL: the protocol of a proxy.
enum class proxy_protocol : uint8_t { none, socks4, socks5 };
/// MODE: what a command does to an earlier object. erase is DELETE, because delete is a keyword of C++.
enum class mode : uint8_t { replace, create, erase };

namespace detail {

constexpr bool parse_choice(bytes word, call& result) noexcept {
    const bool both = same_word(word, "INOUT");
    const bool out = same_word(word, "OUT");
    result = both ? call::inout : out ? call::out : call::in;
    return both || out || same_word(word, "IN");
}

constexpr bool parse_choice(bytes word, origin& result) noexcept {
    const bool cftutil = same_word(word, "CFTUTIL") || same_word(word, "C");
    const bool designer = same_word(word, "DESIGNER") || same_word(word, "D");
    result = cftutil ? origin::cftutil : designer ? origin::designer : origin::copilot;
    return cftutil || designer || same_word(word, "COPILOT") || same_word(word, "O");
}

constexpr bool parse_choice(bytes word, proxy_protocol& result) noexcept {
    bool blank = true;
    for (size_t i = 0; i < word.size(); ++i) blank = blank && is_blank(word.data()[i]);
    const bool four = same_word(word, "SOCKS4");
    result = blank ? proxy_protocol::none : four ? proxy_protocol::socks4 : proxy_protocol::socks5;
    return blank || four || same_word(word, "SOCKS5");
}

constexpr bool parse_choice(bytes word, mode& result) noexcept {
    const bool replace = same_word(word, "REPLACE");
    const bool create = same_word(word, "CREATE");
    result = replace ? mode::replace : create ? mode::create : mode::erase;
    return replace || create || same_word(word, "DELETE");
}

constexpr const char* choices(call) noexcept { return "INOUT, OUT, IN"; }
constexpr const char* choices(origin) noexcept { return "CFTUTIL, C, DESIGNER, D, COPILOT, O"; }
constexpr const char* choices(proxy_protocol) noexcept { return "SOCKS4, SOCKS5, blank"; }
constexpr const char* choices(mode) noexcept { return "REPLACE, CREATE, DELETE"; }

// Parses a decimal number. Leading zeros are allowed.
constexpr bool parse_number(bytes word, uint16_t least, uint16_t most, uint16_t& result) noexcept {
    uint32_t n = 0;
    for (size_t i = 0; i < word.size(); ++i) {
        if (!socks::detail::is_digit(word.data()[i])) return false;
        n = n * 10 + static_cast<uint32_t>(word.data()[i] - '0');
        if (n > most) return false;
    }
    if (word.empty() || n < least) return false;
    result = static_cast<uint16_t>(n);
    return true;
}

}  // namespace detail

/// Assigns one value of one parameter to the field with the name of the parameter. An object passes each of
/// its fields to an assignment, and only the field with this name changes.
class assignment {
    // The templates come first because clang 14 evaluates a template only after its definition.
    static constexpr size_t max_word = 64;

    // Whether the field has this name and receives this value.
    template <class T>
    constexpr bool receives(bytes name, field<T>& f) noexcept {
        if (!same_word(name, parameter_.text)) return false;
        matched_ = true;
        if (index_ == 1) found_.add({flaw::too_many_values, value_.position, parameter_.text});
        if (index_ != 0) return false;
        if (f.given) report_repeated();
        f.position = value_.position;
        f.given = true;
        return true;
    }

    constexpr void report_repeated() noexcept {
        found_.add({flaw::repeated_parameter, parameter_.position, parameter_.text});
    }

    template <size_t N>
    constexpr bool decode(text<N>& to, uint16_t least) noexcept {
        const encoded decoded = to.decode(value_.text);
        if (decoded.error() == errc::bad_escape) {
            const position quote = value_.position;
            const position first = value_.quoted ? position{quote.line, quote.column + 1} : quote;
            const position slash = first.after(value_.text.first(escape_fault(value_.text)));
            found_.add({flaw::bad_escape, slash, parameter_.text});
        } else if (!decoded || decoded.size() < least) {
            found_.add({flaw::bad_length, value_.position, parameter_.text, least, static_cast<uint16_t>(N)});
        } else {
            return true;
        }
        return false;
    }

  public:
    /// @param index     counts the values of the parameter from 0.
    /// @param found     receives what is wrong with the value.
    /// @lifetime        refers to its arguments.
    constexpr assignment(const parser::event& parameter, const parser::event& value, size_t index,
                         findings& found) noexcept
        : parameter_(parameter), value_(value), index_(index), found_(found) {}

    /// Whether a field had the name of the parameter.
    [[nodiscard]] constexpr bool matched() const noexcept { return matched_; }

    /// Assigns to `f` if the parameter has this name: a text of at least `least` bytes.
    template <size_t N>
    constexpr void string(bytes name, field<text<N>>& f, uint16_t least = 0) noexcept {
        if (receives(name, f)) f.faulty = !decode(f.value, least);
    }

    /// Assigns to `f` if the parameter has this name: a number of `least` to `most`.
    constexpr void number(bytes name, field<uint16_t>& f, uint16_t least, uint16_t most) noexcept {
        text<max_word> word;
        if (!receives(name, f)) return;
        f.faulty = true;
        if (!decode(word, 0)) return;
        f.faulty = !detail::parse_number(word.view(), least, most, f.value);
        if (f.faulty) found_.add({flaw::bad_number, value_.position, parameter_.text, least, most});
    }

    /// Assigns to `f` if the parameter has this name: one of the words of an enum.
    template <class Choice>
    constexpr void choice(bytes name, field<Choice>& f) noexcept {
        text<max_word> word;
        Choice parsed{};
        if (!receives(name, f)) return;
        f.faulty = true;
        if (!decode(word, 0)) return;
        f.faulty = !detail::parse_choice(word.view(), parsed);
        if (f.faulty)
            found_.add({.what = flaw::bad_choice,
                        .position = value_.position,
                        .subject = parameter_.text,
                        .detail = detail::choices(parsed)});
        else
            f.value = parsed;
    }

    /// Appends to `l` if the parameter has this name: a text of at least one byte.
    template <size_t M, size_t N>
    constexpr void strings(bytes name, list<text<M>, N>& l) noexcept {
        if (!same_word(name, parameter_.text)) return;
        matched_ = true;
        if (index_ == 0 && l.given) report_repeated();
        if (index_ == 0) l.size = 0;
        l.given = true;
        if (index_ == N) found_.add({flaw::too_many_values, value_.position, parameter_.text});
        if (index_ >= N) return;
        field<text<M>>& f = l.items[l.size++] = {{}, value_.position, true};
        f.faulty = !decode(f.value, 1);
    }

    /// Checks a list of IDs of any length, and stores none of them.
    constexpr void ids(bytes name) noexcept {
        text<32> ignored;
        if (!same_word(name, parameter_.text)) return;
        matched_ = true;
        static_cast<void>(decode(ignored, 1));
    }

  private:
    const parser::event& parameter_;
    const parser::event& value_;
    size_t index_;
    findings& found_;
    bool matched_ = false;
};

}  // namespace socks::cft

#endif
