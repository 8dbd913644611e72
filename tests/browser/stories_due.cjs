// What waits: the first page, the review queue by keyboard only, the matrix of a flow, the calendar.
"use strict";

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const of = (code) => Object.keys(accounts).find((name) => name === code);
  const county = of("zuzhi.xian"), town = of("xingji");
  const LEDGER = "/api/v1/ledgers/demonstration_village/rows";

  // Applications of the villages of a township, checked on the spot and waiting for its word.
  async function fillQueue(page) {
    const signed = await page.request.post(base + "/api/v1/session", { data: { username: town, password: accounts[town] } });
    const headers = { Authorization: "Bearer " + (await signed.json()).token };
    const today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
    const villages = (await (await page.request.get(base + "/api/v1/orgs?kind=village&limit=200", { headers })).json()).items;
    for (const village of villages) {
      const made = await page.request.post(base + LEDGER, { headers, data: { org: village.code, fields: { theme: "晨检 " + village.name, applied_on: today } } });
      if (made.status() !== 201) continue; // the village has one already
      const row = await made.json();
      const moved = await page.request.post(base + LEDGER + "/" + row.id + "/actions/submit", { headers, data: { version: row.version } });
      ok(moved.status() === 200, "not handed in: " + (await moved.text()));
      const checked = await page.request.patch(base + LEDGER + "/" + row.id, { headers, data: { version: (await moved.json()).version, fields: { checked_on: today } } });
      ok(checked.status() === 200, "not checked: " + (await checked.text()));
    }
    return villages.length;
  }

  // Presses Tab until the focus is on a link to @href.
  async function tabTo(page, href) {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((wanted) => document.activeElement.getAttribute("href") === wanted, href)) return;
    }
    ok(false, "the keyboard does not reach " + href);
  }

  story("a township organizer with 27 villages clears a morning's queue by keyboard only", async (browser) => {
    const page = await open(browser, wide);
    const villages = await fillQueue(page);
    ok(villages === 27, "the township has " + villages + " villages");
    await page.goto(base + "/sign-in");
    await page.keyboard.press("Tab");
    while (await page.evaluate(() => document.activeElement.id !== "username")) await page.keyboard.press("Tab");
    await page.keyboard.type(town);
    await page.keyboard.press("Tab");
    await page.keyboard.type(accounts[town]);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".due-home");
    await sound(page, "due-home-township");
    await tabTo(page, "/due");
    await page.keyboard.press("Enter");
    await page.waitForSelector("form.queue");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    await sound(page, "due-keys");
    await page.keyboard.press("Escape");
    // To the group of this morning.
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press("g");
      if (await page.evaluate(() => document.activeElement.textContent.startsWith("晨检"))) break;
    }
    ok(await page.evaluate(() => document.activeElement.textContent.startsWith("晨检")), "the group is not reached");
    const n = await page.evaluate(() => document.activeElement.closest("form").querySelectorAll("li").length);
    ok(n >= 15, "only " + n + " wait");
    await page.keyboard.press("X");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    const left = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press("a");
    await page.keyboard.type("同意，已到村看过");
    await sound(page, "due-queue");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/due/batch?id=*");
    await page.waitForSelector(".go-on", { state: "detached" });
    ok(Number((await page.textContent(".counts b.green")).trim()) === n - 1, "not all were dealt with: " + (await page.textContent(".counts")));
    await sound(page, "due-result");
    await tabTo(page, "/due");
    await page.keyboard.press("Enter");
    await page.waitForSelector("form.queue");
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press("g");
      if ((await page.evaluate(() => document.activeElement.textContent)) === left) break;
    }
    // Sending back asks why.
    await page.keyboard.press("b");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#f-opinion");
    await sound(page, "due-ask");
    await tabToField(page, "f-opinion");
    await page.keyboard.type("材料不用补，先把活动室用起来");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/due/batch?id=*");
    ok(Number((await page.textContent(".counts b.green")).trim()) === 1, "not sent back");
    await page.goto(base + "/due");
    ok(!(await page.textContent("main")).includes("乡镇核查"), "the queue of this morning is not empty");
  });

  async function tabToField(page, id) {
    for (let i = 0; i < 60; i++) {
      if (await page.evaluate((wanted) => document.activeElement.id === wanted, id)) return;
      await page.keyboard.press("Tab");
    }
    ok(false, "the keyboard does not reach " + id);
  }

  for (const size of [phone, wide])
    story("what waits, where rows stand and the calendar are sound at " + size.width + " px", async (browser) => {
      const page = await open(browser, size, county);
      ok(await page.locator(".due-home h1").count() === 1, "the first page does not say what waits");
      if (size === phone) {
        const below = await page.evaluate(() => { const next = document.querySelector(".due-home").nextElementSibling; return next ? next.getBoundingClientRect().top >= window.innerHeight - 40 : true; });
        ok(below, "something else stands on the first screen");
      }
      await sound(page, "due-home");
      for (const [name, address] of [["due-done", "/?list=done"], ["due-all", "/due?list=all"], ["due-started", "/due?list=started"], ["due-empty", "/?list=copied"], ["calendar", "/calendar"],
        ["calendar-2018", "/calendar?list=all&month=2018-10"], ["progress", "/ledgers/dispute_case/progress"], ["progress-township", "/ledgers/member_development/progress?under=130921101"]]) {
        await page.goto(base + address);
        await sound(page, name);
      }
      await page.goto(base + "/ledgers/demonstration_village/progress");
      const shown = Number((await page.locator("tfoot td a").last().textContent()).trim().split(/\s/)[0]);
      await page.locator("tfoot td a").last().click();
      ok((await page.textContent("tfoot th")).includes(String(shown)), "the rows behind a number are another number");
    });

  story("the queue works without script", async (browser) => {
    const context = await browser.newContext({ viewport: phone, javaScriptEnabled: false, locale: "zh-CN" });
    const page = await context.newPage();
    await page.goto(base + "/sign-in");
    await page.fill("#username", county);
    await page.fill("#password", accounts[county]);
    await page.click("main form button");
    await page.goto(base + "/due?tick=1");
    ok(await page.locator("form.queue input[name=item]:checked").count() > 0, "nothing is ticked");
    await page.locator("form.queue").first().locator(".queue-bar button").first().click();
    await page.waitForURL("**/due/batch?id=*");
    ok(await page.locator(".counts").count() === 1, "no result");
  });
};
