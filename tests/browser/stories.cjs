// Browser stories: what people of each role do, at both widths, with accessibility checks on every page they meet.
"use strict";
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [base, accountsFile, pictures] = process.argv.slice(2);
const accounts = {};
for (const line of fs.readFileSync(accountsFile, "utf8").split("\n")) {
  const words = line.trim().split(/\s+/);
  if (words.length >= 2 && !line.startsWith("#")) accounts[words[0]] = words[1];
}
const named = (test) => Object.keys(accounts).find(test);
const county = named((n) => n.startsWith("zuzhi"));
const admin = named((n) => n.startsWith("admin") || n.startsWith("guanli"));
let failed = 0;
const wide = { width: 1366, height: 900 };
const phone = { width: 360, height: 780 };

function ok(condition, words) {
  if (!condition) throw new Error(words);
}

async function open(browser, size, account) {
  const context = await browser.newContext({ viewport: size, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  page.problems = [];
  page.setDefaultTimeout(8000);
  page.on("console", (m) => { if (m.type() === "error" && !/status of 4\d\d/.test(m.text())) page.problems.push(m.text()); });
  page.on("pageerror", (e) => page.problems.push(String(e)));
  page.on("request", (r) => { if (!r.url().startsWith(base) && !r.url().startsWith("data:")) page.problems.push("asks " + r.url()); });
  if (account) await signIn(page, account);
  return page;
}

async function signIn(page, account, password) {
  await page.goto(base + "/sign-in");
  await page.fill("#username", account);
  await page.fill("#password", password || accounts[account]);
  await page.click("main form button");
  await page.waitForLoadState();
}

// No accessibility violation, nothing wider than the window, no script error, no foreign address.
async function sound(page, name) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const words = result.violations.map((v) => v.id + ": " + v.nodes.slice(0, 2).map((n) => n.target + " " + (n.any[0] ? n.any[0].message : "")).join(" | "));
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (pictures) {
    fs.mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: path.join(pictures, name.replace(/[^\w-]+/g, "_") + "-" + page.viewportSize().width + ".png"), fullPage: true });
  }
  ok(words.length === 0, "accessibility: " + words.join("; "));
  ok(tooWide <= 0, "the page is " + tooWide + " px wider than the window");
  ok(page.problems.length === 0, "the console says: " + page.problems.join("; "));
}

const stories = [];
const story = (name, run) => stories.push([name, run]);

