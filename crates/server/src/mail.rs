//! Mail by a tenant's SMTP server.

use std::time::Duration;

use api::backend::{Mail, MailError};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use store::{MailSecurity, MailSettings};

const TIMEOUT: Duration = Duration::from_secs(15);

/// Sends one mail and waits for the server's answer.
pub(crate) async fn send(settings: MailSettings, mail: Mail) -> Result<(), MailError> {
    let message = compose(&settings, mail).map_err(|reason| MailError::Refused { answer: reason })?;
    let transport = connect(settings).map_err(|error| MailError::Refused {
        answer: error.to_string(),
    })?;
    let sent = transport.send(message).await;
    sent.map(drop).map_err(|error| MailError::Refused {
        answer: error.to_string(),
    })
}

fn compose(settings: &MailSettings, mail: Mail) -> Result<Message, String> {
    let from = settings
        .from_address
        .parse()
        .map_err(|_| "the sender's address is not a mail address")?;
    let to = mail
        .to
        .parse()
        .map_err(|_| "the recipient's address is not a mail address")?;
    let builder = Message::builder().from(from).to(to).subject(mail.subject);
    builder.body(mail.text).map_err(|error| error.to_string())
}

fn connect(
    settings: MailSettings,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, lettre::transport::smtp::Error> {
    type Smtp = AsyncSmtpTransport<Tokio1Executor>;
    let builder = match settings.security {
        MailSecurity::None => Smtp::builder_dangerous(&settings.host),
        MailSecurity::StartTls => Smtp::starttls_relay(&settings.host)?,
        MailSecurity::Tls => Smtp::relay(&settings.host)?,
    };
    let builder = builder.port(settings.port).timeout(Some(TIMEOUT));
    let credentials = settings.username.zip(settings.password);
    Ok(match credentials {
        Some((username, password)) => builder
            .credentials(Credentials::new(username, password.expose().to_owned()))
            .build(),
        None => builder.build(),
    })
}
