"""Password hashes: argon2id, with the cost that the profile gives."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mock_server.settings import PasswordHash
from mock_server.threads import BoundedThreads


class Passwords:
    """Makes and checks password hashes in bounded threads."""

    def __init__(self, cost: PasswordHash, threads: BoundedThreads) -> None:
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=1)
        self._threads = threads
        self._nobody = self._hasher.hash("a password that nobody has")

    async def hash(self, password: str) -> str:
        """Give the hash to keep for a new password."""
        return await self._threads.run(self._hasher.hash, password)

    async def matches(self, password: str, kept_hash: str | None) -> bool:
        """Say whether the password fits the hash; without one, take as long and say no (no account is given away)."""
        return await self._threads.run(self._check, password, kept_hash)

    def _check(self, password: str, kept_hash: str | None) -> bool:
        try:
            self._hasher.verify(kept_hash or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return kept_hash is not None
