// The codes of the palette: which ones some letters mean, and the fields that qualify them.

// The codes of a construct that letters may mean, the nearest first.
export function ranked(one, letters) {
  const wanted = letters.trim().toLocaleLowerCase();
  if (!wanted) return one.codes;
  const rank = (c) => {
    const name = c.name.toLocaleLowerCase();
    const aliases = c.aliases.map((alias) => alias.toLocaleLowerCase());
    if (name === wanted || aliases.includes(wanted)) return 0;
    if (name.startsWith(wanted)) return 1;
    if (name.includes(` ${wanted}`)) return 2;
    if (aliases.some((alias) => alias.startsWith(wanted) || alias.includes(` ${wanted}`))) return 3;
    if (` ${c.definition.toLocaleLowerCase()}`.includes(` ${wanted}`)) return 4;
    return 9;
  };
  return one.codes
    .map((c, at) => [rank(c), at, c])
    .filter(([r]) => r < 9)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map(([, , c]) => c);
}

// The fields of a construct: how a code is qualified.
export function attributesOf(marker, one, given) {
  const place = marker.querySelector("[data-attributes-part]");
  place.replaceChildren();
  for (const rule of one.attributes) {
    if (one.free && rule.name === "label") continue;
    if (rule.name === "label" && one.attributes.some((r) => r.name === "figure")) continue;
    const value = given[rule.name];
    const words = rule.words;
    if (rule.kind === "yes_no") {
      const label = document.createElement("label");
      label.title = rule.help;
      const box = document.createElement("input");
      box.type = "checkbox";
      box.name = `attribute-${rule.name}`;
      box.dataset.kind = "yes_no";
      box.checked = value === true;
      label.append(box, words);
      place.append(label);
    } else if (rule.kind === "one" || rule.kind === "many") {
      const set = document.createElement("fieldset");
      const legend = document.createElement("legend");
      legend.textContent = words;
      set.append(legend);
      for (const [choice, says] of Object.entries(rule.values)) {
        const label = document.createElement("label");
        const box = document.createElement("input");
        box.type = rule.kind === "one" ? "radio" : "checkbox";
        box.name = `attribute-${rule.name}`;
        box.value = choice;
        box.dataset.kind = rule.kind;
        box.checked = Array.isArray(value) ? value.includes(choice) : value === choice;
        label.append(box, says);
        set.append(label);
      }
      place.append(set);
    } else {
      const label = document.createElement("label");
      label.title = rule.help;
      const box = document.createElement("input");
      box.type = rule.kind === "text" ? "text" : "number";
      if (rule.kind === "number") box.step = "any";
      box.name = `attribute-${rule.name}`;
      box.dataset.kind = rule.kind;
      box.value = value ?? "";
      label.append(words, box);
      place.append(label);
    }
  }
}

// What those fields say.
export function gathered(marker, one) {
  const found = {};
  for (const box of marker.querySelectorAll("[name^='attribute-']")) {
    const name = box.name.slice("attribute-".length);
    if (box.dataset.kind === "yes_no") {
      if (box.checked) found[name] = true;
    } else if (box.dataset.kind === "many") {
      if (box.checked) (found[name] ||= []).push(box.value);
    } else if (box.dataset.kind === "one") {
      if (box.checked) found[name] = box.value;
    } else if (box.value.trim()) {
      found[name] = box.dataset.kind === "text" ? box.value.trim() : Number(box.value);
    }
  }
  if (one?.free) found.label = document.getElementById("marker-code").value.trim();
  return found;
}
