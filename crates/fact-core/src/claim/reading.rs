//! What a sentence of inference says, read from its words alone: quantifier, numbers, negation.

/// The quantifier that a sentence begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// None, of so many.
    None(Option<u32>),
    /// All, of so many.
    All(Option<u32>),
    /// So many, of so many.
    Count(u32, Option<u32>),
    /// So many of those named one by one.
    Listed(u32),
    /// There are so many, of how many it does not say.
    There(u32),
    /// Not every one.
    NotAll,
    /// It names something.
    Other,
}

/// Reads the quantifier: `So no box …`, `So both …`, `So only 2 of the 3 …`.
pub fn stated(text: &str) -> Stated {
    let lower = text.to_lowercase();
    let mut words = lower.split([' ', ',', '.', ':']).filter(|w| !w.is_empty());
    let mut next = || words.next().unwrap_or_default();
    let mut word = next();
    while matches!(word, "so" | "and" | "only" | "exactly") {
        word = next();
    }
    let number = |word: &str| word.parse::<u32>().ok();
    match word {
        "no" => Stated::None(None),
        "none" | "neither" => {
            // `none of the 3 boxes`, `none of the second and third boxes`
            let (_, _) = (next(), next());
            Stated::None(number(next()))
        }
        "every" | "each" => Stated::All(None),
        "both" => Stated::All(Some(2)),
        "all" => Stated::All(number(next())),
        "not" => Stated::NotAll,
        "there" => {
            let mut word = next();
            while matches!(word, "is" | "are" | "only") {
                word = next();
            }
            number(word).map_or(Stated::Other, Stated::There)
        }
        _ => match number(word) {
            Some(count) if next() == "of" => {
                let _ = next();
                match number(next()) {
                    Some(of) => Stated::Count(count, Some(of)),
                    None => Stated::Listed(count),
                }
            }
            Some(count) => Stated::Count(count, None),
            None => Stated::Other,
        },
    }
}

/// The numbers in a text, as they are written.
pub fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|n| n.trim_matches('.'))
        .filter(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// A bound that a sentence states of a number behind a comma: `, not 2`, `, fewer than 3`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StatedBound {
    relation: Relation,
    number: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Other,
    Fewer,
    More,
    NotMore,
    NotFewer,
    AtLeast,
    AtMost,
}

impl StatedBound {
    /// Whether the bound is true of a number.
    pub fn of(self, value: f64) -> bool {
        match self.relation {
            Relation::Other => value != self.number,
            Relation::Fewer => value < self.number,
            Relation::More => value > self.number,
            Relation::NotMore | Relation::AtMost => value <= self.number,
            Relation::NotFewer | Relation::AtLeast => value >= self.number,
        }
    }
}

/// The bounds that stand behind a comma.
pub fn bounds(text: &str) -> impl Iterator<Item = StatedBound> {
    text.split(", ").skip(1).filter_map(|part| {
        let part = part.strip_prefix("which is ").unwrap_or(part);
        let forms = [
            ("not more than ", Relation::NotMore),
            ("not fewer than ", Relation::NotFewer),
            ("not just ", Relation::Other),
            ("not ", Relation::Other),
            ("fewer than ", Relation::Fewer),
            ("more than ", Relation::More),
            ("at least ", Relation::AtLeast),
            ("at most ", Relation::AtMost),
        ];
        forms.iter().find_map(|(words, relation)| {
            let rest = part.strip_prefix(words)?;
            let number = rest.trim_end_matches('.').parse().ok()?;
            Some(StatedBound {
                relation: *relation,
                number,
            })
        })
    })
}

/// A sentence up to its first comma; one within parentheses, as of a place, `the cup at (52, 32)`, is
/// none.
pub(crate) fn clause(text: &str) -> &str {
    let mut depth = 0u32;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 && text[at..].starts_with(", ") => return &text[..at],
            _ => {}
        }
    }
    text
}

/// Whether a sentence denies: `is not`, `does not`, `cannot`, past its quantifier and up to the
/// first comma.
pub fn negated(text: &str) -> bool {
    let body = clause(text);
    let body = body.strip_prefix("So ").unwrap_or(body);
    body.strip_prefix("not ")
        .unwrap_or(body)
        .split_whitespace()
        .any(|w| w == "not" || w == "cannot")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantifiers_are_read() {
        for (text, expected) in [
            ("So no box has 2 items.", Stated::None(None)),
            ("So none of the 3 boxes fits.", Stated::None(Some(3))),
            ("So neither of the 2 dogs runs.", Stated::None(Some(2))),
            ("So both boxes are red.", Stated::All(Some(2))),
            ("So all 4 boxes are red.", Stated::All(Some(4))),
            (
                "So only 2 of the 3 boxes are red, not 3.",
                Stated::Count(2, Some(3)),
            ),
            ("So 1 box is red.", Stated::Count(1, None)),
            (
                "So 1 of the first and second boxes is red.",
                Stated::Listed(1),
            ),
            ("So there are only 2 such pairs, not 3.", Stated::There(2)),
            ("So not every box is red.", Stated::NotAll),
            ("So the first box is red.", Stated::Other),
        ] {
            assert_eq!(stated(text), expected, "{text}");
        }
    }

    #[test]
    fn negation_stands_behind_the_quantifier() {
        assert!(negated("So 2 dogs do not run."));
        assert!(!negated("So not every dog runs."));
        assert!(!negated("So only 2 dogs run, not 3."));
        assert!(negated("So the medium thing at (52, 32) is not pink."));
        assert!(!negated("So 1 of the cups at (1, 2) runs, not 2."));
    }

    #[test]
    fn numbers_are_as_written() {
        let found: Vec<&str> = numbers("So 2 of the 3, at (12.5, 7).").collect();
        assert_eq!(found, ["2", "3", "12.5", "7"]);
    }
}
