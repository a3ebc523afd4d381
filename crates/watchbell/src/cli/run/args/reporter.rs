//! The words of `-r`: reporters that are built in, and names of others.

use clap::ValueEnum;

use super::OutputArgs;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReporterKind {
    Cli,
    Json,
    Junit,
    /// Also under the name of the third-party reporter that most teams have.
    #[value(alias = "htmlextra")]
    Html,
    /// The progress line alone.
    Progress,
}

/// A word of `-r`. One that is not built in is passed over with a warning: a pipeline that
/// asks for a reporter of newman's ecosystem still runs, as it does where that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReporterName {
    Known(ReporterKind),
    Foreign(String),
}

impl std::str::FromStr for ReporterName {
    type Err = std::convert::Infallible;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let word = word.trim();
        Ok(ReporterKind::from_str(word, false).map_or_else(|_| Self::Foreign(word.to_owned()), Self::Known))
    }
}

impl OutputArgs {
    /// The reporters that are built in, each once, in the order given.
    pub fn kinds(&self) -> Vec<ReporterKind> {
        let mut kinds = Vec::new();
        for name in &self.reporters {
            if let ReporterName::Known(kind) = name
                && !kinds.contains(kind)
            {
                kinds.push(*kind);
            }
        }
        kinds
    }
}
