#!/usr/bin/env python3
"""modem.py PROXY COMMAND...
Becomes QEMU by COMMAND, and leaves a child that is the modem at its first UART: it connects to the proxy and passes
the bytes on. QEMU has no pin for the state of the connection, so letters on the second UART tell it; uart.hpp lists
them.
"""
import errno
import fcntl
import os
import select
import socket
import struct
import sys
import termios

# Bytes of the board wait for more bytes until a pause of this length, or until a segment is complete. So a message
# stays together, which some proxies need.
PAUSE = 0.05  # seconds
SEGMENT = 1460


def address_of(text):
    """The family and the address of 127.0.0.1:1080 or [::1]:1080. Anything else is a ValueError."""
    host, _, port = text.rpartition(':')
    family = socket.AF_INET6 if host[:1] == '[' and host[-1:] == ']' else socket.AF_INET
    host = host[1:-1] if family == socket.AF_INET6 else host
    try:
        socket.inet_pton(family, host)
    except OSError as error:
        raise ValueError(text) from error
    if not port.isdecimal() or int(port) > 65535:
        raise ValueError(text)
    return family, (host, int(port))


class Modem:
    """Between the proxy and the two UARTs. An OSError of a UART means that QEMU has ended."""

    def __init__(self, proxy, uart, letters):
        self.proxy, self.uart, self.letters = proxy, uart, letters
        self.upward = self.downward = b''  # what was received and not sent yet
        self.readable = True               # the proxy has not ended its stream
        self.writable = True               # the connection was not reset
        self.news = b''                    # the letter to tell when QEMU has taken all bytes

    def connect(self, address):
        """Returns after QEMU has ended, too."""
        self.proxy.setblocking(False)
        failed = self.proxy.connect_ex(address)
        if failed == errno.EINPROGRESS:
            if self.proxy not in select.select([self.uart], [self.proxy], [])[1]:
                return False
            failed = self.proxy.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.letters.sendall(b'N' if failed else b'U')
        return not failed

    def run(self):
        """Returns after QEMU has ended and the proxy has taken everything."""
        running = True
        paused = False
        while running or self.upward:
            complete = paused or not running or len(self.upward) >= SEGMENT
            reads = [self.uart] if running and len(self.upward) < SEGMENT else []
            reads += [self.proxy] if self.readable and not self.downward else []
            writes = [self.uart] if self.downward else []
            writes += [self.proxy] if self.upward and complete else []
            waits = self.news or (self.upward and not complete)
            reads, writes, _ = select.select(reads, writes, [], PAUSE if waits else None)
            paused = not (reads or writes)
            if self.proxy in writes:
                self.send_upward()
            if self.proxy in reads:
                self.receive_downward()
            if self.uart in reads:
                received = self.uart.recv(65536)
                running = bool(received)
                self.upward = self.upward + received if self.writable else b''
            if self.uart in writes:
                self.downward = self.downward[self.uart.send(self.downward):]
            if self.news and not self.downward and self.is_taken():
                self.letters.sendall(self.news)
                self.news = b''

    def send_upward(self):
        try:
            self.upward = self.upward[self.proxy.send(self.upward):]
        except OSError:
            self.upward, self.writable = b'', False
            if not self.readable:
                self.news = b'R'

    def receive_downward(self):
        try:
            self.downward = self.proxy.recv(65536)
        except OSError:
            self.writable = False
        if not self.downward:
            self.readable = False
            self.news = b'E' if self.writable else b'R'

    def is_taken(self):
        """Whether QEMU has read everything. Then the bytes are in the UART, and a letter cannot overtake them."""
        return struct.unpack('i', fcntl.ioctl(self.uart, termios.TIOCOUTQ, b'\0' * 4))[0] == 0


def main():
    try:
        family, address = address_of(sys.argv[1])
    except ValueError as error:
        print(f'usage: the proxy is an address and a port, such as 127.0.0.1:1080, not {error}', file=sys.stderr)
        sys.exit(2)
    (uart, at_uart), (letters, at_letters) = socket.socketpair(), socket.socketpair()
    if os.fork() != 0:
        command = sys.argv[2:]
        for end in (at_uart, at_letters):
            number = end.fileno()
            os.set_inheritable(number, True)
            command += ['-chardev', f'socket,id=uart{number},fd={number}', '-serial', f'chardev:uart{number}']
        os.execvp(command[0], command)
    os.closerange(0, 3)  # only QEMU has them
    at_uart.close()
    at_letters.close()
    modem = Modem(socket.socket(family), uart, letters)
    try:
        if modem.connect(address):
            modem.run()
    except (BrokenPipeError, ConnectionResetError):
        pass  # QEMU has ended


if __name__ == '__main__':
    main()
