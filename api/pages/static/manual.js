// Marking answers from the keyboard, without loading a page between two of them. Without this file the same links and
// forms load pages.

const drafts = new Map();
let typed = "";
let picking = false;
let busy = false;

const marking = () => document.getElementById("marking");
const form = () => document.querySelector("form.mark-form");
const field = (name) => form()?.elements.namedItem(name);
const say = (text) => {
  document.getElementById("said").textContent = text;
};
const problem = (text) => {
  const shown = document.querySelector("[data-problem]");
  if (!shown) return;
  shown.hidden = !text;
  shown.textContent = text;
};
const keysAreOn = () => localStorage.getItem("manual-keys") !== "off";

// -- From one answer to another -------------------------------------------------------------------

function put(text, address) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const arrived = fresh.querySelector("main");
  if (!arrived.querySelector("#marking")) {
    problem(`Nothing was saved. ${arrived.textContent.trim().replace(/\s+/g, " ")}`);
    return false;
  }
  document.title = fresh.title;
  document.querySelector("main").replaceChildren(...arrived.childNodes);
  history.replaceState(null, "", address);
  arrive();
  return true;
}

async function request(address, options, after = "") {
  if (busy) return;
  busy = true;
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin", ...options });
    const text = await response.text();
    if (after && response.ok) drafts.delete(marking().dataset.item);
    if (!put(text, response.url)) return;
    say(`${after} ${marking().dataset.say}`.trim());
  } catch {
    problem("The service did not answer. Nothing was saved; try again.");
  } finally {
    busy = false;
  }
}

function go(where) {
  const link = document.querySelector(`[data-go="${where}"]`);
  if (!link) {
    say(where === "next" ? "This is the last answer." : "This is the first answer.");
    return;
  }
  remember();
  void request(link.href);
}

function send(action) {
  const made = form();
  if (!made || (action !== "withdraw" && !made.reportValidity())) return;
  const body = new URLSearchParams(new FormData(made));
  body.set("do", action);
  remember();
  const said = action === "withdraw" ? "Taken back." : `Saved ${field("points").value} of ${marking().dataset.possible}.`;
  void request(made.action, { method: "POST", body }, said);
}

// What was begun is there again when one comes back.
function remember() {
  if (form()) drafts.set(marking().dataset.item, { points: field("points").value, comment: field("comment").value });
}

function arrive() {
  typed = "";
  picking = false;
  const draft = drafts.get(marking().dataset.item);
  if (draft && form()) {
    field("points").value = draft.points;
    field("comment").value = draft.comment;
  }
  document.querySelector("[data-help]").hidden = false;
  document.getElementById("keys-on").checked = keysAreOn();
  for (const link of document.querySelectorAll("[data-go]")) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go(link.dataset.go);
    });
  }
  document.querySelector("[data-help]").addEventListener("click", help);
  document.getElementById("keys-on").addEventListener("change", (event) => {
    localStorage.setItem("manual-keys", event.target.checked ? "on" : "off");
  });
  document.getElementById("question")?.focus({ preventScroll: true });
  for (const button of document.querySelectorAll("[data-comment]")) button.addEventListener("click", () => reuse(button));
  form()?.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.submitter?.value || "save");
  });
}

// -- What keys do -----------------------------------------------------------------------------------

function help() {
  document.getElementById("keys").showModal();
}

function digit(key) {
  const possible = Number(marking().dataset.possible);
  const longer = typed + key;
  const fits = /^\d{0,4}(\.\d{0,2})?$/.test(longer) && Number(`0${longer}`) <= possible;
  typed = fits ? longer : key;
  field("points").value = typed.startsWith(".") ? `0${typed}` : typed;
  say(`${field("points").value} points`);
}

function reuse(button) {
  const comment = field("comment");
  comment.value = comment.value ? `${comment.value}\n${button.dataset.comment}` : button.dataset.comment;
  if (button.dataset.points) field("points").value = button.dataset.points;
  say(`Comment: ${button.dataset.comment}`);
}

function pick(on) {
  picking = on;
  form().classList.toggle("picking", on);
  if (on) say("Which comment? Press its number.");
}

function tick(number) {
  const box = form().querySelectorAll('input[name="covered"]')[number - 1];
  if (!box) return;
  box.checked = !box.checked;
  say(`${box.checked ? "Ticked" : "Not ticked"}: ${box.value}`);
}

const COMMANDS = {
  j: () => go("next"),
  k: () => go("previous"),
  c: () => field("comment")?.focus(),
  f: () => {
    field("points").value = marking().dataset.possible;
    typed = "";
    say(`${marking().dataset.possible} points`);
  },
  r: () => pick(document.querySelector("[data-comment]") !== null),
  s: () => document.querySelector('button[value="settle"]') && send("settle"),
  u: () => document.querySelector('button[value="withdraw"]') && send("withdraw"),
  "?": help,
  Enter: () => send("save"),
  Backspace: () => {
    typed = "";
    field("points").value = "";
  },
};
const WITHOUT_FORM = new Set(["?"]);

function pressed(event) {
  const target = event.target;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (target instanceof HTMLTextAreaElement) {
    if (event.key === "Escape") target.blur();
    else if (event.key === "Enter" && !event.shiftKey) send("save");
    else return;
    event.preventDefault();
    return;
  }
  const writing = target instanceof HTMLInputElement && target.type === "text";
  if (writing && !["Enter", "Escape"].includes(event.key)) return;
  if (writing && event.key === "Escape") {
    target.blur();
    return;
  }
  // Enter on a link or a button is the link's or the button's.
  if (event.key === "Enter" && target.closest("a, button, summary")) return;
  if (!keysAreOn() && event.key !== "Enter") return;
  if (!form() && !WITHOUT_FORM.has(event.key)) return;
  const shifted = event.shiftKey && /^Digit[1-9]$/.test(event.code);
  if (shifted) tick(Number(event.code.slice(5)));
  else if (picking && /^[1-9]$/.test(event.key)) {
    const button = document.querySelectorAll("[data-comment]")[Number(event.key) - 1];
    pick(false);
    if (button) reuse(button);
  } else if (/^[\d.,]$/.test(event.key)) digit(event.key.replace(",", "."));
  else if (COMMANDS[event.key]) {
    if (picking) pick(false);
    COMMANDS[event.key]();
  } else return;
  event.preventDefault();
}

document.addEventListener("keydown", pressed);
arrive();
