//! What a client certificate says of itself, for people: whose it is and until when (RFC 5280).

use rustls_pki_types::CertificateDer;
use x509_parser::parse_x509_certificate;

use crate::error::SetupError;

const WHAT: &str = "the client certificate";

/// Whose a certificate is, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateDetails {
    /// The subject's distinguished name, such as `CN=shop, O=Example`.
    pub subject: String,
    /// Unix seconds; may lie in the past.
    pub expires_at: i64,
}

/// Reads the first certificate of a chain, and that the others are certificates at all.
pub(super) fn read(chain: &[CertificateDer<'_>]) -> Result<CertificateDetails, SetupError> {
    let mut own = None;
    for (at, der) in chain.iter().enumerate() {
        let (_, certificate) = parse_x509_certificate(der).map_err(|_| SetupError::Tls {
            what: WHAT,
            reason: format!("number {} of the {} in the text is no X.509 certificate", at + 1, chain.len()),
        })?;
        own.get_or_insert_with(|| CertificateDetails {
            // What is shown is one line.
            subject: certificate.subject().to_string().replace(char::is_control, " "),
            expires_at: certificate.validity().not_after.timestamp(),
        });
    }
    own.ok_or_else(|| SetupError::Tls {
        what: WHAT,
        reason: "it holds no certificate".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_chain_tells_whose_it_is_and_the_others_are_certificates() {
        let certificate = |name: &str| {
            let mut params = rcgen::CertificateParams::default();
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
            params.not_after = rcgen::date_time_ymd(2041, 1, 1);
            params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().clone()
        };
        let (own, issuer) = (certificate("a\nb"), certificate("authority"));
        let details = read(&[own.clone(), issuer]).unwrap();
        assert_eq!((details.subject.as_str(), details.expires_at), ("CN=a b", 2_240_611_200));
        let rubbish = CertificateDer::from(vec![1, 2, 3]);
        assert!(read(&[own, rubbish]).unwrap_err().to_string().contains("number 2 of the 2"));
        assert!(read(&[]).is_err());
    }
}
