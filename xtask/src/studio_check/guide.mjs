// NNC's starter guide, from photographs to a saved threshold and the download, in the order of docs/guide.en.md. Nothing is
// typed that a person would not type.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Does the whole guide. */
export async function guide(person, samples) {
  for (const part of [dashboard, trainingSet, testSet, look, project, run, threshold, files, masks, second, comparison]) {
    await part(person, samples);
    person.told(`guide: ${part.name}`);
  }
}

const countIn = (text) => Number(text.replace(/\D/g, ""));

async function dashboard(person) {
  const { page } = person;
  await person.go("/");
  assert.equal(await page.locator("#steps .next").getAttribute("data-step"), "datasets", "the first step comes first");
  await person.shot("guide-01-dashboard");
  assert(!page.url().includes("token"), "the token stays out of the address");
  await person.follow(page.locator("#steps").getByRole("link", { name: "Create Dataset" }), "**/new-dataset");
}

/** NNC's dialog: a folder is dropped; everything else is as NNC's guide says already. */
async function trainingSet(person, { photographs }) {
  const { page } = person;
  await person.button("Create").click();
  await person.sees("Drop or choose a file or a folder first.");
  await person.drop([join(photographs, "train")]);
  await person.uploaded();
  assert.equal(await person.field("Name").inputValue(), "train");
  for (const [label, due] of [["Width", "224"], ["Height", "224"], ["Dataset name 1", "train.csv"], ["Dataset name 2", "test.csv"]]) {
    assert.equal(await person.field(label).inputValue(), due, label);
  }
  assert(await page.getByRole("radio", { name: "resize" }).isChecked() && await page.getByRole("radio", { name: "RGB (3)" }).isChecked());
  assert(!await person.field("Shuffle the order of the data").isChecked());
  await person.field("Width").fill("0");
  await person.button("Create").click();
  await page.locator("#width-error:not([hidden])").waitFor();
  await person.field("Width").fill("224");
  await person.sees("in the order of their names: 0 = 0.");
  await person.field("Dataset name 1").fill("train_for_PaDiM.csv");
  await person.shot("guide-02-create-dataset");
  await person.follow(person.button("Create"), "**/datasets/train");
  assert.equal(countIn(await person.text("#figures dd")), 24, "every photograph became a row");
}

/** The other set comes as an archive, chosen in the browser's dialog; a name that is taken is refused beside its field. */
async function testSet(person, { photographs }) {
  const { page } = person;
  const archive = join(photographs, "test.tar.gz");
  execFileSync("tar", ["-czf", archive, "-C", join(photographs, "test"), "0", "1"]);
  await person.follow(page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Datasets" }), "**/datasets");
  await person.follow(person.link("Create Dataset"), "**/new-dataset");
  await person.pick("Choose a file", archive);
  await person.uploaded();
  await person.field("Name").fill("train");
  await person.button("Create").click();
  await page.locator("#name-error:not([hidden])").waitFor();
  await person.field("Name").fill("test");
  await person.field("Dataset name 1").fill("test_for_PaDiM.csv");
  await person.follow(person.button("Create"), "**/datasets/test");
}

/** The preview: thumbnails, labels, an enlarged picture, pages, and the check. */
async function look(person) {
  const { page } = person;
  const rows = page.locator("#rows tbody tr");
  assert.equal(await rows.count(), 37);
  await page.waitForFunction(() => document.querySelector("#rows img").naturalWidth > 0);
  await person.shot("guide-03-preview");
  await rows.first().getByRole("button").click();
  const first = await person.text("#picture-title");
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await person.text("#picture-title"), first);
  await page.waitForFunction(() => document.querySelector("dialog img").naturalWidth > 112);
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });

  await person.field("Label").selectOption("1");
  await page.waitForFunction(() => document.querySelectorAll("#rows tbody tr").length === 25);
  await person.choose("Show as", "Thumbnails");
  await page.locator("#rows .thumbs").waitFor();
  await person.shot("guide-04-thumbnails");
  assert(page.url().includes("as=thumbs"), "the address keeps what is shown");

  await person.field("Look for images that are also in").selectOption({ label: "train / train_for_PaDiM.csv" });
  await person.button("Check").click();
  await page.getByText("No problem found").waitFor();
}

