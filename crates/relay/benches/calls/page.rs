//! A page: a browser that sends a packet every 20 ms once it is told to.

use std::time::{Duration, Instant};

use media::limits::FRAME;

use super::phones::Talk;
use super::timestamps::{latency_ns, note_arrivals, receive, stamped_frame};
use crate::browser::Browser;

pub(crate) struct Page {
    pub(crate) browser: Browser,
    next_frame_at: Option<Instant>,
}

impl Page {
    pub(crate) fn new() -> (Self, String) {
        let (browser, offer) = Browser::new();
        browser.socket().set_nonblocking(true).unwrap();
        note_arrivals(browser.socket());
        let page = Self {
            browser,
            next_frame_at: None,
        };
        (page, offer)
    }

    /// Begins to talk, after a moment of its own.
    pub(crate) fn begin(&mut self, after: Duration) {
        self.next_frame_at = Some(Instant::now() + after);
    }

    pub(crate) fn end(&mut self) {
        self.next_frame_at = None;
    }

    pub(crate) fn due(&self) -> Instant {
        let due = self.browser.due();
        self.next_frame_at.map_or(due, |at| at.min(due))
    }

    /// Does what is due.
    pub(crate) fn handle_due(&mut self, talk: &mut Talk) {
        let now = Instant::now();
        if let Some(at) = self.next_frame_at
            && at <= now
        {
            self.browser.says(&stamped_frame());
            talk.sent_count += 1;
            self.next_frame_at = Some(at + FRAME);
        }
        if self.browser.due() <= now {
            self.browser.handle_due();
        }
    }

    /// Reads what has arrived.
    pub(crate) fn read(&mut self, talk: &mut Talk) {
        let mut buffer = [0; 2_000];
        while let Ok((len, source, arrived_at_ns)) = receive(self.browser.socket(), &mut buffer) {
            self.browser.receive(&buffer[..len], source);
            while let Some(frame) = self.browser.poll_heard() {
                talk.latencies_ns.extend(latency_ns(&frame, arrived_at_ns));
            }
        }
    }
}
