//! What a pure machine logs as an error is a bug of ours: it fails whatever it happened in.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Does something and gives back, with its result, the errors it logged. Only this thread is listened to.
pub fn collect<T>(act: impl FnOnce() -> T) -> (T, Vec<String>) {
    let errors = Errors::default();
    let done = tracing::subscriber::with_default(errors.clone(), act);
    let told = errors.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (done, told)
}

#[derive(Clone, Default)]
struct Errors {
    told: Arc<Mutex<Vec<String>>>,
}

impl Subscriber for Errors {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.push(line.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The message and the fields of an event.
#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let separator = if self.0.is_empty() { "" } else { ", " };
        write!(self.0, "{separator}{}: {value:?}", field.name()).expect("text takes text");
    }
}
