import type { RegistrationSource } from "./discovery/registration-source.ts"
import { type Registrations, registrationOf } from "./registrations.ts"

/** The registrations of this node, as discovery reads them. */
export function registeredSource(
  registrations: Pick<Registrations, "page" | "find" | "isUsable" | "onChanged">,
): RegistrationSource {
  const isUsable = (ref: string) => {
    const record = registrations.find(ref)
    return record !== undefined && registrations.isUsable(record)
  }
  return {
    page: (after, limit) => registrations.page({ after, limit }).map(registrationOf),
    find(id) {
      const record = registrations.find(id)
      return record && registrationOf(record)
    },
    isUsable,
    isRefused: (aic) => registrations.find(aic) !== undefined && !isUsable(aic),
    onChange(listener) {
      const ended = new AbortController()
      registrations.onChanged(({ id }) => {
        if (!ended.signal.aborted) listener(id)
      })
      return () => ended.abort()
    },
  }
}
