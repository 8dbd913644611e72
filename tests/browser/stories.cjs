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
    ok(await page.locator("a.c").count() === 510, "the grid has " + await page.locator("a.c").count() + " villages");
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
    await page.locator("main td a[href*='/contests/']").first().click();
    await sound(page, "score-item");
  });

  for (const [name, address] of [["ledgers", "/ledgers"], ["list", "/ledgers/village_site"], ["list-township", "/ledgers/site_project?under=130921103&q=cui"],
    ["list-empty", "/ledgers/village_site?q=zzzz"], ["form", "/ledgers/village_site/new?org=130921103201"], ["table", "/table"], ["reports", "/reports"],
    ["achievements", "/reports/achievements"], ["orgs", "/orgs"], ["village", "/orgs/130921103201"], ["act", "/orgs/130921103201/act?act=rename"],
    ["audit", "/audit"], ["pack", "/pack"], ["account", "/account"], ["lost", "/nothing-here"]])
    story("the page " + name + " is sound" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + address);
      await sound(page, name);
    });

  story("the administrator manages accounts" + at, async (browser) => {
    const page = await open(browser, size, admin);
    await page.goto(base + "/accounts");
    await sound(page, "accounts");
    await page.goto(base + "/accounts/new");
    await sound(page, "account-new");
    await page.goto(base + "/accounts");
    await page.locator("main tbody a").first().click();
    await sound(page, "account-one");
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
    await page.locator("main a[href*='/ledgers/village_site/']").filter({ hasNotText: "新建" }).first().click();
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

(async () => {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
  for (const [name, run] of stories) {
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
