//! CLEVR: the question engine's operations over a scene record.

use crate::random::Random;
use crate::{Expected, agrees, python};
use fact_lang::pack::Pack;
use fact_models::scene;
use fact_pipeline::proposers::gold::compile_clevr;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const VALUES: [(&str, &[&str]); 4] = [
    ("size", &["large", "small"]),
    (
        "color",
        &[
            "gray", "red", "blue", "green", "brown", "purple", "cyan", "yellow",
        ],
    ),
    ("material", &["metal", "rubber"]),
    ("shape", &["cube", "sphere", "cylinder"]),
];
const RELATIONS: [&str; 4] = ["left", "right", "front", "behind"];

/// A scene record: few values, so that things share some.
fn draw_scene(random: &mut Random) -> Value {
    let count = random.below(8);
    let mut places = Vec::new();
    let mut objects = Vec::new();
    for _ in 0..count {
        let place = (30 + random.below(420), 30 + random.below(260));
        places.push(place);
        let mut object =
            json!({ "pixel_coords": [place.0, place.1, 8.0 + random.below(6) as f64] });
        for (category, values) in VALUES {
            let few = &values[..values.len().min(3)];
            object[category] = random.pick(few).into();
        }
        objects.push(object);
    }
    let mut relations = json!({});
    for relation in RELATIONS {
        let stands = |a: &(usize, usize), b: &(usize, usize)| match relation {
            "left" => a.0 < b.0,
            "right" => a.0 > b.0,
            "front" => a.1 > b.1,
            _ => a.1 < b.1,
        };
        let lists = places.iter().map(|anchor| {
            let others = places.iter().enumerate();
            let related = others.filter(|(_, other)| stands(other, anchor));
            related.map(|(i, _)| i).collect::<Vec<usize>>()
        });
        relations[relation] = lists.collect::<Vec<_>>().into();
    }
    json!({ "objects": objects, "relationships": relations })
}

/// A program being drawn, with the steps that give a set, a thing, a number and a word of a
/// category.
#[derive(Default)]
struct Draft {
    steps: Vec<Value>,
    sets: Vec<usize>,
    things: Vec<usize>,
}

impl Draft {
    /// In one of the spellings that the files have.
    fn push(
        &mut self,
        random: &mut Random,
        operation: &str,
        inputs: &[usize],
        value: &[&str],
    ) -> usize {
        let name = random.pick(&["type", "function"]);
        let values = random.pick(&["value_inputs", "side_inputs"]);
        let mut step = json!({ name: operation, "inputs": inputs });
        if !value.is_empty() || random.once_in(2) {
            step[values] = value.into();
        }
        self.steps.push(step);
        self.steps.len() - 1
    }

    fn set(&mut self, random: &mut Random, depth: usize) -> usize {
        if !self.sets.is_empty() && random.once_in(8) {
            return self.sets[random.below(self.sets.len())];
        }
        let (category, values) = VALUES[random.below(4)];
        let few = &values[..values.len().min(3)];
        let step = match random.below(if depth == 0 { 2 } else { 9 }) {
            0 => self.push(random, "scene", &[], &[]),
            1 => {
                let scene = self.push(random, "scene", &[], &[]);
                let value = random.pick(few);
                self.push(random, &format!("filter_{category}"), &[scene], &[value])
            }
            2..=4 => {
                let of = self.set(random, depth - 1);
                let value = random.pick(few);
                self.push(random, &format!("filter_{category}"), &[of], &[value])
            }
            5 => {
                let of = self.thing(random, depth - 1);
                let relation = random.pick(&RELATIONS);
                self.push(random, "relate", &[of], &[relation])
            }
            6 => {
                let of = self.thing(random, depth - 1);
                self.push(random, &format!("same_{category}"), &[of], &[])
            }
            more => {
                let operation = if more == 7 { "union" } else { "intersect" };
                let (a, b) = (self.set(random, depth - 1), self.set(random, depth - 1));
                self.push(random, operation, &[a, b], &[])
            }
        };
        self.sets.push(step);
        step
    }

    fn thing(&mut self, random: &mut Random, depth: usize) -> usize {
        if !self.things.is_empty() && random.once_in(4) {
            return self.things[random.below(self.things.len())];
        }
        let of = self.set(random, depth);
        let step = self.push(random, "unique", &[of], &[]);
        self.things.push(step);
        step
    }

    /// The last step.
    fn answer(&mut self, random: &mut Random) {
        let depth = 1 + random.below(3);
        let category = VALUES[random.below(4)].0;
        match random.below(9) {
            0 | 1 => {
                let of = self.set(random, depth);
                self.push(random, "count", &[of], &[]);
            }
            2 | 3 => {
                let of = self.set(random, depth);
                self.push(random, "exist", &[of], &[]);
            }
            4 => {
                let of = self.thing(random, depth);
                self.push(random, &format!("query_{category}"), &[of], &[]);
            }
            5 => {
                let (a, b) = (self.thing(random, depth), self.thing(random, depth));
                let query = format!("query_{category}");
                let a = self.push(random, &query, &[a], &[]);
                let b = self.push(random, &query, &[b], &[]);
                self.push(random, &format!("equal_{category}"), &[a, b], &[]);
            }
            6 => {
                let (a, b) = (self.thing(random, depth), self.thing(random, depth));
                self.push(random, "equal_object", &[a, b], &[]);
            }
            _ => {
                let (a, b) = (self.set(random, depth), self.set(random, depth));
                let a = self.push(random, "count", &[a], &[]);
                let b = self.push(random, "count", &[b], &[]);
                let operation = random.pick(&["equal_integer", "greater_than", "less_than"]);
                self.push(random, operation, &[a, b], &[]);
            }
        }
    }
}

