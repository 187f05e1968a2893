//! What a verifier answered: taken out of its reply, compared, and how probable the right answer is.

use fact_core::matcher::Matcher;
use fact_core::sample::Sample;
use fact_core::transfer::Scored;
use fact_models::language::{Reply, Token};

/// Longest answer that is kept, in characters.
const MOST_KEPT: usize = 400;

/// The answer in a reply, scored.
///
/// Thoughts in `<think>`, a label, quotes and a final stop are cut, and the first line that is left
/// is the answer. Where the answers are `closed` and that line is none of them, but names exactly one
/// as a word, that is it (`The statement is true.`).
pub(super) fn scored(
    reply: &Reply,
    matcher: Matcher,
    sample: &Sample,
    closed: &[String],
) -> Scored {
    let answer = answer(&reply.text, matcher, closed);
    let score = |text: &str| matcher.score(text, &sample.answers);
    let right = |text: &str| matcher.is_right(text, &sample.answers);
    // Thoughts stand before the answer: the tokens are theirs.
    let thought = reply.text.contains("</think>");
    let tokens = reply.tokens.as_deref().filter(|_| !thought);
    let probability = tokens.and_then(|tokens| {
        let wrong = |text: &str| {
            let other = closed.iter().any(|c| matcher.same(text, c));
            other && !right(text)
        };
        probability(tokens, right(&answer), right, wrong)
    });
    Scored {
        score: score(&answer),
        answer,
        probability,
    }
}

fn answer(text: &str, matcher: Matcher, closed: &[String]) -> String {
    let text = match text.rsplit_once("</think>") {
        Some((_, behind)) => behind,
        // Cut off within its thoughts.
        None if text.trim_start().starts_with("<think>") => "",
        None => text,
    };
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let mut line = line.unwrap_or_default();
    for label in ["Answer:", "answer:", "A:"] {
        line = line.strip_prefix(label).unwrap_or(line).trim_start();
    }
    let marks = |c: char| matches!(c, '"' | '\'' | '*' | '`' | '“' | '”');
    let line = line
        .trim_matches(marks)
        .trim_end_matches('.')
        .trim_matches(marks)
        .trim();
    let whole = closed.iter().any(|c| matcher.same(line, c));
    if !whole {
        let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).collect();
        let is_word = |c: &&String| words.iter().any(|word| matcher.same(word, c));
        let mut named = closed.iter().filter(is_word);
        if let (Some(one), None) = (named.next(), named.next()) {
            return one.clone();
        }
    }
    line.chars().take(MOST_KEPT).collect()
}

