//! How far a request got.

/// How far a request got that has no whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Nothing of it can have reached the service. It may be sent again.
    No,
    /// The service may have carried it out.
    Maybe,
    /// The service answered, so it did carry the request out or refuse it, but the answer is cut off or malformed.
    Answered,
}
