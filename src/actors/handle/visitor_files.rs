//! Files of visitors of sites: who may upload one, and which he may see.

use domain::entry::{Attachment, Author, Body};
use domain::file::{FILES_OF_MESSAGE_MAX, FileCopy, StoredFile};
use domain::id::{ConversationId, EntryNumber, FileId};

use crate::actors::handle::visitors::{Guest, bad};
use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::visitor::chat;
use crate::files::Owner;
use crate::protocol::visitor::VisitorRefusal;

impl NodeHandle {
    /// Whose a file will be that he uploads now. It waits for the message that it goes with.
    pub async fn visitor_uploads(&self, guest: &Guest) -> Result<Owner, VisitorRefusal> {
        let limits = self.limits_of(guest).ok_or(VisitorRefusal::Unavailable {})?;
        limits.upload(guest.address)?;
        if self.begins(guest).await? {
            self.may_begin(guest)?;
        }
        Ok(Owner::Chat(guest.chat()))
    }

    /// Where a file of a message of his chat lies. None: there is none, or it is not his to see.
    pub async fn visitor_file(
        &self,
        guest: &Guest,
        conversation: &ConversationId,
        entry: EntryNumber,
        index: usize,
    ) -> Result<Option<(Owner, FileId)>, NotStored> {
        let limits = self.limits_of(guest).ok_or(NotStored::Unavailable)?;
        limits.file(&guest.visitor.id).map_err(|_| NotStored::Full)?;
        let entry = chat::entry(self, &guest.chat(), conversation, entry).await?;
        let Some(entry) = entry else { return Ok(None) };
        let Body::Message(message) = entry.body else { return Ok(None) };
        if message.deleted_at.is_some() {
            return Ok(None);
        }
        let Some(Attachment::File { copy, external_id, .. }) = message.attachments.get(index)
        else {
            return Ok(None);
        };
        Ok(match copy {
            Some(FileCopy::Stored { file }) => {
                Some((Owner::Conversation(conversation.clone()), file.id.clone()))
            }
            // What he uploaded is there until the conversation has its copy.
            Some(FileCopy::Loading) | None if entry.author == Author::Customer => {
                let id = external_id.as_deref().and_then(FileId::parse);
                id.map(|id| (Owner::Chat(guest.chat()), id))
            }
            Some(FileCopy::Loading | FileCopy::Missing { .. }) | None => None,
        })
    }

    /// What he uploaded, as a message of his holds it.
    pub(super) async fn uploaded(
        &self,
        guest: &Guest,
        ids: &[FileId],
    ) -> Result<Vec<Attachment>, VisitorRefusal> {
        if ids.len() > FILES_OF_MESSAGE_MAX {
            return Err(bad("files"));
        }
        let owner = Owner::Chat(guest.chat());
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let file = self.files().find(&owner, id).await;
            let file = file.map_err(|_| VisitorRefusal::Unavailable {})?;
            found.push(attached(&file.ok_or_else(|| bad("files"))?));
        }
        Ok(found)
    }
}

/// Not copied to the conversation yet.
fn attached(file: &StoredFile) -> Attachment {
    Attachment::File {
        what: file.kind().to_owned(),
        name: Some(file.name.clone()),
        size_bytes: Some(file.size_bytes),
        external_id: Some(file.id.to_string()),
        copy: None,
    }
}
