import { join, resolve } from "node:path"
import { closeToOthers } from "../store/data-folder.ts"

/** The folder of a witness: its state, its keys and its lock. */
export interface WitnessFolder {
  readonly path: string
  readonly database: string
  readonly lock: string
  readonly pid: string
  readonly key: string
  readonly mlDsaKey: string
}

/** Makes the folder if need be, closed to other accounts. */
export function prepareWitnessFolder(folder: string): WitnessFolder {
  const path = resolve(folder)
  const keys = join(path, "keys")
  for (const each of [path, keys]) closeToOthers(each, false)
  return {
    path,
    database: join(path, "witness.db"),
    lock: join(path, "witness.lock"),
    pid: join(path, "witness.pid"),
    key: join(keys, "witness.key"),
    mlDsaKey: join(keys, "witness-ml-dsa.key"),
  }
}
