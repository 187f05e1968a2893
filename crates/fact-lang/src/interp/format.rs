//! `str`, `repr`, `format` and `%`.

use super::Vm;
use super::error::{ExcClass, R};
use super::value::{DictKind, Tv, Value, ViewKind};
use crate::ast::NodeId;
use crate::pytext::{self, percent, template};
use crate::trace::EventId;
use num_bigint::BigInt;
use std::fmt::Write;

const TOO_DEEP: &str = "maximum recursion depth exceeded while getting the repr of an object";
/// Longest text one formatting may give.
const MAX_TEXT: usize = 16 << 20;

impl<'a> Vm<'a> {
    /// Bytes a text may still have.
    pub(crate) fn room(&self) -> usize {
        usize::try_from(self.limits.heap.saturating_sub(self.bytes))
            .unwrap_or(MAX_TEXT)
            .min(MAX_TEXT)
    }

    /// Python's `str(value)`.
    pub(crate) fn text(&mut self, value: &Value) -> R<String> {
        match value {
            Value::Str(s) => {
                self.charge(s.len())?;
                Ok(s.to_string())
            }
            Value::Exc(i) => self.nested(TOO_DEEP, |vm| vm.exception_text(*i)),
            other => self.repr(other),
        }
    }

    /// Python's `repr(value)`.
    pub(crate) fn repr(&mut self, value: &Value) -> R<String> {
        let mut out = String::new();
        self.repr_into(value, &mut out, &mut Vec::new())?;
        Ok(out)
    }

