"""What ends a virtual year: a promise that did not hold, and the kill that a promise must survive."""


class BrokenPromise(BaseException):
    """Promise *number* did not hold. No part of bouncer can take it for a fault of a message's or a server's."""

    def __init__(self, number: int, what: str) -> None:
        """Keep both."""
        super().__init__(f"promise {number}: {what}")
        self.number = number


class Killed(BaseException):
    """What stands for `kill -9` within one process: nobody catches it, and the daemon it goes through is left as it is."""
