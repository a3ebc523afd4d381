//! Spans for traces: publish, dispatch, attempt, run, receive. They have a target of their own at the lowest level, so that
//! without somebody who collects them they cost one comparison and never reach the log.

/// The target of every span and of the events in them. The binary's `otel` layer takes these and no others.
pub const TARGET: &str = "watchbell::spans";

/// A span of [`TARGET`]: its name, and fields as in `tracing`.
macro_rules! span {
    (parent: $parent:expr, $name:literal $($fields:tt)*) => {
        tracing::trace_span!(target: "watchbell::spans", parent: $parent, $name $($fields)*)
    };
    ($name:literal $($fields:tt)*) => {
        tracing::trace_span!(target: "watchbell::spans", $name $($fields)*)
    };
}

pub(crate) use span;
