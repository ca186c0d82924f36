// Sends the page's marked form at once; the button stays for browsers that do not run this.
document.querySelector("form[data-auto-submit]")?.submit();
