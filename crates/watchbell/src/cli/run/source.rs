//! Where documents come from: files, standard input, the workspace of a server, and URLs,
//! those of Postman's API with a key.

use std::{io::Read as _, path::Path};

use anyhow::{Context as _, Result, bail};
use collection::{IterationData, LoadError, data::DataKind};

use super::workspace::{self, Workspace};
use crate::cli::remote::{self, MAX_BYTES};

const MAX_REDIRECTS: usize = 5;
const POSTMAN_API: &str = "https://api.getpostman.com";

/// Reads documents by the words that name them.
pub struct Source<'a> {
    pub client: &'a egress::Client,
    pub policy: &'a egress::Policy,
    /// Of Postman's API.
    pub key: Option<&'a str>,
    /// Of a Watchbell server, when one is named.
    pub workspace: Option<Workspace>,
    /// Do not check certificates.
    pub insecure: bool,
}

impl Source<'_> {
    /// Reads and parses a document; `plural` is its kind's place in Postman's API (`collections`).
    pub async fn document<T>(&self, word: &str, plural: &str, parse: impl Fn(&[u8], &str) -> Result<T, LoadError>) -> Result<T> {
        let (bytes, name) = self.read(word, plural).await?;
        parse(&bytes, &name).map_err(with_hint)
    }

    /// Iteration data: JSON or CSV, told apart by the name, else by the content.
    /// A file is not held: the run reads it again row by row.
    pub async fn data(&self, word: &str) -> Result<IterationData> {
        let extension = word.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let kind = match extension.as_deref() {
            Some("csv") => DataKind::Csv,
            Some("json") => DataKind::Json,
            _ => DataKind::Guess,
        };
        let path = Path::new(word);
        if path.is_file() {
            return IterationData::open(path, kind).map_err(with_hint);
        }
        let (bytes, name) = self.read(word, "data").await?;
        IterationData::from_bytes(bytes, kind, &name).map_err(with_hint)
    }

    /// The bytes of a document, and what messages call it.
    pub async fn read(&self, word: &str, plural: &str) -> Result<(Vec<u8>, String)> {
        if word == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
            return Ok((bytes, "standard input".to_owned()));
        }
        if word.starts_with("http://") || word.starts_with("https://") {
            return Ok((self.fetch(word).await?, word.to_owned()));
        }
        let is_here = Path::new(word).exists();
        if let Some(workspace) = self.workspace.as_ref().filter(|_| !is_here && plural != "data")
            && !(is_uid(word) && self.key.is_some())
        {
            let list = self.fetch(&workspace.list(plural)).await?;
            let url = workspace.document(&list, plural, word)?;
            return Ok((self.fetch(&url).await?, url));
        }
        if is_uid(word) && !is_here {
            let url = format!("{POSTMAN_API}/{plural}/{word}");
            return Ok((self.fetch(&url).await?, url));
        }
        let bytes = std::fs::read(word).with_context(|| format!("cannot read `{word}`"))?;
        Ok((bytes, word.to_owned()))
    }

    async fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        let mut url = url.to_owned();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.get(&url).await?;
            if matches!(response.status, 301 | 302 | 303 | 307 | 308)
                && let Some(place) = response.header("location")
            {
                let base = url::Url::parse(&url).with_context(|| format!("`{url}` is no URL"))?;
                url = base
                    .join(&place)
                    .with_context(|| format!("`{url}` redirects to `{place}`, which is no URL"))?
                    .into();
                continue;
            }
            if response.status != 200 {
                let ours = self
                    .workspace
                    .as_ref()
                    .is_some_and(|workspace| url.starts_with(&workspace.list("")));
                let hint = match response.status {
                    status if ours => workspace::hint(status),
                    401 | 403 if is_postman(&url) => "\n\nhint: give the key of Postman's API as --postman-api-key",
                    401 | 403 => "\n\nhint: for a Watchbell server give --server and --token",
                    _ => "",
                };
                bail!("`{url}` answered {} {}{hint}", response.status, response.reason);
            }
            if response.truncated {
                bail!("`{url}` is longer than {} MiB", MAX_BYTES >> 20);
            }
            return Ok(response.body.to_vec());
        }
        bail!("`{url}`: more than {MAX_REDIRECTS} redirects")
    }

    async fn get(&self, url: &str) -> Result<egress::Response> {
        let mut request = remote::request("GET", url, self.insecure);
        // The key goes to Postman alone, also when it redirects elsewhere.
        if let Some(key) = self.key.filter(|_| is_postman(url)) {
            request.headers.push(("X-Api-Key".to_owned(), key.to_owned()));
        }
        if let Some(workspace) = &self.workspace {
            workspace.authorize(&mut request);
        }
        let exchange = self.client.exchange(&request, self.policy).await;
        exchange
            .outcome
            .map_err(|failure| anyhow::anyhow!("cannot fetch `{url}`: {}", failure.message))
    }
}

/// The message of a document that cannot be read, with its advice.
pub fn with_hint(error: LoadError) -> anyhow::Error {
    if error.hint.is_empty() {
        return anyhow::anyhow!("{error}");
    }
    anyhow::anyhow!("{error}\n\nhint: {}", error.hint)
}

fn is_postman(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    url.scheme() == "https" && matches!(url.host_str(), Some("api.getpostman.com" | "api.postman.com"))
}

/// `12345678-` and a UUID: what Postman calls a uid.
fn is_uid(word: &str) -> bool {
    let Some((owner, id)) = word.split_once('-') else { return false };
    !owner.is_empty() && owner.bytes().all(|b| b.is_ascii_digit()) && id.len() == 36 && uuid::Uuid::parse_str(id).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_told_from_a_file_and_the_key_goes_to_postman_alone() {
        assert!(is_uid("1234-6ffd6a9e-4ce1-4d0f-9ab8-d2c7c4a6a8a1"));
        assert!(!is_uid("6ffd6a9e-4ce1-4d0f-9ab8-d2c7c4a6a8a1") && !is_uid("orders.json"));
        assert!(is_postman("https://api.getpostman.com/collections/1"));
        assert!(!is_postman("http://api.getpostman.com/") && !is_postman("https://api.getpostman.com.evil.test/"));
    }
}
