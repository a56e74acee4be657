//! Chooses the requests of a run by the record of the runs before.

use time::{Duration, OffsetDateTime};

use super::wanted::Wanted;
use crate::batch::{Plan, State, Subject, Task};
use crate::report::error::CliError;

/// The settings that decide which tokens are issued.
pub(super) struct Choice<'a> {
    pub(super) now: OffsetDateTime,
    pub(super) refresh: Option<Duration>,
    pub(super) key: &'a str,
    pub(super) has_custom_ids: bool,
}

impl Choice<'_> {
    /// Checks for tokens that were issued with another key. They may be revoked, so they are renewed, or the command
    /// ends with a hint.
    pub(super) fn check_key(&self, out_file: &str, wanted: &Wanted, state: &State) -> Result<(), CliError> {
        let others = wanted.served(state).into_iter().filter(|user| state.has_other_key(user, self.key)).count();
        if others == 0 || self.refresh.is_some() {
            return Ok(());
        }
        let tokens = if others == 1 { "1 of its tokens was" } else { &format!("{others} of its tokens were") };
        Err(CliError::new(format!(
            "{out_file} cannot be used: {tokens} issued with another access key or login. When a key is regenerated, the \
             tokens that it issued are revoked."
        ))
        .hint("If the key was regenerated, give --refresh 0 to issue these tokens again.")
        .hint("If it is still valid, use it again, or give another --out-file."))
    }

    /// Checks whether names can be resumed. With custom ids, a repeated request returns the user whom the earlier
    /// request created. Without custom ids, it would create another user.
    pub(super) fn check_names(&self, out_file: &str, wanted: &Wanted, state: &State) -> Result<(), CliError> {
        let Wanted::Named(list) = wanted else { return Ok(()) };
        let open = list.items.iter().filter(|name| state.is_open(&Subject::Named((*name).clone()))).count();
        if open == 0 || self.has_custom_ids {
            return Ok(());
        }
        let names = if open == 1 { "1 of its names was" } else { &format!("{open} of its names were") };
        Err(CliError::new(format!(
            "{out_file} cannot be used: {names} sent as a custom id, and the outcome is not recorded. This api-version has no \
             custom ids, so the users could be created twice."
        ))
        .hint("Give the --api-version of that run, or omit it. Then these names are sent again, which is harmless."))
    }

    fn is_to_be_renewed(&self, state: &State, user: &str) -> bool {
        self.refresh.is_some_and(|refresh| {
            let until = self.now.saturating_add(refresh);
            state.expires_before(user, until) || state.has_other_key(user, self.key)
        })
    }

    pub(super) fn plan(&self, wanted: &Wanted, state: &State) -> Plan {
        let mut plan = Plan { next: state.next(), ..Plan::default() };
        let renewed = wanted.served(state).into_iter().filter(|user| self.is_to_be_renewed(state, user));
        plan.tasks.extend(renewed.map(|user| Task { subject: Subject::User(user.to_owned()), renews: true }));
        match wanted {
            Wanted::New(count) => {
                let open = state.users_without_tokens().map(|user| Subject::User(user.to_owned()).into());
                plan.tasks.extend(open);
                plan.new = count.saturating_sub(state.created() + state.unknown());
            }
            Wanted::Listed(list) => {
                let open = list.items.iter().filter(|user| !state.is_done(user));
                plan.tasks.extend(open.map(|user| Subject::User(user.clone()).into()));
            }
            Wanted::Named(list) => {
                for name in list.items.iter().filter(|name| !state.is_name_done(name)) {
                    let subject = if let Some(user) = state.user_named(name) {
                        // The user was created and does not have a token yet.
                        Subject::User(user.to_owned())
                    } else if self.has_custom_ids {
                        Subject::Named(name.clone())
                    } else {
                        let n = plan.next;
                        plan.next = n.saturating_add(1);
                        Subject::New { n, name: Some(name.clone()) }
                    };
                    plan.tasks.push(subject.into());
                }
            }
        }
        plan
    }
}
