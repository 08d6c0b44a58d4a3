//! A client's answer: the value of Authorization and Proxy-Authorization.

use super::{Algorithm, Count, Secret, response, same_response};
use crate::{Credentials, Params};

/// Why credentials cannot be checked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AuthorizationError {
    /// The nonce count is not eight hexadecimal digits.
    #[error("the nonce count is malformed")]
    BadNonceCount,
    /// A parameter is missing.
    #[error("the credentials are incomplete")]
    Incomplete,
    /// The scheme is not `Digest`.
    #[error("the credentials are not of the Digest scheme")]
    OtherScheme,
    /// The algorithm is none of ours.
    #[error("the credentials use an unknown algorithm")]
    UnknownAlgorithm,
    /// The quality of protection is not `auth`.
    #[error("the credentials use another qop than auth")]
    UnknownQop,
}

/// Digest credentials (RFC 7616 section 3.4), as sent by a client.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DigestResponse {
    /// The hash function answered with.
    pub algorithm: Algorithm,
    /// The client's own nonce and how often the server's was used; absent in answers after RFC 2069.
    pub count: Option<(u32, String)>,
    /// The nonce that is answered.
    pub nonce: String,
    /// The opaque data of the challenge.
    pub opaque: Option<String>,
    /// The protection space.
    pub realm: String,
    /// The proof, in hexadecimal.
    pub response: String,
    /// The URI that went into the proof.
    pub uri: String,
    /// Who claims to call.
    pub username: String,
}

impl DigestResponse {
    /// Reads credentials; errors say why they cannot be checked.
    pub fn read(credentials: &Credentials) -> Result<Self, AuthorizationError> {
        if !credentials.scheme.eq_ignore_ascii_case("Digest") {
            return Err(AuthorizationError::OtherScheme);
        }
        let params = &credentials.params;
        let algorithm = match params.get("algorithm") {
            None => Algorithm::Md5,
            Some(name) => Algorithm::from_name(name).ok_or(AuthorizationError::UnknownAlgorithm)?,
        };
        let required = |name| params.get(name).ok_or(AuthorizationError::Incomplete);
        let count = match params.get("qop") {
            None => None,
            Some(qop) if qop.eq_ignore_ascii_case("auth") => {
                Some((read_nonce_count(required("nc")?)?, required("cnonce")?.to_owned()))
            }
            Some(_) => return Err(AuthorizationError::UnknownQop),
        };
        Ok(Self {
            algorithm,
            count,
            nonce: required("nonce")?.to_owned(),
            opaque: params.get("opaque").map(str::to_owned),
            realm: required("realm")?.to_owned(),
            response: required("response")?.to_owned(),
            uri: required("uri")?.to_owned(),
            username: required("username")?.to_owned(),
        })
    }

    /// Returns the header value.
    pub fn to_credentials(&self) -> Credentials {
        let mut params = Params::new();
        params.set_quoted("username", &self.username);
        params.set_quoted("realm", &self.realm);
        params.set_quoted("nonce", &self.nonce);
        params.set_quoted("uri", &self.uri);
        params.set_quoted("response", &self.response);
        params.set("algorithm", self.algorithm.name());
        if let Some((nonce_count, cnonce)) = &self.count {
            params.set("qop", "auth");
            params.set("nc", &format!("{nonce_count:08x}"));
            params.set_quoted("cnonce", cnonce);
        }
        if let Some(opaque) = &self.opaque {
            params.set_quoted("opaque", opaque);
        }
        Credentials {
            scheme: "Digest".to_owned(),
            params,
        }
    }

    /// Tells whether the proof was made for this method with this secret.
    ///
    /// The nonce is not judged here: [`super::NonceMint::accept`] does that.
    pub fn is_proof(&self, method: &str, secret: &Secret) -> bool {
        let Some(ha1) = secret.ha1(self.algorithm, &self.username, &self.realm) else {
            return false;
        };
        let count = self.count.as_ref();
        let count = count.map(|(nonce_count, cnonce)| Count {
            nonce_count: *nonce_count,
            cnonce,
        });
        let expected = response(self.algorithm, &ha1, &self.nonce, count, method, &self.uri);
        same_response(&expected, &self.response)
    }
}

/// Reads exactly eight hexadecimal digits (RFC 7616 section 3.4).
fn read_nonce_count(text: &str) -> Result<u32, AuthorizationError> {
    let is_count = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_count {
        return Err(AuthorizationError::BadNonceCount);
    }
    u32::from_str_radix(text, 16).map_err(|_| AuthorizationError::BadNonceCount)
}
