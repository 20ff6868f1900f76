"""The chart is a real PNG, of the size and in the colours that were meant."""

import struct
import zlib

from incidents.actions.attachments import content_type_of
from incidents.demo.pictures import chart


def _chunks(png):
    place = 8
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        name, data = png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        assert struct.unpack(">I", png[place + 8 + size : place + 12 + size]) == (zlib.crc32(name + data),)
        yield name, data
        place += size + 12


def test_it_is_a_png_whose_pixels_show_the_bars():
    png = chart([1, 2, 4])
    assert content_type_of(png) == "image/png"
    chunks = dict(_chunks(png))
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height, depth, colours = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (width, height, depth, colours) == (90, 160, 8, 3)
    pixels = zlib.decompress(chunks[b"IDAT"])
    rows = [pixels[start + 1 : start + width + 1] for start in range(0, len(pixels), width + 1)]
    assert len(rows) == height
    inked = [[row[6 + 28 * bar + 11] == 1 for row in rows].count(True) for bar in range(3)]
    assert inked == [40, 80, 160]
