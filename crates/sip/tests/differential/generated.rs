//! Messages written at random, in the many ways the grammar allows; what fails names its seed.

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

use super::{Facts, other, own};

const MESSAGE_COUNT: u64 = 4_000;
/// The seed of the first message; the others count up.
const SEED: u64 = 0x0FF_400C;

/// What the other parser reads otherwise than RFC 3261 has it.
struct OtherIsWrong {
    why: &'static str,
    applies: fn(&Written, &Facts) -> bool,
}

const OTHER_IS_WRONG: &[OtherIsWrong] = &[
    OtherIsWrong {
        why: "a tel URI is refused: it knows SIP URIs only",
        applies: |written, _| written.text.contains("tel:"),
    },
    OtherIsWrong {
        why: "white space around `;` and `=` of a parameter of From or To is refused (section 25.1, SEMI and EQUAL)",
        applies: |written, _| written.has_spaced_parameters,
    },
    OtherIsWrong {
        why: "an escaped quotation mark in a display name is refused (section 25.1, quoted-pair)",
        applies: |written, _| written.text.contains(r#"\""#),
    },
    OtherIsWrong {
        why: "`%` in a tag or branch is taken for an escape, and what is no UTF-8 then is lost: a token has no escapes",
        applies: |_, ours| {
            let tags = [&ours.from_tag, &ours.to_tag].into_iter().chain(&ours.branches);
            tags.flatten().any(|token| has_escape(token))
        },
    },
    OtherIsWrong {
        why: "an escape in a URI parameter is not kept as it was written, which a proxy that compares bytes would notice",
        applies: |_, ours| ours.uri.as_deref().is_some_and(|uri| uri.contains("%41")),
    },
];

/// A message and how it was written.
struct Written {
    text: String,
    body: String,
    has_spaced_parameters: bool,
}

#[test]
fn messages_written_at_random_are_read_alike() {
    let mut met = vec![0_u32; OTHER_IS_WRONG.len()];
    for number in 0..MESSAGE_COUNT {
        let seed = SEED + number;
        let written = Writer::new(seed).message();
        let bytes = written.text.as_bytes();
        let ours = own(bytes).unwrap_or_else(|| panic!("seed {seed}: refused:\n{}", written.text));
        assert_eq!(
            ours.body,
            written.body.as_bytes(),
            "seed {seed}:\n{}",
            written.text
        );
        let theirs = other(bytes);
        let excuse = OTHER_IS_WRONG
            .iter()
            .position(|wrong| (wrong.applies)(&written, &ours));
        match excuse {
            Some(excuse) => met[excuse] += u32::from(theirs.as_ref() != Some(&ours)),
            None => assert_eq!(Some(ours), theirs, "seed {seed}:\n{}", written.text),
        }
    }
    for (wrong, met) in OTHER_IS_WRONG.iter().zip(met) {
        assert!(met > 0, "no longer true: {}", wrong.why);
    }
}

fn has_escape(token: &str) -> bool {
    let windows = token.as_bytes().windows(3);
    let is_escape = |w: &[u8]| w[0] == b'%' && w[1].is_ascii_hexdigit() && w[2].is_ascii_hexdigit();
    windows.into_iter().any(is_escape)
}

struct Writer {
    random: ChaCha12Rng,
    has_spaced_parameters: bool,
}

impl Writer {
    fn new(seed: u64) -> Self {
        Self {
            random: ChaCha12Rng::seed_from_u64(seed),
            has_spaced_parameters: false,
        }
    }

    fn message(mut self) -> Written {
        let method = self.one_of(&[
            "INVITE", "OPTIONS", "BYE", "MESSAGE", "UPDATE", "x-Dance!", "REGISTER",
        ]);
        let is_request = self.chance(0.7);
        let start = if is_request {
            format!("{method} {} SIP/2.0", self.uri())
        } else {
            let status = self.one_of(&[
                "100 Trying",
                "180 ",
                "200 OK",
                "401 Wer da?",
                "503 Nicht jetzt",
                "699 x",
            ]);
            format!("SIP/2.0 {status}")
        };
        let body = "x".repeat(self.random.random_range(0..40)) + self.one_of(&["", "\r\n", "\r\n\r\nBYE"]);
        // A response with more than one is not for us (RFC 3261 section 8.1.3.3).
        let mut lines = self.vias(if is_request { 4 } else { 1 });
        let (from, to) = (self.party(true), self.party(!is_request));
        lines.push(self.field(&["From", "f", "FROM"], &from));
        lines.push(self.field(&["To", "t"], &to));
        let call_id = self.token() + self.one_of(&["", "@192.0.2.7", "@host.example"]);
        lines.push(self.field(&["Call-ID", "i", "call-id"], &call_id));
        let gap = self.one_of(&[" ", "  ", "\t"]);
        let cseq = format!("{}{gap}{method}", self.random.random_range(0..i32::MAX));
        lines.push(self.field(&["CSeq", "cseq"], &cseq));
        lines.push("Max-Forwards: 70".to_owned());
        let subject = self.one_of(&["", "a, \"b\"; c=d <e>", "Grüße"]).to_owned();
        lines.push(self.field(&["Subject", "s", "X-Anything"], &subject));
        lines.push(self.field(&["Contact", "m"], "<sip:a@192.0.2.1>"));
        let length = self.one_of(&["Content-Length: ", "l:", "content-length:  "]);
        lines.push(format!("{length}{}", body.len()));
        let text = format!("{start}\r\n{}\r\n\r\n{body}", lines.join("\r\n"));
        Written {
            text,
            body,
            has_spaced_parameters: self.has_spaced_parameters,
        }
    }

    /// Via values, on one line or on several.
    fn vias(&mut self, most: u32) -> Vec<String> {
        let count = self.random.random_range(1..=most);
        let values: Vec<String> = (0..count).map(|_| self.via()).collect();
        if self.chance(0.5) {
            let comma = self.one_of(&[",", ", "]);
            return vec![self.field(&["Via", "v"], &values.join(comma))];
        }
        values
            .iter()
            .map(|value| self.field(&["Via", "v"], value))
            .collect()
    }

    fn via(&mut self) -> String {
        let transport = self.one_of(&["UDP", "TCP", "TLS", "WSS"]);
        let host = self.one_of(&["192.0.2.1", "[2001:db8::1]", "proxy.example", "a-b.c0"]);
        let port = self.one_of(&["", ":5060", ":65535"]);
        let mut via = format!("SIP/2.0/{transport} {host}{port}");
        for parameter in [";rport", ";received=192.0.2.9", ";x-flag"] {
            if self.chance(0.3) {
                via += parameter;
            }
        }
        via + ";branch=z9hG4bK" + &self.token()
    }

    fn party(&mut self, has_tag: bool) -> String {
        let name = self.one_of(&["", "Ana ", "\"Ana \\\"B\\\" <c>\" ", "\"\" ", "Ana de la O  "]);
        let uri = self.uri();
        let tag = self.token();
        let is_bare = name.is_empty() && !uri.contains([';', '?', ',']) && self.chance(0.3);
        let party = if is_bare { uri } else { format!("{name}<{uri}>") };
        match (has_tag, self.chance(0.05)) {
            (false, _) => party,
            (true, false) => format!("{party};tag={tag}"),
            (true, true) => {
                self.has_spaced_parameters = true;
                format!("{party} ; tag = {tag}")
            }
        }
    }

    fn uri(&mut self) -> String {
        if self.chance(0.03) {
            return "tel:+49-30-901820;phone-context=example.com".to_owned();
        }
        let scheme = self.one_of(&["sip:", "sips:"]);
        let user = self.one_of(&[
            "",
            "ana@",
            "+4930901820@",
            "a%20b@",
            "x;y=z@",
            "ana:secret@",
            "*99@",
            "&=+$,?/@",
        ]);
        let host = self.one_of(&["192.0.2.1", "[2001:db8::1]", "host.example", "a-b.c0"]);
        let port = self.one_of(&["", ":5060", ":1"]);
        let parameters = self.one_of(&["", ";transport=tcp", ";lr", ";user=phone;x=%41"]);
        format!("{scheme}{user}{host}{port}{parameters}")
    }

    fn field(&mut self, names: &[&'static str], value: &str) -> String {
        let name = self.one_of(names);
        let colon = self.one_of(&[":", ": ", ":  ", ":\t"]);
        format!("{name}{colon}{value}")
    }

    fn token(&mut self) -> String {
        const CHARACTERS: &[u8] = b"abcXYZ0189-.!%*_+`'~";
        let len = self.random.random_range(1..20);
        let random = &mut self.random;
        let characters = (0..len).map(|_| *CHARACTERS.choose(random).unwrap());
        characters.map(char::from).collect()
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        words.choose(&mut self.random).unwrap()
    }

    fn chance(&mut self, share: f64) -> bool {
        self.random.random_bool(share)
    }
}

/// Only what the fixtures are compared by.
pub(super) fn without_body(facts: Option<Facts>) -> Option<Facts> {
    facts.map(|facts| Facts {
        body: Vec::new(),
        uri: None,
        ..facts
    })
}
