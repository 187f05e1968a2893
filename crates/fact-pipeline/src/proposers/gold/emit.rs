//! Sets, things and values of a functional program, and the lines of Python they become.

use super::error::Problem;
use fact_models::scene::words;
use std::collections::BTreeSet;

/// What a step gives.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// The image as a whole.
    Image,
    /// Things, described but not yet looked for.
    Set(Set),
    /// One thing, held by a variable.
    Thing(String),
    /// A number, a word or a truth value.
    Value(Value),
}

impl Node {
    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Node::Image => "the image",
            Node::Set(_) => "a set of things",
            Node::Thing(_) => "one thing",
            Node::Value(Value { bool: true, .. }) => "a truth value",
            Node::Value(_) => "a value",
        }
    }
}

/// A Python expression.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) code: String,
    /// How strongly the expression holds together.
    pub(super) binds: Binds,
    /// Whether it is a truth value.
    pub(super) bool: bool,
}

/// Precedence, loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binds {
    IfElse,
    Or,
    And,
    Not,
    Compare,
    Call,
}

impl Value {
    pub(super) fn call(code: String) -> Self {
        Self {
            code,
            binds: Binds::Call,
            bool: false,
        }
    }

    pub(super) fn truth(code: String, binds: Binds) -> Self {
        Self {
            code,
            binds,
            bool: true,
        }
    }

    /// The code, in parentheses if an operator that binds like `within` would tear it apart.
    pub(super) fn within(&self, within: Binds) -> String {
        if self.binds < within {
            format!("({})", self.code)
        } else {
            self.code.clone()
        }
    }
}

/// Where the things of a set come from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// Anywhere in the image.
    All,
    /// Those that stand in the relation to the things of a variable.
    Related { relation: String, anchor: String },
    /// Those that the things of a variable stand in the relation to.
    Target { relation: String, subject: String },
    /// The others like the thing of a variable.
    Same { category: String, thing: String },
    /// Already looked for: a variable, or a call on variables.
    Named(String),
}

/// A set of things, described.
#[derive(Debug, Clone)]
pub(super) struct Set {
    pub(super) source: Source,
    /// Adjectives with their place in an English noun phrase.
    pub(super) adjectives: Vec<(u8, String)>,
    /// `None` is any thing.
    pub(super) noun: Option<String>,
    /// What cannot be said in a noun phrase.
    pub(super) tests: Vec<Test>,
}

/// A condition on one thing.
#[derive(Debug, Clone)]
pub(super) enum Test {
    /// It has the attribute.
    Has(String),
    /// It lacks the attribute.
    Lacks(String),
    /// It is in the part of the image.
    In(String),
    /// It is not in the part of the image.
    NotIn(String),
    /// Its property has the value.
    Is(&'static str, String),
    /// It is called this.
    Named(String),
    /// It is one of the objects with these identifiers.
    Cited(Vec<String>),
}

impl Test {
    fn code(&self, thing: &str) -> String {
        match self {
            Test::Has(value) => format!("{thing}.has_property({})", quote(value)),
            Test::Lacks(value) => format!("not {thing}.has_property({})", quote(value)),
            Test::In(part) => format!("{thing}.is_in({})", quote(part)),
            Test::NotIn(part) => format!("not {thing}.is_in({})", quote(part)),
            Test::Is(property, value) => format!("{thing}.{property} == {}", quote(value)),
            Test::Named(name) => format!("{thing}.name == {}", quote(name)),
            Test::Cited(ids) => {
                let ids: Vec<String> = ids.iter().map(|id| quote(id)).collect();
                format!("is_cited({thing}, [{}])", ids.join(", "))
            }
        }
    }
}

impl Set {
    pub(super) fn of(source: Source, noun: Option<String>) -> Self {
        Self {
            source,
            adjectives: Vec::new(),
            noun,
            tests: Vec::new(),
        }
    }

    /// “large red cube”.
    fn phrase(&self) -> String {
        let mut adjectives: Vec<&(u8, String)> = self.adjectives.iter().collect();
        adjectives.sort_by_key(|(place, _)| *place);
        let words = adjectives.iter().map(|(_, word)| word.as_str());
        let words: Vec<&str> = words.chain([self.head()]).collect();
        words.join(" ")
    }

    fn head(&self) -> &str {
        self.noun.as_deref().unwrap_or("thing")
    }

