// promptfoo: an evaluation of words and of JSON with its assertions, and what becomes of a prompt that fails.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FAIL, PLAIN, SEARCH, URL, WISH, run, same } from "./checks.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const schema = {
  type: "object",
  properties: { title: { type: "string" }, year: { type: "integer" } },
  required: ["title", "year"],
  additionalProperties: false,
};

// What came of each test: whether it passed, and the error where there was one.
function evaluated(model, prompt, config, assertion) {
  const folder = mkdtempSync(join(tmpdir(), "promptfoo-"));
  const written = {
    prompts: [prompt],
    providers: [{ id: `openai:chat:${model}`, config: { apiBaseUrl: URL, apiKey: "none", maxRetries: 0, ...config } }],
    tests: [{ assert: [assertion] }],
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(written));
  const out = join(folder, "out.json");
  const options = ["eval", "-c", join(folder, "config.json"), "-o", out, "--no-cache", "--no-write", "--no-table"];
  try {
    execFileSync(join(here, "node_modules", ".bin", "promptfoo"), options, {
      env: { ...process.env, PROMPTFOO_CONFIG_DIR: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
  } catch (error) {
    // A test that does not pass ends it with 100.
    if (error.status !== 100) throw error;
  }
  const [result] = JSON.parse(readFileSync(out)).results.results;
  return result;
}

const contains = { type: "contains", value: "Casino (1995)" };

await run({
  chat() {
    for (const model of [PLAIN, SEARCH]) same(evaluated(model, WISH, {}, contains).success, true);
  },
  json() {
    const response_format = { type: "json_schema", json_schema: { name: "film", schema, strict: true } };
    same(evaluated(PLAIN, WISH, { response_format }, { type: "is-json", value: schema }).success, true);
  },
  errors() {
    const result = evaluated(PLAIN, FAIL, {}, contains);
    same([result.success, Boolean(result.error)], [false, true]);
  },
});
