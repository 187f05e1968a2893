//! GQA functional programs (`semantic`, steps with `operation`, `dependencies`, `argument`).

use super::MOST_STEPS;
use super::emit::{Binds, Emitter, Node, Set, Source, Test, Value, is_adjective, quote};
use super::error::{GoldError, Problem};
use serde_json::Value as Json;

/// Compiles the `semantic` program of a GQA question into a visual program of the `scene` pack.
///
/// Every operation of GQA is known, each with any attribute category after it: `select`, `filter`
/// (with `not(…)` and positions), `relate` (subject, object and `same …`), `query`, `verify` (with
/// `rel`), `choose` (with `rel`, `name` and comparatives such as `healthier`), `exist`, `and`, `or`,
/// `same`, `different`, `common`. Object identifiers in arguments, `wall (722332)`, are dropped.
///
/// Where the words leave several things possible (“the traffic light”), relations consider all of
/// them, and questions about one thing take the first.
///
/// # Errors
/// [`GoldError`] for a program that is not well formed.
pub fn compile(semantic: &Json) -> Result<String, GoldError> {
    let steps = read(semantic)?;
    let mut uses = vec![0usize; steps.len()];
    for at in (0..steps.len()).rev() {
        if at + 1 == steps.len() || uses[at] > 0 {
            for input in &steps[at].inputs {
                uses[*input] += 1;
            }
        }
    }
    let mut emitter = Emitter::default();
    let mut nodes: Vec<Node> = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        if uses[at] == 0 && at + 1 != steps.len() {
            nodes.push(Node::Image);
            continue;
        }
        let mut node = step.compile(&mut emitter, &nodes)?;
        if uses[at] > 1
            && let Node::Set(set) = &node
        {
            // Things that two steps ask about: “is the table wooden and round”.
            let ask_of_one = steps.iter().filter(|s| s.inputs.contains(&at));
            let one = ask_of_one.clone().all(|s| s.asks_of_one());
            node = if one {
                Node::Thing(emitter.name_thing(set, first))
            } else {
                let name = emitter.name_list(set);
                Node::Set(Set::of(Source::Named(name), set.noun.clone()))
            };
        }
        nodes.push(node);
    }
    let (Some(answer), Some(last)) = (nodes.last(), steps.last()) else {
        return Err(whole(Problem::MissingValue { expected: "steps" }));
    };
    emitter
        .finish(answer)
        .map_err(|problem| last.error("", problem))
}

fn first(list: &str) -> String {
    format!("{list}[0]")
}

fn whole(problem: Problem) -> GoldError {
    GoldError {
        sample: None,
        step: None,
        operation: None,
        field: "",
        problem: Box::new(problem),
    }
}

/// A step, its shape checked.
struct Step {
    at: usize,
    /// As written, such as `filter color`.
    name: String,
    /// Its first word.
    operation: &'static str,
    /// The rest: an attribute category, `rel`, `name`, a comparative; may be empty.
    category: String,
    inputs: Vec<usize>,
    /// Without object identifiers.
    argument: String,
}

const OPERATIONS: [&str; 12] = [
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
];

fn read(semantic: &Json) -> Result<Vec<Step>, GoldError> {
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
        name: name.to_owned(),
        operation: known.unwrap_or_default(),
        category: category.trim().to_lowercase(),
        inputs: Vec::new(),
        argument: String::new(),
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
        "same" | "different" | "choose" => (1, 2, "one or two inputs"),
        _ => (1, 1, "one input"),
    };
    let found = step.inputs.len();
    if found < least || found > most {
        return Err(step.error("dependencies", Problem::Arity { expected, found }));
    }
    let argument = json.get("argument").unwrap_or(&Json::Null);
    step.argument = match argument {
        Json::String(text) => without_ids(text),
        Json::Null => String::new(),
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
        "choose" if found == 1 => Some("values to choose from"),
        _ => None,
    };
    match needs.filter(|_| step.argument.is_empty()) {
        Some(expected) => Err(step.error("argument", Problem::MissingValue { expected })),
        None => Ok(step),
    }
}

