"""What is set of a run while it has no process to tell, or one that has not yet said that it has done it."""


class Changes:
    """Settings by name, as given. The run's lock is held wherever it is used."""

    def __init__(self, at_rest: dict[str, float]) -> None:
        self.waiting = dict(at_rest)  # set while there was no process to tell, or it was still starting
        self._told: list[dict[str, float]] = []  # what the process was told to set, and has not yet said to have set
        self._given: dict[str, float] = {}  # what the process was started with

    def give(self) -> dict[str, float]:
        """What a process is to be started with."""
        self._told.clear()
        self._given = dict(self.waiting)
        return self._given

    def set_since(self) -> dict[str, float]:
        """The process is there: what was set while it started; nothing waits any more."""
        later = {name: value for name, value in self.waiting.items() if self._given.get(name) != value}
        self.waiting = {}
        return later

    def tell(self, changes: dict[str, float]) -> None:
        """The process is told to set these."""
        self._told.append(changes)

    def confirm(self) -> None:
        """The process says that it has set what it was told first."""
        if self._told:
            del self._told[0]

    def latest(self) -> dict[str, float]:
        """What was set last and is in force, whatever a process says that has not yet heard of it."""
        return {name: value for changes in (self.waiting, *self._told) for name, value in changes.items()}
