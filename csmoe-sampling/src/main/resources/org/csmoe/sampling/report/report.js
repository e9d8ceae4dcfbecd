for (const head of document.querySelectorAll("th[data-sort]")) {
  head.addEventListener("click", () => {
    const table = head.closest("table");
    const column = [...head.parentNode.children].indexOf(head);
    const numeric = head.dataset.sort === "number";
    const up = head.getAttribute("aria-sort") === (numeric ? "descending" : "none") || (!numeric && !head.hasAttribute("aria-sort"));
    table.querySelectorAll("th[aria-sort]").forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = row => numeric ? Number(row.cells[column].dataset.value) : row.cells[column].textContent;
    const body = table.tBodies[0];
    const order = (a, b) => numeric ? key(a) - key(b) : key(a).localeCompare(key(b));
    [...body.rows].sort((a, b) => up ? order(a, b) : order(b, a)).forEach(row => body.append(row));
  });
}
