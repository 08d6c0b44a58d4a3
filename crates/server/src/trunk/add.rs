//! `offhook trunk add`: what the operator says of a trunk, and everything that is wrong with it at once.

use anyhow::{Context, Result, bail};
use api::limits::{NAME_CHARS_MAX, PASSWORD_CHARS_MAX};
use clap::Args;
use model::{TenantId, Timestamp, TrunkId};
use sip::digest::{Algorithm, Secret as DigestSecret};
use store::{DigestCredentials, Entropy, Registration, Secret, SourceRange, Store, Trunk, TrunkKind};

use crate::carrier::CarrierAddress;
use crate::say;

/// The protection space in which the other side of a trunk proves itself.
const REALM: &str = "offhook";
/// An hour, as carriers ask for.
const REGISTRATION_S: u32 = 3600;

const NO_WAY: &str = "Nobody could call over this trunk: say where its calls come from (--source 192.0.2.0/24), by what \
                      user name it proves itself (--username, --password), where to register (--registrar), or where \
                      its carrier takes calls (--outbound sip.carrier.example).";

/// The shortest prefixes of a source, in bits.
const IPV4_PREFIX_MIN: u8 = 8;
const IPV6_PREFIX_MIN: u8 = 16;

const EVERYBODY: &str = "whoever calls from there would be the carrier, and so large a range is no carrier's: write the \
                         addresses that the carrier names, an IPv4 range of /8 or smaller, an IPv6 range of /16 or smaller. \
                         A carrier without fixed addresses proves itself with --username and --password.";

#[derive(Args)]
pub(crate) struct Add {
    /// What people call it.
    name: String,
    /// The tenant it is for; without one all tenants may claim its numbers.
    #[arg(long)]
    tenant: Option<TenantId>,
    /// The digits of the country that national numbers belong to, for example 49.
    #[arg(long)]
    calling_code: String,
    /// An address or range its calls come from, for example 192.0.2.0/24; may be given several times.
    #[arg(long)]
    source: Vec<String>,
    /// The user name by which its other side proves itself, from any address.
    #[arg(long, requires = "password")]
    username: Option<String>,
    /// The password to it.
    #[arg(long, env = "OFFHOOK_TRUNK_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// Where the carrier takes calls from Offhook, for example sip.carrier.example or 192.0.2.1:5070;transport=tcp; without
    /// it nobody can be called over this trunk.
    #[arg(long)]
    outbound: Option<String>,
    /// The carrier brings emergency calls to the right place: such calls go out over this trunk if its country has the
    /// number, and over no other without this.
    #[arg(long, requires = "outbound")]
    carries_emergency: bool,
    /// The registrar that Offhook registers with.
    #[arg(long, requires = "register_as", requires = "register_password")]
    registrar: Option<String>,
    /// The user name at the registrar.
    #[arg(long, requires = "registrar")]
    register_as: Option<String>,
    /// The password at the registrar.
    #[arg(long, env = "OFFHOOK_REGISTER_PASSWORD", hide_env_values = true)]
    register_password: Option<String>,
}

/// Adds the trunk.
pub(super) async fn run(add: &Add, store: &Store, now: Timestamp) -> Result<()> {
    let trunk = add.trunk(now)?;
    if let Some(tenant) = trunk.tenant
        && store.tenant(tenant).await?.is_none()
    {
        bail!("There is no tenant {tenant}.");
    }
    refuse_same_user(&trunk, &store.trunks().await?)?;
    store.put_trunk(&trunk, Entropy::draw(&mut rand::rng())).await?;
    say(&format!("The trunk {} has the id {}.", trunk.name, trunk.id));
    Ok(())
}

impl Add {
    fn trunk(&self, now: Timestamp) -> Result<Trunk> {
        let (sources, mut faults) = self.sources();
        faults.extend(self.faults_of_addresses());
        faults.extend(self.faults_of_texts());
        if !is_calling_code(&self.calling_code) {
            faults.push(
                "--calling-code takes one to three digits, the first of them no 0, for example 49."
                    .to_owned(),
            );
        }
        if !faults.is_empty() {
            bail!("{}", faults.join("\n"));
        }
        Ok(Trunk {
            id: TrunkId::new(now, rand::random()),
            tenant: self.tenant,
            name: self.name.clone(),
            kind: TrunkKind::Carrier,
            calling_code: self.calling_code.clone(),
            sources,
            digest: self.digest()?,
            outbound_address: self.outbound.clone(),
            registration: self.registration(),
            carries_emergency: self.carries_emergency,
            created_at: now,
        })
    }

    /// Those that can be read, and what is wrong with the others.
    fn sources(&self) -> (Vec<SourceRange>, Vec<String>) {
        let (mut sources, mut faults) = (Vec::new(), Vec::new());
        for source in &self.source {
            match source.parse() {
                Ok(range) if is_everybody(range) => faults.push(format!("--source {source:?}: {EVERYBODY}")),
                Ok(range) => sources.push(range),
                Err(error) => faults.push(format!("--source {source:?}: {error}.")),
            }
        }
        (sources, faults)
    }

