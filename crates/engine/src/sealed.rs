//! Where each secret lives in the store. Whoever seals and whoever opens must name the same place, so both ask here.

use store::Place;

/// A webhook's signing secret, the present one and, while a rotation overlaps, the one before: text.
pub fn webhook_secret(webhook_id: &str) -> Place<'_> {
    Place {
        table: "webhooks",
        column: "secret_sealed",
        row: webhook_id,
    }
}

/// A webhook's own headers: a JSON array of pairs.
pub fn webhook_headers(webhook_id: &str) -> Place<'_> {
    Place {
        table: "webhooks",
        column: "headers_sealed",
        row: webhook_id,
    }
}

/// A webhook's client certificate with its key: a JSON object.
pub fn webhook_certificate(webhook_id: &str) -> Place<'_> {
    Place {
        table: "webhooks",
        column: "certificate_sealed",
        row: webhook_id,
    }
}

/// A source's token: text.
pub fn source_token(source_id: &str) -> Place<'_> {
    Place {
        table: "sources",
        column: "token_sealed",
        row: source_id,
    }
}
