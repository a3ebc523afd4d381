//! What may be said in a webhook of a profile: the options that it has, a template that gives a body, a fitting secret.

use super::{Profile, Setting, sample};
use crate::{
    Problem,
    secret::SigningKey,
    template::Kind,
    webhook::{Method, SignatureStyle, WebhookOptions, check_header},
};

pub(super) const BODY: &str = "options.body";
const CONTENT_TYPE: &str = "options.content_type";

impl Profile {
    /// Checks options: only those that the profile has, and a template that gives a valid body of sample data.
    ///
    /// # Errors
    /// 422 naming the field, for a template with line and column.
    pub fn check_options(self, options: &WebhookOptions, events: &[String]) -> Result<(), Problem> {
        let has_not = |field: &str| {
            Problem::invalid(
                field,
                format!("a webhook of profile `{self}` has no `{}`", field.trim_start_matches("options.")),
            )
            .hint("leave it out, or choose the profile `custom` or `flow-task`")
        };
        if self == Self::Pagerduty && options.signature.is_some() {
            return Err(Problem::invalid("options.signature", "PagerDuty checks the routing key, not a signature").hint("leave it out"));
        }
        if self != Self::FlowTask && !options.outputs.is_empty() {
            return Err(
                Problem::invalid("options.outputs", format!("a webhook of profile `{self}` has no `outputs`"))
                    .hint("leave them out, and ask for them in `filter`: data.outputId in [3, 4]"),
            );
        }
        if !self.has_template() {
            return match (&options.method, &options.content_type, &options.body) {
                (Some(_), ..) => Err(has_not("options.method")),
                (_, Some(_), _) => Err(has_not(CONTENT_TYPE)),
                (.., Some(_)) => Err(has_not(BODY)),
                _ => Ok(()),
            };
        }
        if let Some(content_type) = &options.content_type {
            check_content_type(content_type)?;
        }
        if options.method() == Method::Get && options.body.is_some() {
            return Err(Problem::invalid(BODY, "a `GET` has no body").hint("leave the body out, or choose `POST`"));
        }
        let event = sample::event(self, events);
        let setting = Setting {
            options,
            public_url: "https://watchbell.example",
            secret: None,
        };
        self.render(&event, setting).map(drop)
    }

    /// Checks a secret that a person entered, for a webhook with these options.
    ///
    /// # Errors
    /// 422 at `secret`.
    pub fn check_secret(self, options: &WebhookOptions, secret: &str) -> Result<(), Problem> {
        match self.signature(options) {
            Some(style) => SigningKey::parse(style, "secret", secret).map(drop),
            None if (8..=256).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(()),
            None => Err(Problem::invalid("secret", "that is no routing key").hint("the integration key of an Events API v2 integration")),
        }
    }

    /// Whether it cannot do without a secret.
    pub const fn needs_secret(self) -> bool {
        matches!(self, Self::Pagerduty)
    }

    /// A secret for previews; it is known to everybody.
    pub fn sample_secret(self, options: &WebhookOptions) -> &'static str {
        match self.signature(options) {
            Some(SignatureStyle::Standard) => "whsec_c2FtcGxlLXNlY3JldC1vZi13YXRjaGJlbGw=",
            _ => "00000000000000000000000000000000",
        }
    }

    /// A secret made for a webhook with these options; `None` where it comes from the receiver.
    pub fn generate_secret(self, options: &WebhookOptions) -> Option<String> {
        self.signature(options).map(|style| match style {
            SignatureStyle::Standard => crate::secret::generate_hmac(),
            _ => crate::secret::generate_token("whs_"),
        })
    }
}

fn check_content_type(content_type: &str) -> Result<(), Problem> {
    let bad = || {
        Problem::invalid(CONTENT_TYPE, format!("`{content_type}` is no media type"))
            .hint("such as `application/json` or `text/plain; charset=utf-8`")
    };
    let media = content_type.split(';').next().unwrap_or_default().trim();
    let token = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    let known = media.split_once('/').is_some_and(|(kind, sub)| token(kind) && token(sub));
    if !known || content_type.len() > 200 || !content_type.is_ascii() || check_header("content-type", content_type).is_err() {
        return Err(bad());
    }
    // A form or JSON in another charset would be signed and sent as UTF-8 all the same.
    let utf8 = |parameter: &str| {
        !parameter.trim().to_ascii_lowercase().starts_with("charset=") || parameter.to_ascii_lowercase().contains("utf-8")
    };
    if Kind::of(content_type) != Kind::Text && !content_type.split(';').skip(1).all(utf8) {
        return Err(bad().hint("bodies are sent as UTF-8"));
    }
    Ok(())
}
