//! The derives and attributes of countersign (being written).
