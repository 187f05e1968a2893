"""Answer questions about images by writing Python statements, without a function. `img` is the image,
`images` the list of all images. Ask about them in words with `query`, and about positions with
`get_pos`, on a grid from LEFT = 0 to RIGHT = 24 and from BOTTOM = 0 to TOP = 24. Assign the answer to
`answer`.
"""

VERSION = "1"
RESULT = "answer"

LEFT = 0
BOTTOM = 0
RIGHT = 24
TOP = 24


@primitive
def find(region: Region, object_name: str) -> List[Detection]: ...


@primitive
def match_text(region: Region, text: str) -> float: ...


@primitive
def simple_query(region: Region, question: str) -> str: ...


@primitive
def llm_answer(question: str, long_answer: bool) -> str: ...


class Image:
    """An image, or a part of one that shows what was found."""

    def __init__(self, region):
        self._region = region

    def __repr__(self):
        region = self._region
        return f"Image({region.left}, {region.top}, {region.right}, {region.bottom})"


@wraps_input("image")
def _image(region):
    return Image(region)


@wraps_input("img")
def _img(region):
    return Image(region)


@wraps_input("images")
def _images(regions):
    return [Image(region) for region in regions]


@wraps_input("image_list")
def _image_list(regions):
    return [Image(region) for region in regions]


@says("the answer to “{question}” for {img} [be] “{result}”")
def query(img, question: str) -> str:
    """A short answer to a question about the image."""
    return simple_query(img._region, question)


@says("the answer to “{question}” for {img} [be] “{result}”")
def visual_query(img, question: str) -> str:
    """A short answer to a question about the image."""
    return simple_query(img._region, question)


@says("the answer to “{question}” [be] “{result}”")
def knowledge_query(question: str) -> str:
    """A short answer from world knowledge, without looking at an image."""
    return llm_answer(question, False)


@says("the center of the {object_name} in {img}, as x and y, [be] {result}")
def get_pos(img, object_name: str) -> Tuple[float, float]:
    """Where the object is: (x, y) of its center on the grid."""
    found = find(img._region, object_name)
    if len(found) == 0:
        raise ValueError(f"get_pos() found no {object_name}")
    own = img._region
    box = found[0].region
    x = ((box.left + box.right) / 2 - own.left) / own.width * RIGHT
    y = (own.bottom - (box.top + box.bottom) / 2) / own.height * TOP
    return (x, y)


@says("[there be] {result} ({object_name}) in {img}")
@element("{object_name}")
def find_object(img, object_name: str) -> List[Image]:
    """The objects of that name, as images of their own; [] if there is none."""
    return [Image(hit.region) for hit in find(img._region, object_name)]


@says("{result} best [match] “{text}”")
def find_matching_image(images: List[Image], text: str) -> Image:
    """The image that fits the text best."""
    if len(images) == 0:
        raise ValueError("find_matching_image() was given no image")
    scores = [match_text(img._region, text) for img in images]
    return images[scores.index(max(scores))]


def open_image(name: str) -> Image:
    """The image of that name: open_image("Image2.jpg") is the second one."""
    digits = "".join([char for char in name if char in "0123456789"])
    if not digits or int(digits) == 0:
        raise ValueError(f"open_image() knows Image1.jpg, Image2.jpg and so on, not {name!r}")
    return Image(input_image(int(digits) - 1))
