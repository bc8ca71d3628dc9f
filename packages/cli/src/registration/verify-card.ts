import { PublicJwk } from "@hufu/core/identity/key-suite"
import { type JsonValue, isJsonObject } from "@hufu/core/json/json-value"
import { verifyAgentCard } from "@hufu/core/registration/faces/agent-card-signature"
import { maxImportBytes } from "@hufu/core/registration/faces/face"
import { textFlag } from "../arguments/flag-value.ts"
import { readJson, readText } from "../arguments/read-json.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { fetchEvidence } from "../evidence/fetch-evidence.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"

const usage = "this takes a card and a key: hufu agent verify card.json --key keys.json"

/** `hufu agent verify FILE|URL --key FILE|URL`: exits 0 only where the key signed all that the card says. */
export async function verifyCard({ positionals, flags, json, language }: Invocation): Promise<number> {
  const [from, ...rest] = positionals
  const keyFrom = textFlag(flags, "key")
  if (from === undefined || rest.length > 0 || keyFrom === undefined) throw new UsageError(usage)
  const keys = keysIn(readJson(await textFrom(keyFrom), "--key"))
  const { card, keyId } = await verifyAgentCard(await textFrom(from), (id) => {
    // A single key that says no name of its own is the one that is meant.
    const only = keys.length === 1 && keys[0]?.id === undefined ? keys[0] : undefined
    return (keys.find((each) => each.id === id) ?? only)?.jwk
  })
  const name = typeof card["name"] === "string" ? card["name"] : ""
  if (json) printJson({ ok: true, keyId, card })
  else
    printLines(
      language === "zh"
        ? `“${name}” 的卡片由密钥 ${keyId} 签名，内容完整。`
        : `The card of “${name}” is signed by the key ${keyId}, all of it.`,
    )
  return exitCodes.ok
}

async function textFrom(place: string): Promise<string> {
  if (!/^https?:/i.test(place)) return readText(place)
  return new TextDecoder("utf-8", { fatal: true }).decode(await fetchEvidence(place, maxImportBytes))
}

interface NamedKey {
  readonly id: string | undefined
  readonly jwk: PublicJwk
}

/** A JWK or a JWK set; of each, only what a public key has. */
function keysIn(value: JsonValue): NamedKey[] {
  const all = isJsonObject(value) && Array.isArray(value["keys"]) ? value["keys"] : [value]
  const keys = all.flatMap((each): NamedKey[] => {
    if (!isJsonObject(each)) return []
    const { kid, use: _, alg: _1, key_ops: _2, ...jwk } = each
    const read = PublicJwk.safeParse(jwk)
    return read.success ? [{ id: typeof kid === "string" ? kid : undefined, jwk: read.data }] : []
  })
  if (keys.length === 0) throw new UsageError("--key holds no public key of a suite that is known here")
  return keys
}
