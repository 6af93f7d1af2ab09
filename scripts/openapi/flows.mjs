// Completes the flows of `flows.json` with a client that openapi-generator wrote in TypeScript (`typescript-fetch`): every
// request goes through the client's own functions, every answer comes out of them.
// `node flows.mjs FLOWS.json NAME OPENAPI.json URL OUTBOX CLIENT CREDENTIAL`; ends with 1 if an answer is another one than expected.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [flows, name, documentFile, basePath, outbox, client, credential] = process.argv.slice(2);
const generated = await import(pathToFileURL(client));
const openapi = JSON.parse(readFileSync(documentFile, "utf8"));
const kept = {};
let authorization = credential;

const withCredential = {
  pre: async ({ url, init }) => ({
    url,
    init: authorization ? { ...init, headers: { ...init.headers, Authorization: authorization } } : init,
  }),
};
const configuration = new generated.Configuration({ basePath, middleware: [withCredential] });
const api = new (Object.values(generated).find((one) => one.prototype instanceof generated.BaseAPI))(configuration);

const at = (value, pointer) => pointer.split("/").slice(1).reduce((inner, step) => inner?.[step], value);
const camel = (text) => text.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const lastCode = () => JSON.parse(readFileSync(outbox, "utf8").trim().split("\n").at(-1)).code;
const operation = (id) =>
  Object.values(openapi.paths).flatMap((path) => Object.values(path)).find((one) => one.operationId === id);

// The name that the generator gives what has none of its own follows the operation's.
const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const named = (schema, otherwise) => schema?.$ref?.split("/").at(-1) ?? otherwise;

function put(body, pointer, value) {
  const last = pointer.lastIndexOf("/");
  at(body, pointer.slice(0, last))[pointer.slice(last + 1)] = value;
}

function request(step) {
  const parameters = Object.entries(step.parameters ?? {})
    .map(([key, value]) => [key, value.startsWith("$") ? kept[value.slice(1)] : value]);
  const content = operation(step.call).requestBody?.content["application/json"];
  if (content === undefined) return Object.fromEntries(parameters);
  const shown = content.examples?.[step.example] ?? operation(step.call)["x-examples"][step.example];
  const body = structuredClone(shown.value);
  for (const [pointer, value] of Object.entries(step.with ?? {})) put(body, pointer, value);
  for (const [pointer, value] of Object.entries(step.set ?? {})) put(body, pointer, value === "code" ? lastCode() : kept[value]);
  const type = named(content.schema, `${upper(camel(step.call))}Request`);
  const key = type.charAt(0).toLowerCase() + type.slice(1);
  return { ...Object.fromEntries(parameters), [key]: generated[`${type}FromJSON`](body) };
}

async function run(step) {
  if (step.bearer) authorization = `Bearer ${kept[step.bearer]}`;
  let value;
  try {
    value = await api[camel(step.call)](request(step));
  } catch (error) {
    if (!(error instanceof generated.ResponseError)) throw error;
    return error.response.status === step.refused ? [] : [`answers ${error.response.status} ${await error.response.text()}`];
  }
  const schema = Object.entries(operation(step.call).responses).find(([status]) => status.startsWith("2"))[1]
    .content["application/json"].schema;
  const answer = generated[`${named(schema, `${upper(camel(step.call))}200Response`)}ToJSON`](value);
  if (step.refused) return [`is not refused: ${JSON.stringify(answer)}`];
  for (const [key, pointer] of Object.entries(step.keep ?? {})) kept[key] = at(answer, pointer);
  return Object.entries(step.expect ?? {})
    .filter(([pointer, wanted]) => at(answer, pointer) !== wanted)
    .map(([pointer]) => `${pointer} is ${JSON.stringify(at(answer, pointer))} in ${JSON.stringify(answer)}`);
}

let calls = 0;
let wrong = 0;
for (const step of JSON.parse(readFileSync(flows, "utf8"))[name]) {
  calls += 1;
  const misses = await run(step);
  for (const miss of misses) console.log(`${step.call}: ${miss}`);
  if (misses.length > 0) wrong += 1;
}
console.log(`TypeScript, ${name}: ${calls} calls, ${wrong} unexpected`);
process.exitCode = wrong === 0 && calls > 0 ? 0 : 1;
