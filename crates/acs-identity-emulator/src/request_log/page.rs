//! Reads requests from the log.

use super::{CAPACITY, Entry, Found, RequestLog};

/// The requests that a reader wants.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// The next ones after this number. Without it, the last ones.
    pub(crate) after: Option<u64>,
    /// The largest number of requests.
    pub(crate) most: usize,
}

/// Some requests.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The requests with their numbers, in the order of the numbers.
    pub(crate) entries: Vec<(u64, Entry)>,
    /// The number after which the next read begins.
    pub(crate) newest: u64,
    /// How many requests after the wanted number were overwritten before they were read.
    pub(crate) dropped: u64,
}

impl RequestLog {
    /// Returns the wanted requests that fit a filter.
    pub(crate) fn read(&self, wanted: Wanted, fits: impl Fn(&Entry) -> bool) -> Page {
        let next = self.next.load(std::sync::atomic::Ordering::SeqCst);
        match wanted.after {
            // A number of the future belongs to an earlier start of the emulator.
            Some(after) if after < next => self.after(after, next, wanted.most, fits),
            Some(_) => self.after(0, next, wanted.most, fits),
            None => self.last(next, wanted.most, fits),
        }
    }

    fn after(&self, after: u64, next: u64, most: usize, fits: impl Fn(&Entry) -> bool) -> Page {
        let first = self.first_kept(next);
        let mut page = Page { newest: after, dropped: first.saturating_sub(after + 1), ..Page::default() };
        for number in first.max(after + 1)..next {
            match self.find(number) {
                // The next read begins with it.
                Found::Coming => break,
                Found::Kept(entry) if fits(&entry) => page.entries.push((number, entry)),
                Found::Gone | Found::Kept(_) => {}
            }
            page.newest = number;
            if page.entries.len() >= most {
                break;
            }
        }
        page
    }

    fn last(&self, next: u64, most: usize, fits: impl Fn(&Entry) -> bool) -> Page {
        let mut page = Page { newest: next - 1, ..Page::default() };
        for number in (self.first_kept(next)..next).rev() {
            if page.entries.len() >= most.min(CAPACITY) {
                break;
            }
            match self.find(number) {
                Found::Coming => {
                    // It and the later ones are read after it is written.
                    page.newest = number - 1;
                    page.entries.clear();
                }
                Found::Kept(entry) if fits(&entry) => page.entries.push((number, entry)),
                Found::Gone | Found::Kept(_) => {}
            }
        }
        page.entries.reverse();
        page
    }
}