    fn faults_of_addresses(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (option, address) in [("--outbound", &self.outbound), ("--registrar", &self.registrar)] {
            if let Some(Err(error)) = address.as_ref().map(|text| text.parse::<CarrierAddress>()) {
                faults.push(format!("{option}: {error}."));
            }
        }
        let takes_calls = !self.source.is_empty() || self.username.is_some() || self.registrar.is_some();
        if !takes_calls && self.outbound.is_none() {
            faults.push(NO_WAY.to_owned());
        }
        faults
    }

    fn faults_of_texts(&self) -> Vec<String> {
        // The variable of a password may be there for another trunk.
        let password = self.username.as_ref().and(self.password.as_deref());
        let register_password = self.registrar.as_ref().and(self.register_password.as_deref());
        let (username, register_as) = (self.username.as_deref(), self.register_as.as_deref());
        let texts = [
            ("The name", Some(self.name.as_str()), NAME_CHARS_MAX),
            ("--username", username, NAME_CHARS_MAX),
            ("--password", password, PASSWORD_CHARS_MAX),
            ("--register-as", register_as, NAME_CHARS_MAX),
            ("--register-password", register_password, PASSWORD_CHARS_MAX),
        ];
        let faults = texts.into_iter().filter_map(|(what, text, chars_max)| {
            let fault = fault_of_text(text?, chars_max)?;
            Some(format!("{what} {fault}"))
        });
        faults.collect()
    }

    fn digest(&self) -> Result<Option<DigestCredentials>> {
        let (Some(username), Some(password)) = (&self.username, &self.password) else {
            return Ok(None);
        };
        let password = DigestSecret::Password(password.clone());
        let ha1 = |algorithm| {
            let hash = password.ha1(algorithm, username, REALM);
            hash.map(Secret::new)
                .context("a password has a hash by every algorithm")
        };
        Ok(Some(DigestCredentials {
            username: username.clone(),
            realm: REALM.to_owned(),
            ha1_md5: ha1(Algorithm::Md5)?,
            ha1_sha256: ha1(Algorithm::Sha256)?,
        }))
    }

    fn registration(&self) -> Option<Registration> {
        Some(Registration {
            registrar: self.registrar.clone()?,
            username: self.register_as.clone()?,
            password: Secret::new(self.register_password.clone()?),
            expires_s: REGISTRATION_S,
        })
    }
}

/// Whoever sends from a source is the carrier. No carrier has more than the largest block that was ever given to
/// anybody: a /8 of IPv4, and of IPv6 a /16.
fn is_everybody(range: SourceRange) -> bool {
    let shortest = if range.address().is_ipv4() {
        IPV4_PREFIX_MIN
    } else {
        IPV6_PREFIX_MIN
    };
    range.prefix_len() < shortest
}

