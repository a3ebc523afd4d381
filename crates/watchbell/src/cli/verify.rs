//! `watchbell verify`: checks a received request's signature, in any of the styles that a webhook can have. The value's own
//! form says which it is.

use std::{io::Read as _, process::ExitCode};

use anyhow::{Context as _, Result, bail};
use domain::{
    Clock as _, Micros,
    clock::{MILLISECOND, SECOND},
    secret::{PUBLIC_PREFIX, SigningKey, VerifyingKey},
    sign,
    webhook::SignatureStyle,
};

use crate::clock::SystemClock;

/// Exit 0 when one of the signatures fits and the timestamp is recent, 1 when not.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  watchbell verify --secret whsec_… --id \"$WEBHOOK_ID\" --timestamp \"$WEBHOOK_TIMESTAMP\" --signature \"$WEBHOOK_SIGNATURE\" < body.json
  watchbell verify --public-key whpk_… --id \"$WEBHOOK_ID\" --timestamp \"$WEBHOOK_TIMESTAMP\" --signature 'v1a,…' body.json
  watchbell verify --secret \"$SECRET\" --signature 't=1700000000123,v1=5f2c…' body.json     (X-Watchbell-Signature)
  watchbell verify --secret \"$SECRET\" --signature 'sha256=5f2c…' body.json                 (X-Hub-Signature-256)
  watchbell verify --secret \"$SECRET\" --signature '5f2c…' body.json                        (Signature)")]
pub struct Args {
    /// The webhook's secret (`whsec_…`, `whsk_…` or the public key `whpk_…` for `webhook-signature`, else any text)
    #[arg(
        long,
        env = "WATCHBELL_WEBHOOK_SECRET",
        hide_env_values = true,
        required_unless_present = "public_key"
    )]
    secret: Option<String>,
    /// The public key `whpk_…` of a webhook that signs with an Ed25519 key (`v1a`), instead of a secret
    #[arg(long, value_name = "KEY")]
    public_key: Option<String>,
    /// Value of the header `webhook-id`, for `webhook-signature`
    #[arg(long)]
    id: Option<String>,
    /// Value of the header `webhook-timestamp`, Unix seconds, for `webhook-signature`
    #[arg(long)]
    timestamp: Option<i64>,
    /// Value of the header `webhook-signature`, `X-Watchbell-Signature`, `X-Hub-Signature-256` or `Signature`
    #[arg(long)]
    signature: String,
    /// Seconds that the timestamp may be off, so that an old request cannot be sent again; 0 takes any
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    tolerance: u64,
    /// File with the raw body [default: standard input]
    body: Option<std::path::PathBuf>,
}

pub fn run(args: &Args) -> Result<ExitCode> {
    let mut body = Vec::new();
    match &args.body {
        Some(path) => body = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?,
        None => drop(std::io::stdin().read_to_end(&mut body)?),
    }
    let given = args.signature.trim();
    let style = style_of(given);
    let key = key(args, style)?;
    let signed_at = signed_at(args, style)?;
    let id = args.id.as_deref().unwrap_or_default();
    if !fits(&key, style, given, (id, signed_at.unwrap_or_default(), &body))? {
        anstream::println!("the signature does not fit\n\nhint: sign the raw bytes as received, before any JSON parser touches them");
        return Ok(ExitCode::FAILURE);
    }
    let off = signed_at.map_or(0, |at| SystemClock.now().abs_diff(at) / SECOND.unsigned_abs());
    if args.tolerance > 0 && off > args.tolerance {
        anstream::println!(
            "the signature fits, but its timestamp is {off} s off\n\nhint: `--tolerance 0` takes any; a receiver refuses it, since it may be a replay"
        );
        return Ok(ExitCode::FAILURE);
    }
    anstream::println!("ok: the signature fits");
    Ok(ExitCode::SUCCESS)
}

/// What a receiver checks with.
enum Key {
    Secret(SigningKey),
    Public(VerifyingKey),
}

/// A public key wherever one is given: `--public-key` goes before a secret out of the environment.
fn key(args: &Args, style: SignatureStyle) -> Result<Key> {
    if let Some(text) = &args.public_key {
        return public(style, "--public-key", text);
    }
    let secret = args.secret.as_deref().unwrap_or_default();
    if style == SignatureStyle::Standard && secret.starts_with(PUBLIC_PREFIX) {
        return public(style, "--secret", secret);
    }
    Ok(Key::Secret(SigningKey::parse(style, "--secret", secret)?))
}

fn public(style: SignatureStyle, field: &str, text: &str) -> Result<Key> {
    if style == SignatureStyle::Standard {
        return Ok(Key::Public(VerifyingKey::parse(field, text.trim())?));
    }
    bail!("a public key checks a `webhook-signature` (`v1a,…`); this signature is one of the style `{style}`, which takes `--secret`")
}

/// The style, by the form of the header's value.
fn style_of(given: &str) -> SignatureStyle {
    match given {
        given if given.starts_with("t=") => SignatureStyle::Timestamped,
        given if given.starts_with("sha256=") => SignatureStyle::Github,
        given if given.len() == 64 && given.bytes().all(|byte| byte.is_ascii_hexdigit()) => SignatureStyle::Testmonitor,
        _ => SignatureStyle::Standard,
    }
}

/// The time that was signed along, where one is.
fn signed_at(args: &Args, style: SignatureStyle) -> Result<Option<Micros>> {
    let at = match style {
        SignatureStyle::Testmonitor | SignatureStyle::Github => return Ok(None),
        SignatureStyle::Standard => {
            let (Some(_), Some(timestamp)) = (&args.id, args.timestamp) else {
                bail!("a `webhook-signature` needs `--id` and `--timestamp`, the values of `webhook-id` and `webhook-timestamp`")
            };
            timestamp.checked_mul(SECOND)
        }
        SignatureStyle::Timestamped => {
            let ms = args.signature.trim().split(',').find_map(|part| part.strip_prefix("t="));
            let ms = ms
                .and_then(|text| text.parse::<i64>().ok())
                .context("the signature's `t` is no number of milliseconds")?;
            ms.checked_mul(MILLISECOND)
        }
    };
    Ok(Some(at.context("the timestamp is out of range")?))
}

/// Whether one of the given signatures of this id, time and body is by the key.
fn fits(key: &Key, style: SignatureStyle, given: &str, (id, at, body): (&str, Micros, &[u8])) -> Result<bool> {
    let key = match key {
        Key::Public(key) => return Ok(sign::fits_public_key(key, given, id, at, body)),
        Key::Secret(key) => key.clone(),
    };
    let wanted = sign::headers(style, &[key], id, at, body)?;
    let wanted = wanted.into_iter().next().map(|(_, value)| value).unwrap_or_default();
    // Both sides are known to whoever runs this, so an ordinary comparison gives nothing away.
    Ok(match style {
        SignatureStyle::Standard => given.split_whitespace().any(|one| one == wanted),
        SignatureStyle::Timestamped => wanted
            .split_once(',')
            .is_some_and(|(_, wanted)| given.split(',').any(|one| one == wanted)),
        SignatureStyle::Testmonitor | SignatureStyle::Github => given.eq_ignore_ascii_case(&wanted),
    })
}
