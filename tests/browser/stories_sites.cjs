// Sites, demonstration villages, directives, meetings and pledges in a browser, each by who uses it.  Registers its stories with
// tests/browser/stories.cjs.
"use strict";

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const named = (test) => Object.keys(accounts).find(test);
  const secretary = named((n) => n.startsWith("zhishu.dongguancun"));
  const county = named((n) => n.startsWith("zuzhi"));
  const town = "jiuzhou";
  const day = (from) => new Date(Date.now() + from * 86400000 + 8 * 3600000).toISOString().slice(0, 10);
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

  const firstRow = async (page, ledger) =>
    base + (await page.locator("main a[href^='/ledgers/" + ledger + "/']").evaluateAll((all) => all.map((a) => a.getAttribute("href")).find((href) => /\/\d+$/.test(href))));

  for (const size of [wide, phone]) {
    const at = " at " + size.width + " px";

    story("a village proposes a site project and the county approves it" + at, async (browser) => {
      const village = await open(browser, size, secretary);
      await village.goto(base + "/ledgers/site_project/new?org=130921100201");
      ok(await village.locator("[name=accepted_on]").count() === 0, "the proposal asks what only the acceptance knows");
      await village.fill("[name=name]", "活动室屋面翻修 " + size.width);
      await village.selectOption("[name=site]", { index: 1 });
      await village.selectOption("[name=kind]", "rebuilt");
      await village.fill("[name=proposed_on]", day(0));
      await village.fill("[name=area_planned]", "60");
      await village.fill("[name=planned]", "48000.50");
      await sound(village, "site-01-propose");
      await send(village);
      const href = village.url();
      await act(village, href, "报批");
      await send(village);
      const organizer = await open(browser, size, county);
      await act(organizer, href, "批复同意");
      await organizer.fill("[name=approved_on]", day(0));
      await organizer.fill("[name=approval_no]", "批示例" + size.width);
      await sound(organizer, "site-02-approve");
      await send(organizer);
      ok((await organizer.locator(".stand").innerText()).includes("已批复"), "it does not stand at approved");
    });

    story("a directive opens a line for each committee, which signs when it has acted" + at, async (browser) => {
      const organizer = await open(browser, size, county);
      await organizer.goto(base + "/ledgers/directive/new?org=130921");
      await organizer.fill("[name=subject]", "核对合同到期情况 " + size.width);
      await organizer.fill("[name=document_no]", "示例〔" + Date.now() + "〕" + size.width);
      await organizer.selectOption("[name=kind]", "notice");
      await organizer.fill("[name=edition]", "1");
      await organizer.fill("[name=issued_on]", day(0));
      await organizer.fill("[name=demand]", "到期合同续签或收回。");
      await organizer.fill("[name=due_on]", day(20));
      await send(organizer);
      const href = organizer.url();
      await act(organizer, href, "印发，各乡镇办理");
      await send(organizer);
      await sound(organizer, "directive-01-issued");
      ok(await organizer.locator(".opened li").count() === 21, "not a line for each committee");
      const township = await open(browser, size, town);
      await township.goto(base + "/ledgers/directive_task?q=" + encodeURIComponent(String(size.width)));
      const line = await firstRow(township, "directive_task");
      await act(township, line, "办结签收");
      await township.fill("[name=done_on]", day(0));
      await township.fill("[name=result]", "已核对");
      await sound(township, "directive-02-sign");
      await send(township);
      ok((await township.locator(".stand").innerText()).includes("已办结"), "it was not signed for");
    });

    story("a pledge shows how far it has come, and is printed to be signed" + at, async (browser) => {
      const township = await open(browser, size, town);
      await township.goto(base + "/ledgers/pledge");
      const one = await firstRow(township, "pledge");
      await township.goto(one);
      ok(await township.locator("section[aria-labelledby=judged] tbody tr").count() === 4, "four clauses are not judged");
      await sound(township, "pledge-01-progress");
      await township.goto(one + "/notice");
      ok((await township.locator(".paper").innerText()).includes("村村有集体收入"), "the sheet has no clauses");
      await sound(township, "pledge-02-sheet");
    });

    story("the meetings and demonstration villages of the county are there" + at, async (browser) => {
      const organizer = await open(browser, size, county);
      for (const ledger of ["special_meeting", "decision", "demonstration_village", "zone", "site_payment"]) {
        await organizer.goto(base + "/ledgers/" + ledger);
        ok(await organizer.locator("main a[href^='/ledgers/" + ledger + "/']").count() > 0, ledger + " is empty");
        await sound(organizer, "sites-list-" + ledger);
      }
    });
  }
};
