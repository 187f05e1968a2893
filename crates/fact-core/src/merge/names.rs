//! What the text calls an object.

use super::facts::program_node;
use crate::english::{
    Number, Part, Template, article, join_and, join_or, ordinal, plural, singular,
};
use fact_lang::pack::Pack;
use fact_lang::run::Inputs;
use fact_lang::trace::{Object, PackCall, Trace, TraceValue};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// The name of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noun {
    /// Singular, without article: `small yellow square`, `first box`.
    pub head: String,
    /// Whether the head alone tells which: `the first box`.
    pub unique: bool,
    /// Where: `in the second box`.
    pub place: Option<String>,
    /// What tells it from others of the same head and place: `upper`, or ` at (25, 60)`, which
    /// begins with a space because it stands behind the head.
    pub mark: Option<String>,
}

impl Noun {
    /// `the small yellow square`.
    pub fn definite(&self) -> String {
        match self.mark.as_deref() {
            Some(mark) if mark.starts_with(' ') => format!("the {}{mark}", self.head),
            Some(mark) => format!("the {mark} {}", self.head),
            None => format!("the {}", self.head),
        }
    }

    /// `the small yellow square in the second box`.
    pub fn full(&self) -> String {
        match &self.place {
            Some(place) => format!("{} {place}", self.definite()),
            None => self.definite(),
        }
    }
}

/// Names objects of one trace, always the same way.
pub struct Namer<'a> {
    trace: &'a Trace,
    pack: &'a Pack,
    inputs: &'a Inputs,
    class_templates: Vec<Option<Template>>,
    /// Object → the outermost pack call that first returned it in a list or alone.
    creator: HashMap<u32, u32>,
    generic: String,
    adjectives: Vec<String>,
    /// Names that were made.
    nouns: RefCell<HashMap<u32, Noun>>,
    /// By class; `None` while it is made.
    alike: RefCell<HashMap<u32, Option<Rc<Alike>>>>,
}

/// By head, place and image: the boxes of what is called so, each with the number of objects that
/// have it; three boxes and two objects at most.
type Alike = HashMap<(String, Option<String>, usize), Vec<([f64; 4], usize)>>;

impl<'a> Namer<'a> {
    /// A namer for the trace.
    pub fn new(trace: &'a Trace, pack: &'a Pack, inputs: &'a Inputs) -> Self {
        let class_templates = pack
            .classes
            .iter()
            .map(|c| Template::parse(c.says.as_deref()?).ok())
            .collect();
        let mut creator = HashMap::new();
        for (at, call) in trace.pack_calls.iter().enumerate() {
            let Some(event) = call.event else { continue };
            let function = &pack.functions[call.function as usize];
            let listed = function.element.is_some()
                || function
                    .says
                    .as_deref()
                    .is_some_and(|s| s.starts_with("[there be]"));
            if !listed || program_node(trace, pack, trace.event(event)).is_none() {
                continue;
            }
            let value = &trace.event(event).value;
            let own = std::iter::once(value);
            for v in own.chain(trace.items_of(value).iter().map(|(v, _)| v)) {
                if let TraceValue::Object(o) = v {
                    creator.entry(*o).or_insert(at as u32);
                }
            }
        }
        let (generic, adjectives) = generic_noun(pack);
        Self {
            trace,
            pack,
            inputs,
            class_templates,
            creator,
            generic,
            adjectives,
            nouns: RefCell::default(),
            alike: RefCell::default(),
        }
    }

    /// Index into [`Trace::pack_calls`] of the program's call that first gave this object.
    pub fn creator(&self, object: u32) -> Option<u32> {
        self.creator.get(&object).copied()
    }

