// curses, which declares functions of many short names.

#ifndef SOCKS_TESTS_OTHER_HEADERS_CURSES_HPP
#define SOCKS_TESTS_OTHER_HEADERS_CURSES_HPP

#include <curses.h>

#endif
