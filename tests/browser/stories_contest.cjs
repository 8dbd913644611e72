// A contest in a browser: the township reads what would raise its card and approves it, the county gives a final mark, accepts and publishes,
// the township appeals, the county answers and revision 2 stands beside revision 1; the village sees no table; the meeting, a rehearsal.
// Registers with tests/browser/stories.cjs.
"use strict";

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const named = (test) => Object.keys(accounts).find(test);
  const county = named((n) => n.startsWith("zuzhi"));
  const secretary = named((n) => n.startsWith("zhishu.dongguancun"));
  const town = "jiuzhou";
  const S = base + "/contests/three_lists";
  const card = "130921100";
  const periods = ["2019H1", "2019H2", "2020H1", "2020H2"]; // over, and after those the demonstration has published
  let held = null; // the period these stories take to its end
  const refused = async (page) => {
    const wrong = page.locator("#wrong");
    if (await wrong.count()) throw new Error("refused: " + (await wrong.innerText()));
  };
  const send = async (page, button) => {
    await page.click(button);
    await page.waitForLoadState();
    await refused(page);
  };
  const text = (page) => page.locator("main").innerText();

  const openPeriod = async (browser) => {
    if (held) return held;
    const page = await open(browser, wide, county);
    for (const period of periods) {
      await page.goto(S + "?period=" + period);
      if (await page.locator(".stations .now").count()) { held = period; break; }
    }
    await page.context().close();
    ok(held, "no contest of these years is open: " + periods);
    return held;
  };

  // The other committees approve theirs, without looking at pages.
  const approveAs = async (browser, name, period) => {
    const context = await browser.newContext();
    const headers = { "Sec-Fetch-Site": "same-origin", Origin: base };
    await context.request.post(base + "/sign-in", { headers, form: { username: name, password: accounts[name], next: "/privacy" } });
    const found = /<tr class="mine">[^]*?href="([^"?]+)/.exec(await (await context.request.get(S + "?period=" + period)).text());
    const page = found ? await (await context.request.get(base + found[1] + "/act/approve?period=" + period)).text() : "";
    const csrf = /name="csrf" value="([^"]+)"/.exec(page);
    if (csrf) await context.request.post(base + found[1] + "/act/approve", { headers, form: { csrf: csrf[1], period, level: "0" } });
    await context.close();
  };

  for (const size of [wide, phone])
    story("a township reads its card and what would raise it at " + size.width + " px", async (browser) => {
      const period = await openPeriod(browser);
      const page = await open(browser, size, town);
      await page.goto(S + "?period=" + period);
      ok((await page.locator(".ranking tbody tr").count()) === 21, "not 21 committees");
      await sound(page, "contest-01-ranking");
      await page.click("tr.mine th a");
      await page.waitForLoadState();
      ok((await text(page)).includes("怎样能提分"), "nothing says what would raise it");
      await sound(page, "contest-02-card");
      await page.locator(".items tbody th a").nth(3).click();
      await page.waitForLoadState();
      ok((await text(page)).includes("算式"), "the arithmetic is not told");
      await sound(page, "contest-03-item");
    });

  for (const size of [wide, phone])
    story("the pages of a contest are sound at " + size.width + " px", async (browser) => {
      const period = await openPeriod(browser);
      const page = await open(browser, size, county);
      for (const [name, address] of [["publish", S + "/publish?period=" + period], ["rehearsal", S + "/rehearsal?period=" + period], ["order", S + "/meeting?period=" + period],
        ["speaker", S + "/meeting?period=" + period + "&at=" + card], ["list", S + "/meeting?period=" + period + "&at=end"], ["stars", base + "/contests/branch_stars"],
        ["stars-filtered", base + "/contests/branch_stars?town=130921100&q=dgc"], ["notice", S + "/" + card + "/act/notice?period=" + period]]) {
        const answer = await page.goto(address);
        ok(answer.status() === 200, name + " answers " + answer.status());
        await sound(page, "contest-10-" + name);
      }
    });

  for (const size of [wide, phone])
    story("a rehearsal says who would move and stores nothing at " + size.width + " px", async (browser) => {
      const period = await openPeriod(browser);
      const page = await open(browser, size, county);
      await page.goto(S + "/rehearsal?period=" + period);
      await page.fill("[name='points.sites_fit']", "20");
      await send(page, "button:has-text('预演') >> nth=0");
      ok((await text(page)).includes("谁会变"), "nobody is named");
      ok((await page.locator(".moves tbody tr").count()) > 0, "nobody moves");
      await sound(page, "contest-11-rehearsed");
      await page.goto(S + "/rehearsal?period=" + period);
      ok((await page.inputValue("[name='points.sites_fit']")) === "10", "the draft was kept");
    });

  for (const size of [wide, phone])
    story("the marks of a table end at one line at " + size.width + " px", async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(S + "?period=2018H1");
      const marks = await page.locator(".ranking .total .num").allInnerTexts();
      ok(marks.length === 21 && marks.every((one) => /\.\d\d$/.test(one)), "marks of unlike length: " + marks.join(" "));
    });

  for (const size of [wide, phone])
    story("what was written comes back when the session has ended at " + size.width + " px", async (browser) => {
      const page = await open(browser, size, county);
      const words = "依据文件见附件，请复核第三项。";
      await page.goto(base + "/ledgers/monthly_review/one-by-one?month=2018-09");
      await page.fill("#f-text", words);
      const cookies = await page.context().cookies();
      const other = await page.context().newPage();
      await other.goto(base + "/account");
      await other.click("form[action='/sign-out'] button");
      await other.waitForLoadState();
      await page.context().addCookies(cookies);
      await page.click("button[value=note]");
      await page.waitForSelector(".unsent");
      ok((await page.locator(".unsent textarea").evaluateAll((all) => all.map((one) => one.value))).includes(words), "the words are lost");
      await sound(page, "contest-14-ended");
      await page.click("main .btn-primary");
      await page.waitForSelector("#password");
      await page.fill("#username", county);
      await page.fill("#password", accounts[county]);
      await page.click("main form button");
      await page.waitForSelector("#f-text");
      ok(page.url().includes("month=2018-09"), "not led back to the form but to " + page.url());
    });

  story("the meeting is led by the arrows and comments are noted", async (browser) => {
    const period = await openPeriod(browser);
    const page = await open(browser, { width: 1920, height: 1080 }, county);
    await page.goto(S + "/meeting?period=" + period + "&order=last");
    const first = await page.locator(".turn-order a").first().innerText();
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector(".turn h1");
    ok((await page.innerText(".turn h1")) === first, "the first speaker is another one");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((name) => document.querySelector(".turn h1") && document.querySelector(".turn h1").textContent !== name, first);
    await page.fill("#f-text", "抓得实，下半年补上合同到期的短板。");
    await send(page, ".turn-form button");
    ok((await text(page)).includes("补上合同到期的短板"), "the comment is not there");
    await sound(page, "contest-12-meeting");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((name) => document.querySelector(".turn h1").textContent === name, first);
  });

  story("a card is approved, a mark decided, all accepted and published; an appeal makes revision 2", async (browser) => {
    const period = await openPeriod(browser);
    const township = await open(browser, wide, town);
    await township.goto(S + "/" + card + "?period=" + period);
    await township.click("a:has-text('审核此卡')");
    await sound(township, "contest-20-approve");
    await send(township, "form.ask .btn-primary");
    ok((await text(township)).includes("已审核"), "the card is not approved");
    const organizer = await open(browser, wide, county);
    await organizer.goto(S + "/" + card + "/field_checked_result?period=" + period);
    await organizer.click("form.form .btn-primary");
    await organizer.waitForSelector("#wrong");
    await sound(organizer, "contest-21-mark-wrong");
    await organizer.fill("[name=points]", "8.5");
    await organizer.fill("[name=document]", "沧组核〔2018〕3号");
    await organizer.fill("[name=reason]", "现场核查，服务大厅建成使用");
    await send(organizer, "form.form .btn-primary");
    await sound(organizer, "contest-22-marked");
    for (const name of Object.keys(accounts))
      if (/^[a-z]+$/.test(name) && name !== town) await approveAs(browser, name, period);
    await organizer.goto(S + "/publish?period=" + period);
    await sound(organizer, "contest-23-accept");
    await send(organizer, "button:has-text('认定已审核的')");
    await sound(organizer, "contest-24-publish");
    await send(organizer, "form button:has-text('公布')");
    ok((await text(organizer)).includes("第 1 版"), "it is not published");
    await sound(organizer, "contest-25-published");
    await township.goto(S + "/" + card + "?period=" + period);
    await sound(township, "contest-26-card-published");
    if (!(await township.locator(".acts a:has-text('申诉')").count())) return; // no calendar of this year: no deadline, no appeal (ARI-5)
    await township.click(".acts a:has-text('申诉')");
    await township.selectOption("[name=item]", "field_checked_result");
    await township.fill("[name=text]", "另有一项成果已核查，未计入。");
    await sound(township, "contest-27-appeal");
    await send(township, "form.ask .btn-primary");
    await organizer.goto(S + "/appeals?period=" + period);
    await sound(organizer, "contest-28-appeals");
    await organizer.click("main a.btn:has-text('答复')");
    await organizer.selectOption("[name=outcome]", "accepted");
    await organizer.fill("[name=points]", "10");
    await organizer.fill("[name=document]", "沧组核〔2018〕9号");
    await organizer.fill("[name=reason]", "核查属实，补计 1.5 分");
    await sound(organizer, "contest-29-answer");
    await send(organizer, "form.ask .btn-primary");
    await organizer.goto(S + "/revisions?period=" + period);
    ok((await text(organizer)).includes("第 2 版对第 1 版的改动"), "the difference is not told");
    await sound(organizer, "contest-30-revisions");
    await organizer.goto(S + "/check?period=" + period);
    ok((await text(organizer)).includes("完全相同"), "computing again is not identical");
    await sound(organizer, "contest-31-check");
    await township.goto(S + "/" + card + "?period=" + period + "&revision=1");
    ok((await text(township)).includes("已有新版"), "the first revision is not readable");
  });

  for (const size of [wide, phone]) {
    story("after publication everything reads well at " + size.width + " px", async (browser) => {
      const page = await open(browser, size, town);
      for (const [name, address] of [["ranking", ""], ["card", "/" + card], ["item", "/" + card + "/field_checked_result"], ["revisions", "/revisions"], ["check", "/check"], ["appeals", "/appeals"]]) {
        await page.goto(S + address + "?period=" + held);
        await sound(page, "contest-40-" + name);
      }
    });
    story("a village sees how the county stands and no table at " + size.width + " px", async (browser) => {
      const page = await open(browser, size, secretary);
      await page.goto(S + "?period=" + held);
      ok((await text(page)).includes("分布"), "no distribution");
      ok((await page.locator(".ranking").count()) === 0, "a village reads the table");
      await sound(page, "contest-41-village");
      await page.goto(base + "/contests/branch_stars");
      await sound(page, "contest-42-village-stars");
    });
  }
};
