// A tick is saved when it is set; the button stays for browsers without script and for the end.
// The page comes anew with each, so she is put back to where she was: the same focus, nothing moved.

const PLACE = "ticked";
const form = document.getElementById("answer");

form.addEventListener("change", (event) => {
  const { id } = event.target;
  keep(JSON.stringify({ id, top: event.target.getBoundingClientRect().top }));
  form.requestSubmit();
});

// A part of the list that is done is ticked at once. Only here: without script nothing would save it.
for (const button of form.querySelectorAll("[data-all]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const boxes = [...button.closest("fieldset").querySelectorAll("[type=checkbox]")];
    for (const box of boxes) box.checked = true;
    keep(JSON.stringify({ id: boxes.at(-1).id, top: boxes.at(-1).getBoundingClientRect().top }));
    form.requestSubmit();
  });
}

// With all of them ticked the page begins with that news, and is read from its top.
const kept = keep("");
if (kept && !form.parentElement.querySelector(".banner.ok")) {
  const { id, top } = JSON.parse(kept);
  const box = document.getElementById(id);
  box?.focus({ preventScroll: true });
  if (box) window.scrollBy(0, box.getBoundingClientRect().top - top);
}

function keep(text) {
  try {
    const before = sessionStorage.getItem(PLACE);
    sessionStorage.setItem(PLACE, text);
    return before;
  } catch {
    return ""; // a browser that keeps nothing for pages
  }
}
