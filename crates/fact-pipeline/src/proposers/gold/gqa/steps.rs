//! The steps of a GQA program, read and checked.

use super::super::MOST_STEPS;
use super::super::error::{GoldError, Problem};
use super::Node;
use serde_json::Value as Json;

pub(super) fn whole(problem: Problem) -> GoldError {
    GoldError {
        sample: None,
        step: None,
        operation: None,
        field: "",
        problem: Box::new(problem),
    }
}

/// A step, its shape checked.
pub(super) struct Step {
    at: usize,
    /// As written, such as `filter color`; cut where it is long.
    name: String,
    /// Its first word.
    pub(super) operation: &'static str,
    /// The rest: an attribute category, `rel`, `name`, a comparative; may be empty.
    pub(super) category: String,
    pub(super) inputs: Vec<usize>,
    /// Without object identifiers.
    pub(super) argument: String,
    /// Identifiers of the objects that the argument cites.
    pub(super) cited: Vec<String>,
}

/// Most characters of an operation's name that a message shows.
const NAME: usize = 60;

const OPERATIONS: [&str; 13] = [
    "select",
    "filter",
    "relate",
    "query",
    "verify",
    "choose",
    "exist",
    "and",
    "or",
    "same",
    "different",
    "common",
    "compare",
];

pub(super) fn read(semantic: &Json) -> Result<Vec<Step>, GoldError> {
    let steps = semantic.as_array().ok_or_else(|| {
        whole(Problem::Shape {
            expected: "a list of steps",
            found: kind(semantic),
        })
    })?;
    if steps.len() > MOST_STEPS {
        return Err(whole(Problem::TooLong {
            found: steps.len(),
            most: MOST_STEPS,
        }));
    }
    let steps = steps.iter().enumerate();
    steps.map(|(at, step)| read_step(at, step)).collect()
}

fn read_step(at: usize, json: &Json) -> Result<Step, GoldError> {
    let name = json.get("operation").and_then(Json::as_str);
    let name = name.ok_or_else(|| GoldError {
        step: Some(at),
        field: "operation",
        ..whole(Problem::Shape {
            expected: "the name of an operation",
            found: kind(json.get("operation").unwrap_or(&Json::Null)),
        })
    })?;
    let (operation, category) = name.trim().split_once(' ').unwrap_or((name.trim(), ""));
    let known = OPERATIONS.into_iter().find(|known| *known == operation);
    let mut step = Step {
        at,
        name: name.chars().take(NAME).collect(),
        operation: known.unwrap_or_default(),
        category: category_name(category),
        inputs: Vec::new(),
        argument: String::new(),
        cited: Vec::new(),
    };
    if known.is_none() {
        return Err(step.error("operation", Problem::UnknownOperation));
    }
    let inputs = json.get("dependencies").unwrap_or(&Json::Null);
    let Some(list) = inputs.as_array() else {
        let (expected, found) = ("a list of step numbers", kind(inputs));
        return Err(step.error("dependencies", Problem::Shape { expected, found }));
    };
    for input in list {
        let index = input.as_u64().and_then(|i| usize::try_from(i).ok());
        let before = index.filter(|i| *i < at).ok_or_else(|| {
            let to = kind(input);
            step.error("dependencies", Problem::Dangling { to })
        })?;
        step.inputs.push(before);
    }
    let (least, most, expected) = match step.operation {
        "select" => (0, 0, "no inputs"),
        "and" | "or" | "common" => (2, 2, "two inputs"),
        "same" | "different" | "choose" | "compare" => (1, 2, "one or two inputs"),
        _ => (1, 1, "one input"),
    };
    let found = step.inputs.len();
    if found < least || found > most {
        return Err(step.error("dependencies", Problem::Arity { expected, found }));
    }
    let argument = json.get("argument").unwrap_or(&Json::Null);
    (step.argument, step.cited) = match argument {
        Json::String(text) => without_ids(text),
        Json::Null => (String::new(), Vec::new()),
        other => {
            let (expected, found) = ("text", kind(other));
            return Err(step.error("argument", Problem::Shape { expected, found }));
        }
    };
    let needs = match step.operation {
        "select" => Some("what to look for"),
        "filter" => Some("a value to filter by"),
        "relate" => Some("`name,relation,s`"),
        "query" => Some("a category, such as name or color"),
        "verify" => Some("a value to verify"),
        _ => None,
    };
    match needs.filter(|_| step.argument.is_empty()) {
        Some(expected) => Err(step.error("argument", Problem::MissingValue { expected })),
        None => step.in_plain_form(),
    }
}

/// A category in the spelling of the released files: `h position` is `hposition`.
fn category_name(category: &str) -> String {
    let category = category.trim().to_lowercase();
    match category.replace(['_', '-'], " ").as_str() {
        "h position" | "horizontal position" => "hposition".into(),
        "v position" | "vertical position" => "vposition".into(),
        "relation" => "rel".into(),
        _ => category,
    }
}

/// `wall (722332)`, `trash can (-)`, `man,on,s (1,2)`: the text before the last parentheses, and
/// the identifiers in them.
pub(super) fn without_ids(argument: &str) -> (String, Vec<String>) {
    let argument = argument.trim();
    if let Some(open) = argument.rfind('(')
        && let Some(ids) = argument[open + 1..].strip_suffix(')')
        && ids
            .chars()
            .all(|c| c.is_ascii_digit() || [',', '-', ' '].contains(&c))
    {
        let ids = ids.split([',', ' ', '-']).filter(|id| !id.is_empty());
        let ids = ids.map(str::to_owned).collect();
        return (argument[..open].trim().to_owned(), ids);
    }
    (argument.to_owned(), Vec::new())
}

