//! `watchbell completions` and `watchbell man`: made from the same words as `--help`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Command;

use super::{text, words::Misunderstood};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  watchbell completions bash > ~/.local/share/bash-completion/completions/watchbell
  watchbell completions zsh > \"${fpath[1]}/_watchbell\"
  watchbell completions fish > ~/.config/fish/completions/watchbell.fish")]
pub struct CompletionArgs {
    shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  watchbell man | man -l -
  watchbell man webhook create | man -l -
  watchbell man --folder /usr/local/share/man/man1")]
pub struct ManArgs {
    /// The command whose page is wanted [default: the program's own]
    #[arg(value_name = "COMMAND")]
    words: Vec<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "words")]
    folder: Option<PathBuf>,
}

pub fn completions(mut command: Command, args: &CompletionArgs) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "watchbell", &mut script);
    text::raw(&script)
}

pub fn man(mut command: Command, args: &ManArgs) -> Result<()> {
    if let Some(folder) = &args.folder {
        std::fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(command, folder))
            .with_context(|| format!("cannot write into `{}`", folder.display()))?;
        return Ok(());
    }
    command.build();
    let mut wanted = &command;
    for word in &args.words {
        wanted = wanted.find_subcommand(word).ok_or_else(|| {
            Misunderstood::new(
                &format!("there is no command `{}`", args.words.join(" ")),
                "`watchbell --help` lists them",
            )
        })?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(wanted.clone()).render(&mut page)?;
    text::raw(&page)
}
