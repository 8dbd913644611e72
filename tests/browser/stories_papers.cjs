// Reports and official papers in a browser: the same figures on the page, as PDF and as workbook; what is printed is what the PDF says.
// Registers its stories with tests/browser/stories.cjs.
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const { execFileSync } = require("child_process");

module.exports = ({ story, open, sound, ok, base, accounts, wide, phone }) => {
  const county = Object.keys(accounts).find((n) => n.startsWith("zuzhi"));
  const town = "jiuzhou";

  const fetched = async (page, href) => {
    const answer = await page.request.get(new URL(href, base).href);
    ok(answer.status() === 200, href + " answers " + answer.status());
    return { type: answer.headers()["content-type"], name: answer.headers()["content-disposition"], body: await answer.body() };
  };
  // Pages with their sizes and words, as MuPDF reads them; what it complains of is an error.
  const read = (bytes) => {
    const file = path.join(os.tmpdir(), "hangji-paper-" + process.pid + ".pdf");
    fs.writeFileSync(file, bytes);
    try {
      const xml = execFileSync("mutool", ["draw", "-q", "-F", "stext", file], { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
      const sizes = [...xml.matchAll(/<page [^>]*width="([\d.]+)" height="([\d.]+)"/g)].map((m) => [Number(m[1]), Number(m[2])]);
      const words = [...xml.matchAll(/<char [^>]* c="([^"]*)"/g)].map((m) => m[1]).join("").replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16))).replace(/&quot;/g, '"').replace(/&amp;/g, "&").replace(/&lt;/g, "<").replace(/&gt;/g, ">");
      return { sizes, words: words.normalize("NFKC").replaceAll("戶", "户").replace(/—\s*\d+\s*—/g, "").replace(/\s+/g, "") };
    } finally {
      fs.unlinkSync(file);
    }
  };
  // Browsers write some characters as the radical that looks the same.
  const holds = (words, wanted) => words.includes(wanted) || new RegExp([...wanted].map((c) => (/\p{Script=Han}/u.test(c) ? "[" + c + "\u2e80-\u2eff]" : c.replace(/[.*+?^${}()|[\]\\/]/, "\\$&"))).join(""), "u").test(words);
  const isA4 = (sizes) => sizes.every(([w, h]) => Math.abs(w - 595.3) < 1.5 && Math.abs(h - 841.9) < 1.5);
  const firstRow = async (page, ledger) => {
    await page.goto(base + "/ledgers/" + ledger);
    return base + (await page.locator("main a[href^='/ledgers/" + ledger + "/']").evaluateAll((all) => all.map((a) => a.getAttribute("href")).find((href) => /\/\d+$/.test(href))));
  };
  // Every sentence of the page as the browser prints it stands in the PDF, on as many A4 pages give or take one.
  const sameOnPaper = async (page, exactly) => {
    const pdf = read((await fetched(page, await page.locator(".paper-bar a.btn").getAttribute("href"))).body);
    const printed = read(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
    ok(isA4(pdf.sizes), "the PDF is not A4: " + pdf.sizes[0]);
    ok(isA4(printed.sizes), "the print is not A4: " + printed.sizes[0]);
    ok(Math.abs(pdf.sizes.length - printed.sizes.length) <= (exactly ? 0 : Math.max(1, pdf.sizes.length / 5)), "the PDF has " + pdf.sizes.length + " pages, the print " + printed.sizes.length);
    const lines = await page.locator(".paper :is(h1 span, h2, h3, .in, td, th, .paper-to, .paper-issuer)").evaluateAll((all) => all.map((e) => e.innerText));
    ok(lines.length > 5, "hardly anything stands on the page");
    for (const line of lines) {
      const wanted = line.normalize("NFKC").replace(/—\s*\d+\s*—/g, "").replace(/\s+/g, "");
      if (wanted.length > 40) continue; // may be broken by the end of a page and its foot
      ok(pdf.words.includes(wanted), "the PDF lacks " + line);
      ok(holds(printed.words, wanted), "the print lacks " + line);
    }
  };

  for (const size of [wide, phone]) {
    const at = " at " + size.width + " px";

    story("a report is computed for any days and organization, opens to its rows, and is taken along" + at, async (browser) => {
      const page = await open(browser, size, county);
      await page.goto(base + "/reports/achievements?from=2018-01-01&to=2018-12-31");
      await sound(page, "report-01-county");
      ok(await page.locator(".report-below").first().locator("tbody tr").count() === 21, "not a row for each committee");
      await page.fill("[name=from]", "2018-03-01");
      await page.selectOption("[name=under]", { label: "　旧州镇" });
      await page.waitForURL(/under=130921100/); // a choice is asked for at once
      await page.waitForLoadState();
      ok(page.url().includes("under=130921100") && page.url().includes("from=2018-03-01"), "not computed for the township: " + page.url());
      await sound(page, "report-02-township");
      const pdf = await fetched(page, await page.locator(".report-files a").nth(0).getAttribute("href"));
      ok(pdf.type === "application/pdf" && /\.pdf$/.test(pdf.name), "no PDF: " + pdf.name);
      const paper = read(pdf.body);
      ok(isA4(paper.sizes) && paper.words.includes("旧州镇") && paper.words.includes("2018-03-01"), "the PDF says something else");
      const figures = await page.locator(".fig").evaluateAll((all) => all.map((e) => [e.querySelector("span").innerText, e.querySelector("b").firstChild.textContent]));
      ok(figures.length > 20, "only " + figures.length + " figures");
      for (const [title, value] of figures)
        ok(paper.words.includes((title + value).normalize("NFKC").replace(/\s+/g, "")), "the PDF lacks " + title + " " + value);
      const book = await fetched(page, await page.locator(".report-files a").nth(1).getAttribute("href"));
      ok(book.body.subarray(0, 2).toString() === "PK" && /\.xlsx$/.test(book.name), "no workbook: " + book.name);
      await page.locator(".report-below td a").nth(2).click();
      await page.waitForLoadState();
      ok(page.url().includes("/indicators/") && page.url().includes("from=2018-03-01"), "a figure does not open: " + page.url());
    });

    story("a township sees its own report and no other" + at, async (browser) => {
      const page = await open(browser, size, town);
      await page.goto(base + "/reports/achievements");
      ok((await page.locator("h1").innerText()).includes("旧州镇"), "not its own");
      for (const ending of ["", ".pdf", ".xlsx"]) {
        const answer = await page.request.get(base + "/reports/achievements" + ending + "?under=130921101");
        ok(answer.status() === 404, "another township's report" + ending + " answers " + answer.status());
      }
    });
  }

  story("what a browser prints of a supervision notice and a pledge is what the PDF says", async (browser) => {
    const page = await open(browser, wide, county);
    for (const ledger of ["supervised_item", "pledge"]) {
      await page.goto((await firstRow(page, ledger)) + "/notice");
      await sameOnPaper(page, true);
    }
  });

  story("any row is printed as a form by the browser as in the PDF, a sensitive one with its mark", async (browser) => {
    const page = await open(browser, wide, county);
    for (const ledger of ["problem_village", "pledge", "person", "village_site"]) {
      await page.goto(await firstRow(page, ledger));
      await page.click("a[href$='/sheet']");
      await sound(page, "sheet-" + ledger);
      // Words that slant over others are read between them.
      const marks = await page.evaluate(() => { const all = [...document.querySelectorAll(".mark-all")]; all.forEach((e) => e.remove()); return all.length; });
      await sameOnPaper(page, false);
      ok((marks === 1) === (ledger === "problem_village" || ledger === "person"), ledger + ": the mark");
    }
  });

  story("the file of a member's development is printed with its catalogue, and is the same as PDF", async (browser) => {
    const page = await open(browser, wide, county);
    await page.goto((await firstRow(page, "member_development")) + "/volume");
    await sameOnPaper(page, false);
  });
};
