// All headers in one unit, for what reads instead of compiling.

#include <socks/policy/transfer_cft.hpp>
#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/getaddrinfo.hpp>
#include <socks/system/sockaddr.hpp>

// Where there is a C++ library.
#if __has_include(<system_error>)
#include <socks/system/error_code.hpp>
#endif
