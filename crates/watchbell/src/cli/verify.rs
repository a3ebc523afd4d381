//! `watchbell verify`: checks a received request's Standard Webhooks signature.

use std::{io::Read as _, process::ExitCode};

use anyhow::{Context as _, Result, bail};
use domain::{Clock as _, clock::SECOND, secret, sign};

use crate::clock::SystemClock;

/// Exit 0 when one of the signatures fits and the timestamp is recent, 1 when not.
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
    let key = secret::parse_standard("--secret", &args.secret)?;
    let Some(signed_at) = args.timestamp.checked_mul(SECOND) else {
        bail!("`--timestamp` is out of range")
    };
    let wanted = sign::standard(&[key], &args.id, signed_at, &body)?;
    // Both sides are known to whoever runs this, so an ordinary comparison gives nothing away.
    if !args.signature.split_whitespace().any(|given| given == wanted) {
        anstream::println!("the signature does not fit\n\nhint: sign the raw bytes as received, before any JSON parser touches them");
        return Ok(ExitCode::FAILURE);
    }
    let off = SystemClock.now().abs_diff(signed_at) / SECOND.unsigned_abs();
    if args.tolerance > 0 && off > args.tolerance {
        anstream::println!(
            "the signature fits, but its timestamp is {off} s off\n\nhint: `--tolerance 0` takes any; a receiver refuses it, since it may be a replay"
        );
        return Ok(ExitCode::FAILURE);
    }
    anstream::println!("ok: the signature fits");
    Ok(ExitCode::SUCCESS)
}
