// A project on its way in a browser: the village submits, the county sends it back with a kept sentence, the village mends and
// submits again, the county agrees, the township begins and two people close it.  Registers its stories with tests/browser/stories.cjs.
"use strict";

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const named = (test) => Object.keys(accounts).find(test);
  const county = named((n) => n.startsWith("zuzhi"));
  const secretary = named((n) => n.startsWith("zhishu.dongguancun"));
  const township = "jiuzhou";
  const say = "预算明细不全，请补充后再报";

  const send = async (page) => {
    await page.click("form.form .acts button.btn-primary");
    await page.waitForLoadState();
    const wrong = page.locator("#wrong");
    if (await wrong.count()) throw new Error("refused: " + (await wrong.innerText()));
  };
  const act = async (page, href, word) => {
    await page.goto(href);
    await page.click(".stand .acts a:has-text('" + word + "')");
    await page.waitForLoadState();
  };
  const stands = async (page, href, node) => {
    await page.goto(href);
    const words = await page.locator(".stand .tag").first().innerText();
    ok(words === node, "stands at " + words + " instead of " + node);
  };

  for (const size of [wide, phone]) {
    const width = size.width;
    story("a project goes back and forth and is closed by two people at " + width + " px", async (browser) => {
      const village = await open(browser, size, secretary);
      await village.goto(base + "/ledgers/site_project/new?org=130921100201");
      ok((await village.locator("main").innerText()).includes("提出"), "the form does not say where it begins");
      await village.fill("[name=name]", "村部改造 " + width);
      await village.selectOption("[name=site]", { index: 1 });
      await village.selectOption("[name=kind]", { index: 1 });
      await village.fill("[name=proposed_on]", "2018-11-20");
      await village.fill("[name=area_planned]", "60");
      await village.fill("[name=planned]", "80000");
      await send(village);
      const href = village.url();
      await sound(village, "flow-01-proposed");
      await act(village, href, "报批");
      ok((await village.locator(".next").innerText()).includes("待批复"), "the next person is not shown");
      await sound(village, "flow-02-submit");
      await send(village);

      const organizer = await open(browser, size, county);
      await organizer.goto(base + "/account/phrases");
      if (!(await organizer.locator("main").innerText()).includes(say)) {
        await organizer.fill("[name=text]", say);
        await send(organizer);
      }
      await sound(organizer, "flow-03-phrases");
      await act(organizer, href, "退回到");
      await organizer.click(".phrases .chip:has-text('" + say + "')");
      ok(await organizer.inputValue("#f-_comment") === say, "the sentence was not inserted");
      await sound(organizer, "flow-04-send-back");
      await send(organizer);

      await stands(village, href, "提出");
      ok((await village.locator(".way").innerText()).includes(say), "the line does not tell the opinion");
      await sound(village, "flow-05-back");
      await act(village, href, "报批");
      await village.fill("[name=planned]", "76000");
      await send(village);

      await act(organizer, href, "批复同意");
      await organizer.fill("[name=approved_on]", "2018-11-21");
      await organizer.click("form.form .acts button.btn-primary");
      await organizer.waitForLoadState();
      ok(await organizer.locator("#w-approval_no").count() === 1, "what is missing is not said at its field");
      await sound(organizer, "flow-06-missing");
      await organizer.fill("[name=approval_no]", "沧县组发〔2018〕" + width + "号");
      await send(organizer);

      const town = await open(browser, size, township);
      await act(town, href, "开工");
      await town.fill("[name=started_on]", "2018-11-22");
      await town.fill("[name=finish_by]", "2018-12-20");
      await send(town);
      await sound(town, "flow-07-building");
      await act(town, href, "验收");
      await town.fill("[name=accepted_on]", "2018-11-25");
      await town.fill("[name=area_built]", "60");
      await town.fill("[name=area_after]", "120");
      await town.fill("[name=investment]", "76000");
      await town.fill("[name=haves_missing]", "缺一台电脑，年底前补齐");
      await town.fill("[name=document_no]", "验收" + width);
      await send(town);
      await stands(town, href, "建设中");
      ok(await town.locator(".stand .acts a:has-text('验收')").count() === 0, "the first person is offered the second signature");

      // Two people look at it; the one who is slower is told.
      const slow = await open(browser, size, county);
      await act(slow, href, "验收");
      await act(organizer, href, "验收");
      await send(organizer);
      await stands(organizer, href, "已验收");
      await sound(organizer, "flow-08-accepted");
      await slow.click("form.form .acts button.btn-primary");
      await slow.waitForLoadState();
      ok((await slow.locator("main").innerText()).includes("验收"), "what happened meanwhile is not told");
      await sound(slow, "flow-09-meanwhile");
      await organizer.goto(base + "/ledgers/site_project?state=accepted&under=130921100201");
      ok((await organizer.locator("table.rows").innerText()).includes("村部改造 " + width), "the list is not narrowed by node");
      await sound(organizer, "flow-10-list");
    });
  }

  story("acting works without script", async (browser) => {
    const context = await browser.newContext({ viewport: wide, javaScriptEnabled: false, locale: "zh-CN" });
    const page = await context.newPage();
    await page.goto(base + "/sign-in");
    await page.fill("#username", secretary);
    await page.fill("#password", accounts[secretary]);
    await page.click("main form button");
    await page.goto(base + "/account/phrases");
    await page.fill("[name=text]", "同意上报");
    await page.click("form.form button.btn-primary");
    await page.goto(base + "/ledgers/site_project/new?org=130921100201");
    await page.fill("[name=name]", "没有脚本也能办");
    await page.selectOption("[name=site]", { index: 1 });
    await page.selectOption("[name=kind]", { index: 1 });
    await page.fill("[name=proposed_on]", "2018-11-20");
    await page.fill("[name=area_planned]", "60");
    await page.fill("[name=planned]", "80000");
    await page.click("form.form button.btn-primary");
    await page.click(".stand .acts a:has-text('报批')");
    await page.selectOption("[name=_phrase]", { index: 1 });
    await page.click("form.form button.btn-primary");
    ok((await page.locator(".way").innerText()).includes("同意上报"), "the sentence is not in the line");
  });
};
