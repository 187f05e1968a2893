//! Who may begin to spend, so that where a budget ends does not depend on who comes first.
//!
//! A run with a budget should stop at the same question whatever the threads and the latencies are:
//! where a run of one question after another would stop. So questions take [`Turns`], numbered as
//! the data set has them. One begins together with others only if the budget has room for the most
//! that all of them could use: then all of them end, in whatever order. If it has not, it waits
//! until those before it are done, and then spends alone, call by call. Far from the bound nobody
//! waits.

use super::budget::{Budget, Used};
use std::collections::{BTreeMap, BTreeSet};

/// The turns of the questions of a run. Times and threads are the caller's.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// The lowest number that has not begun.
    next: u64,
    /// Numbers that ended without beginning.
    passed: BTreeSet<u64>,
    /// The most that those which began and did not end can use.
    active: BTreeMap<u64, Used>,
}

impl Turns {
    /// Whether the question `number` may begin, of which `spent` was used before and `most` can be
    /// used by itself. If so, it has.
    pub(super) fn begin(&mut self, number: u64, budget: Budget, spent: Used, most: Used) -> bool {
        if number != self.next {
            return false;
        }
        let mut all = spent;
        all.add(most);
        for active in self.active.values() {
            all.add(*active);
        }
        let alone = self.active.is_empty();
        if !alone && budget.beyond(all).is_some() {
            return false;
        }
        self.active.insert(number, most);
        self.move_on();
        true
    }

    /// Ends the turn of `number`, also if it did not begin.
    pub(super) fn end(&mut self, number: u64) {
        if self.active.remove(&number).is_some() {
            return;
        }
        if number == self.next {
            self.move_on();
        } else if number > self.next {
            self.passed.insert(number);
        }
    }

    fn move_on(&mut self) {
        self.next += 1;
        while self.passed.remove(&self.next) {
            self.next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(requests: u64) -> Used {
        Used {
            requests,
            ..Used::default()
        }
    }

    #[test]
    fn questions_begin_in_their_order_and_together_only_where_all_fit() {
        let budget = Budget {
            requests: Some(10),
            ..Budget::default()
        };
        let mut turns = Turns::default();
        assert!(!turns.begin(1, budget, used(0), used(4)), "not its turn");
        assert!(turns.begin(0, budget, used(0), used(4)));
        assert!(turns.begin(1, budget, used(0), used(4)));
        // 8 may be used: 4 more could be too many.
        assert!(!turns.begin(2, budget, used(0), used(4)));
        turns.end(0);
        // The first used 2 of its 4.
        assert!(turns.begin(2, budget, used(2), used(4)));
        assert!(!turns.begin(3, budget, used(2), used(4)));
        turns.end(2);
        turns.end(1);
        // Alone it may begin, and finds out where the budget ends.
        assert!(turns.begin(3, budget, used(9), used(4)));
        turns.end(3);
    }

    #[test]
    fn who_ends_without_beginning_is_passed_over() {
        let budget = Budget::default();
        let mut turns = Turns::default();
        turns.end(1);
        turns.end(2);
        assert!(!turns.begin(3, budget, used(0), used(1)));
        turns.end(0);
        assert!(turns.begin(3, budget, used(0), used(1)));
    }
}
