// Files and folders that were dropped or chosen: a flat list with paths, and what they are.

const ARCHIVES = /\.(zip|tar|tgz|gz)$/i;
const TABLES = /\.csv$/i;
const PROJECTS = /\.(toml|sdcproj|ini|nntxt)$/i;
const IMAGES = /\.(png|jpe?g|bmp|gif|tiff?|webp|npy|csv)$/i;

/** What may be uploaded for each purpose, by the names of files. */
const WANTED = {
  images: (path) => IMAGES.test(path),
  masks: (path) => IMAGES.test(path) || ARCHIVES.test(path),
  project: (path) => PROJECTS.test(path),
};

const isHidden = (path) => path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");

const fileOf = (entry) => new Promise((done, failed) => entry.file(done, failed));

/** All entries of a folder; a browser gives a hundred at a time. */
async function entriesOf(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function walk(entry, files) {
  if (entry.isFile) files.push({ path: entry.fullPath.replace(/^\//, ""), file: await fileOf(entry) });
  else for (const inner of await entriesOf(entry)) await walk(inner, files);
}

/** The files of a drop. Has to be called at once: the list is empty after the event. */
export async function filesOfDrop(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  const isFolder = entries.some((entry) => entry.isDirectory);
  const files = [];
  for (const entry of entries) await walk(entry, files);
  return { files, isFolder };
}

/** The files that were chosen in a dialog of the browser. */
export function filesOfInput(input) {
  const files = [...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return { files, isFolder: input.webkitdirectory };
}

/**
 * What was dropped, for a purpose (`images`, `masks`, `project`): `{ kind, name, files, skipped, bytes }`, or null when there
 * is nothing of use. One archive is an archive, a CSV with or without its images a table, everything else a folder.
 */
export function understand(purpose, { files, isFolder }) {
  const visible = files.filter(({ path }) => !isHidden(path));
  const sum = (list) => list.reduce((all, { file }) => all + file.size, 0);
  const of = (kind, name, list) => ({ kind, name, files: list, skipped: files.length - list.length, bytes: sum(list) });
  const first = visible[0];
  if (!first) return null;
  if (purpose === "project") {
    const project = visible.find(({ path }) => WANTED.project(path));
    return project ? of("project", project.file.name, [project]) : null;
  }
  if (!isFolder && visible.length === 1 && ARCHIVES.test(first.path)) {
    return of(purpose === "masks" ? "masks" : "archive", first.file.name, visible);
  }
  const wanted = visible.filter(({ path }) => WANTED[purpose](path) && !ARCHIVES.test(path));
  if (wanted.length === 0) return null;
  const table = wanted.find(({ path }) => TABLES.test(path) && path.split("/").length <= 2);
  const outer = first.path.includes("/") ? first.path.split("/")[0] : wanted[0].file.name.replace(/\.[^.]*$/, "");
  if (purpose === "masks") return of("masks", outer, wanted);
  return table ? of("table", outer, wanted) : of("folder", outer, wanted);
}

/** The class folders of a folder in the order of their labels, which is that of their names. */
export function classesOf({ files }) {
  const folders = files.map(({ path }) => path.split("/").slice(1, -1).join("/")).filter(Boolean);
  return [...new Set(folders)].sort((a, b) => a < b ? -1 : 1);
}

/** A name for a dataset or a project, after the file that it comes from. */
export const nameAfter = (file) => file.replace(/(\.tar)?\.[a-z0-9]{1,8}$/i, "").replace(/^[.\s]+|[/\\~\p{Cc}]/gu, "").trim().slice(0, 70) || "dataset";
