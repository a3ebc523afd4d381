//! A change of how a webhook sends: what is absent stays, or is what the profile has.

use domain::webhook::{Method, SignatureStyle, WebhookOptions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{actions::patch::nullable, schema};

/// Options of a webhook. What is absent stays as it is; in a new webhook it is the profile's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OptionsPatch {
    /// One budget for look-up, connect, TLS, request and response, ms; `null`: the profile's own, which is the workspace's
    /// for flow tasks.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u64>)]
    pub timeout_ms: Option<Option<u64>>,
    pub verify_tls: Option<bool>,
    /// Requests in flight at once.
    pub in_flight: Option<usize>,
    /// Requests that begin in a second, at most; `null`: no limit.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    pub per_second: Option<Option<u32>>,
    /// One at a time, the next only after a success or the final failure of the one before.
    pub ordered: Option<bool>,
    /// Wait so long, ms, for newer events of the same type and subject, and send only the newest; `null`: send every event.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<u64>)]
    pub coalesce_ms: Option<Option<u64>>,
    /// `null`: the profile's own.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<schema::SignatureStyle>)]
    pub signature: Option<Option<SignatureStyle>>,
    /// For profiles that let one choose; `null`: `POST`.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<schema::Method>)]
    pub method: Option<Option<Method>>,
    /// Of the body, for profiles with a template.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub content_type: Option<Option<String>>,
    /// The body's template, for profiles that have one.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub body: Option<Option<String>>,
    /// Ids or names of the outputs that a flow's task hears of; empty: all.
    pub outputs: Option<Vec<String>>,
}

impl OptionsPatch {
    /// The options after this change.
    pub fn apply(self, to: WebhookOptions) -> WebhookOptions {
        WebhookOptions {
            timeout_ms: self.timeout_ms.unwrap_or(to.timeout_ms),
            verify_tls: self.verify_tls.unwrap_or(to.verify_tls),
            in_flight: self.in_flight.unwrap_or(to.in_flight),
            per_second: self.per_second.unwrap_or(to.per_second),
            ordered: self.ordered.unwrap_or(to.ordered),
            coalesce_ms: self.coalesce_ms.unwrap_or(to.coalesce_ms),
            signature: self.signature.unwrap_or(to.signature),
            method: self.method.unwrap_or(to.method),
            content_type: self.content_type.unwrap_or(to.content_type),
            body: self.body.unwrap_or(to.body),
            outputs: self.outputs.unwrap_or(to.outputs),
        }
    }
}
