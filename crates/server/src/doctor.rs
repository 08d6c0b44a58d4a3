//! `offhook doctor`: looks at everything a call needs, and says what to do where something is missing.

mod ports;

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use model::Timestamp;
use rustix::process::{Resource, getrlimit};

use crate::listening::Listening;
use crate::serve::Addresses;
use crate::{Data, clock::Clock, data_dir, disk, master_key, say, serve};

/// A commit that takes longer than this makes every answer feel slow.
const COMMIT_SLOW: Duration = Duration::from_millis(50);

/// Two sockets for each call over a trunk, and some more.
const OPEN_FILES_MIN: u64 = 8192;

const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// An answer about health has some 1,000 bytes, nearly all of them headers.
const HEALTH_BYTES_MAX: u64 = 16 << 10;

/// What a look at one thing showed.
enum Finding {
    Fine(String),
    /// It works, but not as well as it could.
    Hint(String),
    /// A call would fail.
    Fault(String),
}

/// Looks at everything and prints what it finds.
///
/// # Errors
/// When there is a fault.
pub(crate) async fn examine(data: &Data, addresses: &Addresses) -> Result<()> {
    let mut findings = vec![key(data)];
    findings.extend(room(data));
    findings.push(open_files());
    findings.extend(database(data).await);
    let mut listening = Listening::of(addresses);
    if data_dir::is_locked(&data.data_dir) {
        listening = Listening::read(&data.data_dir).unwrap_or(listening);
        findings.push(answer(&listening));
        findings.push(Finding::Fine(format!(
            "audio takes {}: firewalls must let them through",
            listening.audio_ports()
        )));
    } else {
        findings.push(Finding::Hint(
            "Offhook is not running on this data folder".to_owned(),
        ));
        findings.extend(ports::free_ports(&listening));
    }
    findings.extend(listening.ports_short().map(Finding::Hint));
    findings.push(microphone(&listening));
    let mut faults_count = 0;
    for finding in &findings {
        match finding {
            Finding::Fine(what) => say(&format!("  ok     {what}")),
            Finding::Hint(what) => say(&format!("  hint   {what}")),
            Finding::Fault(what) => {
                faults_count += 1;
                say(&format!("  FAULT  {what}"));
            }
        }
    }
    match faults_count {
        0 => Ok(()),
        1 => bail!("one thing needs your attention"),
        count => bail!("{count} things need your attention"),
    }
}

fn key(data: &Data) -> Finding {
    let path = master_key::path(&data.data_dir);
    let Ok(metadata) = fs::metadata(&path) else {
        return Finding::Hint(format!(
            "there is no data in {} yet: the first start makes it",
            data.data_dir.display()
        ));
    };
    if metadata.permissions().mode() & 0o077 != 0 {
        let path = path.display();
        return Finding::Fault(format!("others can read the key {path}: run chmod 600 {path}"));
    }
    Finding::Fine(format!(
        "the key {} is readable by its owner alone",
        path.display()
    ))
}

/// Nothing is known of the disk of a folder that is not there yet, and the disk of a database elsewhere is its own
/// keeper's.
fn room(data: &Data) -> Option<Finding> {
    if !data.data_dir.exists() || data.database_url.is_some() {
        return None;
    }
    Some(match disk::free_bytes(&data.data_dir) {
        Err(_) => Finding::Hint("the disk of the data folder cannot be looked at".to_owned()),
        Ok(free) if free < disk::RESERVED_BYTES => Finding::Fault(format!(
            "the disk of the data folder has {} MiB left: new calls are turned away until you make room",
            free >> 20
        )),
        Ok(free) => Finding::Fine(format!("the disk of the data folder has {} MiB left", free >> 20)),
    })
}

/// The hard limit counts: what carries audio raises its own to it.
fn open_files() -> Finding {
    match getrlimit(Resource::Nofile).maximum {
        Some(max) if max < OPEN_FILES_MIN => Finding::Hint(format!(
            "a process may open {max} files here, and each call over a trunk takes two: raise it (ulimit -Hn \
             {OPEN_FILES_MIN})"
        )),
        Some(max) => Finding::Fine(format!("a process may open {max} files here")),
        None => Finding::Fine("a process may open as many files as it wants here".to_owned()),
    }
}

async fn database(data: &Data) -> Vec<Finding> {
    if !master_key::path(&data.data_dir).exists() {
        return Vec::new();
    }
    let store = match serve::open_existing_store(data).await {
        Ok(store) => store,
        Err(error) => return vec![Finding::Fault(format!("{error:#}"))],
    };
    let began_at = Instant::now();
    let mut findings = vec![match store.health().await {
        Err(error) => Finding::Fault(format!(
            "the database does not answer: {:#}",
            anyhow::Error::new(error)
        )),
        Ok(()) if began_at.elapsed() > COMMIT_SLOW => Finding::Hint(format!(
            "the database ({:?}) takes {} ms for a transaction: every answer waits for one",
            store.database_kind(),
            began_at.elapsed().as_millis()
        )),
        Ok(()) => Finding::Fine(format!(
            "the database ({:?}) answers within {} ms",
            store.database_kind(),
            began_at.elapsed().as_millis() + 1
        )),
    }];
    findings.extend(tenants(&store, Clock::default().now()).await);
    findings.extend(mail(&store).await);
    store.close().await;
    findings
}

