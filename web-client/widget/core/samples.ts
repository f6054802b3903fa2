import type { Samples } from "./protocol.ts";

/** One frame of each kind that the hub sends; `news` holds one item of each kind.
 *  Written by the hub's tests: `UPDATE=1 cargo test --test it widget::protocol`. */
export const samples: Samples = {
  news: {
    "type": "news",
    "reset": true,
    "items": [
      {
        "kind": "message",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "n": 1,
        "at": "2026-03-02T09:00:00Z",
        "from": {
          "who": "visitor"
        },
        "text": "Is it in stock?",
        "id": "0195512e-0000-7000-8000-0000000000a1"
      },
      {
        "kind": "message",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "n": 4,
        "at": "2026-03-02T09:00:00Z",
        "from": {
          "who": "person",
          "name": "Anna",
          "picture": "https://shop.example/a.png"
        },
        "text": "Yes, it is.",
        "files": [
          {
            "index": 0,
            "name": "lamp.jpg",
            "size_bytes": 70423,
            "picture": true
          }
        ],
        "edited": true
      },
      {
        "kind": "message",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "n": 5,
        "at": "2026-03-02T09:00:00Z",
        "from": {
          "who": "company"
        },
        "text": "",
        "deleted": true
      },
      {
        "kind": "message",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "n": 6,
        "at": "2026-03-02T09:00:00Z",
        "from": {
          "who": "company"
        },
        "text": "How did we do?",
        "rating": "stars"
      },
      {
        "kind": "rated",
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "scale": "stars",
        "value": 5
      }
    ],
    "position": "0-0195512e-0000-7000-8000-000000000001.12",
    "state": {
      "phase": "waiting",
      "with": null,
      "queue": {
        "position": 2,
        "wait_minutes": 3,
        "staffed": true
      },
      "rating": {
        "conversation": "0-0195512e-0000-7000-8000-000000000001",
        "scale": "stars"
      },
      "hours": {
        "open": true,
        "opens_at": null
      }
    }
  },
  result: {
    "type": "result",
    "id": "0195512e-0000-7000-8000-0000000000a1",
    "outcome": "refused",
    "code": "too_fast",
    "seconds": 4
  },
  typing: {
    "type": "typing"
  },
  beat: {
    "type": "beat"
  },
  reconnect: {
    "type": "reconnect",
    "after_ms": 1500
  },
  error: {
    "type": "error",
    "code": "bad_token",
    "message": "start anew"
  },
};