    /// The things before the tests.
    fn base(&self) -> String {
        let phrase = quote(&self.phrase());
        // The pack's default is any thing.
        let of = if self.phrase() == "thing" {
            String::new()
        } else {
            format!(", {phrase}")
        };
        match &self.source {
            Source::All => format!("image.find({phrase})"),
            Source::Related { relation, anchor } => {
                format!("image.find({phrase}, {}, {anchor})", quote(relation))
            }
            Source::Target { relation, subject } => {
                format!("image.find_target({subject}, {}{of})", quote(relation))
            }
            Source::Same { category, thing } => {
                format!("{thing}.find_same({}{of})", quote(category))
            }
            Source::Named(name) => name.clone(),
        }
    }
}

/// The program being written.
#[derive(Debug, Default)]
pub(super) struct Emitter {
    lines: Vec<String>,
    used: BTreeSet<String>,
}

/// Longest line that several conditions share.
const LINE: usize = 84;

impl Emitter {
    /// A list of the things of a set.
    pub(super) fn list(&self, set: &Set) -> String {
        if set.tests.is_empty() {
            return set.base();
        }
        let (thing, tests) = self.tests(set);
        format!("[{thing} for {thing} in {} if {tests}]", set.base())
    }

    fn tests(&self, set: &Set) -> (String, String) {
        let thing = self.unused(&[identifier(set.head().rsplit(' ').next().unwrap_or("thing"))]);
        let tests: Vec<String> = set.tests.iter().map(|t| t.code(&thing)).collect();
        (thing, tests.join(" and "))
    }

    /// Whether the set has anything in it.
    pub(super) fn exists(&self, set: &Set) -> Value {
        let call = |code| Value::truth(code, Binds::Call);
        if !set.tests.is_empty() {
            let (thing, tests) = self.tests(set);
            return call(format!("any({tests} for {thing} in {})", set.base()));
        }
        let phrase = quote(&set.phrase());
        match &set.source {
            Source::All => call(format!("image.exists({phrase})")),
            Source::Related { relation, anchor } => call(format!(
                "image.exists({phrase}, {}, {anchor})",
                quote(relation)
            )),
            Source::Target { relation, subject } => call(format!(
                "image.has_target({subject}, {}, {phrase})",
                quote(relation)
            )),
            Source::Same { .. } | Source::Named(_) => {
                Value::truth(format!("len({}) > 0", set.base()), Binds::Compare)
            }
        }
    }

    /// Gives the set a variable, if it has none, and returns it.
    pub(super) fn name_list(&mut self, set: &Set) -> String {
        if let (Source::Named(name), true) = (&set.source, set.tests.is_empty())
            && self.used.contains(name)
        {
            return name.clone();
        }
        let list = self.list(set);
        let name = self.unused(&names(set, true));
        self.assign(name, &list)
    }

    /// Gives the one thing of the set a variable: `wrap` turns the list into the thing.
    pub(super) fn name_thing(&mut self, set: &Set, wrap: impl Fn(&str) -> String) -> String {
        let thing = wrap(&self.list(set));
        let name = self.unused(&names(set, false));
        self.assign(name, &thing)
    }

    /// Gives a value a variable.
    pub(super) fn name_value(&mut self, name: &str, code: &str) -> String {
        let name = self.unused(&[name.to_owned()]);
        self.assign(name, code)
    }

    /// Gives the result of a call a variable, unless `code` is a variable.
    pub(super) fn name_call(&mut self, name: &str, code: &str) -> String {
        if self.used.contains(code) {
            return code.to_owned();
        }
        self.name_value(name, code)
    }

    /// `a and b`, `a or b`: on one line if it is short, else each on its own.
    pub(super) fn join(&mut self, operator: &str, binds: Binds, a: Value, b: Value) -> Value {
        let code = format!("{} {operator} {}", a.within(binds), b.within(binds));
        if code.len() <= LINE {
            return Value::truth(code, binds);
        }
        let first = self.name_value("first", &a.code);
        let second = self.name_value("second", &b.code);
        Value::truth(format!("{first} {operator} {second}"), binds)
    }

    fn assign(&mut self, name: String, code: &str) -> String {
        self.lines.push(format!("    {name} = {code}\n"));
        self.used.insert(name.clone());
        name
    }

