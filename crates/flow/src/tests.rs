use model::{HoursId, QueueId};

use crate::{Action, Document, Exit, Facts, Halt, Problem, References, Step, begin, take_exit, validate};

fn welcome() -> Document {
    let (hours, queue) = (HoursId::from_bits(1), QueueId::from_bits(1));
    Document::parse(&format!(
        r#"{{"version":1,"start":"greet","blocks":{{
            "greet":{{"type":"play_prompt","prompts":["welcome"],"next":"menu"}},
            "menu":{{"type":"get_digit","prompts":["menu"],"timeout_s":5,"digits":{{"1":"hours"}},"timeout":"hours","invalid":"menu"}},
            "hours":{{"type":"check_hours","hours":"{hours}","open":"queue","closed":"closed"}},
            "queue":{{"type":"transfer_to_queue","queue":"{queue}","at_capacity":"end"}},
            "closed":{{"type":"play_prompt","prompts":["closed"],"next":"end"}},
            "end":{{"type":"disconnect"}}}}}}"#
    ))
    .unwrap()
}

fn facts(is_open: bool, has_room: bool) -> Facts<'static> {
    Facts {
        is_open: if is_open { &|_| true } else { &|_| false },
        has_room: if has_room { &|_| true } else { &|_| false },
    }
}

fn play(prompt: &str) -> Action {
    Action::Play {
        prompts: vec![prompt.into()],
    }
}

#[test]
fn a_flow_walks_until_it_has_to_wait() {
    let document = welcome();
    let queue = Action::TransferToQueue {
        queue: QueueId::from_bits(1),
        priority: 5,
    };
    assert_eq!(
        begin(&document, facts(true, true)),
        Step {
            entered: vec!["greet".into()],
            action: play("welcome")
        }
    );
    for (is_open, has_room, entered, action) in [
        (true, true, vec!["hours", "queue"], queue),
        (true, false, vec!["hours", "queue", "end"], Action::Disconnect),
        (false, true, vec!["hours", "closed"], play("closed")),
    ] {
        let step = take_exit(&document, "menu", Exit::Digit('1'), facts(is_open, has_room));
        assert_eq!(
            step,
            Step {
                entered: entered.into_iter().map(String::from).collect(),
                action
            }
        );
    }
}

#[test]
fn a_key_without_an_exit_is_invalid() {
    let step = take_exit(&welcome(), "menu", Exit::Digit('7'), facts(true, true));
    assert_eq!(step.entered, ["menu"]);
}

#[test]
fn an_exit_the_block_does_not_have_fails_the_flow() {
    let step = take_exit(&welcome(), "greet", Exit::Timeout, facts(true, true));
    assert_eq!(step.action, Action::Fail(Halt::NoSuchExit("greet".into())));
}

#[test]
fn a_document_survives_its_text() {
    assert_eq!(Document::parse(&welcome().to_json()).unwrap(), welcome());
}

fn problems(edit: impl Fn(&str) -> String) -> Vec<Problem> {
    let document = Document::parse(&edit(&welcome().to_json())).unwrap();
    validate(
        &document,
        References {
            has_hours: &|hours| hours == HoursId::from_bits(1),
            has_prompt: &|prompt| ["welcome", "closed", "menu"].contains(&prompt),
            has_queue: &|queue| queue == QueueId::from_bits(1),
        },
    )
}

#[test]
fn each_mistake_is_named_with_its_block() {
    let hours = HoursId::from_bits(1).to_string();
    assert_eq!(problems(str::to_owned), []);
    for (from, to, expected) in [
        (
            r#""start":"greet""#,
            r#""start":"gret""#,
            "the flow starts with `gret`, which does not exist",
        ),
        (
            r#""next":"menu""#,
            r#""next":"men""#,
            "block `greet`: its exit `next` leads to `men`, which does not exist",
        ),
        (
            r#"["closed"]"#,
            r#"["shut"]"#,
            "block `closed`: the prompt `shut` does not exist",
        ),
        (
            r#""at_capacity":"end""#,
            r#""at_capacity":"hours""#,
            "block `hours`: the blocks from here lead back here without waiting for anything",
        ),
        (
            r#""timeout_s":5"#,
            r#""timeout_s":0"#,
            "block `menu`: it waits for a key for 1 to 60 seconds",
        ),
        (
            &hours,
            &HoursId::from_bits(2).to_string(),
            "block `hours`: the hours of operation hrs_00000000000000000000000002 do not exist",
        ),
    ] {
        let found: Vec<String> = problems(|text| text.replace(from, to))
            .iter()
            .map(Problem::to_string)
            .collect();
        assert!(found.iter().any(|problem| problem == expected), "{to}: {found:?}");
    }
}

#[test]
fn what_is_no_document_is_refused() {
    for text in [
        "",
        "{}",
        r#"{"version":2,"start":"a","blocks":{}}"#,
        r#"{"version":1,"start":"a","blocks":{"a":{"type":"teleport"}}}"#,
    ] {
        assert!(Document::parse(text).is_err(), "{text}");
    }
}
