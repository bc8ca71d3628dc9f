import { systemClock } from "@hufu/server/clock"
import { usedDataFolder } from "@hufu/server/store/data-folder"
import { openStore, type Store } from "@hufu/server/store/store"
import { pino } from "pino"
import type { Invocation } from "../command/command.ts"
import { askPassphrase } from "../keys/ask-passphrase.ts"

/** Works on the store of a node that does not run; throws Failure("data_folder_in_use") when it does. */
export async function withStoppedStore<T>(
  invocation: Invocation,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStore({
    dataDir: usedDataFolder(invocation.dataFolder).path,
    clock: systemClock,
    logger: pino({ level: "silent" }),
    asFound: true,
    passphrase: () => askPassphrase(invocation),
  })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** Runs work that goes on in steps to its end. */
export async function runToEnd<T>(
  work: AsyncGenerator<{ done: number; of: number }, T>,
  onProgress: (done: number, of: number) => void,
): Promise<T> {
  for (;;) {
    const step = await work.next()
    if (step.done === true) return step.value
    onProgress(step.value.done, step.value.of)
  }
}
