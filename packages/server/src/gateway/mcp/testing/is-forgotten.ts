import { setImmediate as nextTurn } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void // what the flag adds to new contexts

/** Whether nothing holds the object any more. A reference that was looked at in this turn holds until the next one. */
export async function isForgotten(object: WeakRef<object>): Promise<boolean> {
  await nextTurn()
  collect()
  return object.deref() === undefined
}