/// The probability of the right answer, in [0, 1].
///
/// Where the first token that is not white space may be a whole answer, right or wrong among the
/// closed ones: the share of the right among them. Else, if the given answer is right, the product
/// of its tokens' probabilities; if it is not, what the likeliest first tokens give to the right one:
/// the least that it can be.
fn probability(
    tokens: &[Token],
    given_is_right: bool,
    right: impl Fn(&str) -> bool,
    wrong: impl Fn(&str) -> bool,
) -> Option<f64> {
    let plain = |text: &str| {
        let text = text.trim_matches(|c: char| !c.is_alphanumeric());
        text.to_owned()
    };
    let start = tokens.iter().position(|t| !t.token.trim().is_empty())?;
    let first = &tokens[start];
    let (mut of_right, mut of_wrong) = (0.0, 0.0);
    for (token, probability) in first.alternatives() {
        let token = plain(token);
        if token.is_empty() {
            continue;
        }
        if right(&token) {
            of_right += probability;
        } else if wrong(&token) {
            of_wrong += probability;
        }
    }
    let probability = if of_wrong > 0.0 {
        of_right / (of_right + of_wrong)
    } else if given_is_right {
        let whole: f64 = tokens[start..].iter().map(|t| t.logprob.min(0.0)).sum();
        whole.exp().max(of_right)
    } else {
        of_right
    };
    // Servers round.
    Some(probability.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact_core::sample::WeightedAnswer;
    use proptest::prelude::*;
    use serde_json::json;

    fn sample(answer: &str) -> Sample {
        Sample {
            id: "1".into(),
            images: Vec::new(),
            question: "?".into(),
            answers: vec![WeightedAnswer {
                text: answer.into(),
                weight: 1.0,
            }],
            group: "g".into(),
            scene: "s".into(),
            choices: Vec::new(),
            family: None,
            split: None,
        }
    }

    fn reply(text: &str, tokens: serde_json::Value) -> Reply {
        let json = json!({"text": text, "tokens": tokens});
        Reply::from_json(&json.to_string()).unwrap()
    }

    fn truth() -> Vec<String> {
        vec!["true".into(), "false".into()]
    }

    #[test]
    fn answers_are_taken_out_of_what_is_around_them() {
        for said in [
            "true",
            "True.",
            " \n**True**\nBecause.",
            "Answer: \"true\"",
            "yes",
            "<think>It may be false.</think>\n\ntrue",
            "The statement is true.",
        ] {
            let scored = scored(
                &reply(said, json!(null)),
                Matcher::TrueFalse,
                &sample("true"),
                &truth(),
            );
            assert_eq!(scored.score, 1.0, "{said}: {scored:?}");
        }
        for said in ["", "false", "<think>true", "It is true or false.", "maybe"] {
            let scored = scored(
                &reply(said, json!(null)),
                Matcher::TrueFalse,
                &sample("true"),
                &truth(),
            );
            assert_eq!(scored.score, 0.0, "{said}: {scored:?}");
        }
        let open = |said| scored(&reply(said, json!(null)), Matcher::Open, &sample("2"), &[]).score;
        assert_eq!((open("two"), open("2."), open("2 or 3")), (1.0, 1.0, 0.0));
    }

    #[test]
    fn probability_is_of_the_right_answer() {
        let token = |text: &str, p: f64, others: &[(&str, f64)]| {
            let others: Vec<_> = (others.iter())
                .map(|(t, p)| json!({"token": t, "logprob": p.ln()}))
                .collect();
            json!({"token": text, "logprob": p.ln(), "top_logprobs": others})
        };
        let of = |said: &str, tokens: Vec<serde_json::Value>, answer: &str, closed: &[String]| {
            let matcher = if closed.is_empty() {
                Matcher::Open
            } else {
                Matcher::TrueFalse
            };
            let scored = scored(
                &reply(said, json!(tokens)),
                matcher,
                &sample(answer),
                closed,
            );
            (scored.probability.unwrap() * 1e6).round() / 1e6
        };
        // Closed: the share among the answers, however they are written.
        let first = token(
            "true",
            0.5,
            &[("true", 0.5), (" False", 0.125), ("Well", 0.2)],
        );
        assert_eq!(of("true", vec![first.clone()], "true", &truth()), 0.8);
        assert_eq!(of("true", vec![first], "false", &truth()), 0.2);
        // Open and right: the product. Open and wrong: the least it can be.
        let red = [token("dark", 0.5, &[]), token(" red", 0.5, &[])];
        assert_eq!(of("dark red", red.to_vec(), "dark red", &[]), 0.25);
        assert_eq!(of("dark red", red.to_vec(), "blue", &[]), 0.0);
        let two = token("3", 0.6, &[("3", 0.6), ("2", 0.3)]);
        assert_eq!(of("3", vec![token("\n", 1.0, &[]), two], "2", &[]), 0.3);
    }

    #[test]
    fn tokens_of_thoughts_tell_nothing() {
        let tokens = json!([{"token": "<think>", "logprob": -0.1}]);
        let said = reply("<think>Hm.</think>true", tokens);
        assert_eq!(
            scored(&said, Matcher::TrueFalse, &sample("true"), &truth()).probability,
            None
        );
    }

    proptest! {
        #[test]
        fn any_reply_is_scored_within_bounds(
            text in ".{0,60}",
            tokens in prop::collection::vec((".{0,6}", -20.0f64..5.0), 0..6),
        ) {
            let tokens: Vec<_> = tokens.iter()
                .map(|(t, p)| json!({"token": t, "logprob": p}))
                .collect();
            let scored = scored(&reply(&text, json!(tokens)), Matcher::TrueFalse, &sample("true"), &truth());
            prop_assert!((0.0..=1.0).contains(&scored.score));
            prop_assert!(scored.probability.is_none_or(|p| (0.0..=1.0).contains(&p)));
        }
    }
}
