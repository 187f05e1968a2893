"""Tools that answer by the characters of the question: the pack of the random programs."""

VERSION = "1"


@primitive
def ask(region: Region, question: str) -> str: ...


@primitive
def count(region: Region, question: str) -> int: ...


@primitive
def score(region: Region, question: str) -> float: ...


@primitive
def check(region: Region, question: str) -> bool: ...


def _text(question):
    if not isinstance(question, str):
        raise TypeError("a question is a str")
    return question


class Patch:
    """An image that can be asked about."""

    def __init__(self, image):
        """All of the image."""
        self._region = image

    def ask(self, question: str) -> str:
        """A word."""
        return ask(self._region, _text(question))

    def count(self, question: str) -> int:
        """A whole number."""
        return count(self._region, _text(question))

    def score(self, question: str) -> float:
        """A number."""
        return score(self._region, _text(question))

    def check(self, question: str) -> bool:
        """Yes or no."""
        return check(self._region, _text(question))
