//! Calls of the pack in words, from their templates.

use super::{Focus, Speaker, literal};
use crate::english::{Number, Part, Template, article, plural, singular};
use crate::merge::sentences::Material;
use fact_lang::ast::{Expr, ExprKind};
use fact_lang::pack::PackFunction;

/// A call or attribute of the pack on the variable (any receiver if it is empty), with its
/// template and literal arguments.
pub struct Spoken<'m> {
    /// The function.
    pub function: &'m PackFunction,
    /// Its template.
    pub template: Template,
    pub(super) args: Vec<(String, Option<String>)>,
}

impl<'m> Speaker<'_, 'm> {
    /// Resolves an expression to a spoken pack call on what is spoken of.
    pub fn spoken(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Spoken<'m>> {
        let expr = self.resolve(expr, focus);
        let material = self.material;
        let (receiver, attr, args, keywords) = match &expr.kind {
            ExprKind::Attribute { value, attr } => (value, attr, &[][..], &[][..]),
            ExprKind::Call {
                func,
                args,
                keywords,
            } => match &func.kind {
                ExprKind::Attribute { value, attr } => {
                    (value, attr, args.as_slice(), keywords.as_slice())
                }
                _ => return None,
            },
            _ => return None,
        };
        if !focus.is(receiver) {
            return None;
        }
        let executed = self.executed.get(&expr.id).copied();
        let mut named = (0..material.pack.functions.len()).filter(|i| {
            let function = &material.pack.functions[*i];
            function.name == *attr && function.says.is_some()
        });
        let at = executed.or_else(|| {
            let first = named.next()?;
            // Two classes may have a method of this name; say nothing rather than the wrong thing,
            // unless they say the same.
            let says = &material.pack.functions[first].says;
            named
                .all(|i| material.pack.functions[i].says == *says)
                .then_some(first)
        })?;
        let function = &material.pack.functions[at];
        let template = Template::parse(function.says.as_deref()?).ok()?;
        let mut values: Vec<(String, Option<String>)> = Vec::new();
        for (i, param) in function.params.iter().enumerate() {
            let given = args.get(i).or_else(|| {
                keywords
                    .iter()
                    .find(|(k, _)| k.as_ref() == Some(param))
                    .map(|(_, v)| v)
            });
            let text = match given {
                None => None,
                Some(value) => Some(self.argument(value)?),
            };
            values.push((param.to_string(), text));
        }
        Some(Spoken {
            function,
            template,
            args: values,
        })
    }

    /// An argument in words: as it is written, or what another variable stands for.
    fn argument(&self, expr: &'m Expr) -> Option<String> {
        if let ExprKind::Name(name) = &expr.kind {
            let others = self.others.borrow();
            if let Some((_, text)) = others.iter().rev().find(|(n, _)| **n == *name.id) {
                return Some(text.clone());
            }
        }
        literal(self.resolve(expr, Focus::Any))
    }
}

impl Spoken<'_> {
    /// The noun that is counted, in the singular.
    pub fn noun(&self, material: &Material<'_>) -> Option<String> {
        let inner = self.template.parts.iter().find_map(|p| match p {
            Part::Noun(inner) => Some(inner),
            _ => None,
        })?;
        let text = self.fill(material, inner, None)?;
        Some(material.namer.with_noun(&singular(&text)))
    }

    /// Whether the call tells if something is so, and not what or how many.
    pub fn tells_whether(&self) -> bool {
        self.function.returns.as_deref() == Some("bool")
    }

    /// `Some` if behind the noun stands only ` in {self}`, or what was not given.
    pub fn behind_is_self(&self) -> Option<()> {
        let at = self
            .template
            .parts
            .iter()
            .position(|p| matches!(p, Part::Noun(_)))?;
        match &self.template.parts[at + 1..] {
            [Part::Text(text), Part::Place { name, .. }] if name == "self" && text == " in " => {
                Some(())
            }
            [] => Some(()),
            // What was not given is not said.
            [Part::Optional(inner)] => {
                let absent = inner.iter().any(|part| match part {
                    Part::Place { name, .. } => {
                        let given = self.args.iter().find(|(n, _)| n == name);
                        given.is_some_and(|(_, value)| value.is_none())
                    }
                    _ => false,
                });
                absent.then_some(())
            }
            _ => None,
        }
    }

    /// Parts with literal arguments; `result` as given.
    pub(super) fn fill(
        &self,
        material: &Material<'_>,
        parts: &[Part],
        result: Option<(&str, Number)>,
    ) -> Option<String> {
        let value = |name: &str| {
            self.args
                .iter()
                .find(|(n, _)| n == name)
                .and_then(|(_, v)| v.as_deref())
        };
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Place { name, .. } if name == "result" => out.push_str(result?.0),
                Part::Place { name, .. } => out.push_str(value(name)?),
                Part::Noun(inner) => {
                    let noun = material
                        .namer
                        .with_noun(&self.fill(material, inner, result)?);
                    match result {
                        Some((_, Number::Plural)) => out.push_str(&plural(&noun)),
                        Some(_) => out.push_str(&noun),
                        None if matches!(inner.as_slice(), [Part::Place { .. }])
                            && self.function.returns.as_deref() == Some("bool")
                            && !self.template.is_existential() =>
                        {
                            out.push_str(&format!("{} {}", article(&noun), singular(&noun)));
                        }
                        None => out.push_str(&noun),
                    }
                }
                Part::Optional(inner) => {
                    let present = inner.iter().all(|p| match p {
                        Part::Place { name, .. } => value(name).is_some(),
                        _ => true,
                    });
                    if present {
                        out.push_str(&self.fill(material, inner, result)?);
                    }
                }
                Part::Verb(_) | Part::ThereBe => return None,
            }
        }
        Some(out)
    }
}
