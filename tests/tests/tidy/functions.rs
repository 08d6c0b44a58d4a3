//! Functions that fit a screen.

use super::sources::{Source, check};

const LONGEST_FUNCTION: usize = 70;

/// Tests are exempt: a table of cases may be as long as there are cases.
#[test]
fn functions_fit_70_lines() {
    let mut faults = Vec::new();
    for source in Source::all()
        .iter()
        .filter(|source| source.kind() == "rs" && !source.is_test())
    {
        for function in functions(&source.text) {
            if function.line_count > LONGEST_FUNCTION {
                faults.push(source.fault(function.first_line, format!("{} lines", function.line_count)));
            }
        }
    }
    check("70 lines a function", &faults);
}

#[test]
fn functions_are_found_with_their_length() {
    let text = "\
impl Leg {
    pub(crate) const fn hold(&mut self) {
        if self.is_held {
        }
    }

    fn declared(&self) -> usize;

    async fn long(
        &self,
    ) -> bool
    where
        Self: Sized,
    {
        true
    }
}
fn brief() {}
";
    let found: Vec<_> = functions(text)
        .iter()
        .map(|one| (one.first_line, one.line_count))
        .collect();
    assert_eq!(found, [(2, 4), (9, 8), (18, 1)]);
}

struct Function {
    first_line: usize,
    line_count: usize,
}

/// Functions of a file that rustfmt has been over: one ends at the first brace that stands where it began.
fn functions(text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        if !is_head(line.trim_start()) || line.ends_with(';') {
            continue;
        }
        if line.ends_with('}') {
            found.push(Function {
                first_line: start + 1,
                line_count: 1,
            });
            continue;
        }
        let at_indent = |line: &str, what: &str| {
            line.len() > indent && line[..indent].trim().is_empty() && line[indent..].starts_with(what)
        };
        let end = lines[start + 1..]
            .iter()
            .position(|line| at_indent(line, "}") || at_indent(line, ")") && line.ends_with([';', '}']));
        // A declaration without a body ends where its arguments do.
        if let Some(end) = end
            && !lines[start + 1 + end].ends_with(';')
        {
            found.push(Function {
                first_line: start + 1,
                line_count: end + 2,
            });
        }
    }
    found
}

fn is_head(line: &str) -> bool {
    let mut words = line.split(' ');
    loop {
        match words.next() {
            Some("fn") => return true,
            Some("const" | "async" | "unsafe" | "extern" | "\"C\"" | "in") => {}
            Some(word) if word.starts_with("pub") || word.ends_with(')') => {}
            _ => return false,
        }
    }
}
