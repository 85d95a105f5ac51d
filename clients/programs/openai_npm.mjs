// OpenAI's SDK for JavaScript: completions, responses, JSON, tools and what it raises.

import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { FAIL, FAIL_LATE, PLAIN, REPLY, SEARCH, URL, WISH, raises, run, same } from "./checks.mjs";

const client = new OpenAI({ baseURL: URL, apiKey: "none", maxRetries: 0 });
const said = (content) => [{ role: "user", content }];
const tools = [{ type: "function", function: { name: "look_up", parameters: { type: "object" } } }];
const Film = z.object({ title: z.string(), year: z.number() });

async function heard(stream) {
  let text = "";
  for await (const chunk of await stream) text += chunk.choices?.[0]?.delta?.content ?? chunk.delta ?? "";
  return text;
}

await run({
  async chat() {
    for (const model of [PLAIN, SEARCH]) {
      const answer = await client.chat.completions.create({ model, messages: said(WISH) });
      same(answer.choices[0].message.content, REPLY);
    }
  },
  async stream() {
    const asked = { model: SEARCH, messages: said(WISH), stream: true };
    same(await heard(client.chat.completions.create(asked)), REPLY);
  },
  async json() {
    const answer = await client.chat.completions.parse({
      model: PLAIN,
      messages: said(WISH),
      response_format: zodResponseFormat(Film, "film"),
    });
    same(answer.choices[0].message.parsed, { title: "Casino", year: 1995 });
  },
  async tools() {
    const messages = said(WISH);
    const { message } = (await client.chat.completions.create({ model: PLAIN, messages, tools })).choices[0];
    same(message.tool_calls[0].function.name, "look_up");
    const result = { role: "tool", tool_call_id: message.tool_calls[0].id, content: "178 min" };
    const asked = { model: PLAIN, messages: [...messages, message, result], tools };
    same((await client.chat.completions.create(asked)).choices[0].message.content, "It is 178 min long.");
  },
  async responses() {
    same((await client.responses.create({ model: SEARCH, input: WISH })).output_text, REPLY);
    const stream = client.responses.stream({ model: SEARCH, input: WISH });
    same((await stream.finalResponse()).output_text, REPLY);
  },
  async errors() {
    for (const text of [FAIL, FAIL_LATE]) {
      for (const model of [PLAIN, SEARCH]) {
        const asked = { model, messages: said(text) };
        await raises(() => client.chat.completions.create(asked));
        await raises(() => heard(client.chat.completions.create({ ...asked, stream: true })));
      }
      await raises(() => client.responses.create({ model: PLAIN, input: text }));
      await raises(() => heard(client.responses.create({ model: PLAIN, input: text, stream: true })));
    }
  },
});
