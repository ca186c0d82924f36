// A tick is saved when it is set; the button stays for browsers without script and for the end.

const form = document.getElementById("answer");
form.addEventListener("change", () => form.requestSubmit());
