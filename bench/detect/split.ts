import { createHash } from "node:crypto"
import type { LabelledText, Source } from "./source.ts"

/** Whether a text is in the part that no training and no tuning ever sees: two fifths, by the hash of its key. */
export function isHeldOut({ key }: LabelledText): boolean {
  return createHash("sha256").update(key.trim()).digest().readUInt32BE(0) % 5 < 2
}

/** The part of a source on one side of the split. */
export function partOf({ name, texts }: Source, part: "training" | "held-out" | "all"): Source {
  if (part === "all") return { name, texts }
  return { name, texts: texts.filter((text) => isHeldOut(text) === (part === "held-out")) }
}

/** One of five folds within the training part, by another part of the same hash. */
export function foldOf({ key }: LabelledText): number {
  return createHash("sha256").update(key.trim()).digest().readUInt32BE(4) % 5
}
