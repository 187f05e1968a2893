//! Whether an inference's claim follows: its elements are all that the loop went through, each was
//! judged in its own iteration by the conditions named, and numbers and polarity are those of the
//! sentence. Reads the residual's tree and trace, and the sentence; never what wrote it.

use super::condition::{literals, operand, operator, polarity_at};
use super::inferred::{
    Compared, Condition, Inferred, Judged, MOST_CONDITIONS, Quantified, Quantifier,
};
use super::reading::{Stated, bounds, negated, numbers, stated};
use super::runs::Runs;
use super::{Claim, Term};
use crate::merge::index::Index;
use crate::merge::names::Namer;
use fact_lang::ast::ExprKind;
use fact_lang::trace::{EventId, EventKind, TraceValue};
use std::collections::BTreeSet;

/// What a claim is held against.
pub struct Ground<'a> {
    /// Runs through loops, with the trace.
    pub runs: &'a Runs<'a>,
    /// The residual program.
    pub index: &'a Index<'a>,
    /// Names of objects.
    pub namer: &'a Namer<'a>,
    /// What the result depends on, one flag an event.
    pub closure: &'a [bool],
}

/// How many elements there were to judge, and how many met the conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Met them.
    pub met: u32,
    /// All that are spoken of.
    pub total: u32,
}

/// Whether an inference follows from the trace and is what the sentence says; else why not.
///
/// # Errors
/// The reason, in words.
pub fn inferred(
    claim: &Claim,
    inferred: &Inferred,
    text: &str,
    beside: &BTreeSet<String>,
    ground: &Ground<'_>,
) -> Result<(), String> {
    let event = EventId(claim.event);
    if !ground.closure.get(event.index()).copied().unwrap_or(false) {
        return Err(format!(
            "cites event {}, which decides nothing",
            claim.event
        ));
    }
    match inferred {
        Inferred::Quantified(quantified) => {
            let tally = tally(quantified, ground)?;
            decided(quantified, tally)?;
            counted(event, quantified, tally, ground)?;
            linked(quantified, ground)?;
            told(quantified, tally, text, beside, ground)
        }
        Inferred::Compared(compared) => compare(event, compared, text, ground),
        Inferred::Held(holds) => match ground.runs.truth(event) {
            Some(truth) if truth == *holds && negated(text) != truth => Ok(()),
            _ => Err(format!("says {holds} of event {}", claim.event)),
        },
    }
}

/// The numbers that the comparisons of a step are of.
pub fn compared_numbers(claims: &[Claim]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for claim in claims {
        if let Some(Inferred::Compared(compared)) = &claim.inferred {
            for term in [&compared.left, &compared.right] {
                if let Term::Number(n) = term {
                    out.insert(crate::merge::words::number_text(*n));
                }
            }
        }
    }
    out
}

/// Judges the elements again.
///
/// # Errors
/// When an element is missing, too many, or not judged by the conditions in its own iteration.
pub fn tally(quantified: &Quantified, ground: &Ground<'_>) -> Result<Tally, String> {
    if quantified.holds.is_empty() {
        return Err("names no condition".into());
    }
    let conditions = quantified.among.len() + quantified.holds.len();
    if conditions > MOST_CONDITIONS {
        return Err(format!("names more than {MOST_CONDITIONS} conditions"));
    }
    if quantified.elements.iter().any(|j| j.by.len() > conditions) {
        return Err("cites more events of an element than there are conditions".into());
    }
    let whole = !matches!(quantified.quantifier, Quantifier::Some | Quantifier::NotAll);
    if whole {
        complete(quantified, ground)?;
    } else if quantified.elements.len() != 1 {
        return Err("names more than the one element that decides".into());
    }
    let mut tally = Tally { met: 0, total: 0 };
    for judged in &quantified.elements {
        let unknown = || {
            format!(
                "does not show what was decided of element {}",
                judged.element
            )
        };
        if !met(&quantified.among, judged, ground)?.ok_or_else(unknown)? {
            continue;
        }
        tally.total += 1;
        if met(&quantified.holds, judged, ground)?.ok_or_else(unknown)? {
            tally.met += 1;
        }
    }
    Ok(tally)
}

