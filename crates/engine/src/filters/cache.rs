//! Compiled filters, by their text: the same for every workspace, and read once.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

use domain::filter::Filter;

/// A filter, or why it is none. (One that was saved is one, unless this is an older program than the one that saved it.)
type Compiled = Arc<Result<Filter, String>>;

/// Kept at once; then it begins anew.
const KEPT: usize = 1_024;

static CACHE: LazyLock<Mutex<HashMap<String, Compiled>>> = LazyLock::new(Mutex::default);

fn cache() -> MutexGuard<'static, HashMap<String, Compiled>> {
    CACHE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The filter, if it was compiled before.
pub(super) fn known(text: &str) -> Option<Compiled> {
    cache().get(text).map(Arc::clone)
}

/// The filter.
pub(super) fn compiled(text: &str) -> Compiled {
    if let Some(known) = known(text) {
        return known;
    }
    let compiled = Arc::new(Filter::compile(text).map_err(|problem| format!("filter: {}", problem.detail)));
    let mut cache = cache();
    if cache.len() >= KEPT {
        cache.clear();
    }
    cache.insert(text.to_owned(), Arc::clone(&compiled));
    compiled
}
