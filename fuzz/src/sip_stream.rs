use sip::limits::MESSAGE_BYTES_MAX;
use sip::{StreamEvent, StreamFramer};

/// The first byte is the size of a chunk, the rest a stream. How the stream is cut changes no event,
/// memory stays bounded, and after a fatal flaw nothing is read.
pub(crate) fn run(input: &[u8]) {
    let Some((size, stream)) = input.split_first() else {
        return;
    };
    let size = usize::from(*size).max(1);
    let mut whole = StreamFramer::new();
    let mut chunked = StreamFramer::new();
    whole.push(stream);
    let mut events = Vec::new();
    for chunk in stream.chunks(size) {
        chunked.push(chunk);
        events.extend(drain(&mut chunked));
        assert!(chunked.buffered_len() <= MESSAGE_BYTES_MAX);
    }
    assert_eq!(events, drain(&mut whole));
    assert_eq!(chunked.is_closed(), whole.is_closed());
    for (index, event) in events.iter().enumerate() {
        if matches!(event, StreamEvent::Fatal(_)) {
            assert_eq!(index + 1, events.len());
        }
    }
}

fn drain(framer: &mut StreamFramer) -> Vec<StreamEvent> {
    std::iter::from_fn(|| framer.poll_event()).collect()
}
