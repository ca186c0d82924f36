// The tab that stays behind: after the button it asks now and then whether the sign-in in the
// other tab has ended, and shows the outcome.

const form = document.getElementById("go");
const waiting = document.getElementById("waiting");
const MOST = 10 * 60 * 1000;

form?.addEventListener("submit", () => {
  waiting.hidden = false;
  const until = Date.now() + MOST;
  const look = async () => {
    try {
      const answer = await fetch(form.dataset.waits);
      if (answer.ok && (await answer.json()).run > Number(form.dataset.newest)) return location.assign(form.action);
    } catch {
      // Latchkey may be starting again; the next look will tell.
    }
    if (Date.now() < until) setTimeout(look, 1000);
    else waiting.hidden = true;
  };
  setTimeout(look, 1000);
});
