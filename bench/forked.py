"""Processes that are forked from a measurement, each with a pipe through which it says what it did."""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from django.db import connections

CONTEXT: Any = get_context("fork")


def start(processes: int, work: Callable[..., None], *arguments: Any) -> list[Connection]:
    """Run ``work(end, *arguments)`` in so many processes; our ends of their pipes."""
    connections.close_all()  # a forked process must not share its parent's connection
    ends = []
    for _ in range(processes):
        here, there = CONTEXT.Pipe()
        CONTEXT.Process(target=work, args=(there, *arguments), daemon=True).start()
        there.close()
        ends.append(here)
    return ends
