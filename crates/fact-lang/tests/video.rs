//! The packs `video` and `trope`: programs over the frames of a video.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed step fails the test"
)]

mod common;

use common::{Scripted, detection, outcome};
use fact_lang::pack::Pack;
use fact_lang::run::{Input, Inputs, Limits, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Arg, ImageRef, Request};
use std::cell::RefCell;
use std::sync::LazyLock;

static VIDEO: LazyLock<Pack> = LazyLock::new(|| Pack::builtin("video").unwrap());
static TROPE: LazyLock<Pack> = LazyLock::new(|| Pack::builtin("trope").unwrap());

/// Six frames of 320 × 240.
fn inputs() -> Inputs {
    let frame = |i: usize| ImageRef {
        sha256: format!("{i:02}").into(),
        width: 320,
        height: 240,
    };
    let options = ["run away", "sit down", "eat"].map(String::from).to_vec();
    Inputs {
        images: (0..6).map(frame).collect(),
        values: vec![
            ("video".into(), Input::Images((0..6).collect())),
            ("annotation".into(), Input::Nothing),
            ("possible_answers".into(), Input::Texts(options)),
            ("query".into(), Input::Text("What does the dog do?".into())),
            (
                "question".into(),
                Input::Text("What does the dog do?".into()),
            ),
        ],
    }
}

fn argument<'r>(request: &'r Request, name: &str) -> &'r str {
    match request.args.iter().find(|(n, _)| n == name) {
        Some((_, Arg::Str(text))) => text,
        _ => "",
    }
}

/// A dog in the frames 1 to 3; it runs in frame 2. Frame 4 has subtitles, frame 5 a known face.
fn film(request: &Request) -> Option<Answer> {
    let frame = request.image;
    Some(match &*request.tool {
        "find" if argument(request, "object_name") == "dog" && (1..=3).contains(&frame) => {
            let x = 40.0 * frame as f64;
            Answer::Detections(vec![detection("dog", [x, 100.0, x + 60.0, 160.0])])
        }
        "find" if argument(request, "object_name") == "people" => {
            Answer::Detections(vec![detection("people", [20.0, 20.0, 80.0, 200.0])])
        }
        "find" => Answer::Detections(Vec::new()),
        "simple_query" => Answer::Text(match argument(request, "question") {
            "Is the dog running?" if frame == 2 => "Yes, it is.".into(),
            "Is the dog running?" => "no".into(),
            _ => format!("frame {frame}"),
        }),
        "verify_property" => Answer::Bool(frame == 2),
        "compute_depth" => Answer::Number(1.0 / (frame as f64 + 1.0)),
        "match_text" => Answer::Number(if frame == 3 { 0.9 } else { 0.1 }),
        "identify_face" => Answer::Text(if frame == 5 {
            "Ann".into()
        } else {
            String::new()
        }),
        "read_subtitles" if frame == 4 => Answer::Text("Where is it?\n\n  Over there. \n".into()),
        "read_subtitles" => Answer::Text(String::new()),
        "llm_answer" => Answer::Text("Run away.\nIt is afraid.".into()),
        _ => return None,
    })
}

fn go(pack: &Pack, source: &str) -> String {
    let program = parse_program(source).unwrap_or_else(|e| panic!("{e}\n{source}"));
    let limits = Limits::default();
    outcome(&run(
        &program,
        pack,
        &inputs(),
        &mut Scripted(film),
        &limits,
    ))
}

fn body(pack: &Pack, lines: &str) -> String {
    let indented: String = lines.lines().map(|l| format!("    {l}\n")).collect();
    let parameters = "video, annotation, possible_answers, query";
    go(
        pack,
        &format!("def execute_command({parameters}):\n{indented}"),
    )
}

