// The conversation: what was said, the reply as it comes, the profile that goes with the next message.

import { cards } from "./cards.js";
import { cost, draftList, verdict } from "./drafts.js";
import { byId, growing, make, sendsOnEnter, show } from "./elements.js";
import { Trouble, postJson, remove, reply } from "./service.js";

const NUMBERS = ["drafts", "rounds", "deadline"];

/** Starts the chat. `complain` shows what has no place of its own; `known()` ends when the service has said what
 * there is, or failed to. */
export function startChat({ complain, known }) {
  const log = byId("log");
  const message = byId("message");
  const profile = byId("profile");
  const fit = growing(message);
  const state = { models: [], history: [], profile: "", edited: false, running: null, session: null, kept: [] };

  const model = () => state.models.find((one) => one.id === byId("model").value) ?? null;
  const enhanced = () => model()?.usbrec?.enhanced ?? false;

  // What goes out

  function request() {
    const ours = { progress: true };
    for (const name of NUMBERS) {
      const field = byId(name);
      if (field.value !== "" && field.validity.valid) ours[name] = Number(field.value);
    }
    if (state.edited && profile.value.trim() !== "") ours.profile = profile.value;
    if (state.session !== null) ours.session = state.session;
    return { model: model()?.id, messages: state.history, usbrec: ours };
  }

  function badSetting() {
    return NUMBERS.map(byId).find((field) => !field.validity.valid) ?? null;
  }

  async function send() {
    const text = message.value.trim();
    const wrong = badSetting();
    if (text === "" || state.running) return;
    if (wrong) {
      byId("drafts").closest("details").open = true;
      wrong.reportValidity();
      return;
    }
    message.value = "";
    fit();
    state.history.push({ role: "user", content: text });
    show(byId("welcome"), false);
    log.append(make("article", { class: "said seeker", "aria-label": "You" }, make("p", { class: "bubble" }, text)));
    await answer();
  }

  async function answer() {
    const words = make("p", { class: "bubble waiting" });
    const article = make("article", { class: "said recommender", "aria-label": "Recommender", "aria-busy": "true" }, words);
    log.append(article);
    follow(article);
    running(new AbortController());
    // This conversation's, also when a new one has begun by the time something comes.
    const { history } = state;
    try {
      await known();
      if (byId("store").checked && state.session === null) await begin();
      const said = await reply(request(), {
        signal: state.running.signal,
        progress: tell,
        heard: (piece) => {
          words.classList.remove("waiting");
          words.append(piece);
          follow(article);
        },
      });
      history.push({ role: "assistant", content: said.text });
      finish(article, said);
    } catch (error) {
      failed(article, words, error, history);
    } finally {
      words.classList.remove("waiting");
      article.setAttribute("aria-busy", "false");
      running(null);
      follow(article);
    }
  }

  // What comes back

  function finish(article, said) {
    const ours = said.usbrec ?? {};
    const judge = typeof ours.session === "string" && typeof ours.turn === "number"
      ? opinions(ours.session, ours.turn)
      : null;
    const found = cards(ours.items, judge, ours.units);
    if (said.finish === "length") article.append(note("Cut off: the limit of the reply or its deadline was reached."));
    if (found) article.append(found);
    explain(ours.trace ?? null);
    if (ours.trace) {
      article.append(
        make("button", {
          type: "button",
          class: "quiet",
          textContent: "Why this reply?",
          onclick: () => {
            explain(ours.trace);
            byId("why").scrollIntoView({ block: "nearest" });
            byId("why").focus({ preventScroll: true });
          },
        }),
      );
    }
  }

  const opinions = (session, turn) => (kind, item) =>
    postJson(`v1/usbrec/sessions/${encodeURIComponent(session)}/feedback`, { turn, kind, item });

  function failed(article, words, error, history) {
    const stopped = error.name === "AbortError";
    if (!stopped && !(error instanceof Trouble)) throw error;
    const text = words.textContent.trim();
    if (text === "") words.remove();
    // What was heard was said: the next message may refer to it.
    else history.push({ role: "assistant", content: text });
    article.append(note(stopped ? "Stopped." : error.message, stopped ? "" : "alert"));
    if (text !== "" || error.status === 401) return;
    const again = make("button", {
      type: "button",
      class: "quiet",
      textContent: "Try again",
      onclick: () => {
        if (state.running) return;
        article.remove();
        message.focus();
        answer();
      },
    });
    article.append(again);
  }

  const note = (text, role = "") => make("p", { class: role ? "note wrong" : "note", role: role || null }, text);

  function explain(trace) {
    byId("draft-list").replaceChildren(...(trace ? draftList(trace) : []));
    byId("cost").textContent = trace ? cost(trace.usage) : "";
    byId("verdict").textContent = trace ? verdict(trace) : "This reply was said at once; no drafts were compared.";
    if (trace) understood(trace.profile ?? "");
  }

  // The profile

  function understood(text) {
    if (state.edited) return;
    state.profile = text;
    profile.value = text;
    describe();
  }

  function describe() {
    const words = !enhanced() && state.models.length
      ? "The chosen model reads no profile."
      : state.edited
        ? "Your version goes with every message from now on."
        : state.profile === ""
          ? ""
          : "Wrong? Change any line; names are set apart by semicolons.";
    byId("profile-state").textContent = words;
    show(byId("profile-reset"), state.edited);
  }

  // What shows that it works

  function running(controller) {
    const before = document.activeElement;
    state.running = controller;
    show(byId("stop"), controller !== null);
    show(byId("send"), controller === null);
    // A button that goes takes the keyboard's place in the page with it, unless its successor gets it.
    if (before === byId("send") && controller !== null) byId("stop").focus();
    if (before === byId("stop") && controller === null) message.focus();
    byId("progress-text").textContent = "";
    show(byId("progress"), false);
    byId("track").style.setProperty("--share", "0");
  }

  function tell({ stage, drafts, of }) {
    const words = { drafting: "Drafting", playing: "Playing drafts forward", judging: "Judging where they end" };
    show(byId("progress"), true);
    byId("progress-text").textContent = `${words[stage] ?? "Searching"}: ${drafts} of ${of}`;
    const before = { drafting: 0, playing: 0.3, judging: 0.3 }[stage] ?? 0;
    const part = stage === "drafting" ? 0.3 : 0.7;
    byId("track").style.setProperty("--share", String(before + (of ? (part * drafts) / of : 0)));
  }

  /** Keep the newest in sight, unless the reader has scrolled back. */
  function follow(article) {
    const distance = log.scrollHeight - log.scrollTop - log.clientHeight;
    if (log.scrollHeight > log.clientHeight + 4) {
      if (distance < 240) log.scrollTop = log.scrollHeight;
    } else {
      article.scrollIntoView({ block: "nearest" });
    }
  }

  // What is kept

  async function begin() {
    state.session = (await postJson("v1/usbrec/sessions", { user: null })).session;
    state.kept.push(state.session);
    show(byId("forget"), true);
  }

  /** Everything that was kept since this page was opened, also of conversations that are over. */
  async function forget() {
    try {
      while (state.kept.length > 0) {
        await remove(`v1/usbrec/sessions/${encodeURIComponent(state.kept[0])}`).catch((error) => {
          // What somebody else has deleted is deleted.
          if (error.status !== 404) throw error;
        });
        state.kept.shift();
      }
    } catch (error) {
      complain(error);
      return;
    }
    state.session = null;
    byId("store").checked = false;
    for (const group of log.querySelectorAll(".feedback")) group.remove();
    byId("kept-state").textContent = "What was kept is deleted.";
    message.focus();
    show(byId("forget"), false);
  }

  function fresh() {
    state.running?.abort();
    Object.assign(state, { history: [], profile: "", edited: false, session: null });
    profile.value = "";
    for (const article of log.querySelectorAll("article")) article.remove();
    show(byId("welcome"), true);
    byId("draft-list").replaceChildren();
    byId("cost").textContent = "";
    byId("verdict").textContent = "Nothing was said yet.";
    describe();
    message.focus();
  }

  sendsOnEnter(message, byId("composer"));
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  byId("stop").addEventListener("click", () => {
    state.running?.abort();
    message.focus();
  });
  byId("fresh").addEventListener("click", fresh);
  byId("forget").addEventListener("click", forget);
  byId("store").addEventListener("change", () => {
    // What is said from now on is not kept; what was kept stays until it is deleted.
    if (!byId("store").checked) state.session = null;
    byId("kept-state").textContent = "";
  });
  byId("model").addEventListener("change", describe);
  profile.addEventListener("input", () => {
    state.edited = profile.value !== state.profile;
    describe();
  });
  byId("profile-reset").addEventListener("click", () => {
    state.edited = false;
    understood(state.profile);
    profile.focus();
  });

  return {
    /** What the service has: its models, the enhanced one chosen, and whether it keeps conversations. */
    offer(models, { stores, about }) {
      state.models = models;
      const before = byId("model").value;
      byId("model").replaceChildren(...models.map((one) => make("option", { value: one.id }, one.id)));
      const wanted = models.find((one) => one.id === before) ?? models.find((one) => one.usbrec?.enhanced) ?? models[0];
      if (wanted) byId("model").value = wanted.id;
      byId("about").textContent = about;
      show(byId("store-choice"), stores);
      describe();
    },
  };
}
