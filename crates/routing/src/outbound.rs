//! Which trunk a call goes out over, and the rule for emergency calls.
//!
//! It stands here and not in `model` because it decides; `model::emergency` has the facts it decides by.

use model::{Dialed, PhoneNumber, TrunkId};

/// A trunk that a tenant's calls may go out over at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundTrunk {
    /// The trunk.
    pub id: TrunkId,
    /// The digits of its country's code.
    pub calling_code: String,
    /// Its carrier brings emergency calls to the right place.
    pub carries_emergency: bool,
}

/// A number that a tenant's calls can be made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnNumber {
    /// The number.
    pub number: PhoneNumber,
    /// The trunk it is reached over.
    pub trunk: TrunkId,
    /// The digits of that trunk's country; empty where it is gone, and only what is the same everywhere is understood.
    pub calling_code: String,
}

/// Why it is not clear who is to be called, or from which number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnclearCall {
    /// The tenant has no number.
    #[error("there is no number to call from")]
    NoNumber,
    /// The number to call from is not the tenant's.
    #[error("the number to call from is not claimed")]
    NotClaimed,
    /// What was dialed is no number.
    #[error("what was dialed is no phone number")]
    NotUnderstood,
    /// The tenant would call itself, and its two contacts would wait for one another.
    #[error("what was dialed is a number of the caller's own")]
    OwnNumber,
}

/// Why a call goes out over no trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoTrunk {
    /// None of the tenant's trunks carries emergency calls.
    #[error("no trunk carries emergency calls: dial the emergency number from another phone")]
    NoneForEmergency,
    /// The number's trunk takes no calls from us, or cannot at the moment.
    #[error("the number's trunk takes no outbound calls at the moment")]
    NoneForNumber,
}

/// Reads whom a call is to, and which of the tenant's numbers it is from: the one that is wanted, or the first. An
/// emergency call whose number is not the tenant's goes out from the first: who needs help gets it.
///
/// # Errors
/// When either is not clear.
pub fn read_call<'n>(
    to: &str,
    from: Option<&PhoneNumber>,
    numbers: &'n [OwnNumber],
) -> Result<(&'n OwnNumber, Dialed), UnclearCall> {
    let first = numbers.first().ok_or(UnclearCall::NoNumber)?;
    let wanted = |from: &PhoneNumber| numbers.iter().find(|own| own.number == *from);
    let from = from.map_or(Some(first), wanted);
    let calling_code = &from.unwrap_or(first).calling_code;
    let to = Dialed::read(to, calling_code).map_err(|_| UnclearCall::NotUnderstood)?;
    let is_own = |to: &PhoneNumber| numbers.iter().any(|own| own.number == *to);
    if matches!(&to, Dialed::Number(to) if is_own(to)) {
        return Err(UnclearCall::OwnNumber);
    }
    match from {
        Some(from) => Ok((from, to)),
        None if to.is_emergency() => Ok((first, to)),
        None => Err(UnclearCall::NotClaimed),
    }
}

