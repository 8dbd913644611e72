// Every operation of openapi.json, called from the description itself: what is answered must match the described
// schema and hold nothing that is not described; what is wrong must get the described problem.
//
//   node tests/api/calls.mjs URL ACCOUNTS RECEIVER
//
// Prints "ok SENTENCE" or "FAIL SENTENCE: why" for each case.
import { createHmac } from "node:crypto";
import fs from "node:fs";
import zlib from "node:zlib";
import http from "node:http";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [url, accountsFile, receiver] = process.argv.slice(2);
const passwords = new Map();
for (const line of fs.readFileSync(accountsFile, "utf8").split("\n")) {
  const [name, password, role, org] = line.trim().split(/\s+/);
  if (org) passwords.set(name, { password, role, org });
}
let failed = 0;
async function test(sentence, run) {
  try {
    await run();
    console.log(`ok ${sentence}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${sentence}: ${String(error.message).slice(0, 1500)}`);
  }
}
function check(right, why) {
  if (!right) throw new Error(why);
}

// A plain request, so that nothing is unpacked, followed or added on the way.
function ask(method, path, { token, body, headers = {}, raw } = {}) {
  const data = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const all = { Connection: "close", ...headers };
  if (token) all.Authorization = `Bearer ${token}`;
  if (data !== undefined) {
    all["Content-Type"] ??= "application/json";
    all["Content-Length"] = Buffer.byteLength(data);
  }
  return new Promise((resolve, reject) => {
    const request = http.request(url + path, { method, headers: all, timeout: 60000 }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        let bytes = Buffer.concat(chunks);
        const packed = response.headers["content-encoding"] === "gzip";
        if (packed) bytes = zlib.gunzipSync(bytes);
        const text = bytes.toString("utf8");
        const type = (response.headers["content-type"] ?? "").split(";")[0];
        const json = /json$/.test(type) && text ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode, headers: response.headers, type, text, json, packed });
      });
    });
    request.on("error", reject);
    request.on("timeout", () => request.destroy(new Error(`${method} ${path}: no answer`)));
    request.end(data);
  });
}
async function signIn(name) {
  const answer = await ask("POST", "/api/v1/session", { body: { username: name, password: passwords.get(name).password } });
  check(answer.status === 201, `${name} cannot sign in: ${answer.status} ${answer.text}`);
  return answer.json.token;
}

const organizer = await signIn("zuzhi.xian");
const administrator = await signIn("guanli.xian");
const township = [...passwords].find(([, account]) => account.role === "township_organizer")[0];
const tokens = { organizer, administrator, township: await signIn(township) };
const described = (await ask("GET", "/api/v1/openapi.json", { token: organizer })).json;

await test("a validator accepts the description, for everybody", async () => {
  for (const token of [undefined, organizer, administrator]) {
    const answer = await ask("GET", "/api/v1/openapi.json", { token });
    const result = await new Validator().validate(answer.json);
    check(result.valid, JSON.stringify(result.errors ?? ""));
  }
});

// Nothing may be answered that is not described, so every object is closed before it is compared.
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
function closed(schema, inside = false) {
  if (Array.isArray(schema)) return schema.map((one) => closed(one, inside));
  if (schema === null || typeof schema !== "object") return schema;
  const copy = {};
  for (const [key, value] of Object.entries(schema))
    copy[key] = key === "properties"
      ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closed(one)]))
      : key === "examples" || key === "enum" || key === "const" ? value : closed(value, key === "allOf" || inside);
  if (copy.properties && !inside && copy.additionalProperties === undefined) copy.unevaluatedProperties = false;
  if (copy.allOf && !inside) copy.unevaluatedProperties = false;
  return copy;
}
const opened = structuredClone(described.components.schemas);
// What others extend stays open itself; whoever extends it is closed.
const schemas = Object.fromEntries(Object.entries(opened).map(([name, schema]) =>
  [name, name === "Row" || name.startsWith("fields_") ? schema : closed(schema)]));
