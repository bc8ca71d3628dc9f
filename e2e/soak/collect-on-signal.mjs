// Loaded with `--import` into the process that is measured: on SIGUSR2 it collects garbage and writes what is left
// into a file named after its pid, so that memory is compared after collection and the product knows nothing of it.
import { renameSync, writeFileSync } from "node:fs"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

const folder = process.env["SOAK_MEMORY_FOLDER"]

if (folder !== undefined) {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc")
  process.on("SIGUSR2", () => {
    // The last resort also gives pages and compiled code back: otherwise resident memory mostly tells what was once used.
    for (let n = 0; n < 4; n++) collect({ type: "major", execution: "sync", flavor: "last-resort" })
    const file = `${folder}/${process.pid}.json`
    writeFileSync(`${file}.part`, JSON.stringify(process.memoryUsage()))
    renameSync(`${file}.part`, file)
  })
}
