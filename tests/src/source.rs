//! Reads the sources of `allo-client`, for tests about the code itself.

use std::path::{Path, PathBuf};

/// The directory of the sources of `allo-client`.
#[must_use]
pub fn client_sources() -> PathBuf {
    workspace().join("allo-client/src")
}

/// The root of the repository.
#[must_use]
pub fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Parses a source file.
///
/// # Panics
/// If the file cannot be read or is not Rust.
#[must_use]
pub fn parse(path: &Path) -> syn::File {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A struct and all its impls in one file, as formatted source.
#[must_use]
pub fn items_of(path: &Path, name: &str) -> String {
    let mut file = parse(path);
    file.attrs.clear();
    file.items.retain(|item| match item {
        syn::Item::Struct(item) => item.ident == name,
        syn::Item::Impl(item) => {
            matches!(&*item.self_ty, syn::Type::Path(path) if path.path.is_ident(name))
        }
        _ => false,
    });
    prettyplease::unparse(&file)
}
