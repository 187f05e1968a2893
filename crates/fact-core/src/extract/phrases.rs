//! Phrases that are one word for the grammar, and phrases that say what others say.

use super::tokens::{Compare, Token, raw_tokens};

/// A phrase and the token that it is.
pub(super) struct Phrase {
    pub(super) words: Vec<Token>,
    pub(super) token: Vec<Token>,
}

impl Phrase {
    /// Reads the words of a phrase.
    pub(super) fn new(text: &str, token: Vec<Token>) -> Self {
        Self {
            words: raw_tokens(text).unwrap_or_default(),
            token,
        }
    }
}

fn word(text: &str) -> Vec<Token> {
    text.split_whitespace()
        .map(|w| Token::Word(w.to_owned()))
        .collect()
}

/// General English phrases; those of a pack are the lexicon's.
pub(super) fn general_phrases() -> Vec<Phrase> {
    let mut out = Vec::new();
    let relations: &[(&str, &[&str])] = &[
        (
            "@left_of",
            &[
                "to the left of",
                "left of",
                "on the left of",
                "on the left side of",
                "to the left side of",
            ],
        ),
        (
            "@right_of",
            &[
                "to the right of",
                "right of",
                "on the right of",
                "on the right side of",
                "to the right side of",
            ],
        ),
        ("@in_front_of", &["in front of"]),
        ("@behind", &["behind"]),
        ("@above", &["above", "over"]),
        ("@below", &["below", "under", "beneath", "underneath"]),
        (
            "@on",
            &[
                "directly on",
                "directly on top of",
                "directly above",
                "directly over",
                "on top of",
                "right on top of",
                "immediately above",
                "immediately on top of",
                "atop",
                "directly atop",
            ],
        ),
        (
            "@under",
            &[
                "directly under",
                "directly below",
                "directly beneath",
                "directly underneath",
                "immediately below",
                "immediately under",
                "right under",
                "right beneath",
            ],
        ),
        ("@each_other", &["each other", "one another"]),
    ];
    for (name, phrases) in relations {
        for phrase in *phrases {
            out.push(Phrase::new(
                phrase,
                vec![Token::Relation((*name).to_owned())],
            ));
        }
    }
    let one = || vec![Token::Number("1".to_owned(), true)];
    for phrase in [
        "a single",
        "only a single",
        "just a single",
        "exactly a single",
    ] {
        out.push(Phrase::new(phrase, one()));
    }
    let compares: &[(Compare, &[&str])] = &[
        (
            Compare::AtLeast,
            &[
                "at least",
                "no fewer than",
                "no less than",
                "not fewer than",
                "not less than",
                "a minimum of",
            ],
        ),
        (
            Compare::AtMost,
            &[
                "at most",
                "no more than",
                "not more than",
                "not greater than",
                "a maximum of",
            ],
        ),
        (Compare::MoreThan, &["more than", "greater than"]),
        (Compare::FewerThan, &["fewer than", "less than"]),
        (Compare::Exactly, &["exactly", "precisely"]),
    ];
    for (compare, phrases) in compares {
        for phrase in *phrases {
            out.push(Phrase::new(phrase, vec![Token::Compare(*compare)]));
        }
    }
    // What the phrase is said with instead.
    for (phrase, plain) in [
        ("we see", "there is"),
        ("we can see", "there is"),
        ("you can see", "there is"),
        ("you see", "there is"),
        ("one can see", "there is"),
        ("we have", "there is"),
        ("plus", "and"),
        ("one can find", "there is"),
        ("you can find", "there is"),
        ("we can find", "there is"),
        ("we get", "there is"),
        ("we count", "there is"),
        ("we obtain", "there is"),
        ("is devoid of", "does not have any"),
        ("are devoid of", "do not have any"),
        ("is free of", "does not have any"),
        ("are free of", "do not have any"),
        ("is without", "does not have"),
        ("are without", "do not have"),
        ("lacks", "does not have"),
        ("lack", "do not have"),
        ("lacking", "having no"),
        ("is absent from", "is not in"),
        ("are absent from", "are not in"),
        ("is missing from", "is not in"),
        ("are missing from", "are not in"),
        ("serves as", "is"),
        ("serve as", "are"),
        ("acts as", "is"),
        ("act as", "are"),
        ("forms", "is"),
        ("form", "are"),
        ("constitutes", "is"),
        ("constitute", "are"),
        ("makes up", "is"),
        ("make up", "are"),
        ("appears in", "is in"),
        ("appear in", "are in"),
        ("occurs in", "is in"),
        ("occur in", "are in"),
        ("is present in", "is in"),
        ("are present in", "are in"),
        ("we find", "there is"),
        ("we have", "there is"),
        ("we see", "there is"),
        ("among the", "of the"),
        ("amongst the", "of the"),
        ("there is neither a", "there is no"),
        ("there is neither an", "there is no"),
        ("there is neither any", "there is no"),
        ("nor a", "and no"),
        ("nor an", "and no"),
        ("nor any", "and no"),
        ("can be found", "is"),
        ("can be seen", "exist"),
        ("farthest left", "leftmost"),
        ("farthest right", "rightmost"),
        ("furthest to the left", "leftmost"),
        ("farthest to the left", "leftmost"),
        ("furthest to the right", "rightmost"),
        ("farthest to the right", "rightmost"),
        ("there exist", "there are"),
        ("there exists", "there is"),
        ("there does not exist", "there is not"),
        ("there do not exist", "there are not"),
        ("not a single", "no"),
        ("not any", "no"),
        ("not one of", "none of"),
        ("none at all", "none"),
        ("every one of", "each of"),
        ("every single", "every"),
        ("not all of", "not all"),
        ("in contact with", "touching"),
        ("makes contact with", "touches"),
        ("make contact with", "touch"),
        ("in direct contact with", "touching"),
        ("adjacent to", "touching"),
        ("consists of", "has"),
        ("consist of", "have"),
        ("is made up of", "has"),
        ("are made up of", "have"),
        ("is composed of", "has"),
        ("are composed of", "have"),
        ("has a total of", "has"),
        ("rather than", "rather-than"),
        ("instead of", "rather-than"),
        ("out of", "of"),
        ("as well as", "and"),
        ("along with", "and"),
        ("made of", "made-of"),
        ("made from", "made-of"),
        ("made out of", "made-of"),
        ("made up of", "made-of"),
        ("rest of the", "remaining"),
        ("is equal to", "is"),
        ("every one of", "each of"),
        ("each one of", "each of"),
        ("any one of", "any of"),
        ("each and every", "every"),
        ("the one and only", "the only"),
        ("looking at", "as-for"),
        ("turning to", "as-for"),
        ("moving on to", "as-for"),
        ("moving to", "as-for"),
        ("as for", "as-for"),
        ("with regard to", "as-for"),
        ("equal to", ""),
        ("equals", "is"),
        ("does not equal", "is not"),
        ("is the same as", "is"),
        ("next to", "next-to"),
        ("close to", "close-to"),
    ] {
        out.push(Phrase::new(phrase, word(plain)));
    }
    out
}
