"""A real mail server on the loopback, that answers each recipient as it is told to."""

import asyncio
import socket
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

HANG = 3.0


class Mailbox:
    """What has arrived, and how the next ones are answered: `mailbox.answers["a@example.org"] = ["451 Later"]`.

    An answer is what the server says to DATA, or one of `cut` (it breaks off and keeps nothing), `keep and cut`
    (it has it, and breaks off before it says so), `hang` (it keeps silent) and `slow` (it takes it after a second).
    """

    def __init__(self) -> None:
        self.answers: defaultdict[str, list[str]] = defaultdict(list)
        self.rejected: dict[str, str] = {}
        self.parting = ""
        self.arrived: list[Message] = []
        self.asked: Counter[str] = Counter()

    def received(self) -> list[str]:
        return sorted(str(each["To"]) for each in self.arrived)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.asked[address] += 1
        if address in self.rejected:
            return self.rejected[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        waiting = self.answers[envelope.rcpt_tos[0]]
        answer = waiting.pop(0) if waiting else "250 OK"
        if answer == "slow":
            await asyncio.sleep(1)
        if answer in ("250 OK", "slow", "keep and cut"):
            self.arrived.append(message_from_bytes(envelope.content, policy=default))
        if answer in ("cut", "keep and cut"):
            server.transport.abort()
        elif answer == "hang":
            await asyncio.sleep(HANG)
        return answer if answer[:1].isdigit() else "250 OK"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        return self.parting or "221 Bye"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(mailbox: Mailbox, port: int | None = None, **kw: Any) -> Iterator[int]:
    """Serve it; gives its port."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=port or free_port(), **kw)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
