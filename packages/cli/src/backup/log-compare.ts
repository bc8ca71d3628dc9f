import { keptCheckpoint } from "@hufu/core/evidence/kept-checkpoint"
import { type Comparison, compareCheckpoint } from "@hufu/server/ledger/compare-checkpoint"
import { usedDataFolder } from "@hufu/server/store/data-folder"
import { openReader } from "@hufu/server/store/sqlite-connection"
import type { Language } from "@hufu/core/words"
import { readText } from "../arguments/read-json.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { oneFile } from "./one-file.ts"

/** `hufu log compare FILE`: whether this ledger is the one that a kept checkpoint was signed over. */
export async function logCompare({ positionals, dataFolder, json, language }: Invocation): Promise<number> {
  const note = keptCheckpoint(await readText(oneFile(positionals, "log compare FILE")))
  const db = openReader(usedDataFolder(dataFolder).database)
  try {
    db.exec("BEGIN")
    const verdict = await compareCheckpoint(db, note)
    if (json) printJson(verdict)
    else {
      // The table has a sentence for just this kind; the union of all of them cannot say so.
      const say = sentences[verdict.is] as (of: Comparison) => Record<Language, string>
      printLines(say(verdict)[language])
    }
    return verdict.is === "contained" ? exitCodes.ok : exitCodes.failed
  } finally {
    db.close()
  }
}

const sentences: { [Is in Comparison["is"]]: (of: Comparison & { is: Is }) => Record<Language, string> } = {
  contained: ({ size }) => ({
    en: `The ledger goes on from this checkpoint, of size ${size}.`,
    zh: `账本由该检查点（大小 ${size}）延续而来。`,
  }),
  restored: ({ size, epoch }) => ({
    en: `This checkpoint, of size ${size}, is of the time before the ledger was restored: entry ${epoch} says so.`,
    zh: `该检查点（大小 ${size}）属于账本恢复之前：第 ${epoch} 条对此有记载。`,
  }),
  beyond: ({ size }) => ({
    en: `The ledger is shorter than this checkpoint, of size ${size}, and does not say why: entries were lost.`,
    zh: `账本短于该检查点（大小 ${size}），且未说明原因：有条目丢失。`,
  }),
  forked: ({ size }) => ({
    en: `The ledger shows another history than this checkpoint, of size ${size}, and does not say why.`,
    zh: `账本与该检查点（大小 ${size}）的历史不同，且未说明原因。`,
  }),
  foreign: () => ({
    en: "No key of this ledger signed this checkpoint.",
    zh: "该检查点不是由本账本的密钥签名。",
  }),
}