for (const size of [phone, wide]) {
  const at = " at " + size.width + " px";
  story("a stranger is led to the sign-in page and refused with a wrong password" + at, async (browser) => {
    const page = await open(browser, size);
    await page.goto(base + "/ledgers");
    ok(page.url().includes("/sign-in"), "not led to /sign-in but " + page.url());
    await sound(page, "sign-in");
    await signIn(page, county, "wrong password here");
    ok(await page.locator(".wrong").count() === 1, "no word about the wrong password");
    ok((await page.inputValue("#username")) === county, "the name was lost");
    await sound(page, "sign-in-wrong");
  });

  story("the county organizer opens every number of the overview down to a row and its history" + at, async (browser) => {
    const page = await open(browser, size, county);
    ok(await page.locator("a.c").count() >= 510, "the grid has " + await page.locator("a.c").count() + " villages");
    await sound(page, "county-home");
    await page.locator(".fig").nth(1).click();
    await sound(page, "indicator");
    await page.locator(".two > section:last-child tbody a").first().click();
    ok(await page.locator("ol.line li").count() >= 1, "no history");
    await sound(page, "row");
  });

  story("the county organizer reads the ranking, a scorecard and the rows of an item" + at, async (browser) => {
    const page = await open(browser, size, county);
    await page.goto(base + "/contests/three_lists?period=2018H1");
    ok(await page.locator("main tbody tr").count() === 21, "not 21 committees");
    await sound(page, "ranking");
    await page.locator("main tbody th a").first().click();
    await sound(page, "scorecard");
    await page.locator("main .items th a").first().click();
    await sound(page, "score-item");
  });

  for (const [name, address] of [["ledgers", "/ledgers"], ["list", "/ledgers/village_site"], ["list-township", "/ledgers/site_project?under=130921103&q=cui"],
    ["list-empty", "/ledgers/village_site?q=zzzz"], ["form", "/ledgers/village_site/new?org=130921103201"], ["table", "/table"], ["reports", "/reports"],
    ["achievements", "/reports/achievements"], ["orgs", "/orgs"], ["village", "/orgs/130921103201"], ["act", "/orgs/130921103201/act?act=rename"],
    ["audit", "/audit"], ["pack", "/pack"], ["account", "/account"], ["tokens", "/account/tokens"], ["api", "/api/"], ["lost", "/nothing-here"]])
    story("the page " + name + " is sound" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + address);
      await sound(page, name);
    });

  story("a workbook with three wrong cells comes in, is mended and comes in whole" + at, async (browser) => {
    const { execFileSync } = require("child_process");
    const os = require("os");
    const place = fs.mkdtempSync(path.join(os.tmpdir(), "hangji-books."));
    const file = (name) => path.join(place, name);
    const fill = (...words) => execFileSync("python3", [path.join(__dirname, "fill.py"), ...words]);
    const page = await open(browser, size, county);
    const who = "表格" + size.width;
    const settle = async (text) => { await page.waitForFunction((t) => document.querySelector("main").innerText.includes(t), text, { timeout: 20000 }); };
    try {
      await page.goto(base + "/ledgers/person");
      await page.click(".head a[href$='/import']");
      await sound(page, "import");
      const [template] = await Promise.all([page.waitForEvent("download"), page.click("a[href$='template.xlsx']")]);
      await template.saveAs(file("template.xlsx"));
      fill(file("template.xlsx"), file("filled.xlsx"), "--rows", "130921100201|" + who + "甲|||男|1970年1月2日", "130921100201|" + who + "乙|||女儿|1970.1.2",
        "没有这个村|" + who + "丙|||女|19700102", "130921100202|" + who + "丁|||女|昨天");
      await page.setInputFiles("#f-file", file("filled.xlsx"));
      await page.click("main form.card button.btn-primary");
      await settle("接下来怎么做");
      for (const cell of ["E4", "A5", "F6"]) ok((await page.innerText(".cells-wrong")).includes(cell), "the cell " + cell + " is not named");
      await sound(page, "import-preview");
      await page.click("button[value=right]");
      await settle("导入完成");
      await sound(page, "import-result");
      const [wrong] = await Promise.all([page.waitForEvent("download"), page.click("a[href$='wrong.xlsx']")]);
      await wrong.saveAs(file("wrong.xlsx"));
      fill(file("wrong.xlsx"), file("mended.xlsx"), "--set", "E2=女", "A3=130921100201", "F4=1970-01-02");
      await page.click("a[href$='/import'].btn");
      await page.setInputFiles("#f-file", file("mended.xlsx"));
      await page.click("main form.card button.btn-primary");
      await settle("全部正确");
      await page.click("button[value=all]");
      await settle("导入完成");
      await page.goto(base + "/ledgers/person?name=" + encodeURIComponent(who));
      ok(await page.locator("table.rows tbody tr").count() === 4, "not four rows but " + await page.locator("table.rows tbody tr").count());
    } finally {
      fs.rmSync(place, { recursive: true });
    }
  });

  story("the administrator manages accounts" + at, async (browser) => {
    const page = await open(browser, size, admin);
    await page.goto(base + "/accounts");
    await sound(page, "accounts");
    await page.goto(base + "/webhooks");
    await sound(page, "webhooks");
    await page.goto(base + "/accounts/new");
    await sound(page, "account-new");
    await page.goto(base + "/accounts");
    await page.locator("main tbody a").first().click();
    await sound(page, "account-one");
  });

  story("a token is made, shown once and revoked" + at, async (browser) => {
    const page = await open(browser, size, county);
    await page.goto(base + "/account/tokens");
    const name = "每周取数 " + size.width;
    await page.click("main form.form button.btn-primary");
    ok(await page.locator("#wrong li").count() === 1, "an unnamed token was made");
    await page.fill("[name=name]", name);
    await page.click("main form.form button.btn-primary");
    const token = await page.inputValue("#made-token");
    ok(/^hj_[\w-]{43}$/.test(token), "no token");
    await sound(page, "token-made");
    const answer = await page.request.get(base + "/api/v1/ledgers", { headers: { Authorization: "Bearer " + token } });
    ok(answer.status() === 200, "the token opens nothing");
    await page.goto(base + "/account/tokens");
    ok(!(await page.content()).includes(token), "the token is shown again");
    await page.locator(".tokens li", { hasText: name }).locator("button").click();
    ok(await page.locator(".notice").count() === 1, "no word that it was revoked");
    const after = await page.request.get(base + "/api/v1/ledgers", { headers: { Authorization: "Bearer " + token } });
    ok(after.status() === 401, "a revoked token still opens");
    await sound(page, "token-revoked");
  });

  story("a village secretary enters a receipt, is told what is wrong, mends it and withdraws it" + at, async (browser) => {
    const secretary = named((n) => /shuji|zhishu|secretary/.test(n)) || Object.keys(accounts).pop();
    const page = await open(browser, size, secretary);
    await sound(page, "village-home");
    await page.goto(base + "/ledgers/collective_income/new");
    await page.fill("[name=amount]", "12.345");
    await page.click("main form.form button.btn-primary");
    ok(await page.locator("#wrong li").count() >= 3, "too few words about what is wrong");
    ok((await page.inputValue("[name=amount]")) === "12.345", "what was typed is lost");
    await sound(page, "form-wrong");
    await page.fill("[name=amount]", "1200.50");
    await page.fill("[name=received_on]", "2018-06-01");
    await page.selectOption("[name=class]", "operating");
    await page.fill("[name=summary]", "<script>alert(1)</script> \"'& 𠮷");
    await page.click("main form.form button.btn-primary");
    ok(await page.locator(".notice").count() === 1, "no word that it was saved");
    ok((await page.textContent("h1")).includes("<script>"), "the text was changed");
    await sound(page, "row-new");
    await page.locator("a[href$='/void']").click();
    await page.click("main form button.btn-primary");
    ok(!page.url().match(/collective_income$/), "withdrawn without a reason");
    await page.fill("[name=reason]", "重复录入");
    await page.click("main form button.btn-primary");
    ok(await page.locator(".notice").count() === 1, "no word that it was withdrawn");
    await sound(page, "list-after-void");
  });
}

