"""The scene pack, and what a program needs that names objects of an annotation by their
identifiers. For checking a data set against its own annotations; no program that explains
anything uses it."""

VERSION = "1"

EXTENDS = "scene"


def is_cited(thing: Thing, ids: List[str]) -> bool:
    """Whether it is one of the objects with these identifiers."""
    return thing._id in ids


def choose_cited(image: Scene, things: List[Thing], options: List[str], ids: List[str], subject: bool) -> str:
    """The first of the relations in which one of the objects with these identifiers stands to one
    of the things; if not subject, in which one of the things stands to it."""
    for option in options:
        if subject:
            others = image._related("thing", option, things)
        else:
            others = image._targets(things, option, "thing")
        if any(other._id in ids for other in others):
            return option
    raise ValueError(f"none of {options} holds of the cited objects")
