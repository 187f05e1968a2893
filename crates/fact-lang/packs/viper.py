"""Answer questions about an image by writing `def execute_command(image):` in Python. Make an
`ImagePatch(image)` of it, find things in it, and ask about them. Coordinates are pixels of the
original image with the origin at the bottom left: a higher y is nearer the top. Return the answer:
a word, a number, "yes" or "no", a bool or an ImagePatch.
"""

VERSION = "1"

VOCABULARY = {
    "color": {
        "red": ["red"],
        "orange": ["orange"],
        "yellow": ["yellow"],
        "green": ["green"],
        "blue": ["blue"],
        "purple": ["purple"],
        "pink": ["pink"],
        "brown": ["brown"],
        "black": ["black"],
        "white": ["white"],
        "gray": ["gray", "grey"],
    },
    "number": {
        "0": ["0", "zero"],
        "1": ["1", "one"],
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
}

# Pixels added on each side of what a crop asks for, within the patch that is cropped.
_MARGIN = 10

_MONTHS = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]
_UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ROUND = [20, 30, 40, 50, 60, 70, 80, 90]
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1000000, "billion": 1000000000}


@primitive
def find(region: Region, object_name: str) -> List[Detection]: ...


@primitive
def verify_property(region: Region, object_name: str, attribute: str) -> bool: ...


@primitive
def best_text_match(region: Region, option_list: List[str], prefix: str) -> str: ...


@primitive
def match_text(region: Region, text: str) -> float: ...


@primitive
def simple_query(region: Region, question: str) -> str: ...


@primitive
def compute_depth(region: Region) -> float: ...


@primitive
def llm_answer(question: str, long_answer: bool) -> str: ...


def _region_of(image):
    return image._region if isinstance(image, ImagePatch) else image


