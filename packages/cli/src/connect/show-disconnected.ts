import type { Invocation } from "../command/command.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** What became of one file. */
export interface Disconnected {
  readonly client: string
  readonly file: string
  readonly state: "done" | "refused"
  /** `missing`, `changed`, or a sentence of its own. */
  readonly why: string | undefined
  readonly restored: readonly string[]
  /** Entries that the user took out: they stay out. */
  readonly gone: readonly string[]
  /** Entries that the user changed after Hufu did, and what differs. */
  readonly changed: readonly string[]
  readonly difference: readonly string[]
}

/** Shows what `hufu disconnect` put back. */
export function showDisconnected(done: readonly Disconnected[], { json, language }: Invocation): void {
  if (json) return printJson({ items: done })
  const text = texts[language]
  if (done.length === 0) return printLines(text.nothing)
  for (const { client, file, state, why, restored, gone, changed, difference } of done) {
    printLines(`${file}: ${state === "done" ? text.done : text.refused}`)
    if (restored.length > 0 && state === "done") printLines(`  ${text.restored(restored.join(", "))}`)
    if (gone.length > 0) printLines(`  ${text.gone(gone.join(", "))}`)
    if (changed.length > 0) printLines(...difference.map((line) => `  ${line}`))
    if (why === "missing") printLines(`  ${text.missing(client)}`)
    else if (why === "changed") printLines(`  ${text.changed(changed.join(", "), client)}`)
    else if (why !== undefined) printLines(`  ${why}`)
  }
}

const texts = {
  en: {
    nothing: "Hufu has changed no config: there is nothing to put back.",
    done: "put back",
    refused: "left as it is",
    restored: (names: string) => `as before: ${names}`,
    gone: (names: string) => `you took these out, and they stay out: ${names}`,
    missing: (client: string) =>
      `The file is not there any more. As it was: hufu disconnect ${client} --whole; to forget it: --force`,
    changed: (names: string, client: string) =>
      `You changed ${names} after Hufu did. To lose that change and go back: hufu disconnect ${client} --force`,
  },
  zh: {
    nothing: "虎符未修改过任何配置，无需恢复。",
    done: "已恢复",
    refused: "保持原样",
    restored: (names: string) => `已还原：${names}`,
    gone: (names: string) => `您已移除，不再放回：${names}`,
    missing: (client: string) =>
      `文件已不存在。按原样放回：hufu disconnect ${client} --whole；不再保留：--force`,
    changed: (names: string, client: string) =>
      `您在虎符之后又修改了 ${names}。放弃该修改并还原：hufu disconnect ${client} --force`,
  },
} as const