#[test]
fn the_frames_of_a_segment() {
    for (expression, want) in [
        ("VideoSegment(video)", "VideoSegment VideoSegment(0, 6)"),
        ("VideoSegment(video).num_frames", "int 6"),
        (
            "VideoSegment(video, 2, 5)",
            "VideoSegment VideoSegment(2, 5)",
        ),
        ("VideoSegment(video, 2, 5).start", "int 2"),
        ("VideoSegment(video, 2, 5).end", "int 5"),
        ("VideoSegment(video, 2, 5).num_frames", "int 3"),
        (
            "VideoSegment(video, start=4)",
            "VideoSegment VideoSegment(4, 6)",
        ),
        (
            "VideoSegment(video, end=1)",
            "VideoSegment VideoSegment(0, 1)",
        ),
        ("len(VideoSegment(video, 2, 5).trimmed_video)", "int 3"),
        // Numbers of a part count from the whole video.
        (
            "VideoSegment(video, 2, 5).trim(1, 2)",
            "VideoSegment VideoSegment(3, 4)",
        ),
        (
            "VideoSegment(video, 2, 5).trim(1)",
            "VideoSegment VideoSegment(3, 5)",
        ),
        (
            "VideoSegment(video, 2, 5).trim()",
            "VideoSegment VideoSegment(2, 5)",
        ),
        ("VideoSegment(video, 1).trim(1).trim(1).start", "int 3"),
        // `trim` keeps within the segment, the constructor does not.
        (
            "VideoSegment(video, 2, 5).trim(-3, 99)",
            "VideoSegment VideoSegment(2, 5)",
        ),
        ("VideoSegment(video, 2, 99).end", "int 99"),
        ("VideoSegment(video, 2, 99).num_frames", "int 4"),
        (
            "VideoSegment(video, 3, 3)",
            "Exception: VideoSegment has duration=0",
        ),
        (
            "VideoSegment(video, 6)",
            "Exception: VideoSegment has duration=0",
        ),
        (
            "VideoSegment(video).trim(4, 2)",
            "Exception: VideoSegment has duration=0",
        ),
        ("VideoSegment([])", "Exception: VideoSegment has duration=0"),
        (
            "VideoSegment(video).frame_from_index(1)",
            "ImagePatch ImagePatch(0, 0, 320, 240)",
        ),
    ] {
        assert_eq!(
            body(&VIDEO, &format!("return {expression}")),
            want,
            "{expression}"
        );
    }
}

#[test]
fn a_frame_by_its_number() {
    for (index, want) in [
        ("0", "str 'frame 2'"),
        ("2", "str 'frame 4'"),
        ("3", "str 'frame 4'"),
        ("1000", "str 'frame 4'"),
        ("-1", "str 'frame 4'"),
        ("-3", "str 'frame 2'"),
        ("-4", "IndexError: list index out of range"),
        (
            "0.5",
            "TypeError: list indices must be integers or slices, not float",
        ),
    ] {
        let call = format!("VideoSegment(video, 2, 5).frame_from_index({index})");
        let got = body(&VIDEO, &format!("return {call}.simple_query('Which?')"));
        assert_eq!(got, want, "{index}");
    }
}

#[test]
fn the_iterator_is_lazy_and_runs_once() {
    let asked = "frames = VideoSegment(video).frame_iterator()\n";
    for (lines, want) in [
        ("return type(frames).__name__", "str 'generator'"),
        (
            "return [len(list(frames)), len(list(frames))]",
            "list [6, 0]",
        ),
        (
            "return next(frames).simple_query('Which?')",
            "str 'frame 0'",
        ),
        ("return any(f.exists('dog') for f in frames)", "bool True"),
    ] {
        assert_eq!(body(&VIDEO, &format!("{asked}{lines}")), want, "{lines}");
    }
    let seen = RefCell::new(Vec::new());
    let program = parse_program(
        "def execute_command(video):\n    return any(f.exists('dog') for f in \
         VideoSegment(video).frame_iterator())\n",
    )
    .unwrap();
    let mut answers = Scripted(|request: &Request| {
        seen.borrow_mut().push(request.image);
        film(request)
    });
    run(
        &program,
        &VIDEO,
        &inputs(),
        &mut answers,
        &Limits::default(),
    );
    assert_eq!(seen.into_inner(), [0, 1], "it stops at the first dog");
}

