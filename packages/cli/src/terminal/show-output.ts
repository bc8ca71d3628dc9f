import type { OperationId } from "@hufu/core/contract/contract"
import type { Invocation } from "../command/command.ts"
import { printJson, printLines } from "./print.ts"
import { saidBefore, saidOutput } from "./said-output.ts"
import { table } from "./table.ts"

type Row = Readonly<Record<string, unknown>>

/** What a table shows of each noun; the rest is in `--json` and in `show`. */
const columns: Partial<Record<OperationId, readonly string[]>> = {
  "agent.list": ["id", "name", "identifiedBy", "state", "createdAt"],
  "server.list": ["id", "name", "transport", "command", "url", "environment"],
  "tool.list": ["tool", "effect", "source", "confirmed", "changed", "signals"],
  "task.list": ["id", "agent", "source", "state", "startedAt", "words"],
  "mandate.list": ["id", "agent", "task", "until", "otherwise", "words"],
  "log.entries": ["index", "hash", "entry"],
  "registration.list": ["id", "name", "version", "state", "usable", "pending", "changedAt"],
  "ca.list": ["id", "holder", "usage", "suite", "status", "until"],
  "rules.list": ["id", "layer"],
}
const empty = { en: "Nothing to show.", zh: "没有内容。" }

/** Shows the output of an operation: JSON if asked for, else a table or lines. */
export function showOutput(
  id: OperationId,
  output: unknown,
  { json, language }: Pick<Invocation, "json" | "language">,
): void {
  if (json || !isRow(output)) return printJson(output)
  const said = saidOutput(id, output, language)
  if (said) return printLines(...said)
  const { items, ...rest } = output
  if (!Array.isArray(items)) return printLines(...saidBefore(id, output, language), ...linesOf(output))
  const rows = items.filter(isRow)
  return printLines(...linesOf(rest), ...(rows.length === 0 ? [empty[language]] : tableOf(rows, columns[id])))
}

function tableOf(rows: readonly Row[], chosen: readonly string[] | undefined): string[] {
  const names = chosen ?? [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return table(
    names.map((name) => name.replaceAll(/(?=[A-Z])/g, " ").toUpperCase()),
    rows.map((row) => names.map((name) => cellOf(name, row[name]))),
  )
}

function linesOf(row: Row, indent = ""): string[] {
  return Object.entries(row).flatMap(([name, value]) => {
    if (isRow(value)) return [`${indent}${name}:`, ...linesOf(value, `${indent}  `)]
    if (Array.isArray(value) && value.some(isRow))
      return [
        `${indent}${name}:`,
        ...tableOf(value.filter(isRow), undefined).map((line) => `${indent}  ${line}`),
      ]
    return textLines(`${indent}${name}:`, cellOf(name, value), indent)
  })
}

/** UNTRUSTED: a text of many lines stands behind bars, so that none of them passes for one of ours. */
function textLines(head: string, text: string, indent: string): string[] {
  const lines = text.split("\n")
  if (lines.length === 1) return [`${head} ${text}`]
  return [head, ...lines.map((line) => `${indent}  | ${line}`.trimEnd())]
}

function cellOf(name: string, value: unknown): string {
  if (value === null || value === undefined) return "-"
  if (typeof value === "number" && isTime(name)) return new Date(value).toISOString()
  if (typeof value === "number" && !Number.isInteger(value)) return value.toFixed(1)
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.map((each) => cellOf("", each)).join(" ")
  return typeof value === "string" ? value : JSON.stringify(value)
}

function isTime(name: string): boolean {
  return name === "at" || name === "until" || name.endsWith("At")
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
