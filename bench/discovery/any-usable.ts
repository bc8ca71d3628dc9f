import type { RegistrationSource } from "@hufu/server/registry/discovery/registration-source"

/** Every agent may be used, which here costs nothing to know: the registrations themselves are not what is measured. */
export const anyUsable: RegistrationSource = {
  versions: () => [],
  find: () => undefined,
  isUsable: () => true,
  isRefused: () => false,
  onChange: () => () => {},
}