story("two people change one row: the second is told and nothing is lost", async (browser) => {
  const one = await open(browser, wide, county);
  await one.goto(base + "/ledgers/village_site");
  const address = base + await one.locator("tbody th a").first().getAttribute("href");
  const two = await open(browser, wide, county);
  await one.goto(address + "/edit");
  await two.goto(address + "/edit");
  await one.fill("[name=note]", "第一个人");
  await one.click("form.form button.btn-primary");
  await two.fill("[name=note]", "第二个人");
  await two.click("form.form button.btn-primary");
  ok(!(await two.url()).match(/\d$/) || (await two.textContent("main")).length > 0, "no answer");
  await two.goto(address);
  ok((await two.textContent("main")).includes("第一个人"), "the first change is lost");
  ok(!(await two.textContent(".facts")).includes("第二个人"), "the stale change was written");
});

for (const size of [phone, wide])
  story("a village secretary sends photos of the site, keeps one and removes one at " + size.width, async (browser) => {
    const secretary = named((n) => /shuji|zhishu|secretary/.test(n)) || Object.keys(accounts).pop();
    const page = await open(browser, size, secretary);
    const photo = await page.screenshot();
    await page.goto(base + "/ledgers/village_site");
    const rows = await page.locator("main a[href*='/ledgers/village_site/']").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    await page.goto(base + rows.find((href) => /\/\d+$/.test(href)));
    await page.locator("a[href$='/edit']").click();
    await sound(page, "form-files");
    await page.setInputFiles("[name=photos][multiple]", [
      { name: "村部 正面.png", mimeType: "image/png", buffer: photo },
      { name: "侧面.jpg", mimeType: "image/jpeg", buffer: photo },
      { name: "不是图片.jpg", mimeType: "image/jpeg", buffer: Buffer.from("\u0000\u0001") },
    ]);
    await page.click("main form.form button.btn-primary");
    ok(await page.locator("#wrong li").count() === 1, "a file that is no picture is not named");
    ok(await page.locator(".files li").count() === 2, "the good ones are lost");
    await sound(page, "form-files-wrong");
    await page.locator("[name='photos.remove']").first().check();
    await page.click("main form.form button.btn-primary");
    ok(await page.locator(".notice").count() === 1, "no word that it was saved");
    ok(await page.locator(".facts .files li").count() === 1, "one should be kept");
    const seen = await page.locator(".facts .files img").evaluate((image) => image.naturalWidth);
    ok(seen > 50, "the small picture does not show");
    const download = page.waitForEvent("download");
    await page.locator(".facts .files a").click();
    ok((await download).suggestedFilename() === "侧面.jpg", "the download has another name");
    await sound(page, "row-files");
    await page.locator("a[href$='/edit']").click();
    await page.locator("[name='photos.remove']").check();
    await page.click("main form.form button.btn-primary");
    ok(await page.locator(".facts .files").count() === 0, "the last one is still there");
  });

