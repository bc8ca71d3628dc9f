import { orchidOf } from "../../identity/orchid.ts"
import { thumbprintText } from "../../identity/key-suite.ts"
import type { Face } from "./face.ts"
import { jsonObject } from "./jsonish.ts"

/** The ORCHIDv2 of each of an agent's keys: an address that proves itself. It is made from a hash, so nothing comes back from it. */
export const orchid: Face = {
  mediaType: "application/json",
  given: ["/orchids"],
  suits: ({ keys }) => keys.length > 0,
  show: ({ content }) =>
    jsonObject({
      orchids: content.keys.map((key) => ({
        key: key.id,
        orchid: orchidOf(new TextEncoder().encode(thumbprintText(key.jwk))),
      })),
    }),
  read: () => ({}),
}
