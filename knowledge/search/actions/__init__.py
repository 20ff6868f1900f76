"""Every change of what is found, and of what it has prevented."""

from knowledge.search.actions.indexing import forget, index
from knowledge.search.actions.preventing import Typed, note_prevented
from knowledge.search.entries import Entry

__all__ = ["Entry", "Typed", "forget", "index", "note_prevented"]
