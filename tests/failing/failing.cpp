// A check that fails on purpose: at run time, and where REFUSED is defined in constant evaluation. What the
// test program and the compilers say names the line of the check and its case. Only clang gives its name.
// says: failing\.cpp(:29:.* expansion of|"\[0\], 29})
// says: (array subscript value .3. is outside|cannot refer to element 3 of)
#include "../check.hpp"

namespace {

#if defined(REFUSED)
#define FAIL_BY PROVE_AND_RUN
#else
#define FAIL_BY RUN
#endif

struct row {
    const char* what;
    size_t size;
};
constexpr row rows[] = {{"no name", 0}, {"a name of 3 bytes", 3}, {"a name of 4 bytes", 4}};

constexpr void every_size_is_below_4(check& t, size_t size, place at = {}) {
    for (size_t n = 0; n < size; ++n) t.in(n).ok(n < 3, at);
}

constexpr void names_are_short(check& t) {
    for (const row& r : rows) {
        const auto entered = t.in(r.what);
        t.ok(r.size < 5);
        every_size_is_below_4(t, r.size);
    }
}
FAIL_BY(names_are_short)

}  // namespace
