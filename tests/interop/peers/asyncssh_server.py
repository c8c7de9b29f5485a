"""The dynamic forwarding of AsyncSSH, with a server of OpenSSH at its other end.

    asyncssh_server.py PORT SSH_PORT USER KEY_FILE
"""

import asyncio
import sys

import asyncssh


async def main(port, there, user, key):
    async with asyncssh.connect("127.0.0.1", int(there), username=user, client_keys=[key], known_hosts=None,
                                config=None) as ssh:
        await (await ssh.forward_socks("127.0.0.1", int(port))).wait_closed()


asyncio.run(main(*sys.argv[1:]))
