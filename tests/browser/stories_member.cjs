// An applicant's file in a browser: the secretary enters it and talks, the township sees it, nobody skips a step, the archive prints.
// Registers its stories with tests/browser/stories.cjs.
"use strict";

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const named = (test) => Object.keys(accounts).find(test);
  const secretary = named((n) => n.startsWith("zhishu.dongguancun"));
  const county = named((n) => n.startsWith("zuzhi"));
  const day = (back) => new Date(Date.now() - back * 86400000 + 8 * 3600000).toISOString().slice(0, 10);
  const send = async (page) => {
    await page.click("form.form .acts button.btn-primary");
    await page.waitForLoadState();
  };
  const done = async (page) => {
    await send(page);
    const wrong = page.locator("#wrong");
    if (await wrong.count()) throw new Error("refused: " + (await wrong.innerText()));
  };

  for (const size of [wide, phone]) {
    const at = " at " + size.width + " px";
    story("an application is received, talked about within a month, and the talk is not skipped" + at, async (browser) => {
      const page = await open(browser, size, secretary);
      const name = "林小满" + Date.now();
      await page.goto(base + "/ledgers/person/new?org=130921100201");
      await page.fill("[name=name]", name);
      await page.selectOption("[name=sex]", "female");
      await page.fill("[name=born_on]", "1996-05-21");
      await done(page);
      await page.goto(base + "/ledgers/member_development/new?org=130921100201B1");
      ok(await page.locator("[name=meeting_on]").count() === 0, "the form asks what only a later step knows");
      await page.locator("select[name=person] option", { hasText: name }).first().evaluate((o) => { o.selected = true; });
      await page.fill("[name=applied_on]", day(3));
      await sound(page, "member-01-new");
      await done(page);
      const href = page.url();
      ok((await page.locator(".stand").innerText()).includes("递交入党申请书"), "it does not stand at the first step");
      await page.click(".stand .acts a:has-text('收下申请')");
      await done(page);
      ok((await page.locator(".stand").innerText()).includes("谈话"), "it does not stand at the talk");
      await page.click(".stand .acts a:has-text('已谈话')");
      await page.waitForLoadState();
      ok(await page.locator("[name=end_reason]").count() === 0, "the talk asks why the file ends");
      await send(page);
      ok(await page.locator("#wrong").count() === 1, "a talk without its day was taken");
      await sound(page, "member-02-talk");
      await page.fill("[name=talked_on]", day(0));
      await page.fill("[name=talked_by]", "支部书记");
      await done(page);
      ok((await page.locator(".stand").innerText()).includes("推荐和确定积极分子"), "it does not stand at the third step");
      await sound(page, "member-03-row");
      const town = await open(browser, size, "jiuzhou");
      await town.goto(href);
      ok(await town.locator(".stand .acts a[href*='/act/decide']").count() === 0, "the township acts in place of the branch");
    });

    story("a finished file prints with cover, catalogue and every step" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/ledgers/member_development");
      await sound(page, "member-04-list");
      await page.locator("tbody tr", { hasText: "正式党员" }).first().locator("a").first().click();
      await page.waitForLoadState();
      await page.click("a:has-text('打印档案卷')");
      await page.waitForLoadState();
      const text = await page.locator("main").innerText();
      for (const words of ["卷内目录", "15 支部大会讨论", "25 材料归档", "中国共产党发展党员工作细则"]) ok(text.includes(words), words + " is not in the file");
      ok(!/第[一二三四五六七八九十]+条/.test(text), "an article is printed that nobody read (VER-3)");
      await sound(page, "member-05-volume");
    });
  }
};
