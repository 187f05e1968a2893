//! GQA: the operations of its programs over a scene graph.
//!
//! GQA publishes no interpreter. What is written here is what its paper and the questions say the
//! operations mean, read by the words: a noun means all objects it names, a question about one
//! thing is about the first of them, a relation is to any of them.

mod draft;
mod world;

use crate::random::Random;
use crate::{Expected, agrees, python};
use draft::Draft;
use fact_lang::pack::Pack;
use fact_models::scene;
use fact_pipeline::proposers::gold::compile_gqa;
use serde_json::Value;
use std::collections::BTreeMap;
use world::{COMPARATIVES, Thing, World};

/// What a step gives.
#[derive(Debug, Clone, PartialEq)]
enum Given {
    Scene,
    Things(Vec<usize>),
    Word(String),
    Truth(bool),
}

/// Why a step gives nothing.
enum Not {
    /// One thing, or a value, that is not there.
    There,
    /// Outside what is compared.
    Compared,
}

/// An interpreter of one program.
struct Interpreter<'w> {
    world: &'w World,
    program: &'w [Value],
    /// Part of an `and` or `or` that need not be looked at gives nothing.
    doubt: bool,
}

impl Interpreter<'_> {
    fn step(&mut self, at: usize) -> Result<Given, Not> {
        let step = &self.program[at];
        let inputs = step["dependencies"].as_array().unwrap();
        let inputs = inputs.iter().map(|i| i.as_u64().unwrap() as usize);
        let inputs: Vec<Result<Given, Not>> = inputs.map(|i| self.step(i)).collect();
        let name = step["operation"].as_str().unwrap();
        let (mut operation, mut category) = name.split_once(' ').unwrap_or((name, ""));
        let argument = step["argument"].as_str().unwrap();
        let cut = argument
            .rfind(" (")
            .filter(|_| argument.trim_end().ends_with(')'));
        let mut argument = argument[..cut.unwrap_or(argument.len())].trim();
        if operation == "and" || operation == "or" {
            return self.join(operation == "and", inputs);
        }
        let inputs = inputs.into_iter().collect::<Result<Vec<Given>, Not>>()?;
        // The other spellings.
        if operation == "compare" {
            let words = if category.is_empty() {
                argument
            } else {
                category
            };
            (operation, category, argument) = match words.split_once(' ') {
                Some((same @ ("same" | "different"), category)) => (same, category, ""),
                _ => ("choose", words, ""),
            };
        }
        if category == ">" {
            (category, argument) = (argument, "");
        }
        if category.is_empty() && ["same", "different"].contains(&operation) {
            category = argument;
        }
        let category = match category {
            "h position" => "hposition",
            "v position" => "vposition",
            "relation" => "rel",
            other => other,
        };
        self.apply(operation, category, argument, &inputs)
    }

    fn join(&mut self, and: bool, inputs: Vec<Result<Given, Not>>) -> Result<Given, Not> {
        let [first, second] = <[_; 2]>::try_from(inputs).ok().unwrap();
        let Given::Truth(first) = first? else {
            panic!()
        };
        match second {
            Ok(Given::Truth(second)) if and => Ok(Given::Truth(first && second)),
            Ok(Given::Truth(second)) => Ok(Given::Truth(first || second)),
            Ok(_) => panic!(),
            Err(Not::There) if first != and => {
                self.doubt = true;
                Ok(Given::Truth(first))
            }
            Err(not) => Err(not),
        }
    }

    fn thing(&self, things: &[usize]) -> Result<&Thing, Not> {
        things
            .first()
            .map(|i| &self.world.things[*i])
            .ok_or(Not::There)
    }

    fn value(&self, thing: &Thing, category: &str) -> Result<String, Not> {
        thing.value(category, self.world.size).ok_or(Not::There)
    }

    fn called(&self, noun: &str) -> Vec<usize> {
        let all = self.world.things.iter().enumerate();
        all.filter(|(_, thing)| thing.is_called(noun))
            .map(|(i, _)| i)
            .collect()
    }

    /// Those called `noun` that stand in the relation to one of `others`, or it to them.
    fn related(&self, noun: &str, relation: &str, subject: bool, others: &[usize]) -> Vec<usize> {
        let mut found = self.called(noun);
        found.retain(|one| {
            others.iter().any(|other| match subject {
                true => self.world.holds(*one, relation, *other),
                false => self.world.holds(*other, relation, *one),
            })
        });
        found
    }

    fn relate(&self, argument: &str, others: &[usize]) -> Result<Vec<usize>, Not> {
        let [noun, relation, role] = argument.split(',').collect::<Vec<_>>()[..] else {
            panic!()
        };
        let Some(category) = relation.strip_prefix("same ") else {
            return Ok(self.related(noun, relation, role == "s", others));
        };
        let one = self.thing(others)?;
        let value = self.value(one, category)?;
        let mut found = self.called(noun);
        found.retain(|i| *i != others[0] && self.world.things[*i].has(&value));
        Ok(found)
    }

    /// Whether the thing has the attribute or is in the part; `not(…)` says the opposite.
    fn is(&self, thing: &Thing, category: &str, argument: &str) -> bool {
        let inner = argument
            .strip_prefix("not(")
            .and_then(|rest| rest.strip_suffix(')'));
        let value = inner.unwrap_or(argument);
        let is = match category {
            "hposition" | "vposition" => {
                thing.is_in(value, category == "hposition", self.world.size)
            }
            _ => thing.has(value),
        };
        is != inner.is_some()
    }

    fn apply(
        &self,
        operation: &str,
        category: &str,
        argument: &str,
        inputs: &[Given],
    ) -> Result<Given, Not> {
        let world = self.world;
        let place = |value: &str| world.place.iter().any(|(_, v)| *v == value);
        let truth = |truth: bool| Ok(Given::Truth(truth));
        let word = |word: String| Ok(Given::Word(word));
        match (operation, inputs) {
            ("select", []) if argument == "scene" => Ok(Given::Scene),
            ("select", []) => Ok(Given::Things(self.called(argument))),
            ("filter", [Given::Things(things)]) => {
                let mut kept = things.clone();
                kept.retain(|i| self.is(&world.things[*i], category, argument));
                Ok(Given::Things(kept))
            }
            ("relate", [Given::Things(things)]) => {
                Ok(Given::Things(self.relate(argument, things)?))
            }
            ("exist", [Given::Things(things)]) => truth(!things.is_empty()),
            ("query", [Given::Scene]) => {
                let value = world.place.iter().find(|(c, _)| *c == argument);
                word(value.ok_or(Not::There)?.1.to_owned())
            }
            ("query", [Given::Things(things)]) => word(self.value(self.thing(things)?, argument)?),
            ("verify", [Given::Scene]) => truth(place(argument)),
            ("verify", [Given::Things(things)]) if category == "rel" => {
                truth(!self.relate(argument, things)?.is_empty())
            }
            ("verify", [Given::Things(things)]) => {
                truth(self.is(self.thing(things)?, category, argument))
            }
            ("choose", [Given::Scene]) => {
                let found = argument.split('|').find(|option| place(option));
                word(found.ok_or(Not::There)?.to_owned())
            }
            ("choose", [Given::Things(things)]) if category == "rel" => {
                self.choose_relation(argument, things)
            }
            ("choose", [Given::Things(things)]) => {
                let thing = self.thing(things)?;
                let horizontal = category == "hposition";
                let found = match category {
                    "name" => argument.split('|').find(|option| thing.is_called(option)),
                    "hposition" | "vposition" => {
                        let middle = argument.split('|').find(|option| *option == "middle");
                        let middle = middle.filter(|m| thing.is_in(m, horizontal, world.size));
                        Some(middle.unwrap_or_else(|| thing.side(horizontal, world.size)))
                    }
                    _ => argument.split('|').find(|option| thing.has(option)),
                };
                word(found.ok_or(Not::There)?.to_owned())
            }
            ("choose", [Given::Things(a), Given::Things(b)]) => self.compare(category, a, b),
            ("common", [Given::Things(a), Given::Things(b)]) => {
                let (a, b) = (self.thing(a)?, self.thing(b)?);
                let common = ["color", "material", "size", "pattern", "age"].into_iter();
                let mut common = common.filter(|c| {
                    let value = |thing: &Thing| thing.value(c, world.size);
                    value(a).is_some() && value(a) == value(b)
                });
                word(common.next().ok_or(Not::There)?.to_owned())
            }
            ("same" | "different", [Given::Things(things)]) => {
                let values = things
                    .iter()
                    .map(|i| self.value(&world.things[*i], category));
                let values = values.collect::<Result<Vec<String>, Not>>()?;
                truth(values.windows(2).all(|w| w[0] == w[1]) == (operation == "same"))
            }
            ("same" | "different", [Given::Things(a), Given::Things(b)]) => {
                let a = self.value(self.thing(a)?, category)?;
                let b = self.value(self.thing(b)?, category)?;
                truth((a == b) == (operation == "same"))
            }
            other => panic!("no such step: {other:?}"),
        }
    }

    fn choose_relation(&self, argument: &str, things: &[usize]) -> Result<Given, Not> {
        let [noun, options, role] = argument.split(',').collect::<Vec<_>>()[..] else {
            panic!()
        };
        let holds = |option: &&str| !self.related(noun, option, role == "s", things).is_empty();
        let found = options.split('|').find(holds).ok_or(Not::There)?;
        let sides = options
            .split('|')
            .all(|o| ["to the left of", "to the right of"].contains(&o));
        let side = found.trim_start_matches("to the ").trim_end_matches(" of");
        Ok(Given::Word(if sides { side } else { found }.to_owned()))
    }

    fn compare(&self, comparative: &str, a: &[usize], b: &[usize]) -> Result<Given, Not> {
        let (a, b) = (self.thing(a)?, self.thing(b)?);
        // Perception is asked by name, and knows things of one name apart by nothing else.
        let named = |thing: &Thing| {
            self.world
                .things
                .iter()
                .filter(|t| t.name == thing.name)
                .count()
        };
        if named(a) > 1 || named(b) > 1 {
            return Err(Not::Compared);
        }
        let known = COMPARATIVES.iter().find(|(c, ..)| *c == comparative);
        let (_, more, less, extent) = known.unwrap();
        let degree = |t: &Thing| (i8::from(t.has(more)) - i8::from(t.has(less)), extent(t));
        let best = match degree(a).cmp(&degree(b)) {
            std::cmp::Ordering::Greater => a,
            std::cmp::Ordering::Less => b,
            std::cmp::Ordering::Equal => return Err(Not::There),
        };
        Ok(Given::Word(best.name.clone()))
    }
}

