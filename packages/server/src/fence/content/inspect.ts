import type { Effort } from "@hufu/core/pattern/effort"
import type { Detector, Finding } from "./detector.ts"
import { detectors as everyDetector } from "./detectors.ts"

/** A finding that reached its detector's operating point. */
export interface Detection extends Finding {
  readonly detector: string
}

/** What all detectors found in a text, in the order of the text. */
export interface Inspection {
  readonly detections: readonly Detection[]
  /** False when the text was longer than what is looked at, or a detector had to stop: then more may be there. */
  readonly isComplete: boolean
  /** The detectors that stopped before the end. */
  readonly stopped: readonly string[]
  /** How many steps all of them took. */
  readonly steps: number
}

/** Which detectors run, and how much of a text they look at. */
export interface InspectOptions {
  readonly detectors?: readonly Detector[]
  /** The most UTF-16 code units that are looked at. */
  readonly maxLength?: number
  /** The most detections that are kept of each detector. */
  readonly maxDetections?: number
}

const usualLength = 262_144
const usualDetections = 1000
/** What a detector may take for a text of any length, however short. */
const leastSteps = 20_000

/** Runs the detectors over a text, each within its own bound of steps: none can take what is another's. */
export function inspect(text: string, options: InspectOptions = {}): Inspection {
  const { detectors = everyDetector, maxLength = usualLength, maxDetections = usualDetections } = options
  const read = text.length > maxLength ? text.slice(0, maxLength) : text
  const detections: Detection[] = []
  const stopped: string[] = []
  let steps = 0
  for (const detector of detectors) {
    const allowed = leastSteps + detector.stepsPerUnit * read.length
    const effort: Effort = { left: allowed }
    const found = detector.find(read, effort).filter(({ score }) => score >= detector.point)
    steps += allowed - effort.left
    if (effort.left < 0 || found.length > maxDetections) stopped.push(detector.name)
    for (const finding of found.slice(0, maxDetections))
      detections.push({ ...finding, detector: detector.name })
  }
  return {
    detections: detections.toSorted((a, b) => a.start - b.start || b.end - a.end),
    isComplete: read.length === text.length && stopped.length === 0,
    stopped,
    steps,
  }
}
