//! The worker process: receives a job, does the work, and says how it went. What its children need is here too: the line
//! to the parent, the plugin, its services, the samples that it reads, and how it
//! looks at images: in tiles, and at a part of them.

pub(crate) mod parent;
pub(crate) mod plugin;
pub(crate) mod samples;
pub(crate) mod services;
pub(crate) mod tiles;
pub(crate) mod view;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use parent::Parent;

/// What every kind of work is given besides its job.
pub(crate) struct Worker {
    /// The process that started this one.
    pub(crate) parent: Arc<Parent>,
    /// Set once the user wants to stop.
    pub(crate) cancelled: Arc<AtomicBool>,
}
