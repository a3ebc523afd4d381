//! Creating and changing a webhook.

use anyhow::Result;
use clap::ValueEnum;
use serde_json::{Map, Value};

use super::{
    super::{
        remote::{Call, Server, input::Inputs, sendable},
        text::Record,
        words::Misunderstood,
    },
    fields::Fields,
    of, view,
};

/// The profiles, as in the API.
pub const PROFILES: [&str; 9] = [
    "standard",
    "postman",
    "testmonitor",
    "flow-task",
    "custom",
    "slack",
    "teams",
    "discord",
    "pagerduty",
];

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  watchbell webhook create --name Results --url https://example.com/hook \\
      --events monitor.run.finished --generate-secret
  watchbell webhook create --name Chat --profile slack --url https://hooks.slack.com/… \\
      --events 'incident.*' --trigger on_change
  watchbell webhook create --name Issues --url https://example.com/issues \\
      --events issue-created,issue-updated --filter 'data.priority > 3' --header 'X-Team: red' \\
      --secret-file secret.txt --rate 20 --retry-delays 1s,10s,5m
  watchbell webhook create --from webhook.json --name Copy")]
pub struct CreateArgs {
    /// What it looks like on the wire [default: standard]
    #[arg(long, value_parser = PROFILES)]
    profile: Option<String>,
    /// Create it disabled
    #[arg(long)]
    disabled: bool,
    #[command(flatten)]
    fields: Fields,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  watchbell webhook edit Results --url https://example.com/new --rate 20
  watchbell webhook edit Results --unset filter --unset coalesce
  watchbell webhook edit Results --ordered=false --if-match 7")]
pub struct EditArgs {
    /// The webhook, by id or name
    webhook: String,
    /// Take away what is set; may be repeated
    #[arg(long, value_enum, value_name = "FIELD")]
    unset: Vec<Unset>,
    /// Only if this is still its version, as `show` has it
    #[arg(long, value_name = "VERSION")]
    if_match: Option<String>,
    #[command(flatten)]
    fields: Fields,
}

/// What a webhook can be without.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Unset {
    Subject,
    Filter,
    Secret,
    Headers,
    Certificate,
    // The profile's own retries
    Retries,
    // The profile's own time limit
    Timeout,
    Rate,
    Coalesce,
    // The profile's own style
    Signature,
    Method,
    ContentType,
    Body,
    // Every output again
    Outputs,
}

impl Unset {
    /// Its member in the API's body, and whether that is one of `options`.
    const fn member(self) -> (&'static str, bool) {
        match self {
            Self::Subject => ("subject", false),
            Self::Filter => ("filter", false),
            Self::Secret => ("secret", false),
            Self::Headers => ("headers", false),
            Self::Certificate => ("client_certificate", false),
            Self::Retries => ("retry_policy", false),
            Self::Timeout => ("timeout_ms", true),
            Self::Rate => ("per_second", true),
            Self::Coalesce => ("coalesce_ms", true),
            Self::Signature => ("signature", true),
            Self::Method => ("method", true),
            Self::ContentType => ("content_type", true),
            Self::Body => ("body", true),
            Self::Outputs => ("outputs", true),
        }
    }
}

pub async fn create(server: &Server, args: &CreateArgs) -> Result<()> {
    let mut body = args.fields.body(&Inputs::default())?;
    body.set_some("profile", args.profile.as_ref())?;
    body.set_some("enabled", args.disabled.then_some(false))?;
    if body.is_empty() {
        let hint = "for example --name Results --url https://example.com/hook --events monitor.run.finished, or --from FILE";
        return Err(Misunderstood::new("nothing says what the webhook is", hint).into());
    }
    let answer = server.post("webhooks", Some(body.bytes()?)).await?;
    server.show(&answer, |webhook| {
        let mut secret = Record::default();
        view::secret(&mut secret, webhook);
        view::webhook(webhook) + &secret.text()
    })
}

