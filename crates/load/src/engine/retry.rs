//! Retries: when a request is sent again.

use super::{Engine, slot::State};
use crate::connection::Connection;

impl Engine<'_> {
    /// Whether to send a request again, once and on a new connection, because the server had closed the kept
    /// connection before the request. `gave_up` is called for open connections only.
    pub(super) fn may_repeat(
        &mut self,
        slot: usize,
        gave_up: impl FnOnce(&Connection) -> bool,
    ) -> bool {
        let place = &self.slots[slot];
        let (State::Open(connection), Some((_, job))) = (&place.state, &place.job) else {
            return false;
        };
        let may = self.plan.request.is_idempotent || self.plan.retry_any;
        let again = may && gave_up(connection);
        if again {
            self.tally.reconnected(job.intended);
        }
        again
    }
}