    /// The record of an object.
    pub fn record(&self, object: u32) -> &'a Object {
        &self.trace.objects[object as usize]
    }

    /// A field by its name, or by its private spelling.
    pub fn field(&self, object: u32, name: &str) -> Option<&'a TraceValue> {
        let record = self.record(object);
        let private = |n: &str| n.strip_prefix('_') == Some(name);
        record
            .fields
            .iter()
            .find(|(n, _, _)| **n == *name || private(n))
            .map(|(_, v, _)| v)
    }

    /// Whether the class's noun shows this field.
    pub fn noun_shows(&self, object: u32, field: &str) -> bool {
        let class = self.record(object).class as usize;
        self.class_templates[class]
            .as_ref()
            .is_some_and(|t| t.mentions(field))
    }

    /// Image and box of an object, if it has one region.
    pub fn region(&self, object: u32) -> Option<(usize, [f64; 4])> {
        self.record(object)
            .fields
            .iter()
            .find_map(|(_, value, _)| match value {
                TraceValue::Region { image, bbox } => Some((*image as usize, *bbox)),
                _ => None,
            })
    }

    /// Whether an object is an input image as a whole.
    pub fn is_whole_image(&self, object: u32) -> bool {
        self.region(object).is_some_and(|(image, bbox)| {
            self.inputs
                .images
                .get(image)
                .is_some_and(|i| bbox == [0.0, 0.0, f64::from(i.width), f64::from(i.height)])
        }) && !self.creator.contains_key(&object)
    }

    /// The name of an object.
    pub fn noun(&self, object: u32) -> Noun {
        if let Some(known) = self.nouns.borrow().get(&object) {
            return known.clone();
        }
        let mut noun = self.noun_within(object, NESTING);
        if !noun.unique {
            noun.mark = self.mark(object, &noun);
        }
        self.nouns.borrow_mut().insert(object, noun.clone());
        noun
    }

    /// What tells an object from others that have its head and place: its side among two, its
    /// center among more.
    fn mark(&self, object: u32, noun: &Noun) -> Option<String> {
        let (image, own) = self.region(object)?;
        let class = self.record(object).class;
        let alike = self.alike(class)?;
        let key = (noun.head.clone(), noun.place.clone(), image);
        let others = alike.get(&key).into_iter().flatten();
        let others = others.filter(|(bbox, _)| *bbox != own);
        let others: Vec<[f64; 4]> = others
            .flat_map(|(bbox, objects)| std::iter::repeat_n(*bbox, *objects))
            .collect();
        let center = |b: [f64; 4]| ((b[0] + b[2]) / 2.0, (b[1] + b[3]) / 2.0);
        let (x, y) = center(own);
        match others.as_slice() {
            [] => None,
            [other] => {
                let (ox, oy) = center(*other);
                let word = match ((x - ox).abs() >= (y - oy).abs(), x < ox, y < oy) {
                    (true, true, _) => "left",
                    (true, false, _) => "right",
                    (false, _, true) => "upper",
                    (false, _, false) => "lower",
                };
                Some(word.to_owned())
            }
            _ => Some(format!(" at ({x:.0}, {y:.0})")),
        }
    }

    /// The boxes of a class by what their objects are called; `None` while that is found out.
    fn alike(&self, class: u32) -> Option<Rc<Alike>> {
        if let Some(known) = self.alike.borrow().get(&class) {
            return known.clone();
        }
        self.alike.borrow_mut().insert(class, None);
        let mut alike = Alike::new();
        for (at, object) in self.trace.objects.iter().enumerate() {
            let at = at as u32;
            let Some((image, bbox)) = self.region(at).filter(|_| object.class == class) else {
                continue;
            };
            let named = self.noun_within(at, NESTING);
            let boxes = alike.entry((named.head, named.place, image)).or_default();
            // Three boxes are one's own and two others: more is never asked.
            match boxes.iter().position(|(known, _)| *known == bbox) {
                Some(at) => boxes[at].1 = (boxes[at].1 + 1).min(2),
                None if boxes.len() < 3 => boxes.push((bbox, 1)),
                None => {}
            }
        }
        let alike = Some(Rc::new(alike));
        self.alike.borrow_mut().insert(class, alike.clone());
        alike
    }

    /// The name of an object; its place names other objects at most `depth` deep.
    fn noun_within(&self, object: u32, depth: u8) -> Noun {
        let class = self.record(object).class as usize;
        let place = self.place(object, depth);
        if let Some(text) = self.class_templates[class]
            .as_ref()
            .and_then(|t| self.class_noun(t, object))
        {
            if let Some(head) = text.strip_prefix("the ") {
                return Noun {
                    head: head.to_owned(),
                    unique: true,
                    place: None,
                    mark: None,
                };
            }
            return Noun {
                head: text,
                unique: false,
                place,
                mark: None,
            };
        }
        if let Some(head) = self.element_noun(object) {
            return Noun {
                head,
                unique: false,
                place,
                mark: None,
            };
        }
        if self.is_whole_image(object) {
            return Noun {
                head: self.image_name(object),
                unique: true,
                place: None,
                mark: None,
            };
        }
        Noun {
            head: spaced(&self.pack.classes[class].name),
            unique: false,
            place,
            mark: None,
        }
    }

    fn image_name(&self, object: u32) -> String {
        match self.region(object) {
            Some((image, _)) if self.inputs.images.len() > 1 => {
                format!("{} image", ordinal(image as i64 + 1))
            }
            _ => "image".to_owned(),
        }
    }

    fn class_noun(&self, template: &Template, object: u32) -> Option<String> {
        let text = self.class_parts(&template.parts, object)?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    fn class_parts(&self, parts: &[Part], object: u32) -> Option<String> {
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Place {
                    name,
                    ordinal: as_ordinal,
                } => match self.field(object, name)? {
                    TraceValue::Int(i) if *as_ordinal => out.push_str(&ordinal(i + 1)),
                    TraceValue::Int(i) => out.push_str(&i.to_string()),
                    TraceValue::Str(s) => out.push_str(s),
                    TraceValue::Object(o) => out.push_str(&self.noun(*o).definite()),
                    _ => return None,
                },
                Part::Noun(inner) => out.push_str(&self.class_parts(inner, object)?),
                Part::Optional(inner) => {
                    out.push_str(&self.class_parts(inner, object).unwrap_or_default());
                }
                Part::Verb(_) | Part::ThereBe => return None,
            }
        }
        Some(out)
    }

    /// The `@element` template of the call that gave the object, and that call.
    fn element(&self, object: u32) -> Option<(Template, &'a PackCall)> {
        let call = &self.trace.pack_calls[self.creator(object)? as usize];
        let function = &self.pack.functions[call.function as usize];
        let template = Template::parse(function.element.as_deref()?).ok()?;
        Some((template, call))
    }

    /// The noun that the element template says, without its optional parts.
    fn element_noun(&self, object: u32) -> Option<String> {
        let (template, call) = self.element(object)?;
        let mut out = String::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Place { name, .. } => match self.argument(call, name)? {
                    TraceValue::Str(s) => out.push_str(&singular(s)),
                    _ => return None,
                },
                Part::Optional(_) => {}
                _ => return None,
            }
        }
        Some(self.with_noun(&out))
    }

    /// An optional part of an element template: `to the left of the red cube`; `None` where an
    /// argument of it was not given.
    fn element_place(&self, part: &[Part], call: &PackCall, depth: u8) -> Option<String> {
        let mut out = String::new();
        for part in part {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Place { name, .. } => match self.argument(call, name)? {
                    TraceValue::Str(s) => out.push_str(s),
                    TraceValue::Object(o) => {
                        out.push_str(&self.noun_within(*o, depth.saturating_sub(1)).full());
                    }
                    list @ TraceValue::Items { .. } => {
                        // Heads only: the places of many would not fit into a name.
                        let items = self.trace.items_of(list).iter();
                        let nouns = items.filter_map(|(value, _)| match value {
                            TraceValue::Object(o) => Some(self.noun_within(*o, 0)),
                            _ => None,
                        });
                        let listed = list_of(nouns, true);
                        if listed.is_empty() {
                            return None;
                        }
                        out.push_str(&listed);
                    }
                    _ => return None,
                },
                _ => return None,
            }
        }
        let out = out.trim();
        (!out.is_empty()).then(|| out.to_owned())
    }

    /// A phrase that has only adjectives gets the pack's general noun.
    pub fn with_noun(&self, phrase: &str) -> String {
        let phrase = phrase.trim().to_lowercase();
        match phrase.split_whitespace().last() {
            Some(last) if self.adjectives.iter().any(|a| a == last) => {
                format!("{phrase} {}", self.generic)
            }
            Some(_) => phrase,
            None => self.generic.clone(),
        }
    }

    /// An argument of a pack call by parameter name; `self` is the receiver.
    pub fn argument<'c>(&self, call: &'c PackCall, name: &str) -> Option<&'c TraceValue> {
        let function = &self.pack.functions[call.function as usize];
        let method = usize::from(function.class.is_some());
        let at = if name == "self" {
            (method == 1).then_some(0)
        } else {
            function
                .params
                .iter()
                .position(|p| **p == *name)
                .map(|i| i + method)
        }?;
        call.args.get(at).map(|(value, _)| value)
    }

    /// `to the left of the red cube`, as the element template says, or else `in the second box`:
    /// where the call that gave the object looked, unless that is everywhere.
    fn place(&self, object: u32, depth: u8) -> Option<String> {
        if depth == 0 {
            return None;
        }
        if let Some((template, call)) = self.element(object) {
            let optional = template.parts.iter().find_map(|part| match part {
                Part::Optional(inner) => Some(inner),
                _ => None,
            });
            if let Some(inner) = optional {
                return self.element_place(inner, call, depth);
            }
        }
        if let Some(TraceValue::Object(holder)) = self.field(object, "box") {
            let noun = self.noun_within(*holder, depth - 1);
            return Some(format!("in {}", noun.definite()));
        }
        let call = &self.trace.pack_calls[self.creator(object)? as usize];
        match self.argument(call, "self")? {
            TraceValue::Object(holder) if *holder != object && !self.is_whole_image(*holder) => {
                let noun = self.noun_within(*holder, depth - 1);
                (noun.head != "image").then(|| format!("in {}", noun.definite()))
            }
            _ => None,
        }
    }

    /// `a small yellow square and 2 big blue circles`, or with `the`: names counted, in order of
    /// first mention, places left out.
    pub fn list(&self, objects: &[u32], definite: bool) -> String {
        list_of(objects.iter().map(|object| self.noun(*object)), definite)
    }

    /// `the second or third box`, `the tower in the first or third box`.
    pub fn alternatives(&self, objects: &[u32]) -> String {
        let heads: Vec<String> = objects.iter().map(|o| self.noun(*o).head).collect();
        let split: Option<Vec<(&str, &str)>> = heads.iter().map(|h| ordinal_parts(h)).collect();
        if let Some(split) = split.filter(|_| objects.iter().all(|o| self.noun(*o).unique)) {
            let (_, rest) = split[0];
            let (kind, first) = match heads[0].split_once(" in the ") {
                Some((kind, _)) => (format!("{kind} in the "), rest),
                None => (String::new(), rest),
            };
            if split.iter().all(|(_, r)| *r == first) {
                let words: Vec<String> = split.iter().map(|(w, _)| (*w).to_owned()).collect();
                return format!("the {kind}{} {first}", join_or(&words));
            }
        }
        let names: Vec<String> = objects.iter().map(|o| self.noun(*o).full()).collect();
        join_or(&names)
    }

    /// The noun for a set of objects: their common head, or their common last word, or the class.
    pub fn common_noun(&self, objects: &[u32]) -> String {
        let nouns: Vec<Noun> = objects.iter().map(|o| self.noun(*o)).collect();
        let Some(first) = nouns.first() else {
            return self.generic.clone();
        };
        if nouns.iter().all(|n| n.head == first.head) {
            return first.head.clone();
        }
        // `tower in the first box` is a tower.
        let last = |n: &Noun| {
            let head = n
                .head
                .split_once(" in ")
                .map_or(n.head.as_str(), |(head, _)| head);
            head.split_whitespace()
                .last()
                .unwrap_or_default()
                .to_owned()
        };
        if nouns.iter().all(|n| last(n) == last(first)) {
            return last(first);
        }
        let class = self.record(objects[0]).class as usize;
        spaced(&self.pack.classes[class].name)
    }
}

