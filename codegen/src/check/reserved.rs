//! Names that cannot become Rust names: keywords, and what the client and the generated code have for themselves.

/// Whether it cannot name a field, a method or a module: a keyword, or nothing Rust would read as a name.
pub(crate) fn is_no_name(name: &str) -> bool {
    // The parser of syn knows every keyword of every edition; `r#` names are not what a user should type.
    syn::parse_str::<syn::Ident>(name).is_err()
}

/// Methods of `Client` that no operation and no tag may take.
pub(crate) const CLIENT_METHODS: [&str; 9] = [
    "base_url",
    "builder",
    "call",
    "clone",
    "from_env",
    "learn_limits",
    "new",
    "send",
    "shared",
];

/// Types that generated code names without a path; one of the same name beside it would be taken for them.
pub(crate) const TYPES: [&str; 12] = [
    "Box",
    "Default",
    "From",
    "Into",
    "IntoIterator",
    "None",
    "Ok",
    "Option",
    "Result",
    "Some",
    "String",
    "Vec",
];