/// Tenants whose contacts nobody looks after.
async fn tenants(store: &store::Store, now: Timestamp) -> Option<Finding> {
    let count = store.tenant_ids().await.ok()?.len();
    let left_behind = store.tenants_left_behind("", now).await.ok()?;
    let Some(first) = left_behind.first() else {
        return Some(Finding::Fine(format!(
            "tenants: {count}, all of them looked after"
        )));
    };
    Some(Finding::Hint(format!(
        "tenants: {count}; nobody looks after {} of them, {first} for one: a running Offhook takes them over",
        left_behind.len()
    )))
}

/// Users to whom no mail goes do not get back in by themselves.
async fn mail(store: &store::Store) -> Option<Finding> {
    let count = store.tenants_without_mail_count().await.ok()?;
    (count > 0).then(|| {
        Finding::Hint(format!(
            "tenants without mail settings: {count}; whoever forgets a password there needs a link of yours: offhook \
             reset-link EMAIL"
        ))
    })
}

/// Asks the running server for its health.
fn answer(listening: &Listening) -> Finding {
    let http = listening.http;
    if listening.is_tls {
        return match TcpStream::connect_timeout(&http, ANSWER_TIMEOUT) {
            Ok(_) => Finding::Fine(format!("Offhook runs and listens on {http}")),
            Err(error) => Finding::Fault(format!("Offhook runs, but does not listen on {http} ({error})")),
        };
    }
    match ask_health(http) {
        Ok(Health::Ok) => Finding::Fine(format!("Offhook runs and answers on http://{http}")),
        Ok(Health::RefusingCalls) => Finding::Fault(format!(
            "Offhook runs and answers on http://{http}, but turns new calls away: its disk is almost full, or it is \
             about to end"
        )),
        Ok(Health::Other) => Finding::Fault(format!(
            "what answers on http://{http} is not well, or is not Offhook: see its log"
        )),
        Err(error) => Finding::Fault(format!(
            "Offhook runs, but http://{http} does not answer ({error}): see its log"
        )),
    }
}

/// What a server says of its health.
#[derive(Debug, PartialEq)]
enum Health {
    Ok,
    RefusingCalls,
    /// It is not well, or not Offhook.
    Other,
}

fn ask_health(http: SocketAddr) -> std::io::Result<Health> {
    let mut stream = TcpStream::connect_timeout(&http, ANSWER_TIMEOUT)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.write_all(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(HEALTH_BYTES_MAX).read_to_end(&mut answer)?;
    Ok(read_health(&answer))
}

fn read_health(answer: &[u8]) -> Health {
    let answer = String::from_utf8_lossy(answer);
    let is_success = answer.starts_with("HTTP/1.") && answer.get(8..12) == Some(" 200");
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    match body["status"].as_str() {
        Some("ok") if is_success => Health::Ok,
        Some("refusing_calls") if is_success => Health::RefusingCalls,
        Some(_) | None => Health::Other,
    }
}

/// Browsers lend their microphone to https and to this machine alone.
fn microphone(listening: &Listening) -> Finding {
    if listening.is_tls {
        return Finding::Fine(
            "browsers may use their microphone once they accept the certificate".to_owned(),
        );
    }
    let Some(url) = &listening.base_url else {
        if listening.http.ip().is_loopback() {
            return Finding::Fine("browsers on this machine may use their microphone".to_owned());
        }
        return Finding::Hint(
            "browsers on other machines may not use their microphone: start with --tls-self-signed, or put a \
             proxy with https before Offhook and say its address with --base-url"
                .to_owned(),
        );
    };
    let is_secure = url.starts_with("https://") || url.starts_with("http://localhost");
    if is_secure {
        return Finding::Fine(format!("browsers may use their microphone on {url}"));
    }
    Finding::Fault(format!(
        "browsers may not use their microphone on {url}: the address must begin with https://"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_well_or_turns_calls_away_or_is_another() {
        for (answer, expected) in [
            ("HTTP/1.0 200 OK\r\nx: y\r\n\r\n{\"status\":\"ok\"}", Health::Ok),
            (
                "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"refusing_calls\"}",
                Health::RefusingCalls,
            ),
            (
                "HTTP/1.0 503 Service Unavailable\r\n\r\n{\"status\":503}",
                Health::Other,
            ),
            ("HTTP/1.0 200 OK\r\n\r\nhello", Health::Other),
            ("220 mail.example ESMTP\r\n", Health::Other),
            ("", Health::Other),
        ] {
            assert_eq!(read_health(answer.as_bytes()), expected, "{answer}");
        }
    }
}
