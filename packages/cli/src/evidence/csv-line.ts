/** What a spreadsheet takes for the start of a formula, also in its full-width form or behind blanks. */
const formula = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

/** One record of RFC 4180. UNTRUSTED cells: one that a spreadsheet would run starts with an apostrophe, which makes it text. */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`
}

function cellOf(cell: string | number | null | undefined): string {
  if (cell === null || cell === undefined) return ""
  if (typeof cell === "number") return String(cell)
  const safe = formula.test(cell) ? `'${cell}` : cell
  // Quoted is whatever could end a cell, also where semicolons or tabs part them: a cell that begins anew could be a formula.
  return /^[\w./:-]*$/.test(safe) ? safe : `"${safe.replaceAll('"', '""')}"`
}
