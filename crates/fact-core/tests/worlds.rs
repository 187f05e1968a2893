//! Latent worlds: they repeat what was recorded, contradict themselves nowhere, differ when
//! perturbed, and survive whatever a back end may have said.

use fact_core::verify::world::World;
use fact_lang::pack::{Pack, Vocabulary};
use fact_lang::run::Inputs;
use fact_lang::tool::{Answer, Arg, BBox, Detection, ImageRef, Recorded, Request};
use proptest::prelude::*;
use std::collections::BTreeMap;

const WIDTH: u32 = 400;
const HEIGHT: u32 = 300;

fn inputs(images: usize) -> Inputs {
    let image = ImageRef {
        sha256: "00".into(),
        width: WIDTH,
        height: HEIGHT,
    };
    let mut inputs = Inputs::image(image.clone());
    inputs.images = vec![image; images];
    inputs
}

fn whole() -> BBox {
    BBox::from([0.0, 0.0, f64::from(WIDTH), f64::from(HEIGHT)])
}

fn request(tool: &str, region: BBox, args: &[&str]) -> Request {
    Request {
        tool: tool.into(),
        image: 0,
        region,
        args: args
            .iter()
            .enumerate()
            .map(|(at, text)| (format!("p{at}"), Arg::Str((*text).into())))
            .collect(),
    }
}

fn choice(region: BBox, options: &[&str]) -> Request {
    let list = options.iter().map(|o| Arg::Str((*o).into())).collect();
    Request {
        args: vec![
            ("option_list".into(), Arg::List(list)),
            ("prefix".into(), Arg::None),
        ],
        ..request("best_text_match", region, &[])
    }
}

fn detections(answer: &Answer) -> Vec<Detection> {
    match answer {
        Answer::Detections(found) => found.clone(),
        other => panic!("detections, not {other:?}"),
    }
}

fn yes(answer: &Answer) -> bool {
    match answer {
        Answer::Bool(value) => *value,
        other => panic!("a bool, not {other:?}"),
    }
}

fn text(answer: Answer) -> String {
    match answer {
        Answer::Text(text) => text,
        other => panic!("text, not {other:?}"),
    }
}

const NOUNS: [&str; 5] = ["dog", "person", "car", "cup", "traffic light"];
const COLORS: [&str; 4] = ["red", "blue", "green", "white"];

/// One thing in a cell of a grid, so that things never overlap.
#[derive(Debug, Clone)]
struct Object {
    noun: &'static str,
    color: &'static str,
    bbox: BBox,
    depth: f64,
}

fn objects() -> impl Strategy<Value = Vec<Object>> {
    let one = (0..5usize, 0..4usize, 20..70u32, 20..60u32, 0..5u32, 0..5u32);
    prop::collection::btree_map(0..20u32, one, 0..10).prop_map(|cells| {
        let made = cells
            .into_iter()
            .map(|(cell, (noun, color, w, h, dx, dy))| {
                let (left, top) = ((cell % 5) * 80 + dx, (cell / 5) * 75 + dy);
                Object {
                    noun: NOUNS[noun],
                    color: COLORS[color],
                    bbox: BBox::from([left, top, left + w, top + h].map(f64::from)),
                    depth: f64::from(cell) / 10.0,
                }
            });
        made.collect()
    })
}

fn centred(inner: BBox, outer: BBox) -> bool {
    let x = f64::midpoint(inner.left, inner.right);
    let y = f64::midpoint(inner.top, inner.bottom);
    outer.left <= x && x < outer.right && outer.top <= y && y < outer.bottom
}

fn around(b: BBox) -> BBox {
    let whole = whole();
    BBox {
        left: (b.left - 10.0).max(0.0),
        top: (b.top - 10.0).max(0.0),
        right: (b.right + 10.0).min(whole.right),
        bottom: (b.bottom + 10.0).min(whole.bottom),
    }
}