/// Whether an element meets all conditions; `None` where the events cited do not tell.
fn met(
    conditions: &[Condition],
    judged: &Judged,
    ground: &Ground<'_>,
) -> Result<Option<bool>, String> {
    let runs = ground.runs;
    let mut known = 0;
    for condition in conditions {
        let mut came_out = None;
        for by in &judged.by {
            let by = EventId(*by);
            let Some(event) = runs.trace().events.get(by.index()) else {
                return Err(format!("cites event {}, which there is not", by.0));
            };
            if event.node.pack || event.node.node != condition.node {
                continue;
            }
            if !belongs(by, EventId(judged.element), runs) {
                return Err(format!(
                    "judges element {} by event {}, of another iteration",
                    judged.element, by.0
                ));
            }
            came_out = runs.truth(by);
        }
        match came_out {
            Some(truth) if truth == condition.holds => known += 1,
            Some(_) => return Ok(Some(false)),
            None => {}
        }
    }
    Ok((known == conditions.len()).then_some(true))
}

/// Whether an event happened in this iteration, or decided about it in one around it.
fn belongs(event: EventId, iteration: EventId, runs: &Runs<'_>) -> bool {
    let Some(of) = runs.iteration_of(event) else {
        return false;
    };
    let mut at = iteration;
    loop {
        if at == of {
            return true;
        }
        let outer = runs.run_of(at).and_then(|run| runs.run(run).within);
        match outer {
            Some(outer) => at = outer,
            None => return false,
        }
    }
}

/// Whether the elements are exactly those that the loops went through.
fn complete(quantified: &Quantified, ground: &Ground<'_>) -> Result<(), String> {
    let runs = ground.runs;
    let mut expected = Vec::new();
    let mut used = 0;
    let Some(first) = quantified.over.first() else {
        return Err("names no loop".into());
    };
    let begun: BTreeSet<u32> = quantified.over.iter().copied().collect();
    let mut open = vec![*first];
    while let Some(begin) = open.pop() {
        let run = runs
            .begun(EventId(begin))
            .map(|run| runs.run(run))
            .ok_or_else(|| format!("event {begin} begins no loop"))?;
        if !runs.complete(run, ground.index) {
            return Err(format!("the loop of event {begin} was cut short"));
        }
        used += 1;
        for iteration in &run.iterations {
            let inner: Vec<u32> = runs
                .inside(*iteration)
                .iter()
                .map(|run| runs.run(*run).begin.0)
                .filter(|begin| begun.contains(begin))
                .collect();
            match inner.as_slice() {
                [] => expected.push(iteration.0),
                [one] => open.push(*one),
                _ => return Err(format!("goes through element {} twice", iteration.0)),
            }
        }
    }
    if used != quantified.over.len() {
        return Err("names a loop beside the one it speaks of".into());
    }
    // An element of an outer loop without an inner run must have been left out by a condition.
    let depth = |element: u32| {
        let mut depth = 0;
        let mut at = EventId(element);
        while let Some(run) = runs.run_of(at) {
            depth += 1;
            match runs.run(run).within {
                Some(outer) => at = outer,
                None => break,
            }
        }
        depth
    };
    let deepest = expected.iter().map(|e| depth(*e)).max();
    for judged in &quantified.elements {
        if Some(depth(judged.element)) != deepest
            && met(&quantified.among, judged, ground)? != Some(false)
        {
            return Err(format!("passes over element {}", judged.element));
        }
    }
    expected.sort_unstable();
    let mut found: Vec<u32> = quantified.elements.iter().map(|j| j.element).collect();
    found.sort_unstable();
    if found != expected {
        return Err(format!(
            "judges {} elements where the loop went through {}",
            found.len(),
            expected.len()
        ));
    }
    Ok(())
}

