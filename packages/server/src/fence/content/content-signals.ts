import type { Detection } from "./inspect.ts"
import { findingGroups, findingKinds } from "./finding-kinds.ts"

/** What a rule may be told beside what detectors found; an id is never renamed or reused. */
const furtherSignals = {
  disguised_target: {
    en: "hidden or look-alike characters in what it is aimed at",
    zh: "目标中有隐藏或形近字符",
  },
  shell_characters: {
    en: "characters in a path or host that a shell would act upon",
    zh: "路径或主机中有会被命令行解释的字符",
  },
  metadata_address: {
    en: "an address at which a machine tells its secrets",
    zh: "机器透露其机密之处的地址",
  },
  unread: { en: "more than was looked at", zh: "有未能查看的内容" },
  unavailable: { en: "a classifier did not answer", zh: "分类服务未作答" },
} as const

/** Every word that rules may see in `context.signals` and `context.labels`: kinds of findings, their groups, and a few more. */
export const contentSignals = { ...findingGroups, ...findingKinds, ...furtherSignals } as const

export type ContentSignal = keyof typeof contentSignals

// Object.keys gives the keys of a literal.
export const contentSignalWords = Object.keys(contentSignals) as [ContentSignal, ...ContentSignal[]]

/** In the order in which pages list them, so that the same findings are the same facts. */
export function ordered(found: ReadonlySet<ContentSignal>): readonly ContentSignal[] {
  return found.size === 0 ? [] : contentSignalWords.filter((word) => found.has(word))
}

/** The kind of a finding, and its group. */
export function addDetections(to: Set<ContentSignal>, detections: readonly Pick<Detection, "kind">[]): void {
  for (const { kind } of detections) to.add(kind).add(findingKinds[kind].group)
}
