//! The Bot API: what each method answers, and what it does.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::form::Form;
use super::super::server::{Reply, Request};
use super::customers::bot;
use super::{Call, Fault, Platform, Sent, TOKEN, buttons, call};

impl Platform {
    pub(super) async fn answer(&self, request: &Request) -> Reply {
        if let Some(path) = request.path.strip_prefix(&format!("/file/bot{TOKEN}/files/")) {
            return self.file(path);
        }
        let Some(Call { method, body }) = call(request) else {
            return refusal(404, "Not Found");
        };
        if !request.path.starts_with(&format!("/bot{TOKEN}/")) {
            return refusal(401, "Unauthorized");
        }
        let fault = self.state().fault(&method, request);
        match fault {
            None => self.perform(&method, &body, request).await,
            Some(Fault::Delay(time)) => {
                let elapsed = tokio::time::timeout(time, std::future::pending::<()>()).await;
                drop(elapsed);
                self.perform(&method, &body, request).await
            }
            Some(Fault::Held(gate)) => {
                gate.opened().await;
                self.perform(&method, &body, request).await
            }
            Some(Fault::TooManyRequests { retry_after_seconds }) => too_many(retry_after_seconds),
            Some(Fault::Status(status, description)) => refusal(status, description),
            Some(Fault::NotWaitedFor) => Reply::not_waited_for(),
            Some(Fault::RequestLost) => Reply::Cut,
            Some(Fault::AnswerLost) => {
                drop(self.perform(&method, &body, request).await);
                Reply::Cut
            }
        }
    }

    async fn perform(&self, method: &str, body: &Value, request: &Request) -> Reply {
        match method {
            "sendMessage" => self.send_message(body),
            "getUpdates" => self.get_updates(body).await,
            "getMe" => result(&bot()),
            "sendChatAction" => result(&json!(true)),
            "answerCallbackQuery" => self.answer_callback_query(body),
            "editMessageReplyMarkup" => self.edit_reply_markup(body),
            "editMessageText" => self.edit_message(body, "text"),
            "editMessageCaption" => self.edit_message(body, "caption"),
            "deleteMessage" => self.delete_message(body),
            "setWebhook" => {
                let url = body["url"].as_str().unwrap_or("");
                self.state().webhook = (!url.is_empty()).then(|| body.clone());
                result(&json!(true))
            }
            "deleteWebhook" => {
                self.state().webhook = None;
                result(&json!(true))
            }
            "getFile" => self.get_file(body),
            "sendPhoto" | "sendVideo" | "sendAnimation" | "sendAudio" | "sendVoice"
            | "sendDocument" | "sendMediaGroup" => self.send_files(method, request),
            _ => refusal(404, "Not Found: method not found"),
        }
    }

    fn send_message(&self, body: &Value) -> Reply {
        let migrated = self.state().migrated.get(&body["chat_id"].to_string()).copied();
        if let Some(to) = migrated {
            let refusal = json!({
                "ok": false, "error_code": 400, "parameters": { "migrate_to_chat_id": to },
                "description": "Bad Request: group chat was upgraded to a supergroup chat",
            });
            return Reply::of(400, refusal.to_string());
        }
        let text = body["text"].as_str().unwrap_or("");
        if text.trim().is_empty() {
            return refusal(400, "Bad Request: message text is empty");
        }
        if text.encode_utf16().count() > 4096 {
            return refusal(400, "Bad Request: message is too long");
        }
        let chat = match &body["chat_id"] {
            Value::Number(id) => id.to_string(),
            Value::String(id) => id.clone(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                return refusal(400, "Bad Request: chat_id is empty");
            }
        };
        let markup = &body["reply_markup"];
        if buttons(body).any(|button| !is_button(button)) {
            return refusal(400, "Bad Request: BUTTON_DATA_INVALID");
        }
        let mut state = self.state();
        state.last_message += 1;
        let mut message = json!({
            "message_id": state.last_message, "date": state.now.as_second(), "text": text,
            "from": bot(), "chat": { "id": body["chat_id"], "type": "private" },
        });
        if markup.is_object() {
            message["reply_markup"] = markup.clone();
        }
        let text = text.to_owned();
        let files = Vec::new();
        state.delivered.push(Sent { chat, text, files, message: message.clone() });
        result(&message)
    }

    fn get_file(&self, body: &Value) -> Reply {
        let state = self.state();
        let Some((id, content)) = state.files.iter().find(|(id, _)| body["file_id"] == **id) else {
            return refusal(
                400,
                "Bad Request: wrong file_id or the file is temporarily unavailable",
            );
        };
        result(&json!({
            "file_id": id, "file_size": content.len(), "file_path": format!("files/{id}"),
        }))
    }

    fn file(&self, path: &str) -> Reply {
        let state = self.state();
        let found = state.files.iter().find(|(id, _)| id == path);
        found.map_or(Reply::of(404, ""), |(_, content)| Reply::File(content.clone()))
    }