for (const size of [phone, wide])
  story("a county organizer finds a person by the whole number and reads it for a reason at " + size.width + " px", async (browser) => {
    const checks = "10X98765432", weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const digits = (size === phone ? "13099919650708123" : "13099919650708125");
    const whole = digits + checks[weights.reduce((sum, w, i) => sum + w * Number(digits[i]), 0) % 11];
    const page = await open(browser, size, county);
    await page.goto(base + "/ledgers/person/new");
    await page.fill("#f-name", "密试");
    await page.fill("#f-citizen_no", digits + (whole[17] === "1" ? "2" : "1"));
    await page.click("main form button.btn-primary");
    ok((await page.content()).includes("最后一位校验不符"), "a wrong digit is not told");
    await page.fill("#f-citizen_no", whole.toLowerCase());
    await page.fill("#f-phone", "+86 143-0000-5678");
    await page.click("main form button.btn-primary");
    await page.waitForURL(/ledgers\/person\/\d+$/);
    let text = await page.innerText("main");
    ok(text.includes("130999********") && text.includes("143****5678") && text.includes("1965-07-08") && !text.includes(whole), "not masked: " + text);
    await sound(page, "sealed-row");
    await page.goto(base + "/ledgers/person/find");
    await sound(page, "sealed-find");
    await page.fill("#f-value", whole);
    await page.click("main form button.btn-primary");
    await page.waitForURL(/citizen_no=h/);
    ok(!page.url().includes(whole) && (await page.innerText("main")).includes("密试"), "not found");
    await sound(page, "sealed-found");
    await page.click("main table tbody tr a");
    await page.click("text=查看完整号码");
    await sound(page, "sealed-reason");
    await page.fill("#f-reason", "核对党员档案");
    await page.click("main form button.btn-primary");
    ok((await page.innerText("main")).includes(whole), "not shown in clear");
    await sound(page, "sealed-shown");
    await page.click("text=完成");
    text = await page.innerText("main");
    ok(text.includes("查看了完整号码") && text.includes("核对党员档案") && !text.includes(whole), "the reading is not in the history");
    await page.click("text=修改");
    await sound(page, "sealed-edit");
    await page.goto(base + "/privacy");
    await sound(page, "privacy");
    await page.goto(base + "/privacy/purge");
    await sound(page, "purge");
    await page.context().close();
  });

