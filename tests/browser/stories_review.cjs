// Monthly reviews one by one, comments that become tasks, the one short form of a year.
"use strict";

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const county = "zuzhi.xian", town = "xingji";
  const secretary = Object.keys(accounts).find((name) => name.startsWith("zhishu."));

  async function signedIn(page, account) {
    const signed = await page.request.post(base + "/api/v1/session", { data: { username: account, password: accounts[account] } });
    return { Authorization: "Bearer " + (await signed.json()).token };
  }

  for (const size of [phone, wide]) {
    const at = " at " + size.width + " px";
    story("the head goes through 21 committees by keyboard and makes a comment a task in one click" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/ledgers/monthly_review/one-by-one?month=2018-10");
      await sound(page, "one-by-one");
      ok((await page.locator(".one-way .num").innerText()) === "1 / 21", "not the first of 21");
      for (let i = 0; i < 20; i++) {
        const before = page.url();
        await page.keyboard.press("j");
        await page.waitForURL((url) => String(url) !== before);
      }
      ok((await page.locator(".one-way .num").innerText()) === "21 / 21", "j does not lead to the last");
      await page.keyboard.press("ArrowLeft");
      await page.waitForFunction(() => document.querySelector(".one-way .num").textContent === "20 / 21");
      const words = "合同清单月底前公开 " + Date.now();
      await page.fill("#f-text", words);
      await page.click("button[value=task]");
      await page.waitForSelector(".notice");
      ok(page.url().includes("month=2018-10"), "the way through the list was lost");
      ok(await page.locator(".remarks li", { hasText: words }).filter({ hasText: "办理中" }).count() === 1, "it is no task");
      await sound(page, "one-by-one-task");
      await page.locator("a", { hasText: "会场大屏" }).click();
      await page.waitForSelector(".one.big");
      await sound(page, "one-by-one-big");
    });

    story("one by one begins with the newest month, the committees in their order" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/ledgers/monthly_review");
      // The township of the story below hands in a month of its own: the second may be of the month before.
      const [newest, second] = (await page.locator("table.rows tbody tr").allInnerTexts()).map((text) => text.match(/20\d\d-\d\d/)[0]);
      await page.goto(base + "/ledgers/monthly_review/one-by-one");
      ok((await page.innerText(".head p")).includes(newest), "not the newest month, " + newest);
      const first = await page.innerText(".one h1");
      await page.keyboard.press("j");
      await page.waitForFunction((name) => document.querySelector(".one h1").textContent !== name, first);
      ok((await page.innerText(".head p")).includes(second), "the second is of another month than " + second);
    });

    story("a township hands in a month that the records have filled in" + at, async (browser) => {
      const who = size.width < 500 ? town : "dusheng", month = "2018-12"; // the demo ends before it is heard
      const page = await open(browser, size, who);
      const headers = await signedIn(page, who);
      const org = (await (await page.request.get(base + "/api/v1/orgs?kind=committee&limit=5", { headers })).json()).items[0].code;
      await page.goto(base + "/ledgers/monthly_review/new?org=" + org);
      ok(await page.locator(".prefill dd").count() === 7, "the figures do not stand beside the form");
      ok(await page.locator("[name=completed]").count() === 0, "figures are asked for");
      await page.fill("#f-month", month);
      await sound(page, "monthly-review-new");
      await page.locator("button", { hasText: "保存" }).click();
      await page.waitForSelector(".prefill");
      await sound(page, "monthly-review");
      const id = page.url().split("/").pop().split("?")[0];
      await page.goto(base + "/ledgers/review_plan/new?org=" + org + "&parent=" + id);
      await page.fill("#f-matter", "坑塘发包公开");
      await page.locator("button", { hasText: "保存" }).click();
      await page.waitForLoadState();
      await page.goto(base + "/ledgers/monthly_review/" + id);
      await page.locator(".stand a", { hasText: "报送" }).click();
      await page.waitForSelector("form.form");
      await page.locator("form.form button.btn-primary").click();
      await page.waitForSelector(".notice");
      ok(await page.locator(".prefill", { hasText: "定格" }).count() === 1, "the figures are not kept");
    });

    if (secretary)
      story("a secretary reports duty in one short form" + at, async (browser) => {
        const page = await open(browser, size, secretary);
        await page.goto(base + "/ledgers/duty_report/new");
        ok(await page.locator("form.form textarea").count() <= 3, "more than three answers are asked");
        ok(await page.locator("input[type=file]").count() === 0, "files are asked for");
        await sound(page, "duty-report-new");
      });

    story("ratings show grades, and nothing of a small group" + at, async (browser) => {
      const page = await open(browser, size, county);
      const headers = await signedIn(page, county);
      const meetings = (await (await page.request.get(base + "/api/v1/ledgers/duty_meeting/rows?kind=members&limit=1", { headers })).json()).items;
      ok(meetings.length === 1, "the demo has no small group");
      await page.goto(base + "/ledgers/duty_rating?parent=" + meetings[0].id);
      await sound(page, "duty-rating-small");
      await page.locator("table.rows tbody th a").first().click();
      await page.waitForSelector(".facts");
      ok(await page.locator(".facts dd.num", { hasText: "票" }).count() <= 2, "counts of a small group are shown");
      await sound(page, "duty-rating-row");
    });
  }
};
