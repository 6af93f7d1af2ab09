//! How much the adapter takes in at once: connections, values of a body, memory of all requests together. Read within
//! bounds that leave room for one whole body.

use super::options::{Capacity, Options};
use super::values::Reader;
use crate::budget::Budget;
use crate::edge::EdgeLimits;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// The least and the most that `memory.requests` may be.
const MEMORY: (u64, u64) = (16 * MIB, 64 * 1024 * MIB);

impl Reader<'_> {
    /// Connections and memory.
    pub(super) fn capacity(&mut self, defaults: Capacity) -> Capacity {
        let memory = self.size("memory.requests", defaults.memory, MEMORY, "from `16MiB` to `65536MiB`");
        let connections = self.count("connections.limit", defaults.connections, 16, 65_536);
        let per_source = self.count("connections.per_source", (connections / 2).max(1), 1, connections);
        let reserved = self.count("connections.reserved", connections / 8, 0, connections / 2);
        let operations = self.count("ops.connections", defaults.operations, 4, 1024);
        Capacity { memory, connections, per_source, reserved, operations }
    }

    /// How many values a body may hold.
    pub(super) fn body_values(&mut self, default: usize) -> usize {
        self.count("body_values", default, 100, 1_000_000)
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
