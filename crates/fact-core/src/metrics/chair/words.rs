//! Words of captions: cut as NLTK's `word_tokenize` does it, made singular as `singularize` of
//! pattern.en does it (CLiPS Pattern, BSD licence, after Bermi Ferrer's Inflector, MIT licence).
//!
//! Written anew from what these do. Left out: sentence ends are found at every full stop at the end
//! of a word, where NLTK knows abbreviations and initials; and of the word lists of `singularize`
//! only everyday words are here.

/// Marks that are words of their own wherever they stand.
const MARKS: &str = ";@#$%&?!*[](){}<>\"«»“”‘’„`‒–—―";
/// What is cut off the end of a word.
const ENDINGS: [&str; 7] = ["'s", "'m", "'d", "'ll", "'re", "'ve", "n't"];
/// Words that keep an apostrophe before them.
const CLITICS: [&str; 8] = ["re", "ve", "ll", "m", "t", "s", "d", "n"];

/// The words and marks of a lower-case text.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let doubled = matches!(c, '-' | '.') && next == Some(c);
        // A comma in a number stays there.
        let pause = matches!(c, ',' | ':') && !next.is_some_and(char::is_numeric);
        if doubled {
            spaced.push(' ');
            spaced.push(c);
            while rest.next_if_eq(&c).is_some() {
                spaced.push(c);
            }
            spaced.push(' ');
        } else if pause || MARKS.contains(c) {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    let mut tokens = Vec::new();
    for word in spaced.split_whitespace() {
        cut_ends(word, &mut tokens);
    }
    tokens
}

/// A word without the full stop, the quote and the contracted ending that it ends in; these after
/// it.
fn cut_ends(word: &str, tokens: &mut Vec<String>) {
    let mut ends = Vec::new();
    let mut stem = word;
    if stem.chars().any(|c| c != '.') {
        for mark in ['\'', '.', '\''] {
            if let Some(before) = stem.strip_suffix(mark).filter(|b| !b.is_empty()) {
                ends.push(mark.to_string());
                stem = before;
            }
        }
    }
    let ending = ENDINGS.iter().find(|ending| {
        let before = stem.strip_suffix(**ending).unwrap_or_default();
        !before.is_empty() && !before.ends_with('\'')
    });
    if let Some(ending) = ending {
        ends.push((*ending).to_owned());
        stem = &stem[..stem.len() - ending.len()];
    }
    if let Some(quoted) = stem.strip_prefix('\'') {
        let is_letter = |c: char| c.is_alphanumeric() || c == '_';
        let first = quoted.split(|c| !is_letter(c)).next().unwrap_or_default();
        if !first.is_empty() && !CLITICS.contains(&first) {
            tokens.push("'".to_owned());
            stem = quoted;
        }
    }
    tokens.push(stem.to_owned());
    tokens.extend(ends.into_iter().rev());
}

