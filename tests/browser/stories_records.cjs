// Records as people keep them: a member goes to another branch, organizations and people come in from nothing, an import is taken back, what was
// closed is found again, the rules tell their versions, the backups are listed.  Registers its stories with tests/browser/stories.cjs.
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const { execFileSync } = require("child_process");

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const named = (test) => Object.keys(accounts).find(test);
  const secretary = named((n) => n.startsWith("zhishu.dongguancun"));
  const county = named((n) => n.startsWith("zuzhi"));
  const admin = named((n) => n.startsWith("admin") || n.startsWith("guanli"));
  const day = (back) => new Date(Date.now() - back * 86400000 + 8 * 3600000).toISOString().slice(0, 10);
  const send = async (page) => {
    await page.click("form.form .acts button.btn-primary");
    await page.waitForLoadState();
    const wrong = page.locator("#wrong");
    if (await wrong.count()) throw new Error("refused: " + (await wrong.innerText()));
  };
  const settle = (page, text) => page.waitForFunction((t) => document.querySelector("main").innerText.includes(t), text, { timeout: 20000 });
  const act = async (page, words) => {
    await page.click(".stand .acts a:has-text('" + words + "')");
    await page.waitForLoadState();
  };
  const pick = async (page, name, text) => {
    const select = page.locator("select[name=" + name + "]");
    if (await select.count()) return select.locator("option", { hasText: text }).first().evaluate((o) => { o.selected = true; });
    return page.fill("[name=" + name + "]", text);
  };
  const workbook = async (page, rows) => {
    const place = fs.mkdtempSync(path.join(os.tmpdir(), "hangji-books."));
    try {
      const file = (name) => path.join(place, name);
      const [template] = await Promise.all([page.waitForEvent("download"), page.click("a[href$='template.xlsx']")]);
      await template.saveAs(file("template.xlsx"));
      execFileSync("python3", [path.join(__dirname, "fill.py"), file("template.xlsx"), file("filled.xlsx"), "--rows", ...rows]);
      await page.setInputFiles("#f-file", file("filled.xlsx"));
      await page.click("main form.card button.btn-primary");
      await settle(page, "接下来怎么做");
    } finally {
      fs.rmSync(place, { recursive: true });
    }
  };
  const all = async (page) => {
    await page.click("button[value=all]");
    await settle(page, "导入完成");
  };

  for (const size of [wide, phone]) {
    const at = " at " + size.width + " px";
    const code = size === wide ? "130921177" : "130921178";
    const word = size === wide ? "甲" : "乙";

    story("organizations and their people come in from nothing, by two workbooks" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/orgs");
      await page.click(".head a[href='/orgs/import']");
      await sound(page, "records-01-orgs-import");
      await workbook(page, ["130921|" + code + "|新设" + word + "镇党委|党委|2018-01-05|沧组〔2018〕9号", code + "|" + code + "201|新" + word + "一村|村|2018-01-05", code + "201||新" + word + "一村党支部|党支部|"]);
      ok((await page.innerText("main")).includes("3"), "three rows are not counted");
      await sound(page, "records-02-orgs-preview");
      await all(page);
      await sound(page, "records-03-orgs-done");
      await page.goto(base + "/orgs/" + code + "201");
      ok((await page.innerText("h1")).includes("新" + word + "一村"), "the village does not stand");
      await page.goto(base + "/ledgers/person/import");
      await workbook(page, [code + "201|移民" + word + "一|||男|1970-01-02", code + "201|移民" + word + "二|||女|1971-01-02"]);
      await all(page);
    });

    story("an import is taken back in one act, and not after somebody changed a row" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/ledgers/person/import");
      const name = "误传" + word + Date.now();
      await workbook(page, ["130921100201|" + name + "一|||男|1970-01-02", "130921100201|" + name + "二|||女|1971-01-02"]);
      await all(page);
      const job = page.url().split("?")[0];
      await page.goto(base + "/ledgers/person?name=" + encodeURIComponent(name + "一"));
      await page.locator("table.rows tbody a").first().click();
      await page.waitForLoadState();
      const row = page.url().split("?")[0];
      await page.goto(row + "/edit");
      await page.fill("[name=note]", "核对过");
      await send(page);
      await page.goto(job);
      await page.click("a[href$='?undo=1']");
      await page.waitForLoadState();
      ok((await page.innerText("main")).includes("导入后已被改动"), "the changed row is not named");
      await sound(page, "records-04-undo-refused");
      await page.goto(base + "/ledgers/person/import");
      await workbook(page, ["130921100201|" + name + "三|||男|1970-01-02", "130921100201|" + name + "四|||女|1971-01-02"]);
      await all(page);
      await page.click("a[href$='?undo=1']");
      await page.waitForLoadState();
      await sound(page, "records-05-undo");
      await page.fill("[name=reason]", "传错了文件");
      await page.click("button[value=undo]");
      await settle(page, "每条记录的结果");
      ok(await page.locator("table.rows tbody tr").count() === 2, "not both rows are told of");
      await sound(page, "records-06-undone");
      await page.goto(base + "/ledgers/person?name=" + encodeURIComponent(name));
      ok(await page.locator("table.rows tbody tr").count() === 2, "the rows are still listed");
    });

    story("a former name leads to what became of the organization" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/orgs/" + code + "201/act?act=rename");
      await page.fill("[name=name]", "更名" + word + "村");
      await page.fill("[name=document]", "沧民〔2018〕7号");
      await send(page);
      await page.goto(base + "/orgs");
      await page.click(".head a[href='/orgs/former']");
      await page.waitForLoadState();
      ok((await page.innerText("main")).includes("更名为更名" + word + "村"), "the renaming is not told");
      await sound(page, "records-07-former");
      await page.goto(base + "/search?q=" + encodeURIComponent("新" + word + "一村"));
      ok((await page.innerText("main")).includes("曾有的组织"), "search does not find the former name");
      await sound(page, "records-08-search");
    });

    story("a member goes to another branch: letter, confirmation, register" + at, async (browser) => {
      const name = "转接" + word + Date.now();
      const page = await open(browser, size, secretary);
      await page.goto(base + "/ledgers/person/new?org=130921100201");
      await page.fill("[name=name]", name);
      await page.selectOption("[name=sex]", "male");
      await page.fill("[name=born_on]", "1980-05-21");
      await send(page);
      await page.goto(base + "/ledgers/member/new?org=130921100201B1");
      await pick(page, "person", name);
      await page.selectOption("[name=status]", "full");
      await page.fill("[name=admitted_on]", "2000-07-01");
      await page.fill("[name=full_on]", "2001-07-01");
      await send(page);
      const register = page.url().split("?")[0];
      await page.goto(base + "/ledgers/member_transfer/new?org=130921100201B1");
      await pick(page, "member", name);
      await page.fill("[name=asked_on]", day(3));
      await page.selectOption("[name=destination]", "inside");
      await pick(page, "to_branch", "余庆屯村党支部");
      await page.fill("[name=dues_paid_to]", day(3).slice(0, 7));
      await sound(page, "records-09-transfer");
      await send(page);
      const href = page.url().split("?")[0];
      await act(page, "提交");
      await send(page);
      const town = await open(browser, size, "jiuzhou");
      await town.goto(href);
      await act(town, "送接收支部确认");
      await town.fill("[name=letter_no]", "组转" + Date.now());
      await town.fill("[name=letter_on]", day(1));
      await town.fill("[name=letter_until]", day(-60));
      await sound(town, "records-10-letter");
      await send(town);
      const other = await open(browser, size, "xingji");
      await other.goto(base + "/due");
      await sound(other, "records-11-due");
      await other.goto(base + "/ledgers/member_arrival?q=" + encodeURIComponent(name));
      await other.locator("table.rows tbody a").first().click();
      await other.waitForLoadState();
      await act(other, "确认接收");
      await other.fill("[name=arrived_on]", day(0));
      await send(other);
      await sound(other, "records-12-arrived");
      await other.goto(register);
      ok((await other.innerText("main")).includes(name), "the register did not follow");
      const gone = await page.goto(register);
      ok(gone.status() === 404, "the old branch still keeps it");
      await page.goto(href);
      ok((await page.innerText("main")).includes("已转接"), "the transfer has not ended");
      await sound(page, "records-13-ended");
    });

    story("the rules tell their versions, and the backups are listed" + at, async (browser) => {
      const page = await open(browser, size, admin);
      await page.goto(base + "/pack");
      await page.click("a[href='/pack/versions']");
      await page.waitForLoadState();
      ok((await page.innerText("main")).includes("第一个版本"), "the first version is not told");
      await sound(page, "records-14-versions");
      await page.goto(base + "/accounts");
      await page.click("main a[href='/backups']");
      await page.waitForLoadState();
      ok(await page.locator("main tbody tr").count() === 1, "the backup that was made is not listed");
      await sound(page, "records-15-backups");
    });
  }
};