/// What a step gives. A set is in the order of the scene.
#[derive(Debug, Clone, PartialEq)]
enum Given {
    Set(BTreeSet<usize>),
    Thing(usize),
    Number(usize),
    Word(String),
    Truth(bool),
}

/// The value of a step; `None` is the engine's `__INVALID__`.
fn value(scene: &Value, program: &[Value], at: usize) -> Option<Given> {
    let step = &program[at];
    let operation = step["type"].as_str().or(step["function"].as_str()).unwrap();
    let mut inputs = Vec::new();
    for input in step["inputs"].as_array().unwrap() {
        inputs.push(value(scene, program, input.as_u64().unwrap() as usize)?);
    }
    let argument = step["value_inputs"][0]
        .as_str()
        .or(step["side_inputs"][0].as_str());
    let objects = scene["objects"].as_array().unwrap();
    let all = 0..objects.len();
    let (head, category) = operation.split_once('_').unwrap_or((operation, ""));
    Some(match (head, &inputs[..]) {
        ("scene", []) => Given::Set(all.collect()),
        ("unique", [Given::Set(set)]) if set.len() == 1 => Given::Thing(*set.first()?),
        ("unique", [Given::Set(_)]) => return None,
        ("filter", [Given::Set(set)]) => {
            let keep = |i: &usize| objects[*i][category].as_str() == argument;
            Given::Set(set.iter().copied().filter(keep).collect())
        }
        ("relate", [Given::Thing(anchor)]) => {
            let related = scene["relationships"][argument?][anchor].as_array()?;
            Given::Set(
                related
                    .iter()
                    .map(|i| i.as_u64().unwrap() as usize)
                    .collect(),
            )
        }
        ("same", [Given::Thing(one)]) => {
            let alike = |i: &usize| i != one && objects[*i][category] == objects[*one][category];
            Given::Set(all.filter(alike).collect())
        }
        ("union", [Given::Set(a), Given::Set(b)]) => Given::Set(a | b),
        ("intersect", [Given::Set(a), Given::Set(b)]) => Given::Set(a & b),
        ("count", [Given::Set(set)]) => Given::Number(set.len()),
        ("exist", [Given::Set(set)]) => Given::Truth(!set.is_empty()),
        ("query", [Given::Thing(one)]) => Given::Word(objects[*one][category].as_str()?.to_owned()),
        ("equal", [a, b]) => Given::Truth(a == b),
        ("greater", [Given::Number(a), Given::Number(b)]) => Given::Truth(a > b),
        ("less", [Given::Number(a), Given::Number(b)]) => Given::Truth(a < b),
        other => panic!("no such step: {operation} of {other:?}"),
    })
}

fn expected(scene: &Value, program: &[Value]) -> Expected {
    match value(scene, program, program.len() - 1) {
        None => Expected::Nothing,
        Some(Given::Number(n)) => Expected::Answer(n.to_string()),
        Some(Given::Word(word)) => Expected::Answer(word),
        Some(Given::Truth(truth)) => Expected::Answer(python(truth)),
        Some(other) => panic!("{other:?} is no answer"),
    }
}

#[test]
fn compiled_clevr_programs_do_what_the_functional_programs_mean() {
    let pack = Pack::builtin("scene").unwrap();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let (mut answered, mut compared) = (0, 0);
    for seed in 0..6000 {
        let random = &mut Random::new(seed);
        let record = draw_scene(random);
        let mut draft = Draft::default();
        draft.answer(random);
        let expected = expected(&record, &draft.steps);
        let program = compile_clevr(&draft.steps.clone().into()).unwrap();
        let scene = scene::clevr::read(&record, 480, 320).unwrap();
        if let Err(found) = agrees(&pack, &program, &scene, &expected) {
            panic!(
                "seed {seed}: expected {expected:?}, {found}\n{program}\n{}\n{record}",
                Value::from(draft.steps)
            );
        }
        compared += 1;
        answered += usize::from(expected != Expected::Nothing);
        for step in &draft.steps {
            let operation = step["type"].as_str().or(step["function"].as_str()).unwrap();
            *seen.entry(operation.to_owned()).or_default() += 1;
        }
    }
    eprintln!("CLEVR: {compared} random programs, {answered} with an answer");
    assert!(answered * 5 > compared * 2, "{answered} of {compared}");
    // 4 of each of filter, same, query and equal, and 11 more.
    assert_eq!(seen.len(), 4 * 4 + 11, "{seen:?}");
    assert!(seen.values().all(|n| *n > 50), "{seen:?}");
}
