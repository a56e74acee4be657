//! Tests of the client with servers that fail, over real sockets.

mod caller;
mod creations;
mod defaults;
mod deletions;
mod limits;
mod pauses;
mod sdks;
mod server;
mod world;
