//! All scopes, and which scope includes another.

/// Every scope of the service, including those that no operation requires.
pub(crate) const ALL: &[&str] = &[
    "BILLING",
    "CONTACTS_READ",
    "CONTACTS_READ_WRITE",
    "CONVERSATIONS_READ",
    "CONVERSATIONS_WRITE",
    "CRM_DELETE",
    "CRM_READ",
    "CRM_WRITE",
    "DIALING_QUEUE_READ_WRITE",
    "NOTES_READ",
    "NOTES_WRITE",
    "PARTNER",
    "PHONE_NUMBERS_READ",
    "SMS_SEND",
    "SUMMARY_TEMPLATES_READ",
    "SUMMARY_TEMPLATES_WRITE",
    "TAGS_READ",
    "TAGS_WRITE",
    "THREADS_READ",
    "THREADS_WRITE",
    "USERS_READ",
    "WEBHOOKS_READ_WRITE",
];

/// Whether the scopes `held` include the scope `wanted`. A `…_READ_WRITE` scope includes
/// reading; a `…_WRITE` scope does not.
pub(crate) fn satisfied(held: &[String], wanted: &str) -> bool {
    held.iter().any(|scope| includes(scope, wanted))
}

fn includes(held: &str, wanted: &str) -> bool {
    held == wanted
        || held
            .strip_suffix("_WRITE")
            .is_some_and(|read| read.ends_with("_READ") && read == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_read_write_includes_read() {
        let cases = [
            ("USERS_READ", "USERS_READ", true),
            ("CONTACTS_READ_WRITE", "CONTACTS_READ", true),
            ("CONTACTS_READ", "CONTACTS_READ_WRITE", false),
            ("TAGS_WRITE", "TAGS_READ", false),
            ("TAGS_WRITE", "TAGS", false),
        ];
        for (held, wanted, expected) in cases {
            assert_eq!(
                satisfied(&[held.to_owned()], wanted),
                expected,
                "{held} -> {wanted}"
            );
        }
        assert!(!satisfied(&[], "USERS_READ"));
    }

    #[test]
    fn the_list_is_sorted_and_without_repeats() {
        assert!(ALL.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
