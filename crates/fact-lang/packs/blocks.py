"""Answer questions about images of blocks. Write `def execute_command(image):`, where `image` is
an Image, and return the answer: for a statement, True or False. An image shows grey boxes side by
side. A box holds items: black, yellow or blue squares, triangles and circles, small (10 pixels),
medium (20) or big (30). They are scattered over the box, or stacked into a tower that stands on its
floor. Lengths and positions are in pixels, x to the right and y down. Items are named by phrases of
at most one size, one color and one noun, singular or plural: "small yellow square", "black items",
"blue". The nouns "item", "object", "block", "shape" and "thing" mean every shape. A phrase with any
other word is an error: relations, walls and numbers are asked with the methods."""

VERSION = "1"

# Slot classes. A canonical value is what stands in programs: in a phrase or argument, as a number,
# an operator or the name of an attribute.
VOCABULARY = {
    "color": {
        "black": ["black"],
        "yellow": ["yellow"],
        "blue": ["blue"],
    },
    "shape": {
        "item": [
            "item", "items", "object", "objects", "block", "blocks",
            "shape", "shapes", "thing", "things", "element", "elements",
        ],
        "square": ["square", "squares"],
        "triangle": ["triangle", "triangles"],
        "circle": ["circle", "circles"],
    },
    "size": {
        "small": ["small", "little", "tiny"],
        "medium": ["medium"],
        "big": ["big", "large"],
    },
    "number": {
        "0": ["0", "zero"],
        "1": ["1", "one", "single"],
        "2": ["2", "two"],
        "3": ["3", "three"],
        "4": ["4", "four"],
        "5": ["5", "five"],
        "6": ["6", "six"],
        "7": ["7", "seven"],
        "8": ["8", "eight"],
        "9": ["9", "nine"],
        "10": ["10", "ten"],
    },
    "comparison": {
        "==": ["exactly", "only", "just"],
        ">=": ["at least", "atleast"],
        "<=": ["at most", "atmost"],
        ">": ["more than"],
        "<": ["less than", "fewer than"],
    },
    "side": {
        "bottom": ["bottom", "base", "floor", "ground"],
        "top": ["top", "roof", "ceiling"],
        "left": ["left"],
        "right": ["right"],
    },
    "container": {
        "boxes": ["box", "boxes", "grey box", "grey boxes", "grey square", "grey squares"],
        "towers": ["tower", "towers"],
    },
    "relation": {
        "is_on": ["on", "above", "over", "on top of"],
        "is_under": ["under", "below", "beneath", "underneath"],
        "is_left_of": ["left of"],
        "is_right_of": ["right of"],
    },
}

_COLORS = {"black": "black", "yellow": "yellow", "blue": "blue"}
_SIZES = {
    "small": "small", "little": "small", "tiny": "small",
    "medium": "medium",
    "big": "big", "large": "big",
}
_SHAPES = {
    "square": "square", "squares": "square",
    "triangle": "triangle", "triangles": "triangle",
    "circle": "circle", "circles": "circle",
}
_NOUNS = {
    "item": 1, "items": 1, "object": 1, "objects": 1, "block": 1, "blocks": 1,
    "shape": 1, "shapes": 1, "thing": 1, "things": 1, "element": 1, "elements": 1,
}
_SIDES = {
    "left": "left", "right": "right",
    "top": "top", "roof": "top", "ceiling": "top",
    "bottom": "bottom", "base": "bottom", "floor": "bottom", "ground": "bottom",
}

# Largest gap in pixels at which two items count as touching; stacked blocks lie 1 pixel apart.
_TOUCH = 2


@primitive
def find(region: Region, object_name: str) -> List[Detection]:
    ...


def _parse(phrase):
    size = None
    color = None
    shape = None
    noun = None
    for word in phrase.lower().split():
        if word in _COLORS and color is None:
            color = _COLORS[word]
        elif word in _SHAPES and shape is None:
            shape = _SHAPES[word]
        elif word in _NOUNS and noun is None:
            noun = word
        elif word in _SIZES and size is None:
            size = _SIZES[word]
        elif word in _COLORS or word in _SHAPES or word in _NOUNS or word in _SIZES:
            raise ValueError(f"word '{word}' does not fit in phrase '{phrase}'")
        else:
            raise ValueError(f"unknown word '{word}' in phrase '{phrase}'")
    if size is None and color is None and shape is None and noun is None:
        raise ValueError("empty phrase")
    return size, color, shape


def _fits(item, size, color, shape):
    return (
        (color is None or item.color == color)
        and (shape is None or item.shape == shape)
        and (size is None or item.size == size)
    )


def _select(items, phrase):
    size, color, shape = _parse(phrase)
    return [item for item in items if _fits(item, size, color, shape)]


def _side(word, phrase):
    if word not in _SIDES:
        raise ValueError(f"unknown side '{word}' in '{phrase}'")
    return _SIDES[word]


def _distinct(values):
    seen = []
    for value in values:
        if value not in seen:
            seen.append(value)
    return seen


