//! Checking a rationale that a language model wrote anew.

use super::{CheckOptions, Parser, Rejection, check_with, compare, difference};
use crate::certificate::{Certificate, inputs, limits};
use crate::explain::{Context, write};
use crate::rationale::Rationale;
use crate::slice::Setting;
use fact_lang::pack::Pack;

/// Checks a rationale that a language model wrote anew: the certificate as [`check`](super::check()) does, and that
/// the text says what the rules make of the certificate and nothing else, sentence by sentence with
/// the right cites and boxes. `rules` is the rules' text as it is stated, if it is.
pub fn check_rewritten(
    parser: &dyn Parser,
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
    let mut rejections = check_with(parser, certificate, &rule, rules, pack, options);
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
