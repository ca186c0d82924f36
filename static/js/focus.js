// Where she starts: at what was wrong, else in the first field of a question, so that what she has
// just copied goes in with one keystroke. The page is not scrolled: what stands above is read first.

const summary = document.getElementById("summary");
const field = document.querySelector(
  'form[data-focus] :is(input, textarea, select):not([type="hidden"], [type="checkbox"], [disabled])',
);
if (summary) summary.focus();
else if (field && !location.hash && document.activeElement === document.body) {
  field.focus({ preventScroll: true });
}
