//! Conditions over what something holds: `any`, `all` and counts.

use super::{Focus, Predicate, Speaker, Variable, called, flattened, whole_number};
use crate::english::{Number, Part, article, plural};
use fact_lang::ast::{Comprehension, Constant, Expr, ExprKind};

/// A collection of what is spoken of: its yellow squares that touch the wall.
pub struct Things {
    /// In the singular: `yellow square`.
    noun: String,
    /// ` but the first`, with a leading space.
    part: String,
    /// Which of them.
    filter: Option<Predicate>,
}

impl Things {
    /// The noun, if that is all.
    pub fn plain(&self) -> Option<&str> {
        (self.part.is_empty() && self.filter.is_none()).then_some(&*self.noun)
    }

    fn that(&self, number: Number) -> Option<String> {
        Some(match &self.filter {
            Some(filter) => format!(" that {}", filter.text(number, true)?),
            None => String::new(),
        })
    }

    /// ` a yellow square that touches the wall`.
    pub(super) fn one(&self) -> Option<String> {
        let part = self.part.replace(" but ", " other than ");
        let that = self.that(Number::Singular)?;
        Some(format!(
            " {} {}{part}{that}",
            article(&self.noun),
            self.noun
        ))
    }

    /// `yellow squares that touch the wall`.
    pub(super) fn many(&self) -> Option<String> {
        let that = self.that(Number::Plural)?;
        Some(format!("{}{}{that}", plural(&self.noun), self.part))
    }

    /// ` exactly 2 yellow squares`, with a leading space.
    pub(super) fn counted(&self, quantity: &str, bound: i64) -> Option<String> {
        if bound == 1 && self.part.is_empty() {
            let that = self.that(Number::Singular)?;
            return Some(format!(" {quantity} {}{that}", self.noun));
        }
        Some(format!(" {quantity} {}", self.many()?))
    }

    fn with(mut self, more: Predicate) -> Self {
        self.filter = Some(match self.filter.take() {
            None => more,
            Some(Predicate::And(mut parts)) => {
                parts.push(more);
                Predicate::And(parts)
            }
            Some(first) => Predicate::And(vec![first, more]),
        });
        self
    }
}

