/** A request to our own API. Null: no answer came. */

export function get(path: string): Promise<Response | null> {
  return fetch(address(path), { headers: { Accept: "application/json" } }).catch(() => null);
}

export function post(path: string, body: unknown): Promise<Response | null> {
  return write("POST", path, body);
}

export function put(path: string, body: unknown): Promise<Response | null> {
  return write("PUT", path, body);
}

function write(method: string, path: string, body: unknown): Promise<Response | null> {
  return fetch(address(path), {
    method,
    headers: { "Content-Type": "application/json", "X-Switchboard": "1" },
    body: JSON.stringify(body),
  }).catch(() => null);
}

function address(path: string): string {
  return `/api/v1/${path}`;
}
