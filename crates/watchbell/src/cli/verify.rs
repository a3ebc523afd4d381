//! `watchbell verify`: checks a received request's Standard Webhooks signature.

use std::{io::Read as _, process::ExitCode};

use anyhow::{Context as _, Result, bail};
use domain::{clock::SECOND, secret, sign};

/// Exit 0 when one of the signatures fits, 1 when none does.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  watchbell verify --secret whsec_… --id \"$WEBHOOK_ID\" --timestamp \"$WEBHOOK_TIMESTAMP\" --signature \"$WEBHOOK_SIGNATURE\" < body.json")]
pub struct Args {
    /// The webhook's secret (`whsec_…` or `whsk_…`)
    #[arg(long, env = "WATCHBELL_WEBHOOK_SECRET", hide_env_values = true)]
    secret: String,
    /// Value of the header `webhook-id`
    #[arg(long)]
    id: String,
    /// Value of the header `webhook-timestamp`, Unix seconds
    #[arg(long)]
    timestamp: i64,
    /// Value of the header `webhook-signature`
    #[arg(long)]
    signature: String,
    /// File with the raw body [default: standard input]
    body: Option<std::path::PathBuf>,
}

pub fn run(args: &Args) -> Result<ExitCode> {
    let mut body = Vec::new();
    match &args.body {
        Some(path) => body = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?,
        None => drop(std::io::stdin().read_to_end(&mut body)?),
    }
    let key = secret::parse_standard("--secret", &args.secret)?;
    let Some(now) = args.timestamp.checked_mul(SECOND) else { bail!("`--timestamp` is out of range") };
    let wanted = sign::standard(&[key], &args.id, now, &body)?;
    // Both sides are known to whoever runs this, so an ordinary comparison gives nothing away.
    if args.signature.split_whitespace().any(|given| given == wanted) {
        anstream::println!("ok: the signature fits");
        return Ok(ExitCode::SUCCESS);
    }
    anstream::println!("the signature does not fit\n\nhint: sign the raw bytes as received, before any JSON parser touches them");
    Ok(ExitCode::FAILURE)
}
