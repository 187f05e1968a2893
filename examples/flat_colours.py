"""Perception for tool_server.py that really looks at pixels: patches of one colour in PNG images.

Replace it by a class of your own that has the methods your models can do; see tool_server.py.
"""

import functools
import struct
import zlib

COLOURS = {
    "black": (0, 0, 0), "white": (255, 255, 255), "gray": (128, 128, 128), "red": (255, 0, 0),
    "green": (0, 160, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0), "orange": (255, 140, 0),
}
THINGS = {"object", "objects", "thing", "things", "patch", "patches", "item", "items", "a", "the"}


class FlatColours:
    """Patches of one colour on a background, which is the colour of the pixel at the top left.

    Change `version` whenever answers may change: Fact keeps answers by name and version."""

    name = "flat-colours"
    version = "1"

    def find(self, image, region, object_name):
        """Patches whose centre lies in the region. Boxes: left, top, right, bottom in pixels of the
        whole image, origin top-left."""
        wanted = set(object_name.lower().split()) - THINGS
        unknown = wanted - set(COLOURS)
        if unknown:
            raise ValueError(f"knows colours and 'object', not '{min(unknown)}'")
        left, top, right, bottom = region
        return [
            {"label": object_name, "box": box, "score": 1.0, "attributes": {"color": colour}}
            for colour, box in patches(image)
            if wanted <= {colour}
            and left <= (box[0] + box[2]) / 2 < right
            and top <= (box[1] + box[3]) / 2 < bottom
        ]

    def verify_property(self, image, region, object_name, attribute):
        return bool(self.find(image, region, f"{attribute} {object_name}"))

    def simple_query(self, image, region, question):
        if "colo" not in (question or ""):
            raise ValueError("answers questions about colour only")
        found = self.find(image, region, "object")
        if not found:
            raise ValueError("nothing is in this region")
        largest = max(found, key=lambda patch: area(patch["box"]))
        return largest["attributes"]["color"]


def area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


@functools.lru_cache(maxsize=64)
def patches(image):
    """(colour name, box) of each connected patch of 4 pixels or more, in reading order."""
    width, height, pixels = decode_png(image)
    names = {p: min(COLOURS, key=lambda n: sum((a - b) ** 2 for a, b in zip(p, COLOURS[n])))
             for p in set(pixels)}
    named = [names[p] for p in pixels]
    seen = [name == named[0] for name in named]
    found = []
    for start in range(width * height):
        if seen[start]:
            continue
        seen[start], patch = True, [start]
        for at in patch:
            x = at % width
            beside = ([at - 1] if x > 0 else []) + ([at + 1] if x + 1 < width else [])
            for near in beside + [at - width, at + width]:
                if 0 <= near < len(named) and not seen[near] and named[near] == named[start]:
                    seen[near] = True
                    patch.append(near)
        if len(patch) >= 4:
            xs, ys = [at % width for at in patch], [at // width for at in patch]
            found.append((named[start], [min(xs), min(ys), max(xs) + 1, max(ys) + 1]))
    return found


def decode_png(data):
    """Width, height and (r, g, b) pixels of a PNG with 8 bits a channel, not interlaced."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("reads PNG images only")
    at, packed = 8, b""
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    channels = {0: 1, 2: 3, 4: 2, 6: 4}.get(kind)
    if depth != 8 or channels is None or interlaced or width * height > 4_000_000:
        raise ValueError("reads PNG images of 8 bits a channel, without palette, up to 4 megapixels")
    while at + 8 <= len(data):
        size, name = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + size] if name == b"IDAT" else b""
        at += size + 12
    stride = width * channels
    raw = zlib.decompressobj().decompress(packed, (stride + 1) * height)
    if len(raw) < (stride + 1) * height:
        raise ValueError("the PNG image is cut off")
    before, pixels = bytes(stride), []
    for y in range(height):
        begin = y * (stride + 1)
        method, row = raw[begin], bytearray(raw[begin + 1:begin + 1 + stride])
        for i in range(stride if method else 0):
            a = row[i - channels] if i >= channels else 0
            b, c = before[i], before[i - channels] if i >= channels else 0
            near = ((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))
            predicted = min(near)[2] if method == 4 else (0, a, b, (a + b) // 2)[method]
            row[i] = (row[i] + predicted) & 255
        before = row
        for x in range(0, stride, channels):
            pixels.append(tuple(row[x:x + 3]) if channels > 2 else (row[x],) * 3)
    return width, height, pixels
