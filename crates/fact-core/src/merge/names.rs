//! What the text calls an object.

use super::facts::program_node;
use super::lists::{list_of, ordinal_parts};
use super::marks::{Mark, marks};
use crate::english::{Number, Part, Template, join_or, ordinal, singular};
use fact_lang::pack::Pack;
use fact_lang::run::Inputs;
use fact_lang::trace::{Object, PackCall, Trace, TraceValue};
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
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
    /// What tells it from others of the same head and place.
    pub mark: Option<Mark>,
}

impl Noun {
    /// A name that tells which by itself.
    pub(super) fn unique(head: String) -> Self {
        Self {
            head,
            unique: true,
            place: None,
            mark: None,
        }
    }

    /// `the small yellow square`.
    pub fn definite(&self) -> String {
        self.marked(&self.head)
    }

    /// `the upper one`: the name after another of the same head and place.
    pub fn pronoun(&self) -> String {
        self.marked("one")
    }

    fn marked(&self, head: &str) -> String {
        match &self.mark {
            Some(mark) => format!("the {}{head}{}", mark.before, mark.behind),
            None => format!("the {head}"),
        }
    }

    /// `the small yellow square in the second box`.
    pub fn full(&self) -> String {
        match &self.place {
            Some(place) => format!("{} {place}", self.definite()),
            None => self.definite(),
        }
    }

    /// How many things bear this head at this place, itself among them.
    pub fn alike(&self) -> usize {
        self.mark.as_ref().map_or(1, |mark| mark.alike)
    }
}

/// The parsed templates of a function; `None` where it has none or a bad one.
#[derive(Debug, Clone, Default)]
struct Templates {
    says: Option<Template>,
    element: Option<Template>,
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
    /// `says` and `element` templates by function, as they are asked for.
    templates: Vec<OnceCell<Templates>>,
    /// Names without marks, by object, as they are asked for.
    bare: Vec<OnceCell<Noun>>,
    /// Marks of the objects of a class, by class.
    marks: Vec<OnceCell<BTreeMap<u32, Mark>>>,
}

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
            templates: vec![OnceCell::new(); pack.functions.len()],
            bare: vec![OnceCell::new(); trace.objects.len()],
            marks: vec![OnceCell::new(); pack.classes.len()],
        }
    }

    fn templates(&self, function: u32) -> &Templates {
        self.templates[function as usize].get_or_init(|| {
            let function = &self.pack.functions[function as usize];
            let parsed = |text: &Option<Arc<str>>| Template::parse(text.as_deref()?).ok();
            Templates {
                says: parsed(&function.says),
                element: parsed(&function.element),
            }
        })
    }

    /// What a function of the pack says.
    pub(super) fn says(&self, function: u32) -> Option<&Template> {
        self.templates(function).says.as_ref()
    }

    /// Index into [`Trace::pack_calls`] of the program's call that first gave this object.
    pub fn creator(&self, object: u32) -> Option<u32> {
        self.creator.get(&object).copied()
    }

    /// The record of an object.
    pub fn record(&self, object: u32) -> &'a Object {
        &self.trace.objects[object as usize]
    }

    /// How many objects of a class there are.
    pub(super) fn size_of_class(&self, class: u32) -> usize {
        let objects = self.trace.objects.iter();
        objects.filter(|o| o.class == class).count()
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
        let mut noun = self.bare(object).clone();
        if !noun.unique {
            let class = self.record(object).class;
            let marks = self.marks[class as usize].get_or_init(|| self.marks_of(class));
            noun.mark = marks.get(&object).cloned();
        }
        noun
    }

    /// The name of an object without what tells it from others.
    fn bare(&self, object: u32) -> &Noun {
        self.bare[object as usize].get_or_init(|| self.noun_within(object, NESTING))
    }

    /// What tells the objects of a class from others that have their head and place.
    fn marks_of(&self, class: u32) -> BTreeMap<u32, Mark> {
        type Alike<'n> = (usize, &'n str, Option<&'n str>);
        let mut groups: BTreeMap<Alike<'_>, Vec<(u32, [f64; 4])>> = BTreeMap::new();
        for (at, record) in self.trace.objects.iter().enumerate() {
            let at = at as u32;
            if record.class != class {
                continue;
            }
            let noun = self.bare(at);
            if let (false, Some((image, bbox))) = (noun.unique, self.region(at)) {
                let key = (image, noun.head.as_str(), noun.place.as_deref());
                groups.entry(key).or_default().push((at, bbox));
            }
        }
        groups
            .into_values()
            .flat_map(|group| marks(&group))
            .collect()
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
                return Noun::unique(head.to_owned());
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
            return Noun::unique(self.image_name(object));
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
    fn element(&self, object: u32) -> Option<(&Template, &'a PackCall)> {
        let call = &self.trace.pack_calls[self.creator(object)? as usize];
        let template = self.templates(call.function).element.as_ref()?;
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

    /// Class of attributes and canonical value of a word of the pack's vocabulary.
    fn attribute(&self, word: &str) -> Option<(&'a str, &'a str)> {
        let classes = self.pack.vocabulary.iter();
        let mut attributes = classes.filter(|(class, _)| ATTRIBUTES.contains(&class.as_str()));
        attributes.find_map(|(class, values)| {
            let fits = |(value, words): &&(String, Vec<String>)| {
                value == word || words.iter().any(|w| w == word)
            };
            let (value, _) = values.iter().find(fits)?;
            Some((class.as_str(), value.as_str()))
        })
    }

    /// A phrase in canonical words: `black blocks` and `black` are both `black item`.
    pub(super) fn canonical(&self, phrase: &str) -> String {
        let phrase = self.with_noun(phrase);
        let words = phrase.split_whitespace();
        let words: Vec<&str> = words
            .map(|word| self.attribute(word).map_or(word, |(_, value)| value))
            .collect();
        words.join(" ")
    }

    /// Whether the name of an object shows that a phrase names it, or that it does not; `None` if
    /// the name does not tell.
    pub(super) fn tells(&self, object: u32, phrase: &str) -> Option<bool> {
        let head = &self.bare(object).head;
        let own: Vec<(&str, &str)> = head
            .split_whitespace()
            .filter_map(|word| self.attribute(word))
            .collect();
        let mut all = true;
        for word in self.with_noun(phrase).split_whitespace() {
            let (class, value) = self.attribute(word)?;
            if value == self.generic || own.contains(&(class, value)) {
                continue;
            }
            if own.iter().any(|(c, v)| *c == class && *v != self.generic) {
                return Some(false);
            }
            all = false;
        }
        all.then_some(true)
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

/// Classes of a pack's vocabulary whose values stand in the names of things.
const ATTRIBUTES: [&str; 5] = ["color", "colour", "size", "material", "shape"];

/// How deep a name may name others: `the cube behind the ball to the left of the cone`. It keeps
/// names short, and bounds the work on a hostile program's chain of them.
const NESTING: u8 = 2;

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