/// Whether the quantifier is what the elements give.
fn decided(quantified: &Quantified, tally: Tally) -> Result<(), String> {
    let Tally { met, total } = tally;
    let right = match quantified.quantifier {
        Quantifier::None => met == 0,
        Quantifier::All => met == total,
        Quantifier::Count(n) => met == n,
        Quantifier::Some => met == 1,
        Quantifier::NotAll => met == 0 && total == 1,
    };
    if right {
        Ok(())
    } else {
        Err(format!(
            "says {:?}, but {met} of {total} meet the condition",
            quantified.quantifier
        ))
    }
}

/// Whether the number that the event came to is the one counted.
fn counted(
    event: EventId,
    quantified: &Quantified,
    tally: Tally,
    ground: &Ground<'_>,
) -> Result<(), String> {
    let made = ground.runs.trace().event(event);
    let number = match &made.value {
        TraceValue::Int(n) => *n,
        TraceValue::Items { len, .. } if made.kind == EventKind::Build => i64::from(*len),
        _ => return Ok(()),
    };
    // Where one condition is said to be false, the run may have counted those for which it is true:
    // `sum(x)` counts them, a counter behind `if x: continue` the others.
    let others = matches!(quantified.holds.as_slice(), [only] if !only.holds)
        .then(|| i64::from(tally.total - tally.met));
    let met = i64::from(tally.met);
    if number == met || others == Some(number) {
        Ok(())
    } else {
        Err(format!("counts {met} where the run counted {number}"))
    }
}

/// Whether what it goes through and its conditions are among what the result depends on.
fn linked(quantified: &Quantified, ground: &Ground<'_>) -> Result<(), String> {
    let runs = ground.runs;
    let depends = |e: u32| ground.closure.get(e as usize).copied().unwrap_or(false);
    let events = quantified.elements.iter().flat_map(|j| {
        let own = std::iter::once(j.element);
        own.chain(j.by.iter().copied())
    });
    let mut any = quantified.elements.is_empty() && quantified.over.iter().any(|e| depends(*e));
    for event in events {
        any |= depends(event);
    }
    if !any {
        return Err("speaks of what the result does not depend on".into());
    }
    for judged in &quantified.elements {
        if runs.run_of(EventId(judged.element)).is_none() {
            return Err(format!("event {} is no iteration", judged.element));
        }
    }
    Ok(())
}

/// Whether the sentence says it: quantifier, numbers, polarity and the object named.
fn told(
    quantified: &Quantified,
    tally: Tally,
    text: &str,
    beside: &BTreeSet<String>,
    ground: &Ground<'_>,
) -> Result<(), String> {
    let Tally { met, total } = tally;
    let said = stated(text);
    let agrees = match (quantified.quantifier, said) {
        (Quantifier::None, Stated::None(of)) | (Quantifier::All, Stated::All(of)) => {
            of.is_none_or(|of| of == total)
        }
        (Quantifier::Count(n), Stated::Count(m, of)) => {
            m == n && of.is_none_or(|of| of == total) && (of.is_some() || met == total)
        }
        (Quantifier::Count(n), Stated::Listed(m) | Stated::There(m)) => m == n,
        (Quantifier::NotAll, Stated::NotAll) => true,
        (Quantifier::Some | Quantifier::NotAll, Stated::Other) => {
            let element = EventId(quantified.elements[0].element);
            named(text, element, ground)
        }
        _ => false,
    };
    if !agrees {
        return Err(format!(
            "is of {met} of {total} elements ({:?}), but the sentence says {said:?}",
            quantified.quantifier
        ));
    }
    // "2 of the 3 boxes" counts things, not pairs of them.
    let of = match said {
        Stated::None(of) | Stated::All(of) | Stated::Count(_, of) => of,
        _ => None,
    };
    let trace = ground.runs.trace();
    let mut objects = BTreeSet::new();
    let distinct =
        quantified
            .elements
            .iter()
            .all(|judged| match trace.event(EventId(judged.element)).value {
                TraceValue::Object(object) => objects.insert(object),
                _ => true,
            });
    if of.is_some() && !distinct {
        return Err("counts an element twice".into());
    }
    if let [condition] = quantified.holds.as_slice()
        && quantified.among.is_empty()
        && let Some(affirms) = polarity_at(condition.node, ground.index)
    {
        let other = quantified.quantifier == Quantifier::NotAll && said == Stated::Other;
        let expected = (affirms == condition.holds) != other;
        if negated(text) == expected {
            return Err("has another polarity than the sentence".into());
        }
    }
    let mut allowed = literals(&quantified.among, &quantified.holds, ground);
    allowed.extend([met.to_string(), total.to_string()]);
    allowed.extend(beside.iter().cloned());
    own_numbers(text, &allowed, ground)
}

