// A list is narrowed while she types. wizard/catalogue/search.py decides the same on the server.

const saml = document.getElementById("saml-only");

for (const list of document.querySelectorAll("[data-find]")) {
  const box = list.querySelector("input[type=search]");
  const others = list.id === "product" && saml ? [...saml.querySelectorAll("[data-names]")] : [];
  // Found without asking, so Enter in any other field goes on as it does everywhere.
  list.querySelector("input[type=submit]").remove();
  box.addEventListener("input", () => tell(list, narrow(list, box.value, others)));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (box.value.trim()) firstFound(list)?.focus();
  });
  // The browser may have kept a text over a reload.
  if (box.value !== box.defaultValue) narrow(list, box.value, others);
}

function narrow(list, query, others) {
  const asked = words(query.slice(0, 80));
  let number = 0;
  for (const choice of list.querySelectorAll("[data-names]")) {
    const found = matches(asked, choice.dataset.names);
    const kept = "always" in choice.dataset || choice.querySelector("input").checked;
    choice.toggleAttribute("data-found", found);
    choice.hidden = !found && !kept;
    number += found;
  }
  for (const group of list.querySelectorAll("[data-group]")) {
    group.hidden = !group.querySelector("[data-names]:not([hidden])");
  }
  for (const other of others) other.hidden = !matches(asked, other.dataset.names);
  const bySaml = others.some((other) => !other.hidden);
  if (others.length) {
    saml.hidden = !bySaml;
    saml.open = bySaml && asked.length > 0;
  }
  if (!asked.length) return "";
  if (number) return `${number} ${number === 1 ? list.dataset.one : list.dataset.many}`;
  return bySaml ? list.dataset.saml : list.dataset.none;
}

// Shown at once; a screen reader waits for a pause by itself, and hears only what has changed.
function tell(list, sentence) {
  const place = list.querySelector("[role=status]");
  clearTimeout(list.telling);
  list.telling = setTimeout(() => {
    if (place.textContent !== sentence) place.textContent = sentence;
  }, 250);
}

function firstFound(list) {
  return list.querySelector("[data-found] input[type=radio]");
}

function words(text) {
  const plain = text.toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replace(/\p{M}/gu, "");
  return plain.match(/[a-z0-9]+/g) ?? [];
}

function matches(asked, names) {
  const there = names.match(/[a-z0-9]+/g) ?? [];
  if (asked.every((each) => there.some((word) => word.startsWith(each)))) return true;
  return names.replaceAll(" ", "").includes(`|${asked.join("")}`);
}
