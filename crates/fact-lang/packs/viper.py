"""Functions to answer questions about an image. Coordinates are pixels of the original image with
the origin at the bottom left: a larger horizontal position is further right, a larger vertical
position is nearer the top.
"""

VERSION = "1"

# Pixels that a crop adds on each side.
_MARGIN = 10

_MONTHS = [
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
]

_NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
}


@primitive
def find(region: Region, object_name: str) -> List[Detection]:
    ...


@primitive
def verify_property(region: Region, object_name: str, attribute: str) -> bool:
    ...


@primitive
def simple_query(region: Region, question: str) -> str:
    ...


@primitive
def best_text_match(region: Region, option_list: list, prefix: str) -> str:
    ...


@primitive
def match_score(region: Region, text: str) -> float:
    ...


@primitive
def compute_depth(region: Region) -> float:
    ...


@primitive
def knowledge_query(question: str, context: str, long_answer: bool) -> str:
    ...


class ImagePatch:
    """A crop of an image centered around a particular object, or the whole image.

    Attributes
    ----------
    cropped_image : the pixels of the crop
    left, lower, right, upper : int
        Borders of the crop's bounding box in the original image.
    width, height : int
        Size of the crop in pixels.
    """

    left: int
    lower: int
    right: int
    upper: int
    width: int
    height: int

    def __init__(self, image, left: int = None, lower: int = None, right: int = None, upper: int = None):
        """Crops the image to the given bounding box. If no coordinates are given, the image is left unmodified."""
        if isinstance(image, ImagePatch):
            image = image.cropped_image
        if not isinstance(image, Region):
            raise TypeError(f"ImagePatch() takes an image, not '{type(image).__name__}'")
        if left is None and right is None and upper is None and lower is None:
            self.cropped_image = image
            self.left = image.left
            self.lower = image.image_height - image.bottom
            self.right = image.right
            self.upper = image.image_height - image.top
        else:
            self.left = int(left) + image.left
            self.lower = int(lower) + image.image_height - image.bottom
            self.right = int(right) + image.left
            self.upper = int(upper) + image.image_height - image.bottom
            self.cropped_image = image.crop(
                max(self.left, image.left),
                max(image.image_height - self.upper, image.top),
                min(self.right, image.right),
                min(image.image_height - self.lower, image.bottom),
            )
        self.width = self.cropped_image.width
        self.height = self.cropped_image.height
        if self.width <= 0 or self.height <= 0:
            raise Exception("ImagePatch has no area")

    def __repr__(self):
        return f"ImagePatch({self.left}, {self.lower}, {self.right}, {self.upper})"

    @says("the horizontal center of {self} [be] at {result}")
    @compares(less="further left than", more="further right than")
    @property
    def horizontal_center(self) -> float:
        """Horizontal center of the bounding box."""
        return (self.left + self.right) / 2

    @says("the vertical center of {self} [be] at {result}")
    @compares(less="lower than", more="higher than")
    @property
    def vertical_center(self) -> float:
        """Vertical center of the bounding box."""
        return (self.lower + self.upper) / 2

    @says("[there be] {result} ({object_name}) in {self}")
    @element("{object_name}")
    def find(self, object_name: str) -> List[ImagePatch]:
        """Returns a list of new ImagePatch objects containing crops of the image centered around any objects found in the image matching the object_name."""
        regions = [detection.region for detection in find(self.cropped_image, object_name)]
        return [self._crop(region) for region in regions if region.width > 0 and region.height > 0]

    @says("[there be] ({object_name}) in {self}")
    def exists(self, object_name: str) -> bool:
        """Returns True if the object specified by object_name is found in the image, and False otherwise."""
        return len(find(self.cropped_image, object_name)) > 0

    @says("{self} [be] {attribute}")
    def verify_property(self, object_name: str, attribute: str) -> bool:
        """Returns True if the object possesses the property, and False otherwise. Differs from 'exists' in that it presupposes the existence of the object specified by object_name, instead checking whether the object possesses the property."""
        return verify_property(self.cropped_image, object_name, attribute)

    @says("{self} best [match] {result}")
    def best_text_match(self, option_list: List[str] = None, prefix: str = None) -> str:
        """Returns the string that best matches the image."""
        if not option_list:
            raise ValueError("best_text_match() needs options")
        options = [str(option) for option in option_list]
        best = best_text_match(self.cropped_image, options, "" if prefix is None else prefix)
        if best not in options:
            raise RuntimeError(f"perception answered best_text_match() with '{best}', which is no option")
        return option_list[options.index(best)]

    @says("the answer to “{question}” about {self} [be] {result}")
    def simple_query(self, question: str = None) -> str:
        """Returns the answer to a basic question asked about the image. If no question is provided, returns the answer to "What is this?"."""
        if question is None:
            question = "What is this?"
        return simple_query(self.cropped_image, question)

    @says("the depth of {self} [be] {result}")
    @compares(less="closer than", more="further away than")
    def compute_depth(self) -> float:
        """Returns the median depth of the image crop. Smaller is closer."""
        return compute_depth(self.cropped_image)

    @says("the part of {self} from {left}, {lower} to {right}, {upper}")
    def crop(self, left: int, lower: int, right: int, upper: int) -> ImagePatch:
        """Returns a new ImagePatch cropped from the current ImagePatch."""
        image = self.cropped_image
        height = image.height
        return self._crop(image.crop(
            image.left + int(left),
            image.top + height - int(upper),
            image.left + int(right),
            image.top + height - int(lower),
        ))

    def _crop(self, region):
        # Whole pixels, counted from the bottom as in `crop`; clipped to this patch.
        image = self.cropped_image
        bottom = image.bottom
        return ImagePatch(image.crop(
            max(int(region.left) - _MARGIN, image.left),
            max(bottom - int(bottom - region.top) - _MARGIN, image.top),
            min(int(region.right) + _MARGIN, image.right),
            min(bottom - int(bottom - region.bottom) + _MARGIN, bottom),
        ))

    @says("{self} [overlap] with the box from {left}, {lower} to {right}, {upper}")
    def overlaps_with(self, left: int, lower: int, right: int, upper: int) -> bool:
        """Returns True if a crop with the given coordinates overlaps with this one, else False."""
        return self.left <= right and self.right >= left and self.lower <= upper and self.upper >= lower

    @says("to “{question}” the general answer [be] {result}")
    def llm_query(self, question: str, long_answer: bool = True) -> str:
        """Answers a text question using a language model. The language model does not see the image."""
        return knowledge_query(question, "", long_answer)