/// Chooses the trunk of a call from a number that is reached over `own`; `trunks` are the tenant's, best first.
///
/// A call goes out over the trunk of the number it shows, for another carrier need not let it show it. An emergency
/// call goes out over a trunk that carries emergency calls and in whose country the number is one, the number's own if it
/// does, and over no other: it is better refused plainly than lost.
///
/// # Errors
/// When none is right.
pub fn choose_trunk(dialed: &Dialed, own: TrunkId, trunks: &[OutboundTrunk]) -> Result<TrunkId, NoTrunk> {
    let own = trunks.iter().find(|trunk| trunk.id == own);
    let (chosen, refusal) = match dialed {
        Dialed::Emergency(number) => {
            let mut own_first = own.into_iter().chain(trunks);
            let chosen =
                own_first.find(|trunk| trunk.carries_emergency && number.is_known_in(&trunk.calling_code));
            (chosen, NoTrunk::NoneForEmergency)
        }
        Dialed::Number(_) => (own, NoTrunk::NoneForNumber),
    };
    chosen.map(|trunk| trunk.id).ok_or(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: TrunkId = TrunkId::from_bits(1);
    const OTHER: TrunkId = TrunkId::from_bits(2);

    fn trunk(id: TrunkId, carries_emergency: bool) -> OutboundTrunk {
        OutboundTrunk {
            id,
            calling_code: "49".to_owned(),
            carries_emergency,
        }
    }

    #[test]
    fn a_call_goes_over_its_numbers_trunk_and_an_emergency_call_over_one_that_carries_it() {
        let none = NoTrunk::NoneForNumber;
        let no_emergency = NoTrunk::NoneForEmergency;
        for (what, trunks, ordinary, emergency) in [
            ("no trunk", &[][..], Err(none), Err(no_emergency)),
            ("its own", &[trunk(OWN, true)], Ok(OWN), Ok(OWN)),
            (
                "its own, which carries none",
                &[trunk(OWN, false)],
                Ok(OWN),
                Err(no_emergency),
            ),
            (
                "its own and one that carries",
                &[trunk(OWN, false), trunk(OTHER, true)],
                Ok(OWN),
                Ok(OTHER),
            ),
            (
                "both carry",
                &[trunk(OTHER, true), trunk(OWN, true)],
                Ok(OWN),
                Ok(OWN),
            ),
            ("another's", &[trunk(OTHER, true)], Err(none), Ok(OTHER)),
        ] {
            for (dialed, expected) in [("+12125550142", ordinary), ("112", emergency)] {
                let dialed = Dialed::read(dialed, "49").unwrap();
                assert_eq!(choose_trunk(&dialed, OWN, trunks), expected, "{what}: {dialed}");
            }
        }
    }

    #[test]
    fn an_emergency_number_of_one_country_does_not_go_to_another() {
        let trunks = [trunk(OWN, true)];
        for (dialed, expected) in [
            ("112", Ok(OWN)),
            ("911", Ok(OWN)),
            ("999", Err(NoTrunk::NoneForEmergency)),
        ] {
            let dialed = Dialed::read(dialed, "44").unwrap();
            assert_eq!(choose_trunk(&dialed, OTHER, &trunks), expected, "{dialed}");
        }
    }

    #[test]
    fn a_call_is_from_the_number_that_is_wanted_and_an_emergency_call_from_any() {
        let number = |number: &str| number.parse::<PhoneNumber>().unwrap();
        let own = |text, calling_code: &str| OwnNumber {
            number: number(text),
            trunk: OWN,
            calling_code: calling_code.to_owned(),
        };
        let numbers = [own("+493055550100", "49"), own("+12125550100", "1")];
        for (to, from, expected) in [
            ("030 901820", None, Ok("+493055550100 to +4930901820")),
            (
                "212 555 0142",
                Some("+12125550100"),
                Ok("+12125550100 to +12125550142"),
            ),
            ("118", Some("+12125550100"), Err(UnclearCall::NotUnderstood)),
            ("110", Some("+441632960000"), Ok("+493055550100 to 110")),
            (
                "+441632960001",
                Some("+441632960000"),
                Err(UnclearCall::NotClaimed),
            ),
            ("911", Some("+12125550100"), Ok("+12125550100 to 911")),
            (
                "(212) 555-0100",
                Some("+12125550100"),
                Err(UnclearCall::OwnNumber),
            ),
            ("+12125550100", None, Err(UnclearCall::OwnNumber)),
        ] {
            let read = read_call(to, from.map(number).as_ref(), &numbers);
            let read = read.map(|(own, to)| format!("{} to {to}", own.number));
            assert_eq!(read, expected.map(str::to_owned), "{to} from {from:?}");
        }
        assert_eq!(read_call("112", None, &[]), Err(UnclearCall::NoNumber));
        let gone = [own("+493055550100", "")];
        assert!(read_call("112", None, &gone).is_ok());
    }
}
