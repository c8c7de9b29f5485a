// lwIP, whose compatibility sockets are function-like macros: read, send, close and others.

#ifndef SOCKS_TESTS_OTHER_HEADERS_LWIP_HPP
#define SOCKS_TESTS_OTHER_HEADERS_LWIP_HPP

#define LWIP_COMPAT_SOCKETS 1
#include <lwip/sockets.h>

#endif
