/* The small forms in which a link, a citation, a note, a reference, a box, a table, an exhibit or a
   picture is
   written. */

/* Open a form with values in it. Returns what was pressed and filled in, or null if it was left. */
export function ask(name, values, check = () => "") {
  const dialog = document.getElementById(`rich-${name}`);
  const form = dialog.querySelector("form");
  // A list of rows was filled before; everything else begins afresh.
  if (!form.querySelector("[data-rows]")) form.reset();
  for (const [key, value] of Object.entries(values)) {
    const field = form.elements[key];
    if (field) field.value = value;
  }
  for (const field of form.querySelectorAll("input, select, textarea")) field.setCustomValidity("");
  for (const part of dialog.querySelectorAll("[data-when]")) {
    part.hidden = !values[part.dataset.when];
    for (const field of part.querySelectorAll("input")) field.disabled = part.hidden;
  }
  return new Promise((resolve) => {
    const listening = new AbortController();
    const { signal } = listening;
    const finish = (result) => {
      listening.abort();
      dialog.close();
      resolve(result);
    };
    form.addEventListener("input", ({ target }) => target.setCustomValidity?.(""), { signal });
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        // The page saves the text when a form of it is sent; this one is not sent anywhere.
        event.stopPropagation();
        const given = new FormData(form);
        const complaint = check(given);
        if (!complaint) return finish({ pressed: event.submitter?.value ?? "ok", given });
        const field = form.querySelector("[data-checked]");
        field.setCustomValidity(complaint);
        return form.reportValidity();
      },
      { signal },
    );
    for (const button of form.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => finish(
        button.dataset.act === "cancel" ? null : { pressed: button.dataset.act, given: new FormData(form) },
      ), { signal });
    }
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      finish(null);
    }, { signal });
    dialog.showModal();
  });
}

const INSERTED = {
  source: /^\[@([^\],;]+)\]$/,
  table: /^\[\[table:([^\]]+)\]\]$/,
  image: /^\[\[image:([^\]]+)\]\]$/,
  reference: /^\[(#[^\]]+)\]$/,
};

/* The sources, data tables, pictures and what can be referred to, as they stand beside the text. */
export function material(kind) {
  const pattern = INSERTED[kind];
  const found = new Map();
  for (const button of document.querySelectorAll("[data-insert]")) {
    const key = pattern.exec(button.dataset.insert)?.[1];
    if (!key) continue;
    const words = button.closest("li")?.querySelector("[dir=auto]")?.textContent.trim();
    found.set(key, words || key);
  }
  return found;
}

/* The pictures that stand beside the text: key → attributes of the image, and its caption. */
export function pictures() {
  const captions = material("image");
  const found = new Map();
  for (const image of document.querySelectorAll("img[data-picture]")) {
    const key = image.dataset.picture;
    const given = Object.fromEntries(
      ["src", "alt", "width", "height"].map((name) => [name, image.getAttribute(name)]),
    );
    found.set(key, { ...given, caption: captions.get(key) ?? key });
  }
  return found;
}

function option(value, words) {
  const made = new Option(words.length > 90 ? `${words.slice(0, 89)}…` : words, value);
  made.dir = "auto";
  return made;
}

/* Give a choice the keys that there are, and one that the text has though it is not among them. */
export function fill(select, choices, chosen) {
  const options = [...choices].map(([value, words]) => option(value, words));
  if (chosen && !choices.has(chosen)) options.push(option(chosen, chosen));
  select.replaceChildren(...options);
  if (chosen) select.value = chosen;
}
