//! Arguments to parameters, with CPython's complaints.

use super::super::error::R;
use super::super::value::Tv;
use super::super::value::Value;
use super::super::{Frame, Vm};
use crate::ast::{Function, ParamKind};
use crate::trace::{EventId, EventKind};
use std::sync::Arc;

impl<'a> Vm<'a> {
    /// Stores arguments in a frame, with CPython's complaints.
    pub(super) fn bind(
        &mut self,
        frame: &mut Frame<'a>,
        function: &'a Function,
        mut pos: Vec<Tv>,
        kw: Vec<(Arc<str>, Tv)>,
        mut default: impl FnMut(&mut Self, usize) -> R<Tv>,
    ) -> R<()> {
        let params = &function.params;
        // The usual case first: positional arguments, the rest by default.
        if kw.is_empty()
            && function.vararg.is_none()
            && function.kwarg.is_none()
            && pos.len() <= params.len()
            && params.iter().all(|p| p.kind != ParamKind::KeywordOnly)
            && params[pos.len()..].iter().all(|p| p.default.is_some())
        {
            let (given, left) = params.split_at(pos.len());
            let before = given.iter().filter(|p| p.default.is_some()).count();
            for (param, tv) in given.iter().zip(pos) {
                *self.slot(frame, param.name.var) = Some(tv);
            }
            for (i, param) in left.iter().enumerate() {
                let tv = default(self, before + i)?;
                *self.slot(frame, param.name.var) = Some(tv);
            }
            return Ok(());
        }
        let positional = params
            .iter()
            .filter(|p| p.kind != ParamKind::KeywordOnly)
            .count();
        let mut values: Vec<Option<Tv>> = vec![None; params.len()];
        let given = pos.len();
        let rest = if given > positional {
            pos.split_off(positional)
        } else {
            Vec::new()
        };
        for (slot, tv) in values.iter_mut().zip(pos) {
            *slot = Some(tv);
        }
        let mut extra = Vec::new();
        for (name, tv) in kw {
            let at = params
                .iter()
                .position(|p| *p.name.id == *name && p.kind != ParamKind::PositionalOnly);
            match at {
                Some(i) if values[i].is_some() => {
                    let function = self.qualified(frame);
                    let message = format!("{function}() got multiple values for argument '{name}'");
                    return Err(self.type_error(message));
                }
                Some(i) => values[i] = Some(tv),
                None if function.kwarg.is_some() => {
                    self.work(extra.len() / 4)?;
                    let twice = extra.iter().any(
                        |(key, _): &(Tv, Tv)| matches!(&key.value, Value::Str(k) if *k == name),
                    );
                    if twice {
                        let function = self.qualified(frame);
                        let message = format!(
                            "{function}() got multiple values for keyword argument '{name}'"
                        );
                        return Err(self.type_error(message));
                    }
                    let key = Tv::new(Value::Str(name), EventId::START);
                    extra.push((key, tv));
                }
                None if params.iter().any(|p| *p.name.id == *name) => {
                    let function = self.qualified(frame);
                    let message = format!(
                        "{function}() got some positional-only arguments passed as keyword \
                         arguments: '{name}'"
                    );
                    return Err(self.type_error(message));
                }
                None => {
                    let function = self.qualified(frame);
                    let message =
                        format!("{function}() got an unexpected keyword argument '{name}'");
                    return Err(self.type_error(message));
                }
            }
        }
        if !rest.is_empty() && function.vararg.is_none() {
            let named = params
                .iter()
                .zip(&values)
                .filter(|(p, v)| p.kind == ParamKind::KeywordOnly && v.is_some())
                .count();
            let message = self.too_many(frame, function, positional, given, named);
            return Err(self.type_error(message));
        }
        let mut with_default = 0;
        for (i, param) in params.iter().enumerate() {
            if param.default.is_some() {
                if values[i].is_none() {
                    values[i] = Some(default(self, with_default)?);
                }
                with_default += 1;
            }
        }
        self.check_missing(frame, function, &values)?;
        for (param, tv) in params.iter().zip(values) {
            *self.slot(frame, param.name.var) = tv;
        }
        if let Some(name) = &function.vararg {
            let event = self.next_event();
            let value = self.tuple(rest, event)?;
            self.event(EventKind::Build, function.id, &[], &value)?;
            *self.slot(frame, name.var) = Some(Tv::new(value, event));
        }
        if let Some(name) = &function.kwarg {
            let event = self.next_event();
            let value = self.dict(extra, event)?;
            self.event(EventKind::Build, function.id, &[], &value)?;
            *self.slot(frame, name.var) = Some(Tv::new(value, event));
        }
        Ok(())
    }

    fn check_missing(
        &mut self,
        frame: &Frame<'a>,
        function: &'a Function,
        values: &[Option<Tv>],
    ) -> R<()> {
        for keyword_only in [false, true] {
            let missing: Vec<String> = function
                .params
                .iter()
                .zip(values)
                .filter(|(p, v)| v.is_none() && (p.kind == ParamKind::KeywordOnly) == keyword_only)
                .map(|(p, _)| format!("'{}'", p.name.id))
                .collect();
            let names = match missing.as_slice() {
                [] => continue,
                [one] => one.clone(),
                [a, b] => format!("{a} and {b}"),
                [init @ .., last] => format!("{}, and {last}", init.join(", ")),
            };
            let message = format!(
                "{}() missing {} required {} argument{}: {names}",
                self.qualified(frame),
                missing.len(),
                if keyword_only {
                    "keyword-only"
                } else {
                    "positional"
                },
                if missing.len() == 1 { "" } else { "s" },
            );
            return Err(self.type_error(message));
        }
        Ok(())
    }

    fn too_many(
        &self,
        frame: &Frame<'a>,
        function: &Function,
        positional: usize,
        given: usize,
        named: usize,
    ) -> String {
        let required = function
            .params
            .iter()
            .filter(|p| p.kind != ParamKind::KeywordOnly && p.default.is_none())
            .count();
        let takes = if required == positional {
            format!("{positional}")
        } else {
            format!("from {required} to {positional}")
        };
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let given_text = match named {
            0 => given.to_string(),
            n => format!(
                "{given} positional argument{} (and {n} keyword-only argument{})",
                plural(given),
                plural(n)
            ),
        };
        format!(
            "{}() takes {takes} positional argument{} but {given_text} {} given",
            self.qualified(frame),
            if positional == 1 && required == positional {
                ""
            } else {
                "s"
            },
            if given == 1 && named == 0 {
                "was"
            } else {
                "were"
            },
        )
    }

    /// The qualified name of the function a frame runs.
    fn qualified(&self, frame: &Frame<'a>) -> String {
        match frame.closure {
            Some(id) => self.qualified_closure(id),
            None => {
                let function = frame.function;
                let name = function.map(|f| f.name.to_string()).unwrap_or_default();
                let def = function.and_then(|f| self.pack.definition(f));
                match def.and_then(|d| d.class) {
                    Some(class) => {
                        format!("{}.{name}", self.pack.classes[class as usize].name)
                    }
                    None => name,
                }
            }
        }
    }

    pub(crate) fn qualified_closure(&self, id: u32) -> String {
        let mut parts = Vec::new();
        let mut at = Some(id);
        while let Some(id) = at {
            let func = &self.heap.funcs[id as usize];
            parts.push(func.function.name.to_string());
            at = func.outer;
        }
        parts.reverse();
        parts.join(".<locals>.")
    }
}
