// LangChain for JavaScript: ChatOpenAI on completions and on responses, structured output, tools and errors.

import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { z } from "zod";
import { FAIL, FAIL_LATE, PLAIN, REPLY, SEARCH, URL, WISH, raises, run, same } from "./checks.mjs";

const Film = z.object({ title: z.string(), year: z.number() });
const on = (model, options = {}) =>
  new ChatOpenAI({ model, apiKey: "none", maxRetries: 0, configuration: { baseURL: URL }, ...options });
const ways = [{}, { useResponsesApi: true }];

async function heard(stream) {
  let text = "";
  for await (const piece of await stream) text += piece.text;
  return text;
}

await run({
  async chat() {
    for (const name of [PLAIN, SEARCH]) for (const way of ways) same((await on(name, way).invoke(WISH)).text, REPLY);
  },
  async stream() {
    for (const way of ways) same(await heard(on(SEARCH, way).stream(WISH)), REPLY);
  },
  async json() {
    for (const method of ["jsonSchema", "functionCalling"]) {
      const found = await on(PLAIN).withStructuredOutput(Film, { method, name: "film" }).invoke(WISH);
      same(found, { title: "Casino", year: 1995 });
    }
  },
  async tools() {
    const look_up = tool(async () => "178 min", {
      name: "look_up", description: "Looks a film up.", schema: z.object({ title: z.string() }),
    });
    for (const way of ways) {
      const model = on(PLAIN, way).bindTools([look_up]);
      const called = await model.invoke([new HumanMessage(WISH)]);
      same(called.tool_calls.map((call) => [call.name, call.args]), [["look_up", { title: "Casino" }]]);
      const result = new ToolMessage({ content: "178 min", tool_call_id: called.tool_calls[0].id });
      same((await model.invoke([new HumanMessage(WISH), called, result])).text, "It is 178 min long.");
    }
  },
  async errors() {
    for (const text of [FAIL, FAIL_LATE])
      for (const way of ways) {
        await raises(() => on(PLAIN, way).invoke(text));
        await raises(() => heard(on(PLAIN, way).stream(text)));
      }
  },
});
