use flow::{Document, Facts, References, begin, validate};

/// The input is a flow document. What reads prints to what reads the same; what is valid can be begun.
pub(crate) fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let Ok(document) = Document::parse(text) else {
        return;
    };
    assert_eq!(
        Document::parse(&document.to_json()).ok().as_ref(),
        Some(&document)
    );
    let everything = References {
        has_hours: &|_| true,
        has_prompt: &|_| true,
        has_queue: &|_| true,
    };
    if validate(&document, everything).is_empty() {
        let step = begin(
            &document,
            Facts {
                is_open: &|_| true,
                has_room: &|_| true,
            },
        );
        assert!(!step.entered.is_empty());
    }
}
