// A pointer does not say how long the name is.
// says: deleted
// says: wrap_the_pointer_in_a_string_view

#include <socks/socks.hpp>
#include <string_view>

socks::request request_to(char* argument) {
#if defined(REFUSED)
    return {.to = {argument, 80}};
#else
    return {.to = {std::string_view(argument), 80}};
#endif
}
