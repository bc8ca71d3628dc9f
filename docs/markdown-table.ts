/** Writes a table; a bar or a line break inside a cell cannot break it. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellOf).join(" | ")} |`
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")
}

function cellOf(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ")
}
