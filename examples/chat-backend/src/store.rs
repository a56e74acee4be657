//! Users, their identities and their sessions, in SQLite.

use std::path::Path;
use std::time::Duration;

use acs_identity::UserId;
use azure_core::Uuid;
use azure_core::time::OffsetDateTime;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow};
use sqlx::{FromRow, Result, Row as _, SqlitePool};

/// The database. Several instances of the app can share it.
#[derive(Debug, Clone)]
pub struct Store(SqlitePool);

/// A user of the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The identity, once there is one.
    pub identity: Option<UserId>,
    /// How often the tokens of the user were revoked.
    pub revocations: i64,
}

impl FromRow<'_, SqliteRow> for User {
    fn from_row(row: &SqliteRow) -> Result<Self> {
        let identity: Option<String> = row.try_get("identity")?;
        let identity = identity.map(UserId::try_from).transpose().map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Self { name: row.try_get("name")?, identity, revocations: row.try_get("revocations")? })
    }
}

impl Store {
    /// Opens the database. It is created if it does not exist.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let pool = SqlitePool::connect_with(options.journal_mode(SqliteJournalMode::Wal)).await?;
        sqlx::raw_sql(include_str!("schema.sql")).execute(&pool).await?;
        Ok(Self(pool))
    }

    /// Begins a session of a user, who is created at the first one. Returns the id of the session, which is a secret.
    pub async fn begin_session(&self, name: &str, lifetime: Duration) -> Result<String> {
        let id = Uuid::new_v4().to_string();
        let now = OffsetDateTime::now_utc();
        let mut transaction = self.0.begin().await?;
        let expired = sqlx::query("DELETE FROM sessions WHERE expires <= ?").bind(now.unix_timestamp());
        expired.execute(&mut *transaction).await?;
        let user = sqlx::query("INSERT INTO users (name) VALUES (?) ON CONFLICT DO NOTHING").bind(name);
        user.execute(&mut *transaction).await?;
        let session = sqlx::query("INSERT INTO sessions (id, user, expires) VALUES (?, ?, ?)");
        let session = session.bind(&id).bind(name).bind((now + lifetime).unix_timestamp());
        session.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Returns the user of a session. `None` if it has ended.
    pub async fn user_of_session(&self, session: &str) -> Result<Option<User>> {
        sqlx::query_as("SELECT users.* FROM users JOIN sessions ON user = name WHERE id = ? AND expires > ?")
            .bind(session)
            .bind(OffsetDateTime::now_utc().unix_timestamp())
            .fetch_optional(&self.0)
            .await
    }

    /// Returns a user.
    pub async fn user(&self, name: &str) -> Result<Option<User>> {
        sqlx::query_as("SELECT * FROM users WHERE name = ?").bind(name).fetch_optional(&self.0).await
    }

    /// Binds an identity to a user who has none. Returns false if there is one already, or the user is deleted.
    pub async fn bind_identity(&self, name: &str, identity: &UserId) -> Result<bool> {
        let bound = sqlx::query("UPDATE users SET identity = ? WHERE name = ? AND identity IS NULL");
        let bound = bound.bind(identity.as_str()).bind(name).execute(&self.0).await?;
        Ok(bound.rows_affected() == 1)
    }

    /// Ends a session of a user whose tokens were revoked.
    pub async fn end_session(&self, session: &str, name: &str) -> Result<()> {
        let mut transaction = self.0.begin().await?;
        let revoked = sqlx::query("UPDATE users SET revocations = revocations + 1 WHERE name = ?").bind(name);
        revoked.execute(&mut *transaction).await?;
        sqlx::query("DELETE FROM sessions WHERE id = ?").bind(session).execute(&mut *transaction).await?;
        transaction.commit().await
    }

    /// Deletes a user with all sessions. Returns false if the user has got another identity meanwhile.
    pub async fn delete_user(&self, user: &User) -> Result<bool> {
        let deleted = sqlx::query("DELETE FROM users WHERE name = ? AND identity IS ?").bind(&user.name);
        let deleted = deleted.bind(user.identity.as_deref()).execute(&self.0).await?;
        Ok(deleted.rows_affected() == 1)
    }
}
