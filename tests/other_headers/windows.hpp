// windows.h: min, max, small, near, far, IN, OUT, ERROR, interface and others.

#ifndef SOCKS_TESTS_OTHER_HEADERS_WINDOWS_HPP
#define SOCKS_TESTS_OTHER_HEADERS_WINDOWS_HPP

#include <windows.h>
#include <winsock2.h>

#endif
