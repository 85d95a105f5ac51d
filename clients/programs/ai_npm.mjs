// Vercel's AI SDK: the OpenAI provider (responses by default, completions by `chat`) and the compatible one.

import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { Output, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { FAIL, FAIL_LATE, PLAIN, REPLY, SEARCH, URL, WISH, raises, run, same } from "./checks.mjs";

const openai = createOpenAI({ baseURL: URL, apiKey: "none" });
const compatible = createOpenAICompatible({
  name: "usbrec", baseURL: URL, apiKey: "none", supportsStructuredOutputs: true,
});
const ways = [(name) => openai(name), (name) => openai.chat(name), (name) => compatible(name)];
const Film = z.object({ title: z.string(), year: z.number() });
const maxRetries = 0;

async function heard(asked) {
  let text = "";
  for await (const part of streamText({ maxRetries, onError() {}, ...asked }).fullStream) {
    if (part.type === "text-delta") text += part.text ?? part.delta ?? "";
    if (part.type === "error") throw part.error;
  }
  return text;
}

await run({
  async chat() {
    for (const way of ways)
      for (const name of [PLAIN, SEARCH])
        same((await generateText({ model: way(name), prompt: WISH, maxRetries })).text, REPLY);
  },
  async stream() {
    for (const way of ways) same(await heard({ model: way(SEARCH), prompt: WISH }), REPLY);
  },
  async json() {
    for (const way of ways) {
      const output = Output.object({ schema: Film });
      const answer = await generateText({ model: way(PLAIN), prompt: WISH, output, maxRetries });
      same(answer.output, { title: "Casino", year: 1995 });
    }
  },
  async tools() {
    const look_up = tool({ inputSchema: z.object({ title: z.string() }), execute: async () => "178 min" });
    // What is kept between requests is kept nowhere here: the conversation is sent whole.
    const providerOptions = { openai: { store: false } };
    for (const way of ways) {
      const asked = { tools: { look_up }, stopWhen: stepCountIs(3), maxRetries, providerOptions };
      const answer = await generateText({ model: way(PLAIN), prompt: WISH, ...asked });
      same(answer.text, "It is 178 min long.");
    }
  },
  async turns() {
    const messages = [
      { role: "user", content: WISH },
      { role: "assistant", content: REPLY },
      { role: "user", content: "Seen it. Another?" },
    ];
    for (const way of ways) same((await generateText({ model: way(PLAIN), messages, maxRetries })).text, REPLY);
    // As it goes on from its own answers: by reference, unless it is told that nothing is kept.
    const first = await generateText({ model: openai(PLAIN), prompt: WISH, maxRetries });
    const again = [messages[0], ...first.response.messages, messages[2]];
    const kept = { model: openai(PLAIN), messages: again, maxRetries };
    await raises(() => generateText(kept));
    const whole = { ...kept, providerOptions: { openai: { store: false } } };
    same((await generateText(whole)).text, REPLY);
  },
  async errors() {
    for (const way of ways)
      for (const text of [FAIL, FAIL_LATE]) {
        await raises(() => generateText({ model: way(PLAIN), prompt: text, maxRetries }));
        await raises(() => heard({ model: way(PLAIN), prompt: text }));
      }
  },
});
