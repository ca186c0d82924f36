// The live check: asked when a value is pasted or left, not while somebody is typing. What stands
// under the field is always about the value in it: a change takes older findings away.

const form = document.getElementById("answer");
const checks = document.getElementById("checks");
let judged = state();
let leaving = false; // Continue is being pressed: it judges the value itself, and must not move

function state() {
  return [...new FormData(form)].filter(([name]) => name !== "csrf_token" && name !== "go_on_anyway").join("\n");
}

function judge(input) {
  if (leaving || state() === judged) return;
  judged = state();
  htmx.trigger(input, "judge");
}

form.addEventListener("input", (event) => {
  if (!event.target.hasAttribute("hx-post") || state() === judged) return;
  htmx.trigger(form, "htmx:abort");
  for (const input of form.querySelectorAll("[hx-post]")) htmx.trigger(input, "htmx:abort");
  checks.replaceChildren();
  document.querySelector(".age")?.remove();
  judged = null;
});

form.addEventListener("pointerdown", (event) => {
  leaving = Boolean(event.target.closest("button[type=submit]"));
});

document.addEventListener("pointerup", () => setTimeout(() => (leaving = false)));

form.addEventListener("paste", (event) => {
  if (event.target.hasAttribute("hx-post")) setTimeout(() => judge(event.target));
});

form.addEventListener("change", (event) => {
  if (event.target.hasAttribute("hx-post")) judge(event.target);
});

checks.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-use]");
  if (!button) return;
  const input = form.elements[button.dataset.for];
  input.value = button.dataset.use;
  judge(input);
  input.focus();
});

const summary = document.getElementById("summary");
if (summary) summary.focus();
