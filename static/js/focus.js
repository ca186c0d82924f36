// Where she starts: at what was wrong, else in the first field of a question, so that what she has
// just copied goes in with one keystroke. The page is not scrolled: what stands above is read first.

const summary = document.getElementById("summary");
// A redirect keeps what stood after the # of the page before.
const asked = document.getElementById(location.hash.slice(1));
const field = document.querySelector(
  'form[data-focus] :is(input, textarea, select):not([type="hidden"], [type="checkbox"], [disabled])',
);
if (summary) summary.focus();
else if (field && !asked && document.activeElement === document.body) {
  field.focus({ preventScroll: true });
}

// What looks like a button answers to Space as one does.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.('a[role="button"]')) return;
  event.preventDefault();
  event.target.click();
});
