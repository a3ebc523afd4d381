//! Client certificates of the command line: one for every server, or a list by host.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use collection::{
    certificates::{self, ALL_URLS, CertificateRule},
    transport::ClientIdentity,
};

use super::args::TlsArgs;

/// The rules of the flags, those of the list first, as newman has them.
pub fn rules(args: &TlsArgs) -> Result<Vec<CertificateRule>> {
    let mut rules = Vec::new();
    if let Some(list) = &args.ssl_client_cert_list {
        let text = read(list)?;
        let entries = certificates::parse_list(&text).with_context(|| format!("`{}`", list.display()))?;
        for entry in entries {
            let identity = entry.files.read(entry.passphrase, |path| read(Path::new(path)))?;
            rules.push(CertificateRule {
                matches: entry.matches,
                identity,
            });
        }
    }
    match (&args.ssl_client_cert, &args.ssl_client_key) {
        (Some(certificate), key) => {
            // One PEM file may hold both.
            let key = key.as_ref().unwrap_or(certificate);
            let identity = identity(certificate, key, args.ssl_client_passphrase.clone())?;
            rules.push(CertificateRule {
                matches: vec![ALL_URLS.to_owned()],
                identity,
            });
        }
        (None, Some(_)) => bail!("`--ssl-client-key` needs `--ssl-client-cert`\n\nhint: name the certificate that the key belongs to"),
        (None, None) => {}
    }
    Ok(rules)
}

/// The authorities to trust.
pub fn roots(args: &TlsArgs) -> Result<egress::Roots> {
    Ok(match &args.ssl_extra_ca_certs {
        Some(path) => egress::Roots::NativeAnd(read(path)?),
        None => egress::Roots::Native,
    })
}

fn identity(certificate: &Path, key: &Path, passphrase: Option<String>) -> Result<ClientIdentity> {
    Ok(ClientIdentity::new(read(certificate)?, read(key)?, passphrase))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))
}