/// E.164: no zone of the world begins with 0.
fn is_calling_code(text: &str) -> bool {
    let is_short = (1..=3).contains(&text.len());
    is_short && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A variable of the shell that is not set makes an empty text, and anybody could prove to know an empty password.
fn fault_of_text(text: &str, chars_max: usize) -> Option<String> {
    if text.trim().is_empty() {
        return Some(
            "is empty: write what it is to be (if it comes from a variable, that is not set).".to_owned(),
        );
    }
    if api::has_invisible(text) {
        return Some("has a line break or another character that nobody sees: write it without.".to_owned());
    }
    let count = text.chars().count();
    (count > chars_max).then(|| format!("has {count} characters: write at most {chars_max}."))
}

/// The user name and the realm are all by which a call from an unknown address tells whose it is.
fn refuse_same_user(new: &Trunk, trunks: &[Trunk]) -> Result<()> {
    let Some(digest) = &new.digest else { return Ok(()) };
    let has_it = |trunk: &&Trunk| {
        let other = trunk.digest.as_ref();
        other.is_some_and(|other| other.username == digest.username && other.realm == digest.realm)
    };
    if let Some(trunk) = trunks.iter().find(has_it) {
        bail!(
            "The user name {} is the trunk {}'s ({}) already, and nobody could tell their calls apart: choose another \
             one with --username.",
            digest.username,
            trunk.name,
            trunk.id
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carrier() -> Add {
        Add {
            name: "Carrier".to_owned(),
            tenant: None,
            calling_code: "49".to_owned(),
            source: vec!["192.0.2.1".to_owned()],
            username: None,
            password: None,
            outbound: None,
            carries_emergency: false,
            registrar: None,
            register_as: None,
            register_password: None,
        }
    }

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    /// What is said of a trunk that is refused, a fault a line.
    fn faults(add: &Add) -> Vec<String> {
        let refused = add.trunk(Timestamp::EPOCH).unwrap_err().to_string();
        refused.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_trunk_may_be_for_outbound_calls_alone_but_must_be_for_some() {
        let nothing = Add {
            source: Vec::new(),
            ..carrier()
        };
        assert_eq!(faults(&nothing), [NO_WAY]);
        let outbound = Add {
            outbound: text("sip.carrier.example:5070"),
            ..nothing
        };
        outbound.trunk(Timestamp::EPOCH).unwrap();
    }

    #[test]
    fn a_source_is_a_carriers_and_not_everybodys() {
        for (source, is_taken) in [
            ("0.0.0.0/0", false),
            ("128.0.0.0/1", false),
            ("10.0.0.0/7", false),
            ("10.0.0.0/8", true),
            ("192.0.2.1", true),
            ("::/0", false),
            ("2000::/3", false),
            ("2000::/15", false),
            ("2001::/16", true),
            ("2001:db8::/32", true),
        ] {
            let add = Add {
                source: vec![source.to_owned()],
                ..carrier()
            };
            let added = add.trunk(Timestamp::EPOCH);
            assert_eq!(added.is_ok(), is_taken, "{source}");
            let Err(refused) = added else { continue };
            let said = refused.to_string();
            assert!(
                said.starts_with("--source") && said.contains("would be the carrier"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_variable_that_is_not_set_is_no_proof() {
        let add = Add {
            username: text(""),
            password: text(""),
            registrar: text("sip.carrier.example"),
            register_as: text(" "),
            register_password: text(""),
            ..carrier()
        };
        let said = faults(&add);
        let options = ["--username", "--password", "--register-as", "--register-password"];
        assert_eq!(said.len(), options.len(), "{said:?}");
        for (said, option) in said.iter().zip(options) {
            assert!(said.starts_with(&format!("{option} is empty: ")), "{said}");
        }
    }

    #[test]
    fn the_variable_of_a_password_may_be_there_without_a_user() {
        let add = Add {
            password: text(""),
            register_password: text(""),
            ..carrier()
        };
        let trunk = add.trunk(Timestamp::EPOCH).unwrap();
        assert_eq!((trunk.digest, trunk.registration), (None, None));
    }

    #[test]
    fn everything_that_is_wrong_with_a_trunk_is_said_at_once() {
        let add = Add {
            name: "E".repeat(NAME_CHARS_MAX + 1),
            calling_code: "+49".to_owned(),
            source: vec!["192.0.2.0/33".to_owned(), "carrier".to_owned()],
            username: text("a\"b\r\nX: y"),
            password: text(&"p".repeat(PASSWORD_CHARS_MAX + 1)),
            outbound: text("192.0.2.1?Route=x"),
            registrar: text("nx.invalid;transport=tls"),
            register_as: text(&"a".repeat(NAME_CHARS_MAX + 1)),
            register_password: text("p\n"),
            ..carrier()
        };
        let said = faults(&add);
        for (said, expected) in said.iter().zip([
            "--source \"192.0.2.0/33\": ",
            "--source \"carrier\": ",
            "--outbound: write it as ",
            "--registrar: write it as ",
            "The name has 101 characters: write at most 100.",
            "--username has a line break",
            "--password has 201 characters: ",
            "--register-as has 101 characters: ",
            "--register-password has a line break",
            "--calling-code takes one to three digits",
        ]) {
            assert!(said.starts_with(expected), "{expected}: {said}");
        }
        assert_eq!(said.len(), 10, "{said:?}");
    }

    #[test]
    fn a_name_has_nothing_that_nobody_sees() {
        let add = Add {
            name: "\u{202e}reirraC".to_owned(),
            ..carrier()
        };
        let said = faults(&add);
        assert!(
            said[0].starts_with("The name has a line break or another character"),
            "{said:?}"
        );
    }

    #[test]
    fn a_calling_code_has_up_to_three_digits_and_begins_with_no_0() {
        for (code, expected) in [
            ("1", true),
            ("49", true),
            ("353", true),
            ("", false),
            ("000", false),
            ("049", false),
            ("4930", false),
            ("+49", false),
            ("\u{664}\u{669}", false),
        ] {
            assert_eq!(is_calling_code(code), expected, "{code}");
        }
    }

    #[test]
    fn a_user_name_is_one_trunks() {
        let trunk = |name: &str, username: Option<&str>| {
            let add = Add {
                name: name.to_owned(),
                username: username.map(str::to_owned),
                password: username.and_then(|_| text("secret")),
                ..carrier()
            };
            add.trunk(Timestamp::EPOCH).unwrap()
        };
        let known = [trunk("Carrier", Some("ana")), trunk("Other", None)];
        refuse_same_user(&trunk("New", Some("bo")), &known).unwrap();
        refuse_same_user(&trunk("New", None), &known).unwrap();
        let refused = refuse_same_user(&trunk("New", Some("ana")), &known).unwrap_err();
        let said = refused.to_string();
        assert!(
            said.starts_with("The user name ana is the trunk Carrier's"),
            "{said}"
        );
    }
}
