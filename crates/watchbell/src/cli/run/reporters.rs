//! The reporters that the words ask for, and where their files go.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Result;
use collection::RunSpec;
use domain::Clock as _;

use super::args::{Color, OutputArgs, ReporterKind, ReporterName};
use crate::{
    cli::report::{
        CliReporter, HtmlReporter, JsonReporter, JunitReporter, Reporter,
        cli::Look,
        json::{Catalogue, Scope},
        progress::Progress,
    },
    clock::SystemClock,
};

/// Makes each reporter once, in the order given.
pub fn reporters(args: &OutputArgs, spec: &RunSpec) -> Result<Vec<Box<dyn Reporter>>> {
    set_colour(args);
    for name in &args.reporters {
        if let ReporterName::Foreign(name) = name
            && !name.is_empty()
        {
            anstream::eprintln!(
                "warning: there is no reporter `{name}`, its report is not made\n\nhint: built in are cli, json, junit, html and progress; other tools can read the JSON report"
            );
        }
    }
    let shown = |kind: &ReporterKind| match kind {
        ReporterKind::Cli => !args.silent && !args.cli.silent,
        ReporterKind::Progress => !args.silent,
        _ => true,
    };
    let kinds = args.kinds().into_iter().filter(shown);
    kinds.map(|kind| reporter(kind, args, spec)).collect()
}

fn reporter(kind: ReporterKind, args: &OutputArgs, spec: &RunSpec) -> Result<Box<dyn Reporter>> {
    let name = spec.collection.name();
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
            let scopes = [&spec.environment, &spec.globals].map(|document| Scope::of(document.as_ref()));
            Box::new(JsonReporter::new(&place, Arc::new(Catalogue::new(&spec.collection)), scopes)?)
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
