"""Answer questions about an image, or find what they describe, by writing Python statements, without
a function. `image` is the image: make an `ImagePatch(image)` of it, find things in it, and ask about
them. Coordinates are pixels of the original image with the origin at the bottom left: a higher y is
nearer the top. Assign the answer to `final_answer`: a text or an ImagePatch.
"""

VERSION = "1"
EXTENDS = "viper"
RESULT = "final_answer"


class ImagePatch:
    def find(self, object_names: List[str]) -> Dict[str, List[ImagePatch]]:
        """The patches of all objects of each name, by name: patch.find(["dog"])["dog"]"""
        if isinstance(object_names, str):
            object_names = [object_names]
        found = {}
        for name in object_names:
            found[name] = self._named(name)
        return found

    @says("[there be] {result} ({object_name}) in {self}")
    @element("{object_name}")
    def _named(self, object_name):
        return self._find(object_name)

    @says("{self} [overlap] {patch}")
    def overlaps_with(self, patch: ImagePatch) -> bool:
        """Does the patch overlap the other? Patches that share an edge overlap."""
        return (
            self._region.asked_left <= patch._region.asked_right
            and self._region.asked_right >= patch._region.asked_left
            and self._region.asked_lower <= patch._region.asked_upper
            and self._region.asked_upper >= patch._region.asked_lower
        )

    @says("the score of {attribute} for {self} [be] {result}")
    @compares(less="matched worse than", more="matched better than")
    def verify_property_score(self, object_name: str, attribute: str) -> float:
        """How well the object in the patch matches the attribute; the higher, the better."""
        return match_text(self._region, f"{attribute} {object_name}")

    def classify_object_attributes(self, object_name: str, attributes: List[str]) -> List[float]:
        """How well the object in the patch matches each of the attributes."""
        return [self.verify_property_score(object_name, attribute) for attribute in attributes]

    def classify_object_types(self, types: List[str]) -> List[float]:
        """How well the patch matches each of the kinds of object."""
        return [match_text(self._region, kind) for kind in types]


def get_sorted_patches_left_to_right(list_patches: List[ImagePatch]) -> List[ImagePatch]:
    """The list, sorted by the horizontal centers, the leftmost first."""
    list_patches.sort(key=lambda patch: patch.horizontal_center)
    return list_patches


def get_sorted_patches_bottom_to_top(list_patches: List[ImagePatch]) -> List[ImagePatch]:
    """The list, sorted by the vertical centers, the lowest first."""
    list_patches.sort(key=lambda patch: patch.vertical_center)
    return list_patches


def get_sorted_patches_front_to_back(list_patches: List[ImagePatch]) -> List[ImagePatch]:
    """The list, sorted by depth, the closest first."""
    list_patches.sort(key=lambda patch: patch.compute_depth())
    return list_patches


def get_middle_patch(list_patches: List[ImagePatch]) -> ImagePatch:
    """The patch in the middle from left to right; the right one of two."""
    return get_sorted_patches_left_to_right(list_patches)[len(list_patches) // 2]


def _whole(patch):
    region = patch._region
    return ImagePatch(region.crop(0, 0, region.image_width, region.image_height))


@element("part of the image< to the left of {patch}>")
def get_patch_left_of(patch: ImagePatch) -> ImagePatch:
    """The part of the image to the left of the center of the patch."""
    whole = _whole(patch)
    return whole.crop(0, 0, patch.horizontal_center, whole._region.height)


@element("part of the image< to the right of {patch}>")
def get_patch_right_of(patch: ImagePatch) -> ImagePatch:
    """The part of the image to the right of the center of the patch."""
    whole = _whole(patch)
    return whole.crop(patch.horizontal_center, 0, whole._region.width, whole._region.height)


@element("part of the image< above {patch}>")
def get_patch_above_of(patch: ImagePatch) -> ImagePatch:
    """The part of the image above the center of the patch."""
    whole = _whole(patch)
    return whole.crop(0, patch.vertical_center, whole._region.width, whole._region.height)


@element("part of the image< below {patch}>")
def get_patch_below_of(patch: ImagePatch) -> ImagePatch:
    """The part of the image below the center of the patch."""
    whole = _whole(patch)
    return whole.crop(0, 0, whole._region.width, patch.vertical_center)


@says("what is closest to {anchor_patch} [be] {result}")
def get_patch_closest_to_anchor_object(
    list_patches: List[ImagePatch], anchor_patch: ImagePatch
) -> ImagePatch:
    """The patch of the list that is closest to the other; the list is sorted by the distance."""
    list_patches.sort(key=lambda patch: distance(patch, anchor_patch))
    return list_patches[0]


@says("what is farthest from {anchor_patch} [be] {result}")
def get_patch_farthest_to_anchor_object(
    list_patches: List[ImagePatch], anchor_patch: ImagePatch
) -> ImagePatch:
    """The patch of the list that is farthest from the other; the list is sorted by the distance."""
    list_patches.sort(key=lambda patch: distance(patch, anchor_patch))
    return list_patches[-1]
