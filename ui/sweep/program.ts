/** Sorts a table by the column whose head is pressed, numbers as numbers; once more turns the order round. As text, like `ui/report/program.ts`. */
export const SORTING = `'use strict';
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.querySelector('button')?.addEventListener('click', () => {
    const falling = head.getAttribute('aria-sort') === 'ascending';
    for (const other of heads) if (other.hasAttribute('aria-sort')) other.setAttribute('aria-sort', 'none');
    head.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
    const value = (row) => row.cells[column].dataset.value;
    const compare = (a, b) => Number.isNaN(Number(a)) || Number.isNaN(Number(b)) ? a < b ? -1 : a > b ? 1 : 0 : a - b;
    const rows = [...table.tBodies[0].rows].sort((a, b) => (falling ? -1 : 1) * compare(value(a), value(b)));
    table.tBodies[0].append(...rows);
  }));
}
`
