import { saysWitnessed } from "@hufu/core/evidence/witness-policy"
import type { Examination } from "./examination.ts"
import { fault, fine, type Finding, warning } from "./finding.ts"

/** Whether anybody else has seen the ledger, and what each witness says. */
export function checkWitnesses({ node, config }: Pick<Examination, "node" | "config">): Finding[] {
  if (node === null || node instanceof Error) return ofConfig(config)
  const { alarm, items, ...rest } = node.status.witnesses
  if (alarm !== null)
    return [
      fault("witnesses", alarm, {
        en: "keep a copy of the data folder first, then do what the sentence says",
        zh: "先保留数据目录的副本，再按上句所述处理",
      }),
    ]
  if (rest.of === 0) return [unwitnessed()]
  // Only the count is shown here; each name has a line of its own.
  const says = saysWitnessed({ ...rest, by: Array.from({ length: rest.by }, () => "") })
  const state = { en: `The ledger is ${says.en}`, zh: `账本${says.zh}` }
  const overall = rest.isWitnessed ? fine("witnesses", state) : warning("witnesses", state)
  const silent = items.filter(({ state: each }) => each !== "cosigned" && each !== "waiting")
  return [
    overall,
    ...silent.map(({ name, url, says: each }) =>
      warning("witness", { en: `${name} at ${url} ${each.en}`, zh: `${name}（${url}）${each.zh}` }),
    ),
  ]
}

function ofConfig(config: Examination["config"]): Finding[] {
  if (config instanceof Error) return []
  return config.witnesses.length === 0 ? [unwitnessed()] : []
}

function unwitnessed(): Finding {
  return warning(
    "witnesses",
    {
      en: "The ledger is unwitnessed: an older copy of the data folder, or a rewritten one, would not be noticed",
      zh: "账本未经见证：若数据目录被换成较旧的副本或被改写，将无从察觉",
    },
    {
      en: "name witnesses in config.json, or keep checkpoints elsewhere: hufu log checkpoint",
      zh: "在 config.json 中指定见证方，或在别处保存检查点：hufu log checkpoint",
    },
  )
}
