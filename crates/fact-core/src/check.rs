//! `fact check`: re-checks a rationale against its certificate, without any model.
//!
//! What is checked, in this order: the version; the form; the pack is the one named; the residual is
//! cut from the program; the whole program asks for the recorded answers, all of them and no others,
//! and gives the stated result; so does the residual; the result is the stated answer; both agree on
//! the flipped answer tables; no statement of the residual can go; every claim is entailed by the
//! event it cites, and none is missing; the text is the one that follows; the conclusion is the
//! program's answer. `docs/certificate.md` says what that proves.

use crate::certificate::{Certificate, MAX_ANSWERS, PackRef, VERSION, inputs, limits};
use crate::claim;
use crate::claim::entail;
use crate::explain::{Context, Reading, write_from};
use crate::merge::words::same;
use crate::rationale::{Rationale, StepKind};
use crate::slice::print::print;
use crate::slice::{Behaviour, Minimality, Setting, minimality};
use fact_lang::ast::{Module, NodeId};
use fact_lang::pack::Pack;
use fact_lang::run::{Outcome, Returned};
use fact_lang::syntax::SyntaxError;
use fact_lang::trace::Trace;
use std::borrow::Cow;
use std::sync::Arc;

mod rejection;
mod rewritten;

pub use rejection::Rejection;
pub use rewritten::{check_rewritten, rule_made};

/// What to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckOptions {
    /// Skip the deletions of the minimality test.
    pub fast: bool,
}

/// A program as the checker needs it.
#[derive(Debug)]
pub struct Parsed {
    /// The program.
    pub module: Module,
    /// The program as [`print()`] shows it: without comments, in one layout.
    pub text: String,
}

impl Parsed {
    /// Parses `source` in the language of the pack's programs.
    ///
    /// # Errors
    /// It is not a program in that language.
    pub fn new(pack: &Pack, source: &str) -> Result<Self, SyntaxError> {
        let module = pack.parse(source)?;
        let text = print(&module, &|_| true);
        Ok(Self { module, text })
    }
}

/// Who parses programs for the checker. Many certificates have the same program, so whoever checks
/// many keeps what was parsed.
pub trait Parser {
    /// [`Parsed::new`], now or earlier.
    ///
    /// # Errors
    /// It is not a program in the language of the pack's programs.
    fn parse(&self, pack: &Pack, source: &str) -> Result<Arc<Parsed>, SyntaxError>;
}

/// Parses each program when it comes.
#[derive(Debug, Clone, Copy, Default)]
pub struct EachTime;

impl Parser for EachTime {
    fn parse(&self, pack: &Pack, source: &str) -> Result<Arc<Parsed>, SyntaxError> {
        Parsed::new(pack, source).map(Arc::new)
    }
}

/// Checks a rationale; all that is wrong with it, as far as it can be told.
///
/// `text` is the rendered rationale, if there is one to check.
pub fn check(
    certificate: &Certificate,
    rationale: &Rationale,
    text: Option<&str>,
    pack: &Pack,
    options: CheckOptions,
) -> Vec<Rejection> {
    check_with(&EachTime, certificate, rationale, text, pack, options)
}

/// [`check`] with a parser of one's own.
pub fn check_with(
    parser: &dyn Parser,
    certificate: &Certificate,
    rationale: &Rationale,
    text: Option<&str>,
    pack: &Pack,
    options: CheckOptions,
) -> Vec<Rejection> {
    match examine(parser, certificate, rationale, text, pack, options) {
        Ok(rejections) => rejections,
        Err(rejection) => vec![rejection],
    }
}