/// How deep a name may name others: `the cube behind the ball to the left of the cone`. It keeps
/// names short, and bounds the work on a hostile program's chain of them.
const NESTING: u8 = 2;

fn list_of(nouns: impl Iterator<Item = Noun>, definite: bool) -> String {
    let mut heads: Vec<(Noun, i64)> = Vec::new();
    for noun in nouns {
        match heads
            .iter_mut()
            .find(|(n, _)| n.head == noun.head && !n.unique)
        {
            Some((_, count)) => *count += 1,
            None => heads.push((noun, 1)),
        }
    }
    if let Some(joined) = join_ordinals(&heads).or_else(|| join_places(&heads)) {
        return joined;
    }
    let parts: Vec<String> = heads
        .iter()
        .map(|(noun, count)| match (count, definite || noun.unique) {
            (1, true) => noun.definite(),
            (1, false) => format!("{} {}", article(&noun.head), noun.head),
            (n, true) => format!("the {n} {}", plural(&noun.head)),
            (n, false) => format!("{n} {}", plural(&noun.head)),
        })
        .collect();
    join_and(&parts)
}

/// `the first and second boxes` for unique names that differ in an ordinal only.
fn join_ordinals(heads: &[(Noun, i64)]) -> Option<String> {
    if heads.len() < 2 {
        return None;
    }
    let split: Vec<(&str, &str)> = heads
        .iter()
        .map(|(n, _)| n.head.split_once(' '))
        .collect::<Option<_>>()?;
    let (_, rest) = split[0];
    if !heads.iter().all(|(n, _)| n.unique) || !split.iter().all(|(_, r)| *r == rest) {
        return None;
    }
    let words: Vec<String> = split.iter().map(|(w, _)| (*w).to_owned()).collect();
    Some(format!("the {} {}", join_and(&words), plural(rest)))
}

