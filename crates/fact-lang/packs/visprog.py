"""Answer questions about an image with steps, one a line: NAME=STEP(argument=value, ...). The image
is IMAGE; of two images the first is LEFT and the second RIGHT. COUNT(box=BOX0) counts, EVAL(expr=
"'yes' if {ANSWER0} > 0 else 'no'") computes with the values of variables in braces, and the last
step is FINAL_RESULT=RESULT(var=...).
"""

VERSION = "1"

FRONT_END = "visprog"

# How much of its surroundings CROP keeps around a box.
_AROUND = 1.5


@primitive
def find(region: Region, object_name: str) -> List[Detection]: ...


@primitive
def verify_property(region: Region, object_name: str, attribute: str) -> bool: ...


@primitive
def match_text(region: Region, text: str) -> float: ...


@primitive
def simple_query(region: Region, question: str) -> str: ...


@primitive
def llm_answer(question: str, long_answer: bool) -> str: ...


class Picture:
    """The image."""

    def __init__(self, region):
        self._region = region

    def __repr__(self):
        return f"Picture({int(self._region.width)}x{int(self._region.height)})"


@says("<{half} half of the image><part of the image {where} {anchor}>")
class Part:
    """A part of the image."""

    def __init__(self, region, where=None, anchor=None, half=None):
        self._region = region
        self._where = where
        self._anchor = anchor
        self._half = half

    def __repr__(self):
        return f"Picture({int(self._region.width)}x{int(self._region.height)})"


class Box:
    """A box in the image that an object was found in."""

    def __init__(self, region, frame, label):
        self._region = region
        self._frame = frame
        self._label = label

    def __repr__(self):
        return str(list(_edges(self._frame, self)))

    def __eq__(self, other):
        return isinstance(other, Box) and repr(self) == repr(other)


@wraps_input("IMAGE")
def _image(region):
    return Picture(region)


@wraps_input("LEFT")
def _left(region):
    return Picture(region)


@wraps_input("RIGHT")
def _right(region):
    return Picture(region)


def _edges(frame, box):
    # Left, top, right and bottom in whole pixels of the frame, without its last column and row.
    region = box._region
    x = int(frame.left)
    y = int(frame.top)
    return (
        max(0, int(region.left - x)),
        max(0, int(region.top - y)),
        min(int(frame.width) - 1, int(region.right - x)),
        min(int(frame.height) - 1, int(region.bottom - y)),
    )


def _cut(image, left, top, right, bottom):
    # The region between these pixels of the image.
    if right <= left or bottom <= top:
        raise ValueError("the crop is empty")
    own = image._region
    x = int(own.left)
    y = int(own.top)
    return own.crop(x + left, y + top, x + right, y + bottom)


def _size(image):
    return int(image._region.width), int(image._region.height)


def _box(image, left, top, right, bottom, label):
    return Box(_cut(image, left, top, right, bottom), image._region, label)


@says("[there be] {result} ({object}) in {image}")
@element("{object}")
def LOC(image: Picture, object: str) -> List[Box]:
    """The boxes of the objects of that name, the surest first: LOC(image=IMAGE,object='dog'). The
    objects 'TOP', 'BOTTOM', 'LEFT' and 'RIGHT' are halves of the image."""
    found = sorted(find(image._region, object), key=lambda d: -d.score)
    return [Box(detection.region, image._region, object) for detection in found]