fn kind(json: &Json) -> String {
    match json {
        Json::Null => "nothing".into(),
        Json::Array(items) => format!("a list of {}", items.len()),
        Json::Object(_) => "an object".into(),
        other => other.to_string().chars().take(60).collect(),
    }
}

/// `name,relation,s` of `relate`, `verify rel`, `choose rel`.
pub(super) struct Relation {
    pub(super) noun: Option<String>,
    pub(super) relation: String,
    /// Whether the named thing is the subject: it stands in the relation to the things before.
    pub(super) subject: bool,
}

/// A noun; `_` and words for anything are none.
pub(super) fn noun(text: &str) -> Option<String> {
    let anything = ["_", "", "thing", "object"].contains(&text);
    (!anything).then(|| text.to_owned())
}

impl Step {
    /// The step in the form of the released files, where it came in another that means the same:
    /// `compare` is `same`, `different` or a comparative, and a comparative may be the argument, as
    /// in `choose >: healthier`.
    fn in_plain_form(mut self) -> Result<Self, GoldError> {
        let two = self.inputs.len() == 2;
        if self.operation == "compare" {
            let given = [&self.category, &self.argument];
            let words: Vec<&str> = given.into_iter().flat_map(|w| w.split(' ')).collect();
            let words: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
            let (operation, rest) = match words.split_first() {
                Some((&"same", rest)) => ("same", rest),
                Some((&"different", rest)) => ("different", rest),
                _ => ("choose", &words[..]),
            };
            let rest = rest.join(" ");
            (self.operation, self.category, self.argument) = (operation, rest, String::new());
        }
        if self.operation == "choose" && two {
            if ["", ">"].contains(&self.category.as_str()) {
                self.category = std::mem::take(&mut self.argument).to_lowercase();
            }
            if self.category.is_empty() {
                let expected = "a comparative after `choose`, such as healthier";
                return Err(self.error("operation", Problem::MissingValue { expected }));
            }
            if !self.category.starts_with(|c: char| c.is_alphabetic()) {
                return Err(self.error("operation", Problem::UnknownOperation));
            }
        }
        if self.operation == "choose" && !two && self.argument.is_empty() {
            let expected = "values to choose from";
            return Err(self.error("argument", Problem::MissingValue { expected }));
        }
        Ok(self)
    }

    pub(super) fn error(&self, field: &'static str, problem: Problem) -> GoldError {
        GoldError {
            step: Some(self.at),
            operation: Some(self.name.clone()),
            field,
            ..whole(problem)
        }
    }

    pub(super) fn kind_error(&self, n: usize, given: &Node, wanted: &'static str) -> GoldError {
        let (input, given) = (self.inputs[n], given.kind());
        self.error(
            "dependencies",
            Problem::Kind {
                input,
                given,
                wanted,
            },
        )
    }

    /// Whether the step asks about one thing, not about which things there are.
    pub(super) fn asks_of_one(&self) -> bool {
        let rel = self.category == "rel";
        ["query", "common"].contains(&self.operation)
            || (["verify", "choose"].contains(&self.operation) && !rel)
            || (["same", "different"].contains(&self.operation) && self.inputs.len() == 2)
    }

    /// `name,relation,direction`; a name may not hold a comma, a relation may not either.
    pub(super) fn relation(&self) -> Result<Relation, GoldError> {
        let parts: Vec<&str> = self.argument.split(',').map(str::trim).collect();
        let shape = |expected| {
            let found = self.argument.chars().take(60).collect();
            self.error("argument", Problem::Shape { expected, found })
        };
        let [name, relation, direction] = parts[..] else {
            return Err(shape("`name,relation,s` or `name,relation,o`"));
        };
        let same = relation.starts_with("same ");
        let subject = match direction {
            "s" => true,
            "o" => false,
            "_" if same => true,
            _ => return Err(shape("s or o after the relation")),
        };
        if relation.is_empty() || relation == "_" {
            return Err(shape("a relation between two commas"));
        }
        Ok(Relation {
            noun: noun(name),
            relation: relation.to_owned(),
            subject,
        })
    }

    /// Options of `choose`: `a|b`.
    pub(super) fn options(&self, text: &str) -> Result<Vec<String>, GoldError> {
        let options: Vec<String> = text.split('|').map(|o| o.trim().to_owned()).collect();
        if options.len() < 2 || options.iter().any(String::is_empty) {
            let (expected, found) = (
                "options such as `red|blue`",
                text.chars().take(60).collect(),
            );
            return Err(self.error("argument", Problem::Shape { expected, found }));
        }
        Ok(options)
    }

    /// The argument without a `not(…)` around it, and whether there was one.
    pub(super) fn negated(&self) -> (&str, bool) {
        let inner = self.argument.strip_prefix("not(");
        match inner.and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) => (inner.trim(), true),
            None => (&self.argument, false),
        }
    }

    /// The category of `same`, `different`: after the operation or as the argument.
    pub(super) fn compared(&self) -> Result<String, GoldError> {
        let category = [&self.category, &self.argument];
        let category = category.into_iter().find(|c| !c.is_empty());
        let expected = "a category, such as color";
        category
            .cloned()
            .ok_or_else(|| self.error("argument", Problem::MissingValue { expected }))
    }
}
