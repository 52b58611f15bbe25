"""What the server sends leaves at once.

TCP holds back a small message until what went before is acknowledged (RFC 896), which whoever receives it puts off for
some 40 ms (RFC 1122, 4.2.3.2): what answers a click would wait so long behind a picture. asyncio turns that off, but
not for a socket that does not name its protocol, and the one that Streamlit binds does not.
"""

import os
import socket
from contextlib import suppress


def send_at_once() -> None:
    """Have what is accepted by the sockets at which this process listens hold nothing back: it inherits that.

    Where a process cannot list its own files (Windows), nothing is done, and an answer may come 40 ms later.
    """
    with suppress(OSError):
        for name in os.listdir("/dev/fd"):
            with suppress(OSError):  # it is no socket, or the list's own and gone
                door = socket.socket(fileno=int(name))
                try:
                    if door.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                finally:
                    door.detach()  # it is another's
