//! The live socket: snapshot, changes, resume, heartbeat, and who may listen.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::story::{CALLER, Story};
use crate::support::{Called, Client, TestApp};

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(at: SocketAddr, client: &Client, query: &str) -> Result<Self, Error> {
        Self::open_from(&format!("http://{at}"), at, client, query).await
    }

    async fn open_from(origin: &str, at: SocketAddr, client: &Client, query: &str) -> Result<Self, Error> {
        let mut request = format!("ws://{at}/api/v1/live{query}")
            .into_client_request()
            .unwrap();
        let headers = request.headers_mut();
        headers.insert("cookie", client.cookie().parse().unwrap());
        headers.insert("origin", origin.parse().unwrap());
        connect_async(request).await.map(|(socket, _)| Self(socket))
    }

    async fn frame(&mut self) -> Value {
        loop {
            let message = self.0.next().await.unwrap().unwrap();
            if message.is_text() {
                return serde_json::from_str(message.to_text().unwrap()).unwrap();
            }
        }
    }

    /// The frames up to the first of a type, their numbers checked.
    async fn until(&mut self, kind: &str, seq: &mut u64) -> Value {
        loop {
            let frame = self.frame().await;
            *seq += 1;
            assert_eq!(frame["seq"], *seq, "{frame}");
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }
}

async fn serve(app: &TestApp) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = app.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn a_socket_begins_with_a_snapshot_and_follows_a_contact_to_its_end() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let story = Story::of(&app, app.tenant_of(&maya).await, 1).await;
    story.available().await;
    let mut socket = Socket::open(serve(&app).await, &maya, "").await.unwrap();
    let snapshot = socket.frame().await;
    assert_eq!(snapshot["type"], "snapshot");
    assert_eq!(snapshot["agent"]["activity"], "idle");
    assert_eq!(snapshot["agent"]["line"]["state"], "connected");
    assert_eq!(snapshot["queues"][0]["available_count"], 1);
    assert_eq!(snapshot["agents"][0]["status"]["name"], "Available");
    assert_eq!(snapshot["contacts"], json!([]));
    let mut seq = snapshot["seq"].as_u64().unwrap();

    story.waiting().await;
    let contact = socket.until("live_contact", &mut seq).await;
    // What happens in quick succession may be told at once.
    assert!(["flow", "waiting"].contains(&contact["contact"]["state"].as_str().unwrap()));
    assert_eq!(contact["contact"]["from"], CALLER);
    let queue = socket.until("live_queue", &mut seq).await;
    assert_eq!(queue["queue"]["waiting_count"], 1);

    story.offered().await;
    let own = socket.until("agent", &mut seq).await;
    assert_eq!(own["agent"]["activity"], "reserved");
    assert_eq!(own["agent"]["offer"]["caller"], CALLER);
    assert_eq!(own["agent"]["offer"]["waited_ms"], 6000);
    assert_eq!(own["agent"]["contact"], Value::Null);

    story.talking().await;
    let own = socket.until("agent", &mut seq).await;
    assert_eq!(own["agent"]["activity"], "on_contact");
    assert_eq!(
        (&own["agent"]["offer"], &own["agent"]["contact"]["id"]),
        (&Value::Null, &json!(story.contact.to_string()))
    );
    let first = socket.until("first_call", &mut seq).await;
    assert_eq!(first["first_call"]["time_to_first_call_ms"], 13_000);

    story.disconnected().await;
    let own = socket.until("agent", &mut seq).await;
    assert_eq!(own["agent"]["activity"], "after_contact_work");
    assert_eq!(own["agent"]["contact"]["talk_ms"], 49_000);
    assert!(own["agent"]["contact"]["acw_expires_at"].is_string());
    story.completed().await;
    let ended = socket.until("live_contact_ended", &mut seq).await;
    assert_eq!(ended["contact_id"], story.contact.to_string());
    loop {
        let queue = socket.until("live_queue", &mut seq).await;
        if queue["queue"]["today"]["contact_count"] == 1 {
            let today = json!({"contact_count": 1, "answered_count": 1, "answered_in_threshold_count": 1,
                "abandoned_count": 0});
            assert_eq!(queue["queue"]["today"], today);
            break;
        }
    }
}

#[tokio::test]
async fn a_test_call_waits_for_all_to_see_and_does_not_count_in_the_figures_of_the_day() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let tenant = app.tenant_of(&maya).await;
    let story = Story::of(&app, tenant, 1).await.for_trial();
    let mut socket = Socket::open(serve(&app).await, &maya, "").await.unwrap();
    let mut seq = socket.frame().await["seq"].as_u64().unwrap();
    story.available().await;
    story.waiting().await;
    loop {
        let queue = socket.until("live_queue", &mut seq).await["queue"].clone();
        if queue["waiting_count"] == 1 {
            break;
        }
    }
    story.offered().await;
    story.talking().await;
    story.disconnected().await;
    story.completed().await;
    socket.until("live_contact_ended", &mut seq).await;
    Story::of(&app, tenant, 2).await.told().await;
    loop {
        let today = socket.until("live_queue", &mut seq).await["queue"]["today"].clone();
        if today["answered_count"] != 0 {
            let only_the_other = json!({"contact_count": 1, "answered_count": 1,
                "answered_in_threshold_count": 1, "abandoned_count": 0});
            assert_eq!(today, only_the_other);
            break;
        }
    }
}

