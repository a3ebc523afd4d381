//! Responses that are not quite HTTP, judged as Node.js judges them: each row was seen in newman 6.2 on Node 20, with
//! and without `insecureHTTPParser`.

use egress::{Parsing, Request};

use crate::support::*;

type Verdict = Result<&'static str, &'static str>;

async fn get_parsed(answer: &str, parsing: Parsing) -> Result<String, &'static str> {
    let mut request = Request::new("GET", url(answering(answer).await, "/"));
    request.parsing = parsing;
    match client().exchange(&request, &loopback_policy()).await.outcome {
        Ok(response) => Ok(String::from_utf8(response.body.to_vec()).unwrap()),
        Err(failure) => Err(failure.node_code()),
    }
}

/// Answer, verdict of the strict parser, verdict of the lenient one.
const HEADS: &[(&str, Verdict, Verdict)] = &[
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", Ok("hi"), Ok("hi")),
    ("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", Err("HPE_CR_EXPECTED"), Ok("hi")),
    (
        "HTTP/1.1 200 OK\r\nX: y\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_CR_EXPECTED"),
        Ok("hi"),
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nhi",
        Err("HPE_INVALID_HEADER_TOKEN"),
        Ok("hi"),
    ),
    (
        "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_LF_EXPECTED"),
        Err("HPE_LF_EXPECTED"),
    ),
    (
        "HTTP/1.1 200 OK\r\nX: a\u{1}b\r\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_INVALID_HEADER_TOKEN"),
        Ok("hi"),
    ),
    (
        "HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_INVALID_HEADER_TOKEN"),
        Err("HPE_INVALID_HEADER_TOKEN"),
    ),
    (
        "HTTP/1.1 200 OK\r\nX : b\r\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_INVALID_HEADER_TOKEN"),
        Err("HPE_INVALID_HEADER_TOKEN"),
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nhi",
        Err("HPE_INVALID_HEADER_TOKEN"),
        Ok("hi"),
    ),
    (
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_INVALID_HEADER_TOKEN"),
        Ok("hi"),
    ),
    (
        "HTTP/1.1 200 OK\r\n X: a\r\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_UNEXPECTED_SPACE"),
        Ok("hi"),
    ),
    (
        "HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_INVALID_VERSION"),
        Ok("hi"),
    ),
    (
        "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_INVALID_STATUS"),
        Err("HPE_INVALID_STATUS"),
    ),
    (
        "HTTP/1.1 200 O\rK\r\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_STRICT"),
        Err("HPE_INVALID_HEADER_TOKEN"),
    ),
    ("\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", Ok("hi"), Ok("hi")),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
        Err("HPE_UNEXPECTED_CONTENT_LENGTH"),
        Err("HPE_UNEXPECTED_CONTENT_LENGTH"),
    ),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nhi",
        Err("HPE_INVALID_CONTENT_LENGTH"),
        Err("HPE_INVALID_CONTENT_LENGTH"),
    ),
];

/// The same for what follows `Transfer-Encoding: chunked`.
const BODIES: &[(&str, Verdict, Verdict)] = &[
    ("\r\n2;a=b\r\nhi\r\n0\r\nX: y\r\n\r\n", Ok("hi"), Ok("hi")),
    (
        "Content-Length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        Err("HPE_INVALID_CONTENT_LENGTH"),
        Ok("hi"),
    ),
    ("\r\n2;a b\r\nhi\r\n0\r\n\r\n", Err("HPE_STRICT"), Err("HPE_STRICT")),
    ("\r\n2 \r\nhi\r\n0\r\n\r\n", Err("HPE_INVALID_CHUNK_SIZE"), Ok("hi")),
    (
        "\r\n 2\r\nhi\r\n0\r\n\r\n",
        Err("HPE_INVALID_CHUNK_SIZE"),
        Err("HPE_INVALID_CHUNK_SIZE"),
    ),
    ("\r\n2\nhi\r\n0\r\n\r\n", Err("HPE_CR_EXPECTED"), Ok("hi")),
    ("\r\n2\r\nhi\n0\r\n\r\n", Err("HPE_CR_EXPECTED"), Ok("hi")),
    ("\r\n2\r\nhi0\r\n\r\n", Err("HPE_STRICT"), Ok("hi")),
    ("\r\n2\r\nhi\r\n0\r\n\n", Err("HPE_INVALID_HEADER_TOKEN"), Ok("hi")),
    (
        "\r\n2\r\nhi\r\n0\r\nX Y\r\n\r\n",
        Err("HPE_INVALID_HEADER_TOKEN"),
        Err("HPE_INVALID_HEADER_TOKEN"),
    ),
];

#[tokio::test]
async fn what_node_refuses_is_refused_and_what_it_lets_pass_passes() {
    let bodies = BODIES.iter().map(|(rest, strict, lenient)| {
        let answer = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{rest}");
        (answer, *strict, *lenient)
    });
    let heads = HEADS
        .iter()
        .map(|(answer, strict, lenient)| ((*answer).to_owned(), *strict, *lenient));
    for (answer, strict, lenient) in heads.chain(bodies) {
        assert_eq!(
            get_parsed(&answer, Parsing::Strict).await,
            strict.map(str::to_owned),
            "strict: {answer:?}"
        );
        assert_eq!(
            get_parsed(&answer, Parsing::Lenient).await,
            lenient.map(str::to_owned),
            "lenient: {answer:?}"
        );
    }
}

#[tokio::test]
async fn receivers_of_webhooks_may_end_lines_as_they_like() {
    let answer = "HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 2\n\nhi";
    assert_eq!(get_parsed(answer, Parsing::default()).await.unwrap(), "hi");
}