impl<'m> Speaker<'_, 'm> {
    /// What an expression lists of what is spoken of.
    pub fn things(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Things> {
        self.deeper(|| self.listed(expr, focus))
    }

    fn listed(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Things> {
        let expr = self.resolve(expr, focus);
        if let Some(inner) = called(expr, &["list", "tuple", "sorted"]) {
            return self.things(inner, focus);
        }
        match &expr.kind {
            ExprKind::Comprehension(c) => {
                let [clause] = c.clauses.as_slice() else {
                    return None;
                };
                let (ExprKind::Name(target), ExprKind::Name(element)) =
                    (&clause.target.kind, &c.element.kind)
                else {
                    return None;
                };
                if target.id != element.id {
                    return None;
                }
                let mut things = self.things(&clause.iter, focus)?;
                for condition in &clause.conditions {
                    let more = self.predicate(condition, Focus::Name(&target.id))?;
                    things = things.with(more);
                }
                Some(things)
            }
            ExprKind::Subscript { value, index } => {
                let ExprKind::Slice {
                    lower,
                    upper,
                    step: None,
                } = &index.kind
                else {
                    return None;
                };
                let things = self.things(value, focus)?;
                things.plain()?;
                let at = |e: &Option<Box<Expr>>| e.as_ref().map(|e| whole_number(e));
                let (noun, part) = match (at(lower), at(upper)) {
                    (Some(Some(1)), None) => (things.noun, " but the first".to_owned()),
                    (None, Some(Some(-1))) => (things.noun, " but the last".to_owned()),
                    (None, Some(Some(n @ 2..))) => {
                        (format!("first {n} {}", things.noun), String::new())
                    }
                    (Some(Some(n @ ..=-2)), None) => (
                        format!("last {} {}", n.checked_neg()?, things.noun),
                        String::new(),
                    ),
                    _ => return None,
                };
                Some(Things {
                    noun,
                    part,
                    filter: None,
                })
            }
            _ => {
                let said = self.spoken(expr, focus)?;
                if !said.template.is_existential() {
                    return None;
                }
                said.behind_is_self()?;
                Some(Things {
                    noun: said.noun(self.material)?,
                    part: String::new(),
                    filter: None,
                })
            }
        }
    }

    /// What `len`, `sum` or the pack counts of what is spoken of.
    pub(super) fn counted(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Things> {
        let expr = self.resolve(expr, focus);
        if let Some(inner) = called(expr, &["len"]) {
            return self.things(inner, focus);
        }
        if let Some(inner) = called(expr, &["sum"]) {
            let inner = self.resolve(inner, focus);
            let ExprKind::Comprehension(c) = &inner.kind else {
                return None;
            };
            return self.satisfying(c, focus);
        }
        self.things(expr, focus)
    }

    /// The things of a comprehension that meet its filters and for which its element is true.
    fn satisfying(&self, c: &'m Comprehension, focus: Focus<'m>) -> Option<Things> {
        let [clause] = c.clauses.as_slice() else {
            return self.related(c, focus);
        };
        let ExprKind::Name(inner) = &clause.target.kind else {
            return None;
        };
        let mut things = self.things(&clause.iter, focus)?;
        for condition in &clause.conditions {
            things = things.with(self.predicate(condition, Focus::Name(&inner.id))?);
        }
        if matches!(
            &c.element.kind,
            ExprKind::Constant(Constant::Int(1) | Constant::Bool(true))
        ) {
            return Some(things);
        }
        Some(things.with(self.predicate(&c.element, Focus::Name(&inner.id))?))
    }

    /// `any(a.is_on(b) for a in … for b in …)`: an a that lies on a b.
    fn related(&self, c: &'m Comprehension, focus: Focus<'m>) -> Option<Things> {
        let [first, second] = c.clauses.as_slice() else {
            return None;
        };
        let (ExprKind::Name(a), ExprKind::Name(b)) = (&first.target.kind, &second.target.kind)
        else {
            return None;
        };
        if !first.conditions.is_empty() || !second.conditions.is_empty() {
            return None;
        }
        let (left, right): (Variable<'m>, Variable<'m>) =
            ((&a.id, &first.iter), (&b.id, &second.iter));
        let parts = flattened(&[(&c.element, true)]);
        if let Some(more) = self.relation(&parts, left, right, focus) {
            return Some(self.things(left.1, focus)?.with(more));
        }
        let more = self.relation(&parts, right, left, focus)?;
        Some(self.things(right.1, focus)?.with(more))
    }

    /// Runs `f` while a variable is spoken of in these words.
    pub fn with_other<T>(&self, name: &str, text: &str, f: impl FnOnce() -> T) -> T {
        self.others
            .borrow_mut()
            .push((name.to_owned(), text.to_owned()));
        let made = f();
        self.others.borrow_mut().pop();
        made
    }

    /// `any(p(i) for i in box.find("x"))` → have an x that p; `all(…)` → have only such.
    pub(super) fn quantified(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Predicate> {
        let any = called(expr, &["any"]);
        let only = any.or_else(|| called(expr, &["all"]))?;
        let only = self.resolve(only, focus);
        let ExprKind::Comprehension(c) = &only.kind else {
            return None;
        };
        if any.is_some()
            && let Some(things) = self.satisfying(c, focus)
        {
            return Some(Predicate::Verb("have".into(), things.one()?));
        }
        let [clause] = c.clauses.as_slice() else {
            return None;
        };
        let ExprKind::Name(inner) = &clause.target.kind else {
            return None;
        };
        if any.is_none()
            && let Some(mut things) = self.things(&clause.iter, focus)
        {
            for condition in &clause.conditions {
                things = things.with(self.predicate(condition, Focus::Name(&inner.id))?);
            }
            let element = self.predicate(&c.element, Focus::Name(&inner.id))?;
            if let Predicate::Not(denied) = element {
                let have = things.with(*denied).one()?;
                let have = Predicate::Verb("have".into(), have);
                return Some(Predicate::Not(Box::new(have)));
            }
            let text = element.text(Number::Plural, true)?;
            return Some(Predicate::Verb(
                "have".into(),
                format!(" only {} that {text}", things.many()?),
            ));
        }
        // What is spoken of stands in a relation to one, or each, of others.
        let others = self.things(&clause.iter, Focus::Any)?;
        if !clause.conditions.is_empty() {
            return None;
        }
        let text = match any {
            Some(_) => others.one()?,
            None => format!(" every {}", others.plain()?),
        };
        self.with_other(&inner.id, text.trim_start(), || {
            self.predicate(&c.element, focus)
        })
    }

    /// The verb phrase of a spoken value with the value in its place.
    pub(super) fn valued(
        &self,
        expr: &'m Expr,
        focus: Focus<'m>,
        value: &str,
        number: Number,
    ) -> Option<Predicate> {
        let said = self.spoken(expr, focus)?;
        let (_, Part::Verb(verb), rest) = said.template.split_verb()? else {
            return None;
        };
        if !said.template.mentions("result") || said.template.is_existential() {
            return None;
        }
        Some(Predicate::Verb(
            verb.clone(),
            said.fill(self.material, rest, Some((value, number)))?,
        ))
    }
}
