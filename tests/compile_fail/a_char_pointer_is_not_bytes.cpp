// A pointer does not say how many bytes there are.
// says: deleted
// says: wrap_the_pointer_in_a_string_view

#include <socks/socks.hpp>
#include <string_view>

bool is_endpoint(const char* argument) {
#if defined(REFUSED)
    return !!socks::parse_endpoint(argument);
#else
    return !!socks::parse_endpoint(std::string_view(argument));
#endif
}
