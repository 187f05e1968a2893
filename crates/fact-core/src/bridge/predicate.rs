//! Conditions in words: what a condition of the program says of a loop variable.

use crate::english::{Number, Part, Template, article, conjugate, plural, singular};
use crate::merge::sentences::Material;
use fact_lang::ast::{CompareOp, Constant, Expr, ExprKind, UnaryOp};
use fact_lang::pack::{PackFunction, PackFunctionKind};

/// A verb phrase, such as *holds exactly 2 black items and has a circle that touches the wall*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// A verb lemma and what follows it (with a leading space).
    Verb(String, String),
    /// All of them.
    And(Vec<Predicate>),
    /// At least one of them.
    Or(Vec<Predicate>),
    /// The opposite.
    Not(Box<Predicate>),
}

impl Predicate {
    /// The phrase for a subject of this number; `None` where English needs another construction.
    pub fn text(&self, number: Number, affirmed: bool) -> Option<String> {
        match self {
            Self::Verb(lemma, rest) => {
                let rest = match (
                    affirmed,
                    rest.strip_prefix(" a "),
                    rest.strip_prefix(" an "),
                ) {
                    (false, Some(r), _) | (false, None, Some(r))
                        if lemma == "have" && !r.contains(" that ") =>
                    {
                        format!(" any {}", plural(r))
                    }
                    _ => rest.clone(),
                };
                Some(format!("{}{rest}", conjugate(lemma, number, affirmed)))
            }
            Self::Not(inner) => inner.text(number, !affirmed),
            Self::And(parts) | Self::Or(parts) => {
                let conjunction = matches!(self, Self::And(_));
                // "not (a and b)" has no short form that is not ambiguous; "not (a or b)" is
                // "not a and not b".
                if conjunction && !affirmed {
                    return None;
                }
                // "has a circle and 2 squares", not "has a circle and has 2 squares".
                if let (true, Some(Self::Verb(lemma, _))) = (affirmed, parts.first()) {
                    let rests: Option<Vec<String>> = parts
                        .iter()
                        .map(|p| match p {
                            Self::Verb(other, rest)
                                if other == lemma && !rest.contains(" that ") =>
                            {
                                Some(rest.trim_start().to_owned())
                            }
                            _ => None,
                        })
                        .collect();
                    if let Some(rests) = rests {
                        let joined = if conjunction {
                            crate::english::join_and(&rests)
                        } else {
                            crate::english::join_or(&rests)
                        };
                        return Some(format!("{} {joined}", conjugate(lemma, number, true)));
                    }
                }
                let texts: Vec<String> = parts
                    .iter()
                    .map(|p| p.text(number, affirmed))
                    .collect::<Option<_>>()?;
                Some(if conjunction || !affirmed {
                    crate::english::join_and(&texts)
                } else {
                    crate::english::join_or(&texts)
                })
            }
        }
    }
}

/// `so no square touches the wall`; denied inside, `so every square …`.
pub fn none(said: &Predicate, noun: &str, place: &str) -> Option<String> {
    match said {
        Predicate::Not(inner) => Some(format!(
            "so every {noun}{place} {}",
            inner.text(Number::Singular, true)?
        )),
        _ => Some(format!(
            "so no {noun}{place} {}",
            said.text(Number::Singular, true)?
        )),
    }
}

/// `so every square touches the wall`; denied inside, `so no square …`.
pub fn every(said: &Predicate, noun: &str, place: &str) -> Option<String> {
    match said {
        Predicate::Not(inner) => none(inner, noun, place),
        _ => Some(format!(
            "so every {noun}{place} {}",
            said.text(Number::Singular, true)?
        )),
    }
}

/// Whether a predicate says no more than one call of the pack does.
pub fn is_plain(said: &Predicate) -> bool {
    let bound = ["at least", "at most", "than", " that "];
    matches!(said, Predicate::Verb(_, rest) if !bound.iter().any(|b| rest.contains(b)))
}

/// What a number is compared with, in words: `exactly 2`, `at least 2`, `more than 2`.
pub fn quantity(op: CompareOp, bound: &str) -> Option<String> {
    Some(match op {
        CompareOp::Eq => format!("exactly {bound}"),
        CompareOp::GtE => format!("at least {bound}"),
        CompareOp::Gt => format!("more than {bound}"),
        CompareOp::LtE => format!("at most {bound}"),
        CompareOp::Lt => format!("fewer than {bound}"),
        _ => return None,
    })
}

