// What somebody else may try: a server of theirs on another port of this computer, and a report with scripts of their own.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

/** How long a hostile page has to get out. */
const LONG = 1500;

/** Their server, which notes whatever reaches it, by TCP and by UDP. */
async function theirs() {
  const seen = [];
  const server = createServer((request, response) => {
    seen.push({ address: request.url, headers: request.headers });
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>theirs</title>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const packets = createSocket("udp4");
  packets.on("message", () => seen.push({ address: "udp", headers: {} }));
  packets.bind(server.address().port, "127.0.0.1");
  await once(packets, "listening");
  const base = `http://127.0.0.1:${server.address().port}`;
  const end = () => {
    packets.close();
    server.close();
    server.closeAllConnections();
  };
  return { seen, base, end };
}

/** Does all of it. */
export async function strangers(person, { work }) {
  const other = await theirs();
  try {
    await otherPort(person, other);
    person.told("strangers: otherPort");
    await hostileReports(person, other, work);
    person.told("strangers: hostileReports");
  } finally {
    other.end();
  }
}

/** Whoever is led to a server on another port gives it nothing that lets in here, and its pages cannot ask here. */
async function otherPort(person, { seen, base }) {
  const secret = await person.page.evaluate(() => localStorage.getItem("nnc-studio-session"));
  assert(secret.length > 40);
  const page = await person.context.newPage();
  await page.goto(`${base}/lure`);
  await page.reload();
  assert(seen.length >= 2);
  assert(!JSON.stringify(seen).includes(secret), "what lets in went to another port");
  for (const { headers } of seen) {
    const names = (headers.cookie ?? "").split(";").map((pair) => pair.split("=")[0].trim()).filter(Boolean);
    assert.deepEqual(names.filter((name) => name !== "nnc_studio_lang"), [], "cookies that another port is sent");
  }
  assert.equal(await page.evaluate(() => localStorage.getItem("nnc-studio-session")), null);
  const asked = await page.evaluate(async (studio) => {
    const ask = async (path, options) => {
      try {
        const response = await fetch(studio + path, { credentials: "include", ...options });
        return `${response.type} ${response.status}`;
      } catch {
        return "refused";
      }
    };
    return [await ask("/api/v1/system"), await ask("/api/v1/system", { mode: "no-cors" }),
      await ask("/api/v1/session", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" })];
  }, person.studio.base);
  for (const answer of asked) assert(["refused", "opaque 0"].includes(answer), answer);
  await page.close();
}

/** Scripts of others in a report do not run, in whatever way it tries to be taken for one of ours. */
async function hostileReports(person, { seen, base }, work) {
  const evil = `
    <meta http-equiv="refresh" content="0; url=${base}/refresh">
    <link rel="prefetch" href="${base}/prefetch"><link rel="stylesheet" href="${base}/style"><img src="${base}/img">
    <style>body { background: url(${base}/background) }</style>
    <iframe src="${base}/frame"></iframe><object data="${base}/object"></object>
    <form id="f" action="${base}/form" method="post"></form><img src="data:," onerror="document.title = 'ran'">
    <script>
      document.documentElement.dataset.ran = "";
      new RTCPeerConnection({ iceServers: [{ urls: "stun:${base.slice(7)}" }] }).createDataChannel("x");
      fetch("${base}/fetch", { mode: "no-cors" });
      open("${base}/open");
      document.getElementById("f").submit();
      try { top.location = "${base}/top"; } catch {}
      location = "${base}/location";
    </script>`;
  const results = join(work, "results");
  const whole = readdirSync(results).map((name) => join(results, name, "report.html")).flatMap((file) => {
    try {
      return [readFileSync(file, "utf8")];
    } catch {
      return [];
    }
  })[0];
  const reports = { "evil-bare": `<!doctype html><html><head></head><body><h1>Report</h1>${evil}</body></html>`,
    "evil-whole": whole.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "").replace("</main>", `${evil}</main>`) };
  for (const [name, text] of Object.entries(reports)) {
    mkdirSync(join(results, name), { recursive: true });
    writeFileSync(join(results, name, "train_status.json"), "{\"status\": \"finished\"}");
    writeFileSync(join(results, name, "report.html"), text);
    const stranger = await person.constructor.meet(person.context.browser(), person.studio, { shots: person.shots, told: person.told });
    seen.length = 0;
    await stranger.go(`/reports/results~${name}`);
    const frame = stranger.page.frameLocator("#report");
    await frame.locator("h1").waitFor();
    await stranger.page.waitForTimeout(LONG);
    assert.deepEqual(seen.map(({ address }) => address), [], `${name} reached out`);
    assert.equal(await frame.locator("html").getAttribute("data-ran"), null, `${name} ran`);
    assert.equal(stranger.page.url(), `${person.studio.base}/reports/results~${name}`);
    assert.equal(stranger.context.pages().length, 1, `${name} opened a window`);
    // The browser tells of everything that it has refused.
    stranger.trouble.length = 0;
    await stranger.leave();
  }
}
