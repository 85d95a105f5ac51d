// Checks of a client: each is a function that fails with an exception; what came of them is printed as JSON.

export const URL = process.argv[2];
export const PLAIN = "openai:m", SEARCH = "openai:m:ses";
export const WISH = "I loved Goodfellas (1990), more crime please.";
// What the model's server fails at, at once or in the middle of a stream.
export const FAIL = "Please fail.", FAIL_LATE = "Please fail late.";
export const REPLY = "How about Casino (1995)?";

// Whether `work` raises, rather than giving an empty answer.
export async function raises(work) {
  let got;
  try {
    got = await work();
  } catch {
    return;
  }
  throw new Error(`nothing was raised; the client gave ${JSON.stringify(got)}`.slice(0, 300));
}

export function same(found, expected) {
  const [left, right] = [found, expected].map((value) => JSON.stringify(value));
  if (left !== right) throw new Error(`${left} is not ${right}`.slice(0, 300));
}

export async function run(checks) {
  const results = {};
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      results[name] = "ok";
    } catch (error) {
      console.error(error);
      results[name] = `${error?.name}: ${error?.message}`.slice(0, 500);
    }
  }
  console.log("\n" + JSON.stringify(results));
}
