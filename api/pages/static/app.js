// What the pages do more of when scripts run. Every page works without this file.

// -- Times in the reader's own zone --------------------------------------------------------------

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function localizeTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (!Number.isNaN(moment.getTime())) {
      element.title = element.textContent;
      element.textContent = clock.format(moment);
    }
  }
}

// -- Handing in: drag and drop, the chosen files in a list, the limit before the upload -----------

function readableSize(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function enhanceUpload(form) {
  const input = form.querySelector('input[type="file"]');
  const drop = form.querySelector("[data-drop]");
  const list = form.querySelector("[data-chosen]");
  const problem = form.querySelector("[data-problem]");
  const limit = Number(form.dataset.limit);
  let chosen = [];

  form.querySelector("[data-drop-label]").textContent = "Drop your files here, or choose them";

  function put(files) {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
    chosen = [...files];
    show();
  }

  function show() {
    list.replaceChildren(
      ...chosen.map((file) => {
        const row = document.createElement("li");
        const name = document.createElement("span");
        name.className = "name";
        name.textContent = file.name;
        const size = document.createElement("span");
        size.className = "soft nowrap";
        size.textContent = readableSize(file.size);
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "quiet slim";
        remove.textContent = "Remove";
        remove.setAttribute("aria-label", `Remove ${file.name}`);
        remove.addEventListener("click", () => {
          put(chosen.filter((other) => other !== file));
          input.focus();
        });
        row.append(name, size, remove);
        return row;
      }),
    );
    list.hidden = chosen.length === 0;
    const total = chosen.reduce((sum, file) => sum + file.size, 0);
    problem.hidden = total <= limit;
    problem.textContent = total > limit ? `Together ${readableSize(total)}; at most ${readableSize(limit)} are taken.` : "";
  }

  // A later file of the same name replaces the earlier one, as in a folder.
  function add(files) {
    const byName = new Map(chosen.map((file) => [file.name, file]));
    for (const file of files) byName.set(file.name, file);
    put([...byName.values()]);
  }

  input.addEventListener("change", () => add(input.files));
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
  });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    add(event.dataTransfer.files);
  });
  form.addEventListener("submit", () => {
    const button = form.querySelector("button:not([type])");
    button.disabled = true;
    button.textContent = "Sending …";
  });
}

// -- A submission that is not graded yet: follow its events, show the page anew -------------------

const finalStates = ["graded", "failed", "rejected", "cancelled", "superseded"];
const passingStates = ["queued", "running", "retrying"];

async function showAnew() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const arrived = fresh.querySelector("main");
  if (arrived.innerHTML === shown) return;
  shown = arrived.innerHTML;
  const main = document.querySelector("main");
  document.title = fresh.title;
  main.replaceChildren(...arrived.childNodes);
  enhance(main);
  say(main);
}

let shown = "";
let said = "";

// The page's one live region outlives the swap, so that screen readers hear what changed.
function say(main) {
  const line = main.querySelector("[data-say]");
  const text = line ? `${line.dataset.say} ${line.textContent.trim()}`.trim() : "";
  if (text && text !== said) document.getElementById("said").textContent = said = text;
}

let stream = null;

function follow(url) {
  if (stream) return;
  stream = new EventSource(url);
  const refresh = window.setInterval(showAnew, 4000); // the place in line moves without an event of its own
  const stop = () => {
    stream.close();
    stream = null;
    window.clearInterval(refresh);
  };
  for (const name of passingStates) stream.addEventListener(name, () => void showAnew());
  for (const name of finalStates) {
    stream.addEventListener(name, () => {
      stop();
      void showAnew();
    });
  }
}

// -- A page that fills up without events of its own (a dry run) -----------------------------------

function fillUp(element) {
  window.setTimeout(() => void showAnew().then(() => {
    if (element.isConnected) fillUp(element);
  }), Number(element.dataset.refresh));
}

// -- A link into a closed row opens it -------------------------------------------------------------

function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
}

function enhance(root) {
  localizeTimes(root);
  for (const form of root.querySelectorAll("form[data-submission]")) enhanceUpload(form);
  const live = root.querySelector("[data-events]");
  if (live) follow(live.dataset.events);
  for (const element of root.querySelectorAll("[data-refresh]")) fillUp(element);
  openTarget();
}

window.addEventListener("hashchange", openTarget);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
enhance(document);
