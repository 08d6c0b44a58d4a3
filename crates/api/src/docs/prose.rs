//! The Markdown that descriptions are written in, as HTML: paragraphs, tables, fenced text, and code within a line.

use super::schema::escape;

/// Descriptions are our own; what else Markdown knows stays as it is written.
pub(super) fn html_of(markdown: &str) -> String {
    let mut html = String::new();
    for block in markdown
        .split("\n\n")
        .map(str::trim)
        .filter(|block| !block.is_empty())
    {
        if let Some(fenced) = block
            .strip_prefix("```")
            .and_then(|rest| rest.strip_suffix("```"))
        {
            html += &format!("<pre>{}</pre>", escape(fenced.trim()));
        } else if block.starts_with('|') {
            html += &table(block);
        } else {
            html += &format!("<p>{}</p>", with_code(block));
        }
    }
    html
}

fn table(block: &str) -> String {
    let rows: String = block
        .lines()
        .filter(|line| !line.starts_with("|-"))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            let cells: String = cells
                .map(|cell| format!("<td>{}</td>", with_code(cell.trim())))
                .collect();
            format!("<tr>{cells}</tr>")
        })
        .collect();
    format!("<table>{rows}</table>")
}

/// Every second piece between backticks is code.
fn with_code(text: &str) -> String {
    text.split('`')
        .enumerate()
        .map(|(place, piece)| match place % 2 {
            0 => escape(piece),
            _ => format!("<code>{}</code>", escape(piece)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_tables_and_code_become_html() {
        assert_eq!(
            html_of("One `a<b`\nline.\n\n```\ncurl -H \"x\"\n```\n\n| s | c |\n|---|---|\n| 1 | `x` |\n"),
            "<p>One <code>a&lt;b</code>\nline.</p><pre>curl -H &quot;x&quot;</pre>\
             <table><tr><td>s</td><td>c</td></tr><tr><td>1</td><td><code>x</code></td></tr></table>"
        );
    }
}