    /// The first of `names` that is free, else the first with a number.
    fn unused(&self, names: &[String]) -> String {
        let free = |name: &&String| !self.used.contains(*name);
        if let Some(name) = names.iter().find(free) {
            return name.clone();
        }
        let first = names.first().map_or("thing", String::as_str);
        let mut number = 2usize;
        loop {
            let name = format!("{first}_{number}");
            if !self.used.contains(&name) {
                return name;
            }
            number += 1;
        }
    }

    /// The finished program.
    pub(super) fn finish(mut self, answer: &Node) -> Result<String, Problem> {
        let Node::Value(value) = answer else {
            return Err(Problem::NoAnswer {
                given: answer.kind(),
            });
        };
        self.lines.push(format!("    return {}\n", value.code));
        Ok(format!(
            "def execute_command(image):\n{}",
            self.lines.concat()
        ))
    }
}

/// Names for the variable of a set, best first.
fn names(set: &Set, plural: bool) -> Vec<String> {
    let phrase = set.phrase();
    let head = set.head();
    let inflected = if plural {
        // Adjectives stay as they are; only the noun is inflected.
        let adjectives = phrase.strip_suffix(head).unwrap_or("");
        format!("{adjectives}{}", words().plural(head))
    } else {
        words().singular(&phrase)
    };
    let name = identifier(&inflected);
    let more = match &set.source {
        Source::All | Source::Named(_) => None,
        Source::Related { relation, .. } | Source::Target { relation, .. } => {
            let relation = relation
                .trim_start_matches("to the ")
                .trim_end_matches(" of");
            Some(format!("{name}_{}", identifier(relation)))
        }
        Source::Same { category, .. } => Some(format!("{name}_of_same_{}", identifier(category))),
    };
    [Some(name), more].into_iter().flatten().collect()
}

/// Longest name made from words of the data.
const NAME: usize = 40;

/// Words that a variable must not take: Python's keywords, the builtins and the names of the pack
/// that programs use.
const RESERVED: &str = " and as assert async await break class continue def del elif else except \
    False finally for from global if import in is lambda None nonlocal not or pass raise return \
    True try while with yield match case type abs all any bool bytes callable chr dict dir divmod \
    enumerate eval exec exit filter float format frozenset hash help hex id input int isinstance \
    iter len list map math max min next np object open ord pow print property range re repr \
    reversed round set slice sorted str string sum super tuple vars zip image img execute_command \
    only either both all_same common_attribute which_is is_cited choose_cited ";

/// A Python name made from words, never a reserved one.
pub(super) fn identifier(words: &str) -> String {
    let mut name = String::new();
    for c in words.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() || name.len() > NAME {
        return "thing".into();
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("thing_{name}");
    }
    if RESERVED.split_whitespace().any(|word| word == name) {
        return format!("{name}_");
    }
    name.to_owned()
}

/// A Python string literal.
pub(super) fn quote(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c.is_control() => literal.push_str(&format!("\\x{:02x}", u32::from(c))),
            // Invisible or direction-changing characters would make the program lie to its reader.
            c if !c.is_ascii() && !c.is_alphanumeric() => {
                literal.push_str(&format!("\\U{:08x}", u32::from(c)));
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// Whether an adjective can join the phrase of a set so that perception, which takes the phrase
/// apart again, cannot take it for something else: “light blue” for light and blue, “orange juice”
/// for the drink.
pub(super) fn folds(set: &Set, adjective: &str) -> bool {
    let words = words();
    let is_value = |text: &str| words.category(&words.value(text)).is_some();
    let several = adjective.contains(' ') && adjective.split(' ').all(is_value);
    let joins = |other: &str| {
        is_value(&format!("{other} {adjective}")) || is_value(&format!("{adjective} {other}"))
    };
    is_adjective(adjective)
        && !several
        && !set.adjectives.iter().any(|(_, other)| joins(other))
        && !words.knows(&format!("{adjective} {}", set.head()))
}

/// Whether the words can stand before a noun in a phrase that the pack takes apart again.
pub(super) fn is_adjective(words: &str) -> bool {
    words.starts_with(|c: char| c.is_ascii_lowercase())
        && words.ends_with(|c: char| c.is_ascii_lowercase())
        && words
            .chars()
            .all(|c| c.is_ascii_lowercase() || c == ' ' || c == '-')
        && !words.contains("  ")
}
