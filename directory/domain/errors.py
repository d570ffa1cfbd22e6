"""Errors that a caller can act on. Every message says what is wrong and how to mend it."""


class DirectoryError(Exception):
    """Base of every error this directory raises on purpose."""


class InvalidInput(DirectoryError):
    """What was given cannot be used. `field` names the input, where there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(DirectoryError):
    """The thing named does not exist, or may not be shown."""


class EngineUnavailable(DirectoryError):
    """The search engine cannot answer now. `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int = 10) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RecordsUnavailable(DirectoryError):
    """The system of record cannot answer now (locked, full or down). `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int = 10) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LockHeld(DirectoryError):
    """Another indexer is at work on the same index."""


class FencedOut(DirectoryError):
    """The lock was lost to another indexer while this one was paused; its work must not be published."""


class PromotionRefused(DirectoryError):
    """A new generation is too small beside the live one to replace it unasked."""
