// How a message is written in a test: bytes in hexadecimal, grouped by field as the documents draw them, text
// in single quotes. What is too long to type is put together field by field.
//
//     "05 01 00 03 11 'files.example.com' 01bb"_bytes

#ifndef SOCKS_TESTS_BYTES_LITERAL_HPP
#define SOCKS_TESTS_BYTES_LITERAL_HPP

#include <socks/core/bytes.hpp>

template <size_t N>
struct notation {
    char text[N]{};
    consteval notation(const char (&from)[N]) {
        for (size_t i = 0; i < N; ++i) text[i] = from[i];
    }
};

// Never defined: its name is the diagnostic, where exceptions are off too.
void neither_a_lower_case_hexadecimal_digit_nor_a_space_nor_a_quoted_text();

consteval int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    neither_a_lower_case_hexadecimal_digit_nor_a_space_nor_a_quoted_text();
    return 0;
}

// Writes what `text` spells, or only counts it where `to` is null.
consteval size_t spell(const char* text, char* to) {
    size_t made = 0;
    for (size_t i = 0; text[i] != '\0'; ++i) {
        if (text[i] == ' ') continue;
        if (text[i] == '\'') {
            for (++i; text[i] != '\''; ++i, ++made)
                if (to != nullptr) to[made] = text[i];
        } else {
            const int byte = hex_value(text[i]) * 16 + hex_value(text[i + 1]);
            if (to != nullptr) to[made] = static_cast<char>(byte);
            ++made;
            ++i;
        }
    }
    return made;
}

template <notation Spelling>
struct spelled {
    static constexpr size_t size = spell(Spelling.text, nullptr);
    char bytes[size + 1]{};
    consteval spelled() { spell(Spelling.text, bytes); }
};

template <notation Spelling>
inline constexpr spelled<Spelling> kept{};

template <notation Spelling>
consteval socks::bytes operator""_bytes() {
    return {kept<Spelling>.bytes, spelled<Spelling>::size};
}

// A message of at most N bytes, put together in order.
template <size_t N>
class message {
  public:
    constexpr message& put(socks::bytes bytes) {
        for (size_t i = 0; i < bytes.size(); ++i) bytes_[size_++] = bytes.data()[i];
        return *this;
    }

    constexpr message& put(uint8_t byte) {
        bytes_[size_++] = static_cast<char>(byte);
        return *this;
    }

    // The alphabet over and over, `n` bytes of it, so that a shift by one shows.
    constexpr message& letters(size_t n) {
        for (size_t i = 0; i < n; ++i) bytes_[size_++] = static_cast<char>('a' + i % 26);
        return *this;
    }

    [[nodiscard]] constexpr socks::bytes view() const { return {bytes_, size_}; }

  private:
    char bytes_[N]{};
    size_t size_ = 0;
};

#endif
