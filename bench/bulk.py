"""Loading fast: foreign keys and plain indexes come off a table and go back when it is full.

They are put back by their own definitions, and PostgreSQL checks every row as it does so: what is
loaded holds every constraint.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_FOREIGN_KEYS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I ', conrelid::regclass, conname) || pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conname
"""
_INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE NOT indisunique AND indrelid = ANY(%s::regclass[]) ORDER BY indexrelid
"""
_SESSION = """
SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET work_mem = '128MB';
SET jit = off; SET statement_timeout = 0
"""


@contextmanager
def without_indexes(cursor: Any, tables: Sequence[str]) -> Iterator[None]:
    """For the length of the block the tables keep only their unique keys; then all is back, and analysed."""
    cursor.execute(_SESSION)
    pieces = []
    for query in (_FOREIGN_KEYS, _INDEXES):
        cursor.execute(query, [list(tables)])
        pieces += cursor.fetchall()
    for remove, _ in pieces:
        cursor.execute(remove)
    yield
    for _, restore in reversed(pieces):
        cursor.execute(restore)
    cursor.execute("VACUUM (ANALYZE)")