pub async fn edit(server: &Server, args: &EditArgs) -> Result<()> {
    for unset in &args.unset {
        if let Some(flag) = args.fields.given(unset.member().0) {
            let name = unset
                .to_possible_value()
                .map_or_else(String::new, |word| word.get_name().to_owned());
            let what = format!("`--unset {name}` and `{flag}` contradict each other");
            return Err(Misunderstood::new(&what, "give one of the two").into());
        }
    }
    let mut body = args.fields.body(&Inputs::default())?;
    let mut options = Map::new();
    for (member, of_options) in args.unset.iter().map(|unset| unset.member()) {
        match (member, of_options) {
            ("outputs", _) => drop(options.insert(member.to_owned(), Value::Array(Vec::new()))),
            (member, true) => drop(options.insert(member.to_owned(), Value::Null)),
            ("headers", _) => body.set("headers", [(); 0])?,
            (member, false) => body.set(member, Value::Null)?,
        }
    }
    body.merge("options", options)?;
    if body.is_empty() {
        return Err(Misunderstood::new(
            "nothing is to be changed",
            "give a flag such as --url, --unset FIELD, or --from FILE",
        )
        .into());
    }
    if let Some(version) = &args.if_match {
        sendable("`--if-match`", version)?;
    }
    let path = of(server, &args.webhook, &[]).await?;
    let version: Vec<_> = args
        .if_match
        .iter()
        .map(|version| ("If-Match", format!("\"{}\"", version.trim_matches('"'))))
        .collect();
    let call = Call {
        method: "PATCH",
        path: &path,
        body: Some(body.bytes()?),
        headers: &version,
        ..Call::default()
    };
    server.show(&server.call(call).await?, view::webhook)
}

#[cfg(test)]
mod tests {
    use domain::profile::Profile;

    use super::*;

    #[derive(clap::Parser)]
    struct Made {
        #[command(flatten)]
        args: CreateArgs,
    }

    /// The members of a schema of the API.
    fn members(schema: &str) -> Vec<String> {
        let api: Value = serde_json::from_str(include_str!("../../../../web/tests/snapshots/openapi.json")).unwrap();
        let properties = api["components"]["schemas"][schema]["properties"].as_object().unwrap();
        properties.keys().cloned().collect()
    }

    #[test]
    fn every_member_of_the_api_has_a_flag() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "text").unwrap();
        let file = file.path().to_str().unwrap();
        let words = "create --name n --url u --events a --subject s --filter f --trigger failures --header a:b --generate-secret \
                     --timeout 1s --in-flight 1 --rate 1 --ordered --coalesce 1s --verify-tls true --signature github --method PUT \
                     --content-type t --body b --outputs a,b --retry-delays 1s --certificate FILE --key FILE";
        let words = words.split_whitespace().map(|word| if word == "FILE" { file } else { word });
        let made = <Made as clap::Parser>::try_parse_from(words).unwrap().args;
        let body: Value = serde_json::from_slice(&made.fields.body(&Inputs::default()).unwrap().bytes().unwrap()).unwrap();
        let given = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let known = [given(&body), vec!["profile".to_owned(), "enabled".to_owned()]].concat();
        assert!(members("WebhookInput").iter().all(|member| known.contains(member)), "{known:?}");
        let options = given(&body["options"]);
        assert!(members("OptionsPatch").iter().all(|member| options.contains(member)), "{options:?}");
        let policy = given(&body["retry_policy"]);
        assert!(members("RetryPolicy").iter().all(|member| policy.contains(member)), "{policy:?}");
    }

    #[derive(clap::Parser)]
    struct Edited {
        #[command(flatten)]
        args: EditArgs,
    }

    #[test]
    fn nothing_is_set_and_unset_at_once() {
        let flags = "--subject s --filter f --header a:b --generate-secret --timeout 1s --rate 1 --coalesce 1s --signature github \
                     --method PUT --content-type t --body b --outputs a --retry-delays 1s --certificate FILE --key FILE";
        let words = ["edit", "x"].into_iter().chain(flags.split_whitespace());
        let fields = <Edited as clap::Parser>::try_parse_from(words).unwrap().args.fields;
        for unset in Unset::value_variants() {
            assert!(fields.given(unset.member().0).is_some(), "{unset:?}");
        }
    }

    #[test]
    fn every_profile_is_one_of_the_api() {
        for profile in PROFILES {
            serde_json::from_value::<Profile>(Value::from(profile)).unwrap();
        }
    }
}
