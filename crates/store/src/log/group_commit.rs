//! Group commit: what arrives while one commit is under way goes into the next.

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::limits::{APPENDS_QUEUED_MAX, COMMIT_EVERY, GROUP_APPENDS_MAX};
use crate::{Append, AppendError, Store};

/// The way into the log for many tenants at once. Clones share one writer, which ends with the last of them.
///
/// A lone append is committed at once; under load a commit takes in whatever arrived since the one before, so that the
/// number of commits does not grow with the number of calls.
#[derive(Debug, Clone)]
pub struct GroupCommit {
    queue: mpsc::Sender<Request>,
}

#[derive(Debug)]
struct Request {
    append: Append,
    reply: oneshot::Sender<Result<(), AppendError>>,
}

impl GroupCommit {
    /// Starts the writer. It must be called within a tokio runtime.
    #[must_use]
    pub fn start(store: Store) -> Self {
        let (queue, requests) = mpsc::channel(APPENDS_QUEUED_MAX);
        tokio::spawn(write(store, requests));
        Self { queue }
    }

    /// Appends and returns after the commit. The append goes on when its caller stops waiting for it.
    ///
    /// # Errors
    /// As [`Store::append`]; [`AppendError::Stopped`] when the runtime is shutting down.
    pub async fn append(&self, append: Append) -> Result<(), AppendError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(Request { append, reply })
            .await
            .map_err(|_| AppendError::Stopped)?;
        answer.await.map_err(|_| AppendError::Stopped)?
    }
}

async fn write(store: Store, mut requests: mpsc::Receiver<Request>) {
    let mut group = Vec::new();
    while requests.recv_many(&mut group, GROUP_APPENDS_MAX).await > 0 {
        let (appends, replies): (Vec<_>, Vec<_>) = group
            .drain(..)
            .map(|request| (request.append, request.reply))
            .unzip();
        let results = store.append(&appends).await;
        let next_at = Instant::now() + COMMIT_EVERY;
        for (reply, result) in replies.into_iter().zip(results) {
            // A caller that stopped waiting needs no answer.
            drop(reply.send(result));
        }
        tokio::time::sleep_until(next_at).await;
    }
}
