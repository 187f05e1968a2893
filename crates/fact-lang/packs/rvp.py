"""Answer questions about one or more images by writing `def execute_command(image):`, or with
`image_list` for several images, in Python. Make an `ImagePatch` of an image, find things in it, and
ask about them; hand what is a question of its own to `recursive_query`. Coordinates are pixels of
the original image with the origin at the bottom left. Return the answer.
"""

VERSION = "1"
EXTENDS = "viper"


@says("the answer to “{question}”< for {image}> [be] “{result}”")
def recursive_query(image, question: str) -> str:
    """The answer to a question about an image, a patch, or a list of them, as a text."""
    if not isinstance(image, (list, tuple)):
        return simple_query(_region_of(image), question)
    if len(image) == 0:
        raise ValueError("recursive_query() was given no image")
    answers = [simple_query(_region_of(one), question) for one in image]
    if len(answers) == 1:
        return answers[0]
    lines = ["The same question was asked about each of several images:", f"Question: {question}"]
    for number, answer in enumerate(answers, 1):
        lines.append(f"Image {number}: {answer}")
    lines.append("What is the answer to the question about all of the images together?")
    return llm_answer("\n".join(lines), False)


def yesno_to_bool(answer: str) -> bool:
    """True for an answer that begins with "yes", False for one that begins with "no"."""
    if isinstance(answer, bool):
        return answer
    words = "".join([char if char.isalpha() else " " for char in answer.lower()]).split()
    first = words[0] if words else ""
    if first in ("yes", "true"):
        return True
    if first in ("no", "false"):
        return False
    raise ValueError(f"yesno_to_bool() takes an answer that begins with yes or no, not {answer!r}")
