// All headers in one unit, for what reads instead of compiling.

#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/getaddrinfo.hpp>
#include <socks/system/sockaddr.hpp>
#include <socks/transfer_cft/disposition.hpp>
#include <socks/transfer_cft/resolve.hpp>

// Where there is a C++ library.
#if __has_include(<system_error>)
#include <socks/system/error_code.hpp>
#endif
