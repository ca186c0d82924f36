// Paste buttons: button[data-pastes=NAME] puts the clipboard's text in that field, as a paste by
// hand would: the same events, so the same check. They show only where a page may ask for it.

const said = document.createElement("p");
said.className = "vh";
said.setAttribute("role", "status");
document.body.append(said);

for (const button of document.querySelectorAll("button[data-pastes]")) {
  button.hidden = !navigator.clipboard?.readText;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-pastes]");
  const field = button?.form?.elements[button.dataset.pastes];
  if (!field) return;
  let text;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    field.focus();
    return tell(button, "Not pasted", "The browser did not let Latchkey read the clipboard. Press Ctrl+V (on a Mac ⌘V) in the field.");
  }
  field.focus();
  if (!text.trim()) return tell(button, "Nothing to paste", "There is no text in the clipboard. Copy the value first.");
  put(field, text);
  tell(button, "Pasted ✓", "");
});

function put(field, text) {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  if (!field.dispatchEvent(paste)) return;
  field.value = text; // a field of one line leaves the line breaks out by itself
  field.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste", bubbles: true }));
}

function tell(button, words, advice) {
  const before = (button.dataset.words ??= button.textContent);
  button.textContent = words;
  said.textContent = advice || "Pasted";
  const place = button.closest(".field");
  place.querySelector(".paste-said")?.remove();
  if (advice) {
    const note = document.createElement("p");
    note.className = "note paste-said";
    note.textContent = advice;
    place.append(note);
  }
  clearTimeout(button.back);
  button.back = setTimeout(() => {
    button.textContent = before;
    said.textContent = "";
  }, 2500);
}
