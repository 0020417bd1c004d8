/* A chapter of the web edition: the link of a heading is copied when it is pressed. Without this, it
   leads to its heading, and stands in the address bar. A table that is wider than its place can be moved
   with the keyboard. */

"use strict";

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.(".permalink");
  const told = document.getElementById("copied");
  if (!link || !told || !navigator.clipboard) return;
  try {
    await navigator.clipboard.writeText(link.href);
    told.textContent = told.dataset.copied;
    link.classList.add("copied");
  } catch {
    /* The browser does not let it be copied; the link leads to its heading all the same. */
  }
});

const reach = () => {
  for (const table of document.querySelectorAll(".edition table")) {
    if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
    else table.removeAttribute("tabindex");
  }
};
addEventListener("resize", reach);
reach();