fn examine(
    parser: &dyn Parser,
    certificate: &Certificate,
    rationale: &Rationale,
    text: Option<&str>,
    pack: &Pack,
    options: CheckOptions,
) -> Result<Vec<Rejection>, Rejection> {
    if certificate.version != VERSION {
        return Err(Rejection::Version {
            found: certificate.version,
        });
    }
    well_formed(certificate)?;
    same_pack(&certificate.pack, pack)?;
    let parse = |source: &str, which: &'static str| -> Result<Arc<Parsed>, Rejection> {
        parser.parse(pack, source).map_err(|e| Rejection::Syntax {
            which,
            reason: e.to_string(),
        })
    };
    let (program, residual) = (
        parse(&certificate.program, "program")?,
        parse(&certificate.residual, "residual")?,
    );
    let whole = program.text == residual.text;
    if let Some(line) = foreign(&program.text, &residual.text) {
        let line = line.to_owned();
        return Err(Rejection::Foreign { line });
    }
    let (program, residual) = (&program.module, &residual.module);
    let inputs = inputs(
        certificate.images.clone(),
        &certificate.question,
        &certificate.choices,
    );
    let limits = limits();
    let setting = Setting {
        pack,
        inputs: &inputs,
        answers: &certificate.answers,
        limits: &limits,
    };

    let run = setting.run(program);
    let returned = expect_result(&run.outcome, "program", certificate)?.clone();
    all_asked(certificate, &run.trace.answers)?;
    // A run is a function of the text and the setting: the same text runs the same.
    let residual_run = if certificate.program == certificate.residual {
        Cow::Borrowed(&run)
    } else {
        Cow::Owned(setting.run(residual))
    };
    expect_result(&residual_run.outcome, "residual", certificate)?;

    let mut rejections = Vec::new();
    let accepted = [crate::sample::WeightedAnswer {
        text: certificate.answer.clone(),
        weight: 1.0,
    }];
    if certificate.matcher.score(&returned.text, &accepted) < 1.0 {
        rejections.push(Rejection::Answer {
            stated: certificate.answer.clone(),
            returned: returned.repr.clone(),
        });
    }
    let behaviour = Behaviour::new(setting, program, &run);
    rejections.extend(not_a_slice(&behaviour, residual, whole, options));
    let trace = &residual_run.trace;
    let closure = trace.closure(trace.result);
    let reading = Reading::new(setting, residual, &residual_run, closure);
    entailment(
        certificate,
        rationale,
        setting.pack,
        trace,
        &reading,
        &mut rejections,
    );
    let context = Context {
        question: &certificate.question,
        choices: &certificate.choices,
        answer: &certificate.answer,
        matcher: certificate.matcher,
    };
    match write_from(&reading, context) {
        Ok((expected, claims)) => {
            compare(rationale, &expected, &mut rejections);
            if claims != certificate.claims {
                let step = claims
                    .iter()
                    .zip(&certificate.claims)
                    .position(|(a, b)| a != b);
                let step = step.unwrap_or(claims.len().min(certificate.claims.len())) + 1;
                rejections.push(Rejection::Grounding {
                    step,
                    what: "claims",
                });
            }
            if let Some(text) = text {
                let joined = rationale.text();
                if text != joined {
                    let (found, expected) = difference(text, &joined);
                    rejections.push(Rejection::Joined { found, expected });
                }
            }
        }
        Err(reason) => rejections.push(Rejection::NoRationale(reason.to_string())),
    }
    Ok(rejections)
}

/// Why the residual is no slice, or not the least one; `whole` if it is the program itself.
fn not_a_slice(
    behaviour: &Behaviour<'_>,
    residual: &Module,
    whole: bool,
    options: CheckOptions,
) -> Option<Rejection> {
    let disagreement = if whole {
        None
    } else {
        behaviour.first_disagreement(residual)
    };
    if let Some(table) = disagreement {
        return Some(Rejection::Flip { table });
    }
    if options.fast {
        return None;
    }
    let line = |id: NodeId| {
        let text = residual.text(residual.spans[id as usize]);
        text.lines().next().unwrap_or_default().to_owned()
    };
    match minimality(behaviour, residual) {
        Minimality::Minimal => None,
        Minimality::Superfluous(id) => Some(Rejection::NotMinimal {
            statement: line(id),
        }),
        Minimality::Undecided(id) => Some(Rejection::Undecided {
            statement: line(id),
        }),
    }
}

