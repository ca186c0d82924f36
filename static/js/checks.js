// The live check: asked when a value is pasted or left, not while somebody is typing. What stands
// under the field is always about the value in it: a change takes older findings away. The answers
// come row by row; the page never moves under the pointer that is about to press Continue.

const form = document.getElementById("answer");
const place = document.getElementById("judged");
const checks = document.getElementById("checks");
const said = document.getElementById("said");
const actions = form.querySelector(".actions");
const MOST = 24576; // octets as a form sends them: more is no value, and no page of them either
let judged = state();
let leaving = false; // Continue is being pressed: it judges the value itself, and must not move
let held = null; // who asked for an answer that came meanwhile
let raw = null; // a paste of several lines, of which a field keeps only the letters

function state() {
  return [...new FormData(form)].filter(([name]) => name !== "csrf_token" && name !== "go_on_anyway").join("\n");
}

function judge(input) {
  if (leaving || state() === judged) return;
  judged = state();
  forget();
  htmx.trigger(input, "judge");
}

// Ends what is under way about older values; what it would still say is not heard.
function forget() {
  for (const poller of checks.querySelectorAll("[data-more]")) {
    htmx.trigger(poller, "htmx:abort");
    poller.remove();
  }
  said.replaceChildren();
}

form.addEventListener("input", (event) => {
  if (!event.target.hasAttribute("hx-post") || state() === judged) return;
  if (raw?.name === event.target.name && event.inputType !== "insertFromPaste") raw = null;
  for (const input of form.querySelectorAll("[hx-post]")) htmx.trigger(input, "htmx:abort");
  forget();
  keepRoom();
  checks.replaceChildren();
  document.querySelector(".age")?.remove();
  judged = null;
});

form.addEventListener("paste", (event) => {
  if (!event.target.hasAttribute("hx-post")) return;
  const text = event.clipboardData?.getData("text") ?? "";
  const several = /[\r\n]/.test(text) && new URLSearchParams({ text }).toString().length <= MOST;
  raw = several ? { name: event.target.name, text } : null;
  setTimeout(() => judge(event.target));
});

form.addEventListener("change", (event) => {
  if (event.target.hasAttribute("hx-post")) judge(event.target);
});

// With the check and with Continue, both of which look for values in it.
form.addEventListener("formdata", (event) => {
  if (raw) event.formData.set("pasted", raw.text);
});

// --- nothing moves under the pointer

form.addEventListener("pointerdown", (event) => {
  leaving = Boolean(event.target.closest("button[type=submit]"));
});

document.addEventListener("pointerup", () => setTimeout(release));
document.addEventListener("pointercancel", release);

function release() {
  leaving = false;
  // The same once more: the server still has it.
  if (held?.isConnected) htmx.trigger(held, "more" in held.dataset ? "again" : "judge");
  held = null;
}

let top = 0;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (leaving) {
    event.detail.shouldSwap = false;
    held = event.detail.requestConfig.elt;
    return;
  }
  keepRoom();
  top = actions.getBoundingClientRect().top;
});

document.addEventListener("htmx:afterSwap", () => {
  const over = !checks.querySelector("[data-more]");
  // Nothing is sure to fail any more, of another value or of the same one asked about again.
  const fine = over && checks.querySelector("[data-code]") && !checks.querySelector(".checks > .fail");
  if (fine || checks.querySelector("[data-mended]")) document.getElementById("anyway")?.remove();
  if (over) putInOrder();
  if (actions.matches(":hover")) window.scrollBy(0, actions.getBoundingClientRect().top - top);
  else if (over) giveRoomBack();
});

// At the end what needs action comes first, as everywhere; not while somebody is reading it.
function putInOrder() {
  const rows = checks.querySelector(".rows");
  if (!rows || rows.matches(":hover, :focus-within")) return;
  const weight = (row) => (row.querySelector(".fail") ? 0 : row.querySelector(".warn") ? 1 : 2);
  const sorted = [...rows.children].sort((one, other) => weight(one) - weight(other));
  if (sorted.some((row, place) => row !== rows.children[place])) rows.append(...sorted);
}

function keepRoom() {
  place.style.minHeight = `${place.offsetHeight}px`;
}

function giveRoomBack() {
  place.style.minHeight = "";
}

actions.addEventListener("pointerleave", () => {
  if (!checks.querySelector("[data-more]")) giveRoomBack();
});

// --- Latchkey itself does not answer

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    for (const row of checks.querySelectorAll(".busy")) {
      row.querySelector(".spin")?.remove();
      row.querySelector(".what").textContent = "Latchkey does not answer. Look whether it is still running.";
    }
  });
}

// --- offers

checks.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-use]");
  if (!button) return;
  const input = form.elements[button.dataset.for];
  raw = null;
  input.value = button.dataset.use;
  judge(input);
  input.focus();
});
