// The screens of the leadership: cockpit, trends, table of lights, big screen.  Registers its stories with tests/browser/stories.cjs.
"use strict";

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const named = (test) => Object.keys(accounts).find(test);
  const county = named((n) => n.startsWith("zuzhi"));
  const admin = named((n) => n.startsWith("guanli"));
  const town = "cuierzhuang";
  const wall = { width: 1920, height: 1080 };

  // Other stories open villages and committees of their own: 510 and 21 are the least there are.
  for (const size of [phone, wide]) {
    const at = " at " + size.width + " px";

    story("the county reads the cockpit and opens a village and the rows behind it" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/cockpit?period=2018H2");
      const cells = await page.locator("a.c").count();
      ok(cells >= 510, "the grid has " + cells + " villages");
      ok(await page.locator(".figure-row .fig").count() >= 20, "too few figures");
      ok(await page.locator(".figure-row .spark").count() >= 10, "no small trends");
      const keys = await page.locator("#grid ~ .grid-foot .key b, .grid-foot .key b").allInnerTexts();
      ok(keys.reduce((sum, text) => sum + Number(text.replace(/\D/g, "")), 0) === cells, "the legend counts " + keys.join(" "));
      ok(await page.locator(".sums tbody tr").count() >= 19, "not 19 townships beside the grid");
      await sound(page, "cockpit");
      await page.locator(".chip", { hasText: "村均面积" }).first().click();
      await page.waitForLoadState();
      ok(page.url().includes("indicator="), "no other indicator");
      await page.locator("a.c").nth(30).focus();
      await page.keyboard.press("ArrowRight");
      const name = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
      ok((await page.innerText("#cell-says")).includes(name), "the village is not told");
      await page.keyboard.press("r");
      await page.waitForURL("**/indicators/**");
      await sound(page, "cockpit-rows");
    });

    story("before the records begin pages of numbers say so and lead to the newest" + at, async (browser) => {
      const page = await open(browser, size, county);
      for (const address of ["/cockpit?period=2016H1", "/table?period=2016H1", "/trends?period=2016H1", "/contests/three_lists?period=2016H1",
        "/indicators/operating_income?from=2016-01-01&to=2016-06-30", "/reports/achievements?from=2016-01-01&to=2016-12-31"]) {
        const answer = await page.goto(base + address);
        ok(answer.status() === 200, address + " answers " + answer.status());
        await sound(page, "vacant" + address.split("?")[0]);
        await page.click("main .vacant .btn-primary");
        await page.waitForLoadState();
        ok(await page.locator("main .vacant").count() === 0 && await page.locator("main h1").count() === 1, address + " leads to nothing");
      }
      await page.goto(base + "/cockpit");
      const periods = await page.locator("#period option").evaluateAll((all) => all.map((one) => one.value));
      ok(periods.length > 2 && !periods.some((one) => one < "2017"), "a period without records is offered: " + periods.join(" "));
    });

    story("days the wrong way round are exchanged in one click" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/reports/achievements?from=2018-12-31&to=2018-01-01");
      ok((await page.innerText("main")).includes("2018-12-31 晚于"), "the days are not named");
      await page.click("main .vacant .btn-primary");
      await page.waitForLoadState();
      ok((await page.inputValue("input[name=from]")) === "2018-01-01" && await page.locator(".fig").count() > 20, "not exchanged");
    });

    story("the names of matters and items stay words" + at, async (browser) => {
      const page = await open(browser, size, county);
      for (const [address, names] of [["/cockpit", ".boards tbody th"], ["/contests/three_lists/rehearsal?period=2018H1", ".draft tbody th.wrap"]]) {
        await page.goto(base + address);
        const narrow = await page.locator(names).evaluateAll((all) => all.filter((one) => one.clientWidth < 60).map((one) => one.textContent));
        ok(narrow.length === 0, address + " writes one below the other: " + narrow.join(", "));
      }
    });

    story("a township sees its own villages in the cockpit" + at, async (browser) => {
      const page = await open(browser, size, town);
      await page.goto(base + "/cockpit?period=2018H2");
      ok(await page.locator("a.c").count() === 48, "the grid has " + await page.locator("a.c").count() + " villages");
      await sound(page, "cockpit-township");
    });

    story("a trend is a chart and, in the same numbers, a table" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/trends?indicator=operating_income&by=month&period=2018H2");
      await page.waitForSelector("#chart svg");
      ok(await page.locator(".trend-table thead th").count() === 13, "not twelve months");
      await sound(page, "trends");
      await page.locator(".trend-table tbody a[href^='/trends']").first().click();
      await page.waitForSelector("#chart svg");
      await sound(page, "trends-township");
    });

    story("the table of lights is sorted, narrowed, kept and its lights are set" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/table?period=2018H2&show=operating_income&show=income_villages&sort=income_villages");
      ok(await page.locator("th[aria-sort=descending]").count() === 1, "not sorted");
      await page.click(".view-form:last-of-type summary");
      await page.fill("#f-name", "经济 " + size.width);
      await page.click(".view-form[open] button");
      await page.waitForLoadState();
      ok(await page.locator(".views .chip.on").count() === 1, "the view is not kept");
      await sound(page, "table-view");
      await page.goto(base + "/thresholds");
      await sound(page, "thresholds");
      const line = page.locator(".thresholds li").first();
      await line.locator("[name=green]").fill("abc");
      await line.locator("button").first().click();
      await page.waitForLoadState();
      ok(await page.locator(".thresholds .bad").count() === 1, "nothing said about a word for a number");
      await sound(page, "thresholds-wrong");
      await page.locator(".thresholds li").first().locator("[name=green]").fill(size.width === 360 ? "7" : "9");
      await page.locator(".thresholds li").first().locator("[name=yellow]").fill("5");
      await page.locator(".thresholds li").first().locator("button").first().click();
      await page.waitForLoadState();
      await page.locator(".thresholds li").first().locator("button[name=reset]").click();
      await page.waitForLoadState();
      ok(await page.locator(".thresholds button[name=reset]").count() === 0, "still set by people");
      await page.goto(base + "/table");
      await page.locator(".views li button").first().click();
      await page.waitForLoadState();
    });
  }

  story("the pages of trends read without script", async (browser) => {
    const signed = await open(browser, wide, county);
    const context = await browser.newContext({ viewport: wide, locale: "zh-CN", javaScriptEnabled: false });
    await context.addCookies(await signed.context().cookies());
    const page = await context.newPage();
    await page.goto(base + "/trends?indicator=operating_income&period=2018H2");
    ok(await page.locator(".chart-card").isHidden(), "an empty chart");
    ok(await page.locator(".trend-table tbody tr").count() >= 20, "no table");
    await page.goto(base + "/cockpit?period=2018H2");
    ok(await page.locator("a.c").count() >= 510, "no grid");
    await page.goto(base + "/screen/?period=2018H2");
    ok(await page.locator(".side .fig").count() === 16, "no figures on the screen");
  });

  story("a screen opens with its address, shows a change at once and goes dark when it is revoked", async (browser) => {
    const keeper = await open(browser, wide, admin);
    await keeper.goto(base + "/screens");
    await sound(keeper, "screens");
    await keeper.click("main form.form button.btn-primary");
    await keeper.waitForLoadState();
    ok(await keeper.locator("#wrong, .wrong").count() >= 1, "a screen without a place");
    await keeper.fill("#f-name", "三楼会议室");
    await keeper.click("main form.form button.btn-primary");
    await keeper.waitForLoadState();
    const address = await keeper.inputValue("#made-address");
    await sound(keeper, "screens-made");

    const screen = await open(browser, wall);
    ok(address.startsWith(base + "/screen/open#"), "the address of the screen cannot be copied");
    await screen.goto(address);
    await screen.waitForURL("**/screen/");
    await screen.waitForSelector("#state.live");
    ok(!(await screen.evaluate(() => location.href)).includes("hjs_"), "the token stands in the address");
    const fits = await screen.evaluate(() => document.documentElement.scrollHeight <= 1080 && document.documentElement.scrollWidth <= 1920);
    ok(fits, "the screen scrolls");
    await sound(screen, "screen");
    await screen.click(".turns a:has-text('集体经营性收入')");
    await screen.waitForSelector("[data-board='v:operating_income']");
    const before = await screen.innerText(".middle h2 small");

    const writer = await open(browser, wide, county);
    await writer.goto(base + "/ledgers/collective_income/new?org=130921103201");
    await writer.fill("[name=received_on]", "2018-12-05");
    await writer.selectOption("[name=class]", { index: 1 });
    await writer.fill("[name=amount]", "123456.78");
    await writer.fill("[name=summary]", "鱼塘发包 " + Date.now());
    await writer.click("form.form .acts button.btn-primary");
    await writer.waitForLoadState();
    const wrong = writer.locator("#wrong");
    if (await wrong.count()) throw new Error("refused: " + (await wrong.innerText()));
    await screen.waitForFunction((old) => document.querySelector("[data-board='v:operating_income'] .middle h2 small").innerText !== old, before, { timeout: 8000 });
    await screen.click(".turns a:has-text('各乡镇')");
    await screen.waitForSelector("[data-board=townships]");
    await sound(screen, "screen-townships");
    await screen.locator(".left .fig").first().click();
    await screen.waitForLoadState();
    ok(screen.url().includes("/screen/indicators/"), "a number does not open its list");
    await sound(screen, "screen-list");
    await screen.goto(base + "/screen/");
    await screen.waitForSelector("#state.live");

    await keeper.goto(base + "/screens");
    await keeper.locator("main li button").first().click();
    await keeper.waitForLoadState();
    await screen.waitForSelector("#state.lost", { timeout: 8000 });
    const dark = await screen.goto(base + "/screen/");
    ok(dark.status() === 401, "still " + dark.status());
  });

  story("the county organizer's own screen shows what moves and the contest", async (browser) => {
    const page = await open(browser, wall, county);
    await page.goto(base + "/screen/?period=2018H2&board=flows");
    await page.waitForSelector("#state.live");
    ok(await page.locator(".board-table tbody tr").count() >= 3, "nothing moves");
    await sound(page, "screen-flows");
    await page.goto(base + "/screen/?period=2018H2&board=ranks");
    ok(await page.locator(".board-table tbody tr").count() >= 21, "not 21 committees");
    await sound(page, "screen-ranks");
    await page.goto(base + "/screen/open");
    await sound(page, "screen-open");
  });
};
