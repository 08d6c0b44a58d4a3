use super::lists::{parse_list, parse_tokens};
use super::{
    CSeq, Challenge, Contacts, Credentials, Disposition, Event, HeaderName, HeaderValue, Headers, MediaType,
    MinSe, RAck, Reason, Replaces, RetryAfter, SessionExpires, SubscriptionState, Via, number,
};
use crate::message::Method;
use crate::name::NameAddr;
use crate::parse::{SyntaxError, is_word_char};

/// Says why a header field cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The value does not follow its grammar.
    #[error("malformed {header} header field")]
    Malformed {
        /// The field at fault.
        header: HeaderName,
        /// What is wrong with it.
        #[source]
        source: SyntaxError,
    },
    /// The field is needed and absent.
    #[error("missing {header} header field")]
    Missing {
        /// The field at fault.
        header: HeaderName,
    },
    /// The field is present more than once where the grammar allows one.
    #[error("repeated {header} header field")]
    Repeated {
        /// The field at fault.
        header: HeaderName,
    },
}

impl HeaderError {
    /// Returns the error as a reason phrase.
    pub(crate) fn phrase(&self) -> String {
        match self {
            Self::Malformed { header, .. } => format!("Malformed {header} Header Field"),
            Self::Missing { header } => format!("Missing {header} Header Field"),
            Self::Repeated { header } => format!("Repeated {header} Header Field"),
        }
    }
}

/// Typed views: each reads the fields of one name, says nothing when there are none, and fails when
/// they are malformed or repeated against the grammar.
impl Headers {
    /// Reads the top Via.
    pub fn via(&self) -> Result<Option<Via>, HeaderError> {
        let Some(line) = self.get(&HeaderName::Via) else {
            return Ok(None);
        };
        let vias = Via::parse_list(line).map_err(malformed(HeaderName::Via))?;
        Ok(vias.into_iter().next())
    }

    /// Reads all Vias, the top one first.
    pub fn vias(&self) -> Result<Vec<Via>, HeaderError> {
        self.flatten(HeaderName::Via, Via::parse_list)
    }

    /// Reads From.
    pub fn from(&self) -> Result<Option<NameAddr>, HeaderError> {
        self.single(HeaderName::From, NameAddr::parse)
    }

    /// Reads To.
    pub fn to(&self) -> Result<Option<NameAddr>, HeaderError> {
        self.single(HeaderName::To, NameAddr::parse)
    }

    /// Reads Call-ID, which compares byte by byte.
    pub fn call_id(&self) -> Result<Option<&str>, HeaderError> {
        let check = |value: &[u8]| {
            if is_call_id(value) {
                Ok(())
            } else {
                Err(SyntaxError::Expected("a Call-ID"))
            }
        };
        self.single(HeaderName::CallId, check)?;
        Ok(self.get_str(&HeaderName::CallId))
    }

    /// Reads CSeq.
    pub fn cseq(&self) -> Result<Option<CSeq>, HeaderError> {
        self.single(HeaderName::CSeq, CSeq::parse)
    }

    /// Reads all Contact fields.
    pub fn contacts(&self) -> Result<Option<Contacts>, HeaderError> {
        if !self.contains(&HeaderName::Contact) {
            return Ok(None);
        }
        let mut lines = self.get_all(&HeaderName::Contact);
        if lines.next().is_some_and(|line| &line[..] == b"*") {
            return match lines.next() {
                None => Ok(Some(Contacts::All)),
                Some(_) => Err(HeaderError::Repeated {
                    header: HeaderName::Contact,
                }),
            };
        }
        self.addresses(HeaderName::Contact).map(Contacts::List).map(Some)
    }

    /// Reads Max-Forwards; a number above 255 counts as 255 (RFC 4475 §3.1.2.4).
    pub fn max_forwards(&self) -> Result<Option<u8>, HeaderError> {
        let hops = self.single(HeaderName::MaxForwards, number::clamped_seconds)?;
        Ok(hops.map(|hops| u8::try_from(hops).unwrap_or(u8::MAX)))
    }

    /// Reads all Route fields.
    pub fn route(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.addresses(HeaderName::Route)
    }

    /// Reads all Record-Route fields.
    pub fn record_route(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.addresses(HeaderName::RecordRoute)
    }