/// What needs no run.
fn well_formed(certificate: &Certificate) -> Result<(), Rejection> {
    let malformed = |message: String| Err(Rejection::Malformed(message));
    let count = certificate.answers.len();
    if count > MAX_ANSWERS {
        return malformed(format!(
            "it has {count} recorded answers; a run may ask for {MAX_ANSWERS}"
        ));
    }
    for image in &certificate.images {
        let hash = &image.sha256;
        // Annotations can be looked at without their image, which then has no hash.
        let is_hash =
            hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hash && !hash.is_empty() {
            return malformed(format!(
                "“{hash}” is no SHA-256 of an image: 64 digits of 0-9 and a-f"
            ));
        }
    }
    Ok(())
}

/// Whether the pack at hand is the one that is named, in all that is said of it.
fn same_pack(stated: &PackRef, pack: &Pack) -> Result<(), Rejection> {
    let named = PackRef::new(pack);
    if named.sha256 != stated.sha256 {
        return Err(Rejection::Pack {
            name: stated.name.clone(),
            found: named.sha256,
            expected: stated.sha256.clone(),
        });
    }
    for (what, found, expected) in [
        ("name", &named.name, &stated.name),
        ("version", &named.version, &stated.version),
    ] {
        if found != expected {
            return Err(Rejection::PackDetail {
                what,
                found: found.clone(),
                expected: expected.clone(),
            });
        }
    }
    match &stated.source {
        Some(source) if **source != *pack.module.source => Err(Rejection::PackDetail {
            what: "source",
            found: format!("another text, with SHA-256 {}", named.sha256),
            expected: "it is the one it holds".to_owned(),
        }),
        _ => Ok(()),
    }
}

/// The first line of the residual that the program does not have, in its order; `pass` and `else`
/// hold what is left of a block, and an `elif` may have become an `if`, or an `if` an `elif`.
fn foreign<'r>(program: &str, residual: &'r str) -> Option<&'r str> {
    fn lines(text: &str) -> impl Iterator<Item = &str> {
        let filling = |line: &&str| !matches!(*line, "" | "pass" | "else:" | "finally:");
        text.lines().map(str::trim).filter(filling)
    }
    fn test(line: &str) -> &str {
        line.strip_prefix("el").map_or(
            line,
            |rest| {
                if rest.starts_with("if ") { rest } else { line }
            },
        )
    }
    let mut of_program = lines(program);
    lines(residual).find(|line| !of_program.any(|other| test(other) == test(line)))
}

/// Whether the program asked for each recorded answer, in that order: an answer that nobody asked
/// for is none of its evidence.
fn all_asked(
    certificate: &Certificate,
    asked: &[fact_lang::tool::Recorded],
) -> Result<(), Rejection> {
    let stated = &certificate.answers;
    if stated.as_slice() == asked {
        return Ok(());
    }
    let at = stated.iter().zip(asked).take_while(|(a, b)| a == b).count();
    let Some(recorded) = stated.get(at) else {
        // The run suspends where an answer is missing, so there are as many at least.
        return Ok(());
    };
    Err(Rejection::Answers(format!(
        "recorded answer {at} (`{}`) is none that the program asks for as call {at}",
        recorded.request.tool
    )))
}

fn expect_result<'o>(
    outcome: &'o Outcome,
    which: &'static str,
    certificate: &Certificate,
) -> Result<&'o Returned, Rejection> {
    match outcome {
        Outcome::Returned(returned) if returned.repr == certificate.result => Ok(returned),
        other => Err(Rejection::Result {
            which,
            found: outcome_text(other),
            expected: certificate.result.clone(),
        }),
    }
}

/// An outcome in a few words.
pub fn outcome_text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Returned(returned) => returned.repr.clone(),
        Outcome::Raised(raised) => format!("{}: {}", raised.class, raised.message),
        Outcome::LimitReached { limit, .. } => format!("limit {limit:?} reached"),
        Outcome::Suspended(request) => {
            format!(
                "an unanswered call of `{}` with {:?}",
                request.tool, request.args
            )
        }
    }
}

