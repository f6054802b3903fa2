//! One attempt at a file: from its platform, through bounds, into our keeping.

use std::time::Duration;

use domain::file::{FileProblem, StoredFile};

use crate::actors::outbox::CopyJob;
use crate::actors::parts::Shared;
use crate::channels::{self, FileSource, NoFile};
use crate::files::{NotKept, Owner};
use crate::outbound::{Download, Fault, Fetch};

/// For the bytes of a file.
const PATIENCE: Duration = Duration::from_mins(2);

/// Why there is no copy yet.
pub(super) enum NoCopy {
    Never(FileProblem),
    /// Not before that much time, if the platform says so.
    Later(Option<Duration>),
}

pub(super) async fn copy(parts: &Shared, job: &CopyJob) -> Result<StoredFile, NoCopy> {
    let directory = parts.directory.get();
    let channel = directory.channels.get(&job.chat.channel).map(|found| found.value.clone());
    let channel = channel.ok_or(NoCopy::Never(FileProblem::Gone))?;
    let owner = Owner::Conversation(job.conversation.clone());
    match channels::locate(
        &parts.outbound,
        &parts.kept,
        &channel,
        &job.wanted.handle,
        parts.clock.now(),
    )
    .await?
    {
        FileSource::Uploaded(id) => {
            let from = Owner::Chat(job.chat.clone());
            let adopted = parts.files.adopt(&from, &id, &owner).await;
            let adopted = adopted.map_err(|error| later(&error.to_string()))?;
            adopted.ok_or(NoCopy::Never(FileProblem::Gone))
        }
        FileSource::Address { url, headers } => {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
            let fetch = Fetch { url: &url, headers: &headers, patience: PATIENCE };
            let download = parts.outbound.download(fetch).await?;
            answered(download.status, download.retry_after.as_deref())?;
            if download.size_bytes.is_some_and(|size| size > parts.files.limits().bytes_max) {
                return Err(NoCopy::Never(FileProblem::TooLarge));
            }
            take_in(parts, job, &owner, download).await
        }
    }
}

fn answered(status: u16, retry_after: Option<&str>) -> Result<(), NoCopy> {
    match status {
        200..=299 => Ok(()),
        425 | 429 | 500.. => {
            let seconds = retry_after.and_then(|text| text.trim().parse().ok());
            Err(NoCopy::Later(seconds.map(Duration::from_secs)))
        }
        _ => Err(NoCopy::Never(FileProblem::Gone)),
    }
}

async fn take_in(
    parts: &Shared,
    job: &CopyJob,
    owner: &Owner,
    mut download: Download,
) -> Result<StoredFile, NoCopy> {
    let mut receiving = parts.files.receive(owner, job.file.clone()).await?;
    while let Some(chunk) = download.chunk().await? {
        receiving.push(chunk).await?;
    }
    Ok(receiving.finish(job.wanted.name.as_deref(), parts.clock.now()).await?)
}

fn later(reason: &str) -> NoCopy {
    tracing::warn!(reason, "a file could not be fetched yet");
    NoCopy::Later(None)
}

impl From<NoFile> for NoCopy {
    fn from(fault: NoFile) -> Self {
        match fault {
            NoFile::Gone { reason } => {
                tracing::debug!(reason, "a file is gone");
                Self::Never(FileProblem::Gone)
            }
            NoFile::TooLarge => Self::Never(FileProblem::TooLarge),
            NoFile::RetryAfter(pause) => Self::Later(Some(pause)),
            NoFile::RetryLater { reason } => later(&reason),
        }
    }
}

impl From<Fault> for NoCopy {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Forbidden(_) => Self::Never(FileProblem::Gone),
            Fault::NeverSent(why) | Fault::PerhapsSent(why) => later(why),
        }
    }
}

impl From<NotKept> for NoCopy {
    fn from(why: NotKept) -> Self {
        match why {
            NotKept::Problem(problem) => Self::Never(problem),
            NotKept::Unavailable(error) => later(&error.to_string()),
        }
    }
}
