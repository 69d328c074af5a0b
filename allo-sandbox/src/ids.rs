//! Generates ids in the formats of the service. Equal seeds produce equal ids.

const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LOWER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const UPPER_HEX: &[u8] = b"0123456789ABCDEF";

/// A generator of ids.
#[derive(Debug)]
pub(crate) struct Ids(fastrand::Rng);

impl Ids {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// `req_` and twelve alphanumerics.
    pub(crate) fn request(&mut self) -> String {
        self.text("req_", LOWER, 12)
    }

    /// `usr-` and forty upper-case hexadecimal digits.
    pub(crate) fn user(&mut self) -> String {
        self.text("usr-", UPPER_HEX, 40)
    }

    /// `pdl_` and a 27-character body, the length of a KSUID.
    pub(crate) fn dialing_queue(&mut self) -> String {
        self.text("pdl_", ALPHANUMERIC, 27)
    }

    pub(crate) fn call(&mut self) -> String {
        self.text("cll-", UPPER_HEX, 40)
    }

    /// `msg-` and forty upper-case hexadecimal digits.
    pub(crate) fn message(&mut self) -> String {
        self.text("msg-", UPPER_HEX, 40)
    }

    /// `cnt-` and forty upper-case hexadecimal digits.
    pub(crate) fn contact(&mut self) -> String {
        self.text("cnt-", UPPER_HEX, 40)
    }

    pub(crate) fn tag(&mut self) -> String {
        self.text("tag-", LOWER, 12)
    }

    pub(crate) fn team(&mut self) -> String {
        self.text("team-", LOWER, 12)
    }

    pub(crate) fn api_key(&mut self) -> String {
        self.text("api-", LOWER, 12)
    }

    /// The value of an API key.
    pub(crate) fn secret(&mut self) -> String {
        self.text("ak_live_", ALPHANUMERIC, 32)
    }

    pub(crate) fn summary_template(&mut self) -> String {
        self.text("tst-", LOWER, 12)
    }

    pub(crate) fn webhook(&mut self) -> String {
        self.text("ep_", ALPHANUMERIC, 27)
    }

    /// `whsec_` and 24 bytes in base64, without `+` and `/`.
    pub(crate) fn signing_secret(&mut self) -> String {
        self.text("whsec_", ALPHANUMERIC, 32)
    }

    pub(crate) fn person(&mut self) -> String {
        self.text("per-", LOWER, 12)
    }

    pub(crate) fn company(&mut self) -> String {
        self.text("com-", LOWER, 12)
    }

    pub(crate) fn deal(&mut self) -> String {
        self.text("dea-", LOWER, 12)
    }

    fn text(&mut self, prefix: &str, alphabet: &[u8], length: usize) -> String {
        let body = (0..length).filter_map(|_| self.0.choice(alphabet).copied().map(char::from));
        prefix.chars().chain(body).collect()
    }
}
