//! How much is kept.

/// Bounds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLimits {
    /// Of a single file.
    pub bytes_max: u64,
    /// Files of one conversation.
    pub conversation_files_max: usize,
    /// All files of one conversation together.
    pub conversation_bytes_max: u64,
}

impl FileLimits {
    pub(super) fn are_reached_by(&self, files: usize, bytes: u64) -> bool {
        files >= self.conversation_files_max || bytes >= self.conversation_bytes_max
    }
}
