"""Comparing requests: interleaved in random order, so that what disturbs one disturbs the other."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from bench.browser import Answer, Browser
from bench.figures import Figure, at_most

MILLISECONDS = 1000.0


@dataclass
class Sample:
    """What one kind of request took, in seconds of the clock and of the server's CPU."""

    name: str
    ask: Callable[[], Answer]
    answers: list[Answer] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        return [answer.seconds for answer in self.answers]

    @property
    def cpu(self) -> list[float]:
        return [answer.cpu for answer in self.answers if answer.cpu is not None]

    def row(self) -> list[str]:
        shown = (median(self.seconds), p95(self.seconds), median(self.cpu), p95(self.cpu))
        return [self.name, *(f"{MILLISECONDS * value:.2f}" for value in shown)]


HEAD = ("milliseconds", "median", "p95", "CPU median", "CPU p95")


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


def interleaved(samples: Sequence[Sample], browsers: Sequence[Browser], *, rounds: int, each: int) -> None:
    """Fill the samples. The first round warms up and is not counted."""
    order = random.Random(1)
    for number in range(rounds + 1):
        asked = [sample for sample in samples for _ in range(each)]
        order.shuffle(asked)
        for sample in asked:
            answer = sample.ask()
            if number:
                sample.answers.append(answer)
    for browser in browsers:
        browser.settle()


def ratios(name: str, page: Sample, floor: Sample, bar: float) -> list[Figure]:
    """How many times the floor the page takes, by the clock and by CPU time; both have to meet the bar."""
    return [
        at_most(f"{name}, by the clock", median(page.seconds) / median(floor.seconds), "×", bar),
        at_most(f"{name}, by CPU time", median(page.cpu) / median(floor.cpu), "×", bar),
    ]