story("English is complete: no Chinese sentence of the program remains", async (browser) => {
  const page = await open(browser, wide, county);
  await page.click(".me form[action='/language'] button");
  for (const address of ["/", "/ledgers", "/ledgers/village_site", "/contests/three_lists?period=2018H1", "/orgs", "/audit", "/account"]) {
    await page.goto(base + address);
    ok((await page.getAttribute("html", "lang")) === "en", address + " is not English");
    const menu = await page.textContent("nav.menu");
    ok(!/[\u4e00-\u9fff]/.test(menu), address + ": the menu says " + menu);
  }
  await page.goto(base + "/");
  if (pictures) await page.screenshot({ path: path.join(pictures, "english.png") });
  await page.click(".me form[action='/language'] button");
});

for (const size of [wide, phone])
  story("searching, many rows at once and kept lists are sound at " + size.width, async (browser) => {
    const page = await open(browser, size, county);
    await page.keyboard.press("/");
    await page.keyboard.type("dgc");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/search?q=dgc");
    ok(await page.locator(".hits mark").count() > 0, "nothing is marked");
    await sound(page, "search");
    await page.goto(base + "/ledgers/person?under=130921100201");
    await page.locator("tbody .tick input").first().check();
    await page.click("button[form=batch]");
    await page.selectOption("#f-field", "note");
    await page.waitForSelector("#f-value");
    await page.fill("#f-value", "核对过" + size.width);
    await page.click("text=先看结果");
    await sound(page, "batch");
    await page.click("text=确认更改");
    await sound(page, "batch-done");
    await page.click("text=撤回这次更改");
    ok(await page.locator(".notice").count() > 0, "not taken back");
    await page.goto(base + "/ledgers/person/lists?from=sex%3Dmale");
    await sound(page, "kept");
    await page.goto(base + "/ledgers/person/twins");
    await sound(page, "twins");
  });

story("the village grid is walked with the keyboard", async (browser) => {
  const page = await open(browser, wide, county);
  await page.locator("a.c").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  const href = await page.evaluate(() => document.activeElement.getAttribute("href"));
  ok(/^\/orgs\/\d+/.test(href), "the focus is on " + href);
  await page.keyboard.press("Enter");
  await page.waitForURL("**" + href);
});

story("pages read without script", async (browser) => {
  const context = await browser.newContext({ viewport: phone, javaScriptEnabled: false, locale: "zh-CN" });
  const page = await context.newPage();
  await signIn(page, county);
  await page.goto(base + "/ledgers/village_site?under=130921103&condition=blank");
  ok(await page.locator("h1").count() === 1, "no page");
  await page.fill(".filters input[name=q]", "dong");
  await page.click("form.filters button");
  ok(page.url().includes("q=dong"), "the filter needs script");
});

story("the back button and a double press save once", async (browser) => {
  const page = await open(browser, wide, county);
  await page.goto(base + "/ledgers/publication/new?org=130921");
  await page.fill("[name=headline]", "双击之后");
  await page.fill("[name=outlet]", "报");
  await page.selectOption("[name=level]", "county");
  await page.fill("[name=published_on]", "2018-05-05");
  await page.dblclick("form.form button.btn-primary");
  await page.waitForSelector(".notice");
  await page.goto(base + "/ledgers/publication?headline=" + encodeURIComponent("双击之后"));
  ok(await page.locator("tbody tr").count() === 1, "saved " + await page.locator("tbody tr").count() + " times");
});

// --- accounts: sessions, the second factor, proxies, a password for once ---

const crypto = require("crypto");
function totp(secret, at) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let bits = "";
  for (const letter of secret) bits += letters.indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const sum = crypto.createHmac("sha1", key).update(counter).digest();
  const place = sum[19] & 15;
  return String((sum.readUInt32BE(place) & 0x7fffffff) % 1000000).padStart(6, "0");
}
const say = "rain after a long spring 7";

