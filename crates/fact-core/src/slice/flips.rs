//! Flipped answer tables: the recorded answers with one thing changed.
//!
//! A residual program must agree with the original not only on the recorded answers but also where
//! the evidence had been otherwise; else `for p in ps: if p.red: return "yes"` / `return "no"`
//! would shrink to `return "no"`.

use super::mentions::Mentions;
use super::open::Open;
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::tool::{Answer, Answers, Arg, BBox, Detection, Recorded, Request};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// At most this many tables; the choice among more is seeded by the table's content.
pub const MAX_FLIPS: usize = 96;

/// One change to a table of recorded answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip {
    /// Which recorded answer.
    pub index: usize,
    change: Change,
}

/// What an answer says instead. Detections are named by their place in the answer, so that a flip is
/// small however much was found.
#[derive(Debug, Clone, PartialEq)]
enum Change {
    To(Answer),
    /// Nothing was found.
    Nothing,
    Without(usize),
    Twice(usize),
    Moved(usize, BBox),
    /// Attribute by name.
    Attribute(usize, String, Arg),
}

impl Flip {
    /// What the changed answer says, given the recorded one.
    pub fn answer(&self, recorded: &Answer) -> Answer {
        let found = match (&self.change, recorded) {
            (Change::To(answer), _) => return answer.clone(),
            (_, Answer::Detections(found)) => found,
            // A flip is asked about the answer it was made of.
            (_, other) => return other.clone(),
        };
        let mut found = match &self.change {
            Change::Nothing => Vec::new(),
            _ => found.clone(),
        };
        match &self.change {
            Change::To(_) | Change::Nothing => {}
            Change::Without(at) => {
                found.remove(*at);
            }
            Change::Twice(at) => found.insert(*at, found[*at].clone()),
            Change::Moved(at, bbox) => found[*at].bbox = *bbox,
            Change::Attribute(at, name, value) => {
                found[*at].attributes.insert(name.clone(), value.clone());
            }
        }
        Answer::Detections(found)
    }

    /// The table with the change made.
    pub fn apply(&self, answers: &[Recorded]) -> Vec<Recorded> {
        let mut flipped = answers.to_vec();
        flipped[self.index].answer = self.answer(&answers[self.index].answer);
        flipped
    }
}

/// Recorded answers with a change that is made as they are asked for.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub answers: &'a [Recorded],
    pub flip: Option<&'a Flip>,
    /// How open questions are answered, if they are.
    pub open: Option<(Open, &'a Pack)>,
}

impl Answers for Table<'_> {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        let Some(at) = self.answers.iter().position(|r| r.request == *request) else {
            let (open, pack) = self.open?;
            return open.answer(request, pack, self.answers);
        };
        let recorded = &self.answers[at].answer;
        Some(match self.flip {
            Some(flip) if flip.index == at => flip.answer(recorded),
            _ => recorded.clone(),
        })
    }
}

/// The values that the program speaks of, and that an answer might therefore have had.
#[derive(Debug, Default)]
pub struct Spoken {
    /// Values of the pack's vocabulary that stand in the program's strings, by class.
    values: BTreeMap<String, Vec<String>>,
    /// The program's strings of one or two words.
    texts: Vec<String>,
}

/// At most this many texts of the program replace a text answer.
const SPOKEN_TEXTS: usize = 3;

impl Spoken {
    /// What `program` speaks of.
    pub fn new(program: &Module, pack: &Pack) -> Self {
        let mentions = Mentions::new(program);
        let words: std::collections::BTreeSet<&str> = mentions
            .texts
            .iter()
            .flat_map(|text| text.split_whitespace())
            .collect();
        let mut spoken = Self::default();
        for (class, values) in &pack.vocabulary {
            let said = |value: &str, others: &[String]| {
                words.contains(value) || others.iter().any(|w| words.contains(w.as_str()))
            };
            let values = values.iter().filter(|(value, others)| said(value, others));
            let values: Vec<String> = values.map(|(value, _)| value.clone()).collect();
            spoken.values.insert(class.clone(), values);
        }
        let short = |text: &&&str| !text.is_empty() && text.split_whitespace().count() <= 2;
        let texts = mentions.texts.iter().filter(short);
        spoken.texts = texts.map(|text| (*text).to_owned()).collect();
        spoken
    }
}

