// On a row of the feeling check, 0 to 4 choose and go on to the next row. Arrow keys work as on any group of choices.
const rows = [...document.querySelectorAll(".feeling")];
for (const [index, row] of rows.entries()) {
  row.addEventListener("keydown", (event) => {
    if (!/^[0-4]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    const choice = row.querySelector(`input[value="${event.key}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    const next = rows[index + 1];
    const place = next ? next.querySelector("input:checked") || next.querySelector("input") : null;
    (place || document.querySelector("input[name=feeling_words]") || choice).focus();
  });
}
