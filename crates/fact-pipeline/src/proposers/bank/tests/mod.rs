//! Tests of the bank, on made-up sentences.

mod composing;
mod learning;
mod loading;
mod parts;
mod proposing;

use super::exemplars::File;
use super::lexicon::Lexicon;
use super::tokens::{Slot, Token, read};
use super::{Bank, BankError};
use fact_lang::ast::{Constant, Expr, ExprKind, StmtKind};
use fact_lang::syntax::parse_program;
use std::sync::LazyLock;

pub(super) type Outcome = Result<(), Box<dyn std::error::Error>>;
type Values = Vec<(String, Vec<String>)>;

/// The vocabulary of the shipped pack `blocks`.
static BLOCKS: LazyLock<Vec<(String, Values)>> = LazyLock::new(|| {
    let pack = include_str!("../../../../../fact-lang/packs/blocks.py");
    vocabulary(pack).unwrap_or_default()
});

/// The bank of `blocks`.
static BANK: LazyLock<Result<Bank, BankError>> = LazyLock::new(|| {
    let text = Bank::builtin_text("blocks").unwrap_or_default();
    Bank::load(text, "blocks.toml", &BLOCKS)
});

fn bank() -> Result<&'static Bank, String> {
    BANK.as_ref().map_err(ToString::to_string)
}

/// `VOCABULARY` of a pack's source.
fn vocabulary(pack: &str) -> Option<Vec<(String, Values)>> {
    let start = pack.find("VOCABULARY = {")?;
    let length = pack[start..].find("\n}\n")? + 3;
    let module = parse_program(&pack[start..start + length]).ok()?;
    let StmtKind::Assign { value, .. } = &module.body.first()?.kind else {
        return None;
    };
    let words = |list: &Expr| match &list.kind {
        ExprKind::List(words) => words.iter().map(text).collect(),
        _ => None,
    };
    let values = |dict: &Expr| -> Option<Values> {
        entries(dict)?
            .map(|(value, list)| Some((text(value)?, words(list)?)))
            .collect()
    };
    entries(value)?
        .map(|(class, dict)| Some((text(class)?, values(dict)?)))
        .collect()
}

fn entries(dict: &Expr) -> Option<impl Iterator<Item = (&Expr, &Expr)>> {
    match &dict.kind {
        ExprKind::Dict(entries) => Some(
            entries
                .iter()
                .filter_map(|(key, value)| Some((key.as_ref()?, value))),
        ),
        _ => None,
    }
}

fn text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Constant(Constant::Str(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// A small domain of its own, to show that nothing of `blocks` is in the code.
const FRUIT: &str = r#"
[phrases]
classes = ["state", "fruit"]
any = "fruit"
alone = "state"
method = "pick"

[members.container]
bowls = ["bowls"]
crates = ["crates"]

[members.place]
stem = ["stem"]

[stems]
holds = "has"
quite = ""

[reading]
affirmative = "there is a"
quantifiers = [
    { kind = "number", words = "there is|are ==? #" },
    { kind = "none", words = "there is|are no" },
    { kind = "any", words = "there is|are a|an?" },
    { kind = "all", words = "every" },
]

[[rewrite]]
container = "crates"
replace = [["bowl", "crate"]]

[[exemplar]]
id = "ripe"
sentence = "There is a bowl with 2 ripe apples"
source = "thought"
program = '''
def execute_command(image):
    return any(bowl.count("ripe apple") == 2 for bowl in image.bowls)
'''

[[exemplar]]
id = "loop"
sentence = "There is a ripe apple next to an unripe pear"
program = '''
def execute_command(image):
    for a in image.pick("ripe apple"):
        if a.is_next_to("unripe pear"):
            return True
    return False
'''

[[exemplar]]
id = "at-most"
sentence = "The bowl holds at most 3 pears"
program = '''
def execute_command(image):
    return image.count("pear") <= 3
'''
"#;

/// A class with its values and their words.
type Class = (
    &'static str,
    &'static [(&'static str, &'static [&'static str])],
);

fn fruit_vocabulary() -> Vec<(String, Values)> {
    let classes: &[Class] = &[
        (
            "state",
            &[("ripe", &["ripe"]), ("unripe", &["unripe", "green"])],
        ),
        (
            "fruit",
            &[
                ("fruit", &["fruit", "fruits"]),
                ("apple", &["apple", "apples"]),
                ("pear", &["pear", "pears"]),
                ("quince", &["quince", "quinces"]),
            ],
        ),
        (
            "number",
            &[
                ("1", &["1", "one"]),
                ("2", &["2", "two"]),
                ("3", &["3", "three"]),
            ],
        ),
        (
            "comparison",
            &[
                ("==", &["exactly", "only"]),
                (">=", &["at least"]),
                ("<=", &["at most"]),
            ],
        ),
        (
            "container",
            &[
                ("bowls", &["bowl", "bowls"]),
                ("crates", &["crate", "crates"]),
            ],
        ),
        ("place", &[("stem", &["stem"])]),
    ];
    let owned = |words: &&[&str]| words.iter().map(|w| (*w).to_owned()).collect();
    classes
        .iter()
        .map(|(class, values)| {
            let values = values
                .iter()
                .map(|(v, words)| ((*v).to_owned(), owned(words)));
            ((*class).to_owned(), values.collect())
        })
        .collect()
}

fn fruit() -> Result<Bank, BankError> {
    Bank::load(FRUIT, "fruit.toml", &fruit_vocabulary())
}

fn fruit_lexicon() -> Result<Lexicon, BankError> {
    let mut file = File::read(FRUIT, "fruit.toml")?;
    Lexicon::new(&mut file, &fruit_vocabulary(), "fruit.toml")
}

/// Tokens, shortly: words as they are, slots in brackets.
fn shown(tokens: &[Token]) -> String {
    let shown = |token: &Token| match token {
        Token::Word { text, .. } => text.to_string(),
        Token::Slot(Slot::Phrase(phrase)) => format!("[{}]", phrase.text()),
        Token::Slot(Slot::Number { operator, number }) => {
            format!("[{}{number}]", operator.as_deref().unwrap_or(""))
        }
        Token::Slot(Slot::Value { class, value }) => format!("[{class}:{value}]"),
    };
    tokens.iter().map(shown).collect::<Vec<_>>().join(" ")
}

fn reading(sentence: &str, lexicon: &Lexicon) -> String {
    shown(&read(sentence, lexicon))
}
