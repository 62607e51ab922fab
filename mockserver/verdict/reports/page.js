"use strict";
// What the page can do beyond being read: choose severities, find exchanges, open what a link means.
for (const box of document.querySelectorAll(".filters, .search")) box.hidden = false;

for (const box of document.querySelectorAll("[data-shows]")) {
  box.addEventListener("change", () => {
    const chosen = `[data-severity="${box.dataset.shows}"]`;
    for (const one of document.querySelectorAll(chosen)) one.classList.toggle("away", !box.checked);
  });
}

const search = document.querySelector("input[type=search]");
let waiting;
function find() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const chapter of document.querySelectorAll(".chapter")) {
    let any = false;
    for (const one of chapter.querySelectorAll(".exchange")) {
      const text = one.textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word));
      one.classList.toggle("away", !fits);
      any ||= fits;
    }
    chapter.classList.toggle("away", words.length > 0 && !any);
    if (words.length && any) chapter.open = true;
  }
}
search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(find, 150);
});

function reveal() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let one = target; one; one = one.parentElement) {
    one.classList.remove("away");
    if (one.tagName === "DETAILS") one.open = true;
  }
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();
