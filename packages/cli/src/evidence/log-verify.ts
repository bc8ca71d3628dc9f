import { keptCheckpoint } from "@hufu/core/evidence/kept-checkpoint"
import { type LogVerdict, verifyLog } from "@hufu/core/evidence/verify-log"
import { nativeHash } from "@hufu/server/ledger/native-hash"
import { openLogFiles } from "@hufu/server/ledger/publish/log-files"
import { textFlag } from "../arguments/flag-value.ts"
import { readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { logKeys } from "./log-keys.ts"
import { showProgress } from "./show-progress.ts"

/** `hufu log verify`: every byte of the ledger, or of a published log; exit code 1 when it is not sound. */
export async function logVerify(invocation: Invocation): Promise<number> {
  const { flags, json, language } = invocation
  const place = textFlag(flags, "folder")
  if (place !== undefined) return verifyPublished(invocation, place)
  if (flags["key"] !== undefined || flags["checkpoint"] !== undefined)
    throw new UsageError("--key and --checkpoint are for a published log: name it with --folder DIR|URL")
  const output = await withNode(invocation, (client) => client.log.verify())
  if (json) printJson(output)
  else if (output.fault) printLines(output.fault[language])
  else
    printLines(
      language === "zh"
        ? `账本完好：${output.entries} 个条目，${output.checkpoints} 个检查点。`
        : `The ledger is sound: ${output.entries} entries, ${output.checkpoints} checkpoints.`,
    )
  return output.ok ? exitCodes.ok : exitCodes.failed
}

async function verifyPublished(invocation: Invocation, place: string): Promise<number> {
  const { flags, json, language } = invocation
  const kept = textFlag(flags, "checkpoint")
  const verdict = await verifyLog(await openLogFiles(place), {
    hash: nativeHash,
    ...logKeys(flags),
    kept: kept === undefined ? undefined : keptCheckpoint(await readText(kept)),
    onProgress: showProgress(invocation),
  })
  if (json) {
    printJson(verdict.ok ? soundOf(verdict) : verdict)
    return verdict.ok ? exitCodes.ok : exitCodes.failed
  }
  if (!verdict.ok)
    printLines(
      language === "zh" ? "已发布的日志无效：" : "The published log is NOT sound:",
      verdict.fault[language],
    )
  else printLines(...soundLines(verdict)[language])
  return verdict.ok ? exitCodes.ok : exitCodes.failed
}

type Sound = Extract<LogVerdict, { ok: true }>

function soundOf({ signed, signedTwice, checkpoint, note }: Sound) {
  return { ok: true, signed, signedTwice, entries: checkpoint.size, checkpoint: note }
}

function soundLines({ checkpoint: { origin, size }, signed, signedTwice }: Sound) {
  return {
    en: [
      `The published log is sound: ${size} entries of ${origin}.`,
      ...(signed
        ? []
        : [
            "The signature was not checked: no key was given with --key, so the log agrees only with itself.",
          ]),
      ...(signedTwice ? ["Its second signature, by ML-DSA-44, holds too."] : []),
    ],
    zh: [
      `已发布的日志完好：${origin} 的 ${size} 个条目。`,
      ...(signed ? [] : ["未校验签名：未用 --key 提供公钥，因此只能证明日志自洽。"]),
      ...(signedTwice ? ["第二签名（ML-DSA-44）亦有效。"] : []),
    ],
  }
}