@says("of the candidates {result} best [match] {content}")
def best_image_match(list_patches: List[ImagePatch], content: List[str], return_index: bool = False) -> ImagePatch:
    """Returns the patch most likely to contain the content, or its index if return_index is True; None if there are no patches."""
    if len(list_patches) == 0:
        return None
    if isinstance(content, str):
        content = [content]
    best = None
    best_score = None
    for index, patch in enumerate(list_patches):
        score = sum([match_score(patch.cropped_image, text) for text in content]) / len(content)
        if best_score is None or score > best_score:
            best = index
            best_score = score
    return best if return_index else list_patches[best]


@says("the distance between {patch_a} and {patch_b} [be] {result}")
@compares(less="closer than", more="further apart than")
def distance(patch_a: ImagePatch, patch_b: ImagePatch) -> float:
    """Returns the distance between the edges of two ImagePatches. If the patches overlap, it returns a negative distance corresponding to the negative intersection over union."""
    if not isinstance(patch_a, ImagePatch) and not isinstance(patch_b, ImagePatch):
        return abs(patch_a - patch_b)
    gap_x = max(patch_a.left - patch_b.right, patch_b.left - patch_a.right, 0)
    gap_y = max(patch_a.lower - patch_b.upper, patch_b.lower - patch_a.upper, 0)
    gap = math.sqrt(gap_x ** 2 + gap_y ** 2)
    if gap > 0:
        return gap
    common_x = min(patch_a.right, patch_b.right) - max(patch_a.left, patch_b.left)
    common_y = min(patch_a.upper, patch_b.upper) - max(patch_a.lower, patch_b.lower)
    common = common_x * common_y
    area_a = (patch_a.right - patch_a.left) * (patch_a.upper - patch_a.lower)
    area_b = (patch_b.right - patch_b.left) * (patch_b.upper - patch_b.lower)
    return -common / (area_a + area_b - common)


def bool_to_yesno(bool_answer: bool) -> str:
    """Returns "yes" for True and "no" for False."""
    return "yes" if bool_answer else "no"


def coerce_to_numeric(string: str, no_string: bool = False):
    """Returns the number that a string expresses: its year for a date, its first number for a range; the string itself if it expresses none, or 0 if no_string is True."""
    if isinstance(string, (int, float)):
        return string
    text = str(string).strip().lower()
    if any(month in text for month in _MONTHS):
        years = re.findall(r"\d{4}", text)
        if len(years) > 0:
            return int(years[0])
    if text in _NUMBERS:
        return _NUMBERS[text]
    numeric = re.sub(r"[^0-9.\-]", "", text)
    found = re.findall(r"-?\d+\.?\d*|-?\.\d+", numeric)
    if len(found) == 0:
        return 0 if no_string else string
    number = found[0]
    return float(number) if "." in number else int(number)


@says("to “{query}” the general answer [be] {result}")
def llm_query(query: str, context: str = None, long_answer: bool = True) -> str:
    """Answers a text question using a language model. Add the context the question refers to."""
    return knowledge_query(query, "" if context is None else context, long_answer)


def process_guesses(prompt: str, guess1: str = None, guess2: str = None) -> str:
    """Chooses the better of two guesses at the answer to a question."""
    if guess1 is None:
        return guess2
    if guess2 is None or guess1 == guess2:
        return guess1
    answer = knowledge_query(f"{prompt} Answer with “{guess1}” or “{guess2}”.", "", False)
    return guess2 if guess2.lower() in answer.lower() and guess1.lower() not in answer.lower() else guess1
