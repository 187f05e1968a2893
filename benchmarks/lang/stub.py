"""Stub perception for the CPython side: answers are a fixed function of the request, the same one as in
`crates/fact-lang/examples/lang.rs`, and are kept in a dictionary, so that asking costs CPython one
look-up."""

WORDS = ["red", "blue", "wood", "dog", "1987", "two", "left", "bus"]


class Region:
    """A rectangle of an image, origin top-left."""

    __slots__ = (
        "left", "top", "right", "bottom", "width", "height", "image_width", "image_height",
        "asked_left", "asked_lower", "asked_right", "asked_upper",
    )

    def __init__(self, left, top, right, bottom, image_width, image_height, asked=None):
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
        self.width = right - left
        self.height = bottom - top
        self.image_width = image_width
        self.image_height = image_height
        if asked is None:
            asked = (left, image_height - bottom, right, image_height - top)
        self.asked_left, self.asked_lower, self.asked_right, self.asked_upper = asked

    @property
    def asked_center_x(self):
        return (self.asked_left + self.asked_right) / 2

    @property
    def asked_center_y(self):
        return (self.asked_lower + self.asked_upper) / 2

    def window(self, left, lower, right, upper, margin=None):
        """The part between the sides, counted from the region's bottom left corner."""
        if left is None and lower is None and right is None and upper is None:
            return self
        left, lower, right, upper = int(left), int(lower), int(right), int(upper)
        if margin is not None:
            left = max(0, left - margin)
            lower = max(0, lower - margin)
            right = min(self.width, right + margin)
            upper = min(self.height, upper + margin)
        height = self.image_height
        x = self.left
        y = height - self.bottom
        asked = (left + x, lower + y, right + x, upper + y)
        left = max(self.left, asked[0])
        top = max(self.top, height - asked[3])
        return Region(
            left,
            top,
            max(left, min(self.right, asked[2])),
            max(top, min(self.bottom, height - asked[1])),
            self.image_width,
            height,
            asked,
        )

    def around(self, hit, margin):
        """The window of a detection, with a margin."""
        box = hit.region
        return self.window(
            box.left - self.left,
            self.bottom - box.bottom,
            box.right - self.left,
            self.bottom - box.top,
            margin,
        )


def window_of(image, left, lower, right, upper, name):
    """What the pack calls `Region(…)`."""
    region = image if type(image) is Region else image._region
    region = region.window(left, lower, right, upper)
    if region.width < 1 or region.height < 1:
        raise Exception(f"{name} has no area")
    return region


class Detection:
    """One object found."""

    __slots__ = ("region", "score", "label", "id", "attributes")

    def __init__(self, region, score, label):
        self.region = region
        self.score = score
        self.label = label
        self.id = None
        self.attributes = {}


def number_of(tool, region, args):
    """FNV-1a of the request."""
    h = 0x811C9DC5

    def add(data):
        nonlocal h
        for byte in data:
            h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF

    add(tool.encode())
    for side in region:
        add(int(side).to_bytes(4, "little"))
    for arg in args:
        for text in arg if isinstance(arg, tuple) else [arg]:
            if isinstance(text, str):
                add(text.encode())
        add(b"\0")
    return h ^ (h >> 15)


def detections(h, region, size, label):
    found = []
    left, top, right, bottom = (int(side) for side in region)
    width, height = right - left, bottom - top
    for i in range(h % 5):
        g = (h * 2654435761 + i * 2246822519) & 0xFFFFFFFF
        g ^= g >> 13
        x = left + g % max(1, width * 7 // 10)
        y = top + (g >> 8) % max(1, height * 7 // 10)
        box = (
            x,
            y,
            min(right, x + 5 + (g >> 4) % max(1, width * 3 // 10)),
            min(bottom, y + 5 + (g >> 12) % max(1, height * 3 // 10)),
        )
        found.append(Detection(Region(*box, *size), 0.9, label))
    return found


def answer(tool, region, size, args):
    h = number_of(tool, region, args)
    if tool == "find":
        return detections(h, region, size, args[0])
    if tool == "verify_property":
        return h & 16 != 0
    if tool == "best_text_match":
        return args[0][h % len(args[0])]
    if tool in ("match_text", "compute_depth"):
        return (h % 1000) / 1000
    return WORDS[h % len(WORDS)]


def primitive_on_region(tool):
    known = {}

    def ask(region, *args):
        key = (region.left, region.top, region.right, region.bottom, *args)
        found = known.get(key)
        if found is None:
            size = (region.image_width, region.image_height)
            found = known[key] = answer(tool, key[:4], size, args)
        return found

    return ask


def best_text_match(region, option_list, prefix):
    return _best_text_match(region, tuple(option_list), prefix)


def llm_answer(question, long_answer):
    found = _llm.get(question)
    if found is None:
        found = _llm[question] = answer("llm_answer", (0, 0, 640, 480), (640, 480), (question, long_answer))
    return found


_best_text_match = primitive_on_region("best_text_match")
_llm = {}
STUBS = {
    tool: primitive_on_region(tool)
    for tool in ("find", "verify_property", "match_text", "simple_query", "compute_depth")
}
STUBS["best_text_match"] = best_text_match
STUBS["llm_answer"] = llm_answer
