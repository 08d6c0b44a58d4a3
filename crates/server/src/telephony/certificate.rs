//! The certificate browsers are shown: made anew at each start, for its hash goes with every offer.

use anyhow::{Context, Result};
use media::webrtc::DtlsCertificate;

pub(super) fn make() -> Result<DtlsCertificate> {
    let made = rcgen::generate_simple_self_signed(vec!["offhook".to_owned()])
        .context("a certificate for browsers cannot be made")?;
    DtlsCertificate::from_der(made.cert.der(), &made.signing_key.serialize_der())
        .context("the certificate for browsers cannot be used")
}
