//! Reads query parameters. A blank parameter counts as given.

use url::form_urlencoded;

use crate::errors::ApiError;

/// The query parameters, in the order sent.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        Self(
            form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first value of a parameter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// An integer of at least `minimum`.
    pub(crate) fn integer(&self, name: &str, minimum: u64) -> Result<Option<u64>, ApiError> {
        let parse = |text: &str| {
            let number = text.parse().ok().filter(|&number: &u64| number >= minimum);
            let expected = || format!("must be a whole number of at least {minimum}");
            number.ok_or_else(|| ApiError::invalid_parameter(name, &expected()))
        };
        self.text(name).map(parse).transpose()
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        let parse = |text: &str| {
            let flag = text.parse();
            flag.map_err(|_| ApiError::invalid_parameter(name, "must be true or false"))
        };
        self.text(name).map(parse).transpose()
    }

    /// One of `choices`, by its text.
    pub(crate) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[T],
        text_of: fn(T) -> &'static str,
    ) -> Result<Option<T>, ApiError> {
        let find = |text: &str| {
            let found = choices
                .iter()
                .copied()
                .find(|&choice| text_of(choice) == text);
            let texts = || {
                choices
                    .iter()
                    .map(|&choice| text_of(choice))
                    .collect::<Vec<_>>()
            };
            let expected = || format!("must be one of {}", texts().join(", "));
            found.ok_or_else(|| ApiError::invalid_parameter(name, &expected()))
        };
        self.text(name).map(find).transpose()
    }
}
