import type { OperationId } from "@hufu/core/contract/contract"
import type { Invocation } from "../command/command.ts"
import { printJson, printLines } from "./print.ts"
import { table } from "./table.ts"

type Row = Readonly<Record<string, unknown>>

/** Members that are too long for a table, or that nobody looks for there. */
const leftOut = new Set([
  "digest",
  "definition",
  "principal",
  "version",
  "standing",
  "reasons",
  "arguments",
  "profile",
  "difference",
  "action",
  "task",
  "rules",
  "index",
])
const empty = { en: "nothing to show", zh: "没有内容" }

/** Shows the output of an operation: JSON if asked for, else a table or lines. */
export function showOutput(
  _id: OperationId,
  output: unknown,
  { json, language }: Pick<Invocation, "json" | "language">,
): void {
  if (json) return printJson(output)
  if (!isRow(output)) return printJson(output)
  const { items, ...rest } = output
  if (!Array.isArray(items)) return printLines(...linesOf(output))
  const rows = items.filter(isRow)
  if (Object.keys(rest).length > 0) printLines(...linesOf(rest))
  return printLines(...(rows.length === 0 ? [empty[language]] : tableOf(rows)))
}

function tableOf(rows: readonly Row[]): string[] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (name) => !leftOut.has(name) && rows.some((row) => isShort(row[name])),
  )
  return table(
    columns.map((name) => name.toUpperCase()),
    rows.map((row) => columns.map((name) => cellOf(name, row[name]))),
  )
}

function linesOf(row: Row, indent = ""): string[] {
  return Object.entries(row).flatMap(([name, value]) => {
    if (isRow(value)) return [`${indent}${name}:`, ...linesOf(value, `${indent}  `)]
    if (Array.isArray(value) && value.some(isRow))
      return [
        `${indent}${name}:`,
        ...value.flatMap((each) =>
          isRow(each) ? [...linesOf(each, `${indent}  `), ""] : [`${indent}  ${cellOf(name, each)}`],
        ),
      ]
    return [`${indent}${name}: ${cellOf(name, value)}`]
  })
}

function cellOf(name: string, value: unknown): string {
  if (value === null || value === undefined) return "-"
  if (
    typeof value === "number" &&
    (name === "at" || name === "until" || name === "from" || name.endsWith("At"))
  )
    return new Date(value).toISOString()
  if (Array.isArray(value)) return value.map((each) => cellOf("", each)).join(" ")
  return typeof value === "string" ? value : JSON.stringify(value)
}

function isShort(value: unknown): boolean {
  return value !== undefined && !isRow(value) && !(Array.isArray(value) && value.some(isRow))
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
