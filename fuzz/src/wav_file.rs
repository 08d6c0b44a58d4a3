/// The input is an uploaded sound file.
pub(crate) fn run(input: &[u8]) {
    if let Ok(samples) = media::parse_wav(input) {
        // 8 kHz from at least 1 byte a sample at no less than 4 kHz.
        assert!(samples.len() <= input.len() * 2 + 8);
    }
}
