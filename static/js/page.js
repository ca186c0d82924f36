// What every page can do: where she starts, copying, pasting, printing. Each part is bound by what
// stands in the page, so a page without a thing has nothing of it.

// --- where she starts

// At what was wrong, else in the first field of a question, so that what she has just copied goes
// in with one keystroke. The page is not scrolled: what stands above is read first. An answer that
// came back opens at its field (data-focus="here"), for what was found of it stands below.
const summary = document.getElementById("summary");
// A redirect keeps what stood after the # of the page before.
const asked = document.getElementById(location.hash.slice(1));
const first = document.querySelector(
  'form[data-focus] :is(input, textarea, select):not([type="hidden"], [type="checkbox"], [disabled])',
);
if (summary) summary.focus();
else if (first && !asked && document.activeElement === document.body) {
  first.focus({ preventScroll: true });
  if (first.form.dataset.focus === "here") first.form.scrollIntoView();
}

// What looks like a button answers to Space as one does.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.('a[role="button"]')) return;
  event.preventDefault();
  event.target.click();
});

// --- buttons that need script: hidden until here, and each says what came of it

for (const button of document.querySelectorAll("button[data-copies], button[data-prints]")) {
  button.hidden = false;
}
// Only where a page may ask for the clipboard.
for (const button of document.querySelectorAll("button[data-pastes]")) {
  button.hidden = !navigator.clipboard?.readText;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if ("copies" in button.dataset) copy(button);
  if ("pastes" in button.dataset) paste(button);
  if ("prints" in button.dataset) window.print();
});

const said = document.createElement("p");
said.className = "vh";
said.setAttribute("role", "status");
document.body.append(said);

function tell(button, words, spoken) {
  const before = (button.dataset.words ??= button.textContent);
  button.textContent = words;
  said.textContent = spoken;
  clearTimeout(button.back);
  button.back = setTimeout(() => {
    button.textContent = before;
    said.textContent = "";
  }, 2500);
}

// --- copying: button[data-copies=NAME] copies the text of the nearest [data-copy=NAME]. With
// data-asks the value is not in the page; it is asked for by the button's form first.

async function copy(button) {
  const name = button.dataset.copies;
  try {
    await write("asks" in button.dataset ? ask(button.form, name) : nearest(button, name));
    tell(button, "Copied ✓", `${label(button)} copied`);
  } catch {
    tell(button, "Not copied", "Not copied. Select the value and copy it yourself.");
  }
}

function nearest(button, name) {
  let place = button.parentElement;
  const wanted = `[data-copy="${CSS.escape(name)}"]`;
  while (place && !place.querySelector(wanted)) place = place.parentElement;
  return place.querySelector(wanted).textContent.trim();
}

async function ask(form, name) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "application/json" },
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json())[name];
}

async function write(text) {
  // A ClipboardItem may hold a promise: Safari wants the clipboard asked for within the click.
  if (text instanceof Promise && window.ClipboardItem) {
    const blob = text.then((value) => new Blob([value], { type: "text/plain" }));
    return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  }
  return navigator.clipboard.writeText(await text);
}

function label(button) {
  const named = button.getAttribute("aria-describedby");
  return (named && document.getElementById(named)?.textContent.trim()) || "Value";
}

// --- pasting: button[data-pastes=NAME] puts the clipboard's text in that field, as a paste by hand
// would: the same events, so the same check.

async function paste(button) {
  const field = button.form?.elements[button.dataset.pastes];
  if (!field) return;
  let text;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    field.focus();
    return notPasted(button, "Not pasted", "The browser did not let Latchkey read the clipboard. Press Ctrl+V (on a Mac ⌘V) in the field.");
  }
  field.focus();
  if (!text.trim()) return notPasted(button, "Nothing to paste", "There is no text in the clipboard. Copy the value first.");
  put(field, text);
  tell(button, "Pasted ✓", "Pasted");
  note(button, "");
}

function put(field, text) {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  if (!field.dispatchEvent(event)) return;
  field.value = text; // a field of one line leaves the line breaks out by itself
  field.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste", bubbles: true }));
}

function notPasted(button, words, advice) {
  tell(button, words, advice);
  note(button, advice);
}

function note(button, advice) {
  const place = button.closest(".field");
  place.querySelector(".paste-said")?.remove();
  if (!advice) return;
  const text = document.createElement("p");
  text.className = "note paste-said";
  text.textContent = advice;
  place.append(text);
}