/// The condition as a predicate of the variable, if it is one that rules can say.
pub fn predicate(material: &Material<'_>, expr: &Expr, variable: &str) -> Option<Predicate> {
    direct(material, expr, variable).or_else(|| {
        // A property of a property is said of neither: one level is enough for English.
        if variable.contains('.') {
            return None;
        }
        let property = property_of(material, expr, variable)?;
        let inner = direct(material, expr, &format!("{variable}.{property}"))?;
        let text = inner.text(Number::Singular, true)?;
        let noun = property.replace('_', " ");
        Some(Predicate::Verb(
            "have".into(),
            format!(" {} {noun} that {text}", article(&noun)),
        ))
    })
}

fn direct(material: &Material<'_>, expr: &Expr, variable: &str) -> Option<Predicate> {
    match &expr.kind {
        ExprKind::Bool { and, values } => {
            let parts: Vec<Predicate> = values
                .iter()
                .map(|v| predicate(material, v, variable))
                .collect::<Option<_>>()?;
            Some(if *and {
                Predicate::And(parts)
            } else {
                Predicate::Or(parts)
            })
        }
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => Some(Predicate::Not(Box::new(predicate(
            material, operand, variable,
        )?))),
        ExprKind::Compare {
            left,
            ops,
            comparators,
        } => compare(material, left, ops, comparators, variable),
        ExprKind::Call { .. } | ExprKind::Attribute { .. } => {
            if let Some(found) = quantified(material, expr, variable) {
                return Some(found);
            }
            let said = spoken(material, expr, variable)?;
            if said.template.is_existential() {
                let noun = said.noun(material)?;
                said.behind_is_self()?;
                return Some(Predicate::Verb(
                    "have".into(),
                    format!(" {} {noun}", article(&noun)),
                ));
            }
            if said.function.returns.as_deref() != Some("bool") {
                return None;
            }
            let (_, Part::Verb(verb), rest) = said.template.split_verb()? else {
                return None;
            };
            Some(Predicate::Verb(
                verb.clone(),
                said.fill(material, rest, None)?,
            ))
        }
        _ => None,
    }
}

fn compare(
    material: &Material<'_>,
    left: &Expr,
    ops: &[CompareOp],
    comparators: &[Expr],
    variable: &str,
) -> Option<Predicate> {
    let ([op], [right]) = (ops, comparators) else {
        return None;
    };
    let bound = literal(right)?;
    if let (ExprKind::Constant(Constant::Str(text)), CompareOp::Eq | CompareOp::NotEq) =
        (&right.kind, op)
    {
        let be = attribute_is(material, left, variable, text)?;
        return Some(if *op == CompareOp::Eq {
            be
        } else {
            Predicate::Not(Box::new(be))
        });
    }
    if !matches!(right.kind, ExprKind::Constant(Constant::Int(_))) {
        return None;
    }
    let denied = *op == CompareOp::NotEq;
    let op = if denied { CompareOp::Eq } else { *op };
    let counted = length_of(left).unwrap_or(left);
    let said = spoken(material, counted, variable)?;
    let quantity = quantity(op, &bound)?;
    let made = if said.template.is_existential() {
        let noun = said.noun(material)?;
        said.behind_is_self()?;
        let zero = bound == "0" && matches!(op, CompareOp::Eq | CompareOp::LtE);
        let some = bound == "0" && op == CompareOp::Gt || bound == "1" && op == CompareOp::GtE;
        let noun_counted = if bound == "1" {
            noun.clone()
        } else {
            plural(&noun)
        };
        if zero {
            let have = Predicate::Verb("have".into(), format!(" {} {noun}", article(&noun)));
            Predicate::Not(Box::new(have))
        } else if some {
            Predicate::Verb("have".into(), format!(" {} {noun}", article(&noun)))
        } else {
            Predicate::Verb("have".into(), format!(" {quantity} {noun_counted}"))
        }
    } else {
        let (_, Part::Verb(verb), rest) = said.template.split_verb()? else {
            return None;
        };
        if !said.template.mentions("result") || length_of(left).is_some() {
            return None;
        }
        let number = if bound == "1" {
            Number::Singular
        } else {
            Number::Plural
        };
        Predicate::Verb(
            verb.clone(),
            said.fill(material, rest, Some((&quantity, number)))?,
        )
    };
    Some(if denied {
        Predicate::Not(Box::new(made))
    } else {
        made
    })
}

/// `variable.color == "red"` → be red; `variable.shape == "square"` → be a square.
fn attribute_is(
    material: &Material<'_>,
    left: &Expr,
    variable: &str,
    value: &str,
) -> Option<Predicate> {
    if let Some(said) = spoken(material, left, variable) {
        let (_, Part::Verb(verb), rest) = said.template.split_verb()? else {
            return None;
        };
        return Some(Predicate::Verb(
            verb.clone(),
            said.fill(material, rest, Some((value, Number::Singular)))?,
        ));
    }
    let ExprKind::Attribute {
        value: object,
        attr,
    } = &left.kind
    else {
        return None;
    };
    if !is_variable(object, variable) {
        return None;
    }
    let is_noun = material.namer.with_noun(value) == value;
    Some(match &**attr {
        "color" | "colour" | "size" | "material" => {
            Predicate::Verb("be".into(), format!(" {value}"))
        }
        "shape" | "name" if is_noun => {
            Predicate::Verb("be".into(), format!(" {} {value}", article(value)))
        }
        other => Predicate::Verb("have".into(), format!(" the {other} {value}")),
    })
}

