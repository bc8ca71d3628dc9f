import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { verifyReceipt, type ReceiptVerdict } from "@hufu/core/evidence/verify-receipt"
import type { Output } from "@hufu/core/contract/contract"
import type { ActionRecord } from "@hufu/core/contract/records"
import { flipOneBit } from "./flip-one-bit.ts"
import { agentName } from "./scripted-agent.ts"
import type { Stage } from "./story.ts"

/** Every action has a receipt that verifies without Hufu's node; one changed byte, and it does not. */
export async function keepEvidence(stage: Stage): Promise<void> {
  const { client, narrator } = stage
  narrator.step({ en: "The receipts verify, and a forged one does not", zh: "回执可验证，伪造的不能" })
  const { key } = await client.log.checkpoint({})
  const { items } = await client.action.list({ agent: agentName })
  const files: string[] = []
  for (const action of items) files.push(await writeReceipt(stage, action))
  const verdicts: ReceiptVerdict[] = []
  for (const file of files) verdicts.push(await verifyFile(file, key))
  narrator.check(files.length > 0 && verdicts.every(({ ok }) => ok), {
    en: `${files.length} actions, ${files.length} receipts in ${stage.folder.receipts}: each verifies offline.`,
    zh: `${files.length} 个行为，${files.length} 份回执，位于 ${stage.folder.receipts}：均可离线验证。`,
  })
  await forgeOne(stage, items, key)
  const verified = await client.log.verify({})
  narrator.check(verified.ok, {
    en: `The ledger is whole: ${verified.entries} entries, ${verified.checkpoints} signed checkpoints.`,
    zh: `账本完整：${verified.entries} 个条目，${verified.checkpoints} 个签名检查点。`,
  })
}

async function writeReceipt({ client, folder }: Stage, action: ActionRecord): Promise<string> {
  // What asked and was never let out has no intent, whose commitments could be opened.
  const open = action.verdict === "ask" ? {} : { open: "tool,arguments" }
  const receipt = await client.action.receipt({ action: action.id, ...open })
  const file = join(folder.receipts, `${action.id}.json`)
  await writeFile(file, `${JSON.stringify(receipt, null, 2)}\n`, { mode: 0o600 })
  return file
}

/** With the log's key that was asked for apart from the receipt, and nothing else. */
async function verifyFile(file: string, key: string): Promise<ReceiptVerdict> {
  return verifyReceipt(await readFile(file, "utf8"), { trustedKeys: [key] })
}

async function forgeOne(
  { folder, language, narrator }: Stage,
  actions: Output<"action.list">["items"],
  key: string,
): Promise<void> {
  const action = actions.find(({ verdict }) => verdict === "deny") ?? actions[0]
  const name = join(folder.receipts, action?.id ?? "")
  await writeFile(`${name}.forged.json`, flipOneBit(await readFile(`${name}.json`, "utf8")))
  const verdict = await verifyFile(`${name}.forged.json`, key)
  narrator.check(!verdict.ok && verdict.step === "inclusion", {
    en: "With one bit flipped in one of them, verification fails. The step that said so:",
    zh: "将其中一份翻转一个比特，验证即告失败。指出问题的步骤：",
  })
  if (!verdict.ok) narrator.quote(`${verdict.step}: ${verdict.reason[language]}`)
  narrator.tell({
    en: `Try it yourself: \`hufu verify ${name}.json\``,
    zh: `可自行验证：\`hufu verify ${name}.json\``,
  })
}
