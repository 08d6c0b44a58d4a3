//! A server's challenge: the value of WWW-Authenticate and Proxy-Authenticate.

use super::Algorithm;
use crate::{Challenge, Params};

/// Why a challenge cannot be answered.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ChallengeError {
    /// Realm or nonce is missing.
    #[error("the challenge is incomplete")]
    Incomplete,
    /// The scheme is not `Digest`.
    #[error("the challenge is not of the Digest scheme")]
    OtherScheme,
    /// The algorithm is none of ours.
    #[error("the challenge asks for an unknown algorithm")]
    UnknownAlgorithm,
    /// Only other qualities of protection than `auth` are offered.
    #[error("the challenge does not offer qop=auth")]
    UnknownQop,
}

/// A digest challenge (RFC 7616 section 3.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DigestChallenge {
    /// The hash function to answer with.
    pub algorithm: Algorithm,
    /// The server's nonce.
    pub nonce: String,
    /// Opaque data to be returned as it is.
    pub opaque: Option<String>,
    /// Whether `qop=auth` is offered; otherwise the answer is that of RFC 2069.
    pub qop_auth: bool,
    /// The protection space, which tells the user which password is meant.
    pub realm: String,
    /// Whether only the nonce was too old and the password need not be asked again.
    pub stale: bool,
}

impl DigestChallenge {
    /// Reads a challenge; errors say why it cannot be answered.
    pub fn read(challenge: &Challenge) -> Result<Self, ChallengeError> {
        if !challenge.scheme.eq_ignore_ascii_case("Digest") {
            return Err(ChallengeError::OtherScheme);
        }
        let params = &challenge.params;
        let algorithm = match params.get("algorithm") {
            None => Algorithm::Md5,
            Some(name) => Algorithm::from_name(name).ok_or(ChallengeError::UnknownAlgorithm)?,
        };
        let qop_auth = match params.get("qop") {
            None => false,
            Some(offered) => {
                if !offered
                    .split(',')
                    .any(|qop| qop.trim().eq_ignore_ascii_case("auth"))
                {
                    return Err(ChallengeError::UnknownQop);
                }
                true
            }
        };
        Ok(Self {
            algorithm,
            nonce: params.get("nonce").ok_or(ChallengeError::Incomplete)?.to_owned(),
            opaque: params.get("opaque").map(str::to_owned),
            qop_auth,
            realm: params.get("realm").ok_or(ChallengeError::Incomplete)?.to_owned(),
            stale: params
                .get("stale")
                .is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }

    /// Returns the header value.
    pub fn to_challenge(&self) -> Challenge {
        let mut params = Params::new();
        params.set_quoted("realm", &self.realm);
        params.set_quoted("nonce", &self.nonce);
        if let Some(opaque) = &self.opaque {
            params.set_quoted("opaque", opaque);
        }
        params.set("algorithm", self.algorithm.name());
        if self.qop_auth {
            params.set_quoted("qop", "auth");
        }
        if self.stale {
            params.set("stale", "true");
        }
        Challenge {
            scheme: "Digest".to_owned(),
            params,
        }
    }
}
