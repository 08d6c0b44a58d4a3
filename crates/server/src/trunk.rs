//! `offhook trunk`: the operator's trunks, and those an operator adds for one tenant.
//!
//! Tenants do not add trunks themselves: whoever may name a carrier's address and a number could take another tenant's
//! calls.

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use model::{PhoneNumber, PhoneNumberId, TenantId, Timestamp, TrunkId};
use sip::digest::{Algorithm, Secret as DigestSecret};
use store::{
    DigestCredentials, Entropy, NewNumber, NumberCounts, Registration, Secret, SourceRange, Store, Trunk,
    TrunkKind, expand_range,
};

use crate::carrier::CarrierAddress;
use crate::say;

/// The protection space in which the other side of a trunk proves itself.
pub(crate) const REALM: &str = "offhook";
/// An hour, as carriers ask for.
const REGISTRATION_S: u32 = 3600;

const NO_WAY: &str = "Nobody could call over this trunk: say where its calls come from (--source 192.0.2.0/24), by what \
                      user name it proves itself (--username, --password), where to register (--registrar), or where \
                      its carrier takes calls (--outbound sip.carrier.example).";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Adds a trunk: a carrier's SIP side.
    Add(Box<Add>),
    /// Adds phone numbers to a trunk, for tenants to claim.
    AddNumbers(AddNumbers),
    /// Lists the trunks.
    List,
    /// Removes a trunk and its free numbers.
    Remove {
        /// The trunk's id.
        trunk: TrunkId,
    },
}

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
    /// The carrier brings emergency calls to the right place: such calls go out over this trunk, and over no other
    /// without this.
    #[arg(long, requires = "outbound")]
    carries_emergency: bool,
    /// The registrar that Offhook registers with.
    #[arg(long, requires = "register_as", requires = "register_password")]
    registrar: Option<String>,
    /// The user name at the registrar.
    #[arg(long)]
    register_as: Option<String>,
    /// The password at the registrar.
    #[arg(long, env = "OFFHOOK_REGISTER_PASSWORD", hide_env_values = true)]
    register_password: Option<String>,
}

#[derive(Args)]
pub(crate) struct AddNumbers {
    /// The trunk's id.
    trunk: TrunkId,
    /// The first number, for example +493012345600.
    first: PhoneNumber,
    /// The last number of the range; the first when missing.
    last: Option<PhoneNumber>,
    /// The country, two letters as in ISO 3166-1.
    #[arg(long)]
    country: String,
}

/// Carries a command out.
pub(crate) async fn run(command: Command, store: &Store, now: Timestamp) -> Result<()> {
    match command {
        Command::Add(add) => {
            let trunk = add.trunk(now)?;
            if let Some(tenant) = trunk.tenant
                && store.tenant(tenant).await?.is_none()
            {
                bail!("There is no tenant {tenant}.");
            }
            refuse_same_user(&trunk, &store.trunks().await?)?;
            store.put_trunk(&trunk, Entropy::draw(&mut rand::rng())).await?;
            say(&format!("The trunk {} has the id {}.", trunk.name, trunk.id));
        }
        Command::AddNumbers(add) => add_numbers(&add, store, now).await?,
        Command::List => {
            for trunk in store.trunks().await? {
                say(&describe(&trunk, store.number_counts(trunk.id).await?));
            }
        }
        Command::Remove { trunk } => {
            if !store.delete_trunk(trunk).await? {
                bail!("There is no trunk {trunk}: `offhook trunk list` shows those there are.");
            }
            say("The trunk and its free numbers are gone.");
        }
    }
    Ok(())
}

