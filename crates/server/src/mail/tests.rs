//! Mail to a server on this machine.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;

/// Takes one mail as an SMTP server does (RFC 5321) and returns it.
async fn take_one(listener: TcpListener) -> String {
    let (stream, _) = listener.accept().await.unwrap();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut mail = String::new();
    write.write_all(b"220 mail.example\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.split(' ').next() {
            Some("DATA") => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await
                    && line != "."
                {
                    mail += &(line + "\n");
                }
                "250 taken"
            }
            Some("QUIT") => break,
            _ => "250 mail.example",
        };
        let answer = format!("{answer}\r\n");
        write.write_all(answer.as_bytes()).await.unwrap();
        if !mail.is_empty() {
            break;
        }
    }
    mail
}

fn settings(host: &str, port: u16) -> MailSettings {
    MailSettings {
        host: host.to_owned(),
        port,
        security: MailSecurity::None,
        username: None,
        password: None,
        from_address: "contact-center@acme.example".to_owned(),
    }
}

fn mail() -> Mail {
    Mail {
        to: "maya@acme.example".to_owned(),
        subject: "Your link".to_owned(),
        text: "Here it is.".to_owned(),
    }
}

#[tokio::test]
async fn a_mail_reaches_the_tenants_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = tokio::spawn(take_one(listener));
    send(settings("localhost", port), mail(), MailServers::Any)
        .await
        .unwrap();
    let taken = taken.await.unwrap();
    for part in [
        "To: maya@acme.example",
        "From: contact-center@acme.example",
        "Subject: Your link",
        "Here it is.",
    ] {
        assert!(taken.contains(part), "{taken}");
    }
}

#[tokio::test]
async fn nobody_who_signs_up_reaches_into_private_networks() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost", "::ffff:127.0.0.1"] {
        let refused = send(settings(host, port), mail(), MailServers::Public).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("--private-mail-servers"), "{host}: {refused}");
    }
}

#[test]
fn addresses_of_the_internet_are_told_from_the_others() {
    for (address, expected) in [
        ("8.8.8.8", true),
        ("100.63.0.1", true),
        ("198.20.0.1", true),
        ("0.0.0.0", false),
        ("10.1.2.3", false),
        ("100.64.0.1", false),
        ("127.0.0.2", false),
        ("169.254.169.254", false),
        ("172.16.0.1", false),
        ("192.0.0.8", false),
        ("192.0.2.1", false),
        ("192.168.1.1", false),
        ("198.19.255.255", false),
        ("224.0.0.1", false),
        ("255.255.255.255", false),
        ("2a00:1450::1", true),
        ("::", false),
        ("::1", false),
        ("64:ff9b::a00:1", false),
        ("2001::1", false),
        ("2001:db8::1", false),
        ("2002:a00:1::", false),
        ("fc00::1", false),
        ("fe80::1", false),
        ("ff02::1", false),
    ] {
        assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
    }
}
