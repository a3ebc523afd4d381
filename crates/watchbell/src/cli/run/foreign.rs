//! Options of reporters that are not built in. A command line that was written for newman
//! may hold them (`--reporter-htmlextra-title Orders`); they are dropped with a word about
//! it, as newman drops those of reporters that it does not know.

use std::ffi::{OsStr, OsString};

use super::args::Args;

/// Takes the options out of a command line of `watchbell run`, and says which.
pub fn without(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let (kept, dropped) = split(words.collect());
    for option in dropped {
        anstream::eprintln!("warning: `{option}` is ignored: it belongs to a reporter that is not built in");
    }
    kept
}

fn split(words: Vec<OsString>) -> (Vec<OsString>, Vec<String>) {
    if words.get(1).is_none_or(|word| word != "run") {
        return (words, Vec::new());
    }
    let known = known();
    let (mut kept, mut dropped) = (Vec::new(), Vec::new());
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.next() {
        let foreign = word.to_str().filter(|text| {
            let name = text.split('=').next().unwrap_or(text);
            name.starts_with("--reporter-") && !known.iter().any(|option| option == &name[2..])
        });
        let Some(option) = foreign.map(str::to_owned) else {
            kept.push(word);
            continue;
        };
        // As newman reads them: a word that is no option is the value.
        if !option.contains('=') {
            rest.next_if(|next| !is_option(next));
        }
        dropped.push(option);
    }
    (kept, dropped)
}

fn is_option(word: &OsStr) -> bool {
    word.to_str().is_some_and(|text| text.starts_with('-'))
}

/// The long names of our own reporter options.
fn known() -> Vec<String> {
    let command = <Args as clap::Args>::augment_args(clap::Command::new("run"));
    let names = command
        .get_arguments()
        .flat_map(|argument| argument.get_long_and_visible_aliases().unwrap_or_default());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.push("reporter-htmlextra-export".to_owned());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn options_of_unknown_reporters_go_with_their_values_and_ours_stay() {
        let (kept, dropped) = split(words(
            "wb run c.json --reporter-htmlextra-title Orders --reporter-x-flag -n 2 --reporter-x-y=1 --reporter-json-export o",
        ));
        assert_eq!(kept, words("wb run c.json -n 2 --reporter-json-export o"));
        assert_eq!(dropped, ["--reporter-htmlextra-title", "--reporter-x-flag", "--reporter-x-y=1"]);
        assert_eq!(split(words("wb serve --reporter-x-y")).1, [""; 0], "other commands are stricter");
    }
}
