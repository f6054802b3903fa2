//! Letters before they are taken: their files are kept, and the chat that they belong to is found.

use domain::channel::Channel;
use domain::chat::{CustomerMessage, Inbound, InboundKind};
use domain::customer::Standing;
use domain::entry::Attachment;
use domain::file::{FILES_OF_MESSAGE_MAX, FileCopy, FileProblem};
use domain::id::{ChatKey, FileId};

use crate::actors::handle::NotStored;
use crate::actors::parts::Shared;
use crate::channels::email::{Letter, LetterFile};
use crate::files::{self, NotKept, Owner};

/// What arrives; none: it is about nothing that is there. An error: nothing is lost if the letter is
/// read again.
pub(crate) async fn arrival(
    parts: &Shared,
    channel: &Channel,
    letter: Letter,
) -> Result<Option<Inbound>, NotStored> {
    let Letter { mut inbound, answers, files } = letter;
    let answered = match answers {
        Some(conversation) => {
            let found = parts.stored_conversation(&conversation).await;
            found.map_err(|_| NotStored::Unavailable)?
        }
        None => None,
    };
    let answered = answered.filter(|found| found.chat.channel == channel.id);
    let InboundKind::Message(message) = &mut inbound.what else {
        return Ok(answered.map(|found| Inbound { chat: found.chat.external, ..inbound }));
    };
    if let Some(found) = answered {
        if found.chat.external == inbound.chat {
            is_his_own(message);
        } else {
            // Somebody else answers for the customer, or he himself from another address.
            message.writer = Some(inbound.chat.clone());
            message.email = None;
            inbound.chat.clone_from(&found.chat.external);
            inbound.customer_name.clone_from(&found.customer_name);
        }
    }
    let owner =
        Owner::Chat(ChatKey { channel: channel.id.clone(), external: inbound.chat.clone() });
    for (index, file) in files.into_iter().enumerate() {
        let LetterFile { attachment, content } = file;
        let kept = if index < FILES_OF_MESSAGE_MAX {
            keep(parts, &owner, message, attachment, content).await?
        } else {
            Err(FileProblem::TooMany)
        };
        if let Some(Attachment::File { external_id, copy, .. }) =
            message.attachments.get_mut(attachment)
        {
            match kept {
                Ok(id) => *external_id = Some(id.to_string()),
                Err(why) => *copy = Some(FileCopy::Missing { why }),
            }
        }
    }
    Ok(Some(inbound))
}

/// He has what was sent to that address.
fn is_his_own(message: &mut CustomerMessage) {
    if let Some(email) = &mut message.email {
        email.standing = Standing::Verified;
    }
}

async fn keep(
    parts: &Shared,
    owner: &Owner,
    message: &CustomerMessage,
    attachment: usize,
    content: bytes::Bytes,
) -> Result<Result<FileId, FileProblem>, NotStored> {
    let name: Option<&str> = match message.attachments.get(attachment) {
        Some(Attachment::File { name, .. }) => name.as_deref(),
        Some(
            Attachment::Contact { .. }
            | Attachment::Location { .. }
            | Attachment::Sticker { .. }
            | Attachment::Other { .. },
        )
        | None => None,
    };
    let id = files::new_id();
    let keeping = async {
        let mut receiving = parts.files.receive(owner, id.clone()).await?;
        receiving.push(content).await?;
        receiving.finish(name, parts.clock.now()).await
    };
    match keeping.await {
        Ok(_) => Ok(Ok(id)),
        Err(NotKept::Problem(why)) => Ok(Err(why)),
        Err(NotKept::Unavailable(error)) => {
            tracing::warn!(%error, "the files of a letter cannot be kept yet");
            Err(NotStored::Unavailable)
        }
    }
}
