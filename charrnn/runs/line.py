"""A run's line to its worker: at most one process at a time, numbered orders, and how long nothing was heard."""

from typing import Any

from charrnn.runs.local import Connection

SILENT_SECONDS = 5  # after which a worker that was not heard is told of


class Line:
    """What is said to the worker and what counts of what it answers; the run's lock is held wherever it is used."""

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.former: Connection | None = None  # let go while it may still be saving
        self.order = 0  # number of the last train or pause: an answer to an older one says nothing of the status
        self.silent = 0  # looks, one a second, since the worker was heard

    def tell(self, kind: str, **fields: Any) -> None:
        """Give the worker a command, if there is one."""
        if self.connection:
            self.connection.send(kind, fields | {"order": self.order})

    def let_go(self) -> Connection | None:
        """The worker's connection, which is the run's no longer."""
        gone, self.connection = self.connection, None
        self.former = gone or self.former
        return gone

    def counts(self, connection: Connection, kind: str) -> bool:
        """Whether what a process tells still says something of the run."""
        return connection is self.connection or (connection is self.former and kind in ("saved", "unsaved"))

    def heard(self, connection: Connection) -> bool:
        """A process has said something: whether it is the run's, and was told of as silent."""
        if connection is not self.connection:
            return False
        was_silent, self.silent = self.silent >= SILENT_SECONDS, 0
        return was_silent

    def gone(self, connection: Connection) -> bool:
        """A process has ended: whether it was the run's."""
        if connection is self.former:
            self.former = None
        mine = connection is self.connection
        if mine:
            self.connection = None
        return mine