impl Add {
    /// Checks everything before it complains, so that one reading of the complaint is enough.
    fn trunk(&self, now: Timestamp) -> Result<Trunk> {
        let mut faults = Vec::new();
        let mut sources = Vec::new();
        for source in &self.source {
            match source.parse::<SourceRange>() {
                Ok(range) => sources.push(range),
                Err(error) => faults.push(format!("--source {source}: {error}.")),
            }
        }
        if let Some(Err(error)) = self.outbound.as_ref().map(|text| text.parse::<CarrierAddress>()) {
            faults.push(format!("--outbound: {error}."));
        }
        let takes_calls = !self.source.is_empty() || self.username.is_some() || self.registrar.is_some();
        if !takes_calls && self.outbound.is_none() {
            faults.push(NO_WAY.to_owned());
        }
        let is_code = (1..=3).contains(&self.calling_code.len());
        if !is_code || !self.calling_code.bytes().all(|byte| byte.is_ascii_digit()) {
            faults.push("--calling-code takes one to three digits, for example 49.".to_owned());
        }
        if self.name.trim().is_empty() {
            faults.push("The name is empty: say what people call the trunk.".to_owned());
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

async fn add_numbers(add: &AddNumbers, store: &Store, now: Timestamp) -> Result<()> {
    if store.trunk(add.trunk).await?.is_none() {
        bail!(
            "There is no trunk {}: `offhook trunk list` shows those there are.",
            add.trunk
        );
    }
    let last = add.last.as_ref().unwrap_or(&add.first);
    let number = |number| NewNumber {
        id: PhoneNumberId::new(now, rand::random()),
        number,
        country: add.country.to_uppercase(),
    };
    let numbers: Vec<NewNumber> = expand_range(&add.first, last)?.into_iter().map(number).collect();
    let added_count = store.add_numbers(add.trunk, &numbers).await?;
    say(&format!("{added_count} of {} numbers are new.", numbers.len()));
    Ok(())
}

fn describe(trunk: &Trunk, numbers: NumberCounts) -> String {
    let sources: Vec<String> = trunk.sources.iter().map(ToString::to_string).collect();
    let whose = trunk
        .tenant
        .map_or_else(|| "all tenants".to_owned(), |tenant| tenant.to_string());
    let NumberCounts {
        claimed_count,
        free_count,
    } = numbers;
    let mut line = format!(
        "{}  {}  for {whose}  numbers: {claimed_count} claimed, {free_count} free",
        trunk.id, trunk.name
    );
    if !sources.is_empty() {
        line += &format!("  from {}", sources.join(" "));
    }
    if let Some(digest) = &trunk.digest {
        line += &format!("  as {}", digest.username);
    }
    if let Some(registration) = &trunk.registration {
        line += &format!("  registers with {}", registration.registrar);
    }
    if let Some(address) = &trunk.outbound_address {
        line += &format!("  calls go to {address}");
    }
    if trunk.carries_emergency {
        line += "  carries emergency calls";
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trunk(name: &str, username: Option<&str>) -> Trunk {
        let add = Add {
            name: name.to_owned(),
            tenant: None,
            calling_code: "49".to_owned(),
            source: vec!["192.0.2.1".to_owned()],
            username: username.map(str::to_owned),
            password: username.map(|_| "secret".to_owned()),
            outbound: None,
            carries_emergency: false,
            registrar: None,
            register_as: None,
            register_password: None,
        };
        add.trunk(Timestamp::from_millis(0)).unwrap()
    }

    #[test]
    fn a_trunk_may_be_for_outbound_calls_alone_and_says_so() {
        let mut add = Add {
            name: "Carrier".to_owned(),
            tenant: None,
            calling_code: "49".to_owned(),
            source: Vec::new(),
            username: None,
            password: None,
            outbound: None,
            carries_emergency: true,
            registrar: None,
            register_as: None,
            register_password: None,
        };
        let now = Timestamp::from_millis(0);
        add.trunk(now).unwrap_err();
        add.outbound = Some("sip.carrier.example:5070".to_owned());
        let described = describe(&add.trunk(now).unwrap(), NumberCounts::default());
        let expected = "  calls go to sip.carrier.example:5070  carries emergency calls";
        assert!(described.ends_with(expected), "{described}");
    }

    #[test]
    fn everything_that_is_wrong_with_a_trunk_is_said_at_once() {
        let add = Add {
            name: "Carrier".to_owned(),
            tenant: None,
            calling_code: "+49".to_owned(),
            source: vec!["192.0.2.0/33".to_owned(), "carrier".to_owned()],
            username: None,
            password: None,
            outbound: Some("sip:carrier:x".to_owned()),
            carries_emergency: false,
            registrar: None,
            register_as: None,
            register_password: None,
        };
        let refused = add.trunk(Timestamp::from_millis(0)).unwrap_err().to_string();
        for option in [
            "--source 192.0.2.0/33",
            "--source carrier",
            "--outbound",
            "--calling-code",
        ] {
            assert!(refused.contains(option), "{option}: {refused}");
        }
    }

    #[test]
    fn a_user_name_is_one_trunks() {
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
