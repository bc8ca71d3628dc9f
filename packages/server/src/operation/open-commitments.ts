import type { CommitmentOpening } from "@hufu/core/evidence/receipt-opening"
import { Failure, isFailure } from "@hufu/core/failure"
import { canonicalize, canonicalMembers } from "@hufu/core/json/canonical"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { commitToArguments } from "../ledger/commit-to-arguments.ts"
import { commitNatively } from "../ledger/native-commitment.ts"
import type { OperationParts } from "./parts.ts"

/** What a holder chooses to show. */
export interface Choice {
  readonly fields: ReadonlySet<"tool" | "facts" | "arguments">
  /** Arguments by name, where not all are shown. */
  readonly named: ReadonlySet<string>
}

const prefix = "arguments."

/** Reads `tool,facts,arguments` or `arguments.NAME`; in a name `%2C` is a comma and `%25` a percent sign. */
export function readChoice(text: string): Choice {
  const asked = text.split(",").filter((name) => name !== "")
  const named = asked.filter((name) => name.startsWith(prefix)).map((name) => decode(name))
  const fields = asked.filter((name) => !name.startsWith(prefix)).map(fieldOf)
  return { fields: new Set(fields), named: new Set(named) }
}

/** Opens only what the holder chooses: a receipt discloses nothing by itself. */
export function openCommitments(
  { actions, vault }: Pick<OperationParts, "actions" | "vault">,
  action: string,
  { fields, named }: Choice,
): CommitmentOpening[] {
  const wantsArguments = fields.has("arguments") || named.size > 0
  if (fields.size === 0 && !wantsArguments) return []
  const kept = actions.content(action)
  const intent = actions.intent(action)
  if (!kept || !intent)
    throw new Failure(
      "erased",
      "nothing of this action can be opened: its values were erased, or it was never let out; leave `open` away",
    )
  const { task } = intent
  const whole = (field: "tool" | "facts" | "arguments"): CommitmentOpening => ({
    field,
    salt: vault.salt(task, action, field),
    value: kept[field],
  })
  const openings = (["tool", "facts"] as const).filter((field) => fields.has(field)).map(whole)
  if (!wantsArguments) return openings
  const args = kept.arguments
  if (!isJsonObject(args))
    throw new Failure("erased", "the arguments were too long to keep: they cannot be opened")
  const names = fields.has("arguments") ? null : named
  const list = openList(vault, { task, action, args, names })
  if (list.commitment === intent.arguments) return [...openings, list.opening]
  // Ledgers from before arguments could be opened one by one hold one commitment to them all.
  const old = whole("arguments")
  if (!("salt" in old) || commitNatively(old.salt, canonicalize(args)) !== intent.arguments)
    throw new Failure("vault_damaged", "what the vault keeps of the arguments is not what was logged")
  if (names === null) return [...openings, old]
  throw new Failure(
    "invalid_input",
    "this action was logged before arguments could be opened one by one: open `arguments` as a whole",
  )
}

/** The same for one of many: what was erased, or is not there, stays closed. */
export function openWhatIsKept(
  parts: Pick<OperationParts, "actions" | "vault">,
  action: string,
  { fields, named }: Choice,
): CommitmentOpening[] {
  const args = named.size > 0 && !fields.has("arguments") ? parts.actions.content(action)?.arguments : null
  const there = isJsonObject(args ?? null) ? Object.keys(args ?? {}).filter((name) => named.has(name)) : []
  const choices: Choice[] = [...fields].map((field) => ({ fields: new Set([field]), named: new Set() }))
  if (there.length > 0) choices.push({ fields: new Set(), named: new Set(there) })
  return choices.flatMap((choice) => {
    try {
      return openCommitments(parts, action, choice)
    } catch (error) {
      if (isFailure(error, "erased") || isFailure(error, "not_found") || isFailure(error, "invalid_input"))
        return []
      throw error
    }
  })
}

function openList(
  vault: Pick<OperationParts["vault"], "salts">,
  {
    task,
    action,
    args,
    names,
  }: { task: string; action: string; args: JsonObject; names: ReadonlySet<string> | null },
): { commitment: string; opening: CommitmentOpening } {
  const { commitment, leaves, texts, salts } = commitToArguments(vault, {
    task,
    action,
    members: canonicalMembers(args),
  })
  const missing = [...(names ?? [])].find((name) => !Object.hasOwn(args, name))
  if (missing !== undefined)
    throw new Failure(
      "invalid_input",
      `the action has no argument \`${missing.slice(0, 80)}\`: \`hufu why\` shows which it has`,
    )
  const opened = texts.flatMap((text, at) => {
    const value: JsonValue = parseStrict(text)
    const isChosen = names === null || Object.keys(value ?? {}).some((name) => names.has(name))
    return isChosen ? [{ at, salt: salts[at] ?? new Uint8Array(), value }] : []
  })
  return { commitment, opening: { field: "arguments", leaves, opened } }
}

function fieldOf(name: string): "tool" | "facts" | "arguments" {
  if (name === "tool" || name === "facts" || name === "arguments") return name
  throw new Failure(
    "invalid_input",
    `\`${name.slice(0, 40)}\` cannot be opened: choose from tool, facts, arguments and arguments.NAME`,
  )
}

function decode(chosen: string): string {
  try {
    return decodeURIComponent(chosen.slice(prefix.length))
  } catch {
    throw new Failure(
      "invalid_input",
      `\`${chosen.slice(0, 80)}\` is no argument: in its name write %25 for a percent sign and %2C for a comma`,
    )
  }
}
