//! Comparisons in words.

use super::{Focus, Predicate, Speaker, called, literal, quantity, whole_number};
use crate::english::{Number, Part, article, join_and, join_or, plural, singular};
use fact_lang::ast::{BinaryOp, CompareOp, ComprehensionKind, Constant, Expr, ExprKind};

/// Values gathered of what is spoken of.
struct Values {
    /// What they are: `color`.
    noun: String,
    /// Of what part of it: ` among its circles`, or nothing.
    whose: String,
    /// Whether each is there once.
    distinct: bool,
    /// Whether they are a set: their order does not count.
    set: bool,
}

impl<'m> Speaker<'_, 'm> {
    pub(super) fn compare(
        &self,
        left: &'m Expr,
        ops: &[CompareOp],
        comparators: &'m [Expr],
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        if let ([op], [right]) = (ops, comparators) {
            return self.one(left, *op, right, focus);
        }
        if let Some(between) = self.between(left, ops, comparators, focus) {
            return Some(between);
        }
        // `2 <= n <= 4`: both hold.
        let mut parts = Vec::new();
        let mut before = left;
        for (op, right) in std::iter::zip(ops, comparators) {
            parts.push(self.one(before, *op, right, focus)?);
            before = right;
        }
        Some(Predicate::And(parts))
    }

    /// A comparison said of whatever its operand is of.
    pub fn comparison(&self, left: &'m Expr, op: CompareOp, right: &'m Expr) -> Option<Predicate> {
        self.one(left, op, right, Focus::Any)
    }

    fn one(
        &self,
        left: &'m Expr,
        op: CompareOp,
        right: &'m Expr,
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        let (left, right) = (self.resolve(left, focus), self.resolve(right, focus));
        if matches!(left.kind, ExprKind::Constant(_))
            && !matches!(op, CompareOp::In | CompareOp::NotIn)
        {
            return (!matches!(right.kind, ExprKind::Constant(_)))
                .then(|| self.one(right, mirrored(op)?, left, focus))?;
        }
        let denied = matches!(op, CompareOp::NotEq | CompareOp::NotIn | CompareOp::IsNot);
        let made = match op {
            CompareOp::NotEq | CompareOp::IsNot => self.affirmed(left, CompareOp::Eq, right, focus),
            CompareOp::Is => self.affirmed(left, CompareOp::Eq, right, focus),
            CompareOp::In | CompareOp::NotIn => self.member(left, right, focus),
            _ => self.affirmed(left, op, right, focus),
        }?;
        Some(match (denied, made) {
            (false, made) => made,
            (true, Predicate::Not(inner)) => *inner,
            (true, made) => Predicate::Not(Box::new(made)),
        })
    }

    fn affirmed(
        &self,
        left: &'m Expr,
        op: CompareOp,
        right: &'m Expr,
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        match &right.kind {
            ExprKind::Constant(Constant::None) if op == CompareOp::Eq => {
                // `x is None`: denied of having one.
                let said = self.spoken(left, focus)?;
                let noun = said.function.returns.as_deref()?.to_lowercase();
                let one = format!("{} {noun}", article(&noun));
                let held = self.valued(left, focus, &one, Number::Singular)?;
                Some(Predicate::Not(Box::new(held)))
            }
            ExprKind::Constant(Constant::Bool(truth)) if op == CompareOp::Eq => {
                let made = self.predicate(left, focus)?;
                Some(if *truth {
                    made
                } else {
                    Predicate::Not(Box::new(made))
                })
            }
            ExprKind::Constant(Constant::Str(text)) if op == CompareOp::Eq => {
                self.attribute_is(left, text, focus)
            }
            _ if texts(right).is_some() => self.value_set(left, op, right, focus),
            _ => match whole_number(right) {
                Some(bound) => self.number(left, op, bound, focus),
                None => self.both(left, op, right, focus),
            },
        }
    }

    /// `2 <= n <= 4` of a count: at least 2 and at most 4.
    fn between(
        &self,
        left: &'m Expr,
        ops: &[CompareOp],
        comparators: &'m [Expr],
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        let ([first, second], [counted, right]) = (ops, comparators) else {
            return None;
        };
        let (low, high) = (whole_number(left)?, whole_number(right)?);
        let low = quantity(mirrored(*first)?, &low.to_string())?;
        let both = format!("{low} and {}", quantity(*second, &high.to_string())?);
        let things = self.counted(counted, focus)?;
        Some(Predicate::Verb("have".into(), things.counted(&both, high)?))
    }

    /// A count or a number against a number.
    fn number(
        &self,
        left: &'m Expr,
        op: CompareOp,
        bound: i64,
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        let quantity = quantity(op, &bound.to_string())?;
        let number = Number::of(bound);
        if let Some(things) = self.counted(left, focus) {
            let zero = bound == 0 && matches!(op, CompareOp::Eq | CompareOp::LtE)
                || bound == 1 && op == CompareOp::Lt;
            let some = bound == 0 && op == CompareOp::Gt || bound == 1 && op == CompareOp::GtE;
            if zero || some {
                let have = Predicate::Verb("have".into(), things.one()?);
                return Some(if zero {
                    Predicate::Not(Box::new(have))
                } else {
                    have
                });
            }
            return Some(Predicate::Verb(
                "have".into(),
                things.counted(&quantity, bound)?,
            ));
        }
        let measured = self.resolve(left, focus);
        if let Some(inner) = called(measured, &["len"])
            && let Some(Values {
                noun,
                whose,
                distinct: true,
                ..
            }) = self.values(inner, focus)
        {
            let noun = if bound == 1 {
                noun
            } else {
                format!("different {}", plural(&noun))
            };
            return Some(Predicate::Verb(
                "have".into(),
                format!(" {quantity} {noun}{whose}"),
            ));
        }
        if let ExprKind::Binary {
            op: operator,
            left,
            right,
        } = &measured.kind
        {
            return self.arithmetic(left, *operator, right, op, bound, focus);
        }
        // A measure is less, not fewer.
        let quantity = quantity.replace("fewer than", "less than");
        self.valued(left, focus, &quantity, number)
    }

    /// `n % 2 == 0`, `a + b == 3`, `a - b == 1`.
    fn arithmetic(
        &self,
        left: &'m Expr,
        operator: BinaryOp,
        right: &'m Expr,
        op: CompareOp,
        bound: i64,
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        let rest = match (operator, op) {
            (BinaryOp::Mod, CompareOp::Eq) if whole_number(right) == Some(2) => {
                let parity = match bound {
                    0 => "an even",
                    1 => "an odd",
                    _ => return None,
                };
                format!(" {parity} number of {}", self.counted(left, focus)?.many()?)
            }
            (BinaryOp::Add, _) => {
                let (a, b) = (self.counted(left, focus)?, self.counted(right, focus)?);
                let quantity = quantity(op, &bound.to_string())?;
                format!(" {quantity} {} and {} together", a.many()?, b.many()?)
            }
            (BinaryOp::Sub, _) => {
                let (a, b) = (self.counted(left, focus)?, self.counted(right, focus)?);
                let quantity = quantity(op, &bound.to_string())?;
                format!(" {quantity} more {} than {}", a.many()?, b.many()?)
            }
            _ => return None,
        };
        Some(Predicate::Verb("have".into(), rest))
    }

    /// Two counts of what is spoken of.
    fn both(
        &self,
        left: &'m Expr,
        op: CompareOp,
        right: &'m Expr,
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        if matches!(focus, Focus::Any) {
            return None;
        }
        let same = self.same_of_parts(left, op, right, focus);
        if let Some(made) = same.or_else(|| self.same_as(left, op, right, focus)) {
            return Some(made);
        }
        let whether = |expr| {
            let said = self.spoken(self.resolve(expr, focus), focus);
            said.is_some_and(|said| said.tells_whether())
        };
        if whether(left) || whether(right) {
            return None;
        }
        let many = |expr| match self.counted(expr, focus) {
            Some(things) => things.many(),
            None => self.measure(expr, focus),
        };
        Some(Predicate::Verb(
            "have".into(),
            format!(" {}", more_or_fewer(op, &many(left)?, &many(right)?)?),
        ))
    }

    /// What a number of the pack counts: `blocks in all` for the height of a tower.
    fn measure(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<String> {
        let said = self.spoken(expr, focus)?;
        if said.template.is_existential() || said.function.returns.as_deref() != Some("int") {
            return None;
        }
        Some(format!("{} in all", plural(&said.noun(self.material)?)))
    }

    /// `tower.height == image.towers[0].height`: the same height as the tower in the first box.
    fn same_as(
        &self,
        left: &'m Expr,
        op: CompareOp,
        right: &'m Expr,
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        let (
            ExprKind::Attribute {
                value: own,
                attr: x,
            },
            ExprKind::Attribute {
                value: other,
                attr: y,
            },
        ) = (&left.kind, &right.kind)
        else {
            return None;
        };
        if op != CompareOp::Eq || x != y || !focus.is(own) || focus.is(other) {
            return None;
        }
        // One and the same thing throughout.
        let receivers = self.receivers.get(&right.id)?;
        let [object] = receivers.as_slice() else {
            return None;
        };
        let noun = x.replace('_', " ");
        let name = self.material.namer.noun(*object).full();
        Some(Predicate::Verb(
            "have".into(),
            format!(" the same {noun} as {name}"),
        ))
    }

    /// `tower.base.color == tower.top.color`: a base and a top of the same color.
    fn same_of_parts(
        &self,
        left: &'m Expr,
        op: CompareOp,
        right: &'m Expr,
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        let (ExprKind::Attribute { value: a, attr: x }, ExprKind::Attribute { value: b, attr: y }) =
            (&left.kind, &right.kind)
        else {
            return None;
        };
        if op != CompareOp::Eq || x != y {
            return None;
        }
        let ((one, first), (other, second)) =
            (self.property_of(a, focus)?, self.property_of(b, focus)?);
        if one.id != a.id || other.id != b.id {
            return None;
        }
        let noun = x.replace('_', " ");
        Some(Predicate::Verb(
            "have".into(),
            format!(
                " {} {first} and {} {second} of the same {noun}",
                article(&first),
                article(&second)
            ),
        ))
    }

    /// `"black" in box.colors`, `item.color in ["black", "blue"]`.
    fn member(&self, left: &'m Expr, right: &'m Expr, focus: Focus<'m>) -> Option<Predicate> {
        if let Some(values) = texts(right) {
            let mut parts = Vec::new();
            for value in values {
                parts.push(self.attribute_is(left, value, focus)?);
            }
            return Some(if parts.len() == 1 {
                parts.remove(0)
            } else {
                Predicate::Or(parts)
            });
        }
        let value = literal(left)?;
        let Values { noun, whose, .. } = self.values(right, focus)?;
        Some(Predicate::Verb(
            "have".into(),
            format!(" the {noun} {value}{whose}"),
        ))
    }

    /// The values of what is spoken of against a set of texts.
    fn value_set(
        &self,
        left: &'m Expr,
        op: CompareOp,
        right: &'m Expr,
        focus: Focus<'m>,
    ) -> Option<Predicate> {
        let Values {
            noun,
            whose,
            distinct,
            set,
        } = self.values(left, focus)?;
        let sorted = called(left, &["sorted"]).is_some();
        let stated = texts(right)?;
        // The order of a list counts, and a list may hold a value twice; then words would say
        // another thing than the program asked.
        let in_order = sorted && stated.is_sorted();
        let is_set = matches!(right.kind, ExprKind::Set(_)) || called(right, &["set"]).is_some();
        let comparable = match op {
            CompareOp::Eq if set => is_set,
            CompareOp::Eq => distinct && !is_set && (stated.len() == 1 || in_order),
            _ => set && is_set,
        };
        if !comparable {
            return None;
        }
        let mut values: Vec<String> = Vec::new();
        for text in stated {
            if !values.iter().any(|v| v == text) {
                values.push(text.to_owned());
            }
        }
        let nouns = if values.len() == 1 {
            noun
        } else {
            plural(&noun)
        };
        let list = join_and(&values);
        let rest = match op {
            CompareOp::Eq if values.is_empty() => return None,
            CompareOp::Eq => format!(" only the {nouns} {list}{whose}"),
            CompareOp::GtE => format!(" the {nouns} {list}{whose}"),
            CompareOp::LtE => {
                let one = singular(&nouns);
                let rest = format!(
                    " {} {one} other than {}{whose}",
                    article(&one),
                    join_or(&values)
                );
                let other = Predicate::Verb("have".into(), rest);
                return Some(Predicate::Not(Box::new(other)));
            }
            _ => return None,
        };
        Some(Predicate::Verb("have".into(), rest))
    }

    /// What kind of values an expression gathers of what is spoken of.
    fn values(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Values> {
        self.deeper(|| self.gathered(expr, focus))
    }

    fn gathered(&self, expr: &'m Expr, focus: Focus<'m>) -> Option<Values> {
        let expr = self.resolve(expr, focus);
        if let Some(inner) = called(expr, &["set", "frozenset"]) {
            let values = self.values(inner, focus)?;
            return Some(Values {
                distinct: true,
                set: true,
                ..values
            });
        }
        if let Some(inner) = called(expr, &["list", "sorted", "tuple"]) {
            let values = self.values(inner, focus)?;
            return Some(Values {
                set: false,
                ..values
            });
        }
        if let ExprKind::Comprehension(c) = &expr.kind {
            let [clause] = c.clauses.as_slice() else {
                return None;
            };
            let (ExprKind::Name(inner), ExprKind::Attribute { value, attr }) =
                (&clause.target.kind, &c.element.kind)
            else {
                return None;
            };
            if !Focus::Name(&inner.id).is(value) || !clause.conditions.is_empty() {
                return None;
            }
            let things = self.things(&clause.iter, focus)?;
            let whose = match things.plain() {
                Some(noun) if noun == "block" || noun == self.material.namer.with_noun("") => {
                    String::new()
                }
                _ => format!(" among its {}", things.many()?),
            };
            let set = c.kind == ComprehensionKind::Set;
            return Some(Values {
                noun: attr.replace('_', " "),
                whose,
                distinct: set,
                set,
            });
        }
        let said = self.spoken(expr, focus)?;
        said.function.element.as_deref()?;
        if said.template.is_existential() {
            return None;
        }
        Some(Values {
            noun: said.noun(self.material)?,
            whose: String::new(),
            distinct: true,
            set: false,
        })
    }

    /// `variable.color == "red"` → be red; `variable.shape == "square"` → be a square.
    fn attribute_is(&self, left: &'m Expr, value: &str, focus: Focus<'m>) -> Option<Predicate> {
        if let Some(said) = self.spoken(left, focus) {
            let (_, Part::Verb(verb), rest) = said.template.split_verb()? else {
                return None;
            };
            return Some(Predicate::Verb(
                verb.clone(),
                said.fill(self.material, rest, Some((value, Number::Singular)))?,
            ));
        }
        let ExprKind::Attribute {
            value: object,
            attr,
        } = &left.kind
        else {
            return None;
        };
        if !focus.is(object) {
            return None;
        }
        let is_noun = self.material.namer.with_noun(value) == value;
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
}

/// `more yellow items than blue items`.
pub(in crate::bridge) fn more_or_fewer(op: CompareOp, a: &str, b: &str) -> Option<String> {
    Some(match op {
        CompareOp::Gt => format!("more {a} than {b}"),
        CompareOp::Lt => format!("fewer {a} than {b}"),
        CompareOp::Eq => format!("as many {a} as {b}"),
        CompareOp::GtE => format!("at least as many {a} as {b}"),
        CompareOp::LtE => format!("at most as many {a} as {b}"),
        _ => return None,
    })
}

/// The operator with its operands turned round.
pub(in crate::bridge) fn mirrored(op: CompareOp) -> Option<CompareOp> {
    Some(match op {
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::LtE => CompareOp::GtE,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::GtE => CompareOp::LtE,
        CompareOp::Eq | CompareOp::NotEq | CompareOp::Is | CompareOp::IsNot => op,
        _ => return None,
    })
}

/// The texts of a display of texts.
fn texts(expr: &Expr) -> Option<Vec<&str>> {
    let items = match &expr.kind {
        ExprKind::Set(items) | ExprKind::List(items) | ExprKind::Tuple(items) => items,
        _ => return called(expr, &["set", "sorted", "list"]).and_then(texts),
    };
    items
        .iter()
        .map(|item| match &item.kind {
            ExprKind::Constant(Constant::Str(text)) => Some(&**text),
            _ => None,
        })
        .collect()
}
