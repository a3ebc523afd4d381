//! Layers of settings: each overrides single keys of the ones below and is remembered as
//! their origin.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, anyhow, bail};
use toml::{Table, Value};

pub(super) struct Layers {
    values: Table,
    origins: BTreeMap<String, String>,
}

impl Layers {
    pub(super) fn new(defaults: &str) -> Result<Self> {
        Ok(Self {
            values: defaults.parse::<Table>()?,
            origins: BTreeMap::new(),
        })
    }

    pub(super) fn into_parts(self) -> (Table, BTreeMap<String, String>) {
        (self.values, self.origins)
    }

    pub(super) fn file(&mut self, path: &Path, text: &str) -> Result<()> {
        let origin = path.display().to_string();
        let table = text.parse::<Table>().with_context(|| format!("`{origin}` is not TOML"))?;
        for (section, value) in table {
            let Value::Table(keys) = value else {
                return Err(self.unknown(&section, &origin));
            };
            for (key, value) in keys {
                self.set(&format!("{section}.{key}"), value, &origin)?;
            }
        }
        Ok(())
    }

    /// `WATCHBELL_<SECTION>_<KEY>`; secrets also `…_FILE`. Names that belong to the commands
    /// (`WATCHBELL_URL`, `WATCHBELL_TOKEN`, `WATCHBELL_CONFIG`, `WATCHBELL_TEST_*`) are left alone.
    pub(super) fn environment(&mut self, variables: &[(String, String)], secrets: &[&str]) -> Result<()> {
        let known: BTreeMap<String, String> = self
            .paths()
            .into_iter()
            .map(|path| (format!("WATCHBELL_{}", path.replace('.', "_").to_uppercase()), path))
            .collect();
        for (name, value) in variables {
            if let Some(path) = known.get(name) {
                self.set_text(path, value, name)?;
                continue;
            }
            if let Some(path) = name
                .strip_suffix("_FILE")
                .and_then(|twin| known.get(twin))
                .filter(|p| secrets.contains(&p.as_str()))
            {
                let text = fs::read_to_string(value).with_context(|| format!("{name}: cannot read `{value}`"))?;
                self.set_text(path, text.trim_end(), name)?;
                continue;
            }
            let of_a_section = self
                .values
                .keys()
                .any(|section| name.starts_with(&format!("WATCHBELL_{}_", section.to_uppercase())));
            if of_a_section {
                let near = nearest(name, known.keys());
                bail!("unknown setting `{name}` in the environment{}", hint(near));
            }
        }
        Ok(())
    }

    /// Sets a key from text, read as the type that its default has.
    pub(super) fn set_text(&mut self, path: &str, text: &str, origin: &str) -> Result<()> {
        let default = self.find(path).ok_or_else(|| self.unknown(path, origin))?;
        let bad = |what: &str| anyhow!("`{path}` ({origin}): `{text}` is not {what}");
        let value = match default {
            Value::Boolean(_) => Value::Boolean(text.parse().map_err(|_| bad("`true` or `false`"))?),
            Value::Integer(_) => Value::Integer(text.parse().map_err(|_| bad("a whole number"))?),
            // A regular expression may hold a comma, and a URL holds no blank.
            Value::Array(_) if path == "egress.allowed_urls" => Value::Array(text.split_whitespace().map(Value::from).collect()),
            Value::Array(_) => Value::Array(text.split(',').map(str::trim).filter(|s| !s.is_empty()).map(Value::from).collect()),
            _ => Value::from(text),
        };
        self.set(path, value, origin)
    }

    fn set(&mut self, path: &str, value: Value, origin: &str) -> Result<()> {
        let default = self.find(path).ok_or_else(|| self.unknown(path, origin))?;
        if std::mem::discriminant(default) != std::mem::discriminant(&value) {
            bail!("`{path}` ({origin}): expected {}, found {}", default.type_str(), value.type_str());
        }
        let (section, key) = path.split_once('.').unwrap_or((path, ""));
        if let Some(Value::Table(table)) = self.values.get_mut(section) {
            table.insert(key.to_owned(), value);
        }
        self.origins.insert(path.to_owned(), origin.to_owned());
        Ok(())
    }

    fn find(&self, path: &str) -> Option<&Value> {
        let (section, key) = path.split_once('.')?;
        self.values.get(section)?.as_table()?.get(key)
    }

    fn paths(&self) -> Vec<String> {
        let keys = |(section, table): (&String, &Value)| -> Vec<String> {
            table
                .as_table()
                .into_iter()
                .flatten()
                .map(|(key, _)| format!("{section}.{key}"))
                .collect()
        };
        self.values.iter().flat_map(keys).collect()
    }

    fn unknown(&self, path: &str, origin: &str) -> anyhow::Error {
        let paths = self.paths();
        anyhow!("unknown setting `{path}` in {origin}{}", hint(nearest(path, paths.iter())))
    }
}

fn hint(near: Option<&String>) -> String {
    near.map_or_else(
        || "\n\nhint: `watchbell config` lists all settings".to_owned(),
        |near| format!("\n\nhint: did you mean `{near}`?"),
    )
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    known
        .map(|k| (distance(name, k), k))
        .filter(|(d, k)| *d <= k.len() / 3)
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// Levenshtein distance, in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
