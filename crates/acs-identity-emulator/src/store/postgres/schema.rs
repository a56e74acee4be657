//! The tables, and their versions.
//!
//! `service` has one row. Every change of what processes keep a copy of replaces its generation. The table `gate`
//! has no rows: statements that write lock it in ROW SHARE mode, and a transaction that must be alone locks it in
//! EXCLUSIVE mode. A row lock would do, too, but it writes the row, and PostgreSQL lets shared row locks overtake a
//! transaction that waits for an exclusive one.

/// A step from one version to the next.
pub(super) struct Step {
    /// The statements. Those of a released step are never changed.
    pub(super) statements: &'static [&'static str],
    /// The oldest version of this program's schema that can still work with the result.
    pub(super) oldest: i32,
}

/// The version of the schema that this program makes.
pub(super) const VERSION: i32 = 1;

/// The steps. The first one makes the tables.
pub(super) const STEPS: &[Step] = &[Step {
    oldest: 1,
    statements: &[
        "CREATE TABLE gate ()",
        "CREATE TABLE settings (name text COLLATE \"C\" PRIMARY KEY, value bytea NOT NULL)",
        "CREATE TABLE access_keys (slot text COLLATE \"C\" PRIMARY KEY, generation bigint NOT NULL, \
         key bytea NOT NULL)",
        "CREATE TABLE signing_keys (slot text COLLATE \"C\" PRIMARY KEY, generation bigint NOT NULL, \
         pkcs8 bytea NOT NULL)",
        // Free space on each page lets the time of the last token be updated without a change of the indexes.
        "CREATE TABLE identities (user_id text COLLATE \"C\" PRIMARY KEY, custom_id text COLLATE \"C\", \
         last_token_issued_at bigint, revocation bigint NOT NULL, revoked_below bigint NOT NULL, created_at bigint) \
         WITH (fillfactor = 90)",
        "CREATE UNIQUE INDEX identities_by_custom_id ON identities (custom_id) WHERE custom_id IS NOT NULL",
        "CREATE TABLE revocations (user_id text COLLATE \"C\" NOT NULL, number bigint NOT NULL, issued_until bigint, \
         in_force_at bigint, PRIMARY KEY (user_id, number))",
        "CREATE INDEX revocations_pending ON revocations (in_force_at) WHERE in_force_at IS NOT NULL",
        "CREATE TABLE assignments (kind text COLLATE \"C\" NOT NULL, object text COLLATE \"C\" NOT NULL, \
         tenant text COLLATE \"C\" NOT NULL, principal_type text NOT NULL, client_ids text, \
         PRIMARY KEY (kind, object, tenant))",
    ],
}];

/// Makes the table that every version has. Of two processes that do it at once, the second one waits for the first and
/// is then refused.
pub(super) const SERVICE: &str = "CREATE TABLE service (one boolean PRIMARY KEY DEFAULT true CHECK (one), \
    version integer NOT NULL, oldest integer NOT NULL, generation bigint NOT NULL, proof bytea NOT NULL)";

/// The tables of the first version. If one of them is there without `service`, the database belongs to something else.
pub(super) const TABLES: &[&str] =
    &["gate", "settings", "access_keys", "signing_keys", "identities", "revocations", "assignments"];

/// Finds a table in the schema of new tables that belongs to no extension.
pub(super) const OTHER: &str = "SELECT c.relname::text FROM pg_class c \
    WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND c.relkind IN ('r', 'p') \
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid \
        AND d.deptype = 'e') ORDER BY 1 LIMIT 1";

/// Finds a schema that has the tables and is not in the search path. Another process may make them in one that is.
pub(super) const ELSEWHERE: &str = "SELECT n.nspname::text FROM pg_namespace n \
    WHERE n.nspname <> ALL (current_schemas(true)) \
    AND EXISTS (SELECT FROM pg_class WHERE relnamespace = n.oid AND relname = 'gate' AND relkind = 'r') AND 4 = \
    (SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = n.oid \
        AND c.relname = 'service' AND c.relkind = 'r' AND NOT a.attisdropped \
        AND a.attname IN ('version', 'oldest', 'generation', 'proof')) ORDER BY 1 LIMIT 1";
