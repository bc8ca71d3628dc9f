import { parseVkey } from "@hufu/core/evidence/vkey"
import { prepareWitnessFolder } from "@hufu/server/witness/witness-folder"
import { openWitnessKeys } from "@hufu/server/witness/witness-keys"
import { openWitnessState, type WitnessState } from "@hufu/server/witness/witness-state"
import { textFlag } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { witnessFolderOf } from "./witness-folder-of.ts"

/** `hufu witness add VKEY`: also while the witness runs. */
export async function witnessAdd(invocation: Invocation): Promise<number> {
  const key = parseVkey(onlyOne(invocation, "the key of a log: `hufu log checkpoint` shows it"))
  withState(invocation, (state) => state.add(key))
  return said(
    invocation,
    { origin: key.name, id: key.id },
    {
      en: `The witness watches ${key.name}.`,
      zh: `已开始见证 ${key.name}。`,
    },
  )
}

/** `hufu witness forget ORIGIN`. */
export async function witnessForget(invocation: Invocation): Promise<number> {
  const origin = onlyOne(invocation, "the origin of a log: `hufu witness list` shows them")
  withState(invocation, (state) => state.forget(origin))
  return said(
    invocation,
    { origin },
    {
      en: `The witness no longer watches ${origin}, and has forgotten what it cosigned of it.`,
      zh: `不再见证 ${origin}，已联署的内容也已忘记。`,
    },
  )
}

/** `hufu witness list`. */
export async function witnessList(invocation: Invocation): Promise<number> {
  const items = withState(invocation, (state) =>
    state
      .logs()
      .map(({ origin, keys, latest }) => ({ origin, keys: keys.length, size: latest?.size ?? null })),
  )
  const { json, language } = invocation
  if (json) printJson({ items })
  else if (items.length === 0)
    printLines(
      language === "zh"
        ? "尚未见证任何账本：hufu witness add 公钥"
        : "It watches no log yet: hufu witness add VKEY",
    )
  else printLines(...items.map(({ origin, size }) => `${origin}  ${size ?? "-"}`))
  return exitCodes.ok
}

/** `hufu witness key`. */
export async function witnessKey(invocation: Invocation): Promise<number> {
  const { flags, json } = invocation
  const keys = withState(invocation, (state, folder) =>
    openWitnessKeys(folder, state, { name: textFlag(flags, "name"), mlDsa: flags["ml-dsa"] === true }),
  )
  if (json) printJson({ name: keys.name, keys: keys.vkeys })
  else printLines(...keys.vkeys)
  return exitCodes.ok
}

function withState<T>(
  invocation: Invocation,
  work: (state: WitnessState, folder: ReturnType<typeof prepareWitnessFolder>) => T,
): T {
  const folder = prepareWitnessFolder(witnessFolderOf(invocation))
  const state = openWitnessState(folder)
  try {
    return work(state, folder)
  } finally {
    state.close()
  }
}

function onlyOne({ positionals }: Invocation, what: string): string {
  const [one] = positionals
  if (one === undefined || positionals.length > 1) throw new UsageError(`this takes ${what}`)
  return one
}

function said({ json, language }: Invocation, output: object, says: { en: string; zh: string }): number {
  if (json) printJson(output)
  else printLines(says[language])
  return exitCodes.ok
}
