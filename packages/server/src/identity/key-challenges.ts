import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import type { KeyChallenge } from "@hufu/core/contract/credential-about"
import { Failure } from "@hufu/core/failure"
import { type PublicJwk, thumbprintText } from "@hufu/core/identity/key-suite"
import type { z } from "zod"
import type { Clock } from "../clock.ts"
import { signedBy } from "./signed-by.ts"

/** Whose key it is to be. */
export interface ClaimedKey {
  readonly agent: string
  readonly url: string
  readonly key: PublicJwk
}

/** Challenges by which the holder of a key shows that it holds it. */
export interface KeyChallenges {
  issue(of: ClaimedKey): z.infer<typeof KeyChallenge>
  /** Throws Failure("signature_refused") unless the key signed a challenge that was issued for exactly this a short while ago. */
  require(of: ClaimedKey, answer: { readonly challenge: string; readonly signature: string }): void
}

const challengeMs = 600_000
const nonceBytes = 16

/** They need no memory: a nonce, the time and a MAC over both and the claim. The key lives as long as the process. */
export function createKeyChallenges(clock: Clock): KeyChallenges {
  const secret = randomBytes(32)
  const macOf = (head: string, of: ClaimedKey) =>
    createHmac("sha256", secret)
      .update(`${head}\n${textOf(of, head)}`)
      .digest()

  return {
    issue(of) {
      const head = `${randomBytes(nonceBytes).toString("base64url")}.${Math.floor(clock.monotonic())}`
      const challenge = `${head}.${macOf(head, of).toString("base64url")}`
      return { challenge, text: textOf(of, challenge), expiresAt: clock.now() + challengeMs }
    },
    require(of, { challenge, signature }) {
      const cut = challenge.lastIndexOf(".")
      const head = challenge.slice(0, Math.max(0, cut))
      const mac = Buffer.from(challenge.slice(cut + 1), "base64url")
      const expected = macOf(head, of)
      const age = clock.monotonic() - Number(head.split(".")[1])
      if (mac.length !== expected.length || !timingSafeEqual(mac, expected) || !(age <= challengeMs))
        throw new Failure(
          "signature_refused",
          "this is no challenge for this key, or an old one: ask for a new one",
        )
      if (!signedBy(of.key, Buffer.from(textOf(of, challenge)), Buffer.from(signature, "base64url")))
        throw new Failure(
          "signature_refused",
          "the key did not sign this challenge: sign the UTF-8 bytes of its text, without a line feed at the end",
        )
    },
  }
}

/** Nothing else that Hufu has signed begins like this. */
function textOf({ agent, url, key }: ClaimedKey, challenge: string): string {
  // RFC 7638
  const thumbprint = createHash("sha256").update(thumbprintText(key)).digest("base64url")
  return ["hufu-agent-key/1", agent, url, thumbprint, challenge].join("\n")
}
