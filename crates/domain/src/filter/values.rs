//! What a filter sees of an event: its members as CEL values, made when they are first asked for.

use std::{collections::HashMap, sync::OnceLock};

use cel::common::{
    types::{CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString, CelTimestamp, CelUInt},
    value::{CowVal, Val},
};
use serde_json::Value as Json;

use super::names;
use crate::event::Event;

type Boxed = Box<dyn Val>;

/// An event as filters see it. To be shared by all filters that are asked about it: its data are read once.
pub struct Seen<'e> {
    event: &'e Event,
    data: OnceLock<Result<Boxed, String>>,
    time: OnceLock<Option<Boxed>>,
    whole: OnceLock<Boxed>,
}

impl<'e> Seen<'e> {
    /// Nothing is read yet.
    pub fn of(event: &'e Event) -> Self {
        Self {
            event,
            data: OnceLock::new(),
            time: OnceLock::new(),
            whole: OnceLock::new(),
        }
    }

    /// Why the data cannot be read, if they cannot.
    pub(super) fn unreadable(&self) -> Option<&str> {
        self.data().as_ref().err().map(String::as_str)
    }

    fn data(&self) -> &Result<Boxed, String> {
        self.data.get_or_init(|| {
            let json: Json = serde_json::from_str(&self.event.data).map_err(|error| format!("the data cannot be read: {error}"))?;
            Ok(value(json))
        })
    }

    fn time(&self) -> Option<&Boxed> {
        let make = || {
            let at = chrono::DateTime::from_timestamp_micros(self.event.at)?;
            Some(Box::new(CelTimestamp::from(at.fixed_offset())) as Boxed)
        };
        self.time.get_or_init(make).as_ref()
    }

    /// A member by its name, also as `event.name`; CEL asks for the longest name first.
    pub(super) fn member(&self, name: &str) -> Option<CowVal<'_, '_>> {
        let name = match name.strip_prefix("event.") {
            Some(name) if names::MEMBERS.contains(&name) => name,
            _ => name,
        };
        let text = |text: &'e str| Some(CowVal::owned(CelString::from(text)));
        match name {
            "type" => text(&self.event.event_type),
            "subject" => text(&self.event.subject),
            "id" => text(&self.event.id),
            "time" => self.time().map(|at| CowVal::Borrowed(&**at)),
            "data" => self.data().as_ref().ok().map(|data| CowVal::Borrowed(&**data)),
            "event" => Some(CowVal::Borrowed(&**self.whole.get_or_init(|| self.whole()))),
            _ => None,
        }
    }

    /// For filters that look at the event as a map: `has(event.data)`, `"id" in event`.
    fn whole(&self) -> Boxed {
        let text = |text: &str| Box::new(CelString::from(text.to_owned())) as Boxed;
        let mut members = HashMap::from([
            (CelMapKey::from("type".to_owned()), text(&self.event.event_type)),
            (CelMapKey::from("subject".to_owned()), text(&self.event.subject)),
            (CelMapKey::from("id".to_owned()), text(&self.event.id)),
        ]);
        if let Some(time) = self.time() {
            members.insert(CelMapKey::from("time".to_owned()), time.clone_as_boxed());
        }
        if let Ok(data) = self.data() {
            members.insert(CelMapKey::from("data".to_owned()), data.clone_as_boxed());
        }
        Box::new(CelMap::from(members))
    }
}

/// JSON as CEL: whole numbers are `int` (`uint` above its range), all others `double`.
fn value(json: Json) -> Boxed {
    match json {
        Json::Null => Box::new(CelNull),
        Json::Bool(truth) => Box::new(CelBool::from(truth)),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Box::new(CelInt::from(whole)),
            (None, Some(whole)) => Box::new(CelUInt::from(whole)),
            (None, None) => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
        },
        Json::String(text) => Box::new(CelString::from(text)),
        Json::Array(items) => Box::new(CelList::from(items.into_iter().map(value).collect::<Vec<_>>())),
        Json::Object(members) => {
            let members = members.into_iter().map(|(key, member)| (CelMapKey::from(key), value(member)));
            Box::new(CelMap::from(members.collect::<HashMap<_, _>>()))
        }
    }
}