#[test]
fn video_programs() {
    for (name, lines, want) in [
        (
            "count the frames with a dog",
            "segment = VideoSegment(video)\nreturn len([f for f in segment.frame_iterator() if f.exists('dog')])",
            "int 3",
        ),
        (
            "the first frame with a dog",
            "segment = VideoSegment(video)\nfor i, frame in enumerate(segment.frame_iterator()):\n    if frame.exists('dog'):\n        return i",
            "int 1",
        ),
        (
            "before and after",
            "segment = VideoSegment(video)\nfor i, frame in enumerate(segment.frame_iterator()):\n    if frame.verify_property('dog', 'running'):\n        break\nafter = segment.trim(start=i + 1)\nreturn [after.frame_from_index(0).simple_query('Which?'), after.start]",
            "list ['frame 3', 3]",
        ),
        (
            "the frame that matches best",
            "frames = list(VideoSegment(video).frame_iterator())\nreturn best_image_match(frames, ['a dog at rest'], return_index=True)",
            "int 3",
        ),
        (
            "the middle frame",
            "segment = VideoSegment(video)\nreturn segment.frame_from_index(segment.num_frames // 2).simple_query('Which?')",
            "str 'frame 3'",
        ),
        (
            "the nearest dog",
            "dogs = [d for f in VideoSegment(video).frame_iterator() for d in f.find('dog')]\ndogs.sort(key=lambda d: d.compute_depth())\nreturn dogs[0]",
            "ImagePatch ImagePatch(110, 70, 190, 150)",
        ),
        (
            "does the dog move to the right",
            "xs = [f.find('dog')[0].horizontal_center for f in VideoSegment(video, 1, 4).frame_iterator()]\nreturn bool_to_yesno(all(a < b for a, b in zip(xs, xs[1:])))",
            "str 'yes'",
        ),
        (
            "captions and an answer",
            "segment = VideoSegment(video)\ninfo = {}\nfor i, frame in enumerate(segment.frame_iterator()):\n    if i % 2 == 0:\n        info[f'frame {i}'] = frame.simple_query('What happens?')\nreturn segment.select_answer(info, query, possible_answers)",
            "str 'run away'",
        ),
        (
            "a frame that is not there",
            "return [f for f in VideoSegment(video).frame_iterator()][7]",
            "IndexError: list index out of range",
        ),
    ] {
        assert_eq!(body(&VIDEO, lines), want, "{name}");
    }
}

/// What `select_answer` makes of an answer of the language model, and what it asked.
fn selected(pack: &Pack, call: &str, reply: &str) -> (String, String) {
    let prompt = RefCell::new(String::new());
    let source = format!(
        "def execute_command(video, possible_answers):\n    return VideoSegment(video).{call}\n"
    );
    let program = parse_program(&source).unwrap();
    let mut answers = Scripted(|request: &Request| {
        *prompt.borrow_mut() = argument(request, "question").into();
        Some(Answer::Text(reply.into()))
    });
    let run = run(&program, pack, &inputs(), &mut answers, &Limits::default());
    (outcome(&run), prompt.into_inner())
}

#[test]
fn an_answer_is_selected() {
    let call =
        "select_answer({'dog': True, 'frames': {'0': ['a', 'b']}}, 'Why?', possible_answers)";
    for (reply, want) in [
        ("run away", "str 'run away'"),
        ("  Sit down.\n", "str 'sit down'"),
        ("I think they eat.", "str 'eat'"),
        // Part of a word is not the option, and two options are none.
        ("They beat it.", "str 'They beat it.'"),
        ("eat or sit down", "str 'eat or sit down'"),
        ("", "str ''"),
    ] {
        let (got, prompt) = selected(&VIDEO, call, reply);
        assert_eq!(got, want, "{reply}");
        assert_eq!(
            prompt,
            "This is known about a video:\n- dog: True\n- frames:\n  - 0: ['a', 'b']\n\
             Question: Why?\nPossible answers:\n- run away\n- sit down\n- eat\n\
             Answer with one of the possible answers, exactly as it is written."
        );
    }
    let (got, prompt) = selected(&VIDEO, "select_answer('nothing', 'Why?')", " because ");
    assert_eq!(got, "str 'because'");
    assert_eq!(
        prompt,
        "This is known about a video:\n- nothing\nQuestion: Why?\nAnswer in a few words."
    );
    let call = "select_answer({}, 'Why?', possible_answers)";
    for (reply, want) in [
        (
            "Run away\nIt is afraid.\nVery.",
            "tuple ('run away', 'It is afraid.\\nVery.')",
        ),
        ("eat", "tuple ('eat', '')"),
    ] {
        let (got, prompt) = selected(&TROPE, call, reply);
        assert_eq!(got, want);
        assert!(prompt.ends_with("as it is written.\nGive the reason on the next line."));
    }
}

