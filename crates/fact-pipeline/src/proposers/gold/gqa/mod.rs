//! GQA functional programs (`semantic`, steps with `operation`, `dependencies`, `argument`).

mod cited;
mod steps;

pub(crate) use cited::cited_ids;

use super::emit::{Binds, Emitter, Node, Set, Source, Test, Value, folds, quote};
use super::error::{GoldError, Problem};
use serde_json::Value as Json;
use steps::{Relation, Step, noun, read, whole};

/// Compiles the `semantic` program of a GQA question into a visual program of the `scene` pack.
///
/// Every operation of GQA is known, each with any attribute category after it: `select`, `filter`
/// (with `not(…)` and positions), `relate` (subject, object and `same …`), `query`, `verify` (with
/// `rel`), `choose` (with `rel`, `name` and comparatives such as `healthier`), `exist`, `and`, `or`,
/// `same`, `different`, `common`; and, as re-published programs have it, `compare`, `h position` and
/// `choose >: healthier`. Object identifiers in arguments, `wall (722332)`, are dropped.
///
/// Where the words leave several things possible (“the traffic light”), relations consider all of
/// them, and questions about one thing take the first.
///
/// # Errors
/// [`GoldError`] for a program that is not well formed.
pub fn compile(semantic: &Json) -> Result<String, GoldError> {
    write(semantic, false)
}

/// Compiles the same program with the objects that its arguments cite in place of the words for
/// them, for the pack of [`cited_pack`](super::cited_pack). Whether something exists or stands in a
/// relation (`exist`, `verify rel`) is still asked of everything that the words mean.
///
/// It says what the data set means, not what the words of the question say: for checking the data
/// set's answer, never for a rationale.
///
/// # Errors
/// [`GoldError`] for a program that is not well formed.
pub fn compile_cited(semantic: &Json) -> Result<String, GoldError> {
    write(semantic, true)
}

fn write(semantic: &Json, cited: bool) -> Result<String, GoldError> {
    let mut steps = read(semantic)?;
    let mut uses = vec![0usize; steps.len()];
    for at in (0..steps.len()).rev() {
        if at + 1 == steps.len() || uses[at] > 0 {
            for input in &steps[at].inputs {
                uses[*input] += 1;
            }
        }
    }
    if cited {
        cited::keep_where_one_is_meant(&mut steps, &uses);
    } else {
        steps.iter_mut().for_each(|step| step.cited.clear());
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

    fn compile(&self, emitter: &mut Emitter, nodes: &[Node]) -> Result<Node, GoldError> {
        let call = |code| Node::Value(Value::call(code));
        Ok(match self.operation {
            "select" if self.argument == "scene" => Node::Image,
            "select" => Node::Set(self.described(Source::All, noun(&self.argument))),
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
        let (value, negated) = self.negated();
        let value = value.to_owned();
        let named = matches!(set.source, Source::Named(_));
        match (part(&self.category, &value), negated) {
            (Some(part), false) => set.tests.push(Test::In(part)),
            (Some(part), true) => set.tests.push(Test::NotIn(part)),
            (None, true) => set.tests.push(Test::Lacks(value)),
            (None, false) if self.category == "name" => set.tests.push(Test::Named(value)),
            (None, false) if named || !folds(&set, &value) => set.tests.push(Test::Has(value)),
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
        Ok(self.described(source, noun))
    }

    /// The set that the step describes: by its words, or by the objects it cites.
    fn described(&self, source: Source, noun: Option<String>) -> Set {
        if self.cited.is_empty() {
            return Set::of(source, noun);
        }
        let mut set = Set::of(source, None);
        set.tests.push(Test::Cited(self.cited.clone()));
        set
    }

    fn verify(&self, emitter: &mut Emitter, nodes: &[Node]) -> Result<Value, GoldError> {
        if self.category == "rel" {
            let related = self.relate(emitter, nodes)?;
            return Ok(emitter.exists(&related));
        }
        let (value, negated) = self.negated();
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
        Ok(if negated {
            Value::truth(format!("not {code}"), Binds::Not)
        } else {
            Value::truth(code, Binds::Call)
        })
    }

    fn choose(&self, emitter: &mut Emitter, nodes: &[Node]) -> Result<Value, GoldError> {
        if self.inputs.len() == 2 {
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
        let chosen = if !self.cited.is_empty() {
            let ids = quoted(&self.cited);
            format!(
                "choose_cited(image, {things}, {list}, {ids}, {})",
                if subject { "True" } else { "False" }
            )
        } else if subject {
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
