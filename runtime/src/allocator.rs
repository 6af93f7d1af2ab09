//! The allocator of the whole program: one that gives freed memory back to the system within seconds, also while nothing
//! is asked of it, from a thread of its own. The system's keeps what a burst of large requests took, in a pool for each
//! thread; so does mimalloc, twice what was there before, for as long as nobody asks for more.

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