/// An honest back end over the objects.
fn honest(objects: &[Object], request: &Request) -> Answer {
    let arg = |at: usize| match &request.args[at].1 {
        Arg::Str(text) => text.as_str(),
        other => panic!("{other:?}"),
    };
    let called =
        |o: &Object, name: &str| name == o.noun || name == format!("{} {}", o.color, o.noun);
    let named = |name: &str| -> Vec<&Object> {
        objects
            .iter()
            .filter(|o| called(o, name) && centred(o.bbox, request.region))
            .collect()
    };
    match request.tool.as_str() {
        "find" => Answer::Detections(
            named(arg(0))
                .into_iter()
                .map(|o| Detection {
                    label: o.noun.into(),
                    bbox: o.bbox,
                    score: 1.0,
                    id: None,
                    attributes: BTreeMap::new(),
                })
                .collect(),
        ),
        "exists" => Answer::Bool(!named(arg(0)).is_empty()),
        "verify_property" => {
            let found = named(arg(0));
            Answer::Bool(found.first().is_some_and(|o| o.color == arg(1)))
        }
        "compute_depth" => {
            let at = objects.iter().find(|o| around(o.bbox) == request.region);
            Answer::Number(at.map_or(0.5, |o| o.depth))
        }
        "simple_query" => Answer::Text("a sunny day".into()),
        other => panic!("{other}"),
    }
}

/// What candidates ask of a photograph: the things, then each of them.
fn record(objects: &[Object], asked: &[(usize, usize)]) -> Vec<Recorded> {
    let mut requests = vec![request("simple_query", whole(), &["What do you see?"])];
    for &(noun, color) in asked {
        let noun = NOUNS[noun % NOUNS.len()];
        let color = COLORS[color % COLORS.len()];
        let phrase = format!("{color} {noun}");
        requests.push(request("find", whole(), &[noun]));
        requests.push(request("exists", whole(), &[noun]));
        requests.push(request("find", whole(), &[&phrase]));
        for object in objects.iter().filter(|o| o.noun == noun) {
            let patch = around(object.bbox);
            requests.push(request("verify_property", patch, &[noun, color]));
            requests.push(request("compute_depth", patch, &[]));
        }
    }
    let recorded = requests.into_iter().map(|request| Recorded {
        answer: honest(objects, &request),
        request,
    });
    recorded.collect()
}

fn vocabulary() -> Vocabulary {
    let pack = Pack::builtin("viper").unwrap_or_else(|e| panic!("the shipped pack: {e}"));
    pack.vocabulary.clone()
}

fn region() -> impl Strategy<Value = BBox> {
    (0..WIDTH - 20, 0..HEIGHT - 20, 20..WIDTH, 20..HEIGHT).prop_map(|(left, top, w, h)| {
        BBox::from([
            f64::from(left),
            f64::from(top),
            f64::from((left + w).min(WIDTH)),
            f64::from((top + h).min(HEIGHT)),
        ])
    })
}

