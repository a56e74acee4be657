//! What a request has seen of the data that each process of a shared store keeps a copy of.
//!
//! The copies are access keys, signing keys, the clock, the rules of faults and the id of the resource. Each change of
//! them gives the store another generation. A request remembers the generation that its process had copied when the
//! request began, and the store refuses its operations if the generation is another one by then.

use std::cell::Cell;

use tokio::task::JoinError;

use super::failure::Failure;

tokio::task_local! {
    static SEEN: Seen;
}

#[derive(Clone)]
struct Seen {
    /// The generation that the copies have. `None` after a change of the request's own: its answer rests on the change,
    /// whatever happens later.
    generation: Cell<Option<i64>>,
    outcome: Cell<Confirmation>,
}

/// Whether what a request has seen was still in force at a moment before its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// No operation has told.
    Missing,
    /// An operation of the request was executed, or refused for another reason.
    Given,
    /// An operation was refused because the copies are old. It has changed nothing.
    Stale,
}

/// Does the work of a request whose copies have this generation.
pub(crate) async fn observe<T>(generation: i64, work: impl Future<Output = T>) -> (T, Confirmation) {
    let seen = Seen { generation: Cell::new(Some(generation)), outcome: Cell::new(Confirmation::Missing) };
    SEEN.scope(seen, async {
        let done = work.await;
        (done, SEEN.with(|seen| seen.outcome.get()))
    })
    .await
}

/// Does work of the current request in a task of its own, which goes on if the request ends.
///
/// # Errors
///
/// Fails when the work panics.
pub(crate) async fn in_task<T>(work: impl Future<Output = T> + Send + 'static) -> Result<T, JoinError>
where
    T: Send + 'static,
{
    let Ok(seen) = SEEN.try_with(Seen::clone) else { return tokio::spawn(work).await };
    let observed = SEEN.scope(seen, async {
        let done = work.await;
        (done, SEEN.with(Seen::clone))
    });
    let (done, seen) = tokio::spawn(observed).await?;
    SEEN.with(|here| {
        here.generation.set(seen.generation.get());
        here.outcome.set(seen.outcome.get());
    });
    Ok(done)
}

/// Returns whether the copies of the current request are old, so that its answer is not used.
pub(crate) fn is_stale() -> bool {
    SEEN.try_with(|seen| seen.outcome.get() == Confirmation::Stale).unwrap_or(false)
}

/// Ends the comparisons of the current request. Its answer rests on what it has seen until now.
pub(crate) fn end() {
    let _ = SEEN.try_with(|seen| {
        seen.generation.set(None);
        seen.outcome.set(Confirmation::Given);
    });
}

/// Returns the generation that the store must have for an operation. `None` outside of a request.
pub(super) fn expected() -> Option<i64> {
    SEEN.try_with(|seen| seen.generation.get()).ok().flatten()
}

/// Notes the result of a read.
pub(super) fn after_read<T>(result: Result<T, Failure>) -> Result<T, Failure> {
    note(&result);
    result
}

/// Notes the result of a change.
pub(super) fn after_change<T>(result: Result<T, Failure>) -> Result<T, Failure> {
    note(&result);
    if result.is_ok() {
        let _ = SEEN.try_with(|seen| seen.generation.set(None));
    }
    result
}

fn note<T>(result: &Result<T, Failure>) {
    let outcome = match result {
        Err(Failure::Stale) => Confirmation::Stale,
        // The generation is compared before the key of the caller.
        Ok(_) | Err(Failure::KeyGone) => Confirmation::Given,
        Err(Failure::Store(_)) => return,
    };
    let _ = SEEN.try_with(|seen| seen.outcome.set(outcome));
}

#[cfg(test)]
mod tests {
    use super::super::wait::block_on;
    use super::*;

    fn confirmation(results: &[Result<(), Failure>], after: fn(Result<(), Failure>) -> Result<(), Failure>) -> Seen {
        block_on(SEEN.scope(
            Seen { generation: Cell::new(Some(7)), outcome: Cell::new(Confirmation::Missing) },
            async {
                for result in results {
                    let _ = after(result.clone());
                }
                SEEN.with(Seen::clone)
            },
        ))
    }

    #[test]
    fn an_operation_that_was_executed_confirms_what_was_seen() {
        assert_eq!(confirmation(&[], after_read).outcome.get(), Confirmation::Missing);
        assert_eq!(confirmation(&[Err(Failure::KeyGone)], after_read).outcome.get(), Confirmation::Given);
        let failed = Err(Failure::Store(super::super::failure::StoreError::Full));
        assert_eq!(confirmation(&[failed], after_read).outcome.get(), Confirmation::Missing);
        assert_eq!(confirmation(&[Ok(())], after_read).outcome.get(), Confirmation::Given);
        assert_eq!(confirmation(&[Ok(()), Err(Failure::Stale)], after_read).outcome.get(), Confirmation::Stale);
    }

    #[test]
    fn after_a_change_nothing_is_compared() {
        assert_eq!(confirmation(&[Ok(())], after_read).generation.get(), Some(7));
        assert_eq!(confirmation(&[Err(Failure::Stale)], after_change).generation.get(), Some(7));
        assert_eq!(confirmation(&[Ok(())], after_change).generation.get(), None);
    }

    #[tokio::test]
    async fn work_in_a_task_counts_for_its_request() {
        let work = in_task(async { after_change(Ok(expected())) });
        let (done, outcome) = observe(7, async { (work.await.unwrap(), expected()) }).await;
        assert_eq!((done, outcome), ((Ok(Some(7)), None), Confirmation::Given));
        assert_eq!(in_task(async { expected() }).await.unwrap(), None);
    }

    #[test]
    fn outside_of_a_request_nothing_is_compared() {
        assert_eq!((expected(), is_stale()), (None, false));
        assert_eq!(after_change(Err::<(), _>(Failure::Stale)), Err(Failure::Stale));
        assert!(!is_stale());
    }
}
