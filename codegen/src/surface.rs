//! Reads what progenitor wrote into a small model: structs, enums and one method an operation. An item of a
//! form that is not known here is an error, so that a new progenitor cannot change the client unseen.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::{
    Attribute, FnArg, ImplItem, ImplItemFn, Item, ItemEnum, ItemStruct, Pat, ReturnType, Type,
};

use crate::meta::Operation;
use crate::names::Direction;
use crate::normalize::{FieldFacts, Fields};
use crate::ty::Ty;

/// Whether and how a field may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Always there.
    Required,
    /// Always there, possibly null.
    RequiredNullable,
    /// May be absent.
    Optional,
    /// May be absent or null, which are two things.
    TriState,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Rust name.
    pub(crate) name: String,
    /// Name in JSON.
    pub(crate) wire: String,
    pub(crate) ty: Ty,
    pub(crate) presence: Presence,
    /// A list whose items are objects, one of which may be malformed.
    pub(crate) object_list: bool,
    pub(crate) is_deprecated: bool,
    pub(crate) docs: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Struct {
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) fields: Vec<Field>,
    /// The fields that are always there, by name on the wire, in the order of the arguments of `new`.
    pub(crate) required: Vec<String>,
    pub(crate) made_for: Direction,
    /// Whether a value may hold a float, itself or in a struct inside, so that it has neither `Eq` nor `Hash`.
    pub(crate) floats: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) docs: String,
    /// Rust name and JSON text.
    pub(crate) variants: Vec<(String, String)>,
}

/// What progenitor made of one operation.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    /// Argument name, type, whether it is optional.
    pub(crate) arguments: Vec<(String, Ty, bool)>,
    /// `None` for an answer without a body.
    pub(crate) output: Option<Ty>,
    /// Whether the answer may be null instead.
    pub(crate) nullable_output: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Surface {
    pub(crate) structs: BTreeMap<String, Struct>,
    pub(crate) enums: BTreeMap<String, Enum>,
    pub(crate) methods: BTreeMap<String, Method>,
}

impl Surface {
    /// The struct that an operation takes as its body.
    pub(crate) fn body_of(&self, operation: &Operation) -> Option<&Struct> {
        let method = self.methods.get(&operation.written_name())?;
        let (_, ty, _) = method.arguments.iter().find(|(name, ..)| name == "body")?;
        self.structs.get(ty.named()?)
    }

    /// The types that are part of a request.
    pub(crate) fn sent(&self, operations: &[Operation]) -> BTreeSet<String> {
        let mut sent = BTreeSet::new();
        for operation in operations {
            self.reach_arguments(operation, &mut sent);
        }
        sent
    }

    /// The types that are part of the request or of the answer of an operation.
    pub(crate) fn reached(&self, operation: &Operation) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        self.reach_arguments(operation, &mut reached);
        let method = self.methods.get(&operation.written_name());
        if let Some(output) = method.and_then(|method| method.output.as_ref()) {
            self.reach(output, &mut reached);
        }
        reached
    }

    /// The structs that may hold a float, themselves or in a struct inside.
    pub(crate) fn with_floats(&self) -> BTreeSet<String> {
        let holds_one = |item: &Struct| {
            let mut reached = BTreeSet::from([item.name.clone()]);
            for field in &item.fields {
                self.reach(&field.ty, &mut reached);
            }
            let mut structs = reached.iter().filter_map(|name| self.structs.get(name));
            structs.any(|item| item.fields.iter().any(|field| field.ty.is_float()))
        };
        let found = self.structs.values().filter(|item| holds_one(item));
        found.map(|item| item.name.clone()).collect()
    }

    fn reach_arguments(&self, operation: &Operation, into: &mut BTreeSet<String>) {
        let method = self.methods.get(&operation.written_name());
        for (_, ty, _) in method.into_iter().flat_map(|method| &method.arguments) {
            self.reach(ty, into);
        }
    }

    fn reach(&self, ty: &Ty, into: &mut BTreeSet<String>) {
        let Some(name) = ty.named() else { return };
        if into.insert(name.to_owned()) {
            let item = self.structs.get(name).into_iter();
            item.flat_map(|item| &item.fields)
                .for_each(|field| self.reach(&field.ty, into));
        }
    }
}

