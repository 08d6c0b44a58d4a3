//! Clients that take their time, and too many of them.

use std::time::Instant;

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Semaphore;

use super::*;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Holds answers of `/slow` back.
struct Gate {
    begun: Semaphore,
    released: Semaphore,
}

async fn start(max: usize, patience: Patience) -> (SocketAddr, Arc<Gate>) {
    let gate = Arc::new(Gate {
        begun: Semaphore::new(0),
        released: Semaphore::new(0),
    });
    let held = Arc::clone(&gate);
    let client = |ConnectInfo(client): ConnectInfo<SocketAddr>| async move { client.ip().to_string() };
    let slow = move || async move {
        held.begun.add_permits(1);
        held.released.acquire().await.unwrap().forget();
        "at last"
    };
    let proxies = TrustedProxies::new(
        vec!["127.0.0.1/32".parse().unwrap()],
        AddressHeader::XForwardedFor,
    );
    let server = HttpServer {
        app: Router::new().route("/", get(client)).route("/slow", get(slow)),
        connections: Connections::new(max),
        proxies: Arc::new(proxies),
        patience,
        tls: None,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server.serve(listener, std::future::pending()));
    (address, gate)
}

/// What the server says until it closes the connection.
async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is an end, too.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8(answer).unwrap()
}

async fn read_answer(stream: &mut TcpStream, ending: &str) -> String {
    let mut answer = String::new();
    let mut bytes = [0; 1024];
    while !answer.ends_with(ending) {
        let count = stream.read(&mut bytes).await.unwrap();
        assert!(count > 0, "closed after {answer:?}");
        answer.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    answer
}

#[tokio::test]
async fn a_client_that_never_ends_its_request_is_closed() {
    let patience = Patience {
        head: Duration::from_millis(200),
        proxy_head: Duration::from_millis(200),
        ..Patience::default()
    };
    let (address, _) = start(10, patience).await;
    let began_at = Instant::now();
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(&REQUEST[..20]).await.unwrap();
    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(REQUEST).await.unwrap();
    assert!(!read_to_end(&mut slow).await.contains("200 OK"));
    assert_eq!(read_to_end(&mut silent).await, "");
    assert!(read_to_end(&mut idle).await.ends_with("127.0.0.1"));
    assert!(began_at.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn one_connection_too_many_is_refused_while_those_at_work_are_answered() {
    let (address, gate) = start(2, Patience::default()).await;
    let mut at_work = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(request).await.unwrap();
        gate.begun.acquire().await.unwrap().forget();
        at_work.push(stream);
    }
    let mut one_more = TcpStream::connect(address).await.unwrap();
    drop(one_more.write_all(REQUEST).await);
    assert_eq!(read_to_end(&mut one_more).await, "");
    gate.released.add_permits(2);
    for mut stream in at_work {
        read_answer(&mut stream, "at last").await;
    }
}

#[tokio::test]
async fn idle_connections_make_room_for_new_ones() {
    let (address, _) = start(2, Patience::default()).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    let mut others = Vec::new();
    for _ in 0..5 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(REQUEST).await.unwrap();
        read_answer(&mut stream, "127.0.0.1").await;
        others.push(stream);
    }
    assert_eq!(read_to_end(&mut idle).await, "", "it was idle for longest");
}

#[tokio::test]
async fn a_proxy_says_for_whom_it_asks() {
    let (address, _) = start(2, Patience::default()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n";
    stream.write_all(request).await.unwrap();
    read_answer(&mut stream, "203.0.113.9").await;
}

#[tokio::test]
async fn a_head_without_an_end_is_refused_before_it_is_large() {
    let (address, _) = start(2, Patience::default()).await;
    let mut endless = TcpStream::connect(address).await.unwrap();
    endless
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        .await
        .unwrap();
    drop(endless.write_all(&vec![b'x'; HEAD_BYTES_MAX]).await);
    let answer = read_to_end(&mut endless).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}
