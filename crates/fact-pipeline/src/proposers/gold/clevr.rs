//! CLEVR functional programs (`program`, steps with `type` or `function`). The operations are those
//! of the question engine's `metadata.json`; its compound ones (`filter_unique`, `relate_filter`, …)
//! stand in templates only, never in a question's program.

use super::MOST_STEPS;
use super::emit::{Binds, Emitter, Node, Set, Source, Test, Value, folds};
use super::error::{GoldError, Problem};
use serde_json::Value as Json;

/// Compiles the `program` of a CLEVR question into a visual program of the `scene` pack.
///
/// Steps name their operation `type` (generator) or `function` (release), and their value
/// `value_inputs` or `side_inputs`. Every operation of CLEVR v1.0 is known: `scene`, `unique`,
/// `filter_*`, `relate`, `same_*`, `query_*`, `equal_*`, `greater_than`, `less_than`, `exist`,
/// `count`, `union`, `intersect`, and the engine's `equal_object`.
///
/// # Errors
/// [`GoldError`] for a program that is not well formed.
pub fn compile(program: &Json) -> Result<String, GoldError> {
    let mut steps = read(program)?;
    let mut uses = vec![0usize; steps.len()];
    // Backwards: a step counts as used only by steps that are used.
    for at in (0..steps.len()).rev() {
        if at + 1 == steps.len() || uses[at] > 0 {
            let compares = COMPARES.contains(&steps[at].operation.as_str());
            for input in steps[at].inputs.clone() {
                uses[input] += 1;
                steps[input].compared |= compares;
            }
        }
    }
    let mut emitter = Emitter::default();
    let mut nodes: Vec<Node> = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        let last = at + 1 == steps.len();
        if uses[at] == 0 && !last {
            nodes.push(Node::Image);
            continue;
        }
        let mut node = step.compile(&mut emitter, &nodes)?;
        if uses[at] > 1
            && let Node::Set(set) = &node
            && step.operation != "scene"
        {
            let name = emitter.name_list(set);
            let noun = set.noun.clone();
            node = Node::Set(Set::of(Source::Named(name), noun));
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
    operation: String,
    inputs: Vec<usize>,
    value: Option<String>,
    /// Whether a later step compares this one's result.
    compared: bool,
}

/// Operations with a `_…` suffix naming one of [`CATEGORIES`].
const BY_CATEGORY: [&str; 4] = ["filter", "same", "query", "equal"];
const COMPARES: [&str; 3] = ["greater_than", "less_than", "equal_integer"];
/// Most characters of an operation's name that are kept.
const NAME: usize = 60;
const CATEGORIES: [&str; 4] = ["size", "color", "material", "shape"];

fn read(program: &Json) -> Result<Vec<Step>, GoldError> {
    let steps = program.as_array().ok_or_else(|| {
        whole(Problem::Shape {
            expected: "a list of steps",
            found: kind(program),
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
    let mut step = Step {
        at,
        operation: String::new(),
        inputs: Vec::new(),
        value: None,
        compared: false,
    };
    let unnamed = |field, problem| GoldError {
        step: Some(at),
        field,
        ..whole(problem)
    };
    let operation = match (json.get("type"), json.get("function")) {
        (Some(a), Some(b)) if a != b => {
            let found = format!("{a} and {b}");
            let expected = "the same operation as `type`";
            return Err(unnamed("function", Problem::Shape { expected, found }));
        }
        (Some(operation), _) | (None, Some(operation)) => operation,
        (None, None) => &Json::Null,
    };
    step.operation = match operation.as_str() {
        // Longer than any that is known; messages show it.
        Some(operation) => operation.chars().take(NAME).collect(),
        None => {
            return Err(unnamed(
                "function",
                Problem::Shape {
                    expected: "the name of an operation",
                    found: kind(operation),
                },
            ));
        }
    };
    let (arity, words, needs) = step.signature()?;
    let inputs = json.get("inputs").unwrap_or(&Json::Null);
    for input in inputs.as_array().map_or(&[][..], Vec::as_slice) {
        let index = input.as_u64().and_then(|i| usize::try_from(i).ok());
        let before = index.filter(|i| *i < at).ok_or_else(|| {
            let to = kind(input);
            step.error("inputs", Problem::Dangling { to })
        })?;
        step.inputs.push(before);
    }
    if !inputs.is_array() {
        let (expected, found) = ("a list of step numbers", kind(inputs));
        return Err(step.error("inputs", Problem::Shape { expected, found }));
    }
    if step.inputs.len() != arity {
        return Err(step.error(
            "inputs",
            Problem::Arity {
                expected: words,
                found: step.inputs.len(),
            },
        ));
    }
    if let Some(expected) = needs {
        step.value = Some(read_value(&step, json, expected)?);
    }
    Ok(step)
}

fn read_value(step: &Step, json: &Json, expected: &'static str) -> Result<String, GoldError> {
    let (field, values) = match (json.get("value_inputs"), json.get("side_inputs")) {
        (None, Some(values)) => ("side_inputs", values),
        (values, _) => ("value_inputs", values.unwrap_or(&Json::Null)),
    };
    match values.as_array().map(Vec::as_slice) {
        None if values.is_null() => Err(step.error(field, Problem::MissingValue { expected })),
        Some([]) => Err(step.error(field, Problem::MissingValue { expected })),
        Some([Json::String(value)]) if value.trim().is_empty() => {
            Err(step.error(field, Problem::MissingValue { expected }))
        }
        Some([Json::String(value)]) => Ok(value.trim().to_owned()),
        _ => Err(step.error(
            field,
            Problem::Shape {
                expected,
                found: kind(values),
            },
        )),
    }
}

fn kind(json: &Json) -> String {
    match json {
        Json::Null => "nothing".into(),
        Json::Array(items) => format!("a list of {}", items.len()),
        Json::Object(_) => "an object".into(),
        other => other.to_string().chars().take(60).collect(),
    }
}

impl Step {
    fn error(&self, field: &'static str, problem: Problem) -> GoldError {
        GoldError {
            step: Some(self.at),
            operation: Some(self.operation.clone()),
            field,
            ..whole(problem)
        }
    }

    /// Number of inputs (also in words) and what value the operation needs.
    fn signature(&self) -> Result<(usize, &'static str, Option<&'static str>), GoldError> {
        Ok(match self.parts() {
            ("scene", None) => (0, "no inputs", None),
            ("unique" | "count" | "exist", None) => (1, "one input", None),
            ("relate", None) => (1, "one input", Some("left, right, front or behind")),
            ("filter", Some(_)) => (1, "one input", Some("one value to filter by")),
            ("same" | "query", Some(_)) => (1, "one input", None),
            ("union" | "intersect" | "greater_than" | "less_than", None) => (2, "two inputs", None),
            ("equal_integer" | "equal_object", None) | ("equal", Some(_)) => {
                (2, "two inputs", None)
            }
            _ => return Err(self.error("function", Problem::UnknownOperation)),
        })
    }

    /// `filter_color` → (`filter`, `color`); `count` → (`count`, none).
    fn parts(&self) -> (&str, Option<&'static str>) {
        if let Some((operation, category)) = self.operation.split_once('_')
            && BY_CATEGORY.contains(&operation)
            && let Some(category) = CATEGORIES.into_iter().find(|c| *c == category)
        {
            return (operation, Some(category));
        }
        (&self.operation, None)
    }

    fn kind_error(&self, input: usize, given: &Node, wanted: &'static str) -> GoldError {
        let given = given.kind();
        self.error(
            "inputs",
            Problem::Kind {
                input,
                given,
                wanted,
            },
        )
    }

    fn set<'n>(&self, nodes: &'n [Node], n: usize) -> Result<&'n Set, GoldError> {
        let input = self.inputs[n];
        match &nodes[input] {
            Node::Set(set) => Ok(set),
            other => Err(self.kind_error(input, other, "a set of things")),
        }
    }

    fn thing<'n>(&self, nodes: &'n [Node], n: usize) -> Result<&'n str, GoldError> {
        let input = self.inputs[n];
        match &nodes[input] {
            Node::Thing(name) => Ok(name),
            other => Err(self.kind_error(input, other, "one thing")),
        }
    }

    /// The value of an input; only numbers and words are compared.
    fn value<'n>(&self, nodes: &'n [Node], n: usize) -> Result<&'n Value, GoldError> {
        let input = self.inputs[n];
        match &nodes[input] {
            Node::Value(value) if !value.bool => Ok(value),
            other => Err(self.kind_error(input, other, "a value")),
        }
    }

    fn compile(&self, emitter: &mut Emitter, nodes: &[Node]) -> Result<Node, GoldError> {
        let value = self.value.as_deref().unwrap_or_default();
        Ok(match self.parts() {
            ("scene", _) => Node::Set(Set::of(Source::All, None)),
            ("unique", _) => {
                let set = self.set(nodes, 0)?;
                Node::Thing(emitter.name_thing(set, |list| format!("only({list})")))
            }
            ("filter", Some(category)) => {
                let mut set = self.set(nodes, 0)?.clone();
                if let Source::Named(things) = &mut set.source {
                    *things = emitter.name_call("things", things);
                }
                filter(&mut set, category, value);
                Node::Set(set)
            }
            ("relate", _) => {
                let anchor = self.thing(nodes, 0)?.to_owned();
                let relation = relation(value).ok_or_else(|| {
                    let (value, expected) = (value.to_owned(), "left, right, front or behind");
                    self.error("value_inputs", Problem::UnknownValue { value, expected })
                })?;
                let relation = relation.to_owned();
                Node::Set(Set::of(Source::Related { relation, anchor }, None))
            }
            ("same", Some(category)) => {
                let thing = self.thing(nodes, 0)?.to_owned();
                let category = category.to_owned();
                Node::Set(Set::of(Source::Same { category, thing }, None))
            }
            ("query", Some(category)) => {
                let thing = self.thing(nodes, 0)?;
                Node::Value(Value::call(format!("{thing}.{category}")))
            }
            ("count", _) => {
                let set = self.set(nodes, 0)?;
                let list = if self.compared {
                    emitter.name_list(set)
                } else {
                    emitter.list(set)
                };
                Node::Value(Value::call(format!("len({list})")))
            }
            ("exist", _) => Node::Value(emitter.exists(self.set(nodes, 0)?)),
            ("union" | "intersect", _) => {
                let (a, b) = (self.set(nodes, 0)?, self.set(nodes, 1)?);
                let (first, second) = (emitter.name_list(a), emitter.name_list(b));
                let union = self.operation == "union";
                let function = if union { "either" } else { "both" };
                let together = format!("{function}({first}, {second})");
                Node::Set(Set::of(Source::Named(together), None))
            }
            ("equal_object", _) => {
                let (a, b) = (self.thing(nodes, 0)?, self.thing(nodes, 1)?);
                Node::Value(Value::truth(format!("{a} == {b}"), Binds::Compare))
            }
            (operation, _) => {
                let sign = match operation {
                    "greater_than" => ">",
                    "less_than" => "<",
                    _ => "==",
                };
                let (a, b) = (self.value(nodes, 0)?, self.value(nodes, 1)?);
                let (a, b) = (a.within(Binds::Call), b.within(Binds::Call));
                Node::Value(Value::truth(format!("{a} {sign} {b}"), Binds::Compare))
            }
        })
    }
}

fn relation(value: &str) -> Option<&'static str> {
    Some(match value {
        "left" => "to the left of",
        "right" => "to the right of",
        "front" => "in front of",
        "behind" => "behind",
        _ => return None,
    })
}

/// Adds the filter to the description: to the noun phrase where that says the same.
fn filter(set: &mut Set, category: &'static str, value: &str) {
    let named = matches!(set.source, Source::Named(_));
    if named || !folds(set, value) {
        set.tests.push(Test::Is(category, value.to_owned()));
    } else if category == "shape" && set.noun.is_none() {
        set.noun = Some(value.to_owned());
    } else {
        let place = CATEGORIES.iter().position(|c| *c == category).unwrap_or(0);
        // At most four categories.
        #[expect(clippy::cast_possible_truncation)]
        set.adjectives.push((place as u8, value.to_owned()));
    }
}
