//! Asks the server now and then whether it works, so that the health check is right without requests.

use std::sync::Arc;
use std::time::Duration;

use super::connect::OPERATION;
use super::fault::Fault;
use super::shared::Shared;
use crate::clock::machine;

/// The pause between two questions while there is trouble.
const PAUSE: Duration = Duration::from_millis(250);

/// How long the last answer counts.
const FRESH: Duration = Duration::from_secs(1);

pub(super) async fn watch(shared: Arc<Shared>) {
    let mut was_fine = true;
    loop {
        machine::sleep(PAUSE).await;
        if !shared.trouble.is_fine_since(FRESH) {
            let result = ask(&shared).await;
            shared.trouble.note(&result);
        }
        let now = shared.trouble.now();
        match &now {
            Some(error) if was_fine => tracing::error!("{error}"),
            None if !was_fine => tracing::info!("the store can be reached again"),
            _ => {}
        }
        was_fine = now.is_none();
    }
}

async fn ask(shared: &Shared) -> Result<(), Fault> {
    let lease = shared.pool.lease(machine::instant() + OPERATION).await?;
    lease.query("SELECT generation FROM service", &[]).await?;
    Ok(())
}
