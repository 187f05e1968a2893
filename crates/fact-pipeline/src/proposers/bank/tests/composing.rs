//! Programs put together from pieces.

use super::super::compose::{Composer, read_back};
use super::super::{Candidate, Piece};
use super::*;
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome as Ended, run};
use fact_lang::tool::{Answer, Answers, Arg, BBox, Detection, ImageRef, Request};
use proptest::prelude::*;

static PACK: LazyLock<Result<Pack, String>> =
    LazyLock::new(|| Pack::builtin("blocks").map_err(|e| e.to_string()));

static COMPOSING: LazyLock<Result<Bank, String>> =
    LazyLock::new(|| Bank::shipped(pack()?).map_err(|e| e.to_string()));

fn pack() -> Result<&'static Pack, String> {
    PACK.as_ref().map_err(Clone::clone)
}

fn composing() -> Result<&'static Bank, String> {
    COMPOSING.as_ref().map_err(Clone::clone)
}

/// A pack of its own, to show that nothing of `blocks` is in the code.
const ORCHARD: &str = r#"
"""Fruit in bowls."""

VERSION = "1"

VOCABULARY = {
    "state": {"ripe": ["ripe"], "unripe": ["unripe", "green"]},
    "fruit": {
        "fruit": ["fruit", "fruits"],
        "apple": ["apple", "apples"],
        "pear": ["pear", "pears"],
    },
    "number": {"1": ["1", "one"], "2": ["2", "two"], "3": ["3", "three"]},
    "comparison": {"==": ["exactly"], ">=": ["at least"]},
    "container": {"bowls": ["bowl", "bowls"], "crates": ["crate", "crates"]},
}


class Fruit:
    state: str

    def is_bruised(self) -> bool:
        return False


class Bowl:
    def count(self, phrase: str) -> int:
        return 0

    def pick(self, phrase: str) -> List[Fruit]:
        return []

    def is_cracked(self) -> bool:
        return False


class Crate:
    def count(self, phrase: str) -> int:
        return 0

    def pick(self, phrase: str) -> List[Fruit]:
        return []


class Table:
    bowls: List[Bowl]
    crates: List[Crate]


@wraps_input("image")
def _table(region):
    return Table()
"#;

const ORCHARD_BANK: &str = r#"
[phrases]
classes = ["state", "fruit"]
any = "fruit"
alone = "state"
method = "pick"

[members.container]
bowls = ["bowls"]
crates = ["crates"]

[stems]
are = "is"
with = "has"

[[exemplar]]
id = "count"
sentence = "There is a bowl with 2 ripe apples"
program = '''
def execute_command(image):
    return any(bowl.count("ripe apple") == 2 for bowl in image.bowls)
'''

[[exemplar]]
id = "both"
sentence = "There is a bowl with 1 pear and 3 unripe apples"
program = '''
def execute_command(image):
    for bowl in image.bowls:
        if bowl.count("pear") == 1 and bowl.count("unripe apple") == 3:
            return True
    return False
'''

[[exemplar]]
id = "bruised"
sentence = "There is a bowl with a bruised pear"
program = '''
def execute_command(image):
    return any(any(fruit.is_bruised() for fruit in bowl.pick("pear")) for bowl in image.bowls)
'''

[[exemplar]]
id = "cracked"
sentence = "Every bowl is cracked"
program = '''
def execute_command(image):
    return all(bowl.is_cracked() for bowl in image.bowls)
'''
"#;

fn orchard() -> Result<(Pack, Bank), Box<dyn std::error::Error>> {
    let pack = Pack::load("orchard", ORCHARD)?;
    let bank = Bank::load_for(ORCHARD_BANK, "orchard.toml", &pack)?;
    Ok((pack, bank))
}

fn first_composed(found: &[Candidate]) -> &str {
    let composed = found.iter().find(|c| c.composed);
    composed.map_or("nothing", |c| {
        c.program.lines().nth(1).unwrap_or_default().trim()
    })
}

#[test]
fn what_two_exemplars_say_is_said_of_a_third_thing() -> Outcome {
    let (_, bank) = orchard()?;
    let found = bank.propose("There is a bowl with 2 ripe pears and a bruised apple", 10);
    assert_eq!(
        first_composed(&found),
        "return any(bowl.count(\"ripe pear\") == 2 and any(fruit.is_bruised() for fruit in \
         bowl.pick(\"apple\")) for bowl in image.bowls)"
    );
    let composed = found.iter().find(|c| c.composed);
    let used = composed.map(|c| c.support.len() + 1);
    assert!(used > Some(1), "more than one exemplar: {composed:?}");
    Ok(())
}

