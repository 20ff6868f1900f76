"""Upper apps, and the search beside us, follow what is given out; they register in ``AppConfig.ready``."""

from collections.abc import Callable

from knowledge.releases.models import Release

Follower = Callable[[Release], None]


class Followers:
    """Told of a release when it is published, reworded or withdrawn, within that transaction."""

    def __init__(self) -> None:
        self._followers: list[Follower] = []

    def register(self, follower: Follower) -> None:
        if follower not in self._followers:
            self._followers.append(follower)

    def tell(self, release: Release) -> None:
        for follower in self._followers:
            follower(release)


published = Followers()