/// The flips of the answers for which `used` holds: each boolean negated, each number moved, each
/// text replaced, each detection removed or repeated, one invented where
/// there is none, each of its attributes given another value (those that the program speaks of, and
/// one that the answers show), each moved into a corner of where it was looked for and onto the one
/// before it. A fixed function of its arguments; `most` of them at most.
pub fn flips(
    most: usize,
    answers: &[Recorded],
    spoken: &Spoken,
    used: &dyn Fn(usize) -> bool,
) -> Vec<Flip> {
    let seen = Seen::new(answers, spoken);
    let mut all = Vec::new();
    for (index, recorded) in answers.iter().enumerate() {
        if !used(index) {
            continue;
        }
        let mut push = |change: Change| all.push(Flip { index, change });
        match &recorded.answer {
            Answer::Bool(value) => push(Change::To(Answer::Bool(!value))),
            Answer::Number(value) => {
                push(Change::To(Answer::Number(value + 1.0)));
                push(Change::To(Answer::Number(value - 1.0)));
            }
            Answer::Text(text) => {
                for other in other_texts(text, recorded, &seen) {
                    push(Change::To(Answer::Text(other)));
                }
            }
            Answer::Detections(found) => {
                if found.is_empty() {
                    let invented = vec![invented(recorded, &seen)];
                    push(Change::To(Answer::Detections(invented)));
                }
                detections(found, &seen, recorded.request.region, &mut push);
            }
            Answer::Error(_) => {}
        }
    }
    sample(all, most, answers)
}

/// What a table shows, for the values that something might have had instead.
struct Seen<'a> {
    texts: Two<'a>,
    attributes: BTreeMap<&'a str, Two<'a>>,
    /// The attributes of the first thing that has any.
    first: Option<&'a BTreeMap<String, Arg>>,
    spoken: &'a Spoken,
}

/// The first two different texts.
#[derive(Default)]
struct Two<'a>(Option<&'a str>, Option<&'a str>);

impl<'a> Two<'a> {
    fn see(&mut self, text: &'a str) {
        match self.0 {
            None => self.0 = Some(text),
            Some(first) if self.1.is_none() && first != text => self.1 = Some(text),
            _ => {}
        }
    }

    fn other_than(&self, text: &str) -> Option<&'a str> {
        [self.0, self.1].into_iter().flatten().find(|t| *t != text)
    }
}

