//! Tests of what the client sends and how it reads answers, with a transport that records requests. They need nothing
//! outside of this package. The rules are numbered as in the list of faults that they came from (E1, M10, …).

mod answers;
mod api_versions;
mod bulk;
mod credentials;
mod errors;
mod exported;
mod introspection;
mod pages;
mod paths;
mod recorder;
