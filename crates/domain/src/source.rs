//! Sources: where the outside reports in, and by which mapping it is read.

crate::run::text_enum!(/// The mapping of a source.
Provider { Postman = "postman", Watchbell = "watchbell" });

impl Provider {
    /// Name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Postman => "Postman Monitors",
            Self::Watchbell => "Watchbell",
        }
    }
}

/// How many receipts of failures without any success make the page suspect that the sender
/// is set to "3 failures" (it then never tells of the success that follows).
pub const ONLY_FAILURES: i64 = 3;
