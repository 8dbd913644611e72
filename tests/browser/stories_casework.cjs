// A dispute and a village of the hundred-day drive in a browser: the secretary takes a case up and asks for more time, the township
// approves it; the work team closes a problem of its list.  Registers its stories with tests/browser/stories.cjs.
"use strict";

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const named = (test) => Object.keys(accounts).find(test);
  const secretary = named((n) => n.startsWith("zhishu.dongguancun"));
  const county = named((n) => n.startsWith("zuzhi"));
  const day = (back) => new Date(Date.now() - back * 86400000 + 8 * 3600000).toISOString().slice(0, 10);
  const after = (from, days) => new Date(Date.parse(from) + days * 86400000).toISOString().slice(0, 10);

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

  for (const size of [wide, phone]) {
    const at = " at " + size.width + " px";
    story("a dispute is taken up, gets thirty days more, and no more" + at, async (browser) => {
      const village = await open(browser, size, secretary);
      const accepted = day(2);
      await village.goto(base + "/ledgers/dispute_case/new?org=130921100201");
      ok(await village.locator("[name=review_no]").count() === 0, "the form asks what only a later step knows");
      ok(await village.locator("[name=petitioner]").count() === 0, "the secretary is asked for a name that is hidden from them");
      await village.fill("[name=subject]", "村道排水不畅 " + size.width);
      await village.selectOption("[name=class]", "claim");
      await village.selectOption("[name=matter]", "works");
      await village.selectOption("[name=channel]", "visit");
      await village.fill("[name=received_on]", accepted);
      await sound(village, "case-01-new");
      await send(village);
      const href = village.url();
      ok((await village.locator(".stand").innerText()).includes(after(accepted, 15)), "PET-1: not fifteen days");
      await act(village, href, "受理");
      await village.fill("[name=accepted_on]", accepted);
      await village.fill("[name=told_on]", accepted);
      await village.fill("[name=handler]", "调解委员甲");
      await village.selectOption("[name=interest_checked]", { index: 1 });
      await sound(village, "case-02-take-up");
      await send(village);
      ok((await village.locator(".stand").innerText()).includes(after(accepted, 60)), "PET-3: not sixty days");
      await act(village, href, "申请延期");
      await village.fill("[name=extension_days]", "31");
      await village.fill("[name=extension_reason]", "等测绘结果");
      await village.click("form.form .acts button.btn-primary");
      await village.waitForLoadState();
      ok((await village.locator("main").innerText()).includes("三十天"), "31 days were not refused");
      await sound(village, "case-03-refused");
      await village.fill("[name=extension_days]", "30");
      await send(village);

      const town = await open(browser, size, "jiuzhou");
      await act(town, href, "同意延期");
      await town.fill("[name=extension_told_on]", day(0));
      await send(town);
      ok((await town.locator(".stand").innerText()).includes(after(accepted, 90)), "PET-3: not thirty days more");
      ok((await town.locator(".stand").innerText()).includes("另加 30 天"), "the page does not say why it is ninety days");
      await sound(town, "case-04-extended");
    });

    story("the drive is seen by its team, its township and the county, never outside" + at, async (browser) => {
      const team = await open(browser, size, "gongzuozu");
      await sound(team, "drive-01-team");
      await team.goto(base + "/ledgers/problem_village");
      await team.click("table.rows tbody a");
      await team.waitForLoadState();
      ok((await team.locator(".stand").innerText()).includes("整改中"), "the team does not see where its village stands");
      await sound(team, "drive-02-village");
      const href = team.url();
      await act(team, href, "报请验收");
      await team.fill("[name=result]", "已办完");
      await team.click("form.form .acts button.btn-primary");
      await team.waitForLoadState();
      ok((await team.locator("main").innerText()).includes("未销号"), "it was sent for acceptance with open problems");
      await sound(team, "drive-03-open-problems");
      const organizer = await open(browser, size, county);
      await organizer.goto(base + "/ledgers/problem_village");
      await sound(organizer, "drive-04-list");
      await organizer.click("main a:has-text('办理进度')");
      await organizer.waitForLoadState();
      ok((await organizer.locator("main").innerText()).includes("整改中"), "the matrix does not show the node");
      await sound(organizer, "drive-05-matrix");
      const other = await open(browser, size, "xingji" in accounts ? "xingji" : "gaochuan");
      const answer = await other.goto(href);
      ok(answer.status() === 404, "another township sees the village: " + answer.status());
      const stranger = await open(browser, size);
      await stranger.goto(href);
      ok(stranger.url().includes("/sign-in"), "a stranger sees the village");
    });
  }
};
