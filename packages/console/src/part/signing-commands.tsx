import type { KeySuite } from "@hufu/core/identity/key-suite"
import { toBase64 } from "@hufu/core/evidence/base64"
import { Command } from "./command.tsx"

const asBase64Url = "openssl base64 -A | tr '+/' '-_' | tr -d ="

/** How a text is signed in a terminal by the key in `key.pem`: the last line prints the signature as it is asked for. */
export function SigningCommands({ text, suite }: { readonly text: string; readonly suite: KeySuite }) {
  // UNTRUSTED: in Base64 nothing of the text means anything to a shell.
  const file = `echo ${toBase64(new TextEncoder().encode(text))} | openssl base64 -d -A > challenge.txt`
  const signed =
    suite === "ed25519"
      ? "openssl pkeyutl -sign -rawin -inkey key.pem -in challenge.txt"
      : "openssl dgst -sha256 -sign key.pem challenge.txt"
  return (
    <span className="grid justify-items-start gap-1">
      <Command line={file} />
      <Command line={`${signed} | ${asBase64Url}`} />
    </span>
  )
}
