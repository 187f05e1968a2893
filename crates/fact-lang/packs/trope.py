"""Answer questions about a scene of a film by writing
`def execute_command(video, annotation, possible_answers, query):` in Python. Make a
`VideoSegment(video, annotation)`, look at its frames, which are ImagePatches, and ask about them.
Return a tuple: the answer, the reason, and the dict of what was found out.
"""

VERSION = "1"
EXTENDS = "video"


@primitive
def identify_face(region: Region) -> str: ...


@primitive
def read_subtitles(region: Region) -> str: ...


def _yesno(answer):
    # "yes" or "no" for an answer that begins with it, any other as it is.
    words = _words(answer).split()
    first = words[0] if words else ""
    if first in ("yes", "true"):
        return "yes"
    if first in ("no", "false"):
        return "no"
    return answer


class ImagePatch:
    @says("the answer to “{question}” for {self} [be] “{result}”")
    def simple_query(self, question: str = "What is this?", to_yesno: bool = False) -> str:
        """A short answer to a question about the patch; to_yesno makes it "yes" or "no"."""
        if question is None:
            question = "What is this?"
        answer = simple_query(self._region, question)
        return _yesno(answer) if to_yesno else answer

    @says("the answer to “{question}” [be] “{result}”")
    def llm_query(self, question: str, long_answer: bool = True, to_yesno: bool = False) -> str:
        """A text answer from world knowledge; to_yesno makes it "yes" or "no"."""
        return llm_query(question, None, long_answer, to_yesno)

    @says("[there be] {result} (line of subtitles) in {self}")
    def get_subtitles(self) -> List[str]:
        """The lines of subtitles that are shown with the frame, [] if there is none."""
        lines = [line.strip() for line in read_subtitles(self._region).split("\n")]
        return [line for line in lines if line]


class VideoSegment:
    def __init__(self, video, annotation=None, start: int = None, end: int = None):
        """The frames from start up to end; all of the video without them. The annotation is what the
        program was given under that name."""
        self._set(video, start, end)

    def select_answer(self, info: dict, query: str, options: List[str] = None) -> Tuple[str, str]:
        """The option that fits best what is known, and the reason: info maps names to what was
        found out."""
        prompt = _known(info, query, options) + "\nGive the reason on the next line."
        lines = llm_answer(prompt, True).strip().split("\n", 1)
        reason = lines[1].strip() if len(lines) > 1 else ""
        return (_option(lines[0], options), reason)


@says("the name of the face in {image} [be] {result}")
def face_identify(image) -> str:
    """The name of the person whose face the patch shows, None if nobody is known by it."""
    name = identify_face(_region_of(image)).strip()
    return name if name else None


@says("the answer to “{query}” [be] “{result}”")
def llm_query(query: str, context: str = None, long_answer: bool = True, to_yesno: bool = False) -> str:
    """A text answer from world knowledge; to_yesno makes it "yes" or "no"."""
    if context is not None:
        query = f"{context} {query}"
    if to_yesno:
        return _yesno(llm_answer(f"{query} Answer yes or no.", False))
    return llm_answer(query, long_answer)