#[test]
fn a_piece_serves_whatever_has_its_methods() -> Outcome {
    let (_, bank) = orchard()?;
    let found = bank.propose("There is a crate with 2 ripe pears and a bruised apple", 10);
    assert_eq!(
        first_composed(&found),
        "return any(crate.count(\"ripe pear\") == 2 and any(fruit.is_bruised() for fruit in \
         crate.pick(\"apple\")) for crate in image.crates)"
            .replace("crate.", "bowl.")
            .replace("for crate in", "for bowl in")
    );
    // A crate cannot be cracked.
    for candidate in bank.propose("Every crate is cracked", 10) {
        let wrong = candidate.composed && candidate.program.contains("image.crates");
        assert!(
            !wrong || !candidate.program.contains("is_cracked"),
            "{candidate:?}"
        );
    }
    Ok(())
}

#[test]
fn without_types_nothing_is_composed() -> Outcome {
    let (pack, bank) = orchard()?;
    let sentence = "There is a bowl with 2 ripe pears and a bruised apple";
    let bare = Bank::load(ORCHARD_BANK, "orchard.toml", &pack.vocabulary)?;
    assert!(bare.propose(sentence, 10).iter().all(|c| !c.composed));
    assert_eq!(bare.propose(sentence, 10), bank.propose_whole(sentence, 10));
    assert!(bare.pieces("both").is_empty());
    Ok(())
}

#[test]
fn pieces_can_be_looked_at() -> Outcome {
    let (_, bank) = orchard()?;
    let shown = |piece: &Piece| format!("{} → {} : {}", piece.words, piece.meaning, piece.is);
    let pieces: Vec<String> = bank.pieces("bruised").iter().map(shown).collect();
    insta::assert_snapshot!(pieces.join("\n"));
    assert!(bank.pieces("nobody").is_empty());
    Ok(())
}

#[test]
fn composed_candidates_of_the_shipped_bank() -> Outcome {
    let bank = composing()?;
    let mut out = String::new();
    for sentence in [
        "There is a tower with a blue base and 2 black blocks",
        "There are two boxes with a yellow circle touching the right wall",
        "Each box has a black triangle and at most 2 circles",
        "There is no tower with exactly 3 blocks and a yellow top",
    ] {
        let found = bank.propose(sentence, 10);
        out.push_str(&format!("# {sentence}\n{}\n", first_composed(&found)));
    }
    insta::assert_snapshot!(out);
    Ok(())
}

#[test]
fn the_same_pieces_on_every_load() -> Outcome {
    let other = Bank::shipped(pack()?)?;
    for sentence in [
        "There is a tower with a blue base and 2 black blocks",
        "there are exactly two towers with a yellow top and three blocks",
    ] {
        assert_eq!(
            composing()?.propose(sentence, 10),
            other.propose(sentence, 10)
        );
    }
    Ok(())
}

/// Boxes and items that depend on nothing but a seed.
struct Drawn(u64);

impl Drawn {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn detection(label: &str, at: (f64, f64, f64, f64), attributes: [&str; 3]) -> Detection {
    let names = ["color", "shape", "size"];
    let pairs = names.iter().zip(attributes);
    Detection {
        label: label.into(),
        bbox: BBox {
            left: at.0,
            top: at.1,
            right: at.2,
            bottom: at.3,
        },
        score: 1.0,
        id: None,
        attributes: pairs
            .map(|(name, value)| ((*name).to_owned(), Arg::Str(value.into())))
            .collect(),
    }
}

impl Answers for Drawn {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        let of_image = request
            .args
            .iter()
            .any(|(_, arg)| *arg == Arg::Str("box".into()));
        if of_image {
            let boxes = (0..3).map(|i| 150.0 * f64::from(i));
            let boxes = boxes.map(|x| detection("box", (x, 0.0, x + 100.0, 100.0), ["", "", ""]));
            return Some(Answer::Detections(boxes.collect()));
        }
        // The same items whenever the same box is looked at.
        let (seed, left) = (self.0, request.region.left);
        let mut draw = Drawn(seed ^ (left as u64 + 1).wrapping_mul(0x9e37_79b9));
        let count = draw.next(6);
        let mut bottom = 100.0;
        let items = (0..count).map(|_| {
            let color = ["black", "yellow", "blue"][draw.next(3) as usize];
            let shape = ["square", "triangle", "circle"][draw.next(3) as usize];
            let shift = [0.0, 0.0, 40.0][draw.next(3) as usize];
            let x = left + shift + 5.0 * draw.next(2) as f64;
            let item = (x, bottom - 20.0, x + 20.0, bottom);
            bottom -= [21.0, 0.0][draw.next(2) as usize];
            detection("item", item, [color, shape, "medium"])
        });
        Some(Answer::Detections(items.collect()))
    }
}

