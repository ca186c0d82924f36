// Copy buttons: button[data-copies=NAME] copies the text of the nearest [data-copy=NAME] and says so.
// With data-asks the value is not in the page; it is asked for by the button's form first.

const said = document.createElement("p");
said.className = "vh";
said.setAttribute("role", "status");
document.body.append(said);

for (const button of document.querySelectorAll("button[data-copies]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-copies]");
  if (!button) return;
  const name = button.dataset.copies;
  try {
    await write("asks" in button.dataset ? ask(button.form, name) : nearest(button, name));
    tell(button, "Copied ✓", `${label(button)} copied`);
  } catch {
    tell(button, "Not copied", "Not copied. Select the value and copy it yourself.");
  }
});

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