// An account of its own for a story, made by the administrator; its first password is changed at once.
async function newcomer(browser, size, name, role, org) {
  const page = await open(browser, size, admin);
  await page.goto(base + "/accounts/new");
  await page.fill("[name=name]", name);
  await page.selectOption("[name=role]", role);
  await page.fill("[name=org]", org);
  await page.fill("[name=password]", "a first password to hand over");
  await page.click("main form.form button.btn-primary");
  ok(await page.locator(".notice").count() === 1, "the account was not made");
  const address = page.url();
  const own = await open(browser, size);
  await signIn(own, name, "a first password to hand over");
  ok(own.url().endsWith("/sign-in/password"), "not asked for an own password but at " + own.url());
  await sound(own, "own-password");
  await own.fill("[name=password]", say);
  await own.fill("[name=again]", say);
  await own.click("main form.form button.btn-primary");
  ok(!own.url().includes("/sign-in"), "the own password was refused");
  return { page: own, manager: page, address };
}

for (const size of [phone, wide]) {
  const at = " at " + size.width + " px";
  const tag = String(size.width);
  story("a session elsewhere is seen and ended by its owner" + at, async (browser) => {
    const { page } = await newcomer(browser, size, "shebei" + tag, "work_team", "130921103201");
    const other = await open(browser, size);
    await signIn(other, "shebei" + tag, say);
    await page.goto(base + "/account");
    ok(await page.locator("section[aria-labelledby=sessions] tbody tr").count() === 2, "not two sessions");
    await sound(page, "sessions");
    await page.click("section[aria-labelledby=sessions] tbody button");
    await other.goto(base + "/account");
    ok(other.url().includes("/sign-in"), "the other session goes on");
  });

  story("a second factor is set up with its picture and asked at the next sign-in" + at, async (browser) => {
    const { page } = await newcomer(browser, size, "dongtai" + tag, "system_administrator", "130921");
    await page.goto(base + "/account/second");
    await sound(page, "second-begin");
    await page.click("button[value=begin]");
    await sound(page, "second-picture");
    const secret = (await page.textContent(".key-text")).trim();
    await page.fill("[name=code]", totp(secret, Date.now()));
    await page.click("button[value=confirm]");
    ok(await page.locator("ul.codes li").count() === 10, "no ten recovery codes");
    await sound(page, "second-codes");
    const again = await open(browser, size);
    await signIn(again, "dongtai" + tag, say);
    ok(again.url().endsWith("/sign-in/second"), "no code is asked");
    await again.fill("[name=code]", "000000");
    await again.click("main form.form button.btn-primary");
    await sound(again, "second-ask");
    await again.fill("[name=code]", totp(secret, Date.now() + 30000));
    await again.click("main form.form button.btn-primary");
    ok(!again.url().includes("/sign-in"), "the right code was refused");
    await again.goto(base + "/accounts");
    await sound(again, "accounts-system-administrator");
  });

  story("somebody on leave names a proxy, who acts under a banner and stops" + at, async (browser) => {
    const { page } = await newcomer(browser, size, "lijia" + tag, "branch_secretary", "130921103202");
    const deputy = await newcomer(browser, size, "daili" + tag, "branch_secretary", "130921103203");
    const today = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);
    await page.goto(base + "/account/proxies");
    await sound(page, "proxies-none");
    await page.fill("[name=deputy]", "daili" + tag);
    await page.fill("[name=from]", today);
    await page.fill("[name=to]", today);
    await page.fill("[name=reason]", "休假");
    await page.click("main form.form button.btn-primary");
    ok(await page.locator(".proxy").count() === 1, "no proxy");
    await sound(page, "proxies-made");
    await deputy.page.goto(base + "/account/proxies");
    await sound(deputy.page, "proxies-deputy");
    await deputy.page.click(".proxy button.btn-primary");
    ok(await deputy.page.locator(".acting").count() === 1, "no banner");
    await sound(deputy.page, "acting");
    await deputy.page.goto(base + "/ledgers/person");
    await sound(deputy.page, "acting-marked-list");
    await deputy.page.click(".acting button");
    ok(await deputy.page.locator(".acting").count() === 0, "the banner stays");
  });

  story("an administrator resets a password, reads who sees a ledger and the settings" + at, async (browser) => {
    const { manager, address } = await newcomer(browser, size, "wangji" + tag, "work_team", "130921103201");
    await manager.goto(address);
    await sound(manager, "account-with-sessions");
    await manager.check("form[action$='/password'] [name=confirm]");
    await manager.click("form[action$='/password'] button");
    const once = (await manager.textContent(".once code")).trim();
    ok(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/.test(once), "no password for once");
    await sound(manager, "password-once");
    const owner = await open(browser, size);
    await signIn(owner, "wangji" + tag, once);
    ok(owner.url().endsWith("/sign-in/password"), "the password for once may stay");
    await manager.goto(base + "/rights?ledger=member&org=130921103201");
    ok(await manager.locator("main tbody tr").count() >= 2, "nobody sees it");
    await sound(manager, "rights");
    await manager.goto(base + "/accounts/settings");
    await sound(manager, "settings");
  });
}

