use sip::{Datagram, Headers, Message, Verdict, frame_datagram};

/// The input is a datagram. What is accepted prints to what reads the same; an answer prints one
/// line per header field, whatever the peer wrote.
pub(crate) fn run(input: &[u8]) {
    let Datagram::Message(frame) = frame_datagram(input) else {
        return;
    };
    match frame.read() {
        Verdict::Accept(message) => assert_reads_back(&message),
        Verdict::Answer { response, .. } => assert_lines(&response.headers, &response.encode()),
        Verdict::Discard(_) => {}
    }
}

fn assert_reads_back(message: &Message) {
    let printed = message.encode();
    if message.body().is_empty() {
        assert_lines(message.headers(), &printed);
    }
    let Datagram::Message(frame) = frame_datagram(&printed) else {
        panic!("a message prints to a message");
    };
    assert_eq!(frame.read(), Verdict::Accept(message.clone()));
}

fn assert_lines(headers: &Headers, printed: &[u8]) {
    let line_count = printed.windows(2).filter(|pair| pair == b"\r\n").count();
    // The start line, Content-Length and the empty line come on top.
    assert_eq!(line_count, headers.len() + 3);
}