/// `any(p(i) for i in variable.find("x"))` → have an x that p.
fn quantified(material: &Material<'_>, expr: &Expr, variable: &str) -> Option<Predicate> {
    let ExprKind::Call { func, args, .. } = &expr.kind else {
        return None;
    };
    let ExprKind::Name(name) = &func.kind else {
        return None;
    };
    let ([only], "any") = (args.as_slice(), &*name.id) else {
        return None;
    };
    let ExprKind::Comprehension(comprehension) = &only.kind else {
        return None;
    };
    let [clause] = comprehension.clauses.as_slice() else {
        return None;
    };
    let said = spoken(material, &clause.iter, variable)?;
    if !said.template.is_existential() {
        return None;
    }
    said.behind_is_self()?;
    let noun = said.noun(material)?;
    let ExprKind::Name(inner) = &clause.target.kind else {
        return None;
    };
    let mut parts: Vec<Predicate> = clause
        .conditions
        .iter()
        .map(|c| predicate(material, c, &inner.id))
        .collect::<Option<_>>()?;
    parts.push(predicate(material, &comprehension.element, &inner.id)?);
    let all = Predicate::And(parts);
    let text = all.text(Number::Singular, true)?;
    Some(Predicate::Verb(
        "have".into(),
        format!(" {} {noun} that {text}", article(&noun)),
    ))
}

/// `len(x)` → x.
pub fn length_of(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Call { func, args, .. } => match (&func.kind, args.as_slice()) {
            (ExprKind::Name(name), [only]) if &*name.id == "len" => Some(only),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the expression is the variable, or the attribute path that stands for one:
/// `tower.top`.
fn is_variable(expr: &Expr, variable: &str) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => &*name.id == variable,
        ExprKind::Attribute { value, attr } => variable
            .rsplit_once('.')
            .is_some_and(|(path, last)| last == &**attr && is_variable(value, path)),
        _ => false,
    }
}

/// The object-valued property of the variable that an expression speaks of: `top` in
/// `tower.top.color == "black"`.
fn property_of<'e>(material: &Material<'_>, expr: &'e Expr, variable: &str) -> Option<&'e str> {
    if let ExprKind::Attribute { value, attr } = &expr.kind
        && is_variable(value, variable)
    {
        let object = material.pack.functions.iter().any(|f| {
            f.name == *attr
                && f.kind == PackFunctionKind::Property
                && material
                    .pack
                    .classes
                    .iter()
                    .any(|c| Some(&c.name) == f.returns.as_ref())
        });
        return object.then_some(&**attr);
    }
    let mut found = None;
    crate::merge::index::children(expr, &mut |child| {
        found = found.or_else(|| property_of(material, child, variable));
    });
    found
}

/// A literal as it is shown.
pub fn literal(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Constant(Constant::Int(i)) => Some(i.to_string()),
        ExprKind::Constant(Constant::Float(f)) => Some(crate::merge::words::number_text(*f)),
        ExprKind::Constant(Constant::Str(s)) => Some(s.to_string()),
        _ => None,
    }
}

/// A call or attribute of the pack on the variable (any receiver if it is empty), with its
/// template and literal arguments.
pub struct Spoken<'m> {
    /// The function.
    pub function: &'m PackFunction,
    /// Its template.
    pub template: Template,
    args: Vec<(String, Option<String>)>,
}

/// Resolves an expression to a spoken pack call on the variable.
pub fn spoken<'m>(material: &Material<'m>, expr: &Expr, variable: &str) -> Option<Spoken<'m>> {
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
    if !variable.is_empty() && !is_variable(receiver, variable) {
        return None;
    }
    let executed = material.facts.iter().find_map(|f| match f.what {
        crate::merge::facts::What::Function(at) if f.node == expr.id => Some(at as usize),
        _ => None,
    });
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
            Some(value) => Some(literal(value)?),
        };
        values.push((param.to_string(), text));
    }
    Some(Spoken {
        function,
        template,
        args: values,
    })
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

    /// `Some` if behind the noun stands only ` in {self}`.
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
            _ => None,
        }
    }

    /// Parts with literal arguments; `result` as given.
    fn fill(
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
