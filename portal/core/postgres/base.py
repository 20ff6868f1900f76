"""Django's PostgreSQL, without waiting for answers that nobody reads: see decision 0015.

``BEGIN``, ``SAVEPOINT``, ``RELEASE`` and the settings of a scope answer nothing, and each costs a round
trip. Here they wait, in their order, and go in front of the next statement in one message. Where no
statement follows before the end of the transaction, they never go at all.
"""

from select import POLLIN, poll
from typing import Any

from django.db.backends.postgresql import base
from psycopg2 import Error, extensions


class Connection(extensions.connection):
    """The driver's connection; whatever is sent over it is preceded by what waits.

    The driver opens no transactions: their ``BEGIN`` waits like the rest.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.autocommit = True
        self.waiting: list[str] = []

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, how: str) -> None:
        self.waiting.clear()
        if self.get_transaction_status() != extensions.TRANSACTION_STATUS_IDLE:
            with self.cursor() as cursor:
                cursor.execute(how)


class Cursor(extensions.cursor):
    connection: Connection

    def execute(self, query: Any, vars: Any = None) -> None:
        waiting = self.connection.waiting
        if not waiting:
            super().execute(query, vars)
        elif isinstance(query, str) and self.name is None:
            before = "; ".join(waiting)
            waiting.clear()
            try:
                super().execute(f"{before}; {query}", vars)
            except Error:
                self._give_up_without_transaction(before)
                raise
        else:
            self._send()
            super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        self._send()
        super().executemany(query, vars_list)

    def callproc(self, procname: Any, parameters: Any = None) -> None:
        self._send()
        super().callproc(procname, parameters)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        self._send()
        super().copy_expert(sql, file, size)

    def _send(self) -> None:
        """What waits, by itself."""
        waiting = self.connection.waiting
        if waiting:
            before = "; ".join(waiting)
            waiting.clear()
            with self.connection.cursor() as cursor:
                cursor.execute(before)

    def _give_up_without_transaction(self, before: str) -> None:
        """Of a message that can't be parsed nothing is run, ``BEGIN`` neither. What followed would be
        outside of any transaction, so the connection is closed."""
        began = before.startswith("BEGIN")
        if began and self.connection.get_transaction_status() == extensions.TRANSACTION_STATUS_IDLE:
            self.connection.close()


class DatabaseWrapper(base.DatabaseWrapper):
    connection: Any

    def get_connection_params(self) -> dict[str, Any]:
        own = {"connection_factory": Connection, "cursor_factory": Cursor}
        return {**super().get_connection_params(), **own}

    def send_ahead(self, statement: str) -> None:
        """Run a statement of the open transaction before the next one, without waiting for it.

        :param statement: without parameters and without a percent sign; its result is lost.
        """
        self.connection.waiting.append(statement)

    def is_usable(self) -> bool:
        """Without asking, unless something has come since the last answer: that the server closes the
        connection, for one."""
        if self.connection is None or self.connection.closed:
            return False
        ear = poll()
        ear.register(self.connection, POLLIN)
        return not ear.poll(0) or super().is_usable()

    def _set_autocommit(self, autocommit: bool) -> None:
        self.connection.waiting.clear()
        if not autocommit:
            self.send_ahead("BEGIN")

    def _savepoint(self, sid: str) -> None:
        self.send_ahead(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        waiting = self.connection.waiting
        if self.connection.get_transaction_status() == extensions.TRANSACTION_STATUS_INERROR:
            super()._savepoint_commit(sid)  # type: ignore[misc]  # fails: Django is to know it
        elif waiting[-1:] == [self.ops.savepoint_create_sql(sid)]:
            waiting.pop()
        else:
            self.send_ahead(self.ops.savepoint_commit_sql(sid))
