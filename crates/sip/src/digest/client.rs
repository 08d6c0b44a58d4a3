//! Answers challenges and keeps the nonce for the requests that follow.

use rand::Rng;

use super::{Algorithm, Count, DigestChallenge, DigestResponse, Secret, hex, response};
use crate::{Credentials, HeaderName};

/// User name and secret that a command carries for the far side's challenges.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientCredentials {
    /// The secret that belongs to the user name.
    pub secret: Secret,
    /// The user name in the carrier's realm.
    pub username: String,
}

/// Whether a user agent server or a proxy asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ChallengeSource {
    /// 407: Proxy-Authenticate, Proxy-Authorization.
    Proxy,
    /// 401: WWW-Authenticate, Authorization.
    Server,
}

/// One party's authentication towards a carrier: credentials and the last challenges.
#[derive(Clone, Debug)]
pub(crate) struct DigestClient {
    credentials: ClientCredentials,
    /// At most one for each source: a proxy on the way and the server itself.
    answered: Vec<Answered>,
}

#[derive(Clone, Debug)]
struct Answered {
    challenge: DigestChallenge,
    nonce_count: u32,
    source: ChallengeSource,
}

impl DigestClient {
    /// Returns a client that has not yet been challenged.
    pub(crate) fn new(credentials: ClientCredentials) -> Self {
        Self {
            credentials,
            answered: Vec::new(),
        }
    }

    /// Takes in the challenges of one response; false when none can be answered.
    ///
    /// `is_retry` says that this request has already answered a challenge: then only another
    /// realm or a stale nonce is worth a further attempt.
    pub(crate) fn take_challenges(
        &mut self,
        source: ChallengeSource,
        challenges: impl Iterator<Item = DigestChallenge>,
        is_retry: bool,
    ) -> bool {
        let usable = challenges.filter(|challenge| match &self.credentials.secret {
            Secret::Ha1(algorithm, _) => *algorithm == challenge.algorithm,
            Secret::Password(_) => true,
        });
        // RFC 8760 section 2.4: the strongest algorithm we know among those offered.
        let Some(challenge) = usable.reduce(stronger) else {
            return false;
        };
        let last = self
            .answered
            .iter()
            .position(|answered| answered.source == source);
        if let Some(index) = last {
            let same_realm = self.answered[index].challenge.realm == challenge.realm;
            if is_retry && same_realm && !challenge.stale {
                return false;
            }
            self.answered.remove(index);
        }
        self.answered.push(Answered {
            challenge,
            nonce_count: 0,
            source,
        });
        true
    }

    /// Returns header names and values for a request; empty before the first challenge.
    pub(crate) fn authorize(
        &mut self,
        method: &str,
        uri: &str,
        rng: &mut impl Rng,
    ) -> Vec<(HeaderName, Credentials)> {
        let credentials = &self.credentials;
        let answered = self.answered.iter_mut();
        answered
            .filter_map(|answered| answered.authorize(credentials, method, uri, rng))
            .collect()
    }
}

impl Answered {
    fn authorize(
        &mut self,
        credentials: &ClientCredentials,
        method: &str,
        uri: &str,
        rng: &mut impl Rng,
    ) -> Option<(HeaderName, Credentials)> {
        let challenge = &self.challenge;
        let username = &credentials.username;
        let ha1 = credentials
            .secret
            .ha1(challenge.algorithm, username, &challenge.realm)?;
        self.nonce_count += 1;
        let cnonce = hex(&rng.next_u64().to_be_bytes());
        let count = Count {
            nonce_count: self.nonce_count,
            cnonce: &cnonce,
        };
        let count = challenge.qop_auth.then_some(count);
        let proof = response(challenge.algorithm, &ha1, &challenge.nonce, count, method, uri);
        let answer = DigestResponse {
            algorithm: challenge.algorithm,
            count: challenge.qop_auth.then_some((self.nonce_count, cnonce)),
            nonce: challenge.nonce.clone(),
            opaque: challenge.opaque.clone(),
            realm: challenge.realm.clone(),
            response: proof,
            uri: uri.to_owned(),
            username: username.clone(),
        };
        let header = match self.source {
            ChallengeSource::Proxy => HeaderName::ProxyAuthorization,
            ChallengeSource::Server => HeaderName::Authorization,
        };
        Some((header, answer.to_credentials()))
    }
}

fn stronger(best: DigestChallenge, other: DigestChallenge) -> DigestChallenge {
    let is_stronger = other.algorithm == Algorithm::Sha256 && best.algorithm == Algorithm::Md5;
    if is_stronger { other } else { best }
}
