"""Answer questions about the things in an image: what they are, what they are like, where they
are and how they relate. Write `def execute_command(image):`, where `image` is a Scene, and return
the answer: a word, a number or a bool. Describe things as in English, attributes before the noun:
image.find("large metal cube"). The noun "thing" means anything."""

VERSION = "1"

VOCABULARY = {
    "color": {
        "gray": ["gray", "grey"],
        "red": ["red"],
        "blue": ["blue"],
        "green": ["green"],
        "brown": ["brown"],
        "purple": ["purple"],
        "cyan": ["cyan"],
        "yellow": ["yellow"],
        "black": ["black"],
        "white": ["white"],
        "pink": ["pink"],
    },
    "size": {
        "large": ["large", "big"],
        "small": ["small", "tiny", "little"],
    },
    "material": {
        "metal": ["metal", "metallic", "shiny"],
        "rubber": ["rubber", "matte"],
    },
    "shape": {
        "thing": ["thing", "things", "object", "objects"],
        "cube": ["cube", "cubes", "block", "blocks"],
        "sphere": ["sphere", "spheres", "ball", "balls"],
        "cylinder": ["cylinder", "cylinders"],
    },
    "relation": {
        "to the left of": ["left of", "to the left of", "on the left side of"],
        "to the right of": ["right of", "to the right of", "on the right side of"],
        "in front of": ["in front of"],
        "behind": ["behind"],
        "above": ["above", "over"],
        "below": ["below", "under", "beneath"],
    },
    "part": {
        "left": ["left", "left side"],
        "right": ["right", "right side"],
        "top": ["top", "upper part"],
        "bottom": ["bottom", "lower part"],
    },
}


@primitive
def find(region: Region, object_name: str) -> List[Detection]: ...


@primitive
def verify_property(region: Region, object_name: str, attribute: str) -> bool: ...


@primitive
def simple_query(region: Region, question: str) -> str: ...


@primitive
def compute_depth(region: Region) -> float: ...


@primitive
def related(region: Region, relation: str, object_id: str) -> List[Detection]: ...


@primitive
def related_targets(region: Region, relation: str, object_id: str) -> List[Detection]: ...


def _key(detection):
    if detection.id is not None:
        return detection.id
    region = detection.region
    return (detection.label, region.left, region.top, region.right, region.bottom)


def _as_list(things):
    if isinstance(things, list):
        return things
    return [things]


