//! Forms that keep what was entered and say what is wrong beside the field that it names.
//!
//! A field's name in the form is the dotted path that a problem names, so that one refusal
//! serves the API and the page.

use std::fmt::Write as _;

use axum::http::StatusCode;
use domain::Problem;

use super::{Html, escape, icon};

/// Name of the hidden field that says which version is changed.
pub const VERSION: &str = "version";

/// A form's values and the problem of the last try.
#[derive(Debug, Clone, Default)]
pub struct Form {
    values: Vec<(String, String)>,
    problem: Option<Problem>,
}

impl Form {
    /// A form with these values.
    pub fn new(values: Vec<(String, String)>) -> Self {
        Self { values, problem: None }
    }

    /// A form with its first values, by name.
    pub fn with(values: &[(&str, &str)]) -> Self {
        Self::new(
            values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    /// The same form with what was wrong.
    #[must_use]
    pub fn refused(mut self, problem: Problem) -> Self {
        self.problem = Some(problem);
        self
    }

    /// The status of an answer that shows the form again: that of what was wrong.
    pub fn status(&self) -> StatusCode {
        let status = self.problem.as_ref().map(|problem| StatusCode::from_u16(problem.status));
        status.and_then(Result::ok).unwrap_or(StatusCode::OK)
    }

    /// A refusal because it was changed since the form was opened (412) is told in a person's words, and the form is made one
    /// of the `present` version: whoever has read that may save again.
    #[must_use]
    pub fn overtaken(mut self, present: i64) -> Self {
        if let Some(problem) = self.problem.as_mut().filter(|problem| problem.status == 412) {
            "it was changed by somebody else while this form was open; nothing was saved".clone_into(&mut problem.detail);
            problem.hint = Some("look at what it is now; to put your values in its place, save again".to_owned());
            self.values.retain(|(name, _)| name != VERSION);
            self.values.push((VERSION.to_owned(), present.to_string()));
        }
        self
    }

    /// The version that the form was opened with, for the comparison.
    pub fn version(&self) -> Option<String> {
        Some(self.value(VERSION).to_owned()).filter(|version| !version.is_empty())
    }

    /// The value of a field; empty when it was not sent.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// Every value of a field that may come more than once.
    pub fn values_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether a checkbox, or a choice with this value, is on.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values_of(name).any(|v| v == value)
    }

    /// The problem, above the form, with what to try.
    pub fn summary(&self) -> Html {
        let Some(problem) = &self.problem else { return Html::default() };
        let hint = problem
            .hint
            .as_deref()
            .map_or_else(String::new, |h| format!("<p class=\"soft\">{}</p>", escape(h)));
        Html::raw(format!(
            "<div class=\"callout bad\" role=\"alert\">{}<div><p><strong>{}</strong></p>{hint}</div></div>",
            icon("alert"),
            escape(&problem.detail)
        ))
    }

    /// The problem of this field or of something inside it.
    fn error(&self, name: &str) -> Option<&Problem> {
        let field = self.problem.as_ref()?.field.as_deref()?;
        let inside = field
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        inside.then_some(self.problem.as_ref()).flatten()
    }

    /// A text field; `kind` is an input type.
    pub fn input(&self, kind: &str, name: &str, label: &str, hint: &str, more: &str) -> Html {
        let value = if kind == "password" { "" } else { self.value(name) };
        let control = format!("<input class=\"input\" type=\"{kind}\" value=\"{}\" {more}", escape(value));
        self.wrap(name, label, hint, labelled(more), &control, ">")
    }

    /// A single line of text.
    pub fn text(&self, name: &str, label: &str, hint: &str, more: &str) -> Html {
        self.input("text", name, label, hint, more)
    }

    /// Several lines of text.
    pub fn area(&self, name: &str, label: &str, hint: &str, more: &str) -> Html {
        self.lines(name, label, hint, more, self.value(name))
    }

    /// Several lines that are never shown again: a private key.
    pub fn secret_area(&self, name: &str, label: &str, hint: &str, more: &str) -> Html {
        self.lines(name, label, hint, more, "")
    }

    fn lines(&self, name: &str, label: &str, hint: &str, more: &str, value: &str) -> Html {
        let control = format!("<textarea class=\"textarea\" {more}");
        let end = format!(">{}</textarea>", escape(value));
        self.wrap(name, label, hint, labelled(more), &control, &end)
    }

    /// One of several; `options` are values and labels.
    pub fn select(&self, name: &str, label: &str, hint: &str, options: &[(String, String)]) -> Html {
        let mut end = ">".to_owned();
        for (value, text) in options {
            let selected = if self.value(name) == value { " selected" } else { "" };
            let _ = write!(end, "<option value=\"{}\"{selected}>{}</option>", escape(value), escape(text));
        }
        end.push_str("</select>");
        self.wrap(name, label, hint, true, "<select class=\"select\"", &end)
    }

    /// A box to tick; its value is `on`.
    pub fn check(&self, name: &str, label: &str, hint: &str) -> Html {
        self.check_value(name, "on", label, hint)
    }

    /// A box to tick among several of one name.
    pub fn check_value(&self, name: &str, value: &str, label: &str, hint: &str) -> Html {
        let checked = if self.has(name, value) { " checked" } else { "" };
        let hint = if hint.is_empty() {
            String::new()
        } else {
            format!("<span class=\"hint\">{}</span>", escape(hint))
        };
        Html::raw(format!(
            "<label class=\"check\"><input type=\"checkbox\" name=\"{}\" value=\"{}\"{checked}><span>{}{hint}</span></label>",
            escape(name),
            escape(value),
            escape(label)
        ))
    }

    /// `checked` for a radio button whose value is chosen.
    pub fn checked(&self, name: &str, value: &str) -> Html {
        Html::raw(if self.has(name, value) {
            "checked".to_owned()
        } else {
            String::new()
        })
    }

    /// The problem of a field that is laid out by hand.
    pub fn problem_of(&self, name: &str) -> Html {
        self.error(name).map_or_else(Html::default, |problem| error_line(name, problem))
    }

    fn wrap(&self, name: &str, label: &str, hint: &str, required: bool, start: &str, end: &str) -> Html {
        let id = id_of(name);
        let error = self.error(name);
        let mut described = Vec::new();
        let mut after = String::new();
        if !hint.is_empty() {
            described.push(format!("{id}-hint"));
            let _ = write!(after, "<p class=\"hint\" id=\"{id}-hint\">{}</p>", escape(hint));
        }
        if let Some(problem) = error {
            described.push(format!("{id}-error"));
            let _ = write!(after, "{}", error_line(name, problem));
        }
        let describedby = if described.is_empty() {
            String::new()
        } else {
            format!(" aria-describedby=\"{}\"", described.join(" "))
        };
        let invalid = if error.is_some() { " aria-invalid=\"true\"" } else { "" };
        let optional = if required {
            ""
        } else {
            " <span class=\"optional\">(optional)</span>"
        };
        Html::raw(format!(
            "<div class=\"field\"><label for=\"{id}\">{}{optional}</label>{start} id=\"{id}\" name=\"{}\"{describedby}{invalid}{end}{after}</div>",
            escape(label),
            escape(name)
        ))
    }
}

/// Whether the label goes without "(optional)": the field is required, or belongs to a choice
/// (`data-choice`) that is required as a whole.
fn labelled(more: &str) -> bool {
    more.contains("required") || more.contains("data-choice")
}

fn error_line(name: &str, problem: &Problem) -> Html {
    Html::raw(format!(
        "<p class=\"error\" id=\"{}-error\">{}<span>{}</span></p>",
        id_of(name),
        icon("alert"),
        escape(&problem.detail)
    ))
}

fn id_of(name: &str) -> String {
    let safe: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("f-{safe}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_form_keeps_values_and_marks_the_field() {
        let form = Form::with(&[("name", "a\"><script>"), ("schedule.cron.expression", "* *")])
            .refused(Problem::invalid("schedule.cron.expression", "`* *` has not five fields").hint("for example `*/5 * * * *`"));
        let name = form.text("name", "Name", "", "required").to_string();
        assert!(
            name.contains("value=\"a&quot;&gt;&lt;script&gt;\"") && !name.contains("aria-invalid"),
            "{name}"
        );
        let cron = form.text("schedule.cron.expression", "Cron", "five fields", "").to_string();
        assert!(
            cron.contains("aria-invalid=\"true\"") && cron.contains("has not five fields"),
            "{cron}"
        );
        assert!(
            cron.contains("aria-describedby=\"f-schedule-cron-expression-hint f-schedule-cron-expression-error\""),
            "{cron}"
        );
        assert!(form.summary().to_string().contains("for example"), "{}", form.summary());
    }

    #[test]
    fn a_problem_inside_a_field_is_the_fields() {
        let form = Form::default().refused(Problem::invalid("headers.host", "`host` is set by Watchbell itself"));
        assert!(form.area("headers", "Headers", "", "").to_string().contains("aria-invalid"));
        assert!(!form.text("head", "Head", "", "").to_string().contains("aria-invalid"));
    }

    #[test]
    fn passwords_are_not_sent_back() {
        let form = Form::with(&[("password", "correct horse battery")]);
        assert!(
            !form
                .input("password", "password", "Password", "", "required")
                .to_string()
                .contains("horse")
        );
    }
}