/// `tower in the first box` → (first, box); `first box` → (first, box).
fn ordinal_parts(head: &str) -> Option<(&str, &str)> {
    head.split_once(" in the ")
        .map_or(head, |(_, holder)| holder)
        .split_once(' ')
}

/// `the towers in the first and second boxes` for `tower in the first box`, ...
fn join_places(heads: &[(Noun, i64)]) -> Option<String> {
    if heads.len() < 2 || !heads.iter().all(|(n, _)| n.unique) {
        return None;
    }
    let split: Vec<(&str, &str)> = heads
        .iter()
        .map(|(n, _)| n.head.split_once(" in the "))
        .collect::<Option<_>>()?;
    if !split.iter().all(|(kind, _)| *kind == split[0].0) {
        return None;
    }
    let holders: Vec<(Noun, i64)> = split
        .iter()
        .map(|(_, holder)| {
            let head = (*holder).to_owned();
            (
                Noun {
                    head,
                    unique: true,
                    place: None,
                    mark: None,
                },
                1,
            )
        })
        .collect();
    Some(format!(
        "the {} in {}",
        plural(split[0].0),
        join_ordinals(&holders)?
    ))
}

/// The pack's noun for anything, and the words of its vocabulary that are adjectives.
fn generic_noun(pack: &Pack) -> (String, Vec<String>) {
    let mut generic = "object".to_owned();
    let mut adjectives = Vec::new();
    for (class, values) in &pack.vocabulary {
        if ["color", "colour", "size", "material"].contains(&class.as_str()) {
            for (value, words) in values {
                adjectives.push(value.clone());
                adjectives.extend(words.iter().cloned());
            }
        }
        if class == "shape" {
            for (value, _) in values {
                if ["item", "object", "thing"].contains(&value.as_str()) {
                    generic.clone_from(value);
                }
            }
        }
    }
    (generic, adjectives)
}

/// `ImagePatch` → `image patch`.
pub fn spaced(name: &Arc<str>) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// Grammatical number of so many things.
pub fn number_of(count: usize) -> Number {
    Number::of(i64::try_from(count).unwrap_or(i64::MAX))
}