story("a form sent twice without script is saved once", async (browser) => {
  const context = await browser.newContext({ viewport: wide, javaScriptEnabled: false, locale: "zh-CN" });
  const page = await context.newPage();
  await signIn(page, county);
  await page.goto(base + "/ledgers/publication/new?org=130921");
  const fields = { headline: "没有脚本也只一次", outlet: "报", published_on: "2018-05-05" };
  const send = async () => {
    for (const name in fields) await page.fill("[name=" + name + "]", fields[name]);
    await page.selectOption("[name=level]", "county");
    await page.click("form.form button.btn-primary");
  };
  const key = await page.inputValue("[name=form_key]");
  await send();
  const first = page.url();
  await page.goBack();
  if (await page.inputValue("[name=form_key]") === key) {
    await send();
    ok(page.url() === first, "the second time led elsewhere");
  }
  await page.goto(base + "/ledgers/publication?q=" + encodeURIComponent("没有脚本也只一次"));
  ok(await page.locator("tbody tr").count() === 1, "saved " + await page.locator("tbody tr").count() + " times");
});

require("./stories_flow.cjs")({ story, open, sound, ok, base, accounts, wide, phone });
require("./stories_due.cjs")({ story, open, sound, ok, base, accounts, wide, phone });
require("./stories_supervision.cjs")({ story, open, sound, ok, base, accounts, wide, phone });
require("./stories_casework.cjs")({ story, open, sound, ok, base, accounts, wide, phone });
require("./stories_member.cjs")({ story, open, sound, ok, base, accounts, wide, phone });
require("./stories_sites.cjs")({ story, open, sound, ok, base, accounts, wide, phone });
require("./stories_review.cjs")({ story, open, sound, ok, base, accounts, wide, phone });
require("./stories_papers.cjs")({ story, open, sound, ok, base, accounts, wide, phone });
require("./stories_contest.cjs")({ story, open, sound, ok, base, accounts, wide, phone });
require("./stories_records.cjs")({ story, open, sound, ok, base, accounts, wide, phone });
require("./stories_cockpit.cjs")({ story, open, sound, ok, base, accounts, wide, phone });

(async () => {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
  // HANGJI_STORIES: part of the names of the stories that are wanted.
  for (const [name, run] of stories.filter((one) => one[0].includes(process.env.HANGJI_STORIES || ""))) {
    try {
      await run(browser);
      console.log("ok " + name);
    } catch (error) {
      failed++;
      console.log("FAIL " + name + ": " + String(error.message || error).split("\n").slice(0, 6).join(" "));
    }
    for (const context of browser.contexts()) await context.close();
  }
  await browser.close();
  process.exit(failed ? 1 : 0);
})();
