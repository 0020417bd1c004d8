/* The small forms in which a link, a citation, a note, a reference, a box, a table, an exhibit or a
   picture is written. */

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

function fill(select, choices, chosen) {
  select.replaceChildren(...[...choices].map(([value, words]) => option(value, words)));
  if (chosen) select.value = chosen;
}

/* A list that is longer than this can be narrowed. */
const SHORT = 8;
const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/* Give the choice in a part of a form what there is to choose from, and what the text has though it
   is not among it. If it is much, words that are typed narrow it; what the text has, or the person
   has chosen, stays chosen until another one is.

   Returns what is chosen. */
export function offer(part, choices, chosen) {
  const all = new Map(choices);
  if (chosen && !all.has(chosen)) all.set(chosen, chosen);
  const select = part.querySelector("select");
  const field = part.querySelector("[data-narrow]");
  const nothing = part.querySelector("[data-nothing]");
  field.closest("label").hidden = all.size <= SHORT;
  nothing.hidden = true;
  let picked = chosen;
  select.onchange = () => {
    picked = select.value;
  };
  field.oninput = () => {
    const wanted = plain(field.value).split(/\s+/);
    const words = ([key, name]) => plain(`${key} ${name}`);
    const found = new Map([...all].filter((one) => wanted.every((word) => words(one).includes(word))));
    fill(select, new Map([...all].filter(([key]) => key === picked || found.has(key))), picked);
    nothing.hidden = found.size > 0;
  };
  fill(select, all, chosen);
  return select.value;
}
