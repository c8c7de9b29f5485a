#!/usr/bin/env python3
"""Plants faults in the machines and in the models, one at a time, and checks that the comparison finds each.

    can_fail.py models MACHINES [--scratch DIR]
    can_fail.py machines [--compiler CXX] [--scratch DIR]

MACHINES is the program that is built from machines.cpp. A fault of a machine is a mutation of one header: a text that
is there exactly once is replaced by another. The list has the form of tests/mutants/mutations.py.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parent.parent
ROWS = "20000"
ROLES = ("client ", "server ", "decode ")

ENDPOINT5 = "wire/endpoint5.hpp"
S4 = "wire/socks4.hpp"
LOGIN = "wire/username_password.hpp"
DATAGRAM = "wire/datagram.hpp"
CLIENT = "machine/client_core.hpp"
SERVER = "machine/server.hpp"

MACHINES = [
    ("the name length of a reply is a signed number", ENDPOINT5,
     "size = name_frame5(in[4]);", "size = name_frame5(static_cast<size_t>(static_cast<signed char>(in[4])));"),
    ("a frame of unknown length counts as a name of one byte", ENDPOINT5,
     "if (n < 4) return message_size::incomplete(name_frame5(0) - n);",
     "if (n < 4) return message_size::incomplete(name_frame5(1) - n);"),
    ("a reserved byte is never tolerated", ENDPOINT5, "in[2] != 0 && !tolerated.reserved", "in[2] != 0"),
    ("the encoder counts a byte too many in a name", ENDPOINT5,
     ".u8(static_cast<uint8_t>(name.size()))", ".u8(static_cast<uint8_t>(name.size() + 1))"),
    ("0.0.0.0 means that a name follows, too", "core/ip.hpp", "return number - 1 < 255;", "return number <= 255;"),
    ("a string of SOCKS4 has at most 254 bytes", S4,
     "const size_t limit = begin + detail::max_string4 + 1;", "const size_t limit = begin + detail::max_string4;"),
    ("PLEN is read from the wrong position", LOGIN, "in[2 + user];", "in[1 + user];"),
    ("a fragment is a datagram of its own", DATAGRAM,
     "if (in[2] != 0 && parts == fragments::drop) return errc::fragmented;", ""),
    ("SSH is taken for HTTP", "core/error.hpp", "if (first == 'S') return errc::peer_is_ssh;", ""),
    ("a list of methods keeps a repeated method", "core/request.hpp",
     "if (n == max || !is_valid() || contains(m)) return false;", "if (n == max || !is_valid()) return false;"),
    ("a client follows a method that it did not offer", CLIENT,
     "if (!offered_.contains(chosen)) return fail_for_good(errc::method_not_offered, byte);", ""),
    ("every even status is a success", CLIENT,
     "return status == 0 ? after_authentication()", "return status % 2 == 0 ? after_authentication()"),
    ("a refusal that is cut short is only an end", CLIENT,
     "if (size.needed() != 0 && !closed_) return need_more", "if (size.needed() != 0) return need_more"),
    ("a complete refusal is not consumed to its end", CLIENT,
     "t.take(t.refusal != nullptr ? *size : 2);", "t.take(2);"),
    ("the credentials stay early after the proxy has asked for them", CLIENT,
     "            early_credentials_ = false;\n", ""),
    ("a changed destination is not validated before it is sent", CLIENT,
     "const errc fault = host_fault(command_, to.host);", "const errc fault = errc::none;"),
    ("SOCKS4 gets around a required login", SERVER,
     "if (!options_.methods.contains(socks::method::none))", "if (false)"),
    ("a server asks for a byte too few of a greeting", SERVER,
     "need_more(greeted ? detail::head4 + 1 : 3, t);", "need_more(greeted ? detail::head4 + 1 : 2, t);"),
    ("a refusal of SOCKS5 becomes a success of SOCKS4", SERVER,
     "code.succeeded() ? code4::granted : code4::rejected", "code4::granted"),
    ("BIND has one reply only", SERVER, "? server_state::second_answer", "? server_state::success"),
    ("a server leaves the last byte of a request", SERVER,
     "next::serve, t.in.first(size), byte, size);", "next::serve, t.in.first(size), byte, size - 1);"),
    ("an outbox gets one pipelined message only", "machine/mailbox.hpp", "machine.sends_next()", "false"),
]

MODELS = [
    ("a greeting needs no method", "protocol.py", "raise Malformed(Error.no_methods)", "pass"),
    ("the status may be any odd number", "client.py", "if status != 0:", "if status % 2:"),
    ("ATYP 4 has 17 bytes", "protocol.py", "return at + 17 + size_of_rest", "return at + 18 + size_of_rest"),
    ("the port of SOCKS4 is little endian", "protocol.py",
     'bytes([4, command]) + port.to_bytes(2, "big")', 'bytes([4, command]) + port.to_bytes(2, "little")'),
    ("a NUL in a requested name is data", "protocol.py",
     'if host[0] == "name" and 0 in host[1]:\n        raise Malformed(Error.nul_in_name)\n    return (data[1]',
     "return (data[1]"),
    ("a user ID may have 256 bytes", "protocol.py", "if len(data) >= at + 256:", "if len(data) >= at + 257:"),
    ("the client's order of methods decides", "server.py",
     "for m in self.methods if m in offered", "for m in offered if m in self.methods"),
    ("the request is shown before the login is accepted", "server.py",
     "if method == protocol.USERNAME_PASSWORD:", "if method == 1:"),
    ("a refused greeting is consumed", "server.py", "self.taken = 0", "pass"),
    ("an end between the replies to BIND is an ordinary end", "client.py",
     "Error.closed_while_bound if self.state == self.SECOND_REPLY else Error.closed", "Error.closed"),
    ("an unknown address type is a general failure", "server.py", "wrong_type = error", "wrong_type = not error"),
    ("an answer without a question is ignored", "machine.py",
     "        self.fail(Failure(Error.out_of_turn))\n        return False", "        return False"),
]


def planted(text, old, new, where):
    if text.count(old) != 1:
        sys.exit(f"no longer applies: {text.count(old)} times in {where}: {old}")
    return text.replace(old, new)


def found(folder, machines):
    """The first row on which they disagree, or at which the machine ends with an assertion. None without one."""
    command = [sys.executable, folder / "compare.py", machines, "--rows", ROWS]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode == 0 or "Traceback" in ran.stderr:
        return None
    said = ran.stdout + ran.stderr
    return next((line.strip() for line in said.splitlines() if "SOCKS_ASSERT" in line or line.startswith(ROLES)), None)


def fault_of_machines(fault, options):
    what, header, old, new = fault
    folder = options.scratch / "include"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "socks" / header).parent.mkdir(parents=True)
    text = (TREE / "include" / "socks" / header).read_text()
    (folder / "socks" / header).write_text(planted(text, old, new, header))
    program = options.scratch / "machines"
    subprocess.run([options.compiler, "-std=c++20", "-w", "-O1", f"-I{folder}", f"-I{TREE / 'include'}", f"-I{HERE}",
                    HERE / "machines.cpp", "-o", program], check=True)
    return found(HERE, program)


def fault_of_models(fault, options):
    what, name, old, new = fault
    folder = options.scratch / "models"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / name).write_text(planted((HERE / name).read_text(), old, new, name))
    return found(folder, options.machines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("where", choices=["models", "machines"])
    parser.add_argument("machines", nargs="?")
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--scratch", type=pathlib.Path, default=pathlib.Path("/tmp/socks-oracle"))
    options = parser.parse_args()
    options.scratch.mkdir(parents=True, exist_ok=True)
    faults, plant = (MODELS, fault_of_models) if options.where == "models" else (MACHINES, fault_of_machines)
    missed = 0
    for fault in faults:
        row = plant(fault, options)
        print(f"{'found' if row else 'MISSED':7}{fault[0]}{': ' + row[:100] if row else ''}", flush=True)
        missed += not row
    print(f"{len(faults)} faults, {len(faults) - missed} found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
