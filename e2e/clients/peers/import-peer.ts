/** Imports an outside package from this folder, which has its own lock and is installed on demand. */
export function importPeer(name: string): Promise<unknown> {
  return import(name)
}
