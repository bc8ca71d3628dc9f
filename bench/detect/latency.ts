import { definitionDigest, readDefinition } from "@hufu/core/profile/definition"
import { argumentSignals } from "@hufu/server/fence/content/argument-signals"
import { profileAutomatically } from "@hufu/server/fence/profile/automatic"

/** How long a call waits for its arguments to be looked at: `node latency.ts`. Nothing else of the detectors stands in its way. */
const bars = { 1000: 1, 10_000: 8 } as const
const runs = 2000
const text = { type: "string" }
const definition = readDefinition({
  name: "send_mail",
  description: "Sends a mail.",
  inputSchema: { type: "object", properties: { to: text, subject: text, body: text } },
})
const profile = profileAutomatically(definition, definitionDigest(definition))
const bodies = {
  English:
    "Dear team, please find the minutes of Thursday's meeting in docs/minutes.md, and tell me by 5 pm on 2026-03-04 whether it is complete. ",
  Chinese:
    "各位同事：周四的会议纪要已放入共享文件夹，请于三月四日下午五点前确认是否完整，联系电话 13800138000。",
  "JSON with numbers":
    '{"id":48213377,"at":"2026-03-04T05:06:07Z","amount":1234.5,"note":"paid","by":"ann@mail.example"},',
} as const

console.log("arguments               size    p50 ms  p99 ms  processor ms")
for (const [name, words] of Object.entries(bodies))
  for (const [size, bar] of Object.entries(bars)) {
    const body = words.repeat(Math.ceil(Number(size) / words.length)).slice(0, Number(size))
    const { times, processor } = measured({ to: "ann@mail.example", subject: "Minutes", body })
    const shown = [times[runs * 0.5] ?? 0, times[runs * 0.99] ?? 0, processor].map((ms) => ms.toFixed(3))
    console.log(`${name.padEnd(22)}${size.padStart(6)}${shown.map((ms) => ms.padStart(9)).join("")}`)
    // What else runs on the machine makes a call wait, and takes no time of this processor.
    if (processor <= bar) continue
    console.log(`MISSED at most ${bar} ms of the processor for ${size} characters`)
    process.exitCode = 1
  }

function measured(args: Record<string, string>): { times: number[]; processor: number } {
  const look = () => argumentSignals({ profile, arguments: args, targets: [] })
  for (let run = 0; run < 200; run++) look()
  const before = process.cpuUsage()
  const times = Array.from({ length: runs }, () => {
    const began = performance.now()
    look()
    return performance.now() - began
  })
  const { user, system } = process.cpuUsage(before)
  return { times: times.toSorted((a, b) => a - b), processor: (user + system) / 1000 / runs }
}
