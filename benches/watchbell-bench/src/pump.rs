//! The bare pump: as many signed 1 KB posts as a plain client can make to the receiver over
//! the same number of connections. The ceiling that a delivery rate is a fraction of.

use std::time::Instant;

use anyhow::Result;
use aws_lc_rs::hmac;
use bytes::Bytes;

use crate::{client::Client, load, receiver::Receiver};

pub async fn run(receiver: &Receiver, requests: usize, connections: usize, size: usize) -> Result<f64> {
    receiver.reset();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"the same work as a signed webhook");
    let host = receiver.address().to_string();
    let started = Instant::now();
    let mut tasks = Vec::new();
    for connection in 0..connections {
        let (key, host) = (key.clone(), host.clone());
        let share = requests / connections + usize::from(connection < requests % connections);
        tasks.push(tokio::spawn(async move {
            let mut client = Client::connect(&host, None).await?;
            for number in 0..share {
                let body = Bytes::from(load::data(number as u64, size));
                let signature = hex::encode(hmac::sign(&key, &body));
                client.post("/", body, &[("webhook-signature", &signature)]).await?;
            }
            anyhow::Ok(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    let rate = requests as f64 / started.elapsed().as_secs_f64();
    receiver.reset();
    Ok(rate)
}