class ImagePatch:
    """A crop of an image, or all of it when no coordinates are given. left, lower, right and upper are
    ints, the box of the patch in the original image; width and height are those of its pixels."""

    def __init__(self, image, left: int = None, lower: int = None, right: int = None, upper: int = None):
        """Crops the image to the box; all of the image without one."""
        # Coordinates are those of the image that was passed, from its own bottom left corner. The
        # region is clipped to it and remembers what was asked for.
        self._region = Region(image, left, lower, right, upper, "ImagePatch")

    def __repr__(self):
        box = self._region
        return f"ImagePatch({box.asked_left}, {box.asked_lower}, {box.asked_right}, {box.asked_upper})"

    @property
    def cropped_image(self):
        """The pixels of the patch, to be passed to ImagePatch."""
        return self._region

    @property
    @says("the left edge of {self} [be] at x = {result}")
    @compares(less="further left than", more="further right than")
    def left(self) -> int:
        """x of the left edge."""
        return self._region.asked_left

    @property
    @says("the lower edge of {self} [be] at y = {result}")
    @compares(less="lower than", more="higher than")
    def lower(self) -> int:
        """y of the lower edge."""
        return self._region.asked_lower

    @property
    @says("the right edge of {self} [be] at x = {result}")
    @compares(less="further left than", more="further right than")
    def right(self) -> int:
        """x of the right edge."""
        return self._region.asked_right

    @property
    @says("the upper edge of {self} [be] at y = {result}")
    @compares(less="lower than", more="higher than")
    def upper(self) -> int:
        """y of the upper edge."""
        return self._region.asked_upper

    @property
    @says("{self} [be] {result} (pixel) wide")
    @compares(less="narrower than", more="wider than")
    def width(self) -> int:
        """Width in pixels."""
        return self._region.width

    @property
    @says("{self} [be] {result} (pixel) high")
    @compares(less="less high than", more="higher in extent than")
    def height(self) -> int:
        """Height in pixels."""
        return self._region.height

    @property
    @says("the center of {self} [be] at x = {result}")
    @compares(less="further left than", more="further right than")
    def horizontal_center(self) -> float:
        """x of the center."""
        return self._region.asked_center_x

    @property
    @says("the center of {self} [be] at y = {result}")
    @compares(less="lower than", more="higher than")
    def vertical_center(self) -> float:
        """y of the center."""
        return self._region.asked_center_y

    @says("[there be] {result} ({object_name}) in {self}")
    @element("{object_name}")
    def find(self, object_name: str) -> List[ImagePatch]:
        """The patches of all objects of that name, [] if there is none: patch.find("dog")"""
        return self._find(object_name)

    def _find(self, object_name):
        if object_name == "person":
            object_name = "people"
        elif object_name in ("object", "objects"):
            object_name = "object"
        own = self._region
        return [ImagePatch(own.around(hit, _MARGIN)) for hit in find(own, object_name)]

    @says("[there be] ({object_name}) in {self}")
    def exists(self, object_name: str) -> bool:
        """Is there an object of that name?"""
        return len(self._find(object_name)) > 0

    @says("{self} [be] {attribute}")
    def verify_property(self, object_name: str, attribute: str) -> bool:
        """Does the object in the patch have the attribute? patch.verify_property("shirt", "blue")"""
        return verify_property(self._region, object_name, attribute)

    @says("{self} best [match] “{result}”")
    def best_text_match(self, option_list: List[str] = None, prefix: str = None) -> str:
        """The option that fits the patch best, as it is given; the prefix is only for comparing."""
        options = [] if option_list is None else list(option_list)
        if len(options) == 0:
            raise ValueError("best_text_match() needs a list of options, such as ['red', 'blue']")
        texts = [str(option) for option in options]
        best = best_text_match(self._region, texts, prefix)
        if best not in texts:
            raise RuntimeError(f"best_text_match() was answered with {best!r}, which is no option")
        return options[texts.index(best)]

    @says("the answer to “{question}” for {self} [be] “{result}”")
    def simple_query(self, question: str = "What is this?") -> str:
        """A short answer to a question about the patch; simple perception only."""
        if question is None:
            question = "What is this?"
        return simple_query(self._region, question)

    @says("the depth of {self} [be] {result}")
    @compares(less="closer than", more="farther away than")
    def compute_depth(self) -> float:
        """Median relative depth of the patch: the smaller, the closer."""
        return compute_depth(self._region)

    def crop(self, left: int, lower: int, right: int, upper: int) -> ImagePatch:
        """The part of the patch between these coordinates of the patch, 10 pixels larger on each side
        as far as the patch goes."""
        return ImagePatch(self._region.window(left, lower, right, upper, _MARGIN))

    @says("{self} [overlap] the box ({left}, {lower}, {right}, {upper})")
    def overlaps_with(self, left: int, lower: int, right: int, upper: int) -> bool:
        """Does the patch overlap the box? Boxes that share an edge overlap."""
        box = self._region
        return (
            box.asked_left <= right
            and box.asked_right >= left
            and box.asked_lower <= upper
            and box.asked_upper >= lower
        )

    @says("the answer to “{question}” [be] “{result}”")
    def llm_query(self, question: str, long_answer: bool = True) -> str:
        """A text answer from world knowledge, without looking at the image."""
        return llm_query(question, None, long_answer)


@says("{result} best [match] “{content}”")
def best_image_match(list_patches: List[ImagePatch], content: List[str], return_index: bool = False):
    """The patch, or its index, that fits the content best; None for no patches."""
    if len(list_patches) == 0:
        return None
    if isinstance(content, str):
        content = [content]
    if len(content) == 0:
        raise ValueError("best_image_match() needs a text to compare with")
    best = 0
    best_score = None
    for index, patch in enumerate(list_patches):
        score = sum([match_text(patch._region, text) for text in content]) / len(content)
        if best_score is None or score > best_score:
            best = index
            best_score = score
    if return_index:
        return best
    return list_patches[best]


