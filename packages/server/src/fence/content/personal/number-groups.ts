import { type Effort, spend } from "@hufu/core/pattern/effort"
import { asciiMembers, type Run, runsOf } from "../text-runs.ts"

/** Digits that stand together, and what stands before them. */
export interface DigitGroup extends Run {
  /** What separates it from the group before it in the same number; empty for the first. */
  readonly before: string
}

/** Numbers that are written in groups: a run of digits, spaces, hyphens, dots, brackets and plus signs. */
const grouped = asciiMembers(" -().+").map((is, unit) =>
  /[0-9 \-().+]/.test(String.fromCharCode(unit)) ? is : 0,
)
const letterOrDigit = /[\p{Script=Latin}\d_]/u
const mostGroups = 6

/**
 * Every series of at most six groups that could be one number, longest first at each place; a group that touches a
 * letter is none, because that is a part of a code.
 */
export function* groupSeries(text: string, effort: Effort): Generator<readonly DigitGroup[]> {
  for (const run of runsOf(text, grouped, effort)) {
    const groups = groupsWithin(text, run)
    for (let first = 0; first < groups.length; first++) {
      const most = Math.min(groups.length, first + mostGroups)
      if (!spend(effort, most - first)) return
      for (let last = most; last > first; last--) yield groups.slice(first, last)
    }
  }
}

function groupsWithin(text: string, run: Run): DigitGroup[] {
  const groups: DigitGroup[] = []
  let end = run.start
  for (const { text: digits, start } of runsOf(run.text, digitMembers, { left: Infinity })) {
    const from = run.start + start
    const to = from + digits.length
    const touches =
      letterOrDigit.test(text[from - 1] ?? " ") || (to === run.end && letterOrDigit.test(text[to] ?? " "))
    if (!touches) groups.push({ text: digits, start: from, end: to, before: text.slice(end, from) })
    end = to
  }
  return groups
}

const digitMembers = asciiMembers("").map((is, unit) => (unit >= 48 && unit <= 57 ? is : 0))

/** Whether the series has groups of these lengths, each separated from the last by at most two characters. */
export function hasShape(series: readonly DigitGroup[], shape: readonly number[]): boolean {
  return (
    series.length === shape.length &&
    series.every(
      (group, i) => group.text.length === shape[i] && (i === 0 || /^(?:[ -]|\) ?|\.)$/.test(group.before)),
    )
  )
}

/** The digits of a series without what separates them. */
export function digitsOf(series: readonly DigitGroup[]): string {
  return series.map((group) => group.text).join("")
}

/** Whether the number goes on with a hyphen or a dot and more digits, so that it is a part of something longer. */
export function isPart(text: string, series: readonly DigitGroup[]): boolean {
  const [first, last] = [series[0], series.at(-1)]
  if (!first || !last) return true
  return (
    /\d[-.]$/.test(text.slice(Math.max(0, first.start - 2), first.start)) ||
    /^[-.]\d/.test(text.slice(last.end, last.end + 2))
  )
}
