//! `fact check`: re-checks a rationale against its certificate, without any model.
//!
//! What is checked, in this order: the pack is the one named; the whole program and the residual
//! give the stated result on the recorded answers; they agree on the flipped answer tables; no
//! statement of the residual can go; every claim is entailed by the event it cites; the text is the
//! one that follows from the claims; the conclusion is the program's answer.

use crate::certificate::{Certificate, PackRef, VERSION, inputs, limits};
use crate::claim;
use crate::explain::{Context, write};
use crate::merge::facts::{Iterations, facts};
use crate::merge::index::Index;
use crate::merge::names::Namer;
use crate::merge::words::same;
use crate::rationale::Rationale;
use crate::slice::{Behaviour, Setting, is_whole, superfluous};
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Outcome, Returned};

/// What to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckOptions {
    /// Skip the deletions of the minimality test.
    pub fast: bool,
}

/// Why a rationale is rejected.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// A certificate of another version.
    #[error("certificate version {found}; this checker reads {VERSION}")]
    Version {
        /// The version found.
        found: u32,
    },
    /// The pack at hand is not the certificate's.
    #[error("the pack `{name}` has SHA-256 {found}, the certificate names {expected}")]
    Pack {
        /// Name of the pack.
        name: String,
        /// Hash of the pack at hand.
        found: String,
        /// Hash in the certificate.
        expected: String,
    },
    /// A program does not parse.
    #[error("the {which} does not parse: {reason}")]
    Syntax {
        /// `program` or `residual`.
        which: &'static str,
        /// The parser's message.
        reason: String,
    },
    /// A program does not give the stated result.
    #[error("the {which} gives {found} on the recorded answers, the certificate says {expected}")]
    Result {
        /// `program` or `residual`.
        which: &'static str,
        /// What it gives.
        found: String,
        /// What is stated.
        expected: String,
    },
    /// The residual leaves out something that matters.
    #[error(
        "with one recorded answer changed (table {table}), the residual ends otherwise than the program"
    )]
    Flip {
        /// Number of the flipped table.
        table: usize,
    },
    /// The residual holds a statement that does not matter.
    #[error("the residual is not minimal: `{statement}` can be left out")]
    NotMinimal {
        /// The statement's first line.
        statement: String,
    },
    /// A claim does not follow from its event.
    #[error("step {step}: a claim {reason}")]
    Claim {
        /// 1-based.
        step: usize,
        /// Why.
        reason: String,
    },
    /// A sentence does not say what the evidence says.
    #[error("step {step}: the text says “{found}” where the evidence gives “{expected}”")]
    Text {
        /// 1-based.
        step: usize,
        /// What is written.
        found: String,
        /// What follows.
        expected: String,
    },
    /// A step is missing, or one too many.
    #[error("the rationale has {found} steps, the evidence gives {expected}")]
    Steps {
        /// Steps written.
        found: usize,
        /// Steps that follow.
        expected: usize,
    },
    /// Cites, kind or boxes of a step are not those of its evidence.
    #[error("step {step}: its {what} are not those of its evidence")]
    Grounding {
        /// 1-based.
        step: usize,
        /// `cites`, `boxes`, `claims` or `kind`.
        what: &'static str,
    },
    /// The rationale does not exist: no evidence.
    #[error("no rationale follows: {0}")]
    NoRationale(String),
    /// The answer is not the program's.
    #[error("the answer is “{stated}”, but the program returned {returned}")]
    Answer {
        /// What the certificate states.
        stated: String,
        /// What the program returned.
        returned: String,
    },
    /// A text that a model wrote does not say what the rules' text says.
    #[error("the rewritten text {0}")]
    Rewritten(crate::extract::Difference),
    /// The running text is not the steps and the conclusion.
    #[error("the rationale's text says “{found}” where its steps give “{expected}”")]
    Joined {
        /// What is written.
        found: String,
        /// What the steps give.
        expected: String,
    },
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
    match examine(certificate, rationale, text, pack, options) {
        Ok(rejections) => rejections,
        Err(rejection) => vec![rejection],
    }
}

