//! The frames between a run and its script child: a length, a tag, and the parts.
//!
//! Numbers are big-endian and 32 bit. The code and the response body stay outside the JSON,
//! so the child neither parses nor copies them before a script asks for them.

use serde::Serialize;

use super::{Info, Listen, Scopes, ScriptCookie, ScriptInput, ScriptResponse};

/// Longest frame either side accepts.
pub const MAX_FRAME_BYTES: usize = 128 << 20;
/// Bytes of the length in front of a frame.
pub const HEAD_BYTES: usize = 4;

/// What the rest of a job usually takes.
const ROOM_BYTES: usize = 4 << 10;

const RUN: u8 = b'R';
const ANSWER: u8 = b'A';
const CALL: u8 = b'C';
const DONE: u8 = b'D';

#[derive(Debug, thiserror::Error)]
#[error("a frame that is not understood: {0}")]
pub struct ProtocolError(&'static str);

/// One script to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub limit_ms: u32,
    pub code: String,
    /// Of the response.
    pub body: Vec<u8>,
    /// The rest of the [`ScriptInput`] as JSON.
    pub input: String,
}

/// What the child reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToChild {
    Run(Job),
    Answer { id: u32, ok: bool, json: String },
}

/// What the parent reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromChild {
    Call {
        id: u32,
        json: Vec<u8>,
    },
    /// `spoiled`: the child must not run another script.
    Done {
        spoiled: bool,
        json: Vec<u8>,
    },
}

/// A [`ScriptInput`] without its two large texts.
#[derive(Serialize)]
struct Slim<'a> {
    listen: Listen,
    info: &'a Info,
    scopes: &'a Scopes,
    request: &'a serde_json::Value,
    response: Option<SlimResponse<'a>>,
    cookies: &'a [ScriptCookie],
    newman_async: bool,
}

#[derive(Serialize)]
struct SlimResponse<'a> {
    code: u16,
    reason: &'a str,
    headers: &'a [(String, String)],
    response_time_ms: f64,
    response_size: u64,
    truncated: bool,
}

impl<'a> From<&'a ScriptResponse> for SlimResponse<'a> {
    fn from(response: &'a ScriptResponse) -> Self {
        Self {
            code: response.code,
            reason: &response.reason,
            headers: &response.headers,
            response_time_ms: response.response_time_ms,
            response_size: response.response_size,
            truncated: response.truncated,
        }
    }
}

/// The frame that runs `input`.
pub fn run_frame(input: &ScriptInput, limit_ms: u32) -> Result<Vec<u8>, serde_json::Error> {
    let slim = Slim {
        listen: input.listen,
        info: &input.info,
        scopes: &input.scopes,
        request: &input.request,
        response: input.response.as_ref().map(SlimResponse::from),
        cookies: &input.cookies,
        newman_async: input.newman_async,
    };
    let body: &[u8] = input.response.as_ref().map_or(&[], |response| &response.body);
    let mut frame = start(RUN);
    // A long body is copied once, not again with each growth.
    frame.reserve(body.len() + input.code.len() + ROOM_BYTES);
    frame.extend_from_slice(&limit_ms.to_be_bytes());
    put(&mut frame, input.code.as_bytes());
    put(&mut frame, body);
    serde_json::to_writer(&mut frame, &slim)?;
    Ok(finish(frame))
}

/// The frame that answers call `id`.
pub fn answer_frame(id: u32, ok: bool, json: &[u8]) -> Vec<u8> {
    let mut frame = start(ANSWER);
    frame.extend_from_slice(&id.to_be_bytes());
    frame.push(u8::from(ok));
    frame.extend_from_slice(json);
    finish(frame)
}

/// The frame that asks the parent.
pub fn call_frame(id: u32, json: &str) -> Vec<u8> {
    let mut frame = start(CALL);
    frame.extend_from_slice(&id.to_be_bytes());
    frame.extend_from_slice(json.as_bytes());
    finish(frame)
}

/// The frame that ends a script.
pub fn done_frame(spoiled: bool, json: &[u8]) -> Vec<u8> {
    let mut frame = start(DONE);
    frame.push(u8::from(spoiled));
    frame.extend_from_slice(json);
    finish(frame)
}

