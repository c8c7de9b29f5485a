// X11: None, Bool, Status, Success, Always and others.

#ifndef SOCKS_TESTS_OTHER_HEADERS_X11_HPP
#define SOCKS_TESTS_OTHER_HEADERS_X11_HPP

#include <X11/Xlib.h>
#include <X11/Xutil.h>

#endif
