//! The way from the media workers, which must never wait, to the task that hears them.

use media::WorkerEvent;
use tokio::sync::mpsc;

use super::limits::DIGITS_WAITING_MAX;

/// Tells the task; cheap to clone.
#[derive(Clone)]
pub(super) struct MediaTeller {
    digits: mpsc::Sender<WorkerEvent>,
    others: mpsc::UnboundedSender<WorkerEvent>,
}

/// Where the task hears the workers.
pub(super) struct MediaEars {
    digits: mpsc::Receiver<WorkerEvent>,
    others: mpsc::UnboundedReceiver<WorkerEvent>,
}

/// Joins the two. A digit is dropped when too many wait, for a far side can send as many as the network carries.
/// All else is kept, for a leg that ends must end; of that each leg has a few in its life, so legs bound it.
pub(super) fn channel() -> (MediaTeller, MediaEars) {
    let (digit_teller, digits) = mpsc::channel(DIGITS_WAITING_MAX);
    let (teller, others) = mpsc::unbounded_channel();
    let teller = MediaTeller {
        digits: digit_teller,
        others: teller,
    };
    (teller, MediaEars { digits, others })
}

impl MediaTeller {
    pub(super) fn tell(&self, event: WorkerEvent) {
        // Without the task nobody hears the legs either.
        if !matches!(event, WorkerEvent::Digit { .. }) {
            let _ = self.others.send(event);
        } else if self.digits.try_send(event).is_err() {
            tracing::debug!("a digit was dropped: too many wait");
        }
    }
}

impl MediaEars {
    pub(super) async fn hear(&mut self) -> Option<WorkerEvent> {
        tokio::select! {
            biased;
            event = self.others.recv() => event,
            Some(digit) = self.digits.recv() => Some(digit),
        }
    }
}

#[cfg(test)]
mod tests {
    use media::LegKey;

    use super::*;

    #[tokio::test]
    async fn a_flood_of_digits_is_cut_and_costs_no_end_of_a_leg() {
        let (teller, mut ears) = channel();
        let digit = WorkerEvent::Digit {
            leg: LegKey(1),
            digit: '5',
        };
        for _ in 0..DIGITS_WAITING_MAX * 4 {
            teller.tell(digit.clone());
        }
        let ended = WorkerEvent::LineLost { leg: LegKey(2) };
        teller.tell(ended.clone());
        assert_eq!(ears.hear().await, Some(ended));
        drop(teller);
        let mut digit_count = 0;
        while let Ok(event) = ears.digits.try_recv() {
            assert_eq!(event, digit);
            digit_count += 1;
        }
        assert_eq!(digit_count, DIGITS_WAITING_MAX);
    }
}
