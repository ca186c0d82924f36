// A button that opens the browser's print dialogue. Without script she prints by the browser's menu.

for (const button of document.querySelectorAll("button[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