@says("{size} {color} {shape}")
class Item:
    """One item. color is "black", "yellow" or "blue"; shape is "square", "triangle" or "circle";
    size is "small", "medium" or "big". Two items touch, and a block rests on another, if the gap
    between their pixel boxes is at most 2 pixels. Relations to an item of another box are False."""

    color: str
    shape: str
    size: str

    def __init__(self, detection, box):
        region = detection.region
        self.color = detection.attributes["color"]
        self.shape = detection.attributes["shape"]
        self.size = detection.attributes["size"]
        self._left = region.left
        self._top = region.top
        self._right = region.right
        self._bottom = region.bottom
        self._region = region
        self._box = box

    def __repr__(self):
        return f"{self.size} {self.color} {self.shape}"

    @property
    @says("{self} [be] in {result}")
    def box(self) -> Box:
        """The box that holds the item."""
        return self._box

    @property
    @says("the center of {self} [be] at x = {result}")
    @compares(less="further left than", more="further right than")
    def x(self) -> float:
        """Horizontal position of the center, larger is further right."""
        return (self._left + self._right) / 2

    @property
    @says("the center of {self} [be] at y = {result}")
    @compares(less="higher than", more="lower than")
    def y(self) -> float:
        """Vertical position of the center, larger is lower."""
        return (self._top + self._bottom) / 2

    @says("{self} [be] ({phrase})")
    def is_a(self, phrase: str) -> bool:
        """Does the phrase name this item? item.is_a("small yellow item")"""
        size, color, shape = _parse(phrase)
        return _fits(self, size, color, shape)

    @says("{self} [touch] the< {side}> wall")
    def touches_wall(self, side: str = None) -> bool:
        """Does it lie against a wall (edge, side) of its box, with no gap? side is "left", "right",
        "top" (roof) or "bottom" (base, floor); without it any of the four."""
        wall = self._box._region
        if side is None:
            return (
                self._left <= wall.left
                or self._right >= wall.right
                or self._top <= wall.top
                or self._bottom >= wall.bottom
            )
        name = _side(side.lower(), side)
        if name == "left":
            return self._left <= wall.left
        if name == "right":
            return self._right >= wall.right
        if name == "top":
            return self._top <= wall.top
        return self._bottom >= wall.bottom

    @says("{self} [touch] a< {corner}> corner")
    def touches_corner(self, corner: str = None) -> bool:
        """Does it touch two walls that meet in a corner of its box? corner is for example "bottom right",
        or one side for both corners there; without it any corner."""
        if corner is not None:
            for word in corner.lower().replace("-", " ").split():
                if not self.touches_wall(_side(word, corner)):
                    return False
        return (self.touches_wall("left") or self.touches_wall("right")) and (
            self.touches_wall("top") or self.touches_wall("bottom")
        )

    def _gap_x(self, other):
        return max(self._left - other._right, other._left - self._right)

    def _gap_y(self, other):
        return max(self._top - other._bottom, other._top - self._bottom)

    def _apart(self, other):
        return self is other or self._box is not other._box

    @says("{self} [touch] {other}")
    def touches(self, other: Item) -> bool:
        """Does it touch the other item (in any direction, gap at most 2 pixels)?"""
        if self._apart(other):
            return False
        return self._gap_x(other) <= _TOUCH and self._gap_y(other) <= _TOUCH

    @says("{self} [be] above {other}")
    def is_above(self, other: Item) -> bool:
        """Is all of it higher than all of the other item, touching or not?"""
        return not self._apart(other) and self._bottom <= other._top

    @says("{self} [be] below {other}")
    def is_below(self, other: Item) -> bool:
        """Is all of it lower than all of the other item, touching or not?"""
        return not self._apart(other) and self._top >= other._bottom

    @says("{self} [lie] directly on {other}")
    def is_on(self, other: Item) -> bool:
        """Does it rest on the other item: above it, and touching? Said of blocks in a tower, "on",
        "above" and "over" mean this."""
        return self.is_above(other) and self.touches(other) and self._gap_x(other) < 0

    @says("{self} [lie] directly under {other}")
    def is_under(self, other: Item) -> bool:
        """Does the other item rest on it?"""
        return other.is_on(self)

    @says("{self} [be] left of {other}")
    def is_left_of(self, other: Item) -> bool:
        """Is all of it further left than all of the other item?"""
        return not self._apart(other) and self._right <= other._left

    @says("{self} [be] right of {other}")
    def is_right_of(self, other: Item) -> bool:
        """Is all of it further right than all of the other item?"""
        return not self._apart(other) and self._left >= other._right