fn returned(program: &str, pack: &Pack, seed: u64) -> String {
    let module = match pack.parse(program) {
        Ok(module) => module,
        Err(error) => return error.to_string(),
    };
    let inputs = Inputs::image(ImageRef {
        sha256: "".into(),
        width: 400,
        height: 100,
    });
    match run(&module, pack, &inputs, &mut Drawn(seed), &Limits::default()).outcome {
        Ended::Returned(value) => value.repr,
        Ended::Raised(raised) => raised.class,
        other => format!("{other:?}"),
    }
}

#[test]
fn a_program_as_one_term_returns_the_same() -> Outcome {
    let pack = pack()?;
    let mut terms = 0;
    let mut told_apart = 0;
    for exemplar in composing()?.exemplars() {
        let Some(again) = read_back(&exemplar.program) else {
            continue;
        };
        terms += 1;
        let returns = |program: &str| -> Vec<String> {
            (0..12).map(|seed| returned(program, pack, seed)).collect()
        };
        let expected = returns(&exemplar.program);
        assert_eq!(returns(&again), expected, "{}\n{again}", exemplar.program);
        told_apart += usize::from(expected.iter().any(|v| *v != expected[0]));
        assert_eq!(
            read_back(&again).as_ref(),
            Some(&again),
            "it is its own term"
        );
    }
    assert!(terms > 400, "most programs are one term: {terms}");
    assert!(
        told_apart > 250,
        "the scenes tell programs' answers apart: {told_apart}"
    );
    Ok(())
}

#[test]
fn repeated_words_end() -> Outcome {
    let bank = composing()?;
    for words in [
        "there is a box with a small yellow square and ",
        "touching ",
        "and not ",
        "2 blue items of which ",
    ] {
        let sentence = words.repeat(10_240 / words.len());
        assert!(bank.propose(&sentence, 10).len() <= 10);
        // As long as a sentence that is composed may be.
        let sentence: Vec<&str> = sentence.split(' ').take(40).collect();
        assert!(bank.propose(&sentence.join(" "), 10).len() <= 10);
    }
    Ok(())
}

/// Sentences of words that the bank's domain has, in any order.
fn jumbled() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "there",
        "is",
        "a",
        "are",
        "no",
        "none",
        "of",
        "the",
        "each",
        "all",
        "only",
        "exactly",
        "at least",
        "two",
        "3",
        "box",
        "boxes",
        "tower",
        "towers",
        "blue",
        "yellow",
        "small",
        "square",
        "items",
        "block",
        "base",
        "top",
        "on",
        "under",
        "touching",
        "wall",
        "corner",
        "with",
        "and",
        "not",
        "which",
        "has",
        "color",
        "same",
        "different",
        "\"",
        "zzz_pwn",
        "__import__",
        "\\",
        "'",
        "image",
        "item",
        "any",
    ]);
    prop::collection::vec(word, 1..24).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn composed_programs_parse_are_well_typed_and_quote_nothing(question in jumbled()) {
        let bank = composing().map_err(TestCaseError::fail)?;
        let pack = pack().map_err(TestCaseError::fail)?;
        let found = bank.propose(&question, 10);
        prop_assert_eq!(&found, &bank.propose(&question, 10));
        for candidate in found.iter().filter(|c| c.composed) {
            prop_assert!(parse_program(&candidate.program).is_ok(), "{}", candidate.program);
            prop_assert!(Composer::is_well_typed(&candidate.program, pack), "{}", candidate.program);
            for piece in super::proposing::pieces(&candidate.program) {
                // A second variable of one name has a number.
                let name = piece.trim_end_matches(|c: char| c.is_ascii_digit());
                let known = super::proposing::ALLOWED.contains(&piece)
                    || super::proposing::ALLOWED.contains(name);
                prop_assert!(known, "{piece} in {}", candidate.program);
            }
            let result = returned(&candidate.program, pack, 1);
            let typed = !matches!(&*result, "NameError" | "AttributeError" | "TypeError");
            prop_assert!(typed, "{result}: {}", candidate.program);
        }
    }
}
