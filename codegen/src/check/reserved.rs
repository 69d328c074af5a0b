//! Names that cannot become Rust names: keywords, and methods the client has for itself.

/// Words that cannot name a field or a method without an escape.
pub(super) fn is_keyword(name: &str) -> bool {
    // The parser of syn knows every keyword of every edition; `r#` names are not what a user should type.
    syn::parse_str::<syn::Ident>(name).is_err()
}

/// Methods of `Client` that no operation and no tag may take.
pub(super) const CLIENT_METHODS: [&str; 8] = [
    "base_url",
    "builder",
    "call",
    "clone",
    "from_env",
    "learn_limits",
    "new",
    "send",
];
