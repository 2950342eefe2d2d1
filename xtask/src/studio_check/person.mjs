// A person at a browser: finds things by their words, drops files, and notices whatever the browser complains about.
import assert from "node:assert/strict";
import { join } from "node:path";
import { DESKTOP, drawn } from "./browse.mjs";

/** Refusals that the guide provokes; the browser notes each as an error. */
const REFUSALS = /status of (401|403|404|409|412|422)/;

export class Person {
  /** Opens a window at the address that the studio printed. */
  static async meet(browser, studio, { shots, told, options = {}, signsIn = true }) {
    const person = new Person();
    Object.assign(person, { studio, shots, told, trouble: [] });
    person.context = await browser.newContext({ viewport: DESKTOP, acceptDownloads: true, ...options });
    person.page = await person.context.newPage();
    const { page, trouble } = person;
    page.setDefaultTimeout(20_000);
    page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      if (!REFUSALS.test(message.text()) || !message.location().url.startsWith(studio.base)) trouble.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => trouble.push(`${page.url()}: ${error.stack ?? error}`));
    page.on("request", (request) => {
      if (!request.url().startsWith(studio.base) && !/^(data|blob):/.test(request.url())) trouble.push(`fetches ${request.url()}`);
    });
    if (signsIn) {
      await page.goto(studio.address.href);
      await page.waitForURL(`${studio.base}/`);
      await person.ready();
    }
    return person;
  }

  /** Closes the window; whatever the browser complained about is an error. */
  async leave() {
    await this.context.close();
    assert.deepEqual(this.trouble, [], "complaints of the browser");
  }

  /** Waits until the screen is filled. */
  async ready() {
    await this.page.locator("body[data-ready]").waitFor();
  }

  /** Types an address. Where only the part behind `#` differs a browser loads nothing, so another page comes before. */
  async go(path) {
    await this.page.goto("about:blank");
    await this.page.goto(this.studio.base + path);
    await this.ready();
  }

  /** Clicks what leads to another screen, and waits for it. */
  async follow(locator, address) {
    await locator.click();
    await this.page.waitForURL(address);
    await this.ready();
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  link(name) {
    return this.page.getByRole("link", { name, exact: true });
  }

  field(name) {
    return this.page.getByLabel(name, { exact: true });
  }

  tab(name) {
    return this.page.getByRole("tab", { name });
  }

  /** One of a few that are all seen. */
  async choose(group, value) {
    await this.page.getByRole("group", { name: group }).getByRole("radio", { name: value, exact: true }).click();
  }

  /** Drops files or folders, as from a file manager. */
  async drop(paths) {
    const box = await this.page.locator("#drop").boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const session = await this.context.newCDPSession(this.page);
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) await session.send("Input.dispatchDragEvent", { type, x, y, data });
    await session.detach();
  }

  /** Chooses a file or a folder in the dialog that a button opens. */
  async pick(button, path) {
    const [chooser] = await Promise.all([this.page.waitForEvent("filechooser"), this.button(button).click()]);
    await chooser.setFiles(path);
  }

  /** Waits until what was dropped is on the server. */
  async uploaded() {
    await this.page.locator("[data-uploaded=true]").waitFor();
  }

  /** Follows a job on its page to its end. */
  async finished() {
    await this.page.locator("body:is([data-state=finished], [data-state=failed], [data-state=stopped], [data-state=interrupted])")
      .waitFor({ timeout: 120_000 });
    const [state, error] = await this.page.evaluate(() => [document.body.dataset.state, document.getElementById("job-error").textContent]);
    assert.equal(state, "finished", error);
  }

  /** What an element says, as people see it. */
  text(selector) {
    return this.page.locator(selector).first().innerText();
  }

  /** Waits for a text. */
  async sees(text) {
    await this.page.getByText(text).first().waitFor();
  }

  async shot(name) {
    await drawn(this.page);
    await this.page.screenshot({ path: join(this.shots, `${name}.png`) });
  }
}