/// Whether a sentence names the object of an iteration.
fn named(text: &str, iteration: EventId, ground: &Ground<'_>) -> bool {
    let trace = ground.runs.trace();
    let value = &trace.event(iteration).value;
    let run = ground.runs.run_of(iteration);
    let outer = run.and_then(|run| ground.runs.run(run).within);
    if outer.is_some_and(|outer| named(text, outer, ground)) {
        return true;
    }
    let lower = text.to_lowercase();
    let names = |value: &TraceValue| match value {
        TraceValue::Object(object) => {
            lower.contains(&ground.namer.noun(*object).full().to_lowercase())
        }
        _ => false,
    };
    names(value) || trace.items_of(value).iter().any(|(v, _)| names(v))
}

/// Every number in a sentence is one that it may speak of: counted, compared, written in a
/// condition, or part of the name of an object.
fn own_numbers(text: &str, allowed: &BTreeSet<String>, ground: &Ground<'_>) -> Result<(), String> {
    let mut in_names: Option<BTreeSet<String>> = None;
    for number in numbers(text).filter(|n| !allowed.contains(*n)) {
        let in_names = in_names.get_or_insert_with(|| {
            let objects = 0..ground.runs.trace().objects.len();
            let names = objects.map(|object| ground.namer.noun(object as u32).full());
            names
                .filter(|name| text.contains(name.as_str()))
                .flat_map(|name| numbers(&name).map(str::to_owned).collect::<Vec<_>>())
                .collect()
        });
        if !in_names.contains(number) {
            return Err(format!("has no {number}, which the sentence says"));
        }
    }
    Ok(())
}

/// Whether an event made this comparison, and the sentence says its numbers.
fn compare(
    event: EventId,
    compared: &Compared,
    text: &str,
    ground: &Ground<'_>,
) -> Result<(), String> {
    let trace = ground.runs.trace();
    let made = trace.event(event);
    if made.kind != EventKind::Compare || made.node.pack {
        return Err(format!("event {} compares nothing", event.0));
    }
    let Some(ExprKind::Compare {
        left,
        ops,
        comparators,
    }) = ground.index.expr(made.node.node).map(|e| &e.kind)
    else {
        return Err(format!("event {} compares nothing", event.0));
    };
    let ([op], [right]) = (ops.as_slice(), comparators.as_slice()) else {
        return Err("is of a chain of comparisons".into());
    };
    if operator(*op) != Some(compared.operator) {
        return Err(format!("has another operator than event {}", event.0));
    }
    let inputs = trace.inputs_of(event);
    for (expr, at, stated) in [
        (left.as_ref(), 0, &compared.left),
        (right, 1, &compared.right),
    ] {
        let found = operand(expr, inputs.get(at).copied(), ground);
        if found.as_ref() != Some(stated) {
            return Err(format!("compares {stated:?} where the run had {found:?}"));
        }
    }
    if ground.runs.truth(event) != Some(compared.holds) {
        return Err(format!("says {}, the run the opposite", compared.holds));
    }
    if let (Term::Number(a), Term::Number(b)) = (&compared.left, &compared.right)
        && compared.operator.of(*a, *b) != compared.holds
    {
        return Err("is not so of its numbers".into());
    }
    if let Term::Number(left) = compared.left
        && let Some(wrong) = bounds(text).find(|b| !b.of(left))
    {
        return Err(format!("is of {left}, which is not {wrong:?}"));
    }
    let denied = text.split_whitespace().any(|w| w == "not");
    if let (Term::Text(left), Term::Text(right)) = (&compared.left, &compared.right) {
        let equal = left == right;
        if text.contains(" the same ") && equal == denied {
            return Err("has another polarity than the sentence".into());
        }
    }
    Ok(())
}