fn noun() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "dog",
        "person",
        "man",
        "cup",
        "traffic light",
        "bird",
        "red dog",
        "blue cup",
        "umbrella",
        "small umbrella",
        "people",
        "things",
        "white bird",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The unperturbed world gives the recorded answer to every recorded request.
    #[test]
    fn what_was_recorded_is_answered_so(objects in objects(), asked in prop::collection::vec((0..5usize, 0..4usize), 0..5), seed: u64) {
        let answers = record(&objects, &asked);
        let world = World::of(&inputs(1), &answers, seed);
        for recorded in &answers {
            prop_assert_eq!(&world.reply(&recorded.request), &recorded.answer, "{:?}", recorded.request);
        }
    }

    /// An answer depends on the world and the request only.
    #[test]
    fn the_order_of_asking_does_not_matter(objects in objects(), asked in prop::collection::vec((0..5usize, 0..4usize), 0..4), seed: u64, names in prop::collection::vec(noun(), 1..6), at in region()) {
        let answers = record(&objects, &asked);
        let requests: Vec<Request> = names.iter().flat_map(|name| [
            request("find", at, &[name]),
            request("verify_property", at, &[name, "red"]),
            request("simple_query", at, &[&format!("What color is the {name}?")]),
        ]).collect();
        let world = World::of(&inputs(1), &answers, seed).perturbed(seed ^ 1, &vocabulary());
        let forth: Vec<Answer> = requests.iter().map(|r| world.reply(r)).collect();
        let again = World::of(&inputs(1), &answers, seed).perturbed(seed ^ 1, &vocabulary());
        let mut back: Vec<Answer> = requests.iter().rev().map(|r| again.reply(r)).collect();
        back.reverse();
        prop_assert_eq!(forth, back);
    }

    /// What is found exists; it lies in the image with its centre in the region; it is found with
    /// the same box through any other region that contains its centre; what is found as a red dog
    /// is red.
    #[test]
    fn tools_agree(objects in objects(), asked in prop::collection::vec((0..5usize, 0..4usize), 0..4), seed: u64, name in noun(), at in region(), change: Option<u64>) {
        let answers = record(&objects, &asked);
        let mut world = World::of(&inputs(1), &answers, seed);
        if let Some(change) = change {
            world = world.perturbed(change, &vocabulary());
        }
        let found = detections(&world.reply(&request("find", at, &[&name])));
        prop_assert_eq!(yes(&world.reply(&request("exists", at, &[&name]))), !found.is_empty());
        let how_many = world.reply(&request("simple_query", at, &[&format!("How many {name} are there?")]));
        prop_assert_eq!(text(how_many), found.len().to_string());
        let everywhere = detections(&world.reply(&request("find", whole(), &[&name])));
        for detection in &found {
            prop_assert!(centred(detection.bbox, at));
            prop_assert!(everywhere.contains(detection), "{:?} not in {:?}", detection, everywhere);
            let b = detection.bbox;
            let w = whole();
            prop_assert!(b.left >= 0.0 && b.top >= 0.0 && b.right <= w.right && b.bottom <= w.bottom, "{b:?}");
            let closer = detections(&world.reply(&request("find", around(b), &[&name])));
            prop_assert!(closer.contains(detection));
            if let Some((word, noun)) = name.split_once(' ').filter(|(word, _)| *word != "traffic") {
                let alone = closer.len() == 1 && detections(&world.reply(&request("find", around(b), &[noun]))).len() == 1;
                if alone {
                    for crop in [b, around(b)] {
                        prop_assert!(yes(&world.reply(&request("verify_property", crop, &[noun, word]))));
                    }
                }
            }
        }
        for detection in &everywhere {
            prop_assert_eq!(found.contains(detection), centred(detection.bbox, at));
        }
    }

    /// A thing has one color, whatever it is asked by, and from whatever crop.
    #[test]
    fn a_thing_has_one_color(objects in objects(), asked in prop::collection::vec((0..5usize, 0..4usize), 1..4), seed: u64, change: Option<u64>) {
        let answers = record(&objects, &asked);
        let mut world = World::of(&inputs(1), &answers, seed);
        if let Some(change) = change {
            world = world.perturbed(change, &vocabulary());
        }
        let noun = NOUNS[asked[0].0 % NOUNS.len()];
        let found = detections(&world.reply(&request("find", whole(), &[noun])));
        for detection in found {
            let patch = around(detection.bbox);
            let several = detections(&world.reply(&request("find", patch, &[noun]))).len() > 1;
            if several {
                continue;
            }
            let said = text(world.reply(&request("simple_query", patch, &[&format!("What color is the {noun}?")])));
            let verified: Vec<&str> = COLORS.into_iter().filter(|color| {
                yes(&world.reply(&request("verify_property", detection.bbox, &[noun, color])))
            }).collect();
            prop_assert!(verified.len() <= 1, "{verified:?}");
            if let [color] = verified[..] {
                prop_assert_eq!(&said, color);
                let phrase = format!("{color} {noun}");
                prop_assert!(yes(&world.reply(&request("exists", patch, &[&phrase]))));
            }
            for color in &COLORS {
                let near = yes(&world.reply(&request("verify_property", patch, &[noun, color])));
                prop_assert_eq!(near, verified.contains(color));
            }
        }
    }

    /// X is left of Y exactly when Y is right of X; depth belongs to the thing.
    #[test]
    fn relations_agree_with_their_converses(objects in objects(), seed: u64, change: Option<u64>) {
        let answers = record(&objects, &[(0, 0), (1, 1), (2, 2)]);
        let mut world = World::of(&inputs(1), &answers, seed);
        if let Some(change) = change {
            world = world.perturbed(change, &vocabulary());
        }
        let all: Vec<Detection> = ["dog", "person", "car"].iter().flat_map(|noun| {
            detections(&world.reply(&request("find", whole(), &[noun])))
        }).collect();
        let apart = |a: BBox, b: BBox| a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        // Which of two things that overlap a crop shows is another question.
        let alone = |x: &&Detection| all.iter().filter(|y| !apart(around(x.bbox), around(y.bbox))).count() == 1;
        for x in all.iter().filter(alone) {
            let ask = |tool: &str, relation: &str, b: BBox| detections(&world.reply(&request(tool, b, &[relation])));
            for (one, other) in [("to the left of", "to the right of"), ("on", "beneath"), ("behind", "in front of"), ("near", "near")] {
                for y in ask("related", one, x.bbox).iter().filter(|y| alone(y)) {
                    // y is left of x: x is among what y is left of, and x is right of y.
                    let targets = ask("related_targets", one, y.bbox);
                    prop_assert!(targets.iter().any(|t| t.bbox == x.bbox));
                    let back = ask("related", other, y.bbox);
                    prop_assert!(back.iter().any(|t| t.bbox == x.bbox));
                }
            }
            let depth = |b: BBox| match world.reply(&request("compute_depth", b, &[])) {
                Answer::Number(n) => n,
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(depth(x.bbox).to_bits(), depth(around(x.bbox)).to_bits());
        }
    }
}