    /// Pieces are named in `media`, or stand under the word of the method.
    fn send_files(&self, method: &str, request: &Request) -> Reply {
        let form = Form::read(request);
        let Some(chat) = form.field("chat_id") else {
            return refusal(400, "Bad Request: chat_id is empty");
        };
        let media = form.field("media").and_then(|media| serde_json::from_str(&media).ok());
        let media: Vec<Value> = media.unwrap_or_default();
        let word = method.trim_start_matches("send").to_lowercase();
        let in_album =
            media.iter().filter_map(|item| item["media"].as_str()?.strip_prefix("attach://"));
        let mut names: Vec<&str> = in_album.collect();
        if method != "sendMediaGroup" {
            names.push(&word);
        } else if !(2..=10).contains(&names.len()) {
            return refusal(400, "Bad Request: wrong number of media in an album");
        }
        // A piece may say that another one has the file.
        let file = |name: &&str| {
            let elsewhere = form.field(name);
            let elsewhere = elsewhere.as_deref().and_then(|at| at.strip_prefix("attach://"));
            form.file(elsewhere.unwrap_or(name))
        };
        let files: Option<Vec<_>> = names.iter().map(file).collect();
        let Some(files) = files else {
            return refusal(400, "Bad Request: there is no file in the request");
        };
        let captions = media.iter().filter_map(|item| item["caption"].as_str());
        let caption = form.field("caption").or(captions.map(str::to_owned).next());
        let mut state = self.state();
        let messages: Vec<Value> = names
            .iter()
            .map(|_| {
                state.last_message += 1;
                json!({ "message_id": state.last_message, "date": state.now.as_second() })
            })
            .collect();
        let text = caption.unwrap_or_default();
        state.delivered.push(Sent { chat, text, files, message: messages[0].clone() });
        result(&if method == "sendMediaGroup" { json!(messages) } else { messages[0].clone() })
    }

    /// A press is answered once, and soon.
    fn answer_callback_query(&self, body: &Value) -> Reply {
        let waiting = &mut self.state().waiting;
        let Some(place) = waiting.iter().position(|id| body["callback_query_id"] == **id) else {
            let reason = "Bad Request: query is too old and response timeout expired or query ID \
                          is invalid";
            return refusal(400, reason);
        };
        waiting.remove(place);
        result(&json!(true))
    }

    fn edit_reply_markup(&self, body: &Value) -> Reply {
        let mut state = self.state();
        let is_it = |sent: &&mut Sent| sent.message["message_id"] == body["message_id"];
        let Some(sent) = state.delivered.iter_mut().find(is_it) else {
            return refusal(400, "Bad Request: message to edit not found");
        };
        sent.message["reply_markup"] = body["reply_markup"].clone();
        result(&sent.message)
    }

    fn edit_message(&self, body: &Value, field: &str) -> Reply {
        let mut state = self.state();
        let is_it = |sent: &&mut Sent| sent.message["message_id"] == body["message_id"];
        let Some(sent) = state.delivered.iter_mut().find(is_it) else {
            return refusal(400, "Bad Request: message to edit not found");
        };
        if sent.files.is_empty() != (field == "text") {
            return refusal(400, "Bad Request: there is no text in the message to edit");
        }
        let text = body[field].as_str().unwrap_or_default();
        if sent.text == text {
            return refusal(400, "Bad Request: message is not modified");
        }
        text.clone_into(&mut sent.text);
        result(&sent.message)
    }

    fn delete_message(&self, body: &Value) -> Reply {
        let mut state = self.state();
        let before = state.delivered.len();
        state.delivered.retain(|sent| sent.message["message_id"] != body["message_id"]);
        if state.delivered.len() == before {
            return refusal(400, "Bad Request: message to delete not found");
        }
        result(&json!(true))
    }

    async fn get_updates(&self, body: &Value) -> Reply {
        if self.state().webhook.is_some() {
            let reason = "Conflict: can't use getUpdates method while webhook is active";
            return refusal(409, reason);
        }
        let mut queued = std::pin::pin!(self.queued.notified());
        queued.as_mut().enable();
        let found = self.batch(body);
        let wait = Duration::from_secs(body["timeout"].as_u64().unwrap_or(0));
        if !found.is_empty() || wait.is_zero() {
            return result(&json!(found));
        }
        drop(tokio::time::timeout(wait, queued).await);
        result(&json!(self.batch(body)))
    }

    /// Forgets what the offset acknowledges, and gives the next updates.
    fn batch(&self, body: &Value) -> Vec<Value> {
        let mut state = self.state();
        let offset = body["offset"].as_i64().unwrap_or(i64::MIN);
        state.queue.retain(|update| update.0["update_id"].as_i64().is_none_or(|id| id >= offset));
        let limit = body["limit"]
            .as_u64()
            .map_or(100, |limit| usize::try_from(limit).expect("a small number"));
        state.queue.iter().take(limit).map(|update| update.0.clone()).collect()
    }
}

/// As the platform wants them that send something back.
fn is_button(button: &Value) -> bool {
    let filled = |field: &str| button[field].as_str().unwrap_or("").len();
    filled("text") > 0 && (1..=64).contains(&filled("callback_data"))
}

fn result(value: &Value) -> Reply {
    Reply::of(200, json!({ "ok": true, "result": value }).to_string())
}

fn refusal(status: u16, description: &str) -> Reply {
    let body = json!({ "ok": false, "error_code": status, "description": description });
    Reply::of(status, body.to_string())
}

fn too_many(seconds: u64) -> Reply {
    let body = json!({
        "ok": false, "error_code": 429, "parameters": { "retry_after": seconds },
        "description": format!("Too Many Requests: retry after {seconds}"),
    });
    let headers = vec![("retry-after", seconds.to_string())];
    Reply::Answer { status: 429, headers, body: body.to_string() }
}