#[test]
fn trope_programs() {
    for (name, lines, want) in [
        (
            "the answer, the reason and what was found out",
            "segment = VideoSegment(video, annotation)\ninfo = {}\nfor i, frame in tqdm(enumerate(segment.frame_iterator()), total=segment.num_frames):\n    if frame.exists('dog'):\n        info[f'dog in frame {i}'] = frame.simple_query('Is the dog running?', to_yesno=True)\nanswer, reason = segment.select_answer(info, query, possible_answers)\nreturn answer, reason, info",
            "tuple ('run away', 'It is afraid.', {'dog in frame 1': 'no', 'dog in frame 2': 'yes', 'dog in frame 3': 'no'})",
        ),
        (
            "subtitles",
            "lines = []\nfor frame in VideoSegment(video, annotation).frame_iterator():\n    lines.extend(frame.get_subtitles())\nreturn lines",
            "list ['Where is it?', 'Over there.']",
        ),
        (
            "no subtitles",
            "return VideoSegment(video, annotation).frame_from_index(0).get_subtitles()",
            "list []",
        ),
        (
            "faces",
            "return [face_identify(f.find('person')[0]) for f in VideoSegment(video, annotation, 4).frame_iterator()]",
            "list [None, 'Ann']",
        ),
        (
            "the face of a whole frame",
            "return face_identify(VideoSegment(video, annotation).frame_from_index(9))",
            "str 'Ann'",
        ),
        (
            "a part keeps what it is",
            "part = VideoSegment(video, annotation).trim(2, 4)\nreturn part, part.num_frames",
            "tuple (VideoSegment(2, 4), 2)",
        ),
        (
            "yes or no, or else what was answered",
            "frame = VideoSegment(video, annotation).frame_from_index(2)\nreturn [frame.simple_query('Is the dog running?', to_yesno=True), frame.simple_query('Is the dog running?'), frame.simple_query('Which?', to_yesno=True)]",
            "list ['yes', 'Yes, it is.', 'frame 2']",
        ),
        (
            "the language model",
            "return [llm_query('Why?'), VideoSegment(video).frame_from_index(0).llm_query('Why?', to_yesno=True)]",
            "list ['Run away.\\nIt is afraid.', 'Run away.\\nIt is afraid.']",
        ),
        (
            "nothing of a video",
            "return VideoSegment(video, annotation, 6)",
            "Exception: VideoSegment has duration=0",
        ),
    ] {
        assert_eq!(body(&TROPE, lines), want, "{name}");
    }
}

#[test]
fn yes_or_no_is_asked_for() {
    for (call, want) in [
        (
            "llm_query('Is it so?', to_yesno=True)",
            "Is it so? Answer yes or no.",
        ),
        ("llm_query('Is it so?', 'It rains.')", "It rains. Is it so?"),
        ("llm_query('Is it so?')", "Is it so?"),
    ] {
        let prompt = RefCell::new(String::new());
        let source = format!("def execute_command(video):\n    return {call}\n");
        let program = parse_program(&source).unwrap();
        let mut answers = Scripted(|request: &Request| {
            *prompt.borrow_mut() = argument(request, "question").into();
            Some(Answer::Text("No, never.".into()))
        });
        let run = run(
            &program,
            &TROPE,
            &inputs(),
            &mut answers,
            &Limits::default(),
        );
        let yesno = if call.contains("to_yesno") {
            "str 'no'"
        } else {
            "str 'No, never.'"
        };
        assert_eq!(
            (outcome(&run).as_str(), prompt.borrow().as_str()),
            (yesno, want)
        );
    }
}
