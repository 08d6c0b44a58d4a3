//! The operator: who runs this installation, with the command line. Made by the first start, with a password that only
//! a file has; no page asks for it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use model::Timestamp;
use store::{CreateOperatorError, Operator, Store};

const EMAIL: &str = "operator@localhost";
const PASSWORD_FILE: &str = "operator-password";

/// Without the letters that are taken for one another.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// 32 to the power of 24: 120 bits.
const PASSWORD_CHARS: usize = 24;

/// Makes the operator at the first start. Nobody is told of the password, for nothing in the browser takes it.
pub(crate) async fn ensure(store: &Store, data_dir: &Path, now: Timestamp) -> Result<()> {
    if store.operator().await?.is_some() {
        return Ok(());
    }
    let password = random_password();
    let operator = Operator {
        email: EMAIL.to_owned(),
        password_hash: api::hash_password(&password, rand::random())?,
        created_at: now,
    };
    // The file first: a crash in between leaves a password of nobody, never an operator without one.
    let path = data_dir.join(PASSWORD_FILE);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path);
    let written = file.and_then(|mut file| {
        file.write_all(format!("{password}\n").as_bytes())?;
        file.sync_all()
    });
    written.with_context(|| format!("cannot write {}", path.display()))?;
    match store.create_operator(&operator).await {
        Ok(()) => Ok(()),
        // Another node on the same database was faster; its password counts.
        Err(CreateOperatorError::Exists) => {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives the operator a new password and returns it. The file with the first one goes.
pub(crate) async fn reset_password(store: &Store, data_dir: &Path) -> Result<String> {
    store
        .operator()
        .await?
        .context("there is no operator yet: start Offhook once")?;
    let password = random_password();
    let hash = api::hash_password(&password, rand::random())?;
    store.set_operator_password(&hash).await?;
    let path = data_dir.join(PASSWORD_FILE);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).with_context(|| {
            format!(
                "cannot remove {}, whose password is no longer valid",
                path.display()
            )
        }),
        Ok(()) | Err(_) => Ok(password),
    }
}

fn random_password() -> String {
    let place = || ALPHABET[usize::from(rand::random::<u8>()) % ALPHABET.len()];
    (0..PASSWORD_CHARS).map(|_| char::from(place())).collect()
}

#[cfg(test)]
mod tests {
    use store::{MasterKey, StoreConfig};

    use super::*;

    #[tokio::test]
    async fn the_first_start_makes_one_operator_whose_password_is_in_a_file() {
        let dir = std::env::temp_dir().join(format!("offhook_operator_test_{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let config = StoreConfig::new(&dir, None);
        let store = Store::open(&config, MasterKey::new([7; 32])).await.unwrap();
        ensure(&store, &dir, Timestamp::EPOCH).await.unwrap();
        let first = std::fs::read_to_string(dir.join(PASSWORD_FILE)).unwrap();
        assert!(is_password_of_operator(&store, first.trim()).await);

        ensure(&store, &dir, Timestamp::EPOCH).await.unwrap();
        assert_eq!(std::fs::read_to_string(dir.join(PASSWORD_FILE)).unwrap(), first);

        let second = reset_password(&store, &dir).await.unwrap();
        assert!(is_password_of_operator(&store, &second).await);
        assert!(!is_password_of_operator(&store, first.trim()).await);
        assert!(!dir.join(PASSWORD_FILE).exists(), "nobody's password is left");
        reset_password(&store, &dir).await.unwrap();
        store.close().await;
        std::fs::remove_dir_all(&dir).unwrap();
    }

    async fn is_password_of_operator(store: &Store, password: &str) -> bool {
        let operator = store.operator().await.unwrap().unwrap();
        api::is_password(password, &operator.password_hash)
    }
}
