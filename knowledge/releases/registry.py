"""Upper apps, and the search beside us, follow what becomes of releases; they register in
``AppConfig.ready``."""

from collections.abc import Callable
from typing import Generic, ParamSpec

from knowledge.releases.models import Release
from portal.identity.models import Membership

Told = ParamSpec("Told")


class Followers(Generic[Told]):
    """Told within the transaction of the change, acting for every account, in the order of registration."""

    def __init__(self) -> None:
        self._followers: list[Callable[Told, None]] = []

    def register(self, follower: Callable[Told, None]) -> None:
        if follower not in self._followers:
            self._followers.append(follower)

    def tell(self, *args: Told.args, **kwargs: Told.kwargs) -> None:
        for follower in self._followers:
            follower(*args, **kwargs)


published = Followers[[Release]]()
"""Of a release that is published, reworded or withdrawn."""
downloaded = Followers[[Membership, Release]]()
"""Of a person and a release, when the last byte of one of its files has left for the person; once for each
download. It was sent: whether it arrived, only the person knows."""
