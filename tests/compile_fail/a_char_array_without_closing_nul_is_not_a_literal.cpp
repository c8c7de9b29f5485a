// Nothing tells it from an array whose last byte would be cut off.
// says: a_char_array_without_closing_nul_is_not_a_literal

#include <socks/socks.hpp>

#if defined(REFUSED)
constexpr char name[4] = {'j', 'o', 'h', 'n'};
#else
constexpr char name[5] = {'j', 'o', 'h', 'n', '\0'};
#endif

size_t size_of_name() {
    const socks::bytes user = name;
    return user.size();
}
