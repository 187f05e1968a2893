"""Answer questions about an image by writing `def execute_command(image):` in Python. Make an
`ImagePatch(image)` of it, find things in it, and ask about them or about the area beside them.
Coordinates are pixels of the original image with the origin at the bottom left: a higher y is nearer
the top. Return the answer: a word, a number, "yes" or "no", or a bool.
"""

VERSION = "1"
EXTENDS = "viper"


class ImagePatch:
    @staticmethod
    def from_bounding_box(image, bounding_box: dict) -> ImagePatch:
        """A patch from {"box": [left, lower, right, upper], "category": "dog"}."""
        left, lower, right, upper = bounding_box["box"]
        patch = ImagePatch(image, left, min(lower, upper), right, max(lower, upper))
        patch._category = bounding_box.get("category")
        return patch

    @property
    def category(self) -> str:
        """What the patch was found as, None if it was not found."""
        try:
            return self._category
        except AttributeError:
            return None

    @says("[there be] {result} ({object_name}) in {self}")
    @element("{object_name}")
    def find(self, object_name: str) -> List[ImagePatch]:
        """The patches of all objects of that name, [] if there is none: patch.find("dog")"""
        patches = self._find(object_name)
        for patch in patches:
            patch._category = object_name
        return patches

    @property
    @says("the area of {self} [be] {result} square (pixel)")
    @compares(less="smaller than", more="larger than")
    def area(self) -> int:
        """Area of the box in pixels."""
        box = self._region
        return (box.asked_right - box.asked_left) * (box.asked_upper - box.asked_lower)

    @says("the best description of the {object_name} in {self} [be] “{result}”")
    def best_description_from_options(self, object_name: str, property_list: List[str]) -> str:
        """The option that describes the object in the patch best."""
        return self.best_text_match(property_list, object_name)

    # The boxes are those of patches, so their frame is the original image. Which of the edges is the
    # lower one is told by the numbers: programs pass them in either order.

    def _beside(self, left, lower, right, upper):
        region = self._region
        whole = region.crop(0, 0, region.image_width, region.image_height)
        return ImagePatch(
            whole,
            max(0, int(left)),
            max(0, int(lower)),
            min(int(region.image_width), int(right)),
            min(int(region.image_height), int(upper)),
        )

    @element("part of the image to the left of the box")
    def crop_left_of_bbox(self, left: int, lower: int, right: int, upper: int) -> ImagePatch:
        """The part of the image to the left of the box."""
        return self._beside(0, 0, left, self._region.image_height)

    @element("part of the image to the right of the box")
    def crop_right_of_bbox(self, left: int, lower: int, right: int, upper: int) -> ImagePatch:
        """The part of the image to the right of the box."""
        return self._beside(right, 0, self._region.image_width, self._region.image_height)

    @element("part of the image below the box")
    def crop_below_bbox(self, left: int, lower: int, right: int, upper: int) -> ImagePatch:
        """The part of the image below the box."""
        return self._beside(0, 0, self._region.image_width, min(lower, upper))

    @element("part of the image above the box")
    def crop_above_bbox(self, left: int, lower: int, right: int, upper: int) -> ImagePatch:
        """The part of the image above the box."""
        width, height = self._region.image_width, self._region.image_height
        return self._beside(0, max(lower, upper), width, height)
