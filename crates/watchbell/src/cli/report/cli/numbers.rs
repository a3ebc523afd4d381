//! The numbers of failures: those of an item are shown where they happened and again in the
//! list at the end, under the same number, as newman does.

use collection::{
    report::{Execution, Failure},
    script::Listen,
};

/// Failures of items that are not finished yet, with their numbers.
#[derive(Debug, Default)]
pub struct Numbers {
    count: u64,
    open: Vec<(u64, Failure)>,
}

impl Numbers {
    /// Takes the next failure.
    pub fn add(&mut self, failure: &Failure) {
        self.count += 1;
        self.open.push((self.count, failure.clone()));
    }

    /// All failures so far.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Takes out those of a finished item.
    pub fn of_item(&mut self, execution: &Execution) -> Self {
        let is_its = |(_, failure): &(u64, Failure)| {
            (failure.iteration, failure.position) == (execution.iteration, execution.position) || failure.item_id == execution.item_id
        };
        let (its, others) = std::mem::take(&mut self.open).into_iter().partition(is_its);
        self.open = others;
        Self { count: 0, open: its }
    }

    /// `  3. ` for a failed test.
    pub fn of_test(&self, index: u64, name: &str) -> String {
        let is_it = |failure: &Failure| failure.test.as_ref().is_some_and(|(at, test)| *at == index && test == name);
        number(self.open.iter().find(|(_, failure)| is_it(failure)))
    }

    /// The same for the nth script of a kind that failed.
    pub fn of_script(&self, listen: Listen, nth: usize) -> String {
        let at = if listen == Listen::Prerequest {
            "prerequest-script"
        } else {
            "test-script"
        };
        number(self.open.iter().filter(|(_, failure)| failure.at == at).nth(nth))
    }
}

fn number(found: Option<&(u64, Failure)>) -> String {
    found.map_or_else(|| "   - ".to_owned(), |(number, _)| format!("{number:>3}. "))
}
