import { toHex } from "@hufu/core/evidence/hex"
import { buildReceipt, openableFields, type OpenableField } from "@hufu/core/evidence/receipt"
import { saysWitnessed } from "@hufu/core/evidence/witness-policy"
import { Failure } from "@hufu/core/failure"
import { z } from "zod"
import { explainAction } from "./explain-action.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** Actions, receipts and the ledger. */
export function evidenceOperations(parts: OperationParts) {
  const { ledger, vault, actions, agents } = parts

  /** Opens only what the holder chooses: a receipt discloses nothing by itself. */
  function openings(action: string, task: string, names: string | undefined) {
    const kept = actions.content(action)
    const asked = (names ?? "").split(",").filter((name) => name !== "")
    return asked.map((name) => {
      const field = openableFields.find((each) => each === name)
      if (!field || field === "result" || field === "digest" || !kept)
        throw new Failure(
          "invalid_input",
          `\`${name.slice(0, 40)}\` cannot be opened: choose from arguments, tool, facts, as long as they are not erased`,
        )
      const value = { arguments: kept.arguments, tool: kept.tool, facts: kept.facts }[
        field satisfies Exclude<OpenableField, "result" | "digest">
      ]
      return { field, salt: vault.salt(task, action, field), value }
    })
  }

  /** Who else has seen the ledger with this action in it. */
  function saysOfWitnesses(action: string): { en: string; zh: string } {
    const last = ledger.entriesOf(action).at(-1)
    const { en, zh } = saysWitnessed(parts.witnessing.stands(last?.index ?? ledger.size()))
    return { en: `Its evidence is ${en}.`, zh: `其证据：${zh}。` }
  }

  return {
    "action.list": async ({ agent, ...asked }) =>
      actions.list({ ...asked, ...(agent === undefined ? {} : { agent: agents.need(agent).id }) }),
    "action.why": async ({ action, language }) => {
      const told = explainAction(parts, action, language)
      return { ...told, sentences: [...told.sentences, saysOfWitnesses(action)[language]] }
    },
    "action.receipt": async ({ action, open }) => {
      const { task, hold } = actions.need(action)
      const rows = [...ledger.entriesOf(action), ...(hold ? ledger.entriesOf(hold) : [])]
      const unique = [...new Map(rows.map((row) => [row.index, row])).values()]
      const checkpoint = await ledger.awaitCheckpoint(Math.max(...unique.map((row) => row.index)))
      const receipt = buildReceipt({
        entries: unique.map(({ bytes, index }) => ({
          bytes,
          index,
          proof: ledger.proof(index, checkpoint.size),
        })),
        checkpoint: checkpoint.note,
        logKey: ledger.vkey,
        openings: openings(action, task, open),
      })
      return z.json().parse(receipt)
    },
    "log.entries": async ({ from, limit }) => ({
      size: ledger.size(),
      items: ledger
        .entries(from, limit)
        .map(({ index, entry, hash }) => ({ index, entry: z.json().parse(entry), hash: toHex(hash) })),
    }),
    "log.checkpoint": async () => ({
      checkpoint: ledger.checkpoint().note,
      key: ledger.vkey,
      witnesses: [...parts.witnessing.keys],
    }),
    "log.verify": async () => {
      const found = await ledger.verify()
      return found.ok
        ? { ok: true, entries: found.entries, checkpoints: found.checkpoints, fault: null }
        : {
            ok: false,
            entries: 0,
            checkpoints: 0,
            fault: { en: found.fault.en, zh: found.fault.zh },
          }
    },
  } satisfies Partial<Operations>
}