    fn repr_into(&mut self, value: &Value, out: &mut String, open: &mut Vec<(u8, u32)>) -> R<()> {
        self.step()?;
        let start = out.len();
        match value {
            Value::None => out.push_str("None"),
            Value::Ellipsis => out.push_str("Ellipsis"),
            Value::NotImplemented => out.push_str("NotImplemented"),
            Value::Bool(b) => out.push_str(if *b { "True" } else { "False" }),
            Value::Int(i) => {
                // Writing to a string does not fail, here and below.
                let _ = write!(out, "{i}");
            }
            Value::Big(b) => {
                let digits = pytext::number::int_to_str(b).map_err(|e| self.text_error(e))?;
                out.push_str(&digits);
            }
            Value::Float(x) => out.push_str(&pytext::float::repr(*x)),
            Value::Str(s) => {
                self.charge(s.len())?;
                out.push_str(&pytext::repr::repr(s));
            }
            Value::List(i) if self.is_deque(*i) => {
                let most = self.heap.deques.get(i).and_then(|d| d.most);
                let close = most.map_or("])".to_owned(), |n| format!("], maxlen={n})"));
                self.repr_items(value, ("deque([", &close), (0, *i), out, open)?;
            }
            Value::List(i) => self.repr_items(value, ("[", "]"), (0, *i), out, open)?,
            Value::Tuple(i) => self.repr_items(value, ("(", ")"), (1, *i), out, open)?,
            Value::Set(i) => self.repr_set(*i, out, open)?,
            Value::Dict(i) => self.repr_dict(*i, out, open)?,
            Value::View(kind, i) => {
                let entries: Vec<(Tv, Tv)> =
                    self.heap.dicts[*i as usize].map.values().cloned().collect();
                out.push_str(match kind {
                    ViewKind::Keys => "dict_keys([",
                    ViewKind::Values => "dict_values([",
                    ViewKind::Items => "dict_items([",
                });
                self.value_depth += 1;
                let result = self.repr_view(*kind, entries, out, open);
                self.value_depth -= 1;
                result?;
                out.push_str("])");
            }
            Value::Range(r) => {
                let _ = match r.2 {
                    1 => write!(out, "range({}, {})", r.0, r.1),
                    step => write!(out, "range({}, {}, {step})", r.0, r.1),
                };
            }
            Value::Slice(parts) => {
                out.push_str("slice(");
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    self.repr_into(part, out, open)?;
                }
                out.push(')');
            }
            Value::Instance(i) => self.repr_instance(*i, out)?,
            Value::Exc(i) => {
                let args = self.heap.excs[*i as usize].args.clone();
                out.push_str(self.heap.excs[*i as usize].class.name());
                out.push('(');
                self.nested(TOO_DEEP, |vm| {
                    for (i, arg) in args.iter().enumerate() {
                        if i > 0 {
                            out.push_str(", ");
                        }
                        vm.repr_into(&arg.value, out, open)?;
                    }
                    Ok(())
                })?;
                out.push(')');
            }
            Value::Region(i) => {
                let b = self.heap.regions[*i as usize].bbox;
                let _ = write!(
                    out,
                    "Region({}, {}, {}, {})",
                    b.left, b.top, b.right, b.bottom
                );
            }
            Value::Detection(i) => {
                let detection = &self.heap.detections[*i as usize];
                let _ = write!(
                    out,
                    "Detection({}, {})",
                    pytext::repr::repr(&detection.label),
                    pytext::float::repr(detection.score)
                );
            }
            Value::Type(ty) => {
                let module = match ty {
                    super::value::Type::Counter
                    | super::value::Type::DefaultDict
                    | super::value::Type::Deque
                    | super::value::Type::OrderedDict => "collections.",
                    _ => "",
                };
                let _ = write!(out, "<class '{module}{}'>", ty.name());
            }
            Value::ExcClass(class) => {
                let module = match class {
                    ExcClass::StatisticsError => "statistics.",
                    ExcClass::RegexError => "re.",
                    _ => "",
                };
                let _ = write!(out, "<class '{module}{}'>", class.name());
            }
            Value::PackClass(class) => {
                let name = &self.pack.classes[*class as usize].name;
                let _ = write!(out, "<class '{name}'>");
            }
            Value::Func(i) => {
                let name = self.qualified_closure(*i);
                let _ = write!(out, "<function {name}>");
            }
            Value::PackFn(i) => {
                let name = &self.pack.def(*i).function.name;
                let _ = write!(out, "<function {name}>");
            }
            Value::Native(native) => {
                let _ = write!(out, "<built-in function {}>", native.name);
            }
            Value::Bound(bound) => {
                let name = self.type_name(&bound.0.value);
                let _ = write!(out, "<bound method {name}.{}>", bound.1);
            }
            Value::Module(name) => {
                let _ = write!(out, "<module '{name}'>");
            }
            Value::Typing(name) => {
                let _ = write!(out, "typing.{name}");
            }
            Value::Pattern(p) => {
                let _ = write!(out, "re.compile({})", pytext::repr::repr(&p.source));
            }
            // Addresses are not shown: a run is a function of its inputs.
            Value::Match(m) => {
                let (start, end, text) = m.whole();
                let shown = pytext::repr::repr(&text);
                let _ = write!(
                    out,
                    "<re.Match object; span=({start}, {end}), match={shown}>"
                );
            }
            Value::Iter(_) | Value::Partial(_) | Value::CmpKey(_) => {
                let name = self.type_name(value);
                let _ = write!(out, "<{name} object>");
            }
        }
        self.charge(out.len() - start)
    }

    fn repr_view(
        &mut self,
        kind: ViewKind,
        entries: Vec<(Tv, Tv)>,
        out: &mut String,
        open: &mut Vec<(u8, u32)>,
    ) -> R<()> {
        for (i, (key, value)) in entries.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            match kind {
                ViewKind::Keys => self.repr_into(&key.value, out, open)?,
                ViewKind::Values => self.repr_into(&value.value, out, open)?,
                ViewKind::Items => {
                    out.push('(');
                    self.repr_into(&key.value, out, open)?;
                    out.push_str(", ");
                    self.repr_into(&value.value, out, open)?;
                    out.push(')');
                }
            }
        }
        Ok(())
    }

    fn repr_items(
        &mut self,
        value: &Value,
        (left, right): (&str, &str),
        id: (u8, u32),
        out: &mut String,
        open: &mut Vec<(u8, u32)>,
    ) -> R<()> {
        if open.contains(&id) {
            let _ = match left {
                "deque([" => write!(out, "[...]"),
                _ => write!(out, "{left}...{right}"),
            };
            return Ok(());
        }
        open.push(id);
        let items = self.items(value).to_vec();
        out.push_str(left);
        self.nested(TOO_DEEP, |vm| {
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                vm.repr_into(&item.value, out, open)?;
            }
            Ok(())
        })?;
        if id.0 == 1 && items.len() == 1 {
            out.push(',');
        }
        out.push_str(right);
        open.pop();
        Ok(())
    }

    fn repr_set(&mut self, i: u32, out: &mut String, open: &mut Vec<(u8, u32)>) -> R<()> {
        let set = &self.heap.sets[i as usize];
        let frozen = set.frozen;
        let items: Vec<Tv> = set.map.values().cloned().collect();
        if items.is_empty() {
            out.push_str(if frozen { "frozenset()" } else { "set()" });
            return Ok(());
        }
        out.push_str(if frozen { "frozenset({" } else { "{" });
        self.nested(TOO_DEEP, |vm| {
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                vm.repr_into(&item.value, out, open)?;
            }
            Ok(())
        })?;
        out.push_str(if frozen { "})" } else { "}" });
        Ok(())
    }

    fn repr_dict(&mut self, i: u32, out: &mut String, open: &mut Vec<(u8, u32)>) -> R<()> {
        if open.contains(&(2, i)) {
            out.push_str("{...}");
            return Ok(());
        }
        open.push((2, i));
        let dict = &self.heap.dicts[i as usize];
        let kind = dict.kind.clone();
        let mut entries: Vec<(Tv, Tv)> = dict.map.values().cloned().collect();
        match &kind {
            DictKind::Plain => out.push('{'),
            DictKind::Ordered if entries.is_empty() => out.push_str("OrderedDict("),
            DictKind::Ordered => out.push_str("OrderedDict(["),
            DictKind::Counter if entries.is_empty() => out.push_str("Counter("),
            DictKind::Counter => {
                entries = self.most_common(entries)?;
                out.push_str("Counter({");
            }
            DictKind::Default(factory) => {
                out.push_str("defaultdict(");
                self.repr_into(factory, out, open)?;
                out.push_str(", {");
            }
        }
        let ordered = matches!(kind, DictKind::Ordered);
        let empty = entries.is_empty();
        self.nested(TOO_DEEP, |vm| {
            for (i, (key, value)) in entries.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                if ordered {
                    out.push('(');
                }
                vm.repr_into(&key.value, out, open)?;
                out.push_str(if ordered { ", " } else { ": " });
                vm.repr_into(&value.value, out, open)?;
                if ordered {
                    out.push(')');
                }
            }
            Ok(())
        })?;
        out.push_str(match kind {
            DictKind::Plain => "}",
            DictKind::Ordered | DictKind::Counter if empty => ")",
            DictKind::Ordered => "])",
            DictKind::Counter | DictKind::Default(_) => "})",
        });
        open.pop();
        Ok(())
    }

    fn repr_instance(&mut self, i: u32, out: &mut String) -> R<()> {
        let class = self.heap.instances[i as usize].class;
        let Some(def) = self.pack.class(class).repr else {
            let _ = write!(out, "<{} object>", self.pack.classes[class as usize].name);
            return Ok(());
        };
        let receiver = Tv::new(Value::Instance(i), EventId::START);
        let node = self.at;
        let tv = self.nested(TOO_DEEP, |vm| {
            vm.call_pack(def, vec![receiver], Vec::new(), node)
        })?;
        self.dep(tv.event);
        match tv.value {
            Value::Str(s) => out.push_str(&s),
            other => {
                let name = self.type_name(&other);
                let message = format!("__repr__ returned non-string (type {name})");
                return Err(self.type_error(message));
            }
        }
        Ok(())
    }

    /// `format(value, spec)`
    pub(crate) fn format(&mut self, value: &Value, spec: &str) -> R<String> {
        if spec.is_empty() {
            return self.text(value);
        }
        let room = self.room();
        let text = match value {
            Value::Str(s) => pytext::spec::format_str(s, spec, room),
            Value::Bool(b) => pytext::spec::format_bool(*b, spec, room),
            Value::Int(i) => pytext::spec::format_int(&BigInt::from(*i), spec, room),
            Value::Big(b) => pytext::spec::format_int(b, spec, room),
            Value::Float(x) => pytext::spec::format_float(*x, spec, room),
            other => Err(pytext::spec::unsupported(&self.type_name(other))),
        };
        text.map_err(|e| self.text_error(e))
    }

    /// A replacement field of an f-string or a `str.format` template.
    pub(crate) fn converted(
        &mut self,
        value: &Value,
        conversion: Option<char>,
        spec: &str,
    ) -> R<String> {
        let text = match conversion {
            None => return self.format(value, spec),
            Some('r') => self.repr(value)?,
            Some('s') => self.text(value)?,
            Some('a') => pytext::repr::ascii_of_repr(&self.repr(value)?),
            Some(other) => {
                let error = template::unknown_conversion(other);
                return Err(self.text_error(error));
            }
        };
        if spec.is_empty() {
            return Ok(text);
        }
        let room = self.room();
        pytext::spec::format_str(&text, spec, room).map_err(|e| self.text_error(e))
    }

    /// `template.format(*args, **kw)`
    pub(crate) fn format_template(
        &mut self,
        parsed: &template::Template,
        args: &super::call::Args,
        node: NodeId,
        depth: u32,
    ) -> R<String> {
        if depth > 2 {
            return Err(self.value_error("Max string recursion exceeded"));
        }
        let mut out = String::new();
        for piece in &parsed.pieces {
            let field = match piece {
                template::Piece::Literal(text) => {
                    out.push_str(text);
                    continue;
                }
                template::Piece::Field(field) => field,
            };
            let tv = match &field.first {
                template::First::Index(i) => match args.pos.get(*i) {
                    Some(tv) => tv.clone(),
                    None => {
                        let message =
                            format!("Replacement index {i} out of range for positional args tuple");
                        return Err(self.index_error(message));
                    }
                },
                template::First::Name(name) => match args.kw.iter().find(|(n, _)| **n == **name) {
                    Some((_, tv)) => tv.clone(),
                    None => return Err(self.key_error(Value::str(name.as_str()))),
                },
            };
            let tv = self.format_path(tv, field, node)?;
            self.dep_deep(&tv)?;
            let spec = self.format_template(&field.spec, args, node, depth + 1)?;
            let text = self.converted(&tv.value, field.conversion, &spec)?;
            self.charge(text.len())?;
            out.push_str(&text);
        }
        match &parsed.error {
            Some(error) => Err(self.text_error(error.clone())),
            None => Ok(out),
        }
    }

    fn format_path(&mut self, mut tv: Tv, field: &template::Field, node: NodeId) -> R<Tv> {
        for part in &field.path {
            let index = match part {
                template::Part::Attribute(name) => {
                    tv = self.attribute(&tv, &name.as_str().into(), node)?;
                    continue;
                }
                template::Part::Index(i) => Value::Int(*i as i64),
                template::Part::Key(key) => Value::str(key.as_str()),
            };
            tv = self.subscript(&tv, &Tv::new(index, EventId::START), node)?;
        }
        match &field.path_error {
            Some(error) => Err(self.text_error(error.clone())),
            None => Ok(tv),
        }
    }

    /// `template % right`
    pub(crate) fn percent(&mut self, text: &str, right: &Value) -> R<Value> {
        let mapping = matches!(
            right,
            Value::Dict(_) | Value::List(_) | Value::Range(_) | Value::View(..)
        );
        let is_tuple = matches!(right, Value::Tuple(_));
        let mut rest: std::collections::VecDeque<Value> = match right {
            Value::Tuple(_) => self
                .items(right)
                .iter()
                .map(|tv| tv.value.clone())
                .collect(),
            other => [other.clone()].into(),
        };
        let mut out = String::new();
        let mut keyed = false;
        for piece in percent::directives(text, mapping) {
            let directive = match piece.map_err(|e| self.text_error(e))? {
                percent::Piece::Literal(text) => {
                    out.push_str(&text);
                    continue;
                }
                percent::Piece::Directive(directive) => directive,
            };
            let mut from_key = None;
            if let Some(key) = &directive.key {
                keyed = true;
                let key = Tv::new(Value::str(key.as_str()), EventId::START);
                let map = Tv::new(right.clone(), EventId::START);
                from_key = Some(self.percent_key(&map, &key)?);
            }
            let width = self.percent_amount(directive.width, &mut rest)?;
            let precision = self.percent_amount(directive.precision, &mut rest)?;
            let value = match from_key {
                Some(value) => value,
                None => match rest.pop_front() {
                    Some(value) => value,
                    None => return Err(self.text_error(percent::not_enough())),
                },
            };
            let piece = self.percent_piece(&directive, width, precision, &value)?;
            self.charge(piece.len())?;
            out.push_str(&piece);
        }
        if !rest.is_empty() && !keyed && (is_tuple || !mapping) {
            return Err(self.text_error(percent::not_all_converted()));
        }
        self.string(out)
    }

    fn percent_key(&mut self, map: &Tv, key: &Tv) -> R<Value> {
        let i = match map.value {
            Value::Dict(i) => i,
            Value::List(_) | Value::Range(_) => {
                return Ok(self.subscript(map, key, self.at)?.value);
            }
            _ => return Err(self.type_error("format requires a mapping")),
        };
        let hashed = self.key(&key.value)?;
        match self.heap.dicts[i as usize].map.get(&hashed) {
            Some((_, tv)) => Ok(tv.value.clone()),
            None => Err(self.key_error(key.value.clone())),
        }
    }

    fn percent_amount(
        &mut self,
        amount: percent::Amount,
        rest: &mut std::collections::VecDeque<Value>,
    ) -> R<Option<i64>> {
        match amount {
            percent::Amount::Absent => Ok(None),
            percent::Amount::Given(n) => Ok(Some(n as i64)),
            percent::Amount::Star => match rest.pop_front() {
                None => Err(self.text_error(percent::not_enough())),
                Some(value) => match value.as_int() {
                    Some(n) => Ok(Some(n)),
                    None => Err(self.type_error("* wants int")),
                },
            },
        }
    }

    fn percent_piece(
        &mut self,
        directive: &percent::Directive,
        width: Option<i64>,
        precision: Option<i64>,
        value: &Value,
    ) -> R<String> {
        let room = self.room();
        let rendered = if directive.is_text() {
            let text = match directive.conversion {
                'r' => self.repr(value)?,
                'a' => pytext::repr::ascii_of_repr(&self.repr(value)?),
                _ => self.text(value)?,
            };
            percent::render(directive, width, precision, percent::Arg::Str(&text), room)
        } else if let Some(big) = value.to_big() {
            percent::render(directive, width, precision, percent::Arg::Int(&big), room)
        } else {
            let name = self.type_name(value);
            let arg = match value {
                Value::Float(x) => percent::Arg::Float(*x),
                Value::Str(s) => percent::Arg::Str(s),
                _ => percent::Arg::Other(&name),
            };
            percent::render(directive, width, precision, arg, room)
        };
        rendered.map_err(|e| self.text_error(e))
    }

    /// Entries of a Counter, most common first.
    pub(crate) fn most_common(&mut self, mut entries: Vec<(Tv, Tv)>) -> R<Vec<(Tv, Tv)>> {
        self.work(entries.len())?;
        // Counts that are no numbers keep their order.
        let order = |a: &Tv, b: &Tv| super::compare::number_order(&a.value, &b.value);
        let sortable = entries.iter().all(|(_, n)| order(n, n).flatten().is_some());
        if sortable {
            entries.sort_by(|a, b| {
                order(&b.1, &a.1)
                    .flatten()
                    .unwrap_or(std::cmp::Ordering::Equal)
            });
        }
        Ok(entries)
    }
}
