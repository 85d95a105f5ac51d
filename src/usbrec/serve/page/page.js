// Puts the page together: asks the service what there is, and shows one of the two views.

import { startArena } from "./arena.js";
import { startChat } from "./chat.js";
import { byId, show } from "./elements.js";
import { Trouble, getJson, onKeyNeeded, useKey } from "./service.js";

function complain(error) {
  byId("trouble-text").textContent = error instanceof Trouble ? error.message : "Something in this page failed. Load it again.";
  show(byId("trouble"), true);
  if (!(error instanceof Trouble)) throw error;
}

let ready = Promise.resolve();
const known = () => ready;
const chat = startChat({ complain, known });
const arena = startArena({ complain, known });

/** Whoever let this page in may still want a key: then nothing is known until there is one. */
async function begin() {
  try {
    const models = (await getJson("v1/models")).data;
    const info = await getJson("v1/usbrec/info");
    const stores = Boolean(info.store);
    chat.offer(models, { stores, about: described(info) });
    arena.offer(models, { stores });
    for (const name of ["drafts", "rounds"]) {
      const most = info.limits?.[name];
      if (typeof most === "number") byId(name).max = String(most);
    }
    show(byId("trouble"), false);
    await arena.count();
  } catch (error) {
    complain(error);
  }
}

function described(info) {
  const items = typeof info.catalogue === "number"
    ? `Recommendations come from a catalogue of ${info.catalogue.toLocaleString("en")} items.`
    : "There is no catalogue here, so titles are not checked.";
  return `${items} ${info.store ? "What you say is kept only if you ask for it." : "Nothing you say is kept."}`;
}

function look(view) {
  for (const name of ["chat", "arena"]) {
    show(byId(name), name === view);
    byId(`show-${name}`).setAttribute("aria-pressed", String(name === view));
  }
  byId(view === "chat" ? "message" : "arena-message").focus();
}

byId("show-chat").addEventListener("click", () => look("chat"));
byId("show-arena").addEventListener("click", () => look("arena"));
byId("trouble-close").addEventListener("click", () => show(byId("trouble"), false));
onKeyNeeded(() => {
  show(byId("key-form"), true);
  byId("key").focus();
});
byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  useKey(byId("key").value.trim());
  byId("key").value = "";
  show(byId("key-form"), false);
  ready = begin();
});
ready = begin();
