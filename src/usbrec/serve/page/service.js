// The service as the page sees it: one door for requests, one reader for streams, errors in words.

/** A failure that can be shown as it is. `status` is 0 where no answer came at all. */
export class Trouble extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

let key = null;
let askForKey = () => {};

/** Kept in this variable alone: no storage, no cookie. */
export function useKey(value) {
  key = value;
}

/** `listener` is called whenever the service answers 401. */
export function onKeyNeeded(listener) {
  askForKey = listener;
}

async function ask(path, { method = "GET", body = null, signal = null } = {}) {
  const headers = {};
  if (body !== null) headers["content-type"] = "application/json";
  if (key !== null) headers.authorization = `Bearer ${key}`;
  let answer;
  try {
    // Relative, so that the page also works under a path of a larger site.
    answer = await fetch(new URL(path, document.baseURI), {
      method,
      headers,
      signal,
      body: body === null ? null : JSON.stringify(body),
      // A browser that was let in by name and password (the key) goes on with them.
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("The service cannot be reached. Is it still running?");
  }
  if (!answer.ok) throw await trouble(answer);
  return answer;
}

/** The answer's own words where it has any. */
async function trouble(answer) {
  let words = "";
  try {
    words = String((await answer.json()).error.message ?? "");
  } catch {
    // No JSON of ours: a proxy's page, or nothing. The status has to do.
  }
  if (answer.status === 401) {
    askForKey();
    return new Trouble(key === null ? "This service asks for a key." : "The service does not know this key.", 401);
  }
  const wait = Number(answer.headers.get("retry-after"));
  const again = wait > 0 ? ` Try again in ${wait} s.` : "";
  return new Trouble((words || `The service answered with status ${answer.status}.`) + again, answer.status);
}

export async function getJson(path) {
  return read(await ask(path));
}

export async function postJson(path, body) {
  return read(await ask(path, { method: "POST", body }));
}

export async function remove(path) {
  await ask(path, { method: "DELETE" });
}

async function read(answer) {
  try {
    return await answer.json();
  } catch {
    throw new Trouble("The service answered with something that is not JSON.", answer.status);
  }
}

/**
 * One reply, streamed. `heard` gets each piece of text, `progress` how far a search is.
 * Returns `{text, finish, usbrec}`; throws Trouble, with what was said until then in `heard`'s hands.
 */
export async function reply(request, { signal = null, heard = () => {}, progress = () => {} } = {}) {
  const answer = await ask("v1/chat/completions", {
    method: "POST",
    body: { ...request, stream: true },
    signal,
  });
  const said = { text: "", finish: null, usbrec: null };
  try {
    for await (const chunk of events(answer.body)) {
      if (chunk.error) throw new Trouble(String(chunk.error.message ?? "The model failed."), answer.status);
      const ours = chunk.usbrec ?? null;
      if (ours && ours.progress) progress(ours.progress);
      else if (ours) said.usbrec = ours;
      const choice = chunk.choices?.[0];
      const piece = choice?.delta?.content;
      if (typeof piece === "string" && piece !== "") {
        said.text += piece;
        heard(piece);
      }
      if (choice?.finish_reason) said.finish = choice.finish_reason;
    }
  } catch (error) {
    if (error instanceof Trouble || error.name === "AbortError") throw error;
    throw new Trouble("The connection broke off in the middle of the reply.");
  }
  if (said.finish === null) throw new Trouble("The reply broke off before its end.");
  return said;
}

/** The JSON of every `data:` line until `[DONE]`; comments keep the connection alive and say nothing. */
async function* events(body) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data:")) continue;
      const data = line.slice(5).trim();
      if (data === "[DONE]") return;
      yield JSON.parse(data);
    }
    if (done) return;
  }
}