impl<'a> Seen<'a> {
    fn new(answers: &'a [Recorded], spoken: &'a Spoken) -> Self {
        let mut texts = Two::default();
        let mut attributes: BTreeMap<&str, Two<'_>> = BTreeMap::new();
        let mut first = None;
        for recorded in answers {
            match &recorded.answer {
                Answer::Text(text) => texts.see(text),
                Answer::Detections(found) => {
                    for detection in found {
                        if first.is_none() && !detection.attributes.is_empty() {
                            first = Some(&detection.attributes);
                        }
                        for (name, value) in &detection.attributes {
                            if let Arg::Str(text) = value {
                                attributes.entry(name).or_default().see(text);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Self {
            texts,
            attributes,
            first,
            spoken,
        }
    }

    /// Other values of the attribute: those that the program speaks of, and one that the table shows
    /// elsewhere; a made-up one where there is neither.
    fn other_values(&self, name: &str, value: &Arg) -> Vec<Arg> {
        match value {
            Arg::Bool(b) => vec![Arg::Bool(!b)],
            Arg::Int(i) => vec![Arg::Int(i.saturating_add(1))],
            Arg::Float(f) => vec![Arg::Float(f + 1.0)],
            Arg::Str(text) => {
                let spoken = self.spoken.values.get(name).into_iter().flatten();
                let mut others: Vec<&str> = spoken.map(String::as_str).collect();
                others.retain(|other| other != text);
                let seen = self.attributes.get(name).and_then(|t| t.other_than(text));
                others.extend(seen.filter(|seen| !others.contains(seen)));
                if others.is_empty() {
                    others.push("another");
                }
                let others = others.into_iter();
                others.map(|other| Arg::Str(other.to_owned())).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn other_texts(text: &str, recorded: &Recorded, seen: &Seen<'_>) -> Vec<String> {
    // Where options were given, only another of them could have been the answer.
    let others = other_options(text, recorded);
    if !others.is_empty() {
        return others;
    }
    let opposite = match text.trim().to_lowercase().as_str() {
        "yes" => Some("no"),
        "no" => Some("yes"),
        "true" => Some("false"),
        "false" => Some("true"),
        _ => None,
    };
    if let Some(opposite) = opposite {
        return vec![opposite.to_owned()];
    }
    if let Ok(number) = text.trim().parse::<i64>() {
        return vec![number.saturating_add(1).to_string()];
    }
    let mut others: Vec<String> = seen
        .texts
        .other_than(text)
        .map(str::to_owned)
        .into_iter()
        .collect();
    let spoken = seen.spoken.texts.iter();
    let spoken = spoken.filter(|other| *other != text && !others.contains(other));
    let spoken: Vec<String> = spoken.take(SPOKEN_TEXTS).cloned().collect();
    others.extend(spoken);
    others.push("something else".to_owned());
    others
}

/// At most two of the other texts of a list of options that holds `text`.
fn other_options(text: &str, recorded: &Recorded) -> Vec<String> {
    let lists = recorded
        .request
        .args
        .iter()
        .filter_map(|(_, arg)| match arg {
            Arg::List(items) => Some(items),
            _ => None,
        });
    for items in lists {
        let texts: Vec<&str> = items
            .iter()
            .filter_map(|item| match item {
                Arg::Str(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        if texts.contains(&text) {
            let others = texts.into_iter().filter(|other| *other != text);
            return others.take(2).map(str::to_owned).collect();
        }
    }
    Vec::new()
}

fn detections(found: &[Detection], seen: &Seen<'_>, region: BBox, push: &mut dyn FnMut(Change)) {
    if found.len() > 1 {
        push(Change::Nothing);
    }
    for (i, detection) in found.iter().enumerate() {
        push(Change::Without(i));
        push(Change::Twice(i));
        let own = detection.bbox;
        let mut moves = vec![moved(own, region.left, region.bottom)];
        if let Some(other) = i.checked_sub(1).or((found.len() > 1).then_some(i + 1)) {
            // Directly on top of its neighbour.
            moves.push(moved(own, found[other].bbox.left, found[other].bbox.top));
        }
        for bbox in moves {
            if bbox != own {
                push(Change::Moved(i, bbox));
            }
        }
        for (name, value) in &detection.attributes {
            for other in seen.other_values(name, value) {
                push(Change::Attribute(i, name.clone(), other));
            }
        }
    }
}

/// Something where nothing was found: called what was looked for, in the middle half of where, with
/// the attributes of the first thing that the table shows.
fn invented(recorded: &Recorded, seen: &Seen<'_>) -> Detection {
    let label = recorded.request.args.iter().find_map(|(_, arg)| match arg {
        Arg::Str(text) => Some(text.clone()),
        _ => None,
    });
    let r = recorded.request.region;
    let (dx, dy) = ((r.right - r.left) / 4.0, (r.bottom - r.top) / 4.0);
    let bbox = BBox {
        left: r.left + dx,
        top: r.top + dy,
        right: r.right - dx,
        bottom: r.bottom - dy,
    };
    let label = label.unwrap_or_else(|| "thing".to_owned());
    Detection {
        label,
        bbox,
        score: 1.0,
        id: None,
        attributes: seen.first.cloned().unwrap_or_default(),
    }
}

/// The box with its lower left corner at (`left`, `bottom`).
fn moved(bbox: BBox, left: f64, bottom: f64) -> BBox {
    let (width, height) = (bbox.right - bbox.left, bbox.bottom - bbox.top);
    BBox {
        left,
        top: bottom - height,
        right: left + width,
        bottom,
    }
}

/// Keeps `most` of them, by the order of a hash of the table's content and their place: the same
/// for the same table.
fn sample(all: Vec<Flip>, most: usize, answers: &[Recorded]) -> Vec<Flip> {
    if all.len() <= most {
        return all;
    }
    // A table is hashed once: there may be as many flips as things in it.
    let table = Sha256::digest(format!("{answers:?}").as_bytes());
    let seed = table
        .iter()
        .take(8)
        .fold(0_u64, |seed, byte| seed << 8 | u64::from(*byte));
    let mut keyed: Vec<(u64, usize)> = (0..all.len())
        .map(|at| (mixed(seed.wrapping_add(at as u64)), at))
        .collect();
    keyed.sort_unstable();
    keyed.truncate(most);
    let mut chosen = vec![false; all.len()];
    for (_, at) in keyed {
        chosen[at] = true;
    }
    all.into_iter()
        .zip(chosen)
        .filter_map(|(flip, chosen)| chosen.then_some(flip))
        .collect()
}

/// The output function of SplitMix64 (Steele, Lea and Flood 2014), on a counter.
fn mixed(n: u64) -> u64 {
    let n = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ n >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(answer: Answer, args: Vec<(String, Arg)>) -> Recorded {
        let request = Request {
            tool: "best_text_match".into(),
            image: 0,
            region: BBox::from([0.0, 0.0, 10.0, 10.0]),
            args,
        };
        Recorded { request, answer }
    }

    fn texts(answer: &str, args: Vec<(String, Arg)>) -> Vec<String> {
        let recorded = recorded(Answer::Text(answer.into()), args);
        flips(
            9,
            std::slice::from_ref(&recorded),
            &Spoken::default(),
            &|_| true,
        )
        .into_iter()
        .map(|flip| match flip.answer(&recorded.answer) {
            Answer::Text(text) => text,
            other => format!("{other:?}"),
        })
        .collect()
    }

    fn options(list: &[&str]) -> Vec<(String, Arg)> {
        let list = list.iter().map(|s| Arg::Str((*s).to_owned())).collect();
        vec![("option_list".to_owned(), Arg::List(list))]
    }

    #[test]
    fn a_text_that_was_chosen_becomes_another_option() {
        assert_eq!(
            texts("red", options(&["blue", "red", "green", "gray"])),
            ["blue", "green"]
        );
        assert_eq!(
            texts("yes", options(&["no", "yes", "maybe"])),
            ["no", "maybe"]
        );
        // Without a choice, as any other text.
        assert_eq!(texts("red", options(&["red"])), ["something else"]);
        assert_eq!(texts("red", options(&["blue"])), ["something else"]);
        assert_eq!(texts("yes", Vec::new()), ["no"]);
    }

    fn dot(at: usize, color: &str) -> Detection {
        let x = at as f64;
        Detection {
            label: "dot".into(),
            bbox: BBox::from([x, 2.0, x + 1.0, 3.0]),
            score: 1.0,
            id: None,
            attributes: BTreeMap::from([("color".into(), Arg::Str(color.into()))]),
        }
    }

    #[test]
    fn each_thing_found_is_left_out_repeated_moved_and_changed() {
        let found = Answer::Detections(vec![dot(1, "red"), dot(5, "blue")]);
        let table = [recorded(found, Vec::new())];
        let shown = flips(99, &table, &Spoken::default(), &|_| true)
            .iter()
            .map(|flip| match &flip.apply(&table)[0].answer {
                Answer::Detections(found) => found
                    .iter()
                    .map(|d| format!("{:?}@{},{}", d.attributes["color"], d.bbox.left, d.bbox.top))
                    .collect::<Vec<_>>()
                    .join(" ")
                    .replace("Str(\"", "")
                    .replace("\")", ""),
                other => format!("{other:?}"),
            })
            .collect::<Vec<_>>();
        assert_eq!(
            shown,
            [
                "",
                "blue@5,2",
                "red@1,2 red@1,2 blue@5,2",
                "red@0,9 blue@5,2",
                "red@5,1 blue@5,2",
                "blue@1,2 blue@5,2",
                "red@1,2",
                "red@1,2 blue@5,2 blue@5,2",
                "red@1,2 blue@0,9",
                "red@1,2 blue@1,1",
                "red@1,2 red@5,2",
            ]
        );
    }

    #[test]
    fn of_many_flips_some_are_chosen_always_the_same() {
        let found = |n: usize| Answer::Detections((0..n).map(|i| dot(i, "red")).collect());
        let table = [recorded(found(5_000), Vec::new())];
        let spoken = Spoken::default();
        let chosen = flips(40, &table, &spoken, &|_| true);
        assert_eq!(chosen.len(), 40);
        assert_eq!(chosen, flips(40, &table, &spoken, &|_| true));
        let other = [recorded(found(5_001), Vec::new())];
        assert_ne!(chosen, flips(40, &other, &spoken, &|_| true));
    }
}
