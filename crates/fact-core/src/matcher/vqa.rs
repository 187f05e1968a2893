//! VQA's soft accuracy, as the official script computes it: `vqaEval.py` of
//! <https://github.com/GT-Vision-Lab/VQA> (`processPunctuation`, `processDigitArticle`,
//! `evaluate`), its quirks included.

use crate::sample::WeightedAnswer;

/// Removed, or turned into a space, by `processPunctuation`, in this order.
const PUNCTUATION: [char; 21] = [
    ';', '/', '[', ']', '"', '{', '}', '(', ')', '=', '+', '\\', '_', '-', '>', '<', '@', '`', ',',
    '?', '!',
];

/// Contractions: a word that lacks exactly one of the apostrophes becomes the word here. (The
/// script also maps *somebody'd* to *somebodyd*; and words with a capital, which it never meets.)
const CONTRACTIONS: &[&str] = &[
    "ain't",
    "aren't",
    "can't",
    "could've",
    "couldn't",
    "didn't",
    "doesn't",
    "don't",
    "hadn't",
    "hasn't",
    "haven't",
    "he'd",
    "he's",
    "how'd",
    "how'll",
    "how's",
    "isn't",
    "it'd",
    "it'll",
    "ma'am",
    "mightn't",
    "might've",
    "mustn't",
    "must've",
    "needn't",
    "not've",
    "o'clock",
    "oughtn't",
    "shan't",
    "should've",
    "shouldn't",
    "somebody'll",
    "somebody's",
    "someone'd",
    "someone'll",
    "someone's",
    "something'd",
    "something'll",
    "that's",
    "there'd",
    "there're",
    "there's",
    "they'd",
    "they'll",
    "they're",
    "they've",
    "'twas",
    "wasn't",
    "we've",
    "weren't",
    "what'll",
    "what're",
    "what's",
    "what've",
    "when's",
    "where'd",
    "where's",
    "where've",
    "who'd",
    "who'll",
    "who's",
    "who've",
    "why'll",
    "why're",
    "why's",
    "won't",
    "would've",
    "wouldn't",
    "y'all",
    "you'd",
    "you'll",
    "you're",
    "you've",
    "couldn't've",
    "hadn't've",
    "he'd've",
    "it'd've",
    "mightn't've",
    "'ow's'at",
    "she'd've",
    "shouldn't've",
    "somebody'd've",
    "someone'd've",
    "something'd've",
    "there'd've",
    "they'd've",
    "we'd've",
    "who'd've",
    "wouldn't've",
    "y'all'll",
    "y'all'd've",
    "you'd've",
];

/// Number words that the script turns into digits: its own table, which must stay as the script has it
/// (`none` is 0, and it ends at ten), so not [`number_of_word`](crate::english::number_of_word).
const NUMBERS: [(&str, &str); 12] = [
    ("none", "0"),
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
];

/// `processPunctuation`: a punctuation character vanishes where the text has it next to a space,
/// or has a comma between digits, and is a space otherwise; the first 32 full stops that no digit
/// follows vanish (the script passes a flag as the count).
pub(crate) fn punctuation(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let comma_in_number = chars
        .windows(3)
        .any(|w| w[0].is_ascii_digit() && w[1] == ',' && w[2].is_ascii_digit());
    let mut out = text.to_owned();
    for p in PUNCTUATION {
        let by_space = chars
            .windows(2)
            .any(|w| (w[0] == p && w[1] == ' ') || (w[0] == ' ' && w[1] == p));
        let with = if by_space || comma_in_number { "" } else { " " };
        out = out.replace(p, with);
    }
    let mut left = 32;
    let mut stripped = String::with_capacity(out.len());
    let mut rest = out.chars().peekable();
    while let Some(c) = rest.next() {
        let before_digit = rest.peek().is_some_and(char::is_ascii_digit);
        if c == '.' && left > 0 && !before_digit {
            left -= 1;
        } else {
            stripped.push(c);
        }
    }
    stripped
}

/// `processDigitArticle`: lower case, number words to digits, articles dropped, contractions
/// given their apostrophe.
fn digits_and_articles(text: &str) -> String {
    let text = text.to_lowercase();
    let words = text.split_whitespace().map(|word| {
        let number = NUMBERS.iter().find(|(name, _)| *name == word);
        number.map_or(word, |(_, digits)| digits)
    });
    let words = words.filter(|word| !matches!(*word, "a" | "an" | "the"));
    let words = words.map(|word| {
        if word == "somebody'd" {
            return "somebodyd";
        }
        let found = CONTRACTIONS.iter().find(|c| lacks_one(word, c));
        found.map_or(word, |c| c)
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether `word` is `contraction` without one of its apostrophes.
fn lacks_one(word: &str, contraction: &str) -> bool {
    let mut places = contraction.match_indices('\'');
    word.len() + 1 == contraction.len()
        && places
            .any(|(i, _)| word[..].strip_prefix(&contraction[..i]) == Some(&contraction[i + 1..]))
}

/// What the official script does to a prediction before comparing it: line ends and tabs become
/// spaces, punctuation and full stops are dropped, number words become digits, articles go,
/// contractions get their apostrophe.
pub fn normalise(text: &str) -> String {
    let text = text.replace(['\n', '\t'], " ");
    digits_and_articles(&punctuation(text.trim()))
}

/// Whether two answers are the same: as the script compares a prediction with an answer, in
/// either direction, or after normalising both.
pub(super) fn same(a: &str, b: &str) -> bool {
    let (full_a, full_b) = (normalise(a), normalise(b));
    full_a == full_b
        || full_a == b
        || full_b == a
        || full_a == punctuation(b)
        || full_b == punctuation(a)
}

/// The accepted answers and their soft accuracies, from what each annotator said.
///
/// An answer's accuracy is the mean, over leaving out each annotator in turn, of
/// min(1, number of the others who gave it / 3); with ten annotators 0.3, 0.6, 0.9 and 1 for one,
/// two, three and more. As in the script, punctuation is dropped first unless all agree. In the
/// order of first mention.
pub fn vqa_answers(said: &[String]) -> Vec<WeightedAnswer> {
    let agree = said.windows(2).all(|w| w[0] == w[1]);
    let mut counts: Vec<(String, usize)> = Vec::new();
    for text in said {
        let text = if agree {
            text.clone()
        } else {
            punctuation(text).trim().to_owned()
        };
        match counts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => counts.push((text, 1)),
        }
    }
    let n = said.len() as f64;
    let soft = |others: usize| (others as f64 / 3.0).min(1.0);
    let weighted = counts.into_iter().map(|(text, count)| {
        let with = count as f64;
        let weight = (with * soft(count - 1) + (n - with) * soft(count)) / n;
        WeightedAnswer { text, weight }
    });
    weighted.filter(|a| a.weight > 0.0).collect()
}
