//! Tables in Markdown.

/// A table with these columns.
pub(crate) fn markdown<R: AsRef<[String]>>(columns: &[&str], rows: &[R]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = columns.iter().map(ToString::to_string).collect();
    let rule: Vec<String> = columns.iter().map(|_| "---".to_owned()).collect();
    let body: String = rows.iter().map(|row| line(row.as_ref())).collect();
    format!("{}{}{body}", line(&head), line(&rule))
}

/// A number with its digits grouped by three.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len() - index;
        if index > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number, and its ratio to another number.
pub(crate) fn beside(number: f64, unit: &str, other: f64) -> String {
    if other > 0.0 {
        format!("{}{unit} ({:.2} ×)", thousands(number), number / other)
    } else {
        format!("{}{unit}", thousands(number))
    }
}