fn expected(world: &World, program: &[Value]) -> Expected {
    let mut interpreter = Interpreter {
        world,
        program,
        doubt: false,
    };
    let answer = match interpreter.step(program.len() - 1) {
        Err(Not::There) => return Expected::Nothing,
        Err(Not::Compared) => return Expected::Outside,
        Ok(Given::Word(word)) => word,
        Ok(Given::Truth(truth)) => python(truth),
        Ok(other) => panic!("{other:?} is no answer"),
    };
    match interpreter.doubt {
        true => Expected::Perhaps(answer),
        false => Expected::Answer(answer),
    }
}

#[test]
fn compiled_gqa_programs_do_what_the_functional_programs_mean() {
    let pack = Pack::builtin("scene").unwrap();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let (mut answered, mut compared) = (0, 0);
    for seed in 0..12000 {
        let random = &mut Random::new(seed);
        let world = World::draw(random);
        let steps = Draft::draw(random);
        let expected = expected(&world, &steps);
        let program = compile_gqa(&steps.clone().into()).unwrap();
        let graph = world.json();
        let scene = scene::gqa::read(&graph).unwrap();
        if expected == Expected::Outside {
            continue;
        }
        if let Err(found) = agrees(&pack, &program, &scene, &expected) {
            let steps = Value::from(steps);
            panic!("seed {seed}: expected {expected:?}, {found}\n{program}\n{steps}\n{graph}");
        }
        compared += 1;
        answered += usize::from(expected != Expected::Nothing);
        for step in &steps {
            let operation = step["operation"].as_str().unwrap();
            *seen.entry(operation.to_owned()).or_default() += 1;
        }
    }
    eprintln!("GQA: {compared} random programs, {answered} with an answer");
    assert!(
        compared > 10000 && answered * 3 > compared,
        "{answered} of {compared}"
    );
    for operation in [
        "select",
        "filter",
        "filter color",
        "filter material",
        "filter size",
        "filter hposition",
        "filter v position",
        "relate",
        "exist",
        "query",
        "verify",
        "verify color",
        "verify rel",
        "verify hposition",
        "verify weather",
        "choose",
        "choose color",
        "choose name",
        "choose rel",
        "choose hposition",
        "choose location",
        "choose healthier",
        "choose less healthy",
        "choose larger",
        "choose >",
        "compare",
        "and",
        "or",
        "same",
        "same color",
        "same type",
        "different",
        "different material",
        "common",
    ] {
        let count = seen.get(operation).copied().unwrap_or_default();
        assert!(count > 20, "{operation}: {count} of {seen:?}");
    }
}
