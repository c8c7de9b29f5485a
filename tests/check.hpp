// How a test is written: its body is an ordinary constexpr function that takes a recorder, named by the
// sentence it proves. PROVE_AND_RUN holds it against the compiler, where a constant evaluation is the
// strictest checker of undefined behaviour there is, and registers it to run under the sanitizers. RUN is for
// bodies that are too much for a constant evaluation, or that need the run time.
//
// A loop over cases enters each of them, so that a failure names its case as well as its line:
//
//     for (const row& r : rows) {
//         const auto in = t.in(r.what);
//         t.ok(...);
//     }
//     for (const bytes text : texts) t.in(text).ok(...);
//     for (size_t n = 0; n <= 255; ++n) t.in(n).ok(...);

#ifndef SOCKS_TESTS_CHECK_HPP
#define SOCKS_TESTS_CHECK_HPP

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <socks/socks.hpp>

// A line of a test. As the default argument of a helper it is the line that calls the helper.
struct place {
    const char* file;
    int line;

    constexpr place(const char* in = __builtin_FILE(), int at = __builtin_LINE()) : file(in), line(at) {}
};

// These two end a constant evaluation, and the compiler says why: clang prints the arguments of the last
// call, g++ prints the lines of all calls, and a subscript that is out of bounds.
inline void a_check_failed(place) {}
constexpr bool a_check_failed_in_case(place, socks::bytes, size_t number) {
    __extension__ constexpr bool the_check_holds_in_case[0] = {};
    return the_check_holds_in_case[number];
}

// Records the first check that failed, and the cases it belongs to.
class check {
  public:
    // As long as it lives, the checks belong to the case.
    class in_case {
      public:
        constexpr explicit in_case(check& t) : t_(t) {}
        in_case(const in_case&) = delete;
        in_case& operator=(const in_case&) = delete;
        constexpr ~in_case() { --t_.depth_; }

        constexpr bool ok(bool holds, place at = {}) const { return t_.ok(holds, at); }

      private:
        check& t_;
    };

    constexpr bool ok(bool holds, place at = {}) {
        checked_ = true;
        if (!holds && !failed_) fail(at);
        return holds;
    }

    // Enters a case, at most `deepest` of them at once. It is known by its number, or by its name and how
    // many cases the same line has entered before it.
    [[nodiscard]] constexpr in_case in(socks::bytes name = {}, int line = __builtin_LINE()) {
        const one& before = cases_[depth_];
        return enter({name, before.line == line ? before.number + 1 : 0, line});
    }
    [[nodiscard]] constexpr in_case in(const char* name, int line = __builtin_LINE()) {
        return in(socks::bytes(name, __builtin_strlen(name)), line);
    }
    [[nodiscard]] constexpr in_case in(size_t number, int line = __builtin_LINE()) {
        return enter({{}, number, line});
    }

    [[nodiscard]] constexpr bool passed() const { return checked_ && !failed_; }

    // FILE:LINE of the first failure, and its cases, the outer first. Empty if there was none.
    [[nodiscard]] const char* failure() const {
        return failed_ ? text_ : checked_ ? "" : "nothing was checked";
    }

  private:
    static constexpr size_t deepest = 8;
    struct one {
        socks::bytes name;
        size_t number = 0;
        int line = 0;
    };

    constexpr in_case enter(const one& entered) {
        cases_[depth_++] = entered;
        cases_[depth_].line = 0;
        return in_case(*this);
    }

    constexpr void fail(place at) {
        if (!__builtin_is_constant_evaluated()) {
            write(at);
        } else if (depth_ == 0) {
            a_check_failed(at);
        } else {
            failed_ = a_check_failed_in_case(at, name(), cases_[depth_ - 1].number);
        }
        failed_ = true;
    }

    // Of the innermost case that has one.
    [[nodiscard]] constexpr socks::bytes name() const {
        for (size_t i = depth_; i > 0; --i)
            if (!cases_[i - 1].name.empty()) return cases_[i - 1].name;
        return {};
    }

    void write(place at) {
        put(at.file).put(":").put(static_cast<size_t>(at.line));
        for (size_t i = 0; i < depth_; ++i) put(i == 0 ? ": case " : ", case ").put(cases_[i]);
    }
    check& put(const one& c) {
        if (c.name.empty()) return put(c.number);
        put("\"");
        for (size_t i = 0; i < c.name.size(); ++i) put(c.name.data()[i]);
        return put("\" (index ").put(c.number).put(")");
    }
    check& put(size_t number) {
        if (number >= 10) put(number / 10);
        return put(static_cast<char>('0' + number % 10));
    }
    check& put(const char* text) {
        while (*text != '\0') put(*text++);
        return *this;
    }
    check& put(char c) {
        const auto byte = static_cast<unsigned char>(c);
        if (c < ' ' || c > '~') return put("\\x").hex(byte / 16).hex(byte % 16);
        if (size_ != sizeof text_ - 1) text_[size_++] = c;
        return *this;
    }
    check& hex(unsigned digit) { return put("0123456789abcdef"[digit]); }

    one cases_[deepest + 1];
    size_t depth_ = 0;
    bool checked_ = false;
    bool failed_ = false;
    char text_[500] = {};
    size_t size_ = 0;
};

template <class F>
constexpr bool holds(F body) {
    check t;
    body(t);
    return t.passed();
}

// At run time only: clang would fold a call of a constexpr function inside CHECK, and take minutes for it.
template <class F>
bool holds_at_run_time(F body, check& t) {
    body(t);
    return t.passed();
}

#define RUN(sentence)                                     \
    TEST_CASE(#sentence) {                                \
        check t;                                          \
        const bool held = holds_at_run_time(sentence, t); \
        INFO(t.failure());                                \
        CHECK(held);                                      \
    }

#define PROVE_AND_RUN(sentence)                \
    static_assert(holds(sentence), #sentence); \
    RUN(sentence)

#endif
