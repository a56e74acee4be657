//! All tables of routes.

use crate::edge::table::router::Router;
use crate::edge::table::row::Row;
use crate::edge::{control, entra, introspect, page, public, service};

/// The tables, in the order in which they are searched.
static TABLES: &[&[Row]] = &[
    public::ROUTES,
    page::ROUTES,
    control::ROUTES,
    control::FRONT_END,
    introspect::ROUTES,
    service::ROUTES,
    entra::ROUTES,
];

pub(in crate::edge) static ROUTER: Router = Router::new(TABLES);
