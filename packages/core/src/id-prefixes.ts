/** Prefixes of Hufu's ids; an id says what it names, wherever it is pasted. */
export const idPrefixes = {
  agent: "agt",
  registration: "reg",
  version: "ver",
  credential: "crd",
  person: "usr",
  task: "tsk",
  mandate: "mnd",
  server: "srv",
  action: "act",
  hold: "hld",
  approval: "apr",
  connection: "con",
  policy: "pol",
  node: "nod",
  passkey: "pky",
  browser: "brw",
  place: "plc",
  device: "dvc",
  protection: "prt",
  token: "tok",
} as const

export type IdKind = keyof typeof idPrefixes
