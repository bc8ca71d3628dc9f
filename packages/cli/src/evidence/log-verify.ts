import type { Checkpoint } from "@hufu/core/evidence/checkpoint"
import { verifyLog } from "@hufu/core/evidence/verify-log"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { nativeHash } from "@hufu/server/ledger/native-hash"
import { openLogFiles } from "@hufu/server/ledger/publish/log-files"
import { textFlag } from "../arguments/flag-value.ts"
import { readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
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
  const key = textFlag(flags, "key")
  const kept = textFlag(flags, "checkpoint")
  const verdict = await verifyLog(await openLogFiles(place), {
    hash: nativeHash,
    key: key === undefined ? undefined : parseVkey(key),
    kept: kept === undefined ? undefined : await readText(kept),
    onProgress: showProgress(invocation),
  })
  if (json) {
    printJson(
      verdict.ok
        ? { ok: true, signed: verdict.signed, entries: verdict.checkpoint.size, checkpoint: verdict.note }
        : verdict,
    )
    return verdict.ok ? exitCodes.ok : exitCodes.failed
  }
  if (!verdict.ok)
    printLines(
      language === "zh" ? "已发布的日志无效：" : "The published log is NOT sound:",
      verdict.fault[language],
    )
  else printLines(...soundLines(verdict.checkpoint, verdict.signed)[language])
  return verdict.ok ? exitCodes.ok : exitCodes.failed
}

function soundLines({ origin, size }: Checkpoint, isSigned: boolean) {
  return {
    en: [
      `The published log is sound: ${size} entries of ${origin}.`,
      ...(isSigned
        ? []
        : [
            "The signature was not checked: no key was given with --key, so the log agrees only with itself.",
          ]),
    ],
    zh: [
      `已发布的日志完好：${origin} 的 ${size} 个条目。`,
      ...(isSigned ? [] : ["未校验签名：未用 --key 提供公钥，因此只能证明日志自洽。"]),
    ],
  }
}