ajv.addSchema({ $id: "https://hangji.invalid/api", components: { schemas } });
const compiled = new Map();
function matches(schema, value, what) {
  const key = JSON.stringify(schema);
  if (!compiled.has(key))
    compiled.set(key, ajv.compile(JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/components', '"https://hangji.invalid/api#/components'))));
  const validate = compiled.get(key);
  check(validate(value), `${what}: ${ajv.errorsText(validate.errors?.slice(0, 6))}`);
}
// The answer is one that the operation describes, in status, type and shape.
function asDescribed(operation, answer) {
  const response = operation.responses[answer.status];
  check(response, `${answer.status} is not described: ${answer.text.slice(0, 300)}`);
  const content = response.content?.[answer.type];
  if (!answer.text) return;
  check(content, `${answer.status} with ${answer.type} is not described`);
  if (content.schema) matches(content.schema, answer.json, `${answer.status}`);
}

const methods = ["get", "post", "patch", "put", "delete"];
const operations = Object.entries(described.paths).flatMap(([path, item]) =>
  Object.entries(item).filter(([method]) => methods.includes(method)).map(([method, operation]) => ({ path, method, operation })));

// --- what to call them with ---
const ledgers = (await ask("GET", "/api/v1/ledgers", { token: organizer })).json.items;
const indicators = (await ask("GET", "/api/v1/indicators", { token: organizer })).json.items;
const village = (await ask("GET", "/api/v1/orgs?kind=village&limit=1", { token: organizer })).json.items[0];
let sample;
for (const ledger of ledgers) {
  const rows = (await ask("GET", `/api/v1/ledgers/${ledger.ledger}/rows?limit=1`, { token: organizer })).json;
  if (rows?.items?.length && ledger.may_enter && !ledger.in) {
    sample = { ledger: ledger.ledger, row: rows.items[0] };
    if (ledger.ledger === "person") break;
  }
}
// A row that moves, for the addresses of flows.
let moving = sample;
for (const ledger of ledgers.filter((one) => one.flow && one.may_enter)) {
  const rows = (await ask("GET", `/api/v1/ledgers/${ledger.ledger}/rows?limit=1`, { token: organizer })).json;
  if (rows?.items?.length) {
    moving = { ledger: ledger.ledger, row: rows.items[0] };
    break;
  }
}
const cadences = (await ask("GET", "/api/v1/cadences", { token: organizer })).json.items;
const parts = {
  code: village.code, ledger: sample.ledger, id: sample.row.id, indicator: indicators[0].indicator,
  scheme: "half_year_contest", period: "2018H1", report: "half_year", delivery: "1",
  cadence: cadences[0]?.cadence, action: "send_back",
};
async function firstThat(path, names, rest = "") {
  for (const name of names) {
    const answer = await ask("GET", path + name + rest, { token: organizer });
    if (answer.status === 200) return name;
  }
  return names[0];
}
const packFiles = fs.readdirSync("packs/cangxian", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"))
  .map((entry) => fs.readFileSync(`${entry.parentPath ?? entry.path}/${entry.name}`, "utf8")).join("\n")
  + fs.readdirSync("packs/national", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"))
    .map((entry) => fs.readFileSync(`${entry.parentPath ?? entry.path}/${entry.name}`, "utf8")).join("\n");
const named = (word) => [...packFiles.matchAll(new RegExp(`(?:^|\\s)-? *${word}: ([a-z][a-z0-9_]*)`, "gm"))].map((found) => found[1]);
parts.report = await firstThat("/api/v1/reports/", [...new Set(named("report"))], "?from=2018-01-01&to=2018-06-30");
parts.scheme = await firstThat("/api/v1/assessments/", [...new Set(named("scheme"))], "/2018H1");

const hook = await ask("POST", "/api/v1/webhooks", { token: administrator,
  body: { name: "从说明里来", url: `${receiver}/ok`, org: "130921", ledgers: [], kinds: [] } });
check(hook.status === 201, `no webhook: ${hook.text}`);

// Somebody else's token, for who manages accounts.
const lent = await ask("POST", "/api/v1/tokens", { token: organizer,
  body: { name: "从说明里来", expires_on: new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10) } });
check(lent.status === 201, `no token: ${lent.text}`);
const ofOthers = await ask("GET", "/api/v1/accounts/tokens", { token: administrator });
const theirs = ofOthers.json.items.find((one) => one.id === lent.json.id);
check(theirs, `the token is not listed: ${ofOthers.text}`);

const fill = (path, given = {}) => path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(given[name] ?? parts[name] ?? "1"));
const days = "?from=2018-01-01&to=2018-06-30";
const queries = { "/api/v1/search": `?q=${encodeURIComponent("村")}`, "/api/v1/reports/{report}": days, "/api/v1/reports/{report}/export.pdf": days, "/api/v1/reports/{report}/export.xlsx": days };
const pathOf = ({ path }) => {
  if (path.includes("/webhooks/{id}")) return fill(path, { id: hook.json.id });
  if (path.includes("/accounts/{id}/tokens/")) return fill(path, { id: theirs.account, token: theirs.id });
  if (path.includes("/assessments/") && path.includes("/{code}") && !path.endsWith("/approve") && !path.endsWith("/accept"))
    return fill(path, { code: passwords.get(township).org });
  if (/\/rows\/\{id\}\/(flow|people|actions)/.test(path)) return fill(path, { ledger: moving.ledger, id: moving.row.id });
  return fill(path) + (queries[path] ?? "");
};
// Only who takes part in a contest appeals.
const tokenOf = ({ operation }) => ({ "account.manage": administrator, "scheme.appeal": tokens.township })[operation["x-permission"]] ?? organizer;

for (const one of operations.filter(({ method }) => method === "get"))
  await test(`GET ${one.path} answers what is described`, async () => {
    const answer = await ask("GET", pathOf(one), { token: tokenOf(one) });
    const known = one.operation.responses[200].content?.["application/json"];
    check(answer.status === 200 || !known || /\/files\/|\/imports?\//.test(one.path) && answer.status === 404, `${answer.status} ${answer.text.slice(0, 300)}`);
    asDescribed(one.operation, answer);
    const begins = { "/api/v1/reports/{report}/export.pdf": "%PDF-1.", "/api/v1/reports/{report}/export.xlsx": "PK" }[one.path];
    if (begins) check(answer.status === 200 && answer.text.startsWith(begins), `${answer.status} ${answer.text.slice(0, 300)}`);
    if (answer.status !== 200 || !known) return;
    check(answer.headers.etag, "no ETag");
    check(/private/.test(answer.headers["cache-control"]), answer.headers["cache-control"]);
    const again = await ask("GET", pathOf(one), { token: tokenOf(one), headers: { "If-None-Match": answer.headers.etag } });
    check(again.status === 304 && again.text === "", `the same again: ${again.status}`);
    const packed = await ask("GET", pathOf(one), { token: tokenOf(one), headers: { "Accept-Encoding": "gzip" } });
    check(packed.text === answer.text && (packed.packed || answer.text.length < 1100), "gzip changes the answer");
    const head = await ask("HEAD", pathOf(one), { token: tokenOf(one) });
    check(head.status === 200 && head.text === "", `HEAD: ${head.status}`);
  });

for (const one of operations) {
  const path = pathOf(one);
  const call = one.method.toUpperCase();
  if (one.operation.security === undefined)
    await test(`${call} ${one.path} asks a stranger to sign in`, async () => {
      const answer = await ask(call, path, { body: one.operation.requestBody?.content?.["application/json"] ? {} : undefined });
      check(answer.status === 401, `${answer.status}`);
      asDescribed(one.operation, answer);
    });
  const queried = (one.operation.parameters ?? []).some((parameter) => parameter.name === "filters");
  if (one.method === "get" && !queried)
    await test(`GET ${one.path} refuses an unknown parameter`, async () => {
      const answer = await ask(call, `${path}${path.includes("?") ? "&" : "?"}nobody_knows=1`, { token: tokenOf(one) });
      check(answer.status === 400 && answer.json.errors[0].field === "nobody_knows", `${answer.status}`);
      asDescribed(one.operation, answer);
    });
  if ((one.operation.parameters ?? []).some((parameter) => parameter.name === "limit"))
    await test(`GET ${one.path} refuses a limit that is none`, async () => {
      for (const limit of ["0", "201", "many"]) {
        const answer = await ask(call, `${path}${path.includes("?") ? "&" : "?"}limit=${limit}`, { token: tokenOf(one) });
        check(answer.status === 400, `${limit}: ${answer.status}`);
        asDescribed(one.operation, answer);
      }
    });
  const schema = one.operation.requestBody?.content?.["application/json"]?.schema;
  if (!schema) continue;
  await test(`${call} ${one.path} names what is missing, unknown or of another type`, async () => {
    const token = tokenOf(one);
    if (schema.required.length > 0) {
      const empty = await ask(call, path, { token, body: {} });
      check(empty.status === 422, `empty: ${empty.status}`);
      asDescribed(one.operation, empty);
      for (const field of schema.required)
        check(empty.json.errors.some((issue) => issue.field === field && issue.code === "required"), `${field} is not asked for`);
    }
    const unknown = await ask(call, path, { token, body: { nobody_knows: 1 } });
    check(unknown.status === 422 && unknown.json.errors.some((issue) => issue.field === "nobody_knows" && issue.code === "unknown"), `unknown: ${unknown.status}`);
    for (const [field, member] of Object.entries(schema.properties)) {
      const wrong = await ask(call, path, { token, body: { [field]: member.type === "string" ? 1 : "no" } });
      check(wrong.status === 422 && wrong.json.errors.some((issue) => issue.field === field && issue.code === "type"), `${field}: ${wrong.status} ${wrong.text}`);
      asDescribed(one.operation, wrong);
    }
    const other = await ask(call, path, { token, raw: "<x/>", headers: { "Content-Type": "text/xml" } });
    check(other.status === 415, `text/xml: ${other.status}`);
    asDescribed(one.operation, other);
    const broken = await ask(call, path, { token, raw: "{", headers: {} });
    check(broken.status === 400, `broken JSON: ${broken.status}`);
  });
}

await test("every address answers OPTIONS, and 405 with Allow to what it does not do", async () => {
  for (const path of new Set(operations.map((one) => one.path))) {
    const wanted = Object.keys(described.paths[path]).filter((method) => methods.includes(method)).map((method) => method.toUpperCase());
    const options = await ask("OPTIONS", fill(path));
    check(options.status === 204, `OPTIONS ${path}: ${options.status}`);
    const allow = options.headers.allow.split(", ");
    for (const method of wanted) check(allow.includes(method), `${path}: ${allow} lacks ${method}`);
    const other = await ask("PUT", fill(path), { token: organizer, body: {} });
    check(wanted.includes("PUT") || (other.status === 405 && other.headers.allow), `PUT ${path}: ${other.status}`);
  }
});

await test("what is not JSON is not to be had, and says so", async () => {
  const answer = await ask("GET", "/api/v1/orgs", { token: organizer, headers: { Accept: "text/csv" } });
  check(answer.status === 406 && answer.type === "application/problem+json", `${answer.status}`);
  for (const accept of ["*/*", "application/json;q=0.5, text/html", "application/*"])
    check((await ask("GET", "/api/v1/orgs?limit=1", { token: organizer, headers: { Accept: accept } })).status === 200, accept);
});

await test("Accept-Language chooses the language of a problem", async () => {
  const zh = await ask("GET", "/api/v1/ledgers/nothing", { token: organizer, headers: { "Accept-Language": "zh-CN" } });
  const en = await ask("GET", "/api/v1/ledgers/nothing", { token: organizer, headers: { "Accept-Language": "en" } });
  check(/[\u4e00-\u9fff]/.test(zh.json.detail) && zh.headers["content-language"] === "zh", zh.text);
  check(!/[\u4e00-\u9fff]/.test(en.json.detail) && en.headers["content-language"] === "en", en.text);
});

// --- a row made from its described schema, changed and voided ---
const rowsPath = `/api/v1/ledgers/${sample.ledger}/rows`;
const rowSchema = described.components.schemas[`fields_${sample.ledger}`];
const wanted = described.components.schemas[`new_${sample.ledger}`].allOf[1].required;
const fields = Object.fromEntries(wanted.map((name) => [name, rowSchema.properties[name].examples?.[0] ?? "从说明里来"]));
const operation = (path, method) => described.paths[path][method];
const ROWS = "/api/v1/ledgers/{ledger}/rows";
let made;
await test("a row is entered from its described fields and examples", async () => {
  matches({ $ref: `#/components/schemas/new_${sample.ledger}` }, fields, "the examples");
  const answer = await ask("POST", rowsPath, { token: organizer, body: { org: sample.row.org, fields }, headers: { "Idempotency-Key": "from-the-description" } });
  check(answer.status === 201, answer.text);
  asDescribed(operation(ROWS, "post"), answer);
  check(answer.headers.location === `${rowsPath}/${answer.json.id}`, "no Location");
  made = answer.json;
  const again = await ask("POST", rowsPath, { token: organizer, body: { org: sample.row.org, fields }, headers: { "Idempotency-Key": "from-the-description" } });
  check(again.status === 201 && again.json.id === made.id && again.headers["idempotency-replayed"] === "true" && again.headers.location === answer.headers.location, again.text);
  const other = await ask("POST", rowsPath, { token: organizer, body: { org: sample.row.org, fields: { ...fields, [wanted[0]]: "另一个" } }, headers: { "Idempotency-Key": "from-the-description" } });
  check(other.status === 422, `another body: ${other.status}`);
});
await test("the same key at the same moment makes one row", async () => {
  const body = { org: sample.row.org, fields: { ...fields, [wanted[0]]: "同时" } };
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask("POST", rowsPath, { token: organizer, body, headers: { "Idempotency-Key": "all-at-once" } })));
  check(answers.every((answer) => answer.status === 201), answers.map((answer) => answer.status).join(" "));
  check(new Set(answers.map((answer) => answer.json.id)).size === 1, "several rows");
});
await test("each field of each ledger refuses what its schema refuses", async () => {
  let asked = 0;
  for (const ledger of ledgers.filter((one) => one.may_enter && !one.in)) {
    const schema = described.components.schemas[`fields_${ledger.ledger}`];
    for (const [name, field] of Object.entries(schema.properties)) {
      const wrong = field.type[0] === "string" ? 7 : "不是";
      const answer = await ask("POST", `/api/v1/ledgers/${ledger.ledger}/rows`, { token: organizer, body: { org: village.code, fields: { [name]: wrong } } });
      check(answer.status === 422 || answer.status === 403, `${ledger.ledger}.${name}: ${answer.status}`);
      if (answer.status === 422 && !field.deprecated && !answer.json.errors.some((issue) => issue.field === "org"))
        check(answer.json.errors.some((issue) => issue.field === name), `${ledger.ledger}.${name} is not named: ${answer.text}`);
      asked++;
    }
  }
  check(asked > 50, `only ${asked}`);
});
await test("a change is tied to what was read, by If-Match or version", async () => {
  const path = `${rowsPath}/${made.id}`;
  const read = await ask("GET", path, { token: organizer });
  check(/^"1-/.test(read.headers.etag), read.headers.etag);
  const change = { fields: { [wanted[0]]: "改过一次" } };
  const stale = await ask("PATCH", path, { token: organizer, body: change, headers: { "If-Match": '"9-0000000000000000"' } });
  check(stale.status === 412, `stale: ${stale.status}`);
  asDescribed(operation(`${ROWS}/{id}`, "patch"), stale);
  const neither = await ask("PATCH", path, { token: organizer, body: change });
  check(neither.status === 422 && neither.json.errors[0].field === "version", neither.text);
  const done = await ask("PATCH", path, { token: organizer, body: change, headers: { "If-Match": read.headers.etag } });
  check(done.status === 200 && done.json.version === 2, done.text);
  asDescribed(operation(`${ROWS}/{id}`, "patch"), done);
  const late = await ask("PATCH", path, { token: organizer, body: { version: 1, ...change } });
  check(late.status === 409, `late: ${late.status}`);
  const fresh = await ask("GET", path, { token: organizer, headers: { "If-None-Match": read.headers.etag } });
  check(fresh.status === 200, "the old copy passes for right");
  const voidStale = await ask("DELETE", path, { token: organizer, body: { reason: "x" }, headers: { "If-Match": read.headers.etag } });
  check(voidStale.status === 412, `${voidStale.status}`);
  const gone = await ask("DELETE", path, { token: organizer, body: { reason: "测试完毕" }, headers: { "If-Match": fresh.headers.etag } });
  check(gone.status === 204, gone.text);
});

// --- the other operations that write, each once ---
await test("an assessment is computed as described", async () => {
  const path = "/api/v1/assessments/{scheme}/{period}/compute";
  const answer = await ask("POST", fill(path), { token: organizer });
  check(answer.status === 200, answer.text.slice(0, 200));
  asDescribed(operation(path, "post"), answer);
});
await test("sessions begin and end as described", async () => {
  const path = "/api/v1/session";
  const answer = await ask("POST", path, { body: { username: "zuzhi.xian", password: passwords.get("zuzhi.xian").password } });
  asDescribed(operation(path, "post"), answer);
  const wrong = await ask("POST", path, { body: { username: "zuzhi.xian", password: "不对" } });
  check(wrong.status === 401, `${wrong.status}`);
  asDescribed(operation(path, "post"), wrong);
  const end = await ask("DELETE", path, { token: answer.json.token });
  check(end.status === 204, `${end.status}`);
  const after = await ask("GET", "/api/v1/orgs", { token: answer.json.token });
  check(after.status === 401 && /invalid_token/.test(after.headers["www-authenticate"]), `${after.status}`);
});
await test("webhooks are kept as described, and nobody else may", async () => {
  const path = "/api/v1/webhooks";
  asDescribed(operation(path, "post"), hook);
  check(/^hjwh_[0-9a-f]{64}$/.test(hook.json.secret), "no secret");
  const read = await ask("GET", `${path}/${hook.json.id}`, { token: administrator });
  check(read.json.secret === undefined, "the secret is shown again");
  const denied = await ask("GET", path, { token: tokens.township });
  check(denied.status === 403, `${denied.status}`);
  const elsewhere = await ask("POST", path, { token: administrator, body: { name: "x", url: "https://example.org/", org: "130921" } });
  check(elsewhere.status === 422 && elsewhere.json.errors[0].field === "url", elsewhere.text);
  const second = (await ask("POST", path, { token: administrator, body: { name: "第二个", url: `${receiver}/broken`, org: "130921" } })).json;
  const paused = await ask("PATCH", `${path}/${second.id}`, { token: administrator, body: { paused: true } });
  check(paused.status === 200 && paused.json.paused === true, paused.text);
  asDescribed(operation(`${path}/{id}`, "patch"), paused);
  const rotated = await ask("POST", `${path}/${second.id}/rotate`, { token: administrator });
  check(rotated.status === 200 && rotated.json.secret !== second.secret, rotated.text);
  asDescribed(operation(`${path}/{id}/rotate`, "post"), rotated);
  check((await ask("DELETE", `${path}/${second.id}`, { token: administrator })).status === 204, "it stays");
  check((await ask("GET", `${path}/${second.id}`, { token: administrator })).status === 404, "it is still there");
});
await test("the receiver got a signed notice of each change, without what was written", async () => {
  let taken = [];
  for (let i = 0; i < 60; i++) {
    taken = await (await fetch(`${receiver}/taken`)).json();
    if (taken.filter((one) => JSON.parse(one.body).row === made.id).length >= 3) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const own = taken.filter((one) => JSON.parse(one.body).row === made.id);
  check(own.length === 3, `${own.length} notices`);
  for (const notice of own) {
    const body = JSON.parse(notice.body);
    matches({ $ref: "#/components/schemas/Notice" }, body, "the notice");
    check(body.href === `${rowsPath}/${made.id}` && body.kind === notice.headers["hangji-event"], notice.body);
    const [, at, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(notice.headers["hangji-signature"]);
    check(createHmac("sha256", hook.json.secret).update(`${at}.${notice.body}`).digest("hex") === mac, "the signature is wrong");
    check(!/改过|从说明里来/.test(notice.body), "the notice tells what was written");
  }
  check(own.map((one) => JSON.parse(one.body).version).sort().join() === "1,2,3", "versions");
  const log = await ask("GET", `/api/v1/webhooks/${hook.json.id}/deliveries`, { token: administrator });
  check(log.json.items.length > 0 && log.json.items.every((one) => one.state === "done" && one.status === 204), log.text.slice(0, 400));
  const again = await ask("POST", `/api/v1/webhooks/${hook.json.id}/deliveries/${log.json.items[0].id}/resend`, { token: administrator });
  check(again.status === 204, again.text);
  asDescribed(operation("/api/v1/webhooks/{id}/deliveries/{delivery}/resend", "post"), again);
});
await test("every operation is known to this test or needs no body", async () => {
  const known = /session|rows|webhooks|tokens|compute$/;
  const left = operations.filter((one) => one.method !== "get" && !known.test(one.path) && !one.operation.requestBody?.content?.["multipart/form-data"]);
  for (const one of left) {
    const answer = await ask(one.method.toUpperCase(), pathOf(one), { token: tokenOf(one), body: one.operation.requestBody ? {} : undefined });
    asDescribed(one.operation, answer);
  }
});
process.exit(failed ? 1 : 0);
