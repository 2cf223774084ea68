"""Failed sign-ins: after too many from one address, it waits.

Links and tokens have 256 random bits, so nobody guesses one; what this stops is the load and the noise of trying. Only
failures count, and only signing in is refused, never a request with a token: a forgotten script with an old token must
not lock out everybody behind the same address.
"""

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from grading.domain.errors import ChainruleError


class TooManyAttempts(ChainruleError):  # noqa: N818  # named for what holds, like the faults of the domain
    """Too many failures from one address.

    Attributes:
        retry_after_s: when the next attempt is looked at.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too many failed sign-ins from this address. Try again in {retry_after_s} seconds.")
        self.retry_after_s = retry_after_s


class SignInThrottle:
    """Counts failures by address, in this process's memory.

    Args:
        per_minute: how many an address has free.
    """

    def __init__(self, per_minute: int) -> None:
        self._limit = RateLimitItemPerMinute(per_minute)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def refuse_if_too_many(self, request: Request) -> None:
        """Call before a credential is looked at.

        Raises:
            TooManyAttempts: the address has to wait.
        """
        address = _address(request)
        if not self._window.test(self._limit, address):
            free_at = self._window.get_window_stats(self._limit, address).reset_time
            raise TooManyAttempts(max(1, math.ceil(free_at - time.time())))

    def failed(self, request: Request) -> None:
        """Call when a credential turned out wrong."""
        self._window.hit(self._limit, _address(request))


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
