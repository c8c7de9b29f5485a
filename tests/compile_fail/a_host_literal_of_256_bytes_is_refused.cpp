// The length of a name is one byte on the wire.
// says: this_text_is_neither_an_address_nor_a_host_name

#include <socks/socks.hpp>

#define TEN "abcdefghij"
#define FIFTY TEN TEN TEN TEN TEN

#if defined(REFUSED)
constexpr socks::host to = FIFTY FIFTY FIFTY FIFTY FIFTY "klmnop";
#else
constexpr socks::host to = FIFTY FIFTY FIFTY FIFTY FIFTY "klmno";
#endif

static_assert(to.name().size() == 255);
