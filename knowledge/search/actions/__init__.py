"""Every change of what is found, and of what it has prevented."""

from knowledge.search.actions.indexing import forget, index
from knowledge.search.entries import Entry, plain_text

__all__ = ["Entry", "forget", "index", "plain_text"]
