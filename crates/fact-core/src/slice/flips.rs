//! Flipped answer tables: the recorded answers with one thing changed.
//!
//! A residual program must agree with the original not only on the recorded answers but also where
//! the evidence had been otherwise; else `for p in ps: if p.red: return "yes"` / `return "no"`
//! would shrink to `return "no"`.

use fact_lang::tool::{Answer, Arg, BBox, Detection, Recorded};
use sha2::{Digest, Sha256};

/// At most this many tables; the choice among more is seeded by the table's content.
pub const MAX_FLIPS: usize = 96;

/// One change to a table of recorded answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip {
    /// Which recorded answer.
    pub index: usize,
    /// What it says instead.
    pub answer: Answer,
}

impl Flip {
    /// The table with the change made.
    pub fn apply(&self, answers: &[Recorded]) -> Vec<Recorded> {
        let mut flipped = answers.to_vec();
        flipped[self.index].answer = self.answer.clone();
        flipped
    }
}

/// The flips of the answers for which `used` holds: each boolean negated, each number moved, each
/// text replaced, each detection removed or repeated, one invented where
/// there is none, each of its attributes given another value,
/// each moved into a corner of where it was looked for and onto the one before it.
/// A fixed function of its arguments.
pub fn flips(answers: &[Recorded], used: &dyn Fn(usize) -> bool) -> Vec<Flip> {
    let mut all = Vec::new();
    for (index, recorded) in answers.iter().enumerate() {
        if !used(index) {
            continue;
        }
        let mut push = |answer: Answer| all.push(Flip { index, answer });
        match &recorded.answer {
            Answer::Bool(value) => push(Answer::Bool(!value)),
            Answer::Number(value) => {
                push(Answer::Number(value + 1.0));
                push(Answer::Number(value - 1.0));
            }
            Answer::Text(text) => {
                for other in other_texts(text, recorded, answers) {
                    push(Answer::Text(other));
                }
            }
            Answer::Detections(found) => {
                if found.is_empty() {
                    push(Answer::Detections(vec![invented(recorded, answers)]));
                }
                detections(found, answers, recorded.request.region, &mut push);
            }
            Answer::Error(_) => {}
        }
    }
    sample(all)
}

fn other_texts(text: &str, recorded: &Recorded, answers: &[Recorded]) -> Vec<String> {
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
    let mut others: Vec<String> = answers
        .iter()
        .filter_map(|r| match &r.answer {
            Answer::Text(other) if other != text => Some(other.clone()),
            _ => None,
        })
        .take(1)
        .collect();
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

fn detections(
    found: &[Detection],
    answers: &[Recorded],
    region: BBox,
    push: &mut dyn FnMut(Answer),
) {
    if found.len() > 1 {
        push(Answer::Detections(Vec::new()));
    }
    for i in 0..found.len() {
        let mut without = found.to_vec();
        without.remove(i);
        push(Answer::Detections(without));
        let mut twice = found.to_vec();
        twice.insert(i, found[i].clone());
        push(Answer::Detections(twice));
        let mut moves = vec![moved(found[i].bbox, region.left, region.bottom)];
        if let Some(other) = i.checked_sub(1).or((found.len() > 1).then_some(i + 1)) {
            // Directly on top of its neighbour.
            moves.push(moved(
                found[i].bbox,
                found[other].bbox.left,
                found[other].bbox.top,
            ));
        }
        for bbox in moves {
            if bbox != found[i].bbox {
                let mut changed = found.to_vec();
                changed[i].bbox = bbox;
                push(Answer::Detections(changed));
            }
        }
        for (name, value) in &found[i].attributes {
            if let Some(other) = other_value(name, value, answers) {
                let mut changed = found.to_vec();
                changed[i].attributes.insert(name.clone(), other);
                push(Answer::Detections(changed));
            }
        }
    }
}

/// Something where nothing was found: called what was looked for, in the middle half of where, with
/// the attributes of the first thing that the table shows.
fn invented(recorded: &Recorded, answers: &[Recorded]) -> Detection {
    let label = recorded.request.args.iter().find_map(|(_, arg)| match arg {
        Arg::Str(text) => Some(text.clone()),
        _ => None,
    });
    let attributes = answers.iter().find_map(|r| match &r.answer {
        Answer::Detections(found) => found
            .iter()
            .find(|d| !d.attributes.is_empty())
            .map(|d| d.attributes.clone()),
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
        attributes: attributes.unwrap_or_default(),
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

/// Another value of the attribute: one that the table shows elsewhere, or a made-up one.
fn other_value(name: &str, value: &Arg, answers: &[Recorded]) -> Option<Arg> {
    match value {
        Arg::Bool(b) => Some(Arg::Bool(!b)),
        Arg::Int(i) => Some(Arg::Int(i.saturating_add(1))),
        Arg::Float(f) => Some(Arg::Float(f + 1.0)),
        Arg::Str(text) => {
            let seen = answers.iter().find_map(|r| match &r.answer {
                Answer::Detections(found) => {
                    found.iter().find_map(|d| match d.attributes.get(name) {
                        Some(Arg::Str(other)) if other != text => Some(other.clone()),
                        _ => None,
                    })
                }
                _ => None,
            });
            Some(Arg::Str(seen.unwrap_or_else(|| "another".to_owned())))
        }
        _ => None,
    }
}

/// Keeps [`MAX_FLIPS`] by the order of a hash of their content: the same for the same table.
fn sample(all: Vec<Flip>) -> Vec<Flip> {
    if all.len() <= MAX_FLIPS {
        return all;
    }
    let mut keyed: Vec<([u8; 32], usize)> = all
        .iter()
        .enumerate()
        .map(|(at, flip)| {
            let text = format!("{at}:{}:{:?}", flip.index, flip.answer);
            (Sha256::digest(text.as_bytes()).into(), at)
        })
        .collect();
    keyed.sort_unstable();
    let mut chosen: Vec<usize> = keyed
        .into_iter()
        .take(MAX_FLIPS)
        .map(|(_, at)| at)
        .collect();
    chosen.sort_unstable();
    let mut all: Vec<Option<Flip>> = all.into_iter().map(Some).collect();
    chosen.into_iter().filter_map(|at| all[at].take()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact_lang::tool::Request;

    fn texts(answer: &str, args: Vec<(String, Arg)>) -> Vec<String> {
        let request = Request {
            tool: "best_text_match".into(),
            image: 0,
            region: BBox::from([0.0, 0.0, 10.0, 10.0]),
            args,
        };
        let recorded = Recorded {
            request,
            answer: Answer::Text(answer.into()),
        };
        flips(&[recorded], &|_| true)
            .into_iter()
            .map(|flip| match flip.answer {
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
}
