// glibc: major, minor and makedev.

#ifndef SOCKS_TESTS_OTHER_HEADERS_SYSMACROS_HPP
#define SOCKS_TESTS_OTHER_HEADERS_SYSMACROS_HPP

#include <sys/sysmacros.h>

#endif