fn examine(
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
    let named = PackRef::new(pack);
    if named.sha256 != certificate.pack.sha256 {
        return Err(Rejection::Pack {
            name: certificate.pack.name.clone(),
            found: named.sha256,
            expected: certificate.pack.sha256.clone(),
        });
    }
    let parse = |source: &str, which: &'static str| -> Result<Module, Rejection> {
        pack.parse(source).map_err(|e| Rejection::Syntax {
            which,
            reason: e.to_string(),
        })
    };
    let program = parse(&certificate.program, "program")?;
    let residual = parse(&certificate.residual, "residual")?;
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

    let run = setting.run(&program);
    let returned = expect_result(&run.outcome, "program", certificate)?.clone();
    let residual_run = setting.run(&residual);
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
    let behaviour = Behaviour::new(setting, &program, &run);
    let whole = is_whole(&program, &residual);
    let disagreement = if whole {
        None
    } else {
        behaviour.first_disagreement(&residual)
    };
    if let Some(table) = disagreement {
        rejections.push(Rejection::Flip { table });
    } else if !options.fast
        && let Some(id) = superfluous(&behaviour, &residual)
    {
        let span = residual.spans[id as usize];
        let statement = residual
            .text(span)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        rejections.push(Rejection::NotMinimal { statement });
    }

    entailment(
        certificate,
        setting,
        &residual,
        &residual_run,
        &mut rejections,
    );
    let context = Context {
        question: &certificate.question,
        choices: &certificate.choices,
        answer: &certificate.answer,
        matcher: certificate.matcher,
    };
    match write(setting, &residual, &residual_run, context) {
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

/// Checks a rationale that a language model wrote anew: the certificate as [`check`] does, and that
/// the text says what the rules make of the certificate and nothing else, sentence by sentence with
/// the right cites and boxes. `rules` is the rules' text as it is stated, if it is.
pub fn check_rewritten(
    certificate: &Certificate,
    rationale: &Rationale,
    text: Option<&str>,
    rules: Option<&str>,
    pack: &Pack,
    options: CheckOptions,
) -> Vec<Rejection> {
    let rule = match rule_made(certificate, pack) {
        Ok(rule) => rule,
        Err(rejection) => return vec![rejection],
    };
    let mut rejections = check(certificate, &rule, rules, pack, options);
    let own = rationale.text();
    match crate::extract::rewritten(pack, &rule, &own) {
        Ok(expected) => compare(rationale, &expected, &mut rejections),
        Err(differences) => rejections.extend(differences.into_iter().map(Rejection::Rewritten)),
    }
    if let Some(text) = text.filter(|text| *text != own) {
        let (found, expected) = difference(text, &own);
        rejections.push(Rejection::Joined { found, expected });
    }
    rejections
}

/// The rationale that the rules make of a certificate.
///
/// # Errors
/// If there is none.
pub fn rule_made(certificate: &Certificate, pack: &Pack) -> Result<Rationale, Rejection> {
    let residual = pack
        .parse(&certificate.residual)
        .map_err(|e| Rejection::Syntax {
            which: "residual",
            reason: e.to_string(),
        })?;
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
    let run = setting.run(&residual);
    let context = Context {
        question: &certificate.question,
        choices: &certificate.choices,
        answer: &certificate.answer,
        matcher: certificate.matcher,
    };
    let written = write(setting, &residual, &run, context);
    let (rationale, _) = written.map_err(|e| Rejection::NoRationale(e.to_string()))?;
    Ok(rationale)
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
    setting: Setting<'_>,
    residual: &Module,
    run: &fact_lang::run::Run,
    rejections: &mut Vec<Rejection>,
) {
    let namer = Namer::new(&run.trace, setting.pack, setting.inputs);
    for (at, claims) in certificate.claims.iter().enumerate() {
        for stated in claims {
            if let Err(reason) = claim::entailed(stated, &run.trace, setting.pack, &namer) {
                rejections.push(Rejection::Claim {
                    step: at + 1,
                    reason,
                });
            }
        }
    }
    // Every call that the result rests on is among the claims, so none can be left out.
    let Some(result) = run.trace.result else {
        return;
    };
    let closure = run.trace.closure([result]);
    let index = Index::new(residual);
    let iterations = Iterations::new(&run.trace, &index);
    let needed = facts(&run.trace, setting.pack, &index, &iterations, &closure);
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
                && same(&run.trace, &f.result, &needed[at].result)
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
