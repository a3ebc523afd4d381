//! A mail server that takes no password.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// A mail server that lets nobody in.
pub async fn server_that_refuses() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(refuse(stream));
        }
    });
    address
}

async fn refuse(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.example\r\n").await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let answer: &[u8] = match line.get(..4) {
            Some("EHLO") => b"250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n",
            Some("AUTH") => b"535 5.7.8 no\r\n",
            _ => b"250 well\r\n",
        };
        stream.write_all(answer).await?;
        line.clear();
    }
    Ok(())
}