/// Words that stay as they are, and so do words that one of them ends in (*ears*, for *shears*).
const UNCHANGED: [&str; 14] = [
    "scissors",
    "pliers",
    "clippers",
    "shears",
    "pincers",
    "series",
    "species",
    "news",
    "debris",
    "chassis",
    "headquarters",
    "swiss",
    "gallows",
    "corps",
];
/// Endings in -ie whose plurals stay as they are.
const IE: [&str; 10] = [
    "cookie", "doggie", "hippie", "rookie", "birdie", "collie", "veggie", "beanie", "zombie",
    "cutie",
];
/// Plurals without a rule, as endings of words.
const IRREGULAR: [(&str, &str); 14] = [
    ("atlases", "atlas"),
    ("axes", "axe"),
    ("children", "child"),
    ("feet", "foot"),
    ("geese", "goose"),
    ("helves", "helve"),
    ("leaves", "leaf"),
    ("loaves", "loaf"),
    ("men", "man"),
    ("moves", "move"),
    ("opuses", "opus"),
    ("oxen", "ox"),
    ("people", "person"),
    ("teeth", "tooth"),
];
/// Endings, what they become, and letters that must not stand before them (then some letter must).
/// The first that fits counts.
const RULES: [(&str, &str, &str); 54] = [
    ("itis", "itis", ""),
    ("eaux", "eau", ""),
    ("quizzes", "quiz", ""),
    ("aliases", "alias", ""),
    ("statuses", "status", ""),
    ("oi", "ous", ""),
    ("ci", "cus", ""),
    ("ti", "tus", ""),
    ("pi", "pus", ""),
    ("vi", "vus", ""),
    ("ii", "ius", ""),
    ("ri", "rus", ""),
    ("crises", "crisis", ""),
    ("shoes", "shoe", ""),
    ("oes", "o", ""),
    ("buses", "bus", ""),
    ("mice", "mouse", ""),
    ("lice", "louse", ""),
    ("xes", "x", ""),
    ("ches", "ch", ""),
    ("sses", "ss", ""),
    ("shes", "sh", ""),
    ("movies", "movie", ""),
    ("ombies", "ombie", ""),
    ("series", "series", ""),
    ("quies", "quy", ""),
    ("ies", "y", "aeiouy"),
    ("alves", "alf", ""),
    ("elves", "elf", ""),
    ("olves", "olf", ""),
    ("eaves", "eaf", "d"),
    ("arves", "arf", ""),
    ("erves", "erve", ""),
    ("nives", "nife", ""),
    ("lives", "life", ""),
    ("wives", "wife", ""),
    ("lves", "lf", ""),
    ("rves", "rf", ""),
    ("aves", "ave", ""),
    ("eves", "eve", ""),
    ("oves", "ove", ""),
    ("sives", "sive", ""),
    ("tives", "tive", ""),
    ("hives", "hive", ""),
    ("ves", "fe", "f"),
    ("hoses", "hose", ""),
    ("roses", "rose", ""),
    ("ooses", "oose", ""),
    ("noses", "nose", ""),
    ("closes", "close", ""),
    ("poses", "pose", ""),
    ("ta", "tum", ""),
    ("ia", "ium", ""),
    ("s", "", ""),
];

/// The singular of a lower-case word. A final *s* is always cut: *glass* becomes *glas*.
pub(super) fn singular(word: &str) -> String {
    let same = UNCHANGED.iter().any(|unchanged| unchanged.ends_with(word))
        || word
            .strip_suffix('s')
            .is_some_and(|stem| IE.iter().any(|ie| stem.ends_with(ie)));
    if same {
        return word.to_owned();
    }
    let irregular = IRREGULAR.iter().map(|(plural, one)| (*plural, *one, ""));
    let rules = irregular.chain(RULES);
    for (ending, becomes, not_before) in rules {
        let Some(stem) = word.strip_suffix(ending) else {
            continue;
        };
        let fits = not_before.is_empty()
            || stem
                .chars()
                .next_back()
                .is_some_and(|c| !not_before.contains(c));
        if fits {
            return format!("{stem}{becomes}");
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_as_the_script_cuts_them() {
        let cut = |text| tokens(text).join("|");
        assert_eq!(cut("a dog, a cat."), "a|dog|,|a|cat|.");
        assert_eq!(
            cut("the dog's bowl isn't here"),
            "the|dog|'s|bowl|is|n't|here"
        );
        assert_eq!(cut("dogs' 3,000 e.g. (two)"), "dogs|'|3,000|e.g|.|(|two|)");
        assert_eq!(cut("wait... what--no?!"), "wait|...|what|--|no|?|!");
        assert_eq!(cut("a t-shirt: 'red'"), "a|t-shirt|:|'|red|'");
        assert_eq!(cut(""), "");
    }

    #[test]
    fn singulars_keep_the_quirks() {
        let pairs = [
            ("dogs", "dog"),
            ("buses", "bus"),
            ("bus", "bu"),
            ("glasses", "glass"),
            ("glass", "glas"),
            ("women", "woman"),
            ("knives", "knife"),
            ("ties", "ty"),
            ("cookies", "cookies"),
            ("scissors", "scissors"),
            ("ears", "ears"),
            ("s", "s"),
            ("", ""),
        ];
        for (word, expected) in pairs {
            assert_eq!(singular(word), expected, "{word}");
        }
    }
}
