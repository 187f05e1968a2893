//! Answers in words and numbers: from the scene where it has them, else drawn from what the question
//! allows.

use super::answer::asked;
use super::seed::{draw, mix, unit};
use super::thing::Thing;
use super::words::{self, Form, answers_to, clean, form, is_image, listed, phrase};
use super::{Spot, World};
use fact_lang::tool::{Answer, Request};

/// Words for a thing of which nothing is known but where it is.
const SOMETHING: [&str; 6] = ["person", "table", "tree", "dog", "car", "chair"];

impl World {
    /// The answer to a question about a region.
    pub(super) fn said(&self, request: &Request, spot: &Spot, question: &str) -> String {
        let form = form(question);
        if let Some(answer) = self.seen(request, &form) {
            return answer;
        }
        let seed = mix(self.spot_key(spot), draw(self.seed, &[&clean(question)]));
        self.drawn(&form, seed)
    }

    /// The answer that the scene gives to a question of this form.
    pub(super) fn seen(&self, request: &Request, form: &Form) -> Option<String> {
        let (image, region) = (request.image, request.region);
        match form {
            Form::Count(noun) => Some(self.found(image, region, noun).len().to_string()),
            Form::Exists(noun) => {
                Some(yes_no(!self.found(image, region, noun).is_empty()).to_owned())
            }
            Form::Property(words) => {
                let (at, cut) = self.subject(request, words)?;
                let wanted = clean(&words[cut..].join(" "));
                let thing = self.things.get(at)?;
                let holds = thing.has(&wanted, &self.classes)
                    || thing.is.get(&phrase(&wanted)) == Some(&true);
                Some(yes_no(holds).to_owned())
            }
            Form::Value(class, noun) => {
                if is_image(noun) {
                    return None;
                }
                let at = self.meant(request, noun)?;
                self.things.get(at)?.value(class, &self.classes)
            }
            Form::Name => {
                let Spot::Thing(at) = self.spot(request) else {
                    return None;
                };
                self.things.get(at).map(|thing| thing.label.clone())
            }
            Form::Choice(options) => {
                let Spot::Thing(at) = self.spot(request) else {
                    return None;
                };
                let thing = self.things.get(at)?;
                self.fitting(thing, options, draw(thing.key, &["choice"]))
            }
            Form::Polar | Form::Number | Form::Open(_) => None,
        }
    }

    /// The thing that a question about the region means by a noun, or by “it”.
    pub(super) fn meant(&self, request: &Request, noun: &str) -> Option<usize> {
        let it = ["it", "this", "that", "he", "she", "they", "object", "thing"].contains(&noun);
        match it {
            true => self.pictured(request.image, request.region),
            false => self.named(request.image, request.region, noun)?.at,
        }
    }

    /// The subject of “is the big dog brown”: the longest beginning that names a known thing; where
    /// it ends.
    pub(super) fn subject(&self, request: &Request, words: &[String]) -> Option<(usize, usize)> {
        let longest = words.len().min(8);
        (1..longest).rev().find_map(|cut| {
            let noun = phrase(&words[..cut].join(" "));
            let at = self.meant(request, &noun)?;
            Some((at, cut))
        })
    }

    /// A seeded answer that fits the form.
    pub(super) fn drawn(&self, form: &Form, seed: u64) -> String {
        let pick = |options: &[&str]| match options.is_empty() {
            true => "something".to_owned(),
            false => options[(seed % options.len() as u64) as usize].to_owned(),
        };
        match form {
            Form::Choice(options) => {
                let options: Vec<&str> = options.iter().map(String::as_str).collect();
                pick(&options)
            }
            Form::Exists(_) | Form::Property(_) | Form::Polar => pick(&["yes", "no"]),
            Form::Count(_) | Form::Number => pick(&["0", "1", "2", "3"]),
            Form::Value(class, _) => {
                let values = self.classes.weighted(class);
                match values.is_empty() {
                    true => pick(&self.texts("what")),
                    false => pick(&values),
                }
            }
            Form::Name => pick(&SOMETHING),
            Form::Open(first) => pick(&self.texts(first)),
        }
    }

    /// Texts that answered open questions, and a few words for questions that begin so.
    fn texts(&self, first: &str) -> Vec<&str> {
        let mut texts: Vec<&str> = answers_to(first).to_vec();
        for fact in self.facts.values() {
            let Answer::Text(text) = &fact.answer else {
                continue;
            };
            let open = words::text_arg(&fact.request, 0)
                .is_some_and(|q| form(q) == Form::Open(first.to_owned()));
            if open && text.len() <= 60 && !texts.contains(&text.as_str()) && texts.len() < 40 {
                texts.push(text);
            }
        }
        texts
    }

