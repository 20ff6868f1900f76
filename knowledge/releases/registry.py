"""What follows when releases are given out and fetched."""

from knowledge.releases.models import Release
from portal.core.registry import Registry
from portal.identity.models import Membership

published = Registry[[Release], None]()
"""Of a release that is published, reworded or withdrawn, in that transaction, acting for every account."""
downloaded = Registry[[Membership, Release], None]()
"""Of a person and a release, when the last byte of one of its files has left for the person; once for each
download. It was sent: whether it arrived, only the person knows."""