    /// Reads all Path fields (RFC 3327).
    pub fn path(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.addresses(HeaderName::Path)
    }

    /// Reads all Service-Route fields (RFC 3608).
    pub fn service_route(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.addresses(HeaderName::ServiceRoute)
    }

    /// Reads all P-Asserted-Identity fields (RFC 3325 §9.1).
    pub fn p_asserted_identity(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.addresses(HeaderName::PAssertedIdentity)
    }

    /// Reads all Diversion fields, the last diversion first (RFC 5806).
    pub fn diversion(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.addresses(HeaderName::Diversion)
    }

    /// Reads Refer-To (RFC 3515 §2.1).
    pub fn refer_to(&self) -> Result<Option<NameAddr>, HeaderError> {
        self.single(HeaderName::ReferTo, NameAddr::parse)
    }

    /// Reads Referred-By (RFC 3892 §3).
    pub fn referred_by(&self) -> Result<Option<NameAddr>, HeaderError> {
        self.single(HeaderName::ReferredBy, NameAddr::parse)
    }

    /// Reads the option tags of Require.
    pub fn require(&self) -> Result<Vec<String>, HeaderError> {
        self.tokens(HeaderName::Require)
    }

    /// Reads the option tags of Proxy-Require.
    pub fn proxy_require(&self) -> Result<Vec<String>, HeaderError> {
        self.tokens(HeaderName::ProxyRequire)
    }

    /// Reads the option tags of Supported.
    pub fn supported(&self) -> Result<Vec<String>, HeaderError> {
        self.tokens(HeaderName::Supported)
    }

    /// Reads the option tags of Unsupported.
    pub fn unsupported(&self) -> Result<Vec<String>, HeaderError> {
        self.tokens(HeaderName::Unsupported)
    }

    /// Reads the methods of Allow.
    pub fn allow(&self) -> Result<Vec<Method>, HeaderError> {
        let tokens = self.tokens(HeaderName::Allow)?;
        let methods = tokens.iter().map(|token| Method::from_token(token));
        methods
            .collect::<Result<_, _>>()
            .map_err(malformed(HeaderName::Allow))
    }

    /// Reads the values of Privacy (RFC 3323 §4.2), which semicolons part.
    pub fn privacy(&self) -> Vec<String> {
        let values = self
            .get_all(&HeaderName::Privacy)
            .flat_map(|line| line.split(|b| *b == b';'));
        values
            .map(|value| String::from_utf8_lossy(value.trim_ascii()).into_owned())
            .collect()
    }

    /// Reads Content-Type.
    pub fn content_type(&self) -> Result<Option<MediaType>, HeaderError> {
        self.single(HeaderName::ContentType, MediaType::parse)
    }

    /// Reads Content-Disposition.
    pub fn content_disposition(&self) -> Result<Option<Disposition>, HeaderError> {
        self.single(HeaderName::ContentDisposition, Disposition::parse)
    }

    /// Reads the media ranges of Accept; none when the field is absent, an empty list when empty.
    pub fn accept(&self) -> Result<Option<Vec<MediaType>>, HeaderError> {
        if !self.contains(&HeaderName::Accept) {
            return Ok(None);
        }
        let ranges = self.flatten(HeaderName::Accept, |line| {
            if line.is_empty() {
                Ok(Vec::new())
            } else {
                parse_list(line, MediaType::scan)
            }
        });
        ranges.map(Some)
    }

    /// Reads Expires in seconds; more than 32 bits hold counts as their maximum.
    pub fn expires(&self) -> Result<Option<u32>, HeaderError> {
        self.single(HeaderName::Expires, number::clamped_seconds)
    }

    /// Reads Min-Expires in seconds.
    pub fn min_expires(&self) -> Result<Option<u32>, HeaderError> {
        self.single(HeaderName::MinExpires, number::clamped_seconds)
    }

    /// Reads Session-Expires (RFC 4028 §4).
    pub fn session_expires(&self) -> Result<Option<SessionExpires>, HeaderError> {
        self.single(HeaderName::SessionExpires, SessionExpires::parse)
    }

    /// Reads Min-SE (RFC 4028 §5).
    pub fn min_se(&self) -> Result<Option<MinSe>, HeaderError> {
        self.single(HeaderName::MinSe, MinSe::parse)
    }