/// Reads a frame without its length.
pub fn parse_to_child(frame: &[u8]) -> Result<ToChild, ProtocolError> {
    let (&tag, rest) = frame.split_first().ok_or(ProtocolError("empty"))?;
    match tag {
        RUN => {
            let (limit_ms, rest) = number(rest)?;
            let (code, rest) = part(rest)?;
            let (body, rest) = part(rest)?;
            Ok(ToChild::Run(Job {
                limit_ms,
                code: text(code)?,
                body: body.to_vec(),
                input: text(rest)?,
            }))
        }
        ANSWER => {
            let (id, rest) = number(rest)?;
            let (&ok, rest) = rest.split_first().ok_or(ProtocolError("an answer without a verdict"))?;
            Ok(ToChild::Answer {
                id,
                ok: ok == 1,
                json: text(rest)?,
            })
        }
        _ => Err(ProtocolError("unknown tag")),
    }
}

/// Reads a frame without its length.
pub fn parse_from_child(frame: &[u8]) -> Result<FromChild, ProtocolError> {
    let (&tag, rest) = frame.split_first().ok_or(ProtocolError("empty"))?;
    match tag {
        CALL => {
            let (id, json) = number(rest)?;
            Ok(FromChild::Call { id, json: json.to_vec() })
        }
        DONE => {
            let (&spoiled, json) = rest.split_first().ok_or(ProtocolError("an end without its flag"))?;
            Ok(FromChild::Done {
                spoiled: spoiled == 1,
                json: json.to_vec(),
            })
        }
        _ => Err(ProtocolError("unknown tag")),
    }
}

/// The length of the frame that `buffer` begins with, when that is known.
pub fn announced(buffer: &[u8]) -> Option<usize> {
    number(buffer).ok().map(|(length, _)| length as usize)
}

/// The length of the frame that `buffer` begins with, when it is whole.
pub fn whole_frame(buffer: &[u8]) -> Option<usize> {
    let (length, rest) = number(buffer).ok()?;
    let length = length as usize;
    (rest.len() >= length).then_some(length)
}

fn start(tag: u8) -> Vec<u8> {
    vec![0, 0, 0, 0, tag]
}

fn finish(mut frame: Vec<u8>) -> Vec<u8> {
    let length = u32::try_from(frame.len() - HEAD_BYTES).unwrap_or(u32::MAX);
    frame[..HEAD_BYTES].copy_from_slice(&length.to_be_bytes());
    frame
}

fn put(frame: &mut Vec<u8>, part: &[u8]) {
    frame.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    frame.extend_from_slice(part);
}

fn number(bytes: &[u8]) -> Result<(u32, &[u8]), ProtocolError> {
    let (head, rest) = bytes.split_first_chunk::<4>().ok_or(ProtocolError("too short"))?;
    Ok((u32::from_be_bytes(*head), rest))
}

fn part(bytes: &[u8]) -> Result<(&[u8], &[u8]), ProtocolError> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(length as usize).ok_or(ProtocolError("a part is cut off"))
}

fn text(bytes: &[u8]) -> Result<String, ProtocolError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| ProtocolError("a text that is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn frames_come_back_as_they_were_sent(id: u32, ok: bool, json in ".*") {
            let frame = answer_frame(id, ok, json.as_bytes());
            prop_assert_eq!(whole_frame(&frame), Some(frame.len() - HEAD_BYTES));
            let read = parse_to_child(&frame[HEAD_BYTES..]).unwrap();
            prop_assert_eq!(read, ToChild::Answer { id, ok, json: json.clone() });
            let read = parse_from_child(&call_frame(id, &json)[HEAD_BYTES..]).unwrap();
            prop_assert_eq!(read, FromChild::Call { id, json: json.clone().into_bytes() });
            let read = parse_from_child(&done_frame(ok, json.as_bytes())[HEAD_BYTES..]).unwrap();
            prop_assert_eq!(read, FromChild::Done { spoiled: ok, json: json.into_bytes() });
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = parse_to_child(&bytes);
            let _ = parse_from_child(&bytes);
            if let Some(length) = whole_frame(&bytes) {
                prop_assert!(length + HEAD_BYTES <= bytes.len());
            }
        }
    }

    #[test]
    fn a_cut_part_is_refused() {
        assert!(parse_to_child(b"R\0\0\0\x01\0\0\0\x09short").is_err());
    }
}
