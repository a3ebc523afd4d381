//! The reporters that the words ask for, and where their files go.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Result;
use collection::Collection;
use domain::Clock as _;

use super::args::{Color, OutputArgs, ReporterKind};
use crate::{
    cli::report::{CliReporter, HtmlReporter, JsonReporter, JunitReporter, Reporter, cli::Look, json::Catalogue, progress::Progress},
    clock::SystemClock,
};

/// Makes each reporter once, in the order given.
pub fn reporters(args: &OutputArgs, collection: &Collection) -> Result<Vec<Box<dyn Reporter>>> {
    set_colour(args);
    let mut kinds: Vec<ReporterKind> = Vec::new();
    for kind in &args.reporters {
        let hidden = args.silent && matches!(kind, ReporterKind::Cli | ReporterKind::Progress);
        if !hidden && !kinds.contains(kind) {
            kinds.push(*kind);
        }
    }
    kinds.into_iter().map(|kind| reporter(kind, args, collection)).collect()
}

fn reporter(kind: ReporterKind, args: &OutputArgs, collection: &Collection) -> Result<Box<dyn Reporter>> {
    let name = collection.name();
    Ok(match kind {
        ReporterKind::Cli => {
            let look = Look {
                hide: args.cli.clone(),
                verbose: args.verbose,
                ascii: args.disable_unicode,
            };
            Box::new(CliReporter::new(look, name))
        }
        ReporterKind::Progress => Box::new(Progress::new()),
        ReporterKind::Json => {
            let place = place(args.reporter_json_export.as_deref(), "json");
            Box::new(JsonReporter::new(&place, Arc::new(Catalogue::new(collection)))?)
        }
        ReporterKind::Junit => Box::new(JunitReporter::new(&place(args.reporter_junit_export.as_deref(), "xml"), name)?),
        ReporterKind::Html => Box::new(HtmlReporter::new(&place(args.reporter_html_export.as_deref(), "html"), name)?),
    })
}

fn set_colour(args: &OutputArgs) {
    let choice = match (args.no_color, args.color) {
        (true, _) | (_, Color::Off) => anstream::ColorChoice::Never,
        (_, Color::On) => anstream::ColorChoice::Always,
        (_, Color::Auto) if std::io::stdout().is_terminal() => return,
        (_, Color::Auto) => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// The file named, or one of newman's default name: in the folder named, else in `newman`,
/// where pipelines that were written for newman look for it.
fn place(given: Option<&Path>, extension: &str) -> PathBuf {
    let folder = match given {
        Some(path) if !path.is_dir() => return path.to_owned(),
        Some(folder) => folder,
        None => Path::new("newman"),
    };
    let now = jiff::Timestamp::from_microsecond(SystemClock.now()).unwrap_or_default();
    folder.join(format!("newman-run-report-{}.{extension}", now.strftime("%Y-%m-%d-%H-%M-%S-%3f")))
}
