"""Answer questions about a video by writing `def execute_command(video, possible_answers, query):`
in Python. Make a `VideoSegment(video)` of it, look at its frames, which are ImagePatches, and ask
about them. Coordinates are pixels of the frame with the origin at the bottom left: a higher y is
nearer the top. Return the answer: one of the possible answers if there are any.
"""

VERSION = "1"
EXTENDS = "viper"


@says("the video from frame {start} up to frame {end}")
class VideoSegment:
    """A part of a video, or all of it when no frames are given. start and end are frame numbers of
    the original video, end exclusive."""

    def __init__(self, video, start: int = None, end: int = None):
        """The frames from start up to end; all of the video without them."""
        self._set(video, start, end)

    def _set(self, video, start, end):
        if isinstance(video, VideoSegment):
            frames = video._frames
            offset = video._start
        else:
            frames = video
            offset = 0
        if start is None and end is None:
            self._frames = frames[:]
        else:
            self._frames = frames[start:end]
        self._start = offset + (0 if start is None else start)
        self._end = offset + (len(frames) if end is None else end)
        if len(self._frames) == 0:
            raise Exception("VideoSegment has duration=0")

    def __repr__(self):
        return f"VideoSegment({self._start}, {self._end})"

    @property
    def trimmed_video(self):
        """The frames, to be passed to VideoSegment."""
        return self._frames[:]

    @property
    def start(self) -> int:
        """Number of the first frame in the original video."""
        return self._start

    @property
    def end(self) -> int:
        """Number of the frame behind the last in the original video."""
        return self._end

    @property
    @says("{self} [have] {result} (frame)")
    @compares(less="shorter than", more="longer than")
    def num_frames(self) -> int:
        """Number of frames."""
        return len(self._frames)

    def frame_from_index(self, index: int) -> ImagePatch:
        """The frame of that number within the segment; the last one beyond its end."""
        if index < len(self._frames):
            return ImagePatch(self._frames[index])
        return ImagePatch(self._frames[-1])

    def frame_iterator(self) -> Iterator[ImagePatch]:
        """The frames one after the other: for frame in segment.frame_iterator()"""
        return (ImagePatch(frame) for frame in self._frames)

    def trim(self, start: int = None, end: int = None) -> VideoSegment:
        """The part of the segment between these frame numbers of it, as far as it goes."""
        if start is not None:
            start = max(start, 0)
        if end is not None:
            end = min(end, len(self._frames))
        return VideoSegment(self, start=start, end=end)

    @says("the answer to “{question}” [be] “{result}”")
    def select_answer(self, info: dict, question: str, options: List[str] = None) -> str:
        """The option that fits best what is known: info maps names to what was found out."""
        return _option(llm_answer(_known(info, question, options), False), options)


def _facts(info, indent):
    # What is known, one fact a line.
    lines = []
    for name, value in info.items():
        if isinstance(value, dict):
            lines.append(f"{indent}- {name}:")
            lines.extend(_facts(value, indent + "  "))
        else:
            lines.append(f"{indent}- {name}: {value}")
    return lines


def _known(info, question, options):
    # The prompt by which an answer is selected.
    lines = ["This is known about a video:"]
    if isinstance(info, dict):
        lines.extend(_facts(info, ""))
    else:
        lines.append(f"- {info}")
    lines.append(f"Question: {question}")
    if options:
        lines.append("Possible answers:")
        lines.extend([f"- {option}" for option in options])
        lines.append("Answer with one of the possible answers, exactly as it is written.")
    else:
        lines.append("Answer in a few words.")
    return "\n".join(lines)


def _words(text):
    # The words of a text in lower case, without punctuation, with a space on each side.
    kept = [char if char.isalnum() else " " for char in str(text).lower()]
    return " " + " ".join("".join(kept).split()) + " "


def _option(answer, options):
    # The option that an answer names; the answer itself if it names none, or several.
    answer = answer.strip()
    if not options:
        return answer
    words = _words(answer)
    for option in options:
        if _words(option) == words:
            return option
    named = [option for option in options if _words(option) in words]
    return named[0] if len(named) == 1 else answer