    /// The answer to a question of general knowledge.
    pub(super) fn known(&self, question: &str) -> String {
        self.drawn(
            &form(question),
            draw(mix(self.seed, 0x11A), &[&clean(question)]),
        )
    }

    /// The option that fits the spot best; `None` without options.
    pub(super) fn best_match(&self, spot: &Spot, request: &Request) -> Option<String> {
        let options = listed(request);
        let key = self.spot_key(spot);
        if let Spot::Thing(at) = spot
            && let Some(thing) = self.things.get(*at)
            && let Some(option) = self.fitting(thing, &options, key)
        {
            return Some(option);
        }
        // The same option whatever the order and the company.
        options
            .into_iter()
            .max_by_key(|option| draw(key, &["fits", &clean(option)]))
    }

    /// Of the options, one that describes or names the thing for all that is known.
    fn fitting(&self, thing: &Thing, options: &[String], seed: u64) -> Option<String> {
        let fits = |option: &&String| {
            let word = clean(option);
            match thing.is.get(&word) {
                Some(known) => *known,
                None => match self.classes.of(&word) {
                    Some(_) => thing.has(&word, &self.classes),
                    None => thing.is_called(&phrase(option), &self.classes),
                },
            }
        };
        options
            .iter()
            .filter(fits)
            .max_by_key(|option| draw(seed, &["fits", &clean(option)]))
            .cloned()
    }

    /// How well a text fits: within the range that was recorded (0 to 1 without), in the upper half
    /// of it for a word that describes the thing in the region.
    pub(super) fn match_score(&self, spot: &Spot, text: &str) -> f64 {
        let numbers = self.facts.values().filter_map(|fact| match &fact.answer {
            Answer::Number(n) if fact.request.tool == "match_text" && n.is_finite() => Some(*n),
            _ => None,
        });
        let (low, high) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| {
            (low.min(n), high.max(n))
        });
        let (low, high) = if high > low { (low, high) } else { (0.0, 1.0) };
        let part = unit(draw(self.spot_key(spot), &["match", &clean(text)]));
        let part = match spot {
            Spot::Thing(at) => match self.things.get(*at) {
                Some(thing) => {
                    let holds = clean(text).split(' ').all(|w| {
                        thing.is.get(w) == Some(&true)
                            || (self.classes.of(w).is_some() && thing.has(w, &self.classes))
                    });
                    (part + f64::from(u8::from(holds))) / 2.0
                }
                None => part,
            },
            _ => part,
        };
        low + part * (high - low)
    }

    /// Another answer of the same kind to a recorded request; `None` for errors and detections.
    pub(super) fn another(&self, request: &Request, answer: &Answer, seed: u64) -> Option<Answer> {
        let seed = draw(seed, &[&asked(request)]);
        Some(match answer {
            Answer::Bool(value) => Answer::Bool(!value),
            Answer::Number(n) => {
                let part = unit(seed);
                let other = match n.fract() == 0.0 && n.abs() >= 1.0 {
                    true => n + if part < 0.5 { 1.0 } else { -1.0 },
                    false => n * (0.4 + 1.2 * part) + if *n == 0.0 { part } else { 0.0 },
                };
                Answer::Number(other)
            }
            Answer::Text(text) => Answer::Text(self.other_text(request, text, seed)),
            Answer::Detections(_) | Answer::Error(_) => return None,
        })
    }

    fn other_text(&self, request: &Request, text: &str, seed: u64) -> String {
        let others = |texts: Vec<String>| {
            let left: Vec<String> = texts.into_iter().filter(|t| t != text).collect();
            let at = (seed % left.len().max(1) as u64) as usize;
            left.into_iter().nth(at)
        };
        if let Some(option) = others(listed(request)) {
            return option;
        }
        let lower = text.trim().to_lowercase();
        let capital = text.chars().next().is_some_and(char::is_uppercase);
        let like = |word: &str| match capital {
            true => crate::english::capitalise(word),
            false => word.to_owned(),
        };
        for (one, other) in [("yes", "no"), ("true", "false")] {
            if lower == one {
                return like(other);
            }
            if lower == other {
                return like(one);
            }
        }
        if let Ok(number) = lower.parse::<i64>() {
            let less = seed & 1 == 0 && number > 0;
            return if less {
                number - 1
            } else {
                number.saturating_add(1)
            }
            .to_string();
        }
        if let Some((class, value)) = self.classes.of(&lower) {
            let values = self.classes.values(class).iter();
            let values = values.filter(|v| *v != value).cloned().collect();
            if let Some(value) = others(values) {
                return like(&value);
            }
        }
        let question = words::text_arg(request, 0).unwrap_or_default();
        let texts = match form(question) {
            Form::Choice(options) => options,
            Form::Open(first) => owned(&self.texts(&first)),
            _ => owned(&self.texts("what")),
        };
        others(texts).unwrap_or_else(|| "something else".to_owned())
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}

fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}