#[tokio::test]
async fn a_client_that_comes_back_gets_what_it_missed() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let story = Story::of(&app, app.tenant_of(&maya).await, 1).await;
    let at = serve(&app).await;
    let mut first = Socket::open(at, &maya, "").await.unwrap();
    let mut seq = first.frame().await["seq"].as_u64().unwrap();
    story.waiting().await;
    first.until("live_contact", &mut seq).await;
    drop(first);

    let mut second = Socket::open(at, &maya, &format!("?resume={seq}")).await.unwrap();
    let resumed = second.frame().await;
    assert_eq!(
        (&resumed["type"], resumed["seq"].as_u64()),
        (&json!("resumed"), Some(seq))
    );
    let queue = second.until("live_queue", &mut seq).await;
    assert_eq!(queue["queue"]["waiting_count"], 1);
    for unknown in [seq + 1000, 5] {
        let mut other = Socket::open(at, &maya, &format!("?resume={unknown}"))
            .await
            .unwrap();
        assert_eq!(other.frame().await["type"], "snapshot");
    }
}

#[tokio::test]
async fn a_heartbeat_reaches_the_agents_engine_and_is_answered() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let story = Story::of(&app, app.tenant_of(&maya).await, 1).await;
    let mut socket = Socket::open(serve(&app).await, &maya, "").await.unwrap();
    socket.frame().await;
    app.backend.take_calls();
    for ignored in ["", "{", "[]", r#"{"type":"dance"}"#] {
        socket.say(ignored).await;
    }
    socket.say(r#"{"type":"heartbeat"}"#).await;
    let answer = json!({"type": "heartbeat", "server_time": "2026-11-23T09:00:00.000Z"});
    assert_eq!(socket.frame().await, answer);
    assert_eq!(
        app.backend.take_calls(),
        [Called::Heartbeat(story.tenant, story.agent)]
    );
}

#[tokio::test]
async fn a_page_of_another_site_does_not_listen() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let at = serve(&app).await;
    let refused = Socket::open_from("https://evil.example", at, &maya, "").await;
    let Err(Error::Http(response)) = refused else {
        panic!("another site listens");
    };
    assert_eq!(response.status(), 403);
    maya.delete("/api/v1/session").await;
    let Err(Error::Http(response)) = Socket::open(at, &maya, "").await else {
        panic!("an ended session listens");
    };
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn a_change_of_the_configuration_is_seen_at_once() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let story = Story::of(&app, app.tenant_of(&maya).await, 1).await;
    let mut socket = Socket::open(serve(&app).await, &maya, "").await.unwrap();
    let mut seq = socket.frame().await["seq"].as_u64().unwrap();
    let mut config = story.config.clone();
    let mut queue = config.queues.pop_first().unwrap().1;
    queue.name = "Sales".to_owned();
    let changes = vec![model::ConfigChange::PutQueue(queue)];
    let now = api::Backend::now(&*app.backend);
    let revision = app
        .store
        .commit_revision(story.tenant, 1, None, changes, now)
        .await
        .unwrap();
    api::Backend::config_changed(&*app.backend, story.tenant, revision)
        .await
        .unwrap();
    let queue = socket.until("live_queue", &mut seq).await;
    assert_eq!(queue["queue"]["queue"]["name"], "Sales");
}

#[tokio::test]
async fn a_client_that_only_pings_is_closed() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let at = serve(&app).await;
    let Socket(socket) = Socket::open(at, &maya, "").await.unwrap();
    let (mut say, mut heard) = socket.split();
    for _ in 0..=api::limits::LIVE_CLIENT_MESSAGES_MAX {
        say.send(Message::Ping(vec![0; 125].into())).await.unwrap();
    }
    let close = loop {
        match heard.next().await.unwrap().unwrap() {
            Message::Close(close) => break close.unwrap(),
            Message::Text(_) | Message::Pong(_) | Message::Ping(_) => {}
            Message::Binary(_) | Message::Frame(_) => panic!("nobody sends that"),
        }
    };
    assert_eq!(u16::from(close.code), 4429);
}

#[tokio::test]
async fn one_user_has_a_bounded_number_of_sockets() {
    let app = TestApp::new().await;
    let maya = app.sign_up("Acme").await;
    let at = serve(&app).await;
    let mut open = Vec::new();
    for _ in 0..api::limits::LIVE_SOCKETS_PER_USER_MAX {
        open.push(Socket::open(at, &maya, "").await.unwrap());
    }
    let Err(Error::Http(response)) = Socket::open(at, &maya, "").await else {
        panic!("one socket too many");
    };
    assert_eq!(response.status(), 429);
}
