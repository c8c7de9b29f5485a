#!/usr/bin/env python3
"""A client of libpurple, the library of Pidgin: joins standard input and output to a destination behind a proxy.

    purple.py PROXY_PORT USER PASSWORD HOST PORT

Exit status 1 with the words of libpurple on standard error if it does not connect.
"""

import ctypes
import select
import socket
import sys
import time
from ctypes import CFUNCTYPE, c_char_p, c_int, c_uint, c_void_p

from origins import receive_all

SOCKS5, READ, WRITE = 3, 1, 2  # of purple_proxy_info_set_type() and of PurpleInputCondition
OnTimeout = CFUNCTYPE(c_int, c_void_p)
OnInput = CFUNCTYPE(None, c_void_p, c_int, c_int)
OnConnect = CFUNCTYPE(None, c_void_p, c_int, c_char_p)


class Loop:
    """The event loop that libpurple wants from its user."""

    def __init__(self):
        self.handle, self.inputs, self.timeouts = 0, {}, {}

        class Operations(ctypes.Structure):
            _fields_ = [("functions", c_void_p * 6), ("reserved", c_void_p * 3)]

        self.functions = (CFUNCTYPE(c_uint, c_uint, OnTimeout, c_void_p)(self.timeout_add),
                          CFUNCTYPE(c_int, c_uint)(lambda handle: int(self.timeouts.pop(handle, None) is not None)),
                          CFUNCTYPE(c_uint, c_int, c_int, OnInput, c_void_p)(self.input_add),
                          CFUNCTYPE(c_int, c_uint)(lambda handle: int(self.inputs.pop(handle, None) is not None)))
        self.operations = Operations((c_void_p * 6)(*(ctypes.cast(f, c_void_p) for f in self.functions)))

    def timeout_add(self, milliseconds, act, data):
        self.handle += 1
        self.timeouts[self.handle] = [time.monotonic() + milliseconds / 1000, milliseconds / 1000, act, data]
        return self.handle

    def input_add(self, descriptor, condition, act, data):
        self.handle += 1
        self.inputs[self.handle] = (descriptor, condition, act, data)
        return self.handle

    def turn(self):
        for handle, (due, period, act, data) in list(self.timeouts.items()):
            if due <= time.monotonic() and handle in self.timeouts:
                again = act(data)
                if handle in self.timeouts:
                    self.timeouts[handle][0] = time.monotonic() + period
                    if not again:
                        del self.timeouts[handle]
        waiting = self.inputs.values()
        ready = select.select([d for d, condition, *_ in waiting if condition & READ],
                              [d for d, condition, *_ in waiting if condition & WRITE], [], 0.02)
        for handle, (descriptor, condition, act, data) in list(self.inputs.items()):
            which = (READ if descriptor in ready[0] else 0) | (WRITE if descriptor in ready[1] else 0)
            if handle in self.inputs and which & condition:
                act(data, descriptor, which & condition)


def connect(proxy_port, user, password, host, port):
    """The connected socket, or the words of libpurple."""
    library, loop, result = ctypes.CDLL("libpurple.so.0"), Loop(), []
    library.purple_eventloop_set_ui_ops(ctypes.byref(loop.operations))
    library.purple_ciphers_init()
    library.purple_proxy_info_new.restype = c_void_p
    proxy = c_void_p(library.purple_proxy_info_new())
    library.purple_proxy_info_set_type(proxy, SOCKS5)
    library.purple_proxy_info_set_host(proxy, b"127.0.0.1")
    library.purple_proxy_info_set_port(proxy, proxy_port)
    library.purple_proxy_info_set_username(proxy, user.encode())
    library.purple_proxy_info_set_password(proxy, password.encode())
    connected = OnConnect(lambda _, descriptor, words: result.append((descriptor, words)))
    library.purple_proxy_connect_socks5.restype = c_void_p
    library.purple_proxy_connect_socks5(None, proxy, host.encode(), port, connected, None)
    while not result:
        loop.turn()
    descriptor, words = result[0]
    return socket.socket(fileno=descriptor) if descriptor >= 0 else words.decode()


def main():
    s = connect(int(sys.argv[1]), *sys.argv[2:5], int(sys.argv[5]))
    if isinstance(s, str):
        print(s, file=sys.stderr)
        return 1
    s.setblocking(True)
    s.sendall(sys.stdin.buffer.read())
    s.shutdown(socket.SHUT_WR)
    sys.stdout.buffer.write(receive_all(s))
    return 0


if __name__ == "__main__":
    sys.exit(main())
