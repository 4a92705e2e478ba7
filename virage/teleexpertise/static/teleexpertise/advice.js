// A proposal that was typed and not added yet is not in the draft: the browser asks before it is lost.

const text = document.querySelector('[name="new-text"]');
let leaving = false;
text?.form.addEventListener("submit", () => {
  leaving = true;
});
addEventListener("pageshow", () => {
  leaving = false;
});
addEventListener("beforeunload", (event) => {
  if (text?.value.trim() && !leaving) event.preventDefault();
});