@says("the distance between {patch_a} and {patch_b} [be] {result} px")
def distance(patch_a, patch_b) -> float:
    """Distance between the edges of two patches in pixels, negative if they overlap (minus their
    intersection over union); for two numbers, their absolute difference."""
    if not (isinstance(patch_a, ImagePatch) and isinstance(patch_b, ImagePatch)):
        return abs(patch_a - patch_b)
    a = patch_a._region
    b = patch_b._region
    gap_x = max(0, a.asked_left - b.asked_right, b.asked_left - a.asked_right)
    gap_y = max(0, a.asked_lower - b.asked_upper, b.asked_lower - a.asked_upper)
    if gap_x > 0 or gap_y > 0:
        return (gap_x**2 + gap_y**2) ** 0.5
    width = min(a.asked_right, b.asked_right) - max(a.asked_left, b.asked_left)
    height = min(a.asked_upper, b.asked_upper) - max(a.asked_lower, b.asked_lower)
    shared = width * height
    area_a = (a.asked_right - a.asked_left) * (a.asked_upper - a.asked_lower)
    area_b = (b.asked_right - b.asked_left) * (b.asked_upper - b.asked_lower)
    return -shared / (area_a + area_b - shared)


def bool_to_yesno(bool_answer: bool) -> str:
    """ "yes" or "no"."""
    return "yes" if bool_answer else "no"


def _word_number(text):
    # The value of the first number in words, None if there is none: "twenty-one", "two hundred and
    # five". A number ends where the next word does not continue it: "two or three" is 2.
    total = 0
    group = 0
    found = False
    digits = any(char in "0123456789" for char in text)
    for word in text.lower().replace("-", " ").split():
        word = word.strip(".,;:!?")
        if word in _UNITS:
            value = _UNITS.index(word)
            tens = group % 100
            if found and tens != 0 and not (tens in _ROUND and 0 < value < 10):
                break
            group += value
        elif word in _TENS:
            if group % 100 != 0:
                break
            group += _ROUND[_TENS.index(word)]
        elif word in _SCALES:
            if not found and digits:
                return None
            if word == "hundred":
                group = 100 * max(group, 1)
            else:
                total += _SCALES[word] * max(group, 1)
                group = 0
        elif found and word != "and":
            break
        else:
            continue
        found = True
    return total + group if found else None


def _year(text):
    digits = ""
    for char in text + " ":
        if char.isdigit():
            digits += char
        else:
            if len(digits) == 4:
                return int(digits)
            digits = ""
    return None


def coerce_to_numeric(string: str, no_string: bool = False):
    """The number in a text: the year of a date with a month, a number in words, or the digits (the
    first of a range); int or float. Without one the text itself, or ValueError if no_string."""
    if not isinstance(string, str):
        return string
    if any(month in string.lower() for month in _MONTHS):
        year = _year(string)
        if year is not None:
            return year
    value = _word_number(string)
    if value is not None:
        return value
    kept = "".join([char for char in string if char in "0123456789.-"])
    negative = kept.startswith("-")
    if negative:
        kept = kept[1:]
    kept = kept.split("-")[0]
    if negative:
        kept = "-" + kept
    try:
        value = float(kept) if "." in kept else int(kept)
    except ValueError:
        if no_string:
            raise ValueError(f"no number in {string!r}")
        return string
    # "3 million"
    for word in string.lower().split():
        if word in _SCALES:
            return value * _SCALES[word]
    return value


@says("the answer to “{query}” [be] “{result}”")
def llm_query(query: str, context: str = None, long_answer: bool = True) -> str:
    """A text answer from world knowledge."""
    if context is not None:
        query = f"{context} {query}"
    return llm_answer(query, long_answer)


def process_guesses(prompt: str, guess1: str = None, guess2: str = None) -> str:
    """The better of two guesses at the answer."""
    if guess1 is None and guess2 is None:
        return llm_query(prompt, None, False)
    if guess1 is None:
        return guess2
    if guess2 is None or guess1 == guess2:
        return guess1
    return llm_query(f"{prompt} Is it {guess1} or {guess2}?", None, False)
