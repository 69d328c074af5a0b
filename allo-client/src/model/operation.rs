//! What the SDK knows about an operation before it is called: the row types of
//! the generated table. Only data and what follows from it; nothing is sent here.

/// One operation of the API, as derived from its OpenAPI document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The `operationId`, for example `getCurrentDialingQueue`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path template, for example `/v2/api/users/{id}`.
    pub path: &'static str,
    /// The resource it belongs to, for example `Power Dialer`.
    pub tag: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// Whether it takes a JSON body.
    pub body: Body,
    /// Every parameter and body field, with the limits checked before sending.
    pub fields: &'static [FieldSpec],
    /// How it is paginated, if it is.
    pub pagination: Option<Pagination>,
    /// Where a teammate travels, if it can be aimed at one.
    pub teammate: Option<TeammateTarget>,
    /// The scopes an API key needs; any one key must hold them all.
    pub scopes: &'static [&'static str],
    /// Whether sending a request of it twice can do harm.
    pub retry_safety: RetrySafety,
    /// Error codes by which the operation itself refuses a request, after the server has looked
    /// up the idempotency key. Only these say that an earlier attempt with the same key was not
    /// executed either.
    pub settling_codes: &'static [&'static str],
    /// What the body of a successful response has, by which it is told from the page of a gateway.
    pub success: SuccessBody,
}

impl Operation {
    /// Which of the two rate limits a call spends.
    #[must_use]
    pub const fn rate_class(&self) -> RateClass {
        match self.method {
            Method::Get => RateClass::Read,
            Method::Post | Method::Put | Method::Patch | Method::Delete => RateClass::Write,
        }
    }

    /// Whether a call carries an `Idempotency-Key`: every method but GET does.
    #[must_use]
    pub const fn takes_idempotency_key(&self) -> bool {
        !matches!(self.method, Method::Get)
    }
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, appends or searches.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method as it is written on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// The rate limit a call counts against. The server decides by HTTP method, so
/// a search sent by POST spends a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateClass {
    /// The limit of reads.
    Read,
    /// The limit of writes.
    Write,
}

/// Whether sending a request twice can do harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetrySafety {
    /// It only reads. A retry changes nothing. Some reads are sent by POST.
    Read,
    /// It writes, and honours idempotency keys: a retry with the same `Idempotency-Key` is not
    /// executed a second time.
    Keyed,
    /// It writes, and nothing documents that it honours idempotency keys: a retry may be executed
    /// a second time, whatever key it carries.
    Unproven,
}

/// The body of a successful response, as far as the document fixes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuccessBody {
    /// The document declares none.
    None,
    /// A JSON object with at least these members at its top.
    Object(&'static [&'static str]),
}

/// Whether an operation takes a JSON body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// It has none.
    None,
    /// It may be left out; an empty object is not sent.
    Optional,
    /// It is always sent, `{}` if nothing was set.
    Required,
}

/// One path parameter, query parameter or body field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// Its name; inside bodies dotted, with `[]` after arrays: `numbers[].number`.
    pub name: &'static str,
    /// Where it travels.
    pub place: Place,
    /// The JSON type of its value.
    pub kind: Kind,
    /// Whether it must be there when what holds it is.
    pub required: bool,
    /// What its value must satisfy.
    pub rules: &'static [Rule],
}

/// Where a field travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
pub enum Kind {
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
pub enum Rule {
    /// A number lies between two bounds.
    Range {
        /// The smallest value.
        min: Option<i64>,
        /// The largest value.
        max: Option<i64>,
    },
    /// A string has this many characters (Unicode scalar values).
    Length {
        /// The fewest characters.
        min: Option<u64>,
        /// The most characters.
        max: Option<u64>,
    },
    /// An array has this many items.
    Items {
        /// The fewest items.
        min: Option<u64>,
        /// The most items.
        max: Option<u64>,
    },
    /// A string is an e-mail address.
    Email,
}

/// How an operation is paginated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pagination {
    /// Where the page number and size travel.
    pub place: Place,
    /// The field of the page number.
    pub page: &'static str,
    /// The field of the page size.
    pub size: &'static str,
    /// The number of the first page: 0 in v1, 1 in v2.
    pub first: u64,
    /// Where the items are in the response, for example `data.results`.
    pub items: &'static str,
    /// Where the totals are in the response, for example `pagination`.
    pub info: &'static str,
}

/// Where a teammate travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TeammateTarget {
    /// In the query or in the body.
    pub place: Place,
    /// Every field that takes the id; all of them are sent.
    pub id: &'static [&'static str],
    /// The field that takes the e-mail address.
    pub email: &'static str,
}
