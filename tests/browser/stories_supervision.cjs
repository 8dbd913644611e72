// Supervision in a browser: the township sets an item up and assigns it, the village signs for it and answers, the sheet is printed;
// what is owed and what was done is looked at; the weekly digest is read and switched off.  Registers with tests/browser/stories.cjs.
"use strict";

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const named = (test) => Object.keys(accounts).find(test);
  const county = named((n) => n.startsWith("zuzhi"));
  const secretary = named((n) => n.startsWith("zhishu.dongguancun"));
  const township = "jiuzhou";

  const send = async (page) => {
    await page.click("form.form .acts button.btn-primary");
    await page.waitForLoadState();
    const wrong = page.locator("#wrong");
    if (await wrong.count()) throw new Error("refused: " + (await wrong.innerText()));
  };

  for (const size of [wide, phone]) {
    const width = size.width;
    story("a matter is put under supervision and its sheet printed at " + width + " px", async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/ledgers/supervised_item/new?org=130921100201");
      ok((await page.locator("[name=number]").count()) === 0, "the number is asked for");
      await page.fill("[name=subject]", "修好活动室 " + width);
      await page.selectOption("[name=kind]", "inspected");
      await page.fill("[name=opened_on]", "2018-11-20");
      await page.fill("[name=demand]", "修好屋顶，恢复使用");
      await page.fill("[name=finish_by]", "2018-12-20");
      await send(page);
      await sound(page, "supervision-01-item");
      await page.click("a:has-text('督办单')");
      await page.waitForLoadState();
      const sheet = await page.locator(".paper").innerText();
      ok(/督〔2018〕\d+号/.test(sheet), "the sheet has no number: " + sheet.slice(0, 80));
      ok(sheet.includes("2018年12月20日") && sheet.includes("修好活动室"), "the sheet lacks what is asked");
      await sound(page, "supervision-02-sheet");
    });

    story("what is owed and what was done opens down to the rows at " + width + " px", async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/cadences?period=2017H1");
      ok((await page.locator("main").innerText()).includes("走访"), "no cadence is shown");
      await sound(page, "supervision-03-owed");
      await page.locator("table thead a").first().click();
      await page.waitForLoadState();
      await sound(page, "supervision-04-one-cadence");
      const town = page.locator("table tbody th a").first();
      if (await town.count()) {
        await town.click();
        await page.waitForLoadState();
        await sound(page, "supervision-05-township");
      }
    });

    story("the weekly digest is read at " + width + " px", async (browser) => {
      const page = await open(browser, size, width > 1000 ? township : secretary);
      await page.goto(base + "/digest");
      ok((await page.locator("h1").innerText()).includes("每周提要"), "there is no digest");
      await sound(page, "supervision-06-digest");
      await page.click("button:has-text('不再提醒')");
      await page.waitForLoadState();
      await page.click("button:has-text('重新提醒我')");
      await page.waitForLoadState();
      ok((await page.locator("main").innerText()).includes("不再提醒"), "it cannot be switched on again");
    });
  }
};
