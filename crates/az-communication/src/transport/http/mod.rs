//! HTTP/1.1 over a connection that is driven without a runtime.

pub(crate) mod answer;
pub(crate) mod block_on;
pub(crate) mod channel;
pub(crate) mod connect;
pub(crate) mod decode;
pub(crate) mod happy_eyeballs;
pub(crate) mod head;
pub(crate) mod header;
pub(crate) mod http1;
pub(crate) mod reached;
pub(crate) mod sniff;
pub(crate) mod wait;
pub(crate) mod wire;
