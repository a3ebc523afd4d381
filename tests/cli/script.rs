//! A server that answers as it is told, one connection after the other, and then is gone.

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinHandle,
};

/// Status, further header lines, body; without a status the connection is closed unanswered.
pub type Reply = (&'static str, &'static str, &'static str);

pub struct Script {
    pub url: String,
    serving: JoinHandle<Vec<Asked>>,
}

/// A request as it came.
pub struct Asked(String);

impl Asked {
    pub fn json(&self) -> Value {
        serde_json::from_str(self.0.split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

impl Script {
    pub async fn start(replies: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let replies = replies.to_vec();
        let serving = tokio::spawn(async move {
            let mut asked = Vec::new();
            for (status, headers, body) in replies {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut read = Vec::new();
                while !is_whole(&read) {
                    assert!(stream.read_buf(&mut read).await.unwrap() > 0);
                }
                asked.push(Asked(String::from_utf8(read).unwrap()));
                let length = body.len();
                let answer = format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}");
                if !status.is_empty() {
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            }
            asked
        });
        Self { url, serving }
    }

    /// What was asked, when all of it was.
    pub async fn ended(self) -> Vec<Asked> {
        crate::support::soon("every reply to be asked for", self.serving).await.unwrap()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}