/// `wall (722332)`, `trash can (-)`, `man,on,s (1,2)` without what is in the last parentheses.
fn without_ids(argument: &str) -> String {
    let argument = argument.trim();
    if let Some(open) = argument.rfind('(')
        && let Some(ids) = argument[open + 1..].strip_suffix(')')
        && ids
            .chars()
            .all(|c| c.is_ascii_digit() || [',', '-', ' '].contains(&c))
    {
        return argument[..open].trim().to_owned();
    }
    argument.to_owned()
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
struct Relation {
    noun: Option<String>,
    relation: String,
    /// Whether the named thing is the subject: it stands in the relation to the things before.
    subject: bool,
}

/// Categories that are properties of the pack's `Thing`.
const PROPERTIES: [&str; 7] = [
    "name",
    "color",
    "shape",
    "size",
    "material",
    "hposition",
    "vposition",
];

/// A noun; `_` and words for anything are none.
fn noun(text: &str) -> Option<String> {
    let anything = ["_", "", "thing", "object"].contains(&text);
    (!anything).then(|| text.to_owned())
}

/// The pack's name for a position, if the category is one.
fn part(category: &str, value: &str) -> Option<String> {
    Some(match (category, value) {
        ("hposition", "middle" | "center") => "horizontally middle".into(),
        ("vposition", "middle" | "center") => "vertically middle".into(),
        ("hposition" | "vposition", value) => value.to_owned(),
        _ => return None,
    })
}

impl Step {
    fn error(&self, field: &'static str, problem: Problem) -> GoldError {
        GoldError {
            step: Some(self.at),
            operation: Some(self.name.clone()),
            field,
            ..whole(problem)
        }
    }

    fn kind_error(&self, n: usize, given: &Node, wanted: &'static str) -> GoldError {
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
    fn asks_of_one(&self) -> bool {
        let rel = self.category == "rel";
        ["query", "common"].contains(&self.operation)
            || (["verify", "choose"].contains(&self.operation) && !rel)
            || (["same", "different"].contains(&self.operation) && self.inputs.len() == 2)
    }

    fn set(&self, nodes: &[Node], n: usize) -> Result<Set, GoldError> {
        match &nodes[self.inputs[n]] {
            Node::Set(set) => Ok(set.clone()),
            other => Err(self.kind_error(n, other, "a set of things")),
        }
    }

    /// Variable of the one thing that an input means.
    fn thing(&self, emitter: &mut Emitter, nodes: &[Node], n: usize) -> Result<String, GoldError> {
        match &nodes[self.inputs[n]] {
            Node::Thing(name) => Ok(name.clone()),
            Node::Set(set) => Ok(emitter.name_thing(set, first)),
            other => Err(self.kind_error(n, other, "a thing")),
        }
    }

    /// Variable of all the things that an input means.
    fn things(&self, emitter: &mut Emitter, nodes: &[Node], n: usize) -> Result<String, GoldError> {
        match &nodes[self.inputs[n]] {
            Node::Thing(name) => Ok(name.clone()),
            Node::Set(set) => Ok(emitter.name_list(set)),
            other => Err(self.kind_error(n, other, "a set of things")),
        }
    }

    fn truth(&self, nodes: &[Node], n: usize) -> Result<Value, GoldError> {
        match &nodes[self.inputs[n]] {
            Node::Value(value) if value.bool => Ok(value.clone()),
            other => Err(self.kind_error(n, other, "a truth value")),
        }
    }

    /// `name,relation,direction`; a name may not hold a comma, a relation may not either.
    fn relation(&self) -> Result<Relation, GoldError> {
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
    fn options(&self, text: &str) -> Result<Vec<String>, GoldError> {
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

    /// The category of `same`, `different`: after the operation or as the argument.
    fn compared(&self) -> Result<String, GoldError> {
        let category = [&self.category, &self.argument];
        let category = category.into_iter().find(|c| !c.is_empty());
        let expected = "a category, such as color";
        category
            .cloned()
            .ok_or_else(|| self.error("argument", Problem::MissingValue { expected }))
    }

    fn compile(&self, emitter: &mut Emitter, nodes: &[Node]) -> Result<Node, GoldError> {
        let call = |code| Node::Value(Value::call(code));
        Ok(match self.operation {
            "select" if self.argument == "scene" => Node::Image,
            "select" => Node::Set(Set::of(Source::All, noun(&self.argument))),
            "filter" => Node::Set(self.filter(self.set(nodes, 0)?)),
            "relate" => Node::Set(self.relate(emitter, nodes)?),
            "exist" => Node::Value(emitter.exists(&self.set(nodes, 0)?)),
            "query" => call(match &nodes[self.inputs[0]] {
                Node::Image => format!("image.query({})", quote(&self.argument)),
                _ => property(&self.thing(emitter, nodes, 0)?, &self.argument),
            }),
            "verify" => Node::Value(self.verify(emitter, nodes)?),
            "choose" => Node::Value(self.choose(emitter, nodes)?),
            "and" | "or" => {
                let (a, b) = (self.truth(nodes, 0)?, self.truth(nodes, 1)?);
                let binds = if self.operation == "and" {
                    Binds::And
                } else {
                    Binds::Or
                };
                Node::Value(emitter.join(self.operation, binds, a, b))
            }
            "common" => {
                let a = self.thing(emitter, nodes, 0)?;
                let b = self.thing(emitter, nodes, 1)?;
                call(format!("common_attribute({a}, {b})"))
            }
            _ => Node::Value(self.same(emitter, nodes)?),
        })
    }

    /// Adds the filter to the description: to the noun phrase where that says the same.
    fn filter(&self, mut set: Set) -> Set {
        let negated = self.argument.strip_prefix("not(");
        let negated = negated.and_then(|rest| rest.strip_suffix(')'));
        let value = negated.unwrap_or(&self.argument).trim().to_owned();
        let named = matches!(set.source, Source::Named(_));
        match (part(&self.category, &value), negated.is_some()) {
            (Some(part), false) => set.tests.push(Test::In(part)),
            (Some(part), true) => set.tests.push(Test::NotIn(part)),
            (None, true) => set.tests.push(Test::Lacks(value)),
            (None, false) if self.category == "name" => set.tests.push(Test::Named(value)),
            (None, false) if named || !is_adjective(&value) => set.tests.push(Test::Has(value)),
            (None, false) => {
                let order = ["size", "shape", "age", "color", "material"];
                let place = order.iter().zip(1u8..).find(|(c, _)| **c == self.category);
                set.adjectives.push((place.map_or(0, |(_, at)| at), value));
            }
        }
        set
    }

    fn relate(&self, emitter: &mut Emitter, nodes: &[Node]) -> Result<Set, GoldError> {
        let Relation {
            noun,
            relation,
            subject,
        } = self.relation()?;
        let source = if let Some(category) = relation.strip_prefix("same ") {
            let (category, thing) = (category.to_owned(), self.thing(emitter, nodes, 0)?);
            Source::Same { category, thing }
        } else if subject {
            let anchor = self.things(emitter, nodes, 0)?;
            Source::Related { relation, anchor }
        } else {
            let subject = self.things(emitter, nodes, 0)?;
            Source::Target { relation, subject }
        };
        Ok(Set::of(source, noun))
    }

    fn verify(&self, emitter: &mut Emitter, nodes: &[Node]) -> Result<Value, GoldError> {
        if self.category == "rel" {
            let related = self.relate(emitter, nodes)?;
            return Ok(emitter.exists(&related));
        }
        let value = &self.argument;
        let code = match (&nodes[self.inputs[0]], part(&self.category, value)) {
            (Node::Image, _) => format!("image.has_property({})", quote(value)),
            (_, Some(part)) => {
                let thing = self.thing(emitter, nodes, 0)?;
                format!("{thing}.is_in({})", quote(&part))
            }
            _ => {
                let thing = self.thing(emitter, nodes, 0)?;
                format!("{thing}.has_property({})", quote(value))
            }
        };
        Ok(Value::truth(code, Binds::Call))
    }

    fn choose(&self, emitter: &mut Emitter, nodes: &[Node]) -> Result<Value, GoldError> {
        if self.inputs.len() == 2 {
            let expected = "a comparative after `choose`, such as healthier";
            if self.category.is_empty() {
                return Err(self.error("operation", Problem::MissingValue { expected }));
            }
            let a = self.thing(emitter, nodes, 0)?;
            let b = self.thing(emitter, nodes, 1)?;
            let chosen = format!("which_is({}, {a}, {b})", quote(&self.category));
            return Ok(Value::call(chosen));
        }
        if self.category == "rel" {
            return self.choose_relation(emitter, nodes);
        }
        let options = self.options(&self.argument)?;
        let list = quoted(&options);
        if let Node::Image = nodes[self.inputs[0]] {
            return Ok(Value::call(format!("image.choose({list})")));
        }
        let thing = self.thing(emitter, nodes, 0)?;
        let position = ["hposition", "vposition"].contains(&self.category.as_str());
        let middle = options
            .iter()
            .find(|o| ["middle", "center"].contains(&o.as_str()));
        Ok(match (position, middle) {
            (true, None) => Value::call(format!("{thing}.{}", self.category)),
            (true, Some(word)) => {
                let part = part(&self.category, word).unwrap_or_default();
                let (word, part) = (quote(word), quote(&part));
                Value {
                    code: format!(
                        "{word} if {thing}.is_in({part}) else {thing}.{}",
                        self.category
                    ),
                    binds: Binds::IfElse,
                    bool: false,
                }
            }
            _ if self.category == "name" => Value::call(format!("{thing}.choose_name({list})")),
            _ => Value::call(format!("{thing}.choose({list})")),
        })
    }

    /// `choose rel`: GQA answers a choice between the two sides by the bare side.
    fn choose_relation(&self, emitter: &mut Emitter, nodes: &[Node]) -> Result<Value, GoldError> {
        let Relation {
            noun,
            relation,
            subject,
        } = self.relation()?;
        let options = self.options(&relation)?;
        let (list, noun) = (quoted(&options), quote(noun.as_deref().unwrap_or("thing")));
        let things = self.things(emitter, nodes, 0)?;
        let chosen = if subject {
            format!("image.choose_relation({noun}, {list}, {things})")
        } else {
            format!("image.choose_target_relation({things}, {list}, {noun})")
        };
        let sides = ["to the left of", "to the right of"];
        if !options.iter().all(|o| sides.contains(&o.as_str())) {
            return Ok(Value::call(chosen));
        }
        let relation = emitter.name_value("relation", &chosen);
        Ok(Value {
            code: format!("\"left\" if {relation} == \"to the left of\" else \"right\""),
            binds: Binds::IfElse,
            bool: false,
        })
    }

    fn same(&self, emitter: &mut Emitter, nodes: &[Node]) -> Result<Value, GoldError> {
        let different = self.operation == "different";
        let category = self.compared()?;
        if self.inputs.len() == 2 {
            let a = property(&self.thing(emitter, nodes, 0)?, &category);
            let b = property(&self.thing(emitter, nodes, 1)?, &category);
            let sign = if different { "!=" } else { "==" };
            return Ok(Value::truth(format!("{a} {sign} {b}"), Binds::Compare));
        }
        let things = self.things(emitter, nodes, 0)?;
        let same = format!("all_same({things}, {})", quote(&category));
        Ok(if different {
            Value::truth(format!("not {same}"), Binds::Not)
        } else {
            Value::truth(same, Binds::Call)
        })
    }
}

/// The value of a category of a thing.
fn property(thing: &str, category: &str) -> String {
    let category = if category == "type" { "name" } else { category };
    if PROPERTIES.contains(&category) {
        format!("{thing}.{category}")
    } else {
        format!("{thing}.query({})", quote(category))
    }
}

fn quoted(options: &[String]) -> String {
    let options: Vec<String> = options.iter().map(|o| quote(o)).collect();
    format!("[{}]", options.join(", "))
}
