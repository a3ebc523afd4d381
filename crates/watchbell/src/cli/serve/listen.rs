//! Connections: accepted up to a number, each with a time limit for the head of a request, so that nobody holds one by
//! sending nothing, or a byte now and then.

use std::{
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::sleep,
};
use tower::ServiceExt as _;

/// Pause after the system refused a connection (most often: no file is left).
const PAUSE: Duration = Duration::from_millis(200);

/// How much one may ask of the listener.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the head of a request, the first and every further one of a connection.
    pub head: Duration,
    /// Connections at once; the next ones wait until one ends.
    pub connections: usize,
}

/// Serves until `stop` resolves, then lets the requests in flight come to their end.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let builder = Arc::new(builder(limits.head));
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, remote)) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let begun = Arc::new(AtomicBool::new(false));
        let service = {
            let (router, begun) = (router.clone(), Arc::clone(&begun));
            service_fn(move |mut request: Request<Incoming>| {
                begun.store(true, Ordering::Relaxed);
                request.extensions_mut().insert(ConnectInfo(remote));
                router.clone().oneshot(request.map(Body::new))
            })
        };
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let connection = open.watch(connection);
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, %remote, "a connection broke");
                },
                () = silent(begun, limits.head) => tracing::debug!(%remote, "a connection without a request was closed"),
            }
            drop(place);
        });
    }
    drop(listener);
    open.shutdown().await;
}

fn builder(head: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head);
    // In HTTP/2 a connection is alive as long as it answers pings.
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(head)
        .keep_alive_timeout(head);
    builder
}

/// Resolves when no request has begun in time. (Which version of HTTP is spoken shows in the first bytes, and hyper waits for
/// those without a limit.)
async fn silent(begun: Arc<AtomicBool>, head: Duration) {
    sleep(head).await;
    if begun.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                // An answer in one small packet is not to wait for the next.
                drop(stream.set_nodelay(true));
                return (stream, remote);
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                sleep(PAUSE).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::oneshot,
    };

    use super::*;

    const QUICK: Duration = Duration::from_millis(100);

    async fn started(limits: Limits) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()));
        let server = tokio::spawn(serve(listener, router, limits, async { drop(stopped.await) }));
        (address, stop, server)
    }

    /// Everything that comes until the other side closes.
    async fn sent(address: SocketAddr, bytes: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A reset is an end too.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn who_sends_no_whole_head_is_cut_off_and_who_does_is_served() {
        let (address, stop, server) = started(Limits {
            head: QUICK,
            connections: 16,
        })
        .await;
        for half in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nhost: x\r\n"] {
            let answer = sent(address, half).await;
            assert!(!answer.contains("200 OK"), "{half:?}: {answer}");
        }
        let answer = sent(address, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1"), "{answer}");
        stop.send(()).unwrap();
        server.await.unwrap();
    }

    #[tokio::test]
    async fn more_connections_wait_until_one_ends() {
        let (address, stop, server) = started(Limits {
            head: Duration::from_secs(60),
            connections: 1,
        })
        .await;
        let mut first = TcpStream::connect(address).await.unwrap();
        first.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut head = [0; 15];
        first.read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 200 OK");
        let second = tokio::spawn(sent(address, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"));
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        assert!(second.await.unwrap().starts_with("HTTP/1.1 200 OK"));
        stop.send(()).unwrap();
        server.await.unwrap();
    }
}
