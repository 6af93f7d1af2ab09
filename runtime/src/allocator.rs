//! The allocator of the whole program: one that gives memory back to the system soon after it was freed, from whichever
//! thread. The system's own keeps what a burst of large requests took, in a pool for each thread.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
