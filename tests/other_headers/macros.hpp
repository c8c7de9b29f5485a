// Every name that a widespread header is known to define as a macro. A call or a declaration of ours that one
// of them catches does not compile.

#ifndef SOCKS_TESTS_OTHER_HEADERS_MACROS_HPP
#define SOCKS_TESTS_OTHER_HEADERS_MACROS_HPP

// The system declares functions of these names, so its headers come before the macros.
#include <errno.h>
#include <string.h>
#if __has_include(<netdb.h>)
#include <netdb.h>
#endif
#if __has_include(<netinet/in.h>)
#include <netinet/in.h>
#include <sys/socket.h>
#endif
#if __has_include(<system_error>)
#include <system_error>
#endif

// lwIP, lwip/sockets.h with LWIP_COMPAT_SOCKETS
#define accept(...) caught by the macro accept
#define bind(...) caught by the macro bind
#define close(...) caught by the macro close
#define closesocket(...) caught by the macro closesocket
#define connect(...) caught by the macro connect
#define fcntl(...) caught by the macro fcntl
#define getpeername(...) caught by the macro getpeername
#define getsockname(...) caught by the macro getsockname
#define getsockopt(...) caught by the macro getsockopt
#define inet_ntop(...) caught by the macro inet_ntop
#define inet_pton(...) caught by the macro inet_pton
#define ioctl(...) caught by the macro ioctl
#define ioctlsocket(...) caught by the macro ioctlsocket
#define listen(...) caught by the macro listen
#define poll(...) caught by the macro poll
#define read(...) caught by the macro read
#define readv(...) caught by the macro readv
#define recv(...) caught by the macro recv
#define recvfrom(...) caught by the macro recvfrom
#define recvmsg(...) caught by the macro recvmsg
#define select(...) caught by the macro select
#define send(...) caught by the macro send
#define sendmsg(...) caught by the macro sendmsg
#define sendto(...) caught by the macro sendto
#define setsockopt(...) caught by the macro setsockopt
#define shutdown(...) caught by the macro shutdown
#define socket(...) caught by the macro socket
#define write(...) caught by the macro write
#define writev(...) caught by the macro writev

// Qt, qobjectdefs.h
#define emit caught by the macro emit
#define foreach caught by the macro foreach
#define signals caught by the macro signals
#define slots caught by the macro slots

// Arduino.h
#define abs(x) caught by the macro abs
#define bit(x) caught by the macro bit
#define bitRead(...) caught by the macro bitRead
#define constrain(...) caught by the macro constrain
#define degrees(x) caught by the macro degrees
#define highByte(x) caught by the macro highByte
#define interrupts() caught by the macro interrupts
#define lowByte(x) caught by the macro lowByte
#define max(...) caught by the macro max
#define min(...) caught by the macro min
#define radians(x) caught by the macro radians
#define round(x) caught by the macro round
#define sq(x) caught by the macro sq
#define word(...) caught by the macro word
#define DEFAULT caught by the macro DEFAULT
#define EXTERNAL caught by the macro EXTERNAL
#define INPUT caught by the macro INPUT
#define OUTPUT caught by the macro OUTPUT

// Old SDKs: AssertMacros.h of macOS
#define check(...) caught by the macro check
#define require(...) caught by the macro require
#define verify(...) caught by the macro verify

// assert.h, which each program may replace by its own
#undef assert
#define assert(...) caught by the macro assert

// sys/sysmacros.h
#define major(x) caught by the macro major
#define makedev(...) caught by the macro makedev
#define minor(x) caught by the macro minor

// X11, Xlib.h and X.h
#define Above caught by the macro Above
#define Always caught by the macro Always
#define Below caught by the macro Below
#define Bool caught by the macro Bool
#define CursorShape caught by the macro CursorShape
#define False caught by the macro False
#define None caught by the macro None
#define Status caught by the macro Status
#define Success caught by the macro Success
#define True caught by the macro True
#define Unsorted caught by the macro Unsorted

// windows.h
#define DELETE caught by the macro DELETE
#define ERROR caught by the macro ERROR
#define IN caught by the macro IN
#define OPTIONAL caught by the macro OPTIONAL
#define OUT caught by the macro OUT
#define STRICT caught by the macro STRICT
#define far caught by the macro far
#define interface caught by the macro interface
#define near caught by the macro near
#define small caught by the macro small

// g++ and clang in GNU mode
#undef linux
#undef unix
#define linux caught by the macro linux
#define unix caught by the macro unix

#endif
