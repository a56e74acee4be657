//! The progress of a failed request.

/// The progress of a request without a complete response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// The service cannot have received the request. It may be sent again.
    No,
    /// The service may have carried it out.
    Maybe,
    /// The service answered, so it carried out or refused the request. The response is incomplete or malformed.
    Answered,
}