@says("the tower in {box}")
class Tower:
    """A stack of blocks that stands on the floor of a box: its base touches the floor and each
    further block rests on the one below. A single block on the floor is a tower of height 1."""

    def __init__(self, box, blocks):
        self._box = box
        self._blocks = blocks

    def __repr__(self):
        return f"tower of {len(self._blocks)}"

    @property
    @says("{self} [be] in {result}")
    def box(self) -> Box:
        """The box that holds the tower."""
        return self._box

    @property
    @says("[there be] {result} (block) in {self}")
    def blocks(self) -> List[Item]:
        """Its blocks from the base to the top: blocks[1] is the second from the base."""
        return self._blocks

    @property
    @says("{self} [be] {result} (block) tall")
    @compares(less="shorter than", more="taller than")
    def height(self) -> int:
        """Number of blocks."""
        return len(self._blocks)

    @property
    @says("the base of {self} [be] {result}")
    def base(self) -> Item:
        """The lowest block."""
        return self._blocks[0]

    @property
    @says("the top of {self} [be] {result}")
    def top(self) -> Item:
        """The highest block."""
        return self._blocks[-1]

    @property
    @says("{self} [have] the (color) {result}")
    @element("color")
    def colors(self) -> List[str]:
        """The different colors of its blocks, each once."""
        return _distinct([block.color for block in self._blocks])

    @says("[there be] {result} ({object_name}) in {self}")
    def find(self, object_name: str) -> List[Item]:
        """Its blocks that the phrase names, from the base to the top."""
        return _select(self._blocks, object_name)

    @says("[there be] {result} ({object_name}) in {self}")
    def count(self, object_name: str) -> int:
        """How many of its blocks the phrase names."""
        return len(_select(self._blocks, object_name))

    @says("[there be] ({object_name}) in {self}")
    def exists(self, object_name: str) -> bool:
        """Does the phrase name any of its blocks?"""
        return len(_select(self._blocks, object_name)) > 0


@says("the {index:ordinal} box")
class Box:
    """One grey box. index counts from 0 on the left."""

    index: int

    def __init__(self, detection, index):
        self.index = index
        self._region = detection.region
        self._items = None
        self._tower = None
        self._searched = False

    def __repr__(self):
        return f"box {self.index + 1}"

    @property
    @says("[there be] {result} (item) in {self}")
    def items(self) -> List[Item]:
        """All items in the box, from the lowest to the highest, at one height from left to right."""
        if self._items is None:
            items = [Item(detection, self) for detection in find(self._region, "item")]
            self._items = sorted(items, key=lambda item: (-item._bottom, item._left))
        return self._items

    @property
    @says("{self} [hold] {result}")
    def tower(self) -> Tower:
        """The tower in the box: its tallest stack, the leftmost among equals; None if nothing touches
        the floor."""
        if not self._searched:
            self._searched = True
            for item in self.items:
                if item.touches_wall("bottom"):
                    blocks = [item]
                    for other in self.items:
                        if other.is_on(blocks[-1]):
                            blocks.append(other)
                    if self._tower is None or len(blocks) > len(self._tower._blocks):
                        self._tower = Tower(self, blocks)
        return self._tower

    @property
    @says("{self} [have] the (color) {result}")
    @element("color")
    def colors(self) -> List[str]:
        """The different colors of its items, each once."""
        return _distinct([item.color for item in self.items])

    @property
    @says("{self} [have] the (shape) {result}")
    @element("shape")
    def shapes(self) -> List[str]:
        """The different shapes of its items, each once."""
        return _distinct([item.shape for item in self.items])

    @says("[there be] {result} ({object_name}) in {self}")
    def find(self, object_name: str) -> List[Item]:
        """The items in the box that the phrase names: box.find("small yellow squares")"""
        return _select(self.items, object_name)

    @says("[there be] {result} ({object_name}) in {self}")
    def count(self, object_name: str) -> int:
        """How many items in the box the phrase names."""
        return len(_select(self.items, object_name))

    @says("[there be] ({object_name}) in {self}")
    def exists(self, object_name: str) -> bool:
        """Does the phrase name any item in the box?"""
        return len(_select(self.items, object_name)) > 0


@says("the image")
class Image:
    """The whole image."""

    def __init__(self, region):
        self._region = region
        self._boxes = None

    def __repr__(self):
        return "image"

    @property
    @says("[there be] {result} (box) in {self}")
    def boxes(self) -> List[Box]:
        """The grey boxes from left to right."""
        if self._boxes is None:
            detections = find(self._region, "box")
            self._boxes = [Box(detection, index) for index, detection in enumerate(detections)]
        return self._boxes

    @property
    @says("[there be] {result} (tower) in {self}")
    def towers(self) -> List[Tower]:
        """The towers of the boxes, from left to right."""
        return [box.tower for box in self.boxes if box.tower is not None]

    @property
    @says("[there be] {result} (item) in {self}")
    def items(self) -> List[Item]:
        """The items of all boxes, box by box."""
        return [item for box in self.boxes for item in box.items]

    @says("[there be] {result} ({object_name}) in {self}")
    def find(self, object_name: str) -> List[Item]:
        """The items of all boxes that the phrase names: image.find("blue circle")"""
        return _select(self.items, object_name)

    @says("[there be] {result} ({object_name}) in {self}")
    def count(self, object_name: str) -> int:
        """How many items of all boxes the phrase names."""
        return len(_select(self.items, object_name))

    @says("[there be] ({object_name}) in {self}")
    def exists(self, object_name: str) -> bool:
        """Does the phrase name any item of any box?"""
        return len(_select(self.items, object_name)) > 0


@wraps_input("image")
def _image(region):
    return Image(region)
