import type { Samples } from "./protocol.ts";

/** One frame of each kind that the server sends; `events` holds one event of each kind.
 *  Written by the server's tests: `UPDATE=1 cargo test --test it protocol`. */
export const samples: Samples = {
  welcome: {
    "type": "welcome",
    "protocol": 1,
    "me": {
      "id": "anna",
      "name": "Anna",
      "role": "supervisor",
      "status": "away",
      "status_reason": "lunch",
      "set_away": true,
      "queues": [
        "sales"
      ],
      "supervises": [
        "sales",
        "support"
      ]
    },
    "beat_seconds": 5,
    "now": "2026-03-01T09:00:00Z"
  },
  snapshot: {
    "type": "snapshot",
    "positions": [
      "0:3-41.0a1b2c3d",
      "1:1-7.4e5f6a7b"
    ],
    "lines": [
      {
        "id": "sales",
        "name": "Sales",
        "active": true,
        "archived": false,
        "topics": [
          "Delivery",
          "Returns"
        ],
        "topic_required": true
      }
    ],
    "channels": [
      {
        "id": "bot",
        "name": "Shop bot",
        "platform": "telegram",
        "line": "sales",
        "corrects": true,
        "window": {
          "hours": 24,
          "then": "template"
        }
      }
    ],
    "operators": [
      {
        "id": "anna",
        "name": "Anna",
        "role": "operator",
        "status": "available",
        "status_reason": null,
        "set_away": false,
        "enabled": true
      },
      {
        "id": "boris",
        "name": "Boris",
        "role": "operator",
        "status": "away",
        "status_reason": null,
        "set_away": false,
        "enabled": true
      }
    ],
    "rows": [
      {
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "line": "sales",
        "channel": "bot",
        "customer": "0195512e-0000-7000-8000-0000000000d1",
        "customer_name": "Ivan Petrov",
        "state": "offered",
        "operator": null,
        "offers": [
          {
            "operator": "anna",
            "offer": 2,
            "until": "2026-03-01T09:01:00Z",
            "via": "transfer"
          }
        ],
        "handed_by": "boris",
        "listed_for": "clara",
        "held": [
          "boris"
        ],
        "joined": [
          "clara"
        ],
        "unanswered": false,
        "waiting_since": "2026-03-01T08:59:30Z",
        "late": false,
        "hold_until": null,
        "topic": "Delivery",
        "rating": null,
        "review": null,
        "reason": null,
        "continues": "0-0195512e-0000-7000-8000-000000000000",
        "started_at": "2026-03-01T08:59:30Z",
        "updated_at": "2026-03-01T09:00:00Z",
        "preview": "",
        "preview_kind": "photo",
        "last_entry": 5
      }
    ]
  },
  events: {
    "type": "events",
    "shard": 0,
    "from": "0:3-41.0a1b2c3d",
    "to": "0:3-49.0a1b2c3d",
    "events": [
      {
        "kind": "row",
        "row": {
          "conversation": "0-0195512e-0000-7000-8000-000000000001",
          "line": "sales",
          "channel": "bot",
          "customer": "0195512e-0000-7000-8000-0000000000d1",
          "customer_name": "Ivan Petrov",
          "state": "active",
          "operator": "anna",
          "offers": [],
          "handed_by": null,
          "listed_for": null,
          "held": [
            "boris",
            "anna"
          ],
          "joined": [
            "clara"
          ],
          "unanswered": false,
          "waiting_since": null,
          "late": false,
          "hold_until": "2026-03-01T10:00:00Z",
          "topic": "Delivery",
          "rating": {
            "scale": "stars",
            "value": 5
          },
          "review": 4,
          "reason": null,
          "continues": "0-0195512e-0000-7000-8000-000000000000",
          "started_at": "2026-03-01T08:59:30Z",
          "updated_at": "2026-03-01T09:00:10Z",
          "preview": "Yes, it is.",
          "preview_kind": null,
          "last_entry": 6
        }
      },
      {
        "kind": "gone",
        "conversation": "0-0195512e-0000-7000-8000-000000000002"
      },
      {
        "kind": "entry",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "entry": {
          "n": 6,
          "at": "2026-03-01T09:00:10Z",
          "author": {
            "kind": "operator",
            "id": "anna"
          },
          "body": {
            "kind": "message",
            "text": "Yes, it is.",
            "reply_to": "1001",
            "delivery": {
              "state": "pending"
            }
          }
        }
      },
      {
        "kind": "edited",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "external_id": "1001",
        "text": "Is it in stock? In blue?",
        "at": "2026-03-01T09:00:12Z"
      },
      {
        "kind": "delivery",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "entry": 6,
        "delivery": {
          "state": "failed",
          "reason": "the customer blocked the bot"
        }
      },
      {
        "kind": "file",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "entry": 5,
        "attachment": 0,
        "copy": {
          "state": "stored",
          "file": {
            "id": "b3Nlcy1yZWQtdmlvbGV0cy1ibHVl",
            "name": "blue.jpg",
            "media_type": "image/jpeg",
            "size_bytes": 48213,
            "picture": {
              "width": 640,
              "height": 480
            }
          }
        }
      },
      {
        "kind": "reacted",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "external_id": "1001",
        "reaction": "👍"
      },
      {
        "kind": "deleted",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "external_ids": [
          "1001"
        ],
        "at": "2026-03-01T09:00:12Z"
      },
      {
        "kind": "corrected",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "entry": 6,
        "correction": {
          "what": "edit",
          "text": "Yes, it is, in blue."
        },
        "state": "failed",
        "reason": "400: message can't be edited",
        "at": "2026-03-01T09:00:12Z"
      },
      {
        "kind": "line",
        "line": {
          "id": "sales",
          "name": "Sales",
          "active": true,
          "archived": false,
          "topics": [
            "Delivery",
            "Returns"
          ],
          "topic_required": true
        }
      },
      {
        "kind": "channel",
        "channel": {
          "id": "bot",
          "name": "Shop bot",
          "platform": "telegram",
          "line": "sales",
          "corrects": true,
          "window": {
            "hours": 24,
            "then": "template"
          }
        }
      },
      {
        "kind": "operator",
        "operator": {
          "id": "boris",
          "name": "Boris",
          "role": "operator",
          "status": "busy",
          "status_reason": null,
          "set_away": false,
          "enabled": true
        }
      },
      {
        "kind": "alarm",
        "line": "sales",
        "alarm": {
          "kind": "answer_late",
          "conversation": "0-0195512e-0000-7000-8000-000000000001",
          "operator": "anna"
        },
        "at": "2026-03-01T09:00:13Z"
      }
    ]
  },
  typing: {
    "type": "typing",
    "conversation": "0-0195512e-0000-7000-8000-000000000001"
  },
  caught_up: {
    "type": "caught_up"
  },
  result: {
    "type": "result",
    "cmd_id": "0195512e-0000-7000-8000-0000000000c1",
    "outcome": "refused",
    "code": "no_longer_yours",
    "holder": "boris",
    "message": "no longer yours: somebody else took it"
  },
  beat: {
    "type": "beat",
    "positions": [
      "0:3-49.0a1b2c3d",
      "1:1-7.4e5f6a7b"
    ],
    "now": "2026-03-01T09:00:20Z",
    "memory_percent": 62
  },
  reconnect: {
    "type": "reconnect",
    "after_ms": 1500
  },
  error: {
    "type": "error",
    "code": "bad_frame",
    "message": "missing field `to`"
  },
};
