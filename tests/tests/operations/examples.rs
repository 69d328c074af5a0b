//! The example in the documentation of every operation, run against a sandbox with the data that it uses. The functions
//! are generated; that they equal the documentation is checked here.

use allo_client::operations;
use allo_sandbox::Quotas;
use tests::harness::Harness;
use tests::source;

use crate::generated::examples;

/// The operations whose example fails, each with advice.
pub(crate) async fn failing() -> Vec<String> {
    let mut failing = Vec::new();
    for operation in operations::ALL {
        let id = operation.id;
        let harness = Harness::with(|builder| builder.example_data().quotas(Quotas::off())).await;
        if let Err(error) = examples::run(id, harness.client.clone()).await {
            failing.push(format!(
                "{id} has an example that does not run: {error}: let the sandbox answer it, name what there is by \
                 codegen/src/passes/samples.rs, or add what is named to allo-sandbox/src/demo/examples.rs"
            ));
        }
    }
    failing
}

/// The visible lines of the example in a builder's documentation.
fn documented(item: &syn::ImplItemFn) -> Vec<String> {
    let texts = item.attrs.iter().filter_map(|attribute| {
        let syn::Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        match &pair.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        }
    });
    let lines = texts.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned());
    let after = lines
        .skip_while(|line| !line.starts_with("```no_run"))
        .skip(1);
    let block = after.take_while(|line| line != "```");
    block.filter(|line| !line.starts_with("# ")).collect()
}

#[test]
fn what_the_documentation_shows_is_what_is_run() {
    let run = source::workspace().join("tests/tests/operations/generated/examples.rs");
    let run = std::fs::read_to_string(run).expect("the generated examples");
    let builders = source::client_sources().join("generated/builder");
    let mut shown = 0;
    for file in std::fs::read_dir(builders).expect("builders") {
        for item in source::parse(&file.expect("a file").path()).items {
            let syn::Item::Impl(item) = item else {
                continue;
            };
            for member in &item.items {
                let syn::ImplItem::Fn(send) = member else {
                    continue;
                };
                if send.sig.ident != "send" {
                    continue;
                }
                let lines = documented(send);
                let indented = lines.iter().map(|line| match line.as_str() {
                    "" => "\n".to_owned(),
                    line => format!("    {line}\n"),
                });
                let body = indented.collect::<String>();
                let whole =
                    format!("(client: allo_client::Client) -> Outcome {{\n{body}    Ok(())\n}}\n");
                assert!(run.contains(&whole), "no function runs\n{body}");
                shown += 1;
            }
        }
    }
    assert_eq!(shown, operations::ALL.len(), "operations with an example");
}
