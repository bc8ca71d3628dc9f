/** Where an organisation's issuer leads back to. */
export const organisationPath = "/organisation" as const

let answer: string | undefined

/** Takes what an issuer answered out of the address, before anything else can see it or the history keeps it. */
export function takeIssuerAnswer(): void {
  if (location.pathname !== organisationPath || !/[?&](?:code|error)=/.test(location.search)) return
  answer = location.href
  history.replaceState(null, "", location.pathname)
}

/** The address to which an issuer led back, once. */
export function issuerAnswer(): string | undefined {
  const given = answer
  answer = undefined
  return given
}
