//! `offhook trunk`: the operator's trunks, and those an operator adds for one tenant.
//!
//! Tenants do not add trunks themselves: whoever may name a carrier's address and a number could take another tenant's
//! calls.

mod add;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use model::{Dialed, PhoneNumber, PhoneNumberId, Timestamp, TrunkId};
use store::{NewNumber, NumberCounts, Store, Trunk, TrunkKind, expand_range};

use crate::{lab, say};
use add::Add;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Adds a trunk: a carrier's SIP side.
    Add(Box<Add>),
    /// Adds the lab trunk with its fictitious numbers again, after it was removed.
    AddLab,
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
        Command::Add(add) => add::run(&add, store, now).await?,
        Command::AddLab => {
            if !lab::add(store, now).await? {
                bail!("The lab trunk is there: `offhook trunk list` shows it.");
            }
            say("The lab trunk and its numbers are there again.");
        }
        Command::AddNumbers(add) => add_numbers(&add, store, now).await?,
        Command::List => {
            for trunk in store.trunks().await? {
                say(&describe(&trunk, store.number_counts(trunk.id).await?));
            }
        }
        Command::Remove { trunk } => remove(trunk, store).await?,
    }
    Ok(())
}

async fn add_numbers(add: &AddNumbers, store: &Store, now: Timestamp) -> Result<()> {
    let Some(trunk) = store.trunk(add.trunk).await? else {
        bail!(no_trunk(add.trunk));
    };
    if add.country.len() != 2 || !add.country.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        bail!("--country takes two letters as in ISO 3166-1, for example DE.");
    }
    let last = add.last.as_ref().unwrap_or(&add.first);
    for number in [&add.first, last] {
        if !is_subscriber(number, &trunk.calling_code) {
            bail!(
                "{number} is no subscriber's number: write it with its country's code, as +493012345600. Short and \
                 emergency numbers are nobody's to claim."
            );
        }
    }
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

/// Whether it is neither an emergency number of the trunk's country nor shorter than a number is.
fn is_subscriber(number: &PhoneNumber, calling_code: &str) -> bool {
    Dialed::read(number.as_str(), calling_code).is_ok_and(|dialed| !dialed.is_emergency())
}

async fn remove(trunk: TrunkId, store: &Store) -> Result<()> {
    let known = store.trunk(trunk).await?;
    if !store.delete_trunk(trunk).await? {
        bail!(no_trunk(trunk));
    }
    say(match known.map(|trunk| trunk.kind) {
        Some(TrunkKind::Lab) => {
            "The lab trunk and its numbers are gone, and stay so; `offhook trunk add-lab` brings them back."
        }
        Some(TrunkKind::Carrier) | None => "The trunk and its free numbers are gone.",
    });
    Ok(())
}

fn no_trunk(trunk: TrunkId) -> String {
    format!("There is no trunk {trunk}: `offhook trunk list` shows those there are.")
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
    use crate::carrier_trunk::carrier_trunk;

    #[test]
    fn only_subscribers_numbers_are_claimed() {
        for (number, expected) in [
            ("+493012345600", true),
            ("+49112345", true),
            ("+49", false),
            ("+49112", false),
            ("+490112", false),
            ("+112", false),
            ("+123456", false),
        ] {
            assert_eq!(
                is_subscriber(&number.parse().unwrap(), "49"),
                expected,
                "{number}"
            );
        }
    }

    #[test]
    fn a_trunk_for_outbound_calls_says_where_they_go() {
        let trunk = Trunk {
            outbound_address: Some("sip.carrier.example:5070".to_owned()),
            carries_emergency: true,
            ..carrier_trunk(1)
        };
        let described = describe(&trunk, NumberCounts::default());
        let expected = "  calls go to sip.carrier.example:5070  carries emergency calls";
        assert!(described.ends_with(expected), "{described}");
    }
}
