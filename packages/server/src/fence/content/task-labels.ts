import type { TaskRecord } from "@hufu/core/contract/records"
import type { Clock } from "../../clock.ts"
import type { Classify } from "./classifier.ts"
import { addDetections, type ContentSignal, ordered } from "./content-signals.ts"
import type { Detector } from "./detector.ts"
import { inspect } from "./inspect.ts"
import { textsIn } from "./texts-in.ts"

/** What was noticed in the results that came back for a task, as labels of that task. */
export interface TaskLabels {
  /** A result has gone to the agent; it is looked at when nothing else is to be done, or when an action needs to know. */
  returned(task: Pick<TaskRecord, "id" | "startedAt">, result: unknown): void
  /** What is known now; where `isNeeded`, what has not been looked at yet is, as far as a call may wait for it. */
  of(
    task: Pick<TaskRecord, "id" | "startedAt">,
    options: { readonly isNeeded: boolean },
  ): readonly ContentSignal[]
}

export interface TaskLabelsOptions {
  readonly clock: Pick<Clock, "monotonic">
  /** When this node began: nobody remembers what came back before. */
  readonly startedAt: number
  readonly detectors?: readonly Detector[]
  /** A classifier of the operator's own, which has the last word on nothing. */
  readonly classify?: Classify | undefined
}

/** Of one result no more is looked at. */
const mostOfResult = 65_536
/** A call waits for no more than this. */
const mostAtOnce = 32_768
/** What is looked at in one go, so that nobody else waits for long; parts overlap by what a finding may be long. */
const longestPart = 8192
const overlap = 256
const mostWaiting = 32
const mostTasks = 256
/** Looking takes at most a tenth of the time. */
const restShare = 9

interface Labelled {
  readonly labels: Set<ContentSignal>
  readonly waiting: string[]
  /** Results that a classifier has not answered about. */
  asked: number
}

export function openTaskLabels({ clock, startedAt, detectors, classify }: TaskLabelsOptions): TaskLabels {
  const known = new Map<string, Labelled>()
  /** Tasks whose labels made room for those of others. */
  const forgotten = new Set<string>()
  let isResting = false

  function labelled({ id, startedAt: began }: Pick<TaskRecord, "id" | "startedAt">): Labelled {
    const found = known.get(id)
    if (found) {
      // The one that was used least recently is the first to go.
      known.delete(id)
      known.set(id, found)
      return found
    }
    const labels = new Set<ContentSignal>(began < startedAt || forgotten.has(id) ? ["unread"] : [])
    const made: Labelled = { labels, waiting: [], asked: 0 }
    known.set(id, made)
    const [oldest] = known.keys()
    if (known.size > mostTasks && oldest !== undefined) {
      known.delete(oldest)
      if (forgotten.size < mostForgotten) forgotten.add(oldest)
    }
    return made
  }

  function look(task: Labelled, text: string): void {
    const { detections, isComplete } = inspect(text, detectors ? { detectors } : {})
    addDetections(task.labels, detections)
    if (!isComplete) task.labels.add("unread")
  }

  /** One result, then a rest in proportion: whoever sends many gets `unread`, and takes the time of nobody. */
  function lookWhenIdle(): void {
    if (isResting) return
    isResting = true
    setTimeout(() => {
      const began = clock.monotonic()
      const next = [...known.values()].find(({ waiting }) => waiting.length > 0)
      const text = next?.waiting.shift()
      if (next && text !== undefined) look(next, text)
      isResting = false
      if (next) setTimeout(lookWhenIdle, restShare * (clock.monotonic() - began)).unref()
    }, 0).unref()
  }

  async function ask(task: Labelled, text: string): Promise<void> {
    if (classify === undefined) return
    task.asked += 1
    const found = await classify(text)
    task.asked -= 1
    for (const word of found) task.labels.add(word)
  }

  return {
    returned(record, result) {
      const task = labelled(record)
      const text = textOf(result, task)
      if (text === "") return
      void ask(task, text)
      task.waiting.push(...partsOf(text))
      if (task.waiting.length > mostWaiting) {
        task.waiting.splice(0, task.waiting.length - mostWaiting)
        task.labels.add("unread")
      }
      lookWhenIdle()
    },
    of(record, { isNeeded }) {
      const task = labelled(record)
      let left = isNeeded ? mostAtOnce : 0
      while (task.waiting.length > 0 && left > 0) {
        const text = task.waiting.shift() ?? ""
        left -= text.length
        look(task, text)
      }
      if (task.waiting.length === 0 && task.asked === 0) return ordered(task.labels)
      return ordered(new Set<ContentSignal>([...task.labels, "unread"]))
    },
  }
}

const mostForgotten = 100_000

function partsOf(text: string): string[] {
  const parts: string[] = []
  for (let at = 0; at < text.length; at += longestPart - overlap) parts.push(text.slice(at, at + longestPart))
  return parts
}

/** UNTRUSTED: a result is as long as its server likes. */
function textOf(result: unknown, { labels }: Pick<Labelled, "labels">): string {
  // It was too large to be kept: it may have held anything.
  if (result === undefined) labels.add("unread")
  let text = ""
  for (const each of textsIn(result)) {
    text += text === "" ? each : `\n${each}`
    if (text.length <= mostOfResult) continue
    labels.add("unread")
    return text.slice(0, mostOfResult)
  }
  return text
}