@element("{object} half of the image")
def LOC_REGION(image: Picture, object: str) -> List[Box]:
    # What LOC is for 'TOP', 'BOTTOM', 'LEFT' and 'RIGHT'.
    width, height = _size(image)
    if object == "TOP":
        return [_box(image, 0, 0, width - 1, height // 2, object)]
    if object == "BOTTOM":
        return [_box(image, 0, height // 2, width - 1, height - 1, object)]
    if object == "LEFT":
        return [_box(image, 0, 0, width // 2, height - 1, object)]
    return [_box(image, width // 2, 0, width - 1, height - 1, object)]


@says("[there be] {result} (face) in {image}")
@element("face")
def FACEDET(image: Picture) -> List[Box]:
    """The boxes of the faces: FACEDET(image=IMAGE)."""
    width, height = _size(image)
    faces = []
    for detection in find(image._region, "face"):
        left, top, right, bottom = _edges(image._region, Box(detection.region, None, "face"))
        dx = int((right - left) / 4)
        dy = int((bottom - top) / 4)
        left = max(0, left - dx)
        top = max(0, top - dy)
        faces.append(_box(image, left, top, min(width, right + dx), min(height, bottom + dy), "face"))
    return faces


@says("the answer to “{question}” for {image} [be] “{result}”")
def VQA(image: Picture, question: str) -> str:
    """A short answer to a question: VQA(image=IMAGE,question='What color is the dog?')."""
    return simple_query(image._region, question)


def CROP(image: Picture, box: List[Box]) -> Picture:
    """The part of the image around the first box, half as large again; all of it without a box."""
    if len(box) == 0:
        return image
    width, height = _size(image)
    left, top, right, bottom = _edges(image._region, box[0])
    dx = int(_AROUND * (right - left) / 2)
    dy = int(_AROUND * (bottom - top) / 2)
    x = (left + right) // 2
    y = (top + bottom) // 2
    region = _cut(image, max(0, x - dx), max(0, y - dy), min(width, x + dx), min(height, y + dy))
    return Part(region, "around", box[0])


def CROP_FRONTOF(image: Picture, box: List[Box]) -> Picture:
    """What is in front of the first box: the part of the image around it."""
    return CROP(image, box)


def CROP_INFRONT(image: Picture, box: List[Box]) -> Picture:
    """What is in front of the first box: the part of the image around it."""
    return CROP(image, box)


def CROP_INFRONTOF(image: Picture, box: List[Box]) -> Picture:
    """What is in front of the first box: the part of the image around it."""
    return CROP(image, box)


def CROP_BEHIND(image: Picture, box: List[Box]) -> Picture:
    """What is behind the first box: the part of the image around it."""
    return CROP(image, box)


def CROP_AHEAD(image: Picture, box: List[Box]) -> Picture:
    """What is ahead of the first box: the part of the image around it."""
    return CROP(image, box)


def CROP_LEFTOF(image: Picture, box: List[Box]) -> Picture:
    """The image left of the center of the first box; its left half without a box."""
    width, height = _size(image)
    if len(box) == 0:
        return Part(_cut(image, 0, 0, width // 2, height - 1), half="left")
    left, _, right, _ = _edges(image._region, box[0])
    x = (left + right) // 2
    return Part(_cut(image, 0, 0, x, height - 1), "to the left of", box[0])


def CROP_RIGHTOF(image: Picture, box: List[Box]) -> Picture:
    """The image right of the center of the first box; its right half without a box."""
    width, height = _size(image)
    if len(box) == 0:
        return Part(_cut(image, width // 2, 0, width - 1, height - 1), half="right")
    left, _, right, _ = _edges(image._region, box[0])
    x = (left + right) // 2
    return Part(_cut(image, x, 0, width - 1, height - 1), "to the right of", box[0])


def CROP_ABOVE(image: Picture, box: List[Box]) -> Picture:
    """The image above the center of the first box; its upper half without a box."""
    width, height = _size(image)
    if len(box) == 0:
        return Part(_cut(image, 0, 0, width - 1, height // 2), half="upper")
    _, top, _, bottom = _edges(image._region, box[0])
    y = (top + bottom) // 2
    return Part(_cut(image, 0, 0, width - 1, y), "above", box[0])


def CROP_BELOW(image: Picture, box: List[Box]) -> Picture:
    """The image below the center of the first box; its lower half without a box."""
    width, height = _size(image)
    if len(box) == 0:
        return Part(_cut(image, 0, height // 2, width - 1, height - 1), half="lower")
    _, top, _, bottom = _edges(image._region, box[0])
    y = (top + bottom) // 2
    return Part(_cut(image, 0, y, width - 1, height - 1), "below", box[0])


def _best(boxes, text):
    # The box that fits the text best, the first of equals.
    best = None
    best_score = None
    for box in boxes:
        score = match_text(box._region, text)
        if best_score is None or score > best_score:
            best = box
            best_score = score
    return best


@says("[there be] {result} (match) of “{query}” among {object}")
def SELECT(image: Picture, object: List[Box], query: str, category: str = None) -> List[Box]:
    """Of the boxes those that the names in the query, divided by commas, fit: those called so, or else
    for each name the one that looks most like it. With a category only boxes called so are looked
    at, if there are any: SELECT(image=IMAGE,object=OBJ0,query='red cup',category='cup')."""
    names = query.split(",")
    boxes = object
    if category is None:
        named = []
        for name in names:
            named += [box for box in boxes if box._label == name.lower()]
        if len(named) > 0:
            return named
    else:
        called = [box for box in boxes if box._label in category]
        if len(called) > 0:
            boxes = called
    if len(boxes) == 0:
        return []
    return [_best(boxes, name) for name in names]


@says("[there be] {result} (match) of “{query}” among {object}")
def FILTER(image: Picture, object: List[Box], query: str) -> List[Box]:
    """The boxes whose object has the attribute: FILTER(image=IMAGE,object=BOX0,query='red')."""
    return [box for box in object if verify_property(box._region, box._label, query)]


@says("[there be] {result} (match) of {categories} among {object}")
def CLASSIFY(image: Picture, object: List[Box], categories: List[str]) -> List[Box]:
    """For each category the box that looks most like it among those that look more like it than like
    the other categories, which is called so from then on; the surest first."""
    names = categories if len(categories) != 1 else categories + ["other"]
    classified = []
    for box in object:
        scores = [match_text(box._region, name) for name in names]
        score = max(scores)
        classified.append((score, Box(box._region, box._frame, names[scores.index(score)])))
    classified.sort(key=lambda pair: -pair[0])
    best = []
    for _, box in classified:
        if box._label not in [other._label for other in best]:
            best.append(box)
    return best


@says("“{query}” [be] {result}")
def LIST(query: str, max: int) -> List[str]:
    """At most so many names from world knowledge: LIST(query='primary colors',max=3)."""
    answer = llm_answer(f"List at most {max} {query} separated by commas", False)
    return answer.strip("\n").split(", ")


def eval_value(value):
    # What {NAME} stands for in EVAL: "yes" and "no" are truth values, digits are a number.
    if isinstance(value, str):
        if value == "yes" or value == "no":
            return value == "yes"
        if value.isdecimal():
            return int(value)
    return value


def eval_text(value, double):
    # What {NAME} stands for within a text of EVAL. VisProg writes the value there as it would outside
    # of a text, a text with its own single quotes, so that some values end the text too early.
    value = eval_value(value)
    shown = f"'{value}'" if isinstance(value, str) else str(value)
    mark = '"' if double else "'"
    if mark in shown:
        raise ValueError(f"in EVAL {shown} cannot stand in {mark}…{mark}: leave the quotes out")
    return shown