fn hostile_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(1e308),
        Just(-1e300),
        Just(-0.0),
        -500.0..500.0,
        any::<f64>(),
    ]
}

fn hostile_box() -> impl Strategy<Value = BBox> {
    prop::array::uniform4(hostile_number()).prop_map(BBox::from)
}

fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just(" ".into()),
        Just("or or or, or".into()),
        Just("Is it or ?".into()),
        Just("possible answers:\n-\n- \u{a2}\n•\n•x".into()),
        Just("the".into()),
        Just("\u{130}\u{130} İs thereß or \u{1f600}".into()),
        Just("how many ".into()),
        Just("is the ".into()),
        Just("what color is".into()),
        Just("x ".repeat(5000)),
        "\\PC{0,20}",
        any::<String>(),
    ]
}

fn hostile_arg() -> impl Strategy<Value = Arg> {
    prop_oneof![
        4 => hostile_text().prop_map(Arg::Str),
        1 => Just(Arg::None),
        1 => any::<i64>().prop_map(Arg::Int),
        1 => hostile_number().prop_map(Arg::Float),
        1 => prop::collection::vec(hostile_text().prop_map(Arg::Str), 0..4).prop_map(Arg::List),
    ]
}

fn hostile_request() -> impl Strategy<Value = Request> {
    let tool = prop::sample::select(vec![
        "find",
        "exists",
        "verify_property",
        "simple_query",
        "best_text_match",
        "match_text",
        "compute_depth",
        "related",
        "related_targets",
        "llm_answer",
        "nobody_knows",
        "",
    ]);
    (
        tool,
        0..4usize,
        hostile_box(),
        prop::collection::vec(hostile_arg(), 0..4),
    )
        .prop_map(|(tool, image, region, args)| Request {
            tool: tool.into(),
            image: if image == 3 { usize::MAX } else { image },
            region,
            args: args.into_iter().map(|arg| (String::new(), arg)).collect(),
        })
}

fn hostile_detection() -> impl Strategy<Value = Detection> {
    (
        hostile_text(),
        hostile_box(),
        hostile_number(),
        prop::option::of(hostile_text()),
        prop::collection::btree_map(
            prop_oneof![
                Just("size".to_owned()),
                Just("color".to_owned()),
                hostile_text()
            ],
            hostile_arg(),
            0..3,
        ),
    )
        .prop_map(|(label, bbox, score, id, attributes)| Detection {
            label,
            bbox,
            score,
            id,
            attributes,
        })
}

