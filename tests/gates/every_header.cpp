// All headers in one unit, for what reads instead of compiling.

#include <socks/policy/errno.hpp>
#include <socks/socks.hpp>
#include <socks/system/getaddrinfo.hpp>
#include <socks/transfer_cft/disposition.hpp>
#include <socks/transfer_cft/resolve.hpp>
