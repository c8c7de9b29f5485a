// The values of Transfer CFT's parameters: texts with a limit, numbers with a range, choices, and lists of texts.
// A value is decoded into the object that it belongs to; its place stays with it, for whoever finds fault later.

#ifndef SOCKS_TRANSFER_CFT_VALUES_HPP
#define SOCKS_TRANSFER_CFT_VALUES_HPP

#include <socks/transfer_cft/finding.hpp>
#include <socks/transfer_cft/parser.hpp>

namespace socks::cft {

/// A text of at most N bytes, held by value.
template <size_t N>
class text {
  public:
    static constexpr size_t max = N;

    [[nodiscard]] constexpr bytes view() const noexcept SOCKS_LIFETIMEBOUND { return {bytes_, size_}; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

    /// Takes what a value means that may hold escapes. @errors as for decode_value(); then nothing changes.
    constexpr encoded decode(bytes value) noexcept {
        char room[N] = {};
        const encoded made = decode_value(value, room);
        if (!made) return made;
        for (size_t i = 0; i < N; ++i) bytes_[i] = room[i];
        size_ = static_cast<uint8_t>(made.size());
        return made;
    }

  private:
    static_assert(N <= 255);
    char bytes_[N] = {};
    uint8_t size_ = 0;
};

/// The value of a parameter, its default where it was not given or is at fault, and where it stands.
template <class T>
struct field {
    T value{};
    position at{};
    bool given = false;
    bool faulty = false;  ///< a finding says why; whoever misses the value need not say so again
};

/// Up to N values of a parameter.
template <class T, size_t N>
struct list {
    field<T> items[N] = {};
    size_t size = 0;
    bool given = false;
};

enum class call : uint8_t { inout, out, in };
enum class origin : uint8_t { none, cftutil, designer, copilot };
enum class proxy_protocol : uint8_t { none, socks4, socks5 };
enum class mode : uint8_t { replace, create, erase };  // DELETE, which is a word of C++

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

// A decimal number of up to five digits, leading zeros aside.
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

/// Gives one value of one parameter to the field that has its name. Each object shows it all its fields.
class assignment {
    // These come first: clang 14 does not evaluate a template whose body stands behind its use.
    static constexpr size_t max_word = 64;

    // Whether the field has the name and is to have this value.
    template <class T>
    constexpr bool begins(bytes name, field<T>& f) noexcept {
        if (!same_word(name, parameter_.text)) return false;
        taken_ = true;
        if (index_ == 1) found_.add({flaw::too_many_values, value_.at, parameter_.text});
        if (index_ != 0) return false;
        if (f.given) repeated();
        f.at = value_.at;
        f.given = true;
        return true;
    }

    constexpr void repeated() noexcept {
        found_.add({flaw::repeated_parameter, parameter_.at, parameter_.text});
    }

    template <size_t N>
    constexpr bool decode(text<N>& to, uint16_t least) noexcept {
        const encoded made = to.decode(value_.text);
        if (made.error() == errc::bad_escape) {
            const position first = value_.quoted ? position{value_.at.line, value_.at.column + 1} : value_.at;
            const position slash = first.behind(value_.text.first(escape_fault(value_.text)));
            found_.add({flaw::bad_escape, slash, parameter_.text});
        } else if (!made || made.size() < least) {
            found_.add({flaw::bad_length, value_.at, parameter_.text, least, static_cast<uint16_t>(N)});
        } else {
            return true;
        }
        return false;
    }

  public:
    constexpr assignment(const parser::event& parameter, const parser::event& value, size_t index,
                         findings& found) noexcept
        : parameter_(parameter), value_(value), index_(index), found_(found) {}

    /// Whether one of the fields had the name.
    [[nodiscard]] constexpr bool taken() const noexcept { return taken_; }

    template <size_t N>
    constexpr void string(bytes name, field<text<N>>& f, uint16_t least = 0) noexcept {
        if (begins(name, f)) f.faulty = !decode(f.value, least);
    }

    constexpr void number(bytes name, field<uint16_t>& f, uint16_t least, uint16_t most) noexcept {
        text<max_word> word;
        if (!begins(name, f)) return;
        f.faulty = true;
        if (!decode(word, 0)) return;
        f.faulty = !detail::parse_number(word.view(), least, most, f.value);
        if (f.faulty) found_.add({flaw::bad_number, value_.at, parameter_.text, least, most});
    }

    template <class Choice>
    constexpr void choice(bytes name, field<Choice>& f) noexcept {
        text<max_word> word;
        Choice parsed{};
        if (!begins(name, f)) return;
        f.faulty = true;
        if (!decode(word, 0)) return;
        f.faulty = !detail::parse_choice(word.view(), parsed);
        if (f.faulty)
            found_.add({flaw::bad_choice, value_.at, parameter_.text, 0, 0, detail::choices(parsed)});
        else
            f.value = parsed;
    }

    template <size_t M, size_t N>
    constexpr void strings(bytes name, list<text<M>, N>& l) noexcept {
        if (!same_word(name, parameter_.text)) return;
        taken_ = true;
        if (index_ == 0 && l.given) repeated();
        if (index_ == 0) l.size = 0;
        l.given = true;
        if (index_ == N) found_.add({flaw::too_many_values, value_.at, parameter_.text});
        if (index_ >= N) return;
        field<text<M>>& f = l.items[l.size++] = {{}, value_.at, true};
        f.faulty = !decode(f.value, 1);
    }

    /// A list of IDs of any length, of which nothing is kept.
    constexpr void names(bytes name) noexcept {
        text<32> unkept;
        if (!same_word(name, parameter_.text)) return;
        taken_ = true;
        static_cast<void>(decode(unkept, 1));
    }

  private:
    const parser::event& parameter_;
    const parser::event& value_;
    size_t index_;
    findings& found_;
    bool taken_ = false;
};

}  // namespace socks::cft

#endif
