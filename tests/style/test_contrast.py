"""Every pair of colours that pages put on one another, in both themes and all accents, meets WCAG 2.2 AA."""

import re
from dataclasses import dataclass
from math import cos, radians, sin
from pathlib import Path

import pytest

from portal.core.ui.accents import Accent

TOKENS = (Path(__file__).parents[2] / "portal/static/css/tokens.css").read_text()
TEXT, GRAPHIC = 4.5, 3.0
GROUNDS = ["canvas", "surface", "surface-raised", "surface-sunken", "surface-hover"]
TONES = ["danger", "warn", "ok", "info"]


def pairs() -> list[tuple[str, str, float]]:
    found = [
        (ink, ground, TEXT) for ink in ("ink", "ink-muted", "accent", "accent-strong") for ground in GROUNDS
    ]
    found += [(ink, "accent-soft", TEXT) for ink in ("ink", "ink-muted", "accent-strong")]
    found += [
        ("on-accent", "accent", TEXT),
        ("on-accent", "accent-strong", TEXT),
        ("accent-strong", "accent-line", TEXT),
    ]
    found += [("line-control", ground, GRAPHIC) for ground in ("surface", "canvas")]
    found += [("accent", ground, GRAPHIC) for ground in (*GROUNDS, "accent-soft")]
    for tone in TONES:
        found += [(f"{tone}-ink", ground, TEXT) for ground in (f"{tone}-soft", "surface", "canvas")]
        found += [("ink", f"{tone}-soft", TEXT), ("ink-muted", f"{tone}-soft", TEXT)]
        found += [(f"{tone}-solid", "surface", GRAPHIC), ("on-solid", f"{tone}-solid", TEXT)]
    found += [("on-solid", f"severity-{level}", TEXT) for level in (1, 2)]
    found += [(f"on-severity-{level}", f"severity-{level}", TEXT) for level in (3, 4)]
    return found


@dataclass(frozen=True)
class Palette:
    """The tokens as one theme and one accent resolve them."""

    dark: bool
    accent: str

    def colour(self, token: str) -> tuple[float, float, float]:
        """Linear sRGB; parts beyond 0 and 1 mean that a screen shows another colour."""
        value = self._value(token)
        if match := re.fullmatch(r"light-dark\((oklch\(.*?\)), (oklch\(.*\))\)", value):
            value = match[2 if self.dark else 1]
        if match := re.fullmatch(r"var\(--([\w-]+)\)", value):
            return self.colour(match[1])
        parts = re.fullmatch(r"oklch\(([\d.]+)% (\S+|calc\(.+?\)) (\S+)\)", value)
        assert parts, f"--{token}: {value} is not a colour that this test can read"
        return _linear(float(parts[1]) / 100, self._number(parts[2]), self._number(parts[3]))

    def _value(self, token: str) -> str:
        accent = re.search(rf'\[data-accent="{self.accent}"\] {{([^}}]*)}}', TOKENS)
        assert accent, f"tokens.css has no block for the accent {self.accent}"
        for text in (accent[1], TOKENS):
            if match := re.search(rf"--{token}: (.+?);", text):
                return match[1]
        raise AssertionError(f"tokens.css has no --{token}")

    def _number(self, text: str) -> float:
        if match := re.fullmatch(r"calc\((.+) \* ([\d.]+)\)", text):
            return self._number(match[1]) * float(match[2])
        if match := re.fullmatch(r"var\(--([\w-]+)\)", text):
            return self._number(self._value(match[1]))
        return float(text)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(params=[(dark, accent) for dark in (False, True) for accent in Accent.values], ids=str)
def palette(request: pytest.FixtureRequest) -> Palette:
    return Palette(*request.param)


def test_contrast_is_enough(palette: Palette) -> None:
    weak = [
        f"{ink} on {ground}: {ratio:.2f}"
        for ink, ground, least in pairs()
        if (ratio := contrast(palette.colour(ink), palette.colour(ground))) < least
    ]
    assert weak == []


def test_a_screen_can_show_every_colour(palette: Palette) -> None:
    tokens = (
        {token for pair in pairs() for token in pair[:2]}
        | {f"{tone}-line" for tone in TONES}
        | {"accent-line"}
    )
    beyond = [
        token
        for token in sorted(tokens)
        if not all(-0.002 <= part <= 1.002 for part in palette.colour(token))
    ]
    assert beyond == []


def test_the_measure_is_right() -> None:
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert _linear(1, 0, 0) == pytest.approx((1, 1, 1), abs=1e-3)
