import type { Alive } from "./alive/alive.ts"
import type { RegistrationSource } from "./discovery/registration-source.ts"
import type { KnownRegistrations } from "./known-registrations.ts"
import type { Mirrors } from "./sync/mirrors.ts"

/** The registrations that this node knows, as discovery reads them. */
export function registeredSource(
  known: KnownRegistrations,
  mirrors: Pick<Mirrors, "isRefused">,
  alive: Pick<Alive, "liveness">,
): RegistrationSource {
  return {
    versions: (after, limit) => known.versions(after, limit),
    find: (id) => known.findVersion(id),
    isUsable: (id) => known.mayUse(id),
    liveness: (id) => alive.liveness(id),
    isRefused: (aic) => (known.find(aic) !== undefined && !known.mayUse(aic)) || mirrors.isRefused(aic),
    onChange(listener) {
      const ended = new AbortController()
      known.onChanged((id) => {
        if (!ended.signal.aborted) listener(id)
      })
      return () => ended.abort()
    },
  }
}