class Thing:
    """Something in the image. Two Things are equal if they are the same thing."""

    def __init__(self, image, detection):
        self._image = image
        self._region = detection.region
        self._label = detection.label
        self._id = detection.id
        self._key = _key(detection)
        self._attributes = detection.attributes

    def __repr__(self):
        region = self._region
        return f"Thing({self._label!r}, {region.left}, {region.top}, {region.right}, {region.bottom})"

    def __eq__(self, other):
        return isinstance(other, Thing) and self._key == other._key

    def _value(self, category):
        value = self._attributes.get(category)
        if value is None:
            return simple_query(self._region, f"What is the {category} of the {self._label}?")
        return value

    def _has_value(self, category, value):
        own = self._attributes.get(category)
        if own is None:
            return verify_property(self._region, self._label, value)
        return own == value or self._attributes.get(value) is True

    @property
    @says("{self} [be] a {result}")
    def name(self) -> str:
        """What it is, such as "horse"."""
        return self._label

    @property
    @says("{self} [be] {result}")
    def color(self) -> str:
        """Its color, such as "red"."""
        return self._value("color")

    @property
    @says("{self} [be] a {result}")
    def shape(self) -> str:
        """Its shape, such as "cube"."""
        return self._value("shape")

    @property
    @says("{self} [be] {result}")
    def size(self) -> str:
        """Its size, such as "large"."""
        return self._value("size")

    @property
    @says("{self} [be] made of {result}")
    def material(self) -> str:
        """What it is made of, such as "metal"."""
        return self._value("material")

    @says("the {category} of {self} [be] {result}")
    def query(self, category: str) -> str:
        """Its value of another category, such as query("age") or query("weather")."""
        return self._value(category)

    @says("{self} [be] {attribute}")
    def has_property(self, attribute: str) -> bool:
        """Whether it has an attribute: thing.has_property("wooden")."""
        return verify_property(self._region, self._label, attribute)

    @says("{self} [be] {result}")
    def choose(self, options: List[str]) -> str:
        """The first of the attributes that it has: thing.choose(["red", "blue"])."""
        for option in options:
            if verify_property(self._region, self._label, option):
                return option
        raise ValueError(f"the {self._label} is none of {options}")

    @says("{self} [be] a {result}")
    def choose_name(self, options: List[str]) -> str:
        """The first of the names that fits it: thing.choose_name(["cat", "dog"])."""
        for option in options:
            if verify_property(self._region, self._label, option):
                return option
        raise ValueError(f"the {self._label} is none of {options}")

    @property
    @says("{self} [be] on the {result} of the image")
    def hposition(self) -> str:
        """"left" or "right": the half of the image that its centre is in."""
        return "left" if self.x < self._region.image_width / 2 else "right"

    @property
    @says("{self} [be] at the {result} of the image")
    def vposition(self) -> str:
        """"top" or "bottom": the half of the image that its centre is in."""
        return "top" if self.y < self._region.image_height / 2 else "bottom"

    @says("{self} [be] in the {part} part of the image")
    def is_in(self, part: str) -> bool:
        """Whether its centre is in that part of the image: the "left", "right", "top" or "bottom"
        half, or the "horizontally middle" or "vertically middle" third."""
        width = self._region.image_width
        height = self._region.image_height
        if part == "left" or part == "right":
            return self.hposition == part
        if part == "top" or part == "bottom":
            return self.vposition == part
        if part == "horizontally middle":
            return width / 3 <= self.x <= 2 * width / 3
        if part == "vertically middle":
            return height / 3 <= self.y <= 2 * height / 3
        raise ValueError(f"an image has no part called {part!r}")

    @property
    @says("the center of {self} [be] at x = {result}")
    @compares(less="further left than", more="further right than")
    def x(self) -> float:
        """Pixels from the left edge of the image to its centre."""
        return (self._region.left + self._region.right) / 2

    @property
    @says("the center of {self} [be] at y = {result}")
    @compares(less="higher than", more="lower than")
    def y(self) -> float:
        """Pixels from the top edge of the image to its centre."""
        return (self._region.top + self._region.bottom) / 2

    @property
    @says("the depth of {self} [be] {result}")
    @compares(less="closer to the camera than", more="further from the camera than")
    def depth(self) -> float:
        """Distance from the camera."""
        return compute_depth(self._region)

    @says("{self} [be] {relation} {other}")
    def is_related(self, relation: str, other: "Thing") -> bool:
        """Whether it stands in the relation: cube.is_related("to the left of", ball)."""
        subjects = related(other._region, relation, other._id)
        return self._key in [_key(subject) for subject in subjects]

    @says("[there be] {result} (other {object_name}) of the same {category} as {self}")
    @element("other {object_name}< of the same {category} as {self}>")
    def find_same(self, category: str, object_name: str = "thing") -> List["Thing"]:
        """The other things with the same value: cube.find_same("color", "small ball")."""
        value = self._value(category)
        things = self._image._all(object_name)
        return [t for t in things if t._key != self._key and t._has_value(category, value)]


