//! What holds for all pages and assets.
