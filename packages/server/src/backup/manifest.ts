import { Failure } from "@hufu/core/failure"
import { signNote, type NoteSigner, verifyNote } from "@hufu/core/evidence/signed-note"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import { isMemberName } from "./archive.ts"

const Digest = z.string().regex(/^[0-9a-f]{64}$/)

/** What a backup says of itself. */
export const Manifest = z.strictObject({
  hufu: z.string().max(40),
  /** When it was made. */
  at: z.int().nonnegative(),
  ledger: z.strictObject({
    key: z.string().max(512),
    size: z.int().nonnegative(),
    root: Digest,
    /** The last signed checkpoint in it. */
    checkpoint: z.string().max(16_384),
  }),
  keys: z.enum(["sealed", "none"]),
  files: z
    .array(
      z.strictObject({
        name: z.string().refine(isMemberName),
        bytes: z.int().nonnegative(),
        sha256: Digest,
      }),
    )
    .max(256),
})
export type Manifest = z.infer<typeof Manifest>

/** The first line keeps what is signed here apart from checkpoints. */
const heading = "hufu backup 1\n"

export function signManifest(manifest: Manifest, signer: NoteSigner): string {
  return signNote(`${heading}${JSON.stringify(manifest)}\n`, signer)
}

/** UNTRUSTED: reads a manifest that the key which it names has signed; whether that key is the right one is for the caller. */
export async function readManifest(note: string): Promise<Manifest> {
  const text = note.startsWith(heading) ? (note.slice(heading.length).split("\n")[0] ?? "") : ""
  const parsed = Manifest.safeParse(tryParse(text))
  if (!parsed.success) throw invalid("its manifest is not one")
  const verdict = await verifyNote(note, [parseVkey(parsed.data.ledger.key)])
  if (!verdict.ok) throw invalid("its manifest was altered")
  return parsed.data
}

function tryParse(text: string): unknown {
  try {
    return parseStrict(text)
  } catch {
    return undefined
  }
}

function invalid(why: string): Failure {
  return new Failure("invalid_evidence", `the backup cannot be used: ${why}; take another copy of it`)
}
