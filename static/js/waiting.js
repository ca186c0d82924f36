// The tab that stays behind: after the button it asks now and then how far the sign-in in the other
// tab has come, says so, and shows the outcome. Each thing is said once, as it becomes true.

const form = document.getElementById("go");
const status = document.getElementById("waiting");
const EVERY = 1000;
const UNSEEN = 60; // looks after which a sign-in that never began is given up
let timer;
let spoken = "";

function say(words, turns) {
  if (words === spoken) return;
  spoken = words;
  const spin = document.createElement("span");
  spin.className = "spin";
  spin.setAttribute("aria-hidden", "true");
  status.replaceChildren(...(turns ? [spin] : []), words);
}

function watch() {
  clearTimeout(timer);
  let seen = false;
  let without = 0; // looks in a row that found no sign-in under way

  const look = async () => {
    let now = null;
    try {
      const answer = await fetch(form.dataset.waits);
      if (answer.ok) now = await answer.json();
    } catch {
      // Latchkey may be starting again; the next look will tell.
    }
    if (now && now.run > Number(form.dataset.newest)) return location.assign(form.action);
    if (now && now.seconds === null) without += 1;
    else if (now) [seen, without] = [true, 0];
    // Two looks, for a sign-in may end between its outcome and its end.
    if (without >= (seen ? 2 : UNSEEN)) return say(status.dataset.over, false);
    if (now?.answered) say(status.dataset.answered, true);
    else if (now && now.seconds >= Number(form.dataset.late)) say(status.dataset.isLate, false);
    else say(status.dataset.waits, true);
    timer = setTimeout(look, EVERY);
  };

  timer = setTimeout(look, EVERY);
}

form?.addEventListener("submit", () => {
  say(status.dataset.waits, true);
  watch();
});
if (form && "underWay" in form.dataset) watch();
