// windows.h: min, max, small, near, far, IN, OUT, ERROR, interface and others.

#ifndef SOCKS_TESTS_OTHER_HEADERS_WINDOWS_HPP
#define SOCKS_TESTS_OTHER_HEADERS_WINDOWS_HPP

// It demands to be the first of the two.
#include <winsock2.h>

#include <windows.h>

#endif