/// Holds each claim against the residual's trace.
fn entailment(
    certificate: &Certificate,
    rationale: &Rationale,
    pack: &Pack,
    trace: &Trace,
    reading: &Reading<'_>,
    rejections: &mut Vec<Rejection>,
) {
    let (namer, ground) = (&reading.namer, reading.ground());
    for (at, claims) in certificate.claims.iter().enumerate() {
        let step = rationale.steps.get(at);
        let text = step.map_or("", |s| s.text.as_str());
        let mut held: Vec<Result<(), String>> = Vec::new();
        let bare = claims.iter().all(|c| c.inferred.is_none());
        if bare && step.is_some_and(|s| s.kind == StepKind::Inference) {
            held.push(Err(
                "is missing: nothing tells what the inference follows from".to_owned(),
            ));
        }
        let beside = entail::compared_numbers(claims);
        for stated in claims {
            held.push(claim::entailed(stated, trace, pack, namer));
            if let Some(inferred) = &stated.inferred {
                held.push(entail::inferred(stated, inferred, text, &beside, &ground));
            }
        }
        for outcome in held {
            if let Err(reason) = outcome {
                rejections.push(Rejection::Claim {
                    step: at + 1,
                    reason,
                });
            }
        }
    }
    // Every call that the result rests on is among the claims, so none can be left out.
    let needed = &reading.facts;
    let stated: Vec<u32> = certificate
        .claims
        .iter()
        .flatten()
        .map(|c| c.event)
        .collect();
    let distinct = |at: usize| {
        !needed[..at].iter().any(|f| {
            f.what == needed[at].what
                && f.args == needed[at].args
                && same(trace, &f.result, &needed[at].result)
        })
    };
    for (at, fact) in needed.iter().enumerate() {
        let shown = fact.receiver().is_none_or(|o| !namer.noun(o).unique);
        let field = matches!(fact.what, crate::merge::facts::What::Field(_));
        if distinct(at) && !stated.contains(&fact.event.0) && (!field || shown) {
            let reason = format!(
                "is missing: event {} is not cited by any step",
                fact.event.0
            );
            rejections.push(Rejection::Claim {
                step: certificate.claims.len(),
                reason,
            });
        }
    }
}

fn compare(found: &Rationale, expected: &Rationale, rejections: &mut Vec<Rejection>) {
    if found.steps.len() != expected.steps.len() {
        rejections.push(Rejection::Steps {
            found: found.steps.len(),
            expected: expected.steps.len(),
        });
    }
    for (at, (f, e)) in found.steps.iter().zip(&expected.steps).enumerate() {
        let step = at + 1;
        if f.text != e.text {
            let (found, expected) = difference(&f.text, &e.text);
            rejections.push(Rejection::Text {
                step,
                found,
                expected,
            });
        }
        for (same, what) in [
            (f.cites == e.cites, "cites"),
            (f.boxes == e.boxes, "boxes"),
            (f.kind == e.kind, "kind"),
        ] {
            if !same {
                rejections.push(Rejection::Grounding { step, what });
            }
        }
    }
    if found.conclusion != expected.conclusion {
        let (found_text, expected) = difference(&found.conclusion, &expected.conclusion);
        let step = found.steps.len() + 1;
        rejections.push(Rejection::Text {
            step,
            found: found_text,
            expected,
        });
    }
}

/// The words in which two texts differ, with one word before and after.
fn difference(found: &str, expected: &str) -> (String, String) {
    let a: Vec<&str> = found.split_whitespace().collect();
    let b: Vec<&str> = expected.split_whitespace().collect();
    let before = std::iter::zip(&a, &b).take_while(|(x, y)| x == y).count();
    let most = a.len().min(b.len()) - before;
    let after = std::iter::zip(a.iter().rev(), b.iter().rev())
        .take(most)
        .take_while(|(x, y)| x == y)
        .count();
    let shown = |words: &[&str]| {
        let end = (words.len() - after + 1).min(words.len());
        words[before.saturating_sub(1)..end].join(" ")
    };
    (shown(&a), shown(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_show_the_words_that_changed() {
        let (a, b) = difference("There are 2 red cups.", "There are 3 red cups.");
        assert_eq!((a.as_str(), b.as_str()), ("are 2 red", "are 3 red"));
        let (a, b) = difference("", "There is a cup.");
        assert_eq!((a.as_str(), b.as_str()), ("", "There is a cup."));
    }
}
