// All headers in one unit, for what reads instead of compiling.

#include <socks/system/errno.hpp>
#include <socks/policy/transfer_cft.hpp>
#include <socks/socks.hpp>
#include <socks/system/getaddrinfo.hpp>