/** A new project; its datasets, its batch size, its plugin and the plugin's parameters, checked as they are typed. */
async function project(person, { detector, work }) {
  const { page } = person;
  await person.follow(page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Projects" }), "**/projects");
  await page.locator("#new").click();
  await person.field("Project name").fill("flange");
  await person.field("Training plugin").selectOption(detector);
  await person.shot("guide-05-new-project");
  await person.follow(person.button("Create"), "**/projects/flange");

  await person.field("Training").selectOption({ label: "train / train_for_PaDiM.csv (24 rows)" });
  await person.field("Validation").selectOption({ label: "test / test_for_PaDiM.csv (37 rows)" });
  await person.sees("Saved in projects/flange.toml");
  await page.waitForFunction(() => [...document.querySelectorAll(".strip img")].some((image) => image.naturalWidth > 0));
  await person.shot("guide-06-project");

  await person.tab("Config").click();
  await person.field("Batch size").fill("0");
  await page.locator("[id='config.batch_size-error']:not([hidden])").waitFor();
  await person.shot("guide-07-wrong-value");
  assert(!readFileSync(join(work, "projects", "flange.toml"), "utf8").includes("batch_size = 0"), "what is wrong is not written");
  await person.field("Batch size").fill("16");
  await page.locator("[id='config.batch_size-error']").waitFor({ state: "hidden" });
  await person.sees("Saved in projects/flange.toml");

  await person.tab("Training plugin").click();
  if (detector === "padim") {
    await person.field("feature_ratio").fill("2");
    await page.locator("[id='plugin.params.feature_ratio-error']:not([hidden])").waitFor();
    await person.field("feature_ratio").fill("0.25");
    await page.locator("[id='plugin.params.feature_ratio-error']").waitFor({ state: "hidden" });
  }
  await person.sees("Saved in projects/flange.toml");
  await person.shot("guide-08-parameters");
  const text = readFileSync(join(work, "projects", "flange.toml"), "utf8");
  for (const due of ["train_for_PaDiM.csv", "test_for_PaDiM.csv", "batch_size = 16", detector]) assert(text.includes(due), `${due} is in the file: ${text}`);
}

/** Run; the window is closed and opened again meanwhile, and the job is still there. */
async function run(person) {
  const { page } = person;
  await person.follow(person.button("Run"), "**/jobs/*");
  await page.locator("#log .line").first().waitFor();
  await person.shot("guide-09-log");
  const address = page.url();
  await page.goto("about:blank");
  await page.goto(address);
  await person.ready();
  await person.finished();
  const log = page.locator("#log");
  await log.getByText("worker done").last().waitFor();
  await person.shot("guide-10-finished");
  await person.follow(person.link("See the result"), "**/results/*");
}

/** The slider: its figures follow it; the threshold is saved and stands in the report and the files. */
async function threshold(person) {
  const { page } = person;
  const auroc = Number((await person.text("[data-figure=auroc] dd")).split("\n")[0].trim().split(" ")[0]);
  assert(auroc > 0.5 && auroc <= 1, `image AUROC ${auroc}`);
  const count = async (name) => Number((await person.text(`[data-count=${name}] dd`)).split("/")[0]);
  const slider = page.getByRole("slider", { name: "Threshold" });
  await slider.focus();
  await page.keyboard.press("Home");
  assert.deepEqual([await count("missed"), await count("alarms")], [0, 12], "from the lowest score on all are NG");
  await page.keyboard.press("End");
  assert.deepEqual([await count("missed"), await count("alarms")], [25, 0], "beyond the highest score none is");
  await person.button("Take the one with the best F1").click();
  const value = await page.getByRole("textbox", { name: "Threshold" }).inputValue();
  await page.getByRole("textbox", { name: "Threshold" }).fill("what");
  await person.sees("This is not a number.");
  await page.getByRole("textbox", { name: "Threshold" }).fill(value);
  await page.locator("#near img").first().waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll("#near img")].some((image) => image.naturalWidth > 0));
  await person.shot("guide-11-threshold");
  await person.button("Save the threshold").click();
  await person.sees("This is the saved threshold.");
  await page.reload();
  await person.ready();
  assert.equal(await page.getByRole("textbox", { name: "Threshold" }).inputValue(), value, "the saved threshold is there again");
  for (const name of ["missed", "alarms"]) {
    assert.equal(await count(name), Number(await person.text(`[data-figure=${name}] dd`)), `the slider and the evaluation agree about ${name}`);
  }
}

async function files(person) {
  const { page } = person;
  await person.tab("Report").click();
  const frame = page.frameLocator("#report");
  await frame.locator("h1").waitFor();
  await frame.locator("#slider").waitFor();
  await person.shot("guide-12-report");
  const [download] = await Promise.all([page.waitForEvent("download"), person.button("Download result_evaluate.nnp").click()]);
  assert.match(download.suggestedFilename(), /result_evaluate\.nnp$/);
  assert.equal(readFileSync(await download.path()).subarray(0, 2).toString(), "PK", "the model is a zip archive");
  await person.tab("Files and masks").click();
  for (const name of ["output_result.zip", "scores.csv", "report.html"]) await person.button(name).waitFor();
}

async function masks(person, { photographs, detector }) {
  const { page } = person;
  await person.pick("Choose a folder", join(photographs, "masks"));
  await person.sees("The masks were used");
  await page.locator("[data-figure=pixel]").waitFor();
  await person.button("Make pictures of the heat maps").click();
  await person.sees("The heat maps are made.");
  if (detector === "padim") {
    await person.button("Export the model as ONNX").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#download-onnx").click()]);
    assert(readFileSync(await download.path()).length > 1e6, "the ONNX model has its weights");
  }
  await person.shot("guide-13-files");
}

/** The same project with another parameter, and a job that is stopped. */
async function second(person, { detector }) {
  const { page } = person;
  await person.go("/projects/flange#plugin");
  if (detector === "padim") await person.choose("gaussian", "single");
  await person.sees("Saved in projects/flange.toml");
  await person.follow(person.button("Run"), "**/jobs/*");
  await person.finished();
  await person.go("/projects/flange");
  await person.follow(person.button("Run"), "**/jobs/*");
  await person.button("Stop").click();
  await page.locator("body:is([data-state=stopped], [data-state=interrupted])").waitFor();
  await person.go("/jobs");
  await person.sees("stopped");
}

async function comparison(person) {
  const { page } = person;
  await person.go("/results");
  assert(await person.button("Compare").isDisabled());
  const boxes = page.getByRole("checkbox");
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await person.shot("guide-14-results");
  await person.follow(person.button("Compare"), "**/compare?*");
  await person.sees("Image AUROC");
  await person.shot("guide-15-comparison");
}