    /// Reads RSeq (RFC 3262 §7.1).
    pub fn rseq(&self) -> Result<Option<u32>, HeaderError> {
        self.single(HeaderName::RSeq, number::number)
    }

    /// Reads RAck (RFC 3262 §7.2).
    pub fn rack(&self) -> Result<Option<RAck>, HeaderError> {
        self.single(HeaderName::RAck, RAck::parse)
    }

    /// Reads all Authorization fields.
    pub fn authorization(&self) -> Result<Vec<Credentials>, HeaderError> {
        self.each(HeaderName::Authorization, Credentials::parse)
    }

    /// Reads all Proxy-Authorization fields.
    pub fn proxy_authorization(&self) -> Result<Vec<Credentials>, HeaderError> {
        self.each(HeaderName::ProxyAuthorization, Credentials::parse)
    }

    /// Reads all WWW-Authenticate fields, the preferred challenge first.
    pub fn www_authenticate(&self) -> Result<Vec<Challenge>, HeaderError> {
        self.each(HeaderName::WwwAuthenticate, Challenge::parse)
    }

    /// Reads all Proxy-Authenticate fields, the preferred challenge first.
    pub fn proxy_authenticate(&self) -> Result<Vec<Challenge>, HeaderError> {
        self.each(HeaderName::ProxyAuthenticate, Challenge::parse)
    }

    /// Reads Retry-After.
    pub fn retry_after(&self) -> Result<Option<RetryAfter>, HeaderError> {
        self.single(HeaderName::RetryAfter, RetryAfter::parse)
    }

    /// Reads all Reason values (RFC 3326).
    pub fn reason(&self) -> Result<Vec<Reason>, HeaderError> {
        self.flatten(HeaderName::Reason, |line| parse_list(line, Reason::scan))
    }

    /// Reads Replaces (RFC 3891 §6.1).
    pub fn replaces(&self) -> Result<Option<Replaces>, HeaderError> {
        self.single(HeaderName::Replaces, Replaces::parse)
    }

    /// Reads Event (RFC 6665 §8.2.1).
    pub fn event(&self) -> Result<Option<Event>, HeaderError> {
        self.single(HeaderName::Event, Event::parse)
    }

    /// Reads Subscription-State (RFC 6665 §8.2.3).
    pub fn subscription_state(&self) -> Result<Option<SubscriptionState>, HeaderError> {
        self.single(HeaderName::SubscriptionState, SubscriptionState::parse)
    }

    fn addresses(&self, name: HeaderName) -> Result<Vec<NameAddr>, HeaderError> {
        self.flatten(name, |line| parse_list(line, NameAddr::scan))
    }

    fn tokens(&self, name: HeaderName) -> Result<Vec<String>, HeaderError> {
        self.flatten(name, parse_tokens)
    }

    fn single<T>(
        &self,
        name: HeaderName,
        parse: impl FnOnce(&[u8]) -> Result<T, SyntaxError>,
    ) -> Result<Option<T>, HeaderError> {
        let mut values = self.get_all(&name);
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(HeaderError::Repeated { header: name.clone() });
        }
        parse(value).map(Some).map_err(malformed(name.clone()))
    }

    fn each<T>(
        &self,
        name: HeaderName,
        parse: impl Fn(&[u8]) -> Result<T, SyntaxError>,
    ) -> Result<Vec<T>, HeaderError> {
        self.flatten(name, |line| parse(line).map(|value| vec![value]))
    }

    fn flatten<T>(
        &self,
        name: HeaderName,
        parse: impl Fn(&[u8]) -> Result<Vec<T>, SyntaxError>,
    ) -> Result<Vec<T>, HeaderError> {
        let mut all = Vec::new();
        for line in self.get_all(&name) {
            all.extend(parse(line).map_err(malformed(name.clone()))?);
        }
        Ok(all)
    }
}

fn malformed(header: HeaderName) -> impl FnOnce(SyntaxError) -> HeaderError {
    |source| HeaderError::Malformed { header, source }
}

/// Whether `value` is `word [@ word]` (RFC 3261 §20.8).
fn is_call_id(value: &[u8]) -> bool {
    let mut words = value.splitn(2, |byte| *byte == b'@');
    words.all(|word| !word.is_empty() && word.iter().copied().all(is_word_char))
}
