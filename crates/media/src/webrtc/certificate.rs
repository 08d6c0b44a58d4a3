//! The certificate Offhook shows to browsers, and what every handshake shares.

use std::sync::Arc;

use ring::digest;
use rtc_dtls::cipher_suite::CipherSuiteId;
use rtc_dtls::config::{ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::crypto_provider::{RTCCryptoProvider, SignatureScheme, providers::RingProvider};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;

use super::limits::DTLS_RETRANSMIT_MIN;
use crate::sdp::Fingerprint;

/// One self-signed ECDSA P-256 certificate with its key, ready for any number of connections; cheap to clone.
#[derive(Clone)]
pub struct DtlsCertificate {
    config: Arc<HandshakeConfig>,
    provider: Arc<dyn RTCCryptoProvider>,
    fingerprint: Fingerprint,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The key is not a PKCS#8 ECDSA P-256 private key.
    #[error("the key is not an ECDSA P-256 key in PKCS#8 form")]
    Key(#[source] rtc_dtls::crypto_provider::CryptoError),
    /// The certificate holds another public key.
    #[error("the certificate does not belong to the key")]
    KeyMismatch,
    /// The handshake library refused the configuration.
    #[error("the handshake configuration is not usable")]
    Config(#[source] rtc_shared::error::Error),
}

impl DtlsCertificate {
    /// Takes an X.509 certificate and its PKCS#8 ECDSA P-256 private key, both in DER.
    ///
    /// # Errors
    /// Fails when the key is of another kind or belongs to another certificate.
    pub fn from_der(certificate: &[u8], pkcs8: &[u8]) -> Result<Self, CertificateError> {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(RingProvider::new());
        let key = provider
            .crypto()
            .import_signing_key(SignatureScheme::EcdsaP256Sha256, pkcs8)
            .map_err(CertificateError::Key)?;
        let public_key = key.public_key().bytes;
        if !certificate
            .windows(public_key.len())
            .any(|window| window == public_key)
        {
            return Err(CertificateError::KeyMismatch);
        }
        let identity = Certificate::from_signing_key(vec![certificate.to_vec().into()], key);
        let config = handshake_config(identity, Arc::clone(&provider)).map_err(CertificateError::Config)?;
        Ok(Self {
            config: Arc::new(config),
            provider,
            fingerprint: sha_256(certificate),
        })
    }

    /// The `a=fingerprint` of this certificate, a SHA-256.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    pub(super) fn config(&self) -> Arc<HandshakeConfig> {
        Arc::clone(&self.config)
    }

    pub(super) fn provider(&self) -> Arc<dyn RTCCryptoProvider> {
        Arc::clone(&self.provider)
    }
}

/// The SHA-256 fingerprint of a certificate in DER (RFC 8122 section 5).
pub(super) fn sha_256(certificate: &[u8]) -> Fingerprint {
    Fingerprint {
        algorithm: "sha-256".to_owned(),
        digest: digest::digest(&digest::SHA256, certificate).as_ref().to_vec(),
    }
}

fn handshake_config(
    identity: Certificate,
    provider: Arc<dyn RTCCryptoProvider>,
) -> Result<HandshakeConfig, rtc_shared::error::Error> {
    ConfigBuilder::default()
        .with_crypto_provider(provider)
        .with_certificates(vec![identity])
        // By default RSA suites are offered too, and a peer that picks one stalls against an ECDSA
        // certificate.
        .with_cipher_suites(vec![
            CipherSuiteId::Tls_Ecdhe_Ecdsa_With_Aes_128_Gcm_Sha256,
            CipherSuiteId::Tls_Ecdhe_Ecdsa_With_ChaCha20_Poly1305_Sha256,
            CipherSuiteId::Tls_Ecdhe_Ecdsa_With_Aes_256_Cbc_Sha,
        ])
        .with_srtp_protection_profiles(vec![
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
            SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
        ])
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        // Browsers' certificates are self-signed: no chain to follow, the SDP fingerprint is compared
        // instead.
        .with_insecure_skip_verify(true)
        .with_flight_interval(DTLS_RETRANSMIT_MIN)
        .build(true, Some(super::dtls::ASSOCIATION))
}