pub(crate) fn read(file: &syn::File, facts: &Fields) -> Result<Surface, String> {
    let mut surface = Surface::default();
    for item in &file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                let items = module.content.as_ref().map(|(_, items)| items.as_slice());
                for item in items.unwrap_or_default() {
                    read_type(item, facts, &mut surface)?;
                }
            }
            Item::Impl(block) if block.trait_.is_none() && is_client(&block.self_ty) => {
                for item in &block.items {
                    if let ImplItem::Fn(function) = item
                        && function.sig.asyncness.is_some()
                    {
                        let name = function.sig.ident.to_string();
                        surface.methods.insert(name, read_method(function)?);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(surface)
}

fn is_client(ty: &Type) -> bool {
    ty.to_token_stream().to_string() == "Client"
}

fn read_type(item: &Item, facts: &Fields, surface: &mut Surface) -> Result<(), String> {
    match item {
        Item::Struct(item) => {
            let read = read_struct(item, facts.get(&item.ident.to_string()))?;
            surface.structs.insert(read.name.clone(), read);
        }
        Item::Enum(item) => {
            let read = read_enum(item)?;
            surface.enums.insert(read.name.clone(), read);
        }
        // Conversions and defaults; ours replace them.
        Item::Impl(_) | Item::Mod(_) => {}
        other => {
            return Err(format!(
                "progenitor wrote a type item of unknown form: {}",
                other.to_token_stream()
            ));
        }
    }
    Ok(())
}

fn read_struct(
    item: &ItemStruct,
    facts: Option<&BTreeMap<String, FieldFacts>>,
) -> Result<Struct, String> {
    let name = item.ident.to_string();
    let mut fields = Vec::new();
    for field in &item.fields {
        let Some(ident) = &field.ident else {
            return Err(format!("`{name}` is a tuple struct, which no pass knows"));
        };
        let ident = ident.to_string();
        let wire = serde_rename(&field.attrs).unwrap_or_else(|| ident.clone());
        let Some(facts) = facts.and_then(|facts| facts.get(&wire)) else {
            return Err(format!(
                "nothing is known of the field `{wire}` of `{name}`"
            ));
        };
        let (ty, _) = Ty::read(&field.ty)?;
        let place = facts.place;
        let field = Field {
            name: facts.rename.clone().unwrap_or(ident),
            wire,
            ty,
            presence: presence(facts),
            object_list: facts.object_list,
            is_deprecated: facts.is_deprecated,
            docs: docs(&field.attrs),
        };
        fields.push((place, field));
    }
    // Progenitor sorts by name; a reader of the document expects its order.
    fields.sort_by_key(|(place, _)| *place);
    let fields = fields.into_iter().map(|(_, field)| field).collect();
    Ok(Struct {
        name,
        docs: docs(&item.attrs),
        fields,
        // These are settled with the names.
        required: Vec::new(),
        made_for: Direction::Answer,
        floats: false,
    })
}

fn presence(facts: &FieldFacts) -> Presence {
    match (facts.required, facts.nullable) {
        (true, false) => Presence::Required,
        (true, true) => Presence::RequiredNullable,
        (false, false) => Presence::Optional,
        (false, true) => Presence::TriState,
    }
}

fn read_enum(item: &ItemEnum) -> Result<Enum, String> {
    let name = item.ident.to_string();
    let mut variants = Vec::new();
    for variant in &item.variants {
        if !variant.fields.is_empty() {
            return Err(format!(
                "the enum `{name}` carries data, which no pass knows"
            ));
        }
        let ident = variant.ident.to_string();
        let wire = serde_rename(&variant.attrs).unwrap_or_else(|| ident.clone());
        variants.push((ident, wire));
    }
    Ok(Enum {
        name,
        docs: docs(&item.attrs),
        variants,
    })
}

fn read_method(function: &ImplItemFn) -> Result<Method, String> {
    let mut arguments = Vec::new();
    for input in &function.sig.inputs {
        if let FnArg::Typed(argument) = input
            && let Pat::Ident(pattern) = &*argument.pat
        {
            let (ty, optional) = Ty::read(&argument.ty)?;
            arguments.push((pattern.ident.to_string(), ty, optional));
        }
    }
    let (output, nullable_output) = output(&function.sig.output)?;
    Ok(Method {
        arguments,
        output,
        nullable_output,
    })
}

/// `Result<ResponseValue<T>, Error<()>>` to `T`, and whether it stood inside `Option`.
fn output(output: &ReturnType) -> Result<(Option<Ty>, bool), String> {
    let ReturnType::Type(_, ty) = output else {
        return Err("a method of the client returns nothing".to_owned());
    };
    let payload = first_argument(ty).and_then(first_argument);
    match payload {
        Some(Type::Tuple(_)) => Ok((None, false)),
        Some(ty) => Ty::read(ty).map(|(ty, nullable)| (Some(ty), nullable)),
        None => Err(format!("an unknown return type: {}", ty.to_token_stream())),
    }
}

fn first_argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments
    else {
        return None;
    };
    match arguments.args.first()? {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

fn serde_rename(attributes: &[Attribute]) -> Option<String> {
    let mut found = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
        // Other keys of the attribute are read and passed over.
        let _ = attribute.parse_nested_meta(|meta| {
            if let Ok(value) = meta.value() {
                let text: syn::LitStr = value.parse()?;
                if meta.path.is_ident("rename") {
                    found = Some(text.value());
                }
            }
            Ok(())
        });
    }
    found
}

fn docs(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(meta) => match &meta.value {
                syn::Expr::Lit(literal) => match &literal.lit {
                    syn::Lit::Str(text) => Some(text.value().trim().to_owned()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
        .collect();
    lines.join("\n")
}
