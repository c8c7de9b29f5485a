// Qt 5: emit, signals, slots and foreach.

#ifndef SOCKS_TESTS_OTHER_HEADERS_QT_HPP
#define SOCKS_TESTS_OTHER_HEADERS_QT_HPP

#include <QtCore/qglobal.h>
#include <QtCore/qobjectdefs.h>

#endif
