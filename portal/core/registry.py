"""What upper apps add to what lower ones do; they register it in ``AppConfig.ready``."""

from collections.abc import Callable, Iterator
from typing import Generic, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Registry(Generic[Asked, Answer]):
    """Steps in the order in which they were registered; one that is registered again is there once."""

    def __init__(self) -> None:
        self._steps: list[Callable[Asked, Answer]] = []

    def register(self, step: Callable[Asked, Answer]) -> None:
        if step not in self._steps:
            self._steps.append(step)

    def ask(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Iterator[Answer]:
        """What each step answers; those after the last answer that is read don't run."""
        for step in self._steps:
            yield step(*args, **kwargs)

    def tell(self, *args: Asked.args, **kwargs: Asked.kwargs) -> None:
        """Run every step."""
        for step in self._steps:
            step(*args, **kwargs)