fn hostile_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        3 => prop::collection::vec(hostile_detection(), 0..6).prop_map(Answer::Detections),
        1 => hostile_text().prop_map(Answer::Text),
        1 => hostile_number().prop_map(Answer::Number),
        1 => any::<bool>().prop_map(Answer::Bool),
        1 => hostile_text().prop_map(Answer::Error),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever was recorded, and whatever is asked, there is an answer; recorded ones are repeated.
    #[test]
    fn hostile_records_are_survived(records in prop::collection::vec((hostile_request(), hostile_answer()), 0..12), asked in prop::collection::vec(hostile_request(), 0..6), seed: u64) {
        let answers: Vec<Recorded> = records.into_iter().map(|(request, answer)| Recorded { request, answer }).collect();
        let world = World::of(&inputs(2), &answers, seed);
        for (at, recorded) in answers.iter().enumerate() {
            let text = |r: &Request| format!("{r:?}");
            let before = answers[..at].iter().any(|r| text(&r.request) == text(&recorded.request));
            if !before {
                prop_assert_eq!(format!("{:?}", world.reply(&recorded.request)), format!("{:?}", recorded.answer));
            }
        }
        for change in 0..4 {
            let other = world.perturbed(change, &vocabulary());
            for request in asked.iter().chain(answers.iter().map(|r| &r.request)) {
                let _ = other.reply(request);
                let _ = world.reply(request);
            }
        }
    }
}

#[test]
fn ten_thousand_detections_are_bounded() {
    let found = (0..10_000u32).map(|at| {
        let (left, top) = (f64::from(at % 100) * 4.0, f64::from(at / 100) * 3.0);
        Detection {
            label: "ant".into(),
            bbox: BBox::from([left, top, left + 3.0, top + 2.0]),
            score: 0.5,
            id: None,
            attributes: BTreeMap::new(),
        }
    });
    let answers = [Recorded {
        request: request("find", whole(), &["ant"]),
        answer: Answer::Detections(found.collect()),
    }];
    let world = World::of(&inputs(1), &answers, 1);
    assert_eq!(world.reply(&answers[0].request), answers[0].answer);
    let other = world.perturbed(1, &vocabulary());
    let ants = detections(&other.reply(&answers[0].request));
    assert!(ants.len() < 11_000, "{}", ants.len());
    let left = BBox::from([0.0, 0.0, 200.0, 300.0]);
    assert!(detections(&other.reply(&request("find", left, &["ant"]))).len() <= 800);
}

#[test]
fn unseen_questions_have_sensible_answers() {
    let (mut there, mut asked) = (0, 0);
    let mut said = BTreeMap::<&str, Vec<String>>::new();
    for seed in 0..40 {
        let world = World::of(&inputs(1), &[], seed);
        for noun in ["dog", "cat", "bench", "umbrella", "kite", "lamp", "truck"] {
            asked += 1;
            there += usize::from(yes(&world.reply(&request("exists", whole(), &[noun]))));
            let found = detections(&world.reply(&request("find", whole(), &[noun])));
            assert!(found.len() <= 3, "{found:?}");
        }
        for question in [
            "Is the sky clear?",
            "How many dogs are there?",
            "What color is the sky?",
            "Is it red, green or blue?",
            "Who is it?",
            "Is this an indoor or an outdoor scene?",
        ] {
            let answer = text(world.reply(&request("simple_query", whole(), &[question])));
            let list = said.entry(question).or_default();
            if !list.contains(&answer) {
                list.push(answer);
            }
        }
        let options = ["north", "south", "east"];
        let chosen = text(world.reply(&choice(whole(), &options)));
        assert!(options.contains(&chosen.as_str()), "{chosen}");
        let known = "This is known about a video:\n- a: b\nQuestion: what?\nPossible answers:\n- runs away\n- sits down\nAnswer with one of the possible answers, exactly as it is written.";
        let answer = text(world.reply(&request("llm_answer", whole(), &[known])));
        assert!(
            ["runs away", "sits down"].contains(&answer.as_str()),
            "{answer}"
        );
    }
    assert!(
        (0.4..0.7).contains(&(f64::from(there as u32) / f64::from(asked))),
        "{there} of {asked}"
    );
    for list in said.values_mut() {
        list.sort();
    }
    assert_eq!(said["Is the sky clear?"], ["no", "yes"]);
    assert_eq!(said["How many dogs are there?"], ["0", "1", "2", "3"]);
    assert_eq!(said["Is it red, green or blue?"], ["blue", "green", "red"]);
    assert_eq!(
        said["Is this an indoor or an outdoor scene?"],
        ["an indoor", "an outdoor scene"]
    );
    assert!(said["What color is the sky?"].len() > 5);
    assert!(said["Who is it?"].contains(&"a man".to_owned()));
}
