"""What upper apps add runs in the order of its registration, each step once."""

from portal.core.registry import Registry


def test_steps_run_in_order_and_each_once():
    seen, steps = [], Registry[[int], None]()
    first, second = (lambda number: seen.append(number)), (lambda number: seen.append(-number))
    for step in (first, second, first):
        steps.register(step)
    steps.tell(3)
    assert seen == [3, -3]


def test_answers_come_one_by_one():
    asked, steps = [], Registry[[str], str]()
    for number in range(3):
        steps.register(lambda word, number=number: asked.append(number) or word * number)
    assert next(filter(None, steps.ask("a"))) == "a"
    assert asked == [0, 1]
    assert list(steps.ask("b")) == ["", "b", "bb"]
