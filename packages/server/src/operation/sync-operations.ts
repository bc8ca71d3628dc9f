import { actorOf } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** Registries that mirror each other, and many registrations at once. */
export function syncOperations({ peers, registrations, person }: OperationParts) {
  return {
    "peer.list": async () => ({ items: peers.list() }),
    "peer.add": ({ url, vkey }, context) => peers.add({ url, vkey, by: actorOf(context) }),
    "peer.remove": ({ peer }, context) => peers.remove(peer, actorOf(context)),
    "peer.trust": ({ peer, vkey }, context) => peers.trust({ ref: peer, vkey, by: actorOf(context) }),
    "peer.sync": ({ peer }) => peers.sync(peer),
    "registration.load": async ({ items, approve }, context) => {
      const owner = context.session?.person ?? person.id
      const loaded = await registrations.load({ items, approve, owner })
      return {
        items: loaded.map((each) =>
          "refused" in each
            ? { name: each.name, id: null, aic: null, refused: each.refused }
            : { name: each.name, id: each.registration.id, aic: each.registration.aic, refused: null },
        ),
      }
    },
  } satisfies Partial<Operations>
}
