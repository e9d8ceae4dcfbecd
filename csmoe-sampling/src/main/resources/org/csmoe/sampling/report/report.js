for (const head of document.querySelectorAll("th[data-sort]")) {
  const sort = () => {
    const table = head.closest("table");
    const column = [...head.parentNode.children].indexOf(head);
    const numeric = head.dataset.sort === "number";
    const first = numeric ? "descending" : "ascending";
    const other = numeric ? "ascending" : "descending";
    const order = head.getAttribute("aria-sort") === first ? other : first;
    table.querySelectorAll("th[aria-sort]").forEach(th => th.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", order);
    const key = row => numeric ? Number(row.cells[column].dataset.value) : row.cells[column].textContent;
    const compare = (a, b) => numeric ? key(a) - key(b) : key(a).localeCompare(key(b));
    const body = table.tBodies[0];
    [...body.rows].sort((a, b) => order === "ascending" ? compare(a, b) : compare(b, a)).forEach(row => body.append(row));
  };
  head.addEventListener("click", sort);
  head.addEventListener("keydown", event => {
    if (event.key === "Enter") sort();
  });
}
