//! How much the adapter takes in at once: connections, values of a body, memory of all requests together. Read within
//! bounds that leave room for one whole body.

use super::options::{Capacity, Options};
use super::values::Reader;
use crate::budget::Budget;
use crate::edge::EdgeLimits;

const MIB: u64 = 1024 * 1024;

impl Reader<'_> {
    /// Connections and memory.
    pub(super) fn capacity(&mut self, defaults: Capacity) -> Capacity {
        let memory = self.size("memory.requests", defaults.memory);
        let connections = self.number("connections.limit");
        let per_source = self.count("connections.per_source", (connections / 2).max(1), 1, connections);
        let reserved = self.count("connections.reserved", connections / 8, 0, connections / 2);
        let operations = self.number("ops.connections");
        Capacity { memory, connections, per_source, reserved, operations }
    }

    /// Refuses a body that could never be read, since it alone would take more than all requests together may.
    pub(super) fn check_fits(&mut self, options: &Options) {
        let largest = crate::wire::most_when_read(options.body_limit, options.body_values);
        if largest > Budget::most_of_one(options.capacity.memory) {
            let what = format!(
                "a body of `body_limit` bytes and `body_values` values takes {} MiB, two thirds of this must be as much",
                (largest as u64).div_ceil(MIB)
            );
            self.refuse("memory.requests", what);
        }
    }

    fn count(&mut self, path: &str, default: usize, least: usize, most: usize) -> usize {
        let read = self.tree.integer_between(path, default as i64, least as i64, most as i64);
        self.one(read).map_or(default, |count| count as usize)
    }
}

impl From<&Options> for EdgeLimits {
    fn from(options: &Options) -> Self {
        let Capacity { connections, per_source, reserved, operations, .. } = options.capacity;
        EdgeLimits { connections, per_source, reserved, operations, ..EdgeLimits::default() }
    }
}
