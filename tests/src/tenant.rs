//! A tenant's user at the API, with a session like the console's.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{Instant, Interval, sleep_until};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::line::Line;

/// How long anything that should happen may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);
const HEARTBEAT_EVERY: Duration = Duration::from_secs(3);

/// The owner of a tenant: admin and agent.
pub struct Tenant {
    url: String,
    client: Client,
    cookie: String,
    heartbeat: Option<JoinHandle<()>>,
}

impl Tenant {
    /// Signs a company up.
    ///
    /// # Errors
    /// When the server does not take it.
    pub async fn sign_up(url: &str, company: &str) -> Result<Self> {
        let body = json!({
            "company": company,
            "email": format!("owner@{}.example", company.to_lowercase()),
            "password": "correct horse battery",
            "time_zone": "UTC",
        });
        let answer = Client::new()
            .post(format!("{url}/api/v1/signup"))
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await?;
        let cookie = answer.headers().get("set-cookie").context("no session")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
        let me: Value = answer.json().await?;
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_str(&cookie)?);
        let token = me["csrf_token"].as_str().context("no CSRF token")?;
        headers.insert("x-csrf-token", HeaderValue::from_str(token)?);
        Ok(Self {
            url: url.to_owned(),
            client: Client::builder().default_headers(headers).build()?,
            cookie,
            heartbeat: None,
        })
    }

    /// The same user, after the server moved.
    pub fn move_to(&mut self, url: &str) {
        url.clone_into(&mut self.url);
    }

    /// Asks for something; `Null` for an empty answer.
    ///
    /// # Errors
    /// When the answer is a problem.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.client.request(method, format!("{}/api/v1/{path}", self.url));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            bail!("{path}: {status}: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Gets something.
    ///
    /// # Errors
    /// When the answer is a problem.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ask(Method::GET, path, None).await
    }

    /// Does something.
    ///
    /// # Errors
    /// When the answer is a problem.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// The first claimed number.
    ///
    /// # Errors
    /// When there is none.
    pub async fn number(&self) -> Result<String> {
        let numbers = self.get("phone-numbers").await?;
        let number = numbers["items"][0]["e164"].as_str();
        Ok(number.context("no number is claimed")?.to_owned())
    }

    /// Sends heartbeats, opens a line that speaks a tone, and goes available.
    ///
    /// # Errors
    /// When one of them fails.
    pub async fn go_available(&mut self, tone_hz: f64) -> Result<Line> {
        self.send_heartbeats().await?;
        let (offer, line) = Line::offer(tone_hz).await?;
        let answer = self
            .post("agent/line", json!({ "sdp": offer, "take_over": true }))
            .await?;
        let line = line.connect(answer["sdp"].as_str().context("no answer")?)?;
        self.set_status("available").await?;
        self.until("the agent is available with a line", |agent| {
            agent["line"]["state"] == "connected" && agent["activity"] == "idle"
        })
        .await?;
        Ok(line)
    }

    /// Chooses the status of this kind.
    ///
    /// # Errors
    /// When there is none.
    pub async fn set_status(&self, kind: &str) -> Result<()> {
        let statuses = self.get("agent-statuses").await?;
        let statuses = statuses["items"].as_array().context("no statuses")?;
        let status = statuses.iter().find(|status| status["kind"] == kind);
        let id = &status.context("no status of the kind")?["id"];
        let body = json!({ "status_id": id });
        self.ask(Method::PUT, "agent/status", Some(body)).await?;
        Ok(())
    }

    /// Opens the live socket and keeps it alive, like an open page.
    ///
    /// # Errors
    /// When the socket is refused.
    pub async fn send_heartbeats(&mut self) -> Result<()> {
        let mut live = self.watch().await?;
        self.stop_heartbeats();
        self.heartbeat = Some(tokio::spawn(
            async move { while live.next_frame().await.is_ok() {} },
        ));
        Ok(())
    }

    /// Opens the live socket.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn watch(&self) -> Result<Live> {
        let address = self.url.replacen("http", "ws", 1);
        let mut request = format!("{address}/api/v1/live").into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("cookie", HeaderValue::from_str(&self.cookie)?);
        headers.insert("origin", HeaderValue::from_str(&self.url)?);
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Live {
            socket,
            heartbeats: tokio::time::interval(HEARTBEAT_EVERY),
        })
    }

    /// Works as an agent on this line does who takes every contact, ends it once connected and files it at once, until
    /// so many are done.
    ///
    /// # Errors
    /// When the live socket closes.
    pub async fn work(&self, line: &Line, contacts_count: usize) -> Result<()> {
        line.set_speaking(false);
        let mut live = self.watch().await?;
        let mut done_count = 0;
        while done_count < contacts_count {
            let frame = live.next_frame().await?;
            let agent = match frame["type"].as_str() {
                Some("agent" | "snapshot") => &frame["agent"],
                _ => continue,
            };
            let contact = agent["contact"]["id"].as_str().unwrap_or_default();
            line.set_speaking(agent["contact"].is_object() && agent["contact"]["disconnected_at"].is_null());
            // What is too late is told by the next frame.
            match agent["activity"].as_str() {
                Some("reserved") => {
                    let offer = agent["offer"]["id"].as_str().unwrap_or_default();
                    let accept = format!("agent/offers/{offer}/accept");
                    drop(self.ask(Method::POST, &accept, None).await);
                }
                Some("on_contact") => {
                    let end = format!("agent/contacts/{contact}/end");
                    drop(self.ask(Method::POST, &end, None).await);
                }
                Some("after_contact_work") => {
                    let complete = format!("agent/contacts/{contact}/complete");
                    let body = json!({ "disposition_id": null, "notes": null });
                    done_count += usize::from(self.post(&complete, body).await.is_ok());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Closes the live socket, as a page that is closed does.
    pub fn stop_heartbeats(&mut self) {
        if let Some(task) = self.heartbeat.take() {
            task.abort();
        }
    }

    /// Accepts the next offer and gives back the contact's id, once both hear each other.
    ///
    /// # Errors
    /// When none comes in time.
    pub async fn accept(&self) -> Result<String> {
        let agent = self
            .until("a contact is offered", |agent| !agent["offer"].is_null())
            .await?;
        let offer = agent["offer"]["id"].as_str().context("an offer has an id")?;
        let accept = format!("agent/offers/{offer}/accept");
        self.ask(Method::POST, &accept, None).await?;
        let agent = self
            .until("the contact is connected", |agent| {
                !agent["contact"]["connected_at"].is_null()
            })
            .await?;
        let contact = agent["contact"]["id"].as_str();
        Ok(contact.context("a contact has an id")?.to_owned())
    }

    /// Files the contact in hand.
    ///
    /// # Errors
    /// When it is not in after-contact work in time.
    pub async fn complete(&self, contact: &str) -> Result<()> {
        self.until("after-contact work", |agent| {
            agent["activity"] == "after_contact_work"
        })
        .await?;
        let body = json!({ "disposition_id": null, "notes": null });
        self.post(&format!("agent/contacts/{contact}/complete"), body)
            .await?;
        Ok(())
    }

    /// Looks at the agent until something holds of it.
    ///
    /// # Errors
    /// When it does not come to hold in time.
    pub async fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
        self.until_at("agent", what, holds).await
    }

    /// Looks at the latest contact until something holds of it.
    ///
    /// # Errors
    /// When it does not come to hold in time.
    pub async fn until_contact(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
        let of_latest = |page: &Value| holds(&page["items"][0]);
        let page = self.until_at("contacts", what, of_latest).await?;
        let id = page["items"][0]["id"].as_str().context("a contact has an id")?;
        self.get(&format!("contacts/{id}")).await
    }

    /// Looks at what stands at a path until something holds of it.
    ///
    /// # Errors
    /// When it does not come to hold in time.
    pub async fn until_at(&self, path: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
        let end = Instant::now() + PATIENCE;
        loop {
            let seen = self.get(path).await?;
            if holds(&seen) {
                return Ok(seen);
            }
            if Instant::now() > end {
                bail!("waited {PATIENCE:?} in vain until {what}: {seen:#}");
            }
            sleep_until(Instant::now() + LOOK_EVERY).await;
        }
    }
}

/// A live socket that says every three seconds that somebody is there.
pub struct Live {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    heartbeats: Interval,
}

impl Live {
    /// The next frame.
    ///
    /// # Errors
    /// When the socket closes.
    pub async fn next_frame(&mut self) -> Result<Value> {
        loop {
            tokio::select! {
                _ = self.heartbeats.tick() => {
                    self.socket.send(Message::text(r#"{"type":"heartbeat"}"#)).await?;
                }
                frame = self.socket.next() => {
                    if let Message::Text(text) = frame.context("the live socket is closed")?? {
                        return Ok(serde_json::from_str(&text)?);
                    }
                }
            }
        }
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        self.stop_heartbeats();
    }
}
