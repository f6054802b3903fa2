import type { Samples } from "./protocol.ts";

/** One frame of each kind that the server sends; `events` holds one event of each kind.
 *  Written by the server's tests: `UPDATE=1 cargo test --test it protocol`. */
export const samples: Samples = {
  welcome: {
    "beat_seconds": 10,
    "me": {
      "id": "anna",
      "name": "Anna",
      "queues": [
        "sales"
      ],
      "role": "supervisor",
      "set_away": true,
      "status": "away",
      "status_reason": "lunch",
      "supervises": [
        "sales",
        "support"
      ]
    },
    "now": "2026-03-01T09:00:00Z",
    "protocol": 1,
    "type": "welcome"
  },
  snapshot: {
    "channels": [
      {
        "corrects": true,
        "id": "bot",
        "line": "sales",
        "name": "Shop bot",
        "platform": "telegram",
        "window": {
          "hours": 24,
          "then": "template"
        }
      }
    ],
    "lines": [
      {
        "active": true,
        "archived": false,
        "id": "sales",
        "name": "Sales",
        "topic_required": true,
        "topics": [
          "Delivery",
          "Returns"
        ]
      }
    ],
    "operators": [
      {
        "enabled": true,
        "id": "anna",
        "name": "Anna",
        "role": "operator",
        "set_away": false,
        "status": "available",
        "status_reason": null
      },
      {
        "enabled": true,
        "id": "boris",
        "name": "Boris",
        "role": "operator",
        "set_away": false,
        "status": "away",
        "status_reason": null
      }
    ],
    "positions": [
      "0:3-41.0a1b2c3d",
      "1:1-7.4e5f6a7b"
    ],
    "rows": [
      {
        "channel": "bot",
        "continues": "0-0195512e-0000-7000-8000-000000000000",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "customer": "0195512e-0000-7000-8000-0000000000d1",
        "customer_name": "Ivan Petrov",
        "handed_by": "boris",
        "held": [
          "boris"
        ],
        "joined": [
          "clara"
        ],
        "last_entry": 5,
        "late": false,
        "line": "sales",
        "listed_for": "clara",
        "offers": [
          {
            "offer": 2,
            "operator": "anna",
            "until": "2026-03-01T09:01:00Z",
            "via": "transfer"
          }
        ],
        "preview": "",
        "preview_kind": "photo",
        "started_at": "2026-03-01T08:59:30Z",
        "state": "offered",
        "topic": "Delivery",
        "unanswered": false,
        "updated_at": "2026-03-01T09:00:00Z",
        "waiting_since": "2026-03-01T08:59:30Z"
      }
    ],
    "type": "snapshot"
  },
  events: {
    "events": [
      {
        "kind": "row",
        "row": {
          "channel": "bot",
          "continues": "0-0195512e-0000-7000-8000-000000000000",
          "conversation": "0-0195512e-0000-7000-8000-000000000001",
          "customer": "0195512e-0000-7000-8000-0000000000d1",
          "customer_name": "Ivan Petrov",
          "held": [
            "boris",
            "anna"
          ],
          "hold_until": "2026-03-01T10:00:00Z",
          "joined": [
            "clara"
          ],
          "last_entry": 6,
          "late": false,
          "line": "sales",
          "offers": [],
          "operator": "anna",
          "preview": "Yes, it is.",
          "rating": {
            "scale": "stars",
            "value": 5
          },
          "review": 4,
          "started_at": "2026-03-01T08:59:30Z",
          "state": "active",
          "topic": "Delivery",
          "unanswered": false,
          "updated_at": "2026-03-01T09:00:10Z"
        }
      },
      {
        "conversation": "0-0195512e-0000-7000-8000-000000000002",
        "kind": "gone"
      },
      {
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "entry": {
          "at": "2026-03-01T09:00:10Z",
          "author": {
            "id": "anna",
            "kind": "operator"
          },
          "body": {
            "delivery": {
              "state": "pending"
            },
            "kind": "message",
            "reply_to": "1001",
            "text": "Yes, it is."
          },
          "n": 6
        },
        "kind": "entry"
      },
      {
        "at": "2026-03-01T09:00:12Z",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "external_id": "1001",
        "kind": "edited",
        "text": "Is it in stock? In blue?"
      },
      {
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "delivery": {
          "reason": "the customer blocked the bot",
          "state": "failed"
        },
        "entry": 6,
        "kind": "delivery"
      },
      {
        "attachment": 0,
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "copy": {
          "file": {
            "id": "b3Nlcy1yZWQtdmlvbGV0cy1ibHVl",
            "media_type": "image/jpeg",
            "name": "blue.jpg",
            "picture": {
              "height": 480,
              "width": 640
            },
            "size_bytes": 48213
          },
          "state": "stored"
        },
        "entry": 5,
        "kind": "file"
      },
      {
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "external_id": "1001",
        "kind": "reacted",
        "reaction": "👍"
      },
      {
        "at": "2026-03-01T09:00:12Z",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "external_ids": [
          "1001"
        ],
        "kind": "deleted"
      },
      {
        "at": "2026-03-01T09:00:12Z",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "correction": {
          "text": "Yes, it is, in blue.",
          "what": "edit"
        },
        "entry": 6,
        "kind": "corrected",
        "reason": "400: message can't be edited",
        "state": "failed"
      },
      {
        "kind": "line",
        "line": {
          "active": true,
          "archived": false,
          "id": "sales",
          "name": "Sales",
          "topic_required": true,
          "topics": [
            "Delivery",
            "Returns"
          ]
        }
      },
      {
        "channel": {
          "corrects": true,
          "id": "bot",
          "line": "sales",
          "name": "Shop bot",
          "platform": "telegram",
          "window": {
            "hours": 24,
            "then": "template"
          }
        },
        "kind": "channel"
      },
      {
        "kind": "operator",
        "operator": {
          "enabled": true,
          "id": "boris",
          "name": "Boris",
          "role": "operator",
          "set_away": false,
          "status": "busy",
          "status_reason": null
        }
      },
      {
        "alarm": {
          "conversation": "0-0195512e-0000-7000-8000-000000000001",
          "kind": "answer_late",
          "operator": "anna"
        },
        "at": "2026-03-01T09:00:13Z",
        "kind": "alarm",
        "line": "sales"
      }
    ],
    "from": "0:3-41.0a1b2c3d",
    "shard": 0,
    "to": "0:3-49.0a1b2c3d",
    "type": "events"
  },
  typing: {
    "conversation": "0-0195512e-0000-7000-8000-000000000001",
    "type": "typing"
  },
  caught_up: {
    "type": "caught_up"
  },
  result: {
    "cmd_id": "0195512e-0000-7000-8000-0000000000c1",
    "code": "no_longer_yours",
    "holder": "boris",
    "message": "no longer yours: somebody else took it",
    "outcome": "refused",
    "type": "result"
  },
  beat: {
    "memory_percent": 62,
    "now": "2026-03-01T09:00:20Z",
    "positions": [
      "0:3-49.0a1b2c3d",
      "1:1-7.4e5f6a7b"
    ],
    "type": "beat"
  },
  reconnect: {
    "after_ms": 1500,
    "type": "reconnect"
  },
  error: {
    "code": "bad_frame",
    "message": "missing field `to`",
    "type": "error"
  },
};