@says("the image")
class Scene:
    """The image."""

    def __init__(self, region):
        self._region = region

    def __repr__(self):
        return "Scene()"

    def _all(self, object_name):
        return [Thing(self, detection) for detection in find(self._region, object_name)]

    def _related(self, object_name, relation, others):
        keys = []
        for other in _as_list(others):
            for detection in related(other._region, relation, other._id):
                keys.append(_key(detection))
        return [thing for thing in self._all(object_name) if thing._key in keys]

    def _targets(self, subjects, relation, object_name):
        keys = []
        for subject in _as_list(subjects):
            for detection in related_targets(subject._region, relation, subject._id):
                keys.append(_key(detection))
        return [thing for thing in self._all(object_name) if thing._key in keys]

    @says("[there be] {result} ({object_name})< {relation} {other}>")
    @element("{object_name}< {relation} {other}>")
    def find(self, object_name: str, relation: str = None, other: "Thing" = None) -> List[Thing]:
        """The things that fit a description: image.find("large red cube"), image.find("thing").
        With a relation, those that stand in it to another Thing (or to one of a list of Things):
        image.find("person", "to the left of", car)."""
        if relation is None:
            return self._all(object_name)
        return self._related(object_name, relation, other)

    @says("[there be] ({object_name})< {relation} {other}>")
    def exists(self, object_name: str, relation: str = None, other: "Thing" = None) -> bool:
        """Whether find with the same arguments finds anything: image.exists("cat", "on", sofas)."""
        if relation is None:
            return len(self._all(object_name)) > 0
        return len(self._related(object_name, relation, other)) > 0

    @says("{subject} [be] {relation} {result}")
    @element("{object_name}< that {subject} is {relation}>")
    def find_target(self, subject: Thing, relation: str, object_name: str = "thing") -> List[Thing]:
        """The things that a Thing (or one of a list of Things) stands in a relation to, in the
        order of an English sentence: image.find_target(man, "wearing", "hat")."""
        return self._targets(subject, relation, object_name)

    @says("{subject} [be] {relation} ({object_name})")
    def has_target(self, subject: Thing, relation: str, object_name: str = "thing") -> bool:
        """Whether find_target finds anything: image.has_target(man, "wearing", "hat")."""
        return len(self._targets(subject, relation, object_name)) > 0

    @says("[there be] ({object_name}) {result} {other}")
    def choose_relation(self, object_name: str, options: List[str], other: Thing) -> str:
        """The first of the relations in which such a thing stands to another:
        image.choose_relation("lamp", ["to the left of", "to the right of"], bed)."""
        for option in options:
            if len(self._related(object_name, option, other)) > 0:
                return option
        raise ValueError(f"no {object_name} stands in any of {options}")

    @says("{subject} [be] {result} a {object_name}")
    def choose_target_relation(self, subject: Thing, options: List[str], object_name: str) -> str:
        """The first of the relations in which a Thing stands to such a thing:
        image.choose_target_relation(cup, ["on", "under"], "table")."""
        for option in options:
            if len(self._targets(subject, option, object_name)) > 0:
                return option
        raise ValueError(f"no {object_name} is in any of {options}")

    @says("the scene [be] {attribute}")
    def has_property(self, attribute: str) -> bool:
        """Whether the image as a whole has an attribute: image.has_property("outdoors")."""
        return verify_property(self._region, "image", attribute)

    @says("the scene [be] {result}")
    def choose(self, options: List[str]) -> str:
        """The first of the attributes that the image has: image.choose(["sunny", "cloudy"])."""
        for option in options:
            if verify_property(self._region, "image", option):
                return option
        raise ValueError(f"the image is none of {options}")

    @says("the {category} of {self} [be] {result}")
    def query(self, category: str) -> str:
        """A fact about the image: image.query("weather"), image.query("place")."""
        return simple_query(self._region, f"What is the {category} of the image?")


@wraps_input("image")
def _image(region):
    return Scene(region)


@wraps_input("img")
def _img(region):
    return Scene(region)


def only(things: List[Thing]) -> Thing:
    """The one thing of a list that must hold exactly one: only(image.find("red cube"))."""
    if len(things) != 1:
        raise ValueError(f"expected one thing, found {len(things)}")
    return things[0]


@says("[there be] {result} (thing) in the two groups together")
@element("thing")
def either(first: List[Thing], second: List[Thing]) -> List[Thing]:
    """The things that are in one list or the other, each once."""
    return first + [thing for thing in second if thing not in first]


@says("[there be] {result} (thing) in both groups")
@element("thing")
def both(first: List[Thing], second: List[Thing]) -> List[Thing]:
    """The things that are in both lists."""
    return [thing for thing in first if thing in second]


@says("the {category} of {things} [be] the same")
def all_same(things: List[Thing], category: str) -> bool:
    """Whether all things have the same value: all_same(flowers, "color")."""
    values = [thing._value(category) for thing in things]
    return all(value == values[0] for value in values)


@says("{first} [have] the same {result} as {second}")
def common_attribute(first: Thing, second: Thing) -> str:
    """What two things have in common, such as "color" or "material"."""
    for category in ["color", "material", "shape", "size", "pattern", "age", "pose", "activity"]:
        value = first._attributes.get(category)
        if value is not None and value == second._attributes.get(category):
            return category
    return simple_query(
        first._image._region,
        f"What do the {first._label} and the {second._label} have in common?",
    )


@says("the {result} [be] {comparative}")
def which_is(comparative: str, first: Thing, second: Thing) -> str:
    """The name of the one of two things that is more so: which_is("healthier", apple, cake)."""
    answer = simple_query(
        first._image._region,
        f"Which is {comparative}, the {first._label} or the {second._label}?",
    )
    if answer == first._label or answer == second._label:
        return answer
    raise ValueError(f"{answer!r} is neither the {first._label} nor the {second._label}")
