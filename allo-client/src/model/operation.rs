//! Metadata of operations: the row types of the generated table. This module contains data and what
//! is derived from it; it sends nothing.

/// One operation of the API, as derived from its OpenAPI document. To describe another one, change a copy of a row of
/// [`operations`](crate::operations).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The `operationId`, for example `getCurrentDialingQueue`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path template, for example `/v2/api/users/{id}`.
    pub path: &'static str,
    /// The resource of the operation, for example `Power Dialer`.
    pub tag: &'static str,
    /// A summary of one line.
    pub summary: &'static str,
    /// Whether the operation takes a JSON body.
    pub body: Body,
    /// Every parameter and body field, with the limits checked before sending.
    pub fields: &'static [FieldSpec],
    /// How the operation is paginated, if it is.
    pub pagination: Option<Pagination>,
    /// Where the request carries a teammate, if the operation takes one.
    pub teammate: Option<TeammateTarget>,
    /// The scopes that an API key needs, all of them.
    pub scopes: &'static [&'static str],
    /// Whether a retry can do harm.
    pub retry_safety: RetrySafety,
    /// Error codes that the operation itself returns after the server has looked up the idempotency
    /// key. Only these show that earlier attempts with the same key were not executed either.
    pub settling_codes: &'static [&'static str],
    /// What the body of a successful response has, which distinguishes it from the page of a
    /// gateway.
    pub success: SuccessBody,
}

impl AsRef<str> for Operation {
    /// The `operationId`.
    fn as_ref(&self) -> &str {
        self.id
    }
}

impl Operation {
    /// The rate limit class of a call.
    #[must_use]
    pub const fn rate_class(&self) -> RateClass {
        match self.method {
            Method::Get | Method::Head => RateClass::Read,
            Method::Post | Method::Put | Method::Patch | Method::Delete => RateClass::Write,
        }
    }

    /// Whether a call carries an `Idempotency-Key`: every method except GET and HEAD does.
    #[must_use]
    pub const fn takes_idempotency_key(&self) -> bool {
        !matches!(self.method, Method::Get | Method::Head)
    }
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Reads a resource.
    Get,
    /// Reads without a body in the answer. No operation of the table uses it.
    Head,
    /// Creates, appends or searches.
    Post,
    /// Replaces a resource.
    Put,
    /// Changes a resource partially.
    Patch,
    /// Deletes a resource.
    Delete,
}

impl Method {
    /// The method as it is written on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// The rate limit that a call counts against. The server decides by HTTP method, so a search by
/// POST counts as a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateClass {
    /// The limit of reads.
    Read,
    /// The limit of writes.
    Write,
}

/// Whether a retry of a request can do harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetrySafety {
    /// The operation only reads. A retry changes nothing. Some reads are sent by POST.
    Read,
    /// The operation writes and honours idempotency keys: a retry with the same `Idempotency-Key`
    /// is not executed a second time.
    Keyed,
    /// The operation writes, and nothing documents that it honours idempotency keys: a retry may be
    /// executed a second time, whatever key it carries.
    Unproven,
}

/// The body of a successful response, as far as the document fixes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SuccessBody {
    /// The document declares no body.
    None,
    /// A JSON object with at least these top-level members.
    Object(&'static [&'static str]),
    /// Nothing is known of it: JSON of any kind, or no body. No operation of the table has it; see
    /// [`Client::request`](crate::Client::request).
    Any,
}

/// Whether an operation takes a JSON body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Body {
    /// The operation has no body.
    None,
    /// The body is optional; an empty object is not sent.
    Optional,
    /// The body is always sent, as `{}` if no field is set.
    Required,
    /// JSON of any kind, if any was given. No operation of the table has it; see
    /// [`Client::request`](crate::Client::request).
    Any,
}

/// One path parameter, query parameter or body field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldSpec {
    /// The name; inside bodies dotted, with `[]` after arrays: `numbers[].number`.
    pub name: &'static str,
    /// Where the request carries the field.
    pub place: Place,
    /// The JSON type of the value.
    pub json_type: JsonType,
    /// Whether the field is required in the object that contains it.
    pub required: bool,
    /// The limits of the value.
    pub rules: &'static [Rule],
}

/// Where a request carries a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// In the path.
    Path,
    /// In the query string.
    Query,
    /// In the JSON body.
    Body,
}

/// The JSON type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonType {
    /// A string.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A limit on a value. Bounds are inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// A number between two bounds.
    Range {
        /// The minimum.
        min: Option<i64>,
        /// The maximum.
        max: Option<i64>,
    },
    /// The length of a string in characters (Unicode scalar values).
    Length {
        /// The minimum number of characters.
        min: Option<u64>,
        /// The maximum number of characters.
        max: Option<u64>,
    },
    /// The number of items of an array.
    Items {
        /// The minimum number of items.
        min: Option<u64>,
        /// The maximum number of items.
        max: Option<u64>,
    },
    /// An e-mail address.
    Email,
}

/// How an operation is paginated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Pagination {
    /// Where the request carries page number and size.
    pub place: Place,
    /// The field of the page number.
    pub page: &'static str,
    /// The field of the page size.
    pub size: &'static str,
    /// The number of the first page: 0 in v1, 1 in v2.
    pub first: u64,
    /// The path of the items in the response, for example `data.results`.
    pub items: &'static str,
    /// The path of the totals in the response, for example `pagination`.
    pub info: &'static str,
}

/// Where a request carries a teammate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TeammateTarget {
    /// In the query or in the body.
    pub place: Place,
    /// All fields that take the id; all of them are sent.
    pub id: &'static [&'static str],
    /// The field that takes the e-mail address.
    pub email: &'static str,
}
