//! The direction of a call or text message.

/// The direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From a contact to the team.
    Inbound,
    /// From the team to a contact.
    Outbound,
}

impl Direction {
    pub(crate) const ALL: [Self; 2] = [Self::Inbound, Self::Outbound];

    /// The value in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "INBOUND",
            Self::Outbound => "OUTBOUND",
        }
    }
}
