import { toBase64 } from "@hufu/core/evidence/base64"
import { formatCoseFile } from "@hufu/core/evidence/cose-file"
import { fromHex, toHex } from "@hufu/core/evidence/hex"
import { buildReceipt, type Receipt } from "@hufu/core/evidence/receipt"
import type { TraceFile } from "@hufu/core/evidence/trace-file"
import { writeOpening } from "@hufu/core/evidence/receipt-opening"
import { formatTlogProof } from "@hufu/core/evidence/tlog-proof"
import { saysWitnessed } from "@hufu/core/evidence/witness-policy"
import { Failure } from "@hufu/core/failure"
import { z } from "zod"
import { explainAction } from "./explain-action.ts"
import { openCommitments, openWhatIsKept, readChoice } from "./open-commitments.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"
import { traceOf } from "./trace-of.ts"

const digestCharacters = 64

/** Actions, receipts and the ledger. */
export function evidenceOperations(parts: OperationParts) {
  const { ledger, actions, agents } = parts

  /** Who else has seen the ledger with this action in it. */
  function saysOfWitnesses(action: string): { en: string; zh: string } {
    const last = ledger.entriesOf(action).at(-1)
    const { en, zh } = saysWitnessed(parts.witnessing.stands(last?.index ?? ledger.size()))
    return { en: `Its evidence is ${en}.`, zh: `其证据：${zh}。` }
  }

  /** All entries of an action, once a checkpoint covers them. */
  async function provable(action: string) {
    const { hold } = actions.need(action)
    const found = [...ledger.entriesOf(action), ...(hold ? ledger.entriesOf(hold) : [])]
    const rows = [...new Map(found.map((row) => [row.index, row])).values()]
    return { rows, checkpoint: await ledger.awaitCheckpoint(Math.max(...rows.map((row) => row.index))) }
  }

  /** The receipt of an action, in a state of the log that covers all of it. */
  function receiptOf(
    action: string,
    { rows, checkpoint }: Awaited<ReturnType<typeof provable>>,
    open: string | undefined,
  ): Receipt {
    return buildReceipt({
      entries: rows.map(({ bytes, index }) => ({
        bytes,
        index,
        proof: ledger.proof(index, checkpoint.size),
      })),
      checkpoint: checkpoint.note,
      logKey: ledger.vkey,
      openings: open === undefined ? [] : openCommitments(parts, action, readChoice(open)),
    })
  }

  return {
    "action.list": async ({ agent, ...asked }) =>
      actions.list({ ...asked, ...(agent === undefined ? {} : { agent: agents.need(agent).id }) }),
    "action.why": async ({ action, language }) => {
      const told = explainAction(parts, action, language)
      return { ...told, sentences: [...told.sentences, saysOfWitnesses(action)[language]] }
    },
    "action.receipt": async ({ action, open }) =>
      z.json().parse(receiptOf(action, await provable(action), open)),
    "action.trace": async ({ action, open }) => {
      const { root, below } = traceOf(parts.store, actions.need(action).id)
      const all = [...below.keys()]
      const found = await Promise.all(all.map((each) => provable(each)))
      // One state for all of it, whatever is written meanwhile.
      const checkpoint = ledger.checkpoint()
      const links = found.map(({ rows }, at) => {
        const each = all[at] ?? root
        const listed = below.get(each) ?? []
        const outcome = rows.find(({ entry }) => entry.kind === "outcome")?.entry
        // After a crash nobody knows whether the list is whole, and none was logged.
        const isLogged = outcome === undefined || (outcome.kind === "outcome" && outcome.below !== undefined)
        return {
          receipt: receiptOf(each, { rows, checkpoint }, open),
          ...(listed.length === 0 || !isLogged ? {} : { below: [...listed] }),
        }
      })
      return z.json().parse({ format: "hufu-trace/1", root, links } satisfies TraceFile)
    },
    "action.cose": async ({ action }) => {
      const { rows, checkpoint } = await provable(action)
      const items = rows
        .toSorted((a, b) => a.index - b.index)
        .map(({ bytes, index }) => ({ entry: bytes, receipt: ledger.coseReceipt(index, checkpoint) }))
      return { cose: toBase64(formatCoseFile(items)) }
    },
    "log.entries": async ({ from, limit, open }) => {
      const choice = open === undefined ? undefined : readChoice(open)
      return {
        size: ledger.size(),
        items: ledger.entries(from, limit).map(({ index, entry, hash }) => ({
          index,
          entry: z.json().parse(entry),
          hash: toHex(hash),
          ...(choice && entry.kind === "intent"
            ? { openings: openWhatIsKept(parts, entry.action, choice).map(writeOpening) }
            : {}),
        })),
      }
    },
    "log.entry": async ({ entry }) => {
      const index = entry.length === digestCharacters ? await ledger.find(fromHex(entry)) : Number(entry)
      if (index === undefined)
        throw new Failure("not_found", "the ledger has no entry of this hash: `hufu log entries` shows them")
      const { bytes, hash } = ledger.entry(index)
      const checkpoint = await ledger.awaitCheckpoint(index)
      return {
        format: "hufu-entry/1",
        index,
        hash: toHex(hash),
        entry: toBase64(bytes),
        proof: formatTlogProof({
          index,
          hashes: ledger.proof(index, checkpoint.size),
          checkpoint: checkpoint.note,
        }),
        cose: toBase64(ledger.coseReceipt(index, checkpoint)),
        logKey: ledger.vkey,
      }
    },
    "log.range": async ({ from, to = ledger.size() }) => {
      if (from >= to)
        throw new Failure(
          "invalid_input",
          `there is nothing from ${from} to ${to}: ask for a range with entries`,
        )
      const { note, size } = await ledger.awaitCheckpoint(to - 1)
      const { left, right } = ledger.rangeProof(from, to, size)
      return {
        format: "hufu-bundle/1",
        from,
        to,
        left: left.map(toBase64),
        right: right.map(toBase64),
        checkpoint: note,
        logKey: ledger.vkey,
      }
    },
    "log.checkpoint": async () => ({
      checkpoint: ledger.checkpoint().note,
      key: ledger.vkey,
      mlDsaKey: ledger.mlDsaKey,
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
